"""Accounts of staff as the security administrator opens them: a one-time password, a way back in, a mail address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from apps.accounts.models import User
from apps.accounts.organisation import dormant
from apps.accounts.services.delegation import duties_changed
from apps.accounts.services.founding import random_password
from apps.accounts.services.keeping import last_of_its_kind, locked_account
from apps.accounts.services.notices import tell_account
from apps.accounts.services.people import create_staff
from apps.audit.services import record
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Invalid, WrongStep
from apps.core.faults import Faults
from apps.core.moment import Clock
from apps.core.scoping import enter
from apps.core.text import clean_text

#: How long the one-time password of a new account opens it: over a weekend.
ONE_TIME_PASSWORD_LASTS = timedelta(hours=72)
_REASON = 200
_NAME = 50


@dataclass(frozen=True, slots=True)
class OpenedAccount:
    """A new account with its one-time password, shown once and kept nowhere."""

    user_id: int
    username: str
    name: str
    password: str
    until: datetime


@dataclass(frozen=True, slots=True)
class NewStaff:
    """What is known of a colleague when the account is opened: duties within the role, the place where it has one."""

    username: str
    name: str
    role: Role
    duties: Sequence[Duty] = ()
    district: str | None = None
    position: str = ""
    email: str = ""
    sub_area: str = ""


@transaction.atomic
def open_staff_account(*, actor: Actor, clock: Clock, data: NewStaff) -> OpenedAccount:
    """Open an account of a bureau or an administrator; its owner must choose a password at the first sign-in.

    Raises:
        Forbidden, Invalid: see `create_staff`.
    """
    password = random_password()
    with Faults() as faults:
        user_id = create_staff(
            actor=actor,
            clock=clock,
            username=data.username,
            name=data.name,
            role=data.role,
            duties=data.duties,
            password=password,
            district=data.district,
            position=data.position,
            email=faults.read(lambda: _checked_address(data.email), "") if data.email else "",
            sub_area=data.sub_area,
        )
    user = User.objects.get(pk=user_id)
    user.must_change_password = True
    user.initial_password_until = clock.now().at + ONE_TIME_PASSWORD_LASTS
    user.save(update_fields=["must_change_password", "initial_password_until"])
    return OpenedAccount(user_id, user.username, user.name, password, user.initial_password_until)


@transaction.atomic
def renew_one_time_password(*, actor: Actor, clock: Clock, user_id: int, reason: str) -> OpenedAccount:
    """Give an account that nobody has opened yet another one-time password (the first was lost or ran out).

    An account that its owner has used is never opened this way: its owner gets a link by mail
    (`note_recovery`), and no administrator learns a password (SECURITY R62).

    Raises:
        Forbidden, NotVisible: see `locked_account`.
        Invalid: no reason.
        WrongStep: its owner has signed in already.
    """
    row = locked_account(actor=actor, user_id=user_id)
    text = _reason(reason)
    if row.last_login is not None or not row.must_change_password:
        raise WrongStep("本人已经登录过，不能再设一次性口令；请发送重设密码链接。")
    moment = clock.now()
    password = random_password()
    row.set_password(password)
    row.initial_password_until = moment.at + ONE_TIME_PASSWORD_LASTS
    row.save(update_fields=["password", "initial_password_until"])
    record(
        actor=actor,
        event="account.renew_one_time_password",
        subject=row,
        moment=moment,
        after={"initial_password_until": row.initial_password_until},
        note=text,
    )
    return OpenedAccount(row.pk, row.username, row.name, password, row.initial_password_until)


@transaction.atomic
def note_recovery(*, actor: Actor, clock: Clock, user_id: int, reason: str) -> str:
    """Record that a link to set a new password goes to the owner's own mail address.

    Returns:
        The address the link goes to. The administrator sees neither link nor password.

    Raises:
        Forbidden, NotVisible: see `locked_account`.
        Invalid: no reason.
        WrongStep: the account is disabled or has no mail address.
    """
    row = locked_account(actor=actor, user_id=user_id)
    text = _reason(reason)
    if not row.is_active:
        raise WrongStep("账户已停用，请先启用。")
    if not row.email:
        raise WrongStep("账户没有登记邮箱，无法发送链接。请与本人核实身份后先登记邮箱。")
    moment = clock.now()
    record(actor=actor, event="account.send_recovery", subject=row, moment=moment, note=text)
    tell_account(actor=actor, moment=moment, user_id=row.pk, what="安全管理员向您发送了重设密码链接",
                 detail="链接已发往您登记的邮箱，只能使用一次。")  # fmt: skip
    return str(row.email)


@transaction.atomic
def change_address(*, actor: Actor, clock: Clock, user_id: int, email: str, reason: str) -> None:
    """Correct the mail address of an account after checking who asks; its owner is told at once.

    Raises:
        Forbidden, NotVisible: see `locked_account`.
        Invalid: no reason, or not a mail address.
    """
    row = locked_account(actor=actor, user_id=user_id)
    with Faults() as faults:
        text = faults.read(lambda: _reason(reason), "")
        new = faults.read(lambda: _checked_address(email), "")
    before, row.email = row.email, new
    moment = clock.now()
    row.save(update_fields=["email"])
    record(
        actor=actor,
        event="account.change_address",
        subject=row,
        moment=moment,
        before={"email": _hidden(before)},
        after={"email": _hidden(row.email)},
        note=text,
    )
    tell_account(actor=actor, moment=moment, user_id=row.pk, what="账户邮箱已变更",
                 detail=f"您账户登记的邮箱变更为{_hidden(row.email)}。")  # fmt: skip


@transaction.atomic
def correct_name(*, actor: Actor, clock: Clock, user_id: int, name: str, reason: str) -> None:
    """Correct the name of an account's owner after checking who asks; its owner is told at once.

    Papers made before keep the name they were made with.

    Raises:
        Forbidden, NotVisible: see `locked_account`.
        Invalid: no reason, no name, or the name it has.
    """
    row = locked_account(actor=actor, user_id=user_id)
    with Faults() as faults:
        text = faults.read(lambda: _reason(reason), "")
        new = faults.read(lambda: clean_text(name, field="person_name", label="姓名", limit=_NAME), "")
        if not new:
            faults.note("person_name", "请填写姓名。")
        if new == row.name:
            faults.note("person_name", "与现在登记的姓名相同。")
    before, row.name = row.name, new
    moment = clock.now()
    row.save(update_fields=["name"])
    record(
        actor=actor,
        event="account.correct_name",
        subject=row,
        moment=moment,
        rule="R-44",
        before={"name": before},
        after={"name": new},
        note=text,
    )
    tell_account(actor=actor, moment=moment, user_id=row.pk, what="账户姓名已更正",
                 detail=f"您账户登记的姓名由{before}更正为{new}。以前生成的文书不变。")  # fmt: skip


@transaction.atomic
def note_second_factor_removed(*, actor: Actor, clock: Clock, user_id: int, reason: str) -> None:
    """Record that a lost second factor was taken off an account; the next sign-in asks to set up another.

    Raises:
        Forbidden, NotVisible: see `locked_account`.
        Invalid: no reason.
    """
    row = locked_account(actor=actor, user_id=user_id)
    text = _reason(reason)
    moment = clock.now()
    record(actor=actor, event="account.remove_second_factor", subject=row, moment=moment, note=text)
    tell_account(actor=actor, moment=moment, user_id=row.pk, what="两步验证已被解除",
                 detail="安全管理员核实身份后解除了您账户的两步验证，请登录后重新设置。")  # fmt: skip


def _reason(reason: str) -> str:
    text = clean_text(reason, field="reason", label="原因", limit=_REASON)
    if not text:
        raise Invalid.of("reason", "请填写原因。")
    return text


def _checked_address(email: str) -> str:
    try:
        validate_email(email.strip())
    except ValidationError:
        raise Invalid.of("email", "邮箱格式不正确，例如 zhang@example.gov.cn。") from None
    return email.strip()


def _hidden(address: str) -> str:
    name, _, host = address.partition("@")
    return f"{name[:1]}***@{host}" if host else ""


@transaction.atomic
def disable_dormant(*, clock: Clock, days: int) -> int:
    """Disable staff accounts that were used and then not signed in to for *days* days; returns how many.

    Runs as the system. Accounts never used are listed for the security administrator instead (their one-time
    password has run out), and the last enabled security administrator always stays.
    """
    actor = Actor.system()
    enter(actor)
    moment = clock.now()
    rows = list(
        dormant(moment, days)
        .filter(last_login__isnull=False)
        .select_for_update(of=("self",), skip_locked=True)
        .order_by("pk")
    )
    disabled = 0
    for row in rows:
        if last_of_its_kind(row):
            continue
        row.is_active = False
        row.save(update_fields=["is_active"])
        duties_changed(moment, row)
        record(
            actor=actor,
            event="account.disable",
            subject=row,
            moment=moment,
            before={"is_active": True},
            after={"is_active": False, "last_login": row.last_login},
            note=f"连续{days}天未登录",
        )
        disabled += 1
    return disabled

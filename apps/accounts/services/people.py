"""Accounts of staff, experts and administrators."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from apps.accounts.hooks import expert_changed
from apps.accounts.models import District, Expert, ExpertLink, User
from apps.accounts.privacy import NOTICE_VERSION
from apps.accounts.services.contacts import checked_email
from apps.accounts.services.notices import invite_to_set_password
from apps.accounts.uscc import check as check_uscc
from apps.audit.services import record
from apps.core.actor import DUTIES_OF, Actor, Duty, Role
from apps.core.errors import Forbidden, Invalid, NotVisible
from apps.core.moment import Clock
from apps.core.text import clean_text

_MAKERS = {Role.SECURITY_ADMIN, Role.SYSTEM}
#: Roles whose accounts come about otherwise: by registration and with the row of an expert.
_OWN_WAY = {Role.ENTERPRISE, Role.EXPERT, Role.PUBLIC, Role.SYSTEM}


@dataclass(frozen=True, slots=True)
class NewExpert:
    """What is known of an expert when the account is made."""

    username: str
    name: str
    #: None: unusable until the expert sets one by the link sent to the mail address (accounts made in bulk).
    password: str | None
    number: str
    title: str
    employer_name: str
    employer_uscc: str = ""
    fields: Sequence[str] = field(default_factory=tuple)
    industries: Sequence[str] = field(default_factory=tuple)
    email: str = ""
    phone: str = ""


def checked_password(password: str, user: User) -> str:
    """Return *password* when the rules allow it.

    Raises:
        Invalid: each rule it breaks, in Chinese.
    """
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid({"password": list(error.messages)}) from None
    return password


def account_errors(
    *, username: str, password: str | None, name: str, email: str = ""
) -> dict[str, list[str]]:
    """Return what stands against a new account, by field: name missing or taken, password too weak.

    Without a password a mail address is needed: the link to set one goes there.

    Must be called as somebody who sees every account.
    """
    errors: dict[str, list[str]] = {}
    texts: dict[str, str] = {}
    for field_name, label, limit, value in (
        ("username", "用户名", 40, username),
        ("person_name", "姓名", 50, name),
    ):
        try:
            texts[field_name] = clean_text(value, field=field_name, label=label, limit=limit)
        except Invalid as refusal:
            errors.update(refusal.errors)
            continue
        if not texts[field_name]:
            errors[field_name] = [f"请填写{label}。"]
    known = texts.get("username", "")
    if known and User.objects.filter(username__iexact=known).exists():
        errors["username"] = ["该用户名已被使用，请换一个。"]
    if password is None:
        if not email:
            errors["email"] = ["请填写邮箱，设置密码的链接将发往该邮箱。"]
        return errors
    try:
        checked_password(password, User(username=known, name=texts.get("person_name", ""), email=email))
    except Invalid as refusal:
        errors.update(refusal.errors)
    return errors


def new_account(  # noqa: PLR0913  (the columns of an account)
    *,
    clock: Clock,
    username: str,
    password: str | None,
    name: str,
    role: Role,
    duties: Sequence[Duty] = (),
    district: str | None = None,
    enterprise_id: int | None = None,
    email: str = "",
    phone: str = "",
    position: str = "",
    sub_area: str = "",
) -> User:
    """Create an account after checking name, password and that the duties belong to the role.

    Raises:
        Invalid: every fault by field: a taken user name, a weak password, a duty the role cannot hold, a
            district or 板块 missing, unknown or given to a role that has none.
    """
    errors = account_errors(username=username, password=password, name=name, email=email)
    if not set(duties) <= DUTIES_OF.get(role, frozenset()):
        errors["duties"] = ["职责与角色不符。"]
    errors.update(_place_errors(role, district, sub_area))
    if errors:
        raise Invalid(errors)
    return User.objects.create_user(
        username=clean_text(username, field="username", label="用户名", limit=40),
        password=password,
        name=clean_text(name, field="person_name", label="姓名", limit=50),
        role=role.value,
        duties=[duty.value for duty in duties],
        district_id=district,
        enterprise_id=enterprise_id,
        email=email,
        phone=phone,
        position=position,
        sub_area=sub_area,
        # Members of enterprises accept the notice on the form that makes the account.
        notice_version=NOTICE_VERSION if role is Role.ENTERPRISE else "",
        created_at=clock.now().at,
    )


@transaction.atomic
def create_staff(  # noqa: PLR0913  (the columns of an account)
    *,
    actor: Actor,
    clock: Clock,
    username: str,
    name: str,
    role: Role,
    duties: Sequence[Duty] = (),
    password: str,
    district: str | None = None,
    position: str = "",
    email: str = "",
    sub_area: str = "",
) -> int:
    """Create an account of a bureau, a 板块 or an administrator; only the security administrator may.

    Returns:
        The account's id.

    Raises:
        Forbidden: the actor is not the security administrator.
        Invalid: see `new_account`.
    """
    if actor.role not in _MAKERS:
        raise Forbidden("账户由安全管理员建立。")
    if role in _OWN_WAY:
        raise Invalid.of("role", "企业账户由企业登记产生，专家账户在专家入库时建立。")
    user = new_account(
        clock=clock,
        username=username,
        password=password,
        name=name,
        role=role,
        duties=duties,
        district=district,
        position=position,
        email=email,
        sub_area=sub_area,
    )
    record(
        actor=actor,
        event="account.create",
        subject=user,
        moment=clock.now(),
        after={"role": role.value, "duties": sorted(duties), "district": district}
        | ({"sub_area": sub_area} if sub_area else {}),
    )
    return int(user.pk)


def _place_errors(role: Role, district: str | None, sub_area: str) -> dict[str, list[str]]:
    if (role in {Role.DISTRICT, Role.SUB_AREA}) != (district is not None):
        return {"district": ["属地和板块人员须选择属地，其他角色不设属地。"]}
    row = District.objects.filter(pk=district).first() if district is not None else None
    if district is not None and row is None:
        return {"district": ["没有这个属地。"]}
    if role is not Role.SUB_AREA:
        return {"sub_area": ["只有板块人员填写板块。"]} if sub_area else {}
    if row is None or sub_area not in row.sub_areas:
        known = "、".join(row.sub_areas) if row is not None else ""
        return {
            "sub_area": [
                f"请填写该属地的板块：{known}。"
                if known
                else "该属地还没有登记板块，请先在「机构与板块」中登记。"
            ]
        }
    return {}


@transaction.atomic
def create_expert(*, actor: Actor, clock: Clock, data: NewExpert) -> int:
    """Add an expert to the pool with an account; municipal 经办 or the security administrator.

    Returns:
        The expert's id, which is the account's id.

    Raises:
        Forbidden: another actor.
        Invalid: a faulty credit code of the employer, or see `new_account`.

    Without a password the expert is invited by mail to set one; nobody else ever knows it.
    """
    if actor.role not in _MAKERS and not (actor.role is Role.MUNICIPAL and actor.has(Duty.HANDLER)):
        raise Forbidden("专家由市局经办登记入库。")
    checked_email(data.email, field="email")
    employer = check_uscc(data.employer_uscc, field="employer_uscc") if data.employer_uscc else ""
    number = clean_text(data.number, field="number", label="专家编号", limit=20)
    if not number:
        raise Invalid.of("number", "请填写专家编号。")
    if Expert.objects.filter(number=number).exists():
        raise Invalid.of("number", f"专家编号 {number} 已被使用。")
    user = new_account(
        clock=clock,
        username=data.username,
        password=data.password,
        name=data.name,
        role=Role.EXPERT,
        email=data.email,
        phone=data.phone,
    )
    expert = Expert.objects.create(
        user=user,
        number=number,
        title=data.title,
        employer_name=data.employer_name,
        employer_uscc=employer,
        fields=list(data.fields),
        industries=list(data.industries),
    )
    record(
        actor=actor,
        event="expert.create",
        subject=expert,
        moment=clock.now(),
        rule="R-19",
        after={"number": number, "employer": data.employer_name},
    )
    if data.password is None:
        invite_to_set_password(actor=actor, moment=clock.now(), user=user)
    return int(user.pk)


@transaction.atomic
def declare_link(
    *,
    actor: Actor,
    clock: Clock,
    expert_id: int,
    kind: str,
    organisation: str,
    uscc: str = "",
    ended_on: date | None = None,
) -> None:
    """Record a tie of an expert to an organisation (R-20): the expert for itself, or the municipal 经办.

    Raises:
        Forbidden: another expert's entry.
        NotVisible: no such expert.
        Invalid: an unknown kind, no organisation, or a faulty credit code.
    """
    itself = actor.role is Role.EXPERT and actor.expert_id == expert_id
    handler = actor.role is Role.MUNICIPAL and actor.has(Duty.HANDLER)
    if not itself and not handler and actor.role is not Role.SYSTEM:
        raise Forbidden("只能登记本人的关联关系。")
    if not Expert.objects.filter(pk=expert_id).exists():
        raise NotVisible
    name = clean_text(organisation, field="organisation", label="单位", limit=100)
    if not name:
        raise Invalid.of("organisation", "请填写单位名称。")
    if kind not in dict(ExpertLink.KINDS):
        raise Invalid.of("kind", "请选择关联关系的种类。")
    moment = clock.now()
    link = ExpertLink.objects.create(
        expert_id=expert_id,
        kind=kind,
        organisation=name,
        uscc=check_uscc(uscc) if uscc else "",
        ended_on=ended_on,
        declared_at=moment.at,
        declared_by_id=actor.user_id,
    )
    record(
        actor=actor,
        event="expert.declare_link",
        subject=link,
        moment=moment,
        rule="R-20",
        after={"kind": kind},
    )
    expert_changed(actor=actor, clock=clock, expert_id=expert_id)

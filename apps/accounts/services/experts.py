"""The expert pool over time: a new employer, other fields, ties that ended (R-19, R-20)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction

from apps.accounts.hooks import expert_changed
from apps.accounts.models import Expert, ExpertLink
from apps.accounts.services.notices import invite_to_set_password
from apps.accounts.uscc import check as check_uscc
from apps.audit.services import record
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Forbidden, Invalid, NotVisible, WrongStep
from apps.core.moment import Clock
from apps.core.text import clean_text

_MOST_WORDS, _WORD = 12, 20


@dataclass(frozen=True, slots=True)
class ExpertDetails:
    """What may change about an expert; `is_available` only the city decides."""

    title: str
    employer_name: str
    employer_uscc: str = ""
    fields: Sequence[str] = field(default_factory=tuple)
    industries: Sequence[str] = field(default_factory=tuple)
    is_available: bool = True


def _locked(*, actor: Actor, expert_id: int) -> Expert:
    """Return the expert's row for change: its own, or any for the municipal 经办.

    Raises:
        Forbidden: neither of them.
        NotVisible: no such expert.
    """
    itself = actor.role is Role.EXPERT and actor.expert_id == expert_id
    if not itself and not (actor.role is Role.MUNICIPAL and actor.has(Duty.HANDLER)):
        raise Forbidden("专家信息由本人或市局经办维护。")
    row: Expert | None = (
        Expert.objects.select_for_update(of=("self",)).select_related("user").filter(pk=expert_id).first()
    )
    if row is None:
        raise NotVisible
    return row


@transaction.atomic
def invite_expert(*, actor: Actor, clock: Clock, expert_id: int) -> str:
    """Send the invitation to set the first password once more (the first mail was lost); 市局经办.

    Returns:
        The mail address it goes to.

    Raises:
        Forbidden, NotVisible: not the municipal 经办; no such expert.
        WrongStep: the expert has set a password: a forgotten one is renewed by its owner alone.
    """
    if actor.role is not Role.MUNICIPAL:
        raise Forbidden("专家由市局经办邀请。")
    user = _locked(actor=actor, expert_id=expert_id).user
    if user.has_usable_password():
        raise WrongStep("专家已设置密码。忘记密码的，请本人在登录页点“忘记密码”。")
    moment = clock.now()
    invite_to_set_password(actor=actor, moment=moment, user=user)
    record(actor=actor, event="expert.invite", subject=user, moment=moment, rule="R-19")
    return str(user.email)


@transaction.atomic
def update_expert(*, actor: Actor, clock: Clock, expert_id: int, details: ExpertDetails) -> None:
    """Change employer, title, fields and industries; a former employer stays on record as a tie (R-20).

    Whoever changes employer was employed there until today: the three years of 回避 begin. Open assignments are
    judged again by the room that made them.

    Raises:
        Invalid: no employer or title, a faulty credit code, unusable fields or industries.
        Forbidden, NotVisible: not the expert and not the municipal 经办; no such expert.
    """
    row = _locked(actor=actor, expert_id=expert_id)
    moment = clock.now()
    title = clean_text(details.title, field="title", label="职称", limit=40)
    employer = clean_text(details.employer_name, field="employer_name", label="工作单位", limit=100)
    code = check_uscc(details.employer_uscc, field="employer_uscc") if details.employer_uscc else ""
    errors: dict[str, list[str]] = {}
    if not title:
        errors["title"] = ["请填写职称。"]
    if not employer:
        errors["employer_name"] = ["请填写工作单位。"]
    if any(len(name) > _WORD for name in details.fields) or len(details.fields) > _MOST_WORDS:
        errors["fields"] = [f"专业领域最多 {_MOST_WORDS} 个，每个不超过 {_WORD} 字。"]
    if any(len(name) != 2 or not name.isdigit() for name in details.industries):  # noqa: PLR2004  (division)
        errors["industries"] = ["行业请填写两位大类代码，例如 26、34。"]
    if errors:
        raise Invalid(errors)
    before = {"employer": row.employer_name, "available": row.is_available}
    moved = (employer, code) != (row.employer_name, row.employer_uscc)
    if moved and (employer != row.employer_name or (row.employer_uscc and code != row.employer_uscc)):
        ExpertLink.objects.create(
            expert=row,
            kind=ExpertLink.PAST_EMPLOYER,
            organisation=row.employer_name,
            uscc=row.employer_uscc,
            ended_on=moment.on,
            declared_at=moment.at,
            declared_by_id=actor.user_id,
        )
    row.title, row.employer_name, row.employer_uscc = title, employer, code
    row.fields, row.industries = list(details.fields), list(details.industries)
    if actor.role is Role.MUNICIPAL:
        row.is_available = details.is_available
    row.save()
    record(
        actor=actor,
        event="expert.update",
        subject=row,
        moment=moment,
        rule="R-20",
        before=before,
        after={"employer": employer, "available": row.is_available},
    )
    if moved:
        expert_changed(actor=actor, clock=clock, expert_id=expert_id)


@transaction.atomic
def end_link(*, actor: Actor, clock: Clock, expert_id: int, link_id: int, ended_on: date) -> None:
    """Record the day on which a tie ended; it still means recusal for the years the setting names.

    Raises:
        Invalid: a day in the future.
        Forbidden, NotVisible: not the expert and not the municipal 经办; no such tie.
    """
    row = _locked(actor=actor, expert_id=expert_id)
    moment = clock.now()
    if ended_on > moment.on:
        raise Invalid.of("ended_on", "结束日期不能晚于今天。")
    link = ExpertLink.objects.filter(pk=link_id, expert=row).first()
    if link is None:
        raise NotVisible
    before, link.ended_on = link.ended_on, ended_on
    link.save(update_fields=["ended_on"])
    record(
        actor=actor,
        event="expert.end_link",
        subject=link,
        moment=moment,
        rule="R-20",
        before={"ended_on": before},
        after={"ended_on": ended_on},
    )
    expert_changed(actor=actor, clock=clock, expert_id=expert_id)

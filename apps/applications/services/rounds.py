"""Rounds: drafted by one person of the city, announced by another; districts may close earlier, firms get longer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from apps.accounts import selectors as accounts
from apps.applications.models import Application, Round, WindowExtension
from apps.applications.selectors.windows import extension_of, window_for
from apps.applications.services.advance import person
from apps.applications.services.terms import open_window
from apps.applications.states import DRAFT, ROUND_DRAFT, ROUND_LIFE, ROUND_OPEN
from apps.audit import services as audit
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Forbidden, Invalid, NotVisible, WrongStep, require
from apps.core.faults import Faults
from apps.core.moment import SHANGHAI, Clock, Moment
from apps.core.scoping import acting_as
from apps.core.text import clean_text
from apps.parameters.selectors import in_force
from apps.policy.levels import Level
from apps.policy.separation import may_sign
from apps.scoring import selectors as scoring

_CODE = re.compile(r"^20\d{2}[A-Z]$")
_FIRST_YEAR, _LAST_YEAR = 2023, 2099


@dataclass(frozen=True, slots=True)
class RoundData:
    """A round as typed: instants are aware, `closes_at` is the first instant that is too late."""

    code: str
    name: str
    year: int
    levels: Sequence[int]
    opens_at: datetime
    closes_at: datetime
    scheme_codes: Sequence[str] = ()
    prerequisite_required: bool | None = None
    notice: str = ""
    document_no: str = ""
    prelim_due_on: date | None = None


@transaction.atomic
def create_round(*, actor: Actor, clock: Clock, data: RoundData) -> str:
    """Draft a round; returns its public id.

    Raises:
        Forbidden: not the city's handler or signer.
        Invalid: impossible or past dates (D04), an unknown level or scheme, a code in use.
    """
    _must(actor, Role.MUNICIPAL, Duty.HANDLER, Duty.SIGNER)
    moment = clock.now()
    columns, schemes = _checked(actor, data, moment)
    if Round.objects.filter(code=data.code).exists():
        raise Invalid.of("code", f"批次号{data.code}已经使用。")
    row = Round.objects.create(
        **columns, state=ROUND_DRAFT, created_by_id=person(actor), created_at=moment.at
    )
    row.schemes.set(schemes)
    audit.record(
        actor=actor,
        event="round.create",
        subject=row,
        moment=moment,
        rule="R-12",
        after={**columns, "schemes": schemes},
    )
    return row.public_id


@transaction.atomic
def revise_round(*, actor: Actor, clock: Clock, public_id: str, data: RoundData) -> None:
    """Change a round that has not been announced.

    Raises:
        NotVisible, WrongStep, Forbidden, Invalid: as `create_round`; an announced round stays as it is.
    """
    row = _locked(actor, public_id)
    moment = clock.now()
    step = ROUND_LIFE.step(row.state, "revise", actor)
    columns, schemes = _checked(actor, data, moment)
    if Round.objects.filter(code=data.code).exclude(pk=row.pk).exists():
        raise Invalid.of("code", f"批次号{data.code}已经使用。")
    before = {name: getattr(row, name) for name in columns}
    for name, value in columns.items():
        setattr(row, name, value)
    # Whoever changed it last is its author: the person who announces it must be another one.
    row.created_by_id = actor.user_id
    row.version += 1
    row.save()
    row.schemes.set(schemes)
    audit.record(
        actor=actor,
        event="round.revise",
        subject=row,
        moment=moment,
        rule=step.rule,
        before=before,
        after=columns,
    )


@transaction.atomic
def open_round(*, actor: Actor, clock: Clock, public_id: str) -> None:
    """Announce a round: from now on it is public, and it takes applications inside its window.

    Raises:
        NotVisible, WrongStep, Forbidden: gates 2, 3 and 1.
        RuleBroken: the author announces their own round (R-15 separation).
        Invalid: it is over already, or overlaps another round of the same level (D10).
    """
    row = _locked(actor, public_id)
    moment = clock.now()
    step = ROUND_LIFE.step(row.state, "open", actor)
    require(may_sign(prepared_by=[row.created_by_id], signer=actor.user_id))
    if row.closes_at <= moment.at:
        raise Invalid.of("closes_at", "截止时间已过，不能发布。")
    # One after another: two rounds announced at once could overlap unseen.
    others = list(Round.objects.select_for_update().filter(state=ROUND_OPEN).order_by("pk"))
    _must_not_overlap(row, others)
    _write_state(row, step.target, actor=actor, moment=moment, event="open", rule=step.rule)


@transaction.atomic
def close_round(*, actor: Actor, clock: Clock, public_id: str) -> None:
    """Close an announced round whose window is over for everybody.

    Raises:
        NotVisible, WrongStep, Forbidden: gates 2, 3 and 1.
        Invalid: the window, or somebody's extension, is still running.
    """
    row = _locked(actor, public_id)
    moment = clock.now()
    step = ROUND_LIFE.step(row.state, "close", actor)
    last = max([row.closes_at, *row.extensions.values_list("until", flat=True)])
    if moment.at < last:
        raise Invalid.of("closes_at", f"受理时间至{_shown(last)}，尚未结束。")
    _write_state(row, step.target, actor=actor, moment=moment, event="close", rule=step.rule)


@transaction.atomic
def set_district_window(*, actor: Actor, clock: Clock, public_id: str, closes_at: datetime | None) -> None:
    """Set or remove the earlier end of the window in the actor's district; drafts are re-dated and reminded.

    Raises:
        NotVisible: no such round.
        Forbidden: not the district's signer.
        WrongStep: the round is not announced or is closed.
        Invalid: not inside the city's window, in the past, or earlier than what had been announced.
    """
    _must(actor, Role.DISTRICT, Duty.SIGNER)
    district = actor.district or ""
    # As the system: the row is the city's, and a district may write nothing but its own end in it.
    with acting_as(Actor.system(), then=actor):
        row = _locked(Actor.system(), public_id)
        moment = clock.now()
        if row.state != ROUND_OPEN:
            msg = f"批次当前为「{ROUND_LIFE.label(row.state)}」，不能设置属地截止时间。"
            raise WrongStep(msg)
        before = row.district_windows.get(district)
        if closes_at is not None and not max(row.opens_at, moment.at) < closes_at <= row.closes_at:
            raise Invalid.of(
                "closes_at",
                f"属地截止时间应在{_shown(max(row.opens_at, moment.at))}之后、{_shown(row.closes_at)}之前。",
            )
        windows = dict(row.district_windows)
        windows.pop(district, None)
        if closes_at is not None:
            windows[district] = closes_at.astimezone(SHANGHAI).isoformat()
        row.district_windows = windows
        row.version += 1
        row.save(update_fields=["district_windows", "version"])
        drafts = Application.objects.filter(round=row, district_id=district, state=DRAFT)
        for draft in drafts.select_related("round", "enterprise").order_by("pk"):
            open_window(draft, moment)
    audit.record(
        actor=actor,
        event="round.district_window",
        subject=row,
        moment=moment,
        rule="R-12",
        before={district: before},
        after={district: windows.get(district)},
    )


@transaction.atomic
def extend_window(
    *,
    actor: Actor,
    clock: Clock,
    round_public_id: str,
    enterprise_public_id: str,
    until: datetime,
    reason: str,
) -> str:
    """Give one enterprise a later end of the window, with a reason (R-12); returns the grant's public id.

    Raises:
        NotVisible: no such round, or the enterprise is not in the actor's jurisdiction.
        Forbidden: not a signer of the district or the city.
        WrongStep: the round is not announced or is closed.
        Invalid: no reason, or not later than the present end and the present moment (D07).
    """
    if actor.role not in {Role.DISTRICT, Role.MUNICIPAL} or not actor.has(Duty.SIGNER):
        msg = "延长受理时间由属地或市局的签批人员批准。"
        raise Forbidden(msg)
    row = Round.objects.visible_to(actor).filter(public_id=round_public_id).first()
    if row is None:
        raise NotVisible
    enterprise = accounts.enterprise_file(actor=actor, public_id=enterprise_public_id)
    moment = clock.now()
    if row.state != ROUND_OPEN:
        msg = f"批次当前为「{ROUND_LIFE.label(row.state)}」，不能延长受理时间。"
        raise WrongStep(msg)
    why = clean_text(reason, field="reason", label="理由", limit=500, multiline=True)
    window = window_for(row, district=enterprise.district, extended_until=extension_of(row.pk, enterprise.id))
    errors: dict[str, list[str]] = {}
    if not why:
        errors["reason"] = ["请填写延长受理时间的理由。"]
    if until <= max(window.ends_at, moment.at):
        errors["until"] = [f"延长后的截止时间应晚于{_shown(max(window.ends_at, moment.at))}。"]
    if errors:
        raise Invalid(errors)
    grant = WindowExtension.objects.create(
        round=row,
        enterprise_id=enterprise.id,
        district_id=enterprise.district,
        until=until,
        reason=why,
        granted_by_id=person(actor),
        granted_at=moment.at,
    )
    audit.record(
        actor=actor,
        event="round.extend",
        subject=grant,
        moment=moment,
        rule="R-12",
        before={"ends_at": window.ends_at},
        after={"until": until},
        note=why,
    )
    # Bureaus do not see drafts; the reminder of the new end is the system's.
    with acting_as(Actor.system(), then=actor):
        draft = (
            Application.objects.filter(round=row, enterprise_id=enterprise.id, state=DRAFT)
            .select_related("round", "enterprise")
            .order_by("pk")
        )
        for one in draft:
            open_window(one, moment)
    return grant.public_id


def close_due_rounds(*, clock: Clock) -> int:
    """Close every announced round whose window and extensions are over; for the periodic sweep. Returns how many."""
    system = Actor.system()
    closed = 0
    now = clock.now().at
    due = Round.objects.filter(state=ROUND_OPEN, closes_at__lte=now).exclude(Q(extensions__until__gt=now))
    for public_id in list(due.order_by("pk").values_list("public_id", flat=True)):
        close_round(actor=system, clock=clock, public_id=public_id)
        closed += 1
    return closed


def _must(actor: Actor, role: Role, *duties: Duty) -> None:
    if actor.role is not role or not actor.has(*duties):
        msg = (
            "批次由市工业和信息化局经办或签批人员办理。"
            if role is Role.MUNICIPAL
            else "属地截止时间由属地签批人员设置。"
        )
        raise Forbidden(msg)


def _locked(actor: Actor, public_id: str) -> Round:
    row: Round | None = (
        Round.objects.visible_to(actor).select_for_update(of=("self",)).filter(public_id=public_id).first()
    )
    if row is None:
        raise NotVisible
    return row


def _write_state(row: Round, target: str, *, actor: Actor, moment: Moment, event: str, rule: str) -> None:
    before = row.state
    row.state = target
    row.version += 1
    if target == ROUND_OPEN:
        row.announced_at = moment.at
    row.save(update_fields=["state", "version", "announced_at"])
    audit.record(
        actor=actor,
        event=f"round.{event}",
        subject=row,
        moment=moment,
        rule=rule,
        before={"state": before},
        after={"state": target},
    )


def _must_not_overlap(row: Round, others: Sequence[Round]) -> None:
    for other in others:
        shared = sorted(set(row.levels) & set(other.levels))
        if shared and row.opens_at < other.closes_at and other.opens_at < row.closes_at:
            levels = "、".join(Level(level).label for level in shared)
            raise Invalid.of(
                "opens_at",
                f"{levels}级的受理时间与批次{other.code}（{other.name}，"
                f"{_shown(other.opens_at)}至{_shown(other.closes_at)}）重叠。",
            )


def _checked(actor: Actor, data: RoundData, moment: Moment) -> tuple[dict[str, Any], list[int]]:
    faults = Faults()
    errors = faults.errors
    name = faults.text(data.name, field="name", label="名称", limit=80)
    notice = faults.text(data.notice, field="notice", label="通知正文", limit=20000, multiline=True)
    document_no = faults.text(data.document_no, field="document_no", label="文号", limit=60)
    if not _CODE.match(data.code) or not data.code.startswith(str(data.year)):
        errors["code"] = [f"批次号为年份加一个大写字母，例如 {data.year}A。"]
    if not name:
        errors["name"] = ["请填写批次名称。"]
    if not _FIRST_YEAR <= data.year <= _LAST_YEAR:
        errors["year"] = ["年度超出范围。"]
    levels = sorted(set(data.levels))
    if not levels or not set(levels) <= {1, 2, 3}:
        errors["levels"] = ["请选择受理等级（1A、2A、3A）。"]
    errors.update(_date_errors(data, moment))
    published = {row.code: row.id for row in scoring.schemes(actor=actor)}
    wanted = list(data.scheme_codes) or list(published)
    unknown = sorted(set(wanted) - set(published))
    if unknown:
        errors["scheme_codes"] = [f"评价体系{'、'.join(unknown)}尚未发布。"]
    elif not wanted:
        errors["scheme_codes"] = ["没有已发布的评价体系可供选择。"]
    faults.settle()
    required = data.prerequisite_required
    if required is None:
        required = in_force(on=moment.on).prerequisite_required
    columns = {
        "code": data.code,
        "name": name,
        "year": data.year,
        "levels": levels,
        "opens_at": data.opens_at,
        "closes_at": data.closes_at,
        "prerequisite_required": required,
        "notice": notice,
        "document_no": document_no,
        "prelim_due_on": data.prelim_due_on,
    }
    return columns, [published[code] for code in wanted]


def _date_errors(data: RoundData, moment: Moment) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    if data.opens_at.tzinfo is None or data.closes_at.tzinfo is None:
        msg = "a round is made of aware instants"
        raise ValueError(msg)
    if data.closes_at <= data.opens_at:
        errors["closes_at"] = ["截止时间须晚于开始时间。"]
    elif data.closes_at <= moment.at:
        errors["closes_at"] = ["截止时间不能早于现在。"]
    if data.prelim_due_on is not None and data.prelim_due_on < data.closes_at.astimezone(SHANGHAI).date():
        errors["prelim_due_on"] = ["初评截止日不能早于受理截止日。"]
    return errors


def _shown(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%Y年%-m月%-d日 %H:%M}"

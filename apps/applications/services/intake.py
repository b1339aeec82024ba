"""The district's intake: accept, return named items, refuse with a clause, hand over (R-13, R-14)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from apps.accounts import selectors as accounts
from apps.applications import profile_fields, report_sections
from apps.applications.models import Application, Exemption, ReturnedItem
from apps.applications.selectors.subareas import sub_area_verdict
from apps.applications.services.advance import locked, person, take_step
from apps.applications.states import APPLICATION_LIFE
from apps.core.actor import Actor
from apps.core.errors import Invalid, require
from apps.core.moment import Clock, Moment
from apps.core.scoping import acting_as
from apps.core.text import clean_text
from apps.deadlines.selectors import work_calendar
from apps.evidence import services as evidence
from apps.notifications.services import enqueue
from apps.numbering.kinds import SUPPLEMENT, Register
from apps.numbering.services import take_number
from apps.parameters.selectors import in_force
from apps.policy.basic_requirements import BASIC_REQUIREMENTS
from apps.policy.evaluation.spec import SchemeSpec
from apps.policy.review import may_accept_intake, may_return_for_supplement, may_transfer, supplement_term
from apps.policy.rules import RULES
from apps.policy.verdict import Verdict
from apps.scoring import selectors as scoring
from apps.scoring import services as scoring_services

_LIMIT = 1000
_PARTS = dict(ReturnedItem.PARTS)
#: Rooms above with their own district column add a function here: (application id, new district) → None, run as the
#: system inside the transfer's transaction.
TRANSFER_HOOKS: list[Callable[[int, str], None]] = []


@dataclass(frozen=True, slots=True)
class ReturnItem:
    """One item to supplement: `part` is item, basic, profile, report, evidence or scheme; `code` its place."""

    part: str
    reason: str
    wanted: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Returned:
    """A return for supplement: how many items, and the last day to hand them in."""

    count: int
    due_on: date


@transaction.atomic
def accept(*, actor: Actor, clock: Clock, public_id: str) -> None:
    """Accept a submitted application; the form check begins.

    Raises:
        NotVisible, WrongStep, Forbidden: gates 2, 3 and 1.
        RuleBroken: the production site is in another district (R-13); the district asks its 板块 first (R-14).
    """
    row = locked(actor, public_id=public_id)
    moment = clock.now()
    step = APPLICATION_LIFE.step(row.state, "accept", actor)
    require(
        Verdict.all_of(
            may_accept_intake(own_district=actor.district or "", production_district=row.district_id),
            sub_area_verdict(row=row, on=moment.on),
        )
    )
    take_step(
        row,
        step,
        actor=actor,
        moment=moment,
        changes={"accepted_at": moment.at, "accepted_by_id": actor.user_id},
    )
    tell_enterprise(
        row, "application_accepted", moment, key=f"application_accepted:{row.public_id}:{row.version}"
    )


@transaction.atomic
def return_items(
    *, actor: Actor, clock: Clock, public_id: str, items: Sequence[ReturnItem], event: str = "return_items"
) -> Returned:
    """Return an application for supplement, item by item; only these parts open for the enterprise (R-14).

    Args:
        actor: district 经办 or 签批.
        clock: the legal clock.
        public_id: which application.
        items: what is to be supplemented.
        event: for rooms above: `return_from_prelim` while scoring, where every item names its place.

    Raises:
        NotVisible, WrongStep, Forbidden: gates 2, 3 and 1.
        RuleBroken: no item, or one without what is wanted.
        Invalid: unknown part or place, no reason, or the same place twice; keyed by position ("items.0").
    """
    row = locked(actor, public_id=public_id)
    moment = clock.now()
    step = APPLICATION_LIFE.step(row.state, event, actor)
    named = _named_items(actor, row, items, narrow=event != "return_items")
    require(may_return_for_supplement([(label, item.wanted) for item, label in named]))
    term = supplement_term(moment.on, in_force(on=moment.on), work_calendar())
    turn = row.turn + 1
    notice_no = take_number(
        actor=actor,
        moment=moment,
        register=Register(SUPPLEMENT, f"补正-{row.district_id}", moment.on.year, row.district_id),
        purpose=f"补正通知：{row.enterprise.name}（{row.number}）",
    )
    note = f"退回{len(named)}项，补正通知{notice_no}。"
    take_step(row, step, actor=actor, moment=moment, note=note, changes={"turn": turn})
    ReturnedItem.objects.bulk_create(
        [
            ReturnedItem(
                application=row,
                turn=turn,
                notice_no=notice_no,
                part=item.part,
                code=item.code,
                label=label,
                reason=item.reason,
                wanted=item.wanted,
                due_on=term.ends_on,
                returned_by_id=person(actor),
                returned_at=moment.at,
            )
            for item, label in named
        ]
    )
    _reopen_sheet(row, [item for item, _ in named], actor=actor, clock=clock)
    tell_enterprise(
        row,
        "application_returned",
        moment,
        key=f"application_returned:{row.public_id}:{turn}",
        count=len(named),
        due=term.ends_on,
    )
    return Returned(len(named), term.ends_on)


@transaction.atomic
def refuse_intake(*, actor: Actor, clock: Clock, public_id: str, rule: str, reason: str) -> None:
    """Refuse to accept an application (不予受理), naming the rule it breaks.

    Raises:
        NotVisible, WrongStep, Forbidden: gates 2, 3 and 1.
        Invalid: no such rule, or no reason.
    """
    row = locked(actor, public_id=public_id)
    moment = clock.now()
    step = APPLICATION_LIFE.step(row.state, "refuse_intake", actor)
    clause = next((one.clause for one in RULES if one.id == rule), None)
    why = clean_text(reason, field="reason", label="理由", limit=_LIMIT, multiline=True)
    errors: dict[str, list[str]] = {}
    if clause is None:
        errors["rule"] = ["请选择不予受理所依据的规定。"]
    if not why:
        errors["reason"] = ["请填写不予受理的理由。"]
    if errors:
        raise Invalid(errors)
    note = f"{why}（依据：{clause}，{rule}）"
    take_step(row, step, actor=actor, moment=moment, note=note, changes={"decision_note": note})
    tell_enterprise(
        row,
        "application_refused_intake",
        moment,
        key=f"application_refused_intake:{row.public_id}",
        reason=why,
    )


@transaction.atomic
def transfer(*, actor: Actor, clock: Clock, public_id: str, to_district: str, reason: str) -> None:
    """Hand an application over to the district where the enterprise produces (R-13); both sides are told.

    Everything that carries the jurisdiction moves with it; its number stays.

    Raises:
        NotVisible, WrongStep, Forbidden: gates 2, 3 and 1.
        Invalid: no such district, no reason.
        RuleBroken: the same district.
    """
    row = locked(actor, public_id=public_id)
    moment = clock.now()
    step = APPLICATION_LIFE.step(row.state, "transfer", actor)
    names = {one.code: one.name for one in accounts.districts()}
    why = clean_text(reason, field="reason", label="理由", limit=_LIMIT, multiline=True)
    errors: dict[str, list[str]] = {}
    if to_district not in names:
        errors["to_district"] = ["请选择接收的属地。"]
    if not why:
        errors["reason"] = ["请写明转办理由。"]
    if errors:
        raise Invalid(errors)
    require(may_transfer(from_district=row.district_id, to_district=to_district, reason=why))
    old = row.district_id
    # As the system: a district can write no row into another district's jurisdiction.
    system = Actor.system()
    with acting_as(system, then=actor):
        take_step(
            row,
            step,
            actor=actor,
            moment=moment,
            note=f"由{names[old]}转至{names[to_district]}：{why}",
            changes={"district_id": to_district, "sub_area": "", "accepted_at": None, "accepted_by_id": None},
        )
        Exemption.objects.filter(application=row).update(district_id=to_district)
        scoring_services.follow_application(
            actor=system, clock=clock, application_id=row.pk, district=to_district
        )
        evidence.follow_application(actor=system, clock=clock, application_id=row.pk, district=to_district)
        for hook in TRANSFER_HOOKS:
            hook(row.pk, to_district)
        enqueue(
            key=f"application_transferred:{row.public_id}:{row.version}",
            template="application_transferred",
            context={
                "enterprise": row.enterprise.name,
                "from_district": names[old],
                "reason": why,
                "public_id": row.public_id,
                "number": row.number,
            },
            to_district=to_district,
            subject=row,
            moment=moment,
        )


def _named_items(
    actor: Actor, row: Application, items: Sequence[ReturnItem], *, narrow: bool
) -> list[tuple[ReturnItem, str]]:
    errors: dict[str, list[str]] = {}
    found: list[tuple[ReturnItem, str]] = []
    seen: set[tuple[str, str]] = set()
    spec = scoring.scheme_spec(actor=actor, scheme_id=row.scheme_id) if row.scheme_id is not None else None
    for position, item in enumerate(items):
        field = f"items.{position}"
        label = _label(item, spec)
        reason = clean_text(item.reason, field=field, label="问题", limit=_LIMIT, multiline=True)
        wanted = clean_text(item.wanted, field=field, label="补正要求", limit=_LIMIT, multiline=True)
        if label is None:
            errors[field] = ["没有这项内容，不能退回。"]
        elif narrow and not item.code:
            errors[field] = [f"初评中只能退回具体条目或材料，请指明“{label}”中的哪一项。"]
        elif not reason:
            errors[field] = [f"请写明“{label}”的问题。"]
        elif (item.part, item.code) in seen:
            errors[field] = [f"“{label}”重复退回。"]
        else:
            seen.add((item.part, item.code))
            found.append((ReturnItem(item.part, reason, wanted, item.code), label))
    if errors:
        raise Invalid(errors)
    return found


def _label(item: ReturnItem, spec: SchemeSpec | None) -> str | None:
    """Return the Chinese name of what is returned; None when there is no such thing."""
    kind = _PARTS.get(item.part)
    if kind is None:
        return None
    if not item.code:
        return kind
    match item.part:
        case "profile":
            name = profile_fields.BY_CODE[item.code].label if item.code in profile_fields.BY_CODE else None
        case "report":
            name = report_sections.BY_CODE[item.code].title if item.code in report_sections.BY_CODE else None
        case "basic":
            name = next((one.name for one in BASIC_REQUIREMENTS if one.code == item.code), None)
        case "item" | "evidence":
            name = _item_name(spec, item.code)
        case _:
            name = None
    return f"{kind}“{name}”" if name else None


def _item_name(spec: SchemeSpec | None, code: str) -> str | None:
    """Return the name of an item, or of the requirement or section a returned file proves, with its code."""
    requirement = next((one for one in BASIC_REQUIREMENTS if one.code == code), None)
    if requirement is not None:
        return f"{code} {requirement.name}"
    if code in report_sections.BY_CODE:
        return report_sections.BY_CODE[code].title
    return f"{code} {spec.item(code).name}" if spec is not None and spec.has_item(code) else None


def _reopen_sheet(row: Application, items: Sequence[ReturnItem], *, actor: Actor, clock: Clock) -> None:
    """Open the self-evaluation again for the returned items only; all of it when the scheme is to be changed."""
    sheet = scoring.current_sheet(actor=actor, application_id=row.pk, kind="self")
    parts = {item.part for item in items}
    if sheet is None or not parts & {"item", "evidence", "scheme"}:
        return
    spec = scoring.scheme_spec(actor=actor, scheme_id=sheet.scheme_id)
    codes = {item.code for item in items if item.part in {"item", "evidence"} and spec.has_item(item.code)}
    whole = "scheme" in parts or any(item.part == "item" and not item.code for item in items)
    if not whole and not codes:
        return
    scoring_services.renew_sheet(
        actor=actor, clock=clock, public_id=sheet.public_id, item_codes=None if whole else sorted(codes)
    )


def tell_enterprise(row: Application, template: str, moment: Moment, *, key: str, **context: object) -> None:
    """Write to the enterprise of *row* (for the modules of this room)."""
    enqueue(
        key=key,
        template=template,
        context={
            "enterprise": row.enterprise.name,
            "public_id": row.public_id,
            "number": row.number,
            **context,
        },
        to_enterprise=row.enterprise_id,
        subject=row,
        moment=moment,
    )

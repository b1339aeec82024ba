"""The self-evaluation of an application: figures, answers and evidence, through the rooms that own them.

Scoring and evidence do not know when an application may be written; this module asks, then hands over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from apps.applications.models import Application
from apps.applications.selectors.places import require_places
from apps.applications.services.advance import locked
from apps.applications.services.editing import for_editing
from apps.applications.states import APPLICATION_LIFE, EDITABLE
from apps.core.actor import Actor
from apps.core.errors import Invalid, NotVisible, WrongStep
from apps.core.moment import Clock, FixedClock
from apps.evidence import selectors as evidence_read
from apps.evidence import services as evidence
from apps.policy.evaluation.spec import SchemeSpec
from apps.scoring import selectors as scoring
from apps.scoring import services as scoring_services

#: Places evidence is attached to, and the part of the application each belongs to.
_PART_OF_PLACE = {"item": "evidence", "requirement": "evidence", "section": "evidence"}


@transaction.atomic
def save_measurements(
    *,
    actor: Actor,
    clock: Clock,
    public_id: str,
    version: int,
    values: Mapping[str, str],
    rows: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
    units: Mapping[str, str] | None = None,
    period: str | None = None,
) -> scoring_services.SavedSheet:
    """Save measured values of the self-evaluation (`version` is the sheet's).

    In a supplement figures may be changed with any returned item: a figure counts for several.

    Raises:
        NotVisible, Forbidden, WrongStep, RuleBroken: see `for_editing`.
        Invalid, Conflict: from scoring.
    """
    row, moment = for_editing(actor=actor, clock=clock, public_id=public_id, part="item", codes=())
    return scoring_services.save_measurements(
        actor=actor,
        clock=FixedClock(moment),
        public_id=_self_sheet(row, actor),
        version=version,
        values=values,
        rows=rows,
        units=units,
        period=period,
    )


@transaction.atomic
def save_answer(
    *,
    actor: Actor,
    clock: Clock,
    public_id: str,
    item_code: str,
    version: int,
    answer: Mapping[str, Any],
) -> scoring_services.SavedEntry:
    """Save the enterprise's answer to one item (`version` is the item's).

    Raises:
        NotVisible, Forbidden, WrongStep, RuleBroken: see `for_editing`.
        Invalid, Conflict: from scoring.
    """
    row, moment = for_editing(actor=actor, clock=clock, public_id=public_id, part="item", codes=[item_code])
    return scoring_services.save_entry(
        actor=actor,
        clock=FixedClock(moment),
        public_id=_self_sheet(row, actor),
        item_code=item_code,
        version=version,
        answer=answer,
    )


@transaction.atomic
def put_off_item(*, actor: Actor, clock: Clock, public_id: str, item_code: str, later: bool) -> None:
    """Mark an item 稍后处理, or take the mark away: a note to the people filling in, no part of the declaration.

    Raises:
        NotVisible, Forbidden, WrongStep, RuleBroken: see `for_editing`.
    """
    row, moment = for_editing(actor=actor, clock=clock, public_id=public_id, part="item", codes=[item_code])
    scoring_services.put_off(
        actor=actor,
        clock=FixedClock(moment),
        public_id=_self_sheet(row, actor),
        item_code=item_code,
        later=later,
    )


@transaction.atomic
def save_answers(
    *,
    actor: Actor,
    clock: Clock,
    public_id: str,
    answers: Mapping[str, Mapping[str, Any]],
    versions: Mapping[str, int] | None = None,
) -> scoring_services.SavedSheet:
    """Save the answers to several items at once (a form without scripts, an import); all of them or none.

    Raises:
        NotVisible, Forbidden, WrongStep, RuleBroken: see `for_editing`.
        Invalid, Conflict: from scoring.
    """
    row, moment = for_editing(
        actor=actor, clock=clock, public_id=public_id, part="item", codes=sorted(answers)
    )
    return scoring_services.save_entries(
        actor=actor,
        clock=FixedClock(moment),
        public_id=_self_sheet(row, actor),
        answers=answers,
        versions=versions,
    )


@transaction.atomic
def attach_evidence(  # noqa: PLR0913  (what one use of a file states)
    *,
    actor: Actor,
    clock: Clock,
    public_id: str,
    file_public_id: str,
    place: str,
    code: str,
    page_from: int | None = None,
    page_to: int | None = None,
    note: str = "",
) -> evidence.AttachedUse:
    """Attach a file of the enterprise's library to an item, a basic requirement or a section of the report.

    Raises:
        NotVisible, Forbidden, WrongStep, RuleBroken: see `for_editing`; or the application has no such place.
        Invalid: unknown kind of place; or from evidence.
    """
    if place not in _PART_OF_PLACE:
        raise Invalid.of("place", "证明材料只能附在评价条目、基本要求或报告章节上。")
    row, _ = for_editing(
        actor=actor, clock=clock, public_id=public_id, part=_PART_OF_PLACE[place], codes=[code]
    )
    require_places(spec=_spec(row), level=row.level, place=place, codes=[code])
    used = evidence.attach(
        actor=actor,
        clock=clock,
        public_id=file_public_id,
        case=evidence_case(row),
        place=place,
        code=code,
        page_from=page_from,
        page_to=page_to,
        note=note,
    )
    if place == "item":
        scoring_services.set_evidence_counts(
            actor=actor, clock=clock, application_id=row.pk, counts={code: used.count}
        )
    return used


@transaction.atomic
def attach_evidence_to_items(
    *,
    actor: Actor,
    clock: Clock,
    public_id: str,
    file_public_id: str,
    item_codes: Sequence[str],
    page_from: int | None = None,
    page_to: int | None = None,
    note: str = "",
) -> Mapping[str, int]:
    """Attach one file to several items at once; returns item → number of files there now.

    Raises:
        NotVisible, Forbidden, WrongStep, RuleBroken: see `for_editing`; or the system has no such item.
        Invalid: no item; or from evidence.
    """
    row, _ = for_editing(
        actor=actor, clock=clock, public_id=public_id, part=_PART_OF_PLACE["item"], codes=item_codes
    )
    require_places(spec=_spec(row), level=row.level, place="item", codes=item_codes)
    counts = evidence.attach_to_many(
        actor=actor,
        clock=clock,
        public_id=file_public_id,
        case=evidence_case(row),
        place="item",
        codes=item_codes,
        page_from=page_from,
        page_to=page_to,
        note=note,
    )
    scoring_services.set_evidence_counts(actor=actor, clock=clock, application_id=row.pk, counts=counts)
    return counts


@transaction.atomic
def detach_evidence(
    *, actor: Actor, clock: Clock, public_id: str, use_public_id: str, place: str, code: str
) -> int:
    """Take a file off an item, requirement or section; returns how many are left there.

    Raises:
        NotVisible, Forbidden, WrongStep, RuleBroken: see `for_editing`; or no such use at this place.
    """
    row, _ = for_editing(actor=actor, clock=clock, public_id=public_id, part="evidence", codes=[code])
    # The place decides whether it may be changed now, so the use must really be there.
    there = evidence_read.uses_of(actor=actor, application_id=row.pk, place=place, code=code)
    if use_public_id not in {use.public_id for use in there}:
        raise NotVisible
    left = evidence.detach(actor=actor, clock=clock, public_id=use_public_id, case=evidence_case(row))
    if place == "item":
        scoring_services.set_evidence_counts(
            actor=actor, clock=clock, application_id=row.pk, counts={code: left}
        )
    return left


@transaction.atomic
def case_for_upload(*, actor: Actor, public_id: str) -> evidence.Case:
    """Return the case an upload is counted for, when the application may be written at all.

    Raises:
        NotVisible: not this enterprise's application.
        WrongStep: neither a draft nor being supplemented.
    """
    row = locked(actor, public_id=public_id)
    if row.state not in EDITABLE:
        raise WrongStep(_closed(row))
    return evidence_case(row)


def evidence_case(row: Application) -> evidence.Case:
    """Return what evidence needs to know about an application."""
    editable = row.state in EDITABLE
    return evidence.Case(
        application_id=row.pk,
        enterprise_id=row.enterprise_id,
        district=row.district_id,
        editable=editable,
        closed_message="" if editable else _closed(row),
    )


def _closed(row: Application) -> str:
    state = APPLICATION_LIFE.label(row.state)
    return f"当前状态为「{state}」，证明材料不能修改；如需补正，请联系属地工业和信息化主管部门。"


def _spec(row: Application) -> SchemeSpec | None:
    """Return the system of a locked application, read once per process: attaching costs no statement more."""
    return scoring.spec_of_digest(row.scheme.digest) if row.scheme is not None else None


def _self_sheet(row: Application, actor: Actor) -> str:
    sheet = scoring.current_public_id(actor=actor, application_id=row.pk, kind="self")
    if sheet is None:
        msg = "请先选择评价体系，再填写自评表。"
        raise WrongStep(msg)
    return sheet

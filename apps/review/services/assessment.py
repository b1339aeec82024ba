"""专家评估: blind scoring and site visits (R-19, R-20, R-21)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction

from apps.audit.services import record
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Forbidden, Invalid, NotVisible, WrongStep
from apps.core.moment import Clock
from apps.core.text import clean_text
from apps.deadlines.services import meet_obligation
from apps.review.models import Assignment, SiteVisit
from apps.review.services.cases import jurisdiction, locked_case
from apps.review.services.completion import complete_panel, locked_panel
from apps.review.services.panel import locked_assignment
from apps.review.states import ASSIGNMENT_LIFE, CONCLUDED, DECLARED
from apps.scoring import services as scoring

_TEXT = 1000
_PEOPLE = 2


@dataclass(frozen=True, slots=True)
class Assessment:
    """What an expert says beside the points (F-08)."""

    strengths: str = ""
    problems: str = ""
    advice: str = ""
    wants_site_visit: bool = False


@dataclass(frozen=True, slots=True)
class Visit:
    """现场核实记录 (F-10): at least two people; findings as item, filed value, found value, agreement."""

    visited_on: date
    place: str
    people: Sequence[str]
    conclusion: str
    accompanied_by: str = ""
    problems: str = ""
    findings: Sequence[Mapping[str, Any]] = field(default_factory=tuple)


def score_item(
    *, actor: Actor, clock: Clock, public_id: str, item_code: str, version: int, answer: Mapping[str, Any]
) -> scoring.SavedEntry:
    """Save an expert's points of one item (autosave of the desk); other experts' points are out of sight.

    One transaction, that of `scoring.save_entry`.

    Raises:
        Conflict, Invalid: see `scoring.save_entry`.
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    row = _open_task(actor=actor, public_id=public_id)
    return scoring.save_entry(
        actor=actor,
        clock=clock,
        public_id=row.sheet.public_id,  # type: ignore[union-attr]  # a declared assignment has a sheet
        item_code=item_code,
        version=version,
        answer=answer,
    )


@transaction.atomic
def score_items(
    *,
    actor: Actor,
    clock: Clock,
    public_id: str,
    answers: Mapping[str, Mapping[str, Any]],
    versions: Mapping[str, int] | None = None,
) -> scoring.SavedSheet:
    """Save many items of an expert's sheet at once (the desk without scripts); all of them or none.

    Raises:
        Conflict, Invalid: see `scoring.save_entries`.
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    row = _open_task(actor=actor, public_id=public_id)
    return scoring.save_entries(
        actor=actor,
        clock=clock,
        public_id=row.sheet.public_id,  # type: ignore[union-attr]  # a declared assignment has a sheet
        answers=answers,
        versions=versions,
    )


@transaction.atomic
def adopt_district_scores(
    *, actor: Actor, clock: Clock, public_id: str, item_codes: Sequence[str] | None = None
) -> scoring.SavedSheet:
    """Take the district's points for the named items, or for all that are not scored yet.

    Raises:
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    row = _open_task(actor=actor, public_id=public_id)
    return scoring.adopt_scores(
        actor=actor,
        clock=clock,
        public_id=row.sheet.public_id,  # type: ignore[union-attr]  # a declared assignment has a sheet
        item_codes=item_codes,
    )


def _open_task(*, actor: Actor, public_id: str) -> Assignment:
    row: Assignment | None = (
        Assignment.objects.visible_to(actor).select_related("sheet").filter(public_id=public_id).first()
    )
    if row is None:
        raise NotVisible
    if actor.role is not Role.EXPERT:
        raise Forbidden("评分由专家本人填写。")
    if row.state != DECLARED:
        ASSIGNMENT_LIFE.step(row.state, "submit", actor)
    return row


@transaction.atomic
def submit_assessment(*, actor: Actor, clock: Clock, public_id: str, assessment: Assessment) -> None:
    """The expert hands in the sheet; when the last one does, the panel's figure is computed.

    Raises:
        Invalid: items without points (from `scoring.sign_sheet`), texts too long.
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    row = locked_assignment(actor=actor, public_id=public_id)
    step = ASSIGNMENT_LIFE.step(row.state, "submit", actor)
    if row.sheet is None:
        raise WrongStep("请先签署无利益冲突声明。")
    moment = clock.now()
    signed = scoring.sign_sheet(actor=actor, clock=clock, public_id=row.sheet.public_id)
    for name, label in (("strengths", "优点"), ("problems", "问题"), ("advice", "建议")):
        text = clean_text(getattr(assessment, name), field=name, label=label, limit=_TEXT, multiline=True)
        setattr(row, name, text)
    row.wants_site_visit = assessment.wants_site_visit
    row.state, row.submitted_at = step.target, moment.at
    row.save()
    meet_obligation(kind="review.assessment", subject=row, moment=moment)
    record(
        actor=actor,
        event="assignment.submit",
        subject=row,
        moment=moment,
        rule=step.rule,
        after={"total": signed.total, "digest": signed.digest},
    )
    complete_panel(actor=actor, clock=clock, panel_id=row.panel_id)


@transaction.atomic
def record_site_visit(*, actor: Actor, clock: Clock, public_id: str, visit: Visit) -> str:
    """Keep the record of an on-site visit; by the city or by the panel's leader.

    Returns:
        The record's public id.

    Raises:
        Invalid: fewer than two people, no conclusion, a date in the future.
        Forbidden: neither municipal 经办 nor the leader.
        NotVisible: gate 2.
    """
    case = locked_case(actor=actor, public_id=public_id)
    panel = locked_panel(actor=actor, application_id=case.id)
    leads = actor.role is Role.EXPERT and panel.leader_id == actor.expert_id
    if not leads and not (actor.role is Role.MUNICIPAL and actor.has(Duty.HANDLER)):
        raise Forbidden("现场核实由市局经办或专家组长登记。")
    if panel.state == CONCLUDED:
        raise WrongStep("评估意见已经出具，不能再登记现场核实。")
    moment = clock.now()
    people = [clean_text(name, field="people", label="核实人员", limit=50) for name in visit.people]
    people = [name for name in people if name]
    errors: dict[str, list[str]] = {}
    if len(people) < _PEOPLE:
        errors["people"] = [f"现场核实人员不少于 {_PEOPLE} 人，当前 {len(people)} 人。"]
    if visit.visited_on > moment.on:
        errors["visited_on"] = ["核实日期不能晚于今天。"]
    conclusion = clean_text(visit.conclusion, field="conclusion", label="结论", limit=_TEXT, multiline=True)
    if not conclusion:
        errors["conclusion"] = ["请填写现场核实结论。"]
    if errors:
        raise Invalid(errors)
    row = SiteVisit.objects.create(
        **jurisdiction(case),
        panel=panel,
        visited_on=visit.visited_on,
        place=clean_text(visit.place, field="place", label="地点", limit=200),
        people=people,
        accompanied_by=clean_text(visit.accompanied_by, field="accompanied_by", label="企业陪同", limit=100),
        findings=[dict(finding) for finding in visit.findings],
        problems=clean_text(visit.problems, field="problems", label="问题", limit=_TEXT, multiline=True),
        conclusion=conclusion,
        recorded_by_id=actor.account,
        recorded_at=moment.at,
    )
    record(
        actor=actor,
        event="site_visit.record",
        subject=row,
        moment=moment,
        rule="R-21",
        after={"visited_on": visit.visited_on, "people": people},
    )
    return str(row.public_id)

"""专家评估: blind scoring, asking for an on-site visit, handing in (R-19, R-20, R-21)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from apps.audit.services import record
from apps.core.actor import Actor, Role
from apps.core.errors import Forbidden, WrongStep
from apps.core.moment import Clock
from apps.core.text import clean_text
from apps.deadlines.services import meet_obligation
from apps.notifications.services import enqueue
from apps.review.models import Assignment
from apps.review.services.cases import words
from apps.review.services.completion import complete_panel
from apps.review.services.seating import locked_assignment, locked_task
from apps.review.states import ASSIGNMENT_LIFE, DECLARED, RECUSED
from apps.scoring import services as scoring

_TEXT = 1000


@dataclass(frozen=True, slots=True)
class Assessment:
    """What an expert says beside the points (F-08)."""

    strengths: str = ""
    problems: str = ""
    advice: str = ""
    wants_site_visit: bool = False
    site_visit_reason: str = ""


@transaction.atomic(savepoint=False)
def score_item(
    *, actor: Actor, clock: Clock, public_id: str, item_code: str, version: int, answer: Mapping[str, Any]
) -> scoring.SavedEntry:
    """Save an expert's points of one item (autosave of the desk); other experts' points are out of sight.

    The task is locked first: taken away in the same moment, either the points are saved before or the expert hears
    that the task is no longer theirs (409); what was saved stays on record.

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
    if actor.role is not Role.EXPERT and Assignment.objects.visible_to(actor).filter(public_id=public_id):
        raise Forbidden("评分由专家本人填写。")
    row = locked_assignment(actor=actor, public_id=public_id)
    if row.state == RECUSED:
        raise WrongStep(
            f"该评审任务已结束（{row.ended_reason}），评分不再保存；此前已保存的评分保留在记录中。"
        )
    if row.state != DECLARED:
        ASSIGNMENT_LIFE.step(row.state, "submit", actor)
    return row


@transaction.atomic
def request_site_visit(*, actor: Actor, clock: Clock, public_id: str, reason: str) -> None:
    """An expert asks for an on-site verification while scoring; the city is told (R-21). An empty reason withdraws.

    Raises:
        Invalid: the reason is too long.
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    text = clean_text(reason, field="reason", label="建议现场核实的理由", limit=_TEXT, multiline=True)
    case, _, row = locked_task(actor=actor, public_id=public_id)
    if actor.role is not Role.EXPERT:
        raise Forbidden("现场核实由评审专家提出建议。")
    if row.state != DECLARED:
        ASSIGNMENT_LIFE.step(row.state, "submit", actor)
    moment = clock.now()
    row.wants_site_visit, row.site_visit_reason = bool(text), text
    row.save(update_fields=["wants_site_visit", "site_visit_reason"])
    record(actor=actor, event="assignment.request_visit", subject=row, moment=moment, rule="R-21", note=text)
    if text:
        enqueue(
            key=f"site-visit-requested:{row.public_id}:{moment.at.isoformat()}",
            template="site_visit_requested",
            context={**words(case), "reason": text},
            to_municipal=True,
            subject=row,
            moment=moment,
        )


@transaction.atomic
def submit_assessment(*, actor: Actor, clock: Clock, public_id: str, assessment: Assessment) -> None:
    """The expert hands in the sheet; when the last one does, the panel's figure is computed.

    Raises:
        Invalid: items without points (from `scoring.sign_sheet`), texts too long.
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    _, panel, row = locked_task(actor=actor, public_id=public_id)
    step = ASSIGNMENT_LIFE.step(row.state, "submit", actor)
    if row.sheet is None:
        raise WrongStep("请先签署无利益冲突声明。")
    moment = clock.now()
    signed = scoring.sign_sheet(actor=actor, clock=clock, public_id=row.sheet.public_id)
    for name, label in (("strengths", "优点"), ("problems", "问题"), ("advice", "建议")):
        text = clean_text(getattr(assessment, name), field=name, label=label, limit=_TEXT, multiline=True)
        setattr(row, name, text)
    asked = clean_text(
        assessment.site_visit_reason, field="site_visit_reason", label="理由", limit=_TEXT, multiline=True
    )
    row.wants_site_visit = assessment.wants_site_visit
    row.site_visit_reason = asked if assessment.wants_site_visit else ""
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
    complete_panel(actor=actor, clock=clock, panel_id=panel.pk)

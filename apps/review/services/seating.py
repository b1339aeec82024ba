"""Seats of a panel: inviting, taking off, stopping for a conflict, restoring; locks always in one order.

Application, panel, assignment, sheet: whoever changes one of them has locked those before it. Two acts on one
panel therefore wait for each other and never block each other for good.
"""

from __future__ import annotations

from apps.applications import services as applications
from apps.applications.selectors import CaseRow
from apps.audit.services import record
from apps.core.actor import Actor, Role
from apps.core.errors import Invalid, NotVisible
from apps.core.moment import Clock, Moment
from apps.core.scoping import acting_as
from apps.core.text import clean_text
from apps.deadlines.services import cancel_obligations, open_obligation
from apps.notifications.services import enqueue
from apps.review.models import Assignment, Panel
from apps.review.services.cases import jurisdiction, words
from apps.review.services.completion import complete_panel, void_opinion
from apps.review.states import (
    ASSESSED,
    ASSIGNMENT_LIFE,
    BLOCKED,
    DECLARED,
    INVITED,
    PANEL_LIFE,
    SCORED,
)
from apps.scoring import services as scoring

_TEXT = 500


def invite(
    *, case: CaseRow, panel: Panel, expert_id: int, moment: Moment, seat: int | None = None
) -> Assignment:
    """Give an expert a seat: the task, the message, the deadline."""
    row: Assignment = Assignment.objects.create(
        **jurisdiction(case),
        panel=panel,
        expert_id=expert_id,
        seat=seat,
        state=INVITED,
        invited_at=moment.at,
    )
    enqueue(
        key=f"expert-assigned:{row.public_id}",
        template="expert_assigned",
        context={**words(case), "public_id": row.public_id, "due": panel.due_on},
        to_expert=expert_id,
        subject=row,
        moment=moment,
    )
    open_deadline(row=row, panel=panel, moment=moment, basis="评审截止日由市局在组建专家组时确定。")
    return row


def open_deadline(*, row: Assignment, panel: Panel, moment: Moment, basis: str) -> None:
    """Open the expert's deadline for scoring."""
    open_obligation(
        kind="review.assessment",
        subject=row,
        due_on=panel.due_on,
        rule="R-19",
        basis=basis,
        district=None,
        enterprise=None,
        expert=row.expert_id,
        moment=moment,
        number=panel.application.number or "",
        label="专家评审任务",
    )


def locked_assignment(*, actor: Actor, public_id: str) -> Assignment:
    """Return an assignment locked for change.

    Raises:
        NotVisible: not the actor's (expert) or not in sight; to the expert also one stopped by a conflict.
    """
    row: Assignment | None = (
        Assignment.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("sheet")
        .filter(public_id=public_id)
        .first()
    )
    if row is None or (actor.role is Role.EXPERT and row.state == BLOCKED):
        raise NotVisible
    return row


def locked_task(*, actor: Actor, public_id: str) -> tuple[CaseRow, Panel, Assignment]:
    """Return case, panel and assignment, locked in this order.

    The case and the panel are locked on the system's behalf: an invited expert does not see the case yet.

    Raises:
        NotVisible: see `locked_assignment`.
    """
    found = (
        Assignment.objects.visible_to(actor)
        .filter(public_id=public_id)
        .values_list("application_id", "panel_id")
        .first()
    )
    if found is None:
        raise NotVisible
    with acting_as(Actor.system(), then=actor):
        case = applications.lock_application(actor=Actor.system(), application_id=found[0])
        panel = Panel.objects.select_for_update(of=("self",)).get(pk=found[1])
    return case, panel, locked_assignment(actor=actor, public_id=public_id)


def take_off(
    *,
    actor: Actor,
    clock: Clock,
    case: CaseRow,
    panel: Panel,
    row: Assignment,
    event: str,
    reason: str,
    successor: bool = False,
) -> None:
    """Take an expert off: sheet put away (its entries stay on record), grant gone, city or expert told.

    Args:
        actor: who decides.
        clock: the legal clock.
        case: locked.
        panel: locked.
        row: locked.
        event: `recuse` or `remove`.
        reason: why, for the record.
        successor: somebody is invited instead; otherwise the panel may be complete now.

    Raises:
        Invalid: no reason.
        WrongStep, Forbidden: gates 1 and 3.
    """
    text = clean_text(reason, field="reason", label="原因", limit=_TEXT, multiline=True)
    if not text:
        raise Invalid.of("reason", "请写明原因。")
    step = ASSIGNMENT_LIFE.step(row.state, event, actor)
    moment = clock.now()
    with acting_as(Actor.system(), then=actor):
        _put_away(clock=clock, row=row, reason=text)
        applications.revoke_scoring(actor=Actor.system(), application_id=case.id, user_id=row.expert_id)
    row.state, row.ended_reason, row.blocked_from = step.target, text, ""
    row.save()
    cancel_obligations(subject=row, moment=moment)
    record(actor=actor, event=f"assignment.{event}", subject=row, moment=moment, rule=step.rule, note=text)
    if event == "recuse":
        enqueue(
            key=f"expert-recused:{row.public_id}",
            template="expert_recused",
            context={**words(case), "reason": text},
            to_municipal=True,
            subject=row,
            moment=moment,
        )
    else:
        enqueue(
            key=f"expert-released:{row.public_id}",
            template="expert_released",
            context={**words(case), "reason": text},
            to_expert=row.expert_id,
            subject=row,
            moment=moment,
        )
    if not successor:
        # The one who left may have been the last one missing.
        complete_panel(actor=actor, clock=clock, panel_id=panel.pk)


def _put_away(*, clock: Clock, row: Assignment, reason: str) -> None:
    """Close the sheet of somebody who leaves; a signed one stays signed and an empty next turn is closed."""
    if row.sheet is None:
        return
    public_id = row.sheet.public_id
    if row.blocked_from == SCORED:
        public_id = scoring.renew_sheet(actor=Actor.system(), clock=clock, public_id=public_id).public_id
    scoring.close_sheet(actor=Actor.system(), clock=clock, public_id=public_id, reason=reason)


def block(*, clock: Clock, case: CaseRow, panel: Panel, row: Assignment, reasons: tuple[str, ...]) -> None:
    """Stop a task because of a conflict: the material closes at once, the city decides (an act of the system).

    A panel that was complete waits again, and an opinion that rested on this member's score falls.
    """
    system, moment = Actor.system(), clock.now()
    step = ASSIGNMENT_LIFE.step(row.state, "block", system)
    before = row.state
    if before in {DECLARED, SCORED}:
        applications.revoke_scoring(actor=system, application_id=case.id, user_id=row.expert_id)
    row.state, row.blocked_from, row.blocked_reason = step.target, before, "\n".join(reasons)
    row.save()
    cancel_obligations(subject=row, moment=moment)
    if panel.state == ASSESSED:
        panel.state = PANEL_LIFE.step(panel.state, "resume", system).target
        panel.total = panel.spread = panel.deviation = None
        panel.outliers, panel.disputed_items, panel.aggregation = [], [], ""
        void_opinion(panel)
        panel.assignments.update(opinion_signed_at=None, dissent="")
    record(
        actor=system,
        event="assignment.block",
        subject=row,
        moment=moment,
        rule=step.rule,
        before={"state": before},
        after={"state": row.state},
        note=row.blocked_reason,
    )
    enqueue(
        key=f"expert-conflict:{row.public_id}:{moment.at.isoformat()}",
        template="expert_conflict",
        context={**words(case), "reason": "".join(reasons)},
        to_municipal=True,
        subject=row,
        moment=moment,
    )
    enqueue(
        key=f"expert-paused:{row.public_id}:{moment.at.isoformat()}",
        template="expert_paused",
        context=words(case),
        to_expert=row.expert_id,
        subject=row,
        moment=moment,
    )


def restore(*, actor: Actor, clock: Clock, case: CaseRow, panel: Panel, row: Assignment, reason: str) -> None:
    """Let a stopped task go on where it stood: by the city (an approved override) or the system (the tie is gone)."""
    moment = clock.now()
    step = ASSIGNMENT_LIFE.step(row.state, f"restore_{row.blocked_from}", actor)
    row.state, row.blocked_from, row.blocked_reason = step.target, "", ""
    with acting_as(Actor.system(), then=actor):
        if row.state in {DECLARED, SCORED}:
            applications.grant_scoring(actor=Actor.system(), application_id=case.id, user_id=row.expert_id)
        row.save()
    if row.state != SCORED:
        open_deadline(row=row, panel=panel, moment=moment, basis="回避事项处理完毕，继续评审。")
    record(actor=actor, event="assignment.restore", subject=row, moment=moment, rule=step.rule, note=reason)
    enqueue(
        key=f"expert-resumed:{row.public_id}:{moment.at.isoformat()}",
        template="expert_resumed",
        context={**words(case), "public_id": row.public_id, "due": panel.due_on},
        to_expert=row.expert_id,
        subject=row,
        moment=moment,
    )
    complete_panel(actor=actor, clock=clock, panel_id=panel.pk)

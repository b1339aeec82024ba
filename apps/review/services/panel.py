"""专家组: forming it without conflicts, declarations, recusal and replacement (R-19, R-20)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from apps.accounts import selectors as accounts
from apps.applications import services as applications
from apps.applications.selectors import CaseRow
from apps.audit.services import record
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Forbidden, Invalid, NotVisible, WrongStep, require
from apps.core.moment import Clock, Moment
from apps.core.scoping import acting_as
from apps.core.text import clean_text
from apps.deadlines.services import cancel_obligations, open_obligation
from apps.notifications.services import enqueue
from apps.policy.panel import panel_size_allowed
from apps.policy.verdict import Verdict
from apps.review.conflicts import conflict_of
from apps.review.models import Assignment, Panel
from apps.review.services.cases import choices, jurisdiction, locked_case, sheet_case, words
from apps.review.services.completion import complete_panel
from apps.review.states import ASSEMBLING, ASSIGNMENT_LIFE, INVITED, OPEN_PANELS, PANEL_LIFE, RECUSED
from apps.scoring import services as scoring

_TEXT = 500


@transaction.atomic
def form_panel(
    *, actor: Actor, clock: Clock, public_id: str, expert_ids: Sequence[int], leader_id: int, due_on: date
) -> str:
    """The city invites the experts of one application; a conflict of interest blocks.

    Args:
        actor: municipal 经办.
        clock: the legal clock.
        public_id: of the application.
        expert_ids: at least three, an odd number (parameter).
        leader_id: one of them.
        due_on: last day for scoring.

    Returns:
        The panel's public id.

    Raises:
        RuleBroken: size, or a conflict of interest with its ground (R-19, R-20).
        Invalid: unknown expert, leader not a member, a date in the past.
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    case = locked_case(actor=actor, public_id=public_id)
    moment = clock.now()
    if due_on <= moment.on:
        raise Invalid.of("due_on", "评审截止日应晚于今天。")
    ids = list(dict.fromkeys(expert_ids))
    if leader_id not in ids:
        raise Invalid.of("leader_id", "组长应为专家组成员。")
    require(panel_size_allowed(len(ids), choices(moment.on)))
    members = accounts.experts(actor=actor, ids=ids, only_available=True)
    if len(members) != len(ids):
        raise Invalid.of("expert_ids", "所选专家中有不可评审或不存在的，请重新选择。")
    require(Verdict.all_of(*(conflict_of(expert=expert, case=case, on=moment.on) for expert in members)))
    applications.advance(application_id=case.id, event="start_expert_review", actor=actor, moment=moment)
    panel = Panel.objects.create(
        **jurisdiction(case),
        state=ASSEMBLING,
        leader_id=leader_id,
        due_on=due_on,
        formed_by_id=actor.account,
        formed_at=moment.at,
    )
    step = PANEL_LIFE.step(panel.state, "start", actor)
    panel.state = step.target
    panel.save(update_fields=["state"])
    for expert in members:
        _invite(case=case, panel=panel, expert_id=expert.id, moment=moment)
    record(
        actor=actor,
        event="panel.form",
        subject=panel,
        moment=moment,
        rule=step.rule,
        after={"experts": ids, "leader": leader_id, "due_on": due_on},
    )
    return str(panel.public_id)


def _invite(*, case: CaseRow, panel: Panel, expert_id: int, moment: Moment) -> Assignment:
    row: Assignment = Assignment.objects.create(
        **jurisdiction(case), panel=panel, expert_id=expert_id, state=INVITED, invited_at=moment.at
    )
    enqueue(
        key=f"expert-assigned:{row.public_id}",
        template="expert_assigned",
        context={**words(case), "public_id": row.public_id, "due": panel.due_on},
        to_expert=expert_id,
        subject=row,
        moment=moment,
    )
    open_obligation(
        kind="review.assessment",
        subject=row,
        due_on=panel.due_on,
        rule="R-19",
        basis="评审截止日由市局在组建专家组时确定。",
        district=None,
        enterprise=None,
        expert=expert_id,
        moment=moment,
    )
    return row


def locked_assignment(*, actor: Actor, public_id: str) -> Assignment:
    """Return an assignment locked for change.

    Raises:
        NotVisible: not the actor's (expert) or not in sight.
    """
    row: Assignment | None = (
        Assignment.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("panel", "sheet")
        .filter(public_id=public_id)
        .first()
    )
    if row is None:
        raise NotVisible
    return row


@transaction.atomic
def declare_no_conflict(*, actor: Actor, clock: Clock, public_id: str) -> None:
    """The expert signs the recusal declaration; only now does the material open (R-20).

    The ties on record are checked again: they may have changed since the invitation.

    Raises:
        RuleBroken: a conflict of interest.
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    row = locked_assignment(actor=actor, public_id=public_id)
    step = ASSIGNMENT_LIFE.step(row.state, "declare", actor)
    moment = clock.now()
    # The expert sees the case only after this act: it is read and opened on the system's behalf.
    with acting_as(Actor.system(), then=actor):
        case = applications.lock_application(actor=Actor.system(), application_id=row.application_id)
        expert = accounts.expert(actor=Actor.system(), expert_id=row.expert_id)
        if not row.override_reason:
            require(conflict_of(expert=expert, case=case, on=moment.on))
        applications.grant_scoring(actor=Actor.system(), application_id=case.id, user_id=row.expert_id)
    sheet = scoring.open_sheet(actor=actor, clock=clock, case=sheet_case(case), kind="expert")
    row.sheet_id = sheet.id
    row.state, row.declared_at = step.target, moment.at
    row.save()
    record(actor=actor, event="assignment.declare", subject=row, moment=moment, rule=step.rule)


@transaction.atomic
def recuse(*, actor: Actor, clock: Clock, public_id: str, reason: str) -> None:
    """The expert asks to be recused; the grant ends at once and the city is told.

    Raises:
        Invalid: no reason.
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    _end(actor=actor, clock=clock, public_id=public_id, event="recuse", reason=reason)


@transaction.atomic
def replace_expert(
    *, actor: Actor, clock: Clock, public_id: str, reason: str, expert_id: int | None
) -> str | None:
    """The city takes an expert off an open panel and invites another.

    Returns:
        The new assignment's public id, None when nobody is invited.

    Raises:
        RuleBroken: the other has a conflict of interest.
        Invalid: no reason; an unknown or already assigned expert.
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    row = locked_assignment(actor=actor, public_id=public_id)
    if actor.role is not Role.MUNICIPAL or not actor.has(Duty.HANDLER):
        raise Forbidden("专家由市局经办安排。")
    if row.panel.state not in OPEN_PANELS:
        raise WrongStep(f"专家组当前状态为「{PANEL_LIFE.label(row.panel.state)}」，不能再调整专家。")
    if row.state != RECUSED:
        _end(
            actor=actor, clock=clock, public_id=public_id, event="remove", reason=reason, successor=expert_id
        )
    if expert_id is None:
        return None
    case = applications.lock_application(actor=actor, application_id=row.application_id)
    moment = clock.now()
    expert = accounts.expert(actor=actor, expert_id=expert_id)
    if not expert.is_available:
        raise Invalid.of("expert_id", "该专家目前不可评审，请另选。")
    require(conflict_of(expert=expert, case=case, on=moment.on))
    if row.panel.assignments.exclude(state=RECUSED).filter(expert_id=expert_id).exists():
        raise Invalid.of("expert_id", "该专家已在本专家组。")
    fresh = _invite(case=case, panel=row.panel, expert_id=expert_id, moment=moment)
    if row.panel.leader_id == row.expert_id:
        row.panel.leader_id = expert_id
        row.panel.save(update_fields=["leader"])
    record(
        actor=actor,
        event="panel.replace",
        subject=row.panel,
        moment=moment,
        rule="R-20",
        before={"expert": row.expert_id},
        after={"expert": expert_id},
        note=reason,
    )
    return str(fresh.public_id)


def _end(
    *, actor: Actor, clock: Clock, public_id: str, event: str, reason: str, successor: int | None = None
) -> None:
    """Take an expert off: sheet closed, grant gone, city or expert told; *successor* is who is invited instead."""
    text = clean_text(reason, field="reason", label="原因", limit=_TEXT, multiline=True)
    if not text:
        raise Invalid.of("reason", "请写明原因。")
    row = locked_assignment(actor=actor, public_id=public_id)
    step = ASSIGNMENT_LIFE.step(row.state, event, actor)
    moment = clock.now()
    with acting_as(Actor.system(), then=actor):
        case = applications.lock_application(actor=Actor.system(), application_id=row.application_id)
        if row.sheet is not None:
            scoring.close_sheet(actor=Actor.system(), clock=clock, public_id=row.sheet.public_id, reason=text)
        applications.revoke_scoring(
            actor=Actor.system(), application_id=row.application_id, user_id=row.expert_id
        )
    row.state, row.ended_reason = step.target, text
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
    if successor is None:
        # The one who left may have been the last one missing.
        complete_panel(actor=actor, clock=clock, panel_id=row.panel_id)

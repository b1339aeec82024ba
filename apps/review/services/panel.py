"""专家组: forming it without conflicts, declarations, recusal, replacement, closing the scoring (R-19, R-20)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from django.db import transaction

from apps.accounts import selectors as accounts
from apps.applications import services as applications
from apps.applications.selectors import CaseRow
from apps.audit.services import record
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Forbidden, Invalid, WrongStep, require
from apps.core.moment import Clock, Moment
from apps.core.scoping import acting_as
from apps.policy.conflicts import conflict_refusals
from apps.policy.panel import may_appoint, may_close_panel, may_take_case, panel_size_allowed
from apps.policy.verdict import Verdict
from apps.review.models import Panel, RoundArrangement
from apps.review.selectors.panels import vacant_seats
from apps.review.selectors.pool import PoolMember, pool_of
from apps.review.services.cases import choices, jurisdiction, locked_case, sheet_case
from apps.review.services.completion import complete_panel, locked_panel
from apps.review.services.seating import invite, locked_task, take_off
from apps.review.states import (
    ASSEMBLING,
    ASSIGNMENT_LIFE,
    BLOCKED,
    DECLARED,
    INVITED,
    OPEN_PANELS,
    PANEL_LIFE,
    RECUSED,
    SCORED,
)
from apps.scoring import services as scoring

_OPEN_LABELS = tuple(PANEL_LIFE.label(state) for state in OPEN_PANELS)


@transaction.atomic
def form_panel(
    *, actor: Actor, clock: Clock, public_id: str, expert_ids: Sequence[int], leader_id: int, due_on: date
) -> str:
    """The city invites the experts of one application by name; a conflict of interest blocks.

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
        RuleBroken: size, a conflict of interest with its ground, the limit of the round, or the bureau demands a
            draw (R-19, R-20).
        Invalid: unknown or absent expert, leader not a member, a date in the past.
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    case = locked_case(actor=actor, public_id=public_id)
    moment = clock.now()
    ids = list(dict.fromkeys(expert_ids))
    require(may_appoint(drawn=False, parameters=choices(moment.on)))
    members = members_for(actor=actor, case=case, ids=ids, moment=moment, until=due_on)
    panel = found_panel(
        actor=actor,
        case=case,
        seats=dict.fromkeys(ids),
        members=members,
        leader_id=leader_id,
        due_on=due_on,
        moment=moment,
        drawn=False,
    )
    return str(panel.public_id)


def members_for(
    *, actor: Actor, case: CaseRow, ids: Sequence[int], moment: Moment, until: date
) -> list[PoolMember]:
    """Return the named experts of the pool.

    Raises:
        Invalid: one of them does not exist or cannot review in that time.
    """
    members = pool_of(actor=actor, case=case, on=moment.on, until=until, only=ids)
    if len(members) != len(ids) or any(member.away for member in members):
        raise Invalid.of("expert_ids", "所选专家中有不可评审或不存在的，请重新选择。")
    return members


def require_free(member: PoolMember) -> Verdict:
    """Return whether the expert may take the case: no conflict, not at the limit of the round."""
    return Verdict.all_of(
        conflict_refusals(member.conflicts), may_take_case(at_limit=member.at_limit, name=member.expert.name)
    )


def found_panel(
    *,
    actor: Actor,
    case: CaseRow,
    seats: Mapping[int, int | None],
    members: Sequence[PoolMember],
    leader_id: int,
    due_on: date,
    moment: Moment,
    drawn: bool,
) -> Panel:
    """Found the panel of a locked case and invite its members.

    Args:
        actor: municipal 经办.
        case: locked.
        seats: expert → seat of the draw, None when appointed by name.
        members: the same experts as the pool describes them.
        leader_id: one of them.
        due_on: last day for scoring.
        moment: now.
        drawn: the panel comes from a verifiable draw.

    Raises:
        RuleBroken, Invalid, Forbidden, WrongStep: see `form_panel`.
    """
    if due_on <= moment.on:
        raise Invalid.of("due_on", "评审截止日应晚于今天。")
    if leader_id not in seats:
        raise Invalid.of("leader_id", "组长应为专家组成员。")
    require(panel_size_allowed(len(seats), choices(moment.on)))
    require(Verdict.all_of(*(require_free(member) for member in members)))
    applications.advance(application_id=case.id, event="start_expert_review", actor=actor, moment=moment)
    panel = Panel.objects.create(
        **jurisdiction(case),
        state=ASSEMBLING,
        leader_id=leader_id,
        due_on=due_on,
        formed_by_id=actor.account,
        formed_at=moment.at,
        drawn=drawn,
    )
    step = PANEL_LIFE.step(panel.state, "start", actor)
    panel.state = step.target
    panel.save(update_fields=["state"])
    waived = {member.expert.id: "\n".join(member.waived) for member in members}
    for expert_id, seat in seats.items():
        row = invite(case=case, panel=panel, expert_id=expert_id, moment=moment, seat=seat)
        if waived[expert_id]:
            row.override_reason = waived[expert_id]
            row.save(update_fields=["override_reason"])
    record(
        actor=actor,
        event="panel.form",
        subject=panel,
        moment=moment,
        rule=step.rule,
        after={"experts": list(seats), "leader": leader_id, "due_on": due_on, "drawn": drawn},
    )
    return panel


@transaction.atomic
def declare_no_conflict(*, actor: Actor, clock: Clock, public_id: str) -> None:
    """The expert signs the recusal declaration; only now does the material open (R-20).

    The ties on record are checked again: they may have changed since the invitation.

    Raises:
        RuleBroken: a conflict of interest.
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    case, _, row = locked_task(actor=actor, public_id=public_id)
    step = ASSIGNMENT_LIFE.step(row.state, "declare", actor)
    moment = clock.now()
    # The expert sees the case only after this act: it is read and opened on the system's behalf.
    with acting_as(Actor.system(), then=actor):
        [member] = pool_of(
            actor=Actor.system(), case=case, on=moment.on, until=moment.on, only=[row.expert_id]
        )
        require(conflict_refusals(member.conflicts))
        applications.grant_scoring(actor=Actor.system(), application_id=case.id, user_id=row.expert_id)
        shows = (
            RoundArrangement.objects.filter(round_id=case.round_id)
            .values_list("shows_scores", flat=True)
            .first()
        )
    sheet = scoring.open_sheet(
        actor=actor, clock=clock, case=sheet_case(case), kind="expert", scores_shown=shows
    )
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
    case, panel, row = locked_task(actor=actor, public_id=public_id)
    take_off(actor=actor, clock=clock, case=case, panel=panel, row=row, event="recuse", reason=reason)


@transaction.atomic
def replace_expert(
    *, actor: Actor, clock: Clock, public_id: str, reason: str, expert_id: int | None
) -> str | None:
    """The city takes an expert off an open panel and invites another by name.

    Returns:
        The new assignment's public id, None when nobody is invited.

    Raises:
        RuleBroken: the other has a conflict of interest, or the panel was drawn and the bureau demands a draw.
        Invalid: no reason; an unknown or already assigned expert; nobody chosen for a seat that is empty already.
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    case, panel, row = locked_task(actor=actor, public_id=public_id)
    if actor.role is not Role.MUNICIPAL or not actor.has(Duty.HANDLER):
        raise Forbidden("专家由市局经办安排。")
    if panel.state not in OPEN_PANELS:
        raise WrongStep(
            f"专家组当前状态为「{PANEL_LIFE.label(panel.state)}」，不能再调整专家。", open_in=_OPEN_LABELS
        )
    if row.state == RECUSED and expert_id is None:
        raise Invalid.of("expert_id", "请选择接替的专家。")
    if row.state != RECUSED:
        take_off(
            actor=actor,
            clock=clock,
            case=case,
            panel=panel,
            row=row,
            event="remove",
            reason=reason,
            successor=expert_id is not None,
        )
    if expert_id is None:
        return None
    moment = clock.now()
    require(may_appoint(drawn=False, parameters=choices(moment.on)))
    return seat_successor(
        actor=actor,
        case=case,
        panel=panel,
        leaving_id=row.pk,
        expert_id=expert_id,
        moment=moment,
        note=reason,
    )


def seat_successor(
    *,
    actor: Actor,
    case: CaseRow,
    panel: Panel,
    leaving_id: int,
    expert_id: int,
    moment: Moment,
    note: str,
) -> str:
    """Invite *expert_id* to the seat of a member who has left; the leader's successor leads.

    Returns:
        The new assignment's public id.

    Raises:
        RuleBroken, Invalid: see `replace_expert`.
    """
    leaving = panel.assignments.get(pk=leaving_id)
    if not vacant_seats(panel, panel.assignments.values_list("state", "invited_at")):
        raise WrongStep("专家组成员已经补齐，没有空缺的席位。")
    if not accounts.experts(actor=actor, ids=[expert_id]):
        raise Invalid.of("expert_id", "没有这位专家，请另选。")
    until = max(panel.due_on or moment.on, moment.on)
    [member] = pool_of(actor=actor, case=case, on=moment.on, until=until, only=[expert_id])
    if member.away:
        raise Invalid.of("expert_id", "该专家目前不可评审，请另选。")
    require(require_free(member))
    before = list(panel.assignments.filter(expert_id=expert_id).values_list("state", flat=True))
    if any(state != RECUSED for state in before):
        raise Invalid.of("expert_id", "该专家已在本专家组。")
    if before:
        raise Invalid.of("expert_id", "该专家已退出本专家组，请另选。")
    fresh = invite(case=case, panel=panel, expert_id=expert_id, moment=moment, seat=leaving.seat)
    if panel.leader_id == leaving.expert_id:
        panel.leader_id = expert_id
        panel.save(update_fields=["leader"])
    record(
        actor=actor,
        event="panel.replace",
        subject=panel,
        moment=moment,
        rule="R-20",
        before={"expert": leaving.expert_id},
        after={"expert": expert_id},
        note=note,
    )
    return str(fresh.public_id)


@transaction.atomic
def close_scoring(*, actor: Actor, clock: Clock, public_id: str, reason: str) -> int:
    """The city ends the scoring without the experts who are late; what they have filled in stays on record.

    Args:
        actor: municipal 经办.
        clock: the legal clock.
        public_id: of the application.
        reason: why the panel goes on without them.

    Returns:
        How many experts were taken off.

    Raises:
        RuleBroken: too few have submitted, or an even number (R-19).
        Invalid: no reason.
        WrongStep: nobody is missing, or a conflict waits for a decision.
        NotVisible, Forbidden: gates 1–2.
    """
    case = locked_case(actor=actor, public_id=public_id)
    if actor.role is not Role.MUNICIPAL or not actor.has(Duty.HANDLER):
        raise Forbidden("专家由市局经办安排。")
    panel = locked_panel(actor=actor, application_id=case.id)
    if panel.state not in OPEN_PANELS:
        raise WrongStep(
            f"专家组当前状态为「{PANEL_LIFE.label(panel.state)}」，评分已经结束。", open_in=_OPEN_LABELS
        )
    members = list(panel.assignments.select_for_update(of=("self",)).exclude(state=RECUSED).order_by("id"))
    if any(row.state == BLOCKED for row in members):
        raise WrongStep("有专家的利益冲突尚未处理，请先更换专家或办理豁免。")
    late = [row for row in members if row.state in {INVITED, DECLARED}]
    if not late:
        raise WrongStep("全部专家已经提交，无需结束评分。")
    scored = [row for row in members if row.state == SCORED]
    require(may_close_panel([row.sheet.total for row in scored if row.sheet], choices(clock.now().on)))
    for row in late:
        take_off(
            actor=actor,
            clock=clock,
            case=case,
            panel=panel,
            row=row,
            event="remove",
            reason=reason,
            successor=True,
        )
    if panel.leader_id in {row.expert_id for row in late}:
        panel.leader_id = scored[0].expert_id
        panel.save(update_fields=["leader"])
    complete_panel(actor=actor, clock=clock, panel_id=panel.pk)
    return len(late)

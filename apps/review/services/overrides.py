"""Conflicts after the invitation: judged again when either side changes, set aside only by two persons (R-20)."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction

from apps.applications import services as applications
from apps.audit.services import record
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Forbidden, Invalid, NotVisible, WrongStep, require
from apps.core.moment import Clock
from apps.core.scoping import acting_as
from apps.core.text import clean_text
from apps.notifications.services import enqueue
from apps.policy.conflicts import may_override
from apps.review.models import Assignment, ConflictOverride, Panel
from apps.review.selectors.pool import pool_of
from apps.review.services.cases import jurisdiction, locked_case, words
from apps.review.services.seating import block, restore
from apps.review.states import APPROVED, BLOCKED, CONCLUDED, OVERRIDE_LIFE, RECUSED, REQUESTED

_TEXT = 500


def recheck_expert(*, actor: Actor, clock: Clock, expert_id: int) -> None:
    """Judge the open tasks of one expert again: its employer or ties changed."""
    _recheck(actor=actor, clock=clock, only={"expert_id": expert_id})


def recheck_enterprise(*, actor: Actor, clock: Clock, enterprise_id: int) -> None:
    """Judge the open tasks on one enterprise again: its name, code or group changed."""
    _recheck(actor=actor, clock=clock, only={"enterprise_id": enterprise_id})


@transaction.atomic
def recheck_all(*, clock: Clock) -> int:
    """Judge every open task again, as the system; for the daily beat. Return how many there were."""
    return _recheck(actor=Actor.system(), clock=clock, only={})


def _recheck(*, actor: Actor, clock: Clock, only: dict[str, int]) -> int:
    with acting_as(Actor.system(), then=actor):
        found = list(
            Assignment.objects.exclude(state=RECUSED)
            .filter(application__state__in=["expert_review", "panel_concluded"], **only)
            .order_by("application_id", "id")
            .values_list("application_id", "panel_id", "pk")
        )
        for application_id, panel_id, pk in found:
            _judge(clock=clock, application_id=application_id, panel_id=panel_id, pk=pk)
    return len(found)


def _judge(*, clock: Clock, application_id: int, panel_id: int, pk: int) -> None:
    """Block, restore or leave one task, as the system."""
    system = Actor.system()
    case = applications.lock_application(actor=system, application_id=application_id)
    panel = Panel.objects.select_for_update(of=("self",)).get(pk=panel_id)
    row = Assignment.objects.select_for_update(of=("self",)).get(pk=pk)
    if row.state == RECUSED:
        return
    moment = clock.now()
    members = pool_of(actor=system, case=case, on=moment.on, until=moment.on, only=[row.expert_id])
    reasons = members[0].conflicts if members else ()
    if reasons and panel.state == CONCLUDED:
        enqueue(
            key=f"expert-conflict-late:{row.public_id}:{'|'.join(reasons)}"[:200],
            template="expert_conflict_late",
            context={**words(case), "reason": "".join(reasons)},
            to_municipal=True,
            subject=row,
            moment=moment,
        )
    elif reasons and row.state != BLOCKED:
        block(clock=clock, case=case, panel=panel, row=row, reasons=reasons)
    elif reasons:
        row.blocked_reason = "\n".join(reasons)
        row.save(update_fields=["blocked_reason"])
    elif row.state == BLOCKED:
        restore(actor=system, clock=clock, case=case, panel=panel, row=row, reason="核对后不再存在利益冲突。")


@transaction.atomic
def request_override(*, actor: Actor, clock: Clock, public_id: str, expert_id: int, reason: str) -> str:
    """The 经办 asks to set a conflict aside (public id of the application); a second person decides.

    Returns:
        The request's public id.

    Raises:
        RuleBroken: no reason (R-20).
        Invalid: unknown expert, or nothing to set aside.
        WrongStep: a request waits already.
        NotVisible, Forbidden: gates 1–2.
    """
    case = locked_case(actor=actor, public_id=public_id)
    if actor.role is not Role.MUNICIPAL or not actor.has(Duty.HANDLER):
        raise Forbidden("回避豁免由市局经办申请。")
    text = clean_text(reason, field="reason", label="豁免理由", limit=_TEXT, multiline=True)
    require(may_override(reason=text, requested_by=actor.account))
    moment = clock.now()
    members = pool_of(actor=actor, case=case, on=moment.on, until=moment.on, only=[expert_id])
    if not members:
        raise Invalid.of("expert_id", "没有这位专家，请另选。")
    if not members[0].conflicts:
        raise Invalid.of("expert_id", "该专家与企业没有需要豁免的利益冲突。")
    waiting = ConflictOverride.objects.filter(application_id=case.id, expert_id=expert_id, state=REQUESTED)
    if waiting.exists():
        raise WrongStep("该专家的豁免申请正在等待批准。")
    row = ConflictOverride.objects.create(
        **jurisdiction(case),
        expert_id=expert_id,
        state=REQUESTED,
        grounds=list(members[0].conflicts),
        reason=text,
        requested_by_id=actor.account,
        requested_at=moment.at,
    )
    record(
        actor=actor,
        event="override.request",
        subject=row,
        moment=moment,
        rule="R-20",
        after={"expert": expert_id, "grounds": row.grounds},
        note=text,
    )
    enqueue(
        key=f"override-requested:{row.public_id}",
        template="override_requested",
        context={**words(case), "reason": text},
        to_municipal=True,
        subject=row,
        moment=moment,
    )
    return str(row.public_id)


@transaction.atomic
def decide_override(*, actor: Actor, clock: Clock, public_id: str, approve: bool, note: str = "") -> None:
    """A second person approves or declines (public id of the request); a stopped task goes on when approved.

    Raises:
        RuleBroken: the one who asked (R-20).
        Invalid: declined without saying why.
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    found = (
        ConflictOverride.objects.visible_to(actor)
        .filter(public_id=public_id)
        .values_list("application__public_id", flat=True)
        .first()
    )
    if found is None:
        raise NotVisible
    case = locked_case(actor=actor, public_id=found)
    panel = Panel.objects.select_for_update(of=("self",)).filter(application_id=case.id).first()
    row = ConflictOverride.objects.select_for_update(of=("self",)).get(public_id=public_id)
    step = OVERRIDE_LIFE.step(row.state, "approve" if approve else "decline", actor)
    require(may_override(reason=row.reason, requested_by=row.requested_by_id, approved_by=actor.account))
    text = clean_text(note, field="note", label="处理意见", limit=_TEXT, multiline=True)
    if not approve and not text:
        raise Invalid.of("note", "请写明不同意的原因。")
    moment = clock.now()
    row.state, row.note = step.target, text
    row.decided_by_id, row.decided_at = actor.account, moment.at
    row.save()
    record(actor=actor, event=f"override.{step.event}", subject=row, moment=moment, rule=step.rule, note=text)
    enqueue(
        key=f"override-decided:{row.public_id}",
        template="override_decided",
        context={**words(case), "decision": OVERRIDE_LIFE.label(row.state), "note": text},
        to_municipal=True,
        subject=row,
        moment=moment,
    )
    if row.state == APPROVED and panel is not None:
        _go_on(actor=actor, clock=clock, panel=panel, case_id=case.id, expert_ids=[row.expert_id])


def _go_on(*, actor: Actor, clock: Clock, panel: Panel, case_id: int, expert_ids: Collection[int]) -> None:
    """Restore the stopped tasks whose every ground is covered now."""
    case = applications.lock_application(actor=actor, application_id=case_id)
    rows = panel.assignments.select_for_update(of=("self",)).filter(state=BLOCKED, expert_id__in=expert_ids)
    moment = clock.now()
    for row in rows:
        [member] = pool_of(actor=actor, case=case, on=moment.on, until=moment.on, only=[row.expert_id])
        if not member.conflicts:
            row.override_reason = "\n".join(member.waived)
            restore(actor=actor, clock=clock, case=case, panel=panel, row=row, reason="回避豁免已批准。")

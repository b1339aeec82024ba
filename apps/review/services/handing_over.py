"""Handing over everything a colleague is on, in one act: before a leave, after a transfer (离岗移交)."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from apps.accounts import selectors as accounts
from apps.applications.selectors import cases
from apps.audit.services import record
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Forbidden, Invalid, NotVisible, WrongStep
from apps.core.moment import Clock
from apps.core.scoping import acting_as
from apps.core.text import clean_text
from apps.review.casework_models import CaseHolder
from apps.review.models import Assignment, PreliminaryReview
from apps.review.services.holding import INTAKE, assign_case
from apps.review.states import BLOCKED, DECLARED, INVITED, SCORING

_REASON = 200
#: States in which an expert still owes something.
_TASKS = (INVITED, DECLARED, BLOCKED)


@dataclass(frozen=True, slots=True)
class OpenWork:
    """A case somebody of the district is on."""

    public_id: str
    number: str
    enterprise_name: str
    state_label: str
    holder_id: int


def open_work(*, actor: Actor) -> list[OpenWork]:
    """Return the cases people of the actor's district are on, by number; a constant number of queries.

    Raises:
        Forbidden: not staff of a district.
    """
    if actor.role is not Role.DISTRICT:
        raise Forbidden("移交由属地工作人员办理。")
    held: dict[int, int] = dict(
        CaseHolder.objects.visible_to(actor)
        .filter(holder__isnull=False, application__state__in=sorted(INTAKE))
        .values_list("application_id", "holder_id")
    )
    held.update(
        PreliminaryReview.objects.visible_to(actor)
        .filter(state=SCORING, scorer__isnull=False)
        .values_list("application_id", "scorer_id")
    )
    found = cases(actor=actor, ids=held)
    rows = [
        OpenWork(case.public_id, case.number or "", case.enterprise_name, case.state_label, held[pk])
        for pk, case in found.items()
    ]
    return sorted(rows, key=lambda row: row.number)


@dataclass(frozen=True, slots=True)
class Held:
    """How much waits for one person in particular; everything else belongs to an office, whoever works there."""

    cases: int
    expert_tasks: int


def held_by(*, actor: Actor, user_id: int) -> Held:
    """Return how much an account is on, before its duties are taken or it is disabled; three queries, numbers only.

    Raises:
        NotVisible: not the security administrator.
    """
    if actor.role is not Role.SECURITY_ADMIN:
        raise NotVisible
    # The security administrator reads no case: only how many there are is counted, across the districts.
    with acting_as(Actor.system(), then=actor):
        system = Actor.system()
        intake = CaseHolder.objects.visible_to(system).filter(
            holder=user_id, application__state__in=sorted(INTAKE)
        )
        scoring = PreliminaryReview.objects.visible_to(system).filter(scorer=user_id, state=SCORING)
        tasks = Assignment.objects.visible_to(system).filter(expert=user_id, state__in=_TASKS)
        return Held(intake.count() + scoring.count(), tasks.count())


@transaction.atomic
def hand_over(*, actor: Actor, clock: Clock, from_id: int, to_id: int, reason: str) -> int:
    """Give every case one colleague is on to another; what was done so far stays, each case is told and recorded.

    Args:
        actor: the district's signer (负责人).
        clock: the legal clock.
        from_id: account of who hands over.
        to_id: account of an enabled 经办 of the same district.
        reason: why.

    Returns:
        How many cases moved.

    Raises:
        Forbidden: not the signer.
        Invalid: the same person, no reason, or no such 经办.
        WrongStep: that colleague is on nothing.
    """
    if actor.role is not Role.DISTRICT or not actor.has(Duty.SIGNER):
        raise Forbidden("移交由本属地负责人办理。")
    text = clean_text(reason, field="reason", label="原因", limit=_REASON)
    if not text:
        raise Invalid.of("reason", "请填写原因。")
    if from_id == to_id:
        raise Invalid.of("to", "移交人和接收人不能是同一人。")
    work = [row for row in open_work(actor=actor) if row.holder_id == from_id]
    if not work:
        raise WrongStep("该人员没有在办的申报。")
    for row in work:
        assign_case(actor=actor, clock=clock, public_id=row.public_id, user_id=to_id)
    names = accounts.names_of(user_ids=[from_id, to_id])
    record(
        actor=actor,
        event="case.hand_over",
        subject=None,
        moment=clock.now(),
        rule="R-15",
        before={"holder": names.get(from_id, "")},
        after={"holder": names.get(to_id, ""), "cases": [row.number for row in work]},
        note=text,
    )
    return len(work)

"""Reserves of a draw: the snapshot of the pool, who steps in for whom, always in the order that was drawn (R-19)."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from apps.accounts.selectors import ExpertRow
from apps.applications.selectors import CaseRow
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Forbidden, Invalid, WrongStep, require
from apps.core.moment import Clock, Moment
from apps.core.text import clean_text
from apps.policy import draw as rules
from apps.policy.draw import PoolEntry
from apps.review.drawing import commitment_of, result_of
from apps.review.models import Draw, Panel
from apps.review.selectors.pool import PoolMember, pool_of
from apps.review.services.panel import seat_successor
from apps.review.services.seating import locked_task, take_off
from apps.review.states import CONFIRMED, OPEN_PANELS, PANEL_LIFE, RECUSED

_TEXT = 500


def entries_of(pool: Sequence[PoolMember]) -> tuple[PoolEntry, ...]:
    """Return the snapshot of a pool: numbers instead of names, employers as numbers of their own."""
    units: dict[str, int] = {}
    for member in pool:
        units.setdefault(_employer(member.expert), len(units) + 1)
    return tuple(
        PoolEntry(
            code=member.expert.number,
            fields=member.expert.fields,
            industries=member.expert.industries,
            unit=units[_employer(member.expert)],
            load=member.round_load,
            barred=_barred(member),
        )
        for member in pool
    )


def _employer(expert: ExpertRow) -> str:
    return expert.employer_uscc or expert.employer_name


def _barred(member: PoolMember) -> str:
    if member.conflicts:
        return "conflict"
    if member.away:
        return "away"
    return "cap" if member.at_limit else ""


def next_free(  # noqa: PLR0913  (the draw, the seat, who sits and who was passed over)
    *,
    row: Draw,
    seat: int,
    seated: Sequence[str],
    passed: list[str],
    pool: dict[str, PoolMember],
    leaving: str,
    moment: Moment,
    actor: Actor,
    note: str = "",
) -> str:
    """Return who follows on a seat by the order of the draw, and write everybody passed over into its record.

    Raises:
        RuleBroken: the order is used up.
    """
    commitment, result = commitment_of(row), result_of(row)
    why = note or _why(pool.get(leaving))
    others = [code for code in seated if code != leaving]
    passed.append(leaving)
    while True:
        code = rules.next_reserve(
            commitment, result, seat=commitment.seats[seat], seated=others, passed=passed
        )
        require(rules.reserve_found(code))
        came = pool.get(code or "")
        change = {
            "seat": seat,
            "out": leaving,
            "in": code,
            "reason": why,
            "at": moment.at.isoformat(),
            "by": actor.name,
        }
        if came is not None and came.free:
            row.changes = [*row.changes, change]
            return str(code)
        passed.append(str(code))
        row.changes = [*row.changes, {**change, "in": "", "passed": code, "reason": _why(came)}]


def _why(member: PoolMember | None) -> str:
    if member is None:
        return "已不在专家库"
    return rules.BARRED.get(_barred(member), "")


@transaction.atomic
def substitute_expert(*, actor: Actor, clock: Clock, public_id: str, reason: str) -> str:
    """The next reserve of the draw takes the seat of an expert who is absent or has to step back.

    Args:
        actor: municipal 经办.
        clock: the legal clock.
        public_id: of the assignment, in progress, stopped or already given up.
        reason: why; on the record of the draw.

    Returns:
        The new assignment's public id.

    Raises:
        RuleBroken: the order of the draw is used up (R-19).
        WrongStep: the panel was not drawn or is complete.
        Invalid: no reason.
        NotVisible, Forbidden: gates 1–2.
    """
    case, panel, assignment = locked_task(actor=actor, public_id=public_id)
    if actor.role is not Role.MUNICIPAL or not actor.has(Duty.HANDLER):
        raise Forbidden("专家由市局经办安排。")
    if panel.state not in OPEN_PANELS:
        raise WrongStep(f"专家组当前状态为「{PANEL_LIFE.label(panel.state)}」，不能再调整专家。")
    row = _draw_of(case=case, panel=panel)
    if assignment.seat is None or row is None:
        raise WrongStep("该专家组不是抽取产生的，请直接更换专家。")
    text = clean_text(reason, field="reason", label="原因", limit=_TEXT, multiline=True)
    if not text:
        raise Invalid.of("reason", "请写明原因。")
    moment = clock.now()
    if assignment.state != RECUSED:
        take_off(
            actor=actor,
            clock=clock,
            case=case,
            panel=panel,
            row=assignment,
            event="remove",
            reason=text,
            successor=True,
        )
    members = {
        member.expert.number: member
        for member in pool_of(
            actor=actor, case=case, on=moment.on, until=max(moment.on, panel.due_on or moment.on)
        )
    }
    numbers = {member.expert.id: number for number, member in members.items()}
    rows = list(panel.assignments.values_list("expert_id", "state", "expert__number"))
    passed = [number for _, state, number in rows if state == RECUSED]
    seated = [numbers.get(expert_id, number) for expert_id, state, number in rows if state != RECUSED]
    leaving = next(number for expert_id, _, number in rows if expert_id == assignment.expert_id)
    code = next_free(
        row=row,
        seat=assignment.seat,
        seated=seated,
        passed=passed,
        pool=members,
        leaving=leaving,
        moment=moment,
        actor=actor,
        note=text,
    )
    row.save(update_fields=["changes"])
    return seat_successor(
        actor=actor,
        case=case,
        panel=panel,
        leaving_id=assignment.pk,
        expert_id=members[code].expert.id,
        moment=moment,
        note=text,
    )


def _draw_of(*, case: CaseRow, panel: Panel) -> Draw | None:
    """Return the confirmed draw behind a panel, locked."""
    if not panel.drawn:
        return None
    found: Draw | None = (
        Draw.objects.select_for_update(of=("self",)).filter(application_id=case.id, state=CONFIRMED).first()
    )
    return found

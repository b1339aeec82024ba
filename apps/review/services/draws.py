"""Verifiable draws: the pool is committed, a second person enters the public value, the result founds the panel.

The algorithm is `apps.policy.draw`; its description for everybody is docs/policy/draw.md (R-19).
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from apps.applications.selectors import CaseRow
from apps.audit.services import record
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Forbidden, Invalid, NotVisible, WrongStep, require
from apps.core.moment import Clock, Moment
from apps.core.text import clean_text
from apps.notifications.services import enqueue
from apps.policy import draw as rules
from apps.policy.draw import Commitment, DrawResult, Seat
from apps.policy.panel import panel_size_allowed
from apps.review.drawing import commitment_of
from apps.review.models import Draw
from apps.review.selectors.pool import pool_of
from apps.review.services.cases import choices, jurisdiction, locked_case, words
from apps.review.services.panel import found_panel
from apps.review.services.reserves import entries_of, next_free
from apps.review.states import DRAW_LIFE, VOID

_SOURCE, _VALUE, _TEXT = 200, 200, 500
_ACCEPTED = "city_accepted"


@transaction.atomic
def commit_draw(
    *,
    actor: Actor,
    clock: Clock,
    public_id: str,
    seats: Sequence[Seat],
    source: str,
    known_from: datetime,
    due_on: date,
    reason: str = "",
) -> str:
    """Freeze the pool and the seats of a case's panel before anybody can know the value that decides (封存).

    Args:
        actor: municipal 经办.
        clock: the legal clock.
        public_id: of the application, accepted by the city.
        seats: what each member must bring.
        source: name and issue of the public value, agreed beforehand.
        known_from: when that value becomes known; must lie ahead.
        due_on: last day for scoring; absences until then count.
        reason: why an earlier draw of this case is set aside; needed from the second draw on.

    Returns:
        The draw's public id.

    Raises:
        RuleBroken: size, too few experts, no source, no reason for a redraw (R-19).
        Invalid: a time or a date in the past, texts too long.
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    case = locked_case(actor=actor, public_id=public_id)
    if actor.role is not Role.MUNICIPAL or not actor.has(Duty.HANDLER):
        raise Forbidden("专家由市局经办安排。")
    if case.state != _ACCEPTED:
        raise WrongStep(f"当前状态为「{case.state_label}」，专家组在市级受理后组建。")
    moment = clock.now()
    text = clean_text(reason, field="reason", label="重新抽取原因", limit=_TEXT, multiline=True)
    named = clean_text(source, field="source", label="公开数值来源", limit=_SOURCE)
    errors: dict[str, list[str]] = {}
    if known_from <= moment.at:
        errors["known_from"] = ["公布时间应晚于现在：封存须在数值公布之前。"]
    if due_on <= moment.on:
        errors["due_on"] = ["评审截止日应晚于今天。"]
    if errors:
        raise Invalid(errors)
    earlier = Draw.objects.filter(application_id=case.id).order_by("-turn").first()
    if earlier is not None:
        _set_aside(actor=actor, draw=earlier, reason=text, moment=moment)
    pool = pool_of(actor=actor, case=case, on=moment.on, until=due_on)
    secret = secrets.token_hex(32)
    row = Draw(
        **jurisdiction(case),
        turn=1 if earlier is None else earlier.turn + 1,
        state="committed",
        previous=earlier,
        reason=text,
        due_on=due_on,
        secret=secret,
        source=named,
        known_from=known_from,
        committed_by_id=actor.account,
        committed_at=moment.at,
    )
    commitment = Commitment(
        number=row.public_id,
        pool=entries_of(pool),
        seats=tuple(seats),
        source=named,
        secret_digest=rules.sha256(secret),
    )
    require(panel_size_allowed(len(seats), choices(moment.on)) + rules.may_commit(commitment))
    row.content, row.commitment = commitment.as_mapping(), commitment.digest
    row.save(force_insert=True)
    record(
        actor=actor,
        event="draw.commit",
        subject=row,
        moment=moment,
        rule="R-19",
        after={"commitment": row.commitment, "source": named, "known_from": known_from, "turn": row.turn},
        note=text,
    )
    enqueue(
        key=f"draw-committed:{row.public_id}",
        template="draw_committed",
        context={**words(case), "source": named},
        to_municipal=True,
        subject=row,
        moment=moment,
    )
    return str(row.public_id)


def _set_aside(*, actor: Actor, draw: Draw, reason: str, moment: Moment) -> None:
    """Void an earlier draw for a new one; the record keeps both and the reason."""
    require(rules.may_redraw(reason=reason))
    if draw.state == VOID:
        return
    step = DRAW_LIFE.step(draw.state, "void", actor)
    draw.state, draw.voided_at = step.target, moment.at
    draw.save(update_fields=["state", "voided_at"])
    record(actor=actor, event="draw.void", subject=draw, moment=moment, rule=step.rule, note=reason)


def _locked_draw(*, actor: Actor, public_id: str) -> tuple[CaseRow, Draw]:
    """Return the case and its draw, locked in this order.

    Raises:
        NotVisible: not of the city.
    """
    found = (
        Draw.objects.visible_to(actor)
        .filter(public_id=public_id)
        .values_list("application__public_id", flat=True)
        .first()
    )
    if found is None:
        raise NotVisible
    case = locked_case(actor=actor, public_id=found)
    return case, Draw.objects.visible_to(actor).select_for_update(of=("self",)).get(public_id=public_id)


@transaction.atomic
def reveal_draw(*, actor: Actor, clock: Clock, public_id: str, public_value: str) -> DrawResult:
    """A second person enters the public value; the draw is done at once and cannot be repeated (public id of the draw).

    Returns:
        The result.

    Raises:
        RuleBroken: the person who committed, too early, no value (R-19).
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    _, row = _locked_draw(actor=actor, public_id=public_id)
    step = DRAW_LIFE.step(row.state, "reveal", actor)
    moment = clock.now()
    value = clean_text(public_value, field="public_value", label="公开数值", limit=_VALUE)
    require(
        rules.may_reveal(
            committed_by=row.committed_by_id,
            revealed_by=actor.account,
            known_from=row.known_from,
            at=moment.at,
            public_value=value,
        )
    )
    result = rules.draw(commitment_of(row), secret=row.secret, public_value=value)
    row.state, row.public_value = step.target, value
    row.revealed_by_id, row.revealed_at = actor.account, moment.at
    row.seed, row.reserves = result.seed, list(result.reserves)
    row.picks = [pick.as_mapping() for pick in result.picks]
    row.save()
    record(
        actor=actor,
        event="draw.reveal",
        subject=row,
        moment=moment,
        rule=step.rule,
        after={"public_value": value, "seed": result.seed, "picks": row.picks},
    )
    return result


@transaction.atomic
def confirm_draw(*, actor: Actor, clock: Clock, public_id: str, leader: str = "") -> str:
    """Found the panel from a draw; whoever cannot come any more is followed by the next reserve, on record.

    Args:
        actor: municipal 经办.
        clock: the legal clock.
        public_id: of the draw.
        leader: number of the expert who leads; the first seat when empty.

    Returns:
        The panel's public id.

    Raises:
        RuleBroken: nobody is left for a seat; size (R-19).
        Invalid: the leader was not drawn.
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    case, row = _locked_draw(actor=actor, public_id=public_id)
    step = DRAW_LIFE.step(row.state, "confirm", actor)
    moment = clock.now()
    pool = {
        member.expert.number: member
        for member in pool_of(actor=actor, case=case, on=moment.on, until=row.due_on)
    }
    seated = [str(pick["code"]) for pick in row.picks]
    passed: list[str] = []
    for seat, code in enumerate(seated):
        if code in pool and pool[code].free:
            continue
        seated[seat] = next_free(
            row=row,
            seat=seat,
            seated=seated,
            passed=passed,
            pool=pool,
            leaving=code,
            moment=moment,
            actor=actor,
        )
    by_seat = {pool[code].expert.id: seat for seat, code in enumerate(seated)}
    if leader and leader not in seated:
        raise Invalid.of("leader", "组长应为抽中的专家。")
    panel = found_panel(
        actor=actor,
        case=case,
        seats=by_seat,
        members=[pool[code] for code in seated],
        leader_id=pool[leader or seated[0]].expert.id,
        due_on=row.due_on,
        moment=moment,
        drawn=True,
    )
    row.state = step.target
    row.save(update_fields=["state", "changes"])
    record(
        actor=actor,
        event="draw.confirm",
        subject=row,
        moment=moment,
        rule=step.rule,
        after={"seated": seated, "leader": leader or seated[0]},
    )
    return str(panel.public_id)

"""Draws as the city sees them and as everybody may: commitments at once, whole records once the panel has concluded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from apps.accounts.industries import division_name
from apps.applications import selectors as applications
from apps.core.actor import Actor
from apps.core.errors import NotVisible
from apps.core.scoping import acting_as
from apps.policy.draw import BARRED
from apps.review import states
from apps.review.drawing import record_of
from apps.review.models import Draw, Panel

_PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class PickRow:
    """Who a seat fell to; `stepped_in`: who sits there now when somebody followed."""

    seat: int
    wanted: str
    code: str
    relaxed: bool
    stepped_in: str


@dataclass(frozen=True, slots=True)
class DrawRow:
    """One draw of a case; newest first on its page."""

    public_id: str
    turn: int
    state: str
    state_label: str
    reason: str
    due_on: date
    commitment: str
    source: str
    known_from: datetime
    committed_at: datetime
    committed_by: str
    committed_by_id: int
    public_value: str
    revealed_at: datetime | None
    revealed_by: str
    seed: str
    pool: tuple[dict[str, Any], ...]
    picks: tuple[PickRow, ...]
    reserves: tuple[str, ...]
    changes: tuple[dict[str, Any], ...]

    @property
    def able(self) -> int:
        """How many of the pool could be drawn."""
        return sum(not entry["barred"] for entry in self.pool)


def _row(row: Draw) -> DrawRow:
    now = {change["seat"]: change["in"] for change in row.changes if change["in"]}
    seats = row.content["seats"]
    pool = [{**entry, "barred_label": BARRED.get(entry["barred"], "")} for entry in row.content["pool"]]
    return DrawRow(
        public_id=row.public_id,
        turn=row.turn,
        state=row.state,
        state_label=states.DRAW_LIFE.label(row.state),
        reason=row.reason,
        due_on=row.due_on,
        commitment=row.commitment,
        source=row.source,
        known_from=row.known_from,
        committed_at=row.committed_at,
        committed_by=row.committed_by.name,
        committed_by_id=row.committed_by_id,
        public_value=row.public_value,
        revealed_at=row.revealed_at,
        revealed_by=row.revealed_by.name if row.revealed_by is not None else "",
        seed=row.seed,
        pool=tuple(pool),
        picks=tuple(
            PickRow(
                seat=pick["seat"] + 1,
                wanted=wanted(seats[pick["seat"]]),
                code=pick["code"],
                relaxed=pick["relaxed"],
                stepped_in=now.get(pick["seat"], ""),
            )
            for pick in row.picks
        ),
        reserves=tuple(row.reserves),
        changes=tuple(row.changes),
    )


def wanted(seat: dict[str, str]) -> str:
    """What a seat asks for, in words."""
    parts = [
        f"专业：{seat['field']}" if seat["field"] else "",
        f"熟悉{division_name(seat['industry']) or seat['industry']}" if seat["industry"] else "",
    ]
    return "，".join(part for part in parts if part) or "不限"


def draws_of(*, actor: Actor, public_id: str) -> list[DrawRow]:
    """Return the draws of an application (its public id), newest first.

    Raises:
        NotVisible: no such case for the actor.
    """
    case = applications.case(actor=actor, public_id=public_id)
    rows = (
        Draw.objects.visible_to(actor)
        .filter(application_id=case.id)
        .select_related("committed_by", "revealed_by")
        .order_by("-turn")
    )
    return [_row(row) for row in rows]


def draw_case(*, actor: Actor, public_id: str) -> str:
    """Return the public id of the application that a draw is for.

    Raises:
        NotVisible: no such draw for the actor.
    """
    found = (
        Draw.objects.visible_to(actor)
        .filter(public_id=public_id)
        .values_list("application__public_id", flat=True)
        .first()
    )
    if found is None:
        raise NotVisible
    return str(found)


def draw_record(*, actor: Actor, public_id: str) -> dict[str, Any]:
    """Return the whole record of a draw for the city and the auditor (the secret only once it has been drawn).

    Raises:
        NotVisible: no such draw for the actor.
    """
    row = Draw.objects.visible_to(actor).select_related("previous").filter(public_id=public_id).first()
    if row is None:
        raise NotVisible
    return record_of(row, whole=True)


@dataclass(frozen=True, slots=True)
class PublicDraw:
    """What everybody may know of a draw; `open`: the whole record can be had."""

    public_id: str
    state_label: str
    commitment: str
    source: str
    committed_at: datetime
    revealed_at: datetime | None
    open: bool


@dataclass(frozen=True, slots=True)
class PublicDraws:
    """A page of draws, newest first."""

    rows: Sequence[PublicDraw]
    total: int
    page: int
    pages: int


def public_draws(*, actor: Actor, page: int = 1) -> PublicDraws:
    """Return what was committed to, without cases and without experts.

    Read as the system: the table is the city's, and only these columns leave it.
    """
    with acting_as(Actor.system(), then=actor):
        rows = Draw.objects.order_by("-committed_at", "-id")
        total = rows.count()
        pages = max(1, -(-total // _PER_PAGE))
        page = min(max(1, page), pages)
        shown = list(rows[(page - 1) * _PER_PAGE : page * _PER_PAGE])
        concluded = _concluded([row.application_id for row in shown])
    return PublicDraws(
        [
            PublicDraw(
                row.public_id,
                states.DRAW_LIFE.label(row.state),
                row.commitment,
                row.source,
                row.committed_at,
                row.revealed_at,
                row.application_id in concluded,
            )
            for row in shown
        ],
        total,
        page,
        pages,
    )


def _concluded(application_ids: Sequence[int]) -> set[int]:
    """Return which panels have issued their opinion: from then on nobody can lean on an expert."""
    found = Panel.objects.filter(application_id__in=application_ids, state=states.CONCLUDED)
    return set(found.values_list("application_id", flat=True))


def public_record(*, actor: Actor, public_id: str) -> dict[str, Any]:
    """Return the record of a draw for everybody: whole once the panel has concluded, before that what was committed.

    Raises:
        NotVisible: no such draw.
    """
    with acting_as(Actor.system(), then=actor):
        row = Draw.objects.select_related("previous").filter(public_id=public_id).first()
        if row is None:
            raise NotVisible
        whole = bool(_concluded([row.application_id]))
    return record_of(row, whole=whole)

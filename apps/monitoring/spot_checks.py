"""Reading spot checks: the pool, the draws, the record for everybody, what the visits found (R-35)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from apps.core.actor import Actor
from apps.core.errors import NotVisible
from apps.core.moment import SHANGHAI
from apps.core.scoping import acting_as
from apps.monitoring.models import Recheck, SpotCheck, SpotCheckDraw
from apps.monitoring.states import REPORTED, SAMPLE_LIFE, SPOT_CHECK_LIFE
from apps.policy.spot_check import ALGORITHM, SampleCommitment, Stratum
from apps.titles.states import VALID

_PER_PAGE = 50
_LIMIT = 200


def pool_between(*, actor: Actor, from_on: date, until_on: date) -> dict[str, list[str]]:
    """Return district → public ids of the results that may be drawn; one query.

    Reported in the period (both days included), passed, not drawn before, of a title that stands at rest: what failed
    is being rectified and verified anyway.
    """
    start = datetime.combine(from_on, time(0), SHANGHAI)
    end = datetime.combine(until_on + timedelta(days=1), time(0), SHANGHAI)
    rows = (
        Recheck.objects.visible_to(actor)
        .filter(
            state=REPORTED,
            by_city=False,
            passed=True,
            signed_at__gte=start,
            signed_at__lt=end,
            spot_check=None,
            title__state=VALID,
        )
        .order_by("district_id", "public_id")
        .values_list("district_id", "public_id")
    )
    found: dict[str, list[str]] = defaultdict(list)
    for district, code in rows:
        found[district].append(code)
    return dict(found)


def commitment_of(row: SpotCheckDraw) -> SampleCommitment:
    """Return what a stored draw committed to."""
    content = row.content
    return SampleCommitment(
        number=content["number"],
        strata=tuple(
            Stratum(one["district"], tuple(one["results"]), one["size"]) for one in content["strata"]
        ),
        source=content["source"],
        secret_digest=content["secret_digest"],
    )


def _record(row: SpotCheckDraw, waived: Sequence[SpotCheck] = ()) -> dict[str, Any]:
    """Return the record that tools/replay_sample.py repeats; the secret only once the draw is done."""
    found: dict[str, Any] = {
        "algorithm": ALGORITHM,
        "number": row.public_id,
        "commitment": row.commitment,
        "secret_digest": row.content["secret_digest"],
        "source": row.source,
        "committed_at": row.committed_at.isoformat(),
        "known_from": row.known_from.isoformat(),
        "state": row.state,
        "strata": row.content["strata"],
    }
    if row.void_reason:
        found["void_reason"] = row.void_reason
    if row.seed:
        found |= {
            "public_value": row.public_value,
            "revealed_at": row.revealed_at.isoformat() if row.revealed_at else "",
            "secret": row.secret,
            "seed": row.seed,
            "drawn": row.drawn,
            "waived": [{"code": one.result.public_id, "reason": one.waive_reason} for one in waived],
        }
    return found


@dataclass(frozen=True, slots=True)
class DrawLine:
    """One draw in a list, for everybody."""

    public_id: str
    state: str
    state_label: str
    commitment: str
    source: str
    committed_at: datetime
    revealed_at: datetime | None


@dataclass(frozen=True, slots=True)
class DrawLines:
    """A page of draws, newest first."""

    rows: Sequence[DrawLine]
    total: int
    page: int
    pages: int


def _line(row: SpotCheckDraw) -> DrawLine:
    return DrawLine(
        row.public_id,
        row.state,
        SAMPLE_LIFE.label(row.state),
        row.commitment,
        row.source,
        row.committed_at,
        row.revealed_at,
    )


def public_samples(*, actor: Actor, page: int = 1) -> DrawLines:
    """Return the draws for everybody. Read as the system: only these columns of the city's table leave it."""
    with acting_as(Actor.system(), then=actor):
        return _lines(Actor.system(), page)


def samples(*, actor: Actor, page: int = 1) -> DrawLines:
    """Return the draws the actor may see, newest first; two queries."""
    return _lines(actor, page)


def _lines(actor: Actor, page: int) -> DrawLines:
    rows = SpotCheckDraw.objects.visible_to(actor).order_by("-committed_at", "-id")
    total = rows.count()
    pages = max(1, -(-total // _PER_PAGE))
    page = min(max(1, page), pages)
    return DrawLines(
        [_line(row) for row in rows[(page - 1) * _PER_PAGE : page * _PER_PAGE]], total, page, pages
    )


def public_sample_record(*, actor: Actor, public_id: str) -> dict[str, Any]:
    """Return the record of a draw for everybody: results are named by random codes, not by enterprises.

    Raises:
        NotVisible: no such draw.
    """
    with acting_as(Actor.system(), then=actor):
        row = SpotCheckDraw.objects.filter(public_id=public_id).first()
        if row is None:
            raise NotVisible
        waived = list(row.checks.exclude(waive_reason="").select_related("result").order_by("pk"))
    return _record(row, waived)


@dataclass(frozen=True, slots=True)
class StratumRow:
    """One district of a draw: how many results, how many of them drawn."""

    district: str
    results: int
    size: int


@dataclass(frozen=True, slots=True)
class SpotCheckRow:
    """One drawn result with what the district and the city found."""

    public_id: str
    code: str
    title_public_id: str
    enterprise_name: str
    district_name: str
    level: int
    state: str
    state_label: str
    district_visited_on: date | None
    district_score: Decimal | None
    visit_public_id: str
    planned_on: date | None
    visited_on: date | None
    city_score: Decimal | None
    city_passed: bool | None
    difference: Decimal | None
    agrees: bool | None
    reasons: tuple[str, ...]
    waive_reason: str


@dataclass(frozen=True, slots=True)
class DrawFile:
    """One draw with its pool and what became of each result drawn."""

    line: DrawLine
    from_on: date
    until_on: date
    known_from: datetime
    committed_by: str
    committed_by_id: int
    public_value: str
    revealed_by: str
    seed: str
    void_reason: str
    strata: tuple[StratumRow, ...]
    checks: tuple[SpotCheckRow, ...]

    @property
    def disagreeing(self) -> int:
        """How many visits came to another result than the district."""
        return sum(row.agrees is False for row in self.checks)


def sample_file(*, actor: Actor, public_id: str) -> DrawFile:
    """Return one draw for the city and the auditor; two queries.

    Raises:
        NotVisible: not in sight.
    """
    row = (
        SpotCheckDraw.objects.visible_to(actor)
        .select_related("committed_by", "revealed_by")
        .filter(public_id=public_id)
        .first()
    )
    if row is None:
        raise NotVisible
    checks = _checks(actor, draw_id=row.pk)
    return DrawFile(
        line=_line(row),
        from_on=row.from_on,
        until_on=row.until_on,
        known_from=row.known_from,
        committed_by=row.committed_by.name,
        committed_by_id=row.committed_by_id,
        public_value=row.public_value,
        revealed_by=row.revealed_by.name if row.revealed_by is not None else "",
        seed=row.seed,
        void_reason=row.void_reason,
        strata=tuple(
            StratumRow(one["district"], len(one["results"]), one["size"]) for one in row.content["strata"]
        ),
        checks=tuple(checks),
    )


def spot_checks(*, actor: Actor) -> list[SpotCheckRow]:
    """Return the drawn results in sight (a district: its own), newest first, at most 200; one query."""
    return _checks(actor)


def draw_of(*, actor: Actor, public_id: str) -> str:
    """Return the public id of the draw a spot check belongs to.

    Raises:
        NotVisible: not in sight.
    """
    found = (
        SpotCheck.objects.visible_to(actor)
        .filter(public_id=public_id)
        .values_list("draw__public_id", flat=True)
        .first()
    )
    if found is None:
        raise NotVisible
    return str(found)


def _checks(actor: Actor, *, draw_id: int | None = None) -> list[SpotCheckRow]:
    rows = SpotCheck.objects.visible_to(actor).select_related("result__title", "visit")
    if draw_id is not None:
        rows = rows.filter(draw_id=draw_id)
    return [_check(row) for row in rows.order_by("-draw_id", "district_id", "pk")[:_LIMIT]]


def _check(row: SpotCheck) -> SpotCheckRow:
    title, visit = row.result.title, row.visit
    return SpotCheckRow(
        public_id=row.public_id,
        code=row.result.public_id,
        title_public_id=title.public_id,
        enterprise_name=title.enterprise_name,
        district_name=title.district_name,
        level=title.level,
        state=row.state,
        state_label=SPOT_CHECK_LIFE.label(row.state),
        district_visited_on=row.result.visited_on,
        district_score=row.result.score,
        visit_public_id=visit.public_id if visit is not None else "",
        planned_on=visit.planned_on if visit is not None else None,
        visited_on=visit.visited_on if visit is not None else None,
        city_score=visit.score if visit is not None else None,
        city_passed=visit.passed if visit is not None else None,
        difference=row.difference,
        agrees=row.agrees,
        reasons=tuple(row.reasons),
        waive_reason=row.waive_reason,
    )

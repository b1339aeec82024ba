"""Geometry of the small SVG charts: positions in per cent, so that no style attribute is needed (CSP)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import template

register = template.Library()

_SHADES = 5
#: Beyond these positions a label is aligned to its start or end instead of its middle, to stay inside.
_LEFT_EDGE, _RIGHT_EDGE = Decimal(16), Decimal(84)


def _percent(value: Decimal, low: Decimal, high: Decimal) -> Decimal:
    """Return where *value* lies between *low* and *high*, 0 to 100 with one decimal, clamped."""
    share = (value - low) / (high - low) * 100
    return min(max(share, Decimal(0)), Decimal(100)).quantize(Decimal("0.1"))


def _anchor(position: Decimal) -> str:
    if position < _LEFT_EDGE:
        return "start"
    return "end" if position > _RIGHT_EDGE else "middle"


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis: position in per cent, text, and whether it is the present one."""

    at: Decimal
    label: str
    on: bool = False


@dataclass(frozen=True, slots=True)
class Band:
    """Score band: width of what is scored, start and width of what is still open, marks and level names."""

    current: Decimal
    open_from: Decimal
    open_width: Decimal
    marks: list[Tick]
    levels: list[Tick]


@register.simple_tag
def score_band(current: Decimal, reachable: Decimal | None = None) -> Band:
    """Return the band for a total of 0–100: marks at 60, 70, 80; the axis starts at 50 unless the total is below."""
    current = Decimal(current)
    low, high = (Decimal(50) if current >= 50 else Decimal(0)), Decimal(100)  # noqa: PLR2004
    start = _percent(current, low, high)
    end = _percent(Decimal(reachable), low, high) if reachable is not None else start
    bounds = [Decimal(60), Decimal(70), Decimal(80), Decimal(100)]
    names = ["1A", "2A", "3A"]
    levels = [
        Tick(
            _percent((lower + upper) / 2, low, high),
            name,
            on=lower <= current < upper or current == upper == high,
        )
        for name, lower, upper in zip(names, bounds, bounds[1:], strict=False)
    ]
    return Band(
        current=start,
        open_from=start,
        open_width=max(end - start, Decimal(0)),
        marks=[Tick(_percent(mark, low, high), f"{mark}") for mark in bounds[:3]],
        levels=levels,
    )


@dataclass(frozen=True, slots=True)
class Dumbbell:
    """Three-way comparison: positions in per cent, None where there is no figure yet."""

    own: Decimal | None
    district: Decimal | None
    expert: Decimal | None
    dots: list[Decimal]
    gate: Decimal
    span_from: Decimal
    span_to: Decimal
    wide: bool


@register.simple_tag
def dumbbell(
    own: Decimal | None = None,
    district: Decimal | None = None,
    expert: Decimal | None = None,
    experts: Sequence[Decimal] = (),
    low: int = 60,
    high: int = 100,
    gate: int = 80,
    spread_limit: int = 5,
) -> Dumbbell:
    """Return the geometry of ○ self, ■ district, ◆ expert mean and the single experts' dots."""

    def at(value: Decimal | None) -> Decimal | None:
        # 4 % are kept free on both sides so that no mark is cut off.
        if value is None or value == "":
            return None
        return Decimal(4) + _percent(Decimal(value), Decimal(low), Decimal(high)) * Decimal("0.92")

    known = [place for place in (at(own), at(district), at(expert)) if place is not None]
    numbers = [Decimal(value) for value in experts or ()]
    return Dumbbell(
        own=at(own),
        district=at(district),
        expert=at(expert),
        dots=[place for place in map(at, numbers) if place is not None],
        gate=Decimal(4) + _percent(Decimal(gate), Decimal(low), Decimal(high)) * Decimal("0.92"),
        span_from=min(known, default=Decimal(0)),
        span_to=max(known, default=Decimal(0)),
        wide=bool(numbers) and max(numbers) - min(numbers) > spread_limit,
    )


@dataclass(frozen=True, slots=True)
class Scale:
    """A value between 基准值 and 引领值: positions in per cent; the better end is always on the right."""

    base: Decimal
    lead: Decimal
    value: Decimal | None
    anchor: str
    lower_is_better: bool
    width: Decimal
    rest: Decimal


@register.simple_tag
def benchmark_scale(base: Decimal, lead: Decimal, value: Decimal | None = None) -> Scale:
    """Return the geometry: 基准值 at 22 %, 引领值 at 88 %, beyond them the same scale, clamped to the picture."""
    base, lead = Decimal(base), Decimal(lead)
    left, right = Decimal(22), Decimal(88)
    place: Decimal | None = None
    if value is not None and value != "" and lead != base:
        raw = left + (Decimal(value) - base) / (lead - base) * (right - left)
        place = min(max(raw, Decimal(1)), Decimal(99)).quantize(Decimal("0.1"))
    return Scale(
        base=left,
        lead=right,
        value=place,
        anchor=_anchor(place) if place is not None else "middle",
        lower_is_better=lead < base,
        width=right - left,
        rest=100 - right,
    )


@dataclass(frozen=True, slots=True)
class Tile:
    """One district of the tile picture, with its shade 1–5."""

    code: str
    name: str
    count: int
    total: int | None
    url: str
    current: bool
    shade: int


@register.simple_tag
def shaded_tiles(rows: Iterable[Any]) -> list[Tile]:
    """Return *rows* (objects or mappings with code, name, count and maybe total, url, current) with their shade."""
    values = [_row(row) for row in rows]
    top = max((int(row["count"]) for row in values), default=0)
    return [
        Tile(
            code=str(row["code"]),
            name=str(row["name"]),
            count=int(row["count"]),
            total=row.get("total"),
            url=str(row.get("url") or ""),
            current=bool(row.get("current")),
            shade=1 if top == 0 else min(_SHADES, 1 + int(row["count"]) * _SHADES // (top + 1)),
        )
        for row in values
    ]


def _row(row: Any) -> Mapping[str, Any]:
    if isinstance(row, Mapping):
        return row
    names = ("code", "name", "count", "total", "url", "current")
    return {name: getattr(row, name, None) for name in names}


@register.filter
def add_percent(value: Decimal, other: Decimal) -> Decimal:
    """Return the sum of two positions."""
    return value + other


@register.filter
def sub_percent(value: Decimal, other: Decimal) -> Decimal:
    """Return the distance between two positions."""
    return value - other


@register.filter
def at_most(value: Decimal, limit: Decimal) -> Decimal:
    """Return *value*, or *limit* where it is larger."""
    return min(value, limit)

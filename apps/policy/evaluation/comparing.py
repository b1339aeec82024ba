"""Owns what is said about several sheets of one scheme: differences, upper bounds and experts' means."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from apps.policy.evaluation.decimals import WORKING, ZERO, round_points
from apps.policy.evaluation.results import ItemState, SheetResult
from apps.policy.evaluation.scoring import assemble
from apps.policy.evaluation.worksheet import DEFAULT_RULES, ScoringRules

#: From this many sheets the highest and the lowest total are left out (RULES.md R-19; a setting).
DEFAULT_TRIM_AT = 5


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """One item on two sheets; `delta` is second minus first, None while either has no points."""

    code: str
    name: str
    max_points: Decimal
    first_points: Decimal | None
    second_points: Decimal | None
    first_state: ItemState
    second_state: ItemState

    @property
    def delta(self) -> Decimal | None:
        """Second minus first, None while either has no points."""
        if self.first_points is None or self.second_points is None:
            return None
        return self.second_points - self.first_points

    @property
    def differs(self) -> bool:
        """Whether points or 不适用 differ; an item the second sheet has not reached yet does not differ."""
        if self.second_state is ItemState.UNANSWERED:
            return False
        absent = ItemState.NOT_APPLICABLE
        return self.first_points != self.second_points or (
            (self.first_state is absent) != (self.second_state is absent)
        )


@dataclass(frozen=True, slots=True)
class MeanOfSheets:
    """Experts' mean. `dropped`: positions of sheets left out; `spread`: highest minus lowest total."""

    total: Decimal
    totals: tuple[Decimal, ...]
    dropped: tuple[int, ...]
    spread: Decimal
    dimension_means: dict[str, Decimal]
    item_means: dict[str, Decimal | None]


def differences(first: SheetResult, second: SheetResult) -> tuple[DifferenceRow, ...]:
    """Every item of two sheets side by side, in order. Raises ValueError for different schemes."""
    _same_scheme((first, second))
    return tuple(
        DifferenceRow(
            code=one.code,
            name=one.name,
            max_points=one.max_points,
            first_points=one.points,
            second_points=other.points,
            first_state=one.state,
            second_state=other.state,
        )
        for one, other in zip(first.items, second.items, strict=True)
    )


def upper_bound_with(
    self_result: SheetResult, partial_result: SheetResult, rules: ScoringRules = DEFAULT_RULES
) -> Decimal:
    """The desk's 上限: items already scored as scored, the rest as the enterprise scored itself.

    An item neither has scored counts in full. Raises ValueError for sheets of different schemes.
    """
    _same_scheme((self_result, partial_result))
    mixed = {
        ours.code: theirs if ours.state in (ItemState.UNANSWERED, ItemState.INVALID) else ours
        for ours, theirs in zip(partial_result.items, self_result.items, strict=True)
    }
    return assemble(partial_result.scheme, mixed, {}, rules).reachable_max


def mean_of_sheets(
    results: Sequence[SheetResult], trim_at: int | None = DEFAULT_TRIM_AT, rules: ScoringRules = DEFAULT_RULES
) -> MeanOfSheets:
    """Mean of the experts' totals, rounded to 0.01; of `trim_at` sheets and more, the extremes are left out.

    Items' and dimensions' means are for display, from the same sheets; None for an item without points.
    Raises ValueError for no sheets or sheets of different schemes.
    """
    if not results:
        raise ValueError("a mean needs at least one sheet")
    _same_scheme(results)
    totals = tuple(result.total for result in results)
    by_total = sorted(range(len(totals)), key=lambda position: totals[position])
    trims = trim_at is not None and len(totals) >= max(trim_at, 3)
    dropped = (by_total[0], by_total[-1]) if trims else ()
    kept = [result for position, result in enumerate(results) if position not in dropped]
    return MeanOfSheets(
        total=_mean((result.total for result in kept), rules) or Decimal("0.00"),
        totals=totals,
        dropped=tuple(sorted(dropped)),
        spread=max(totals) - min(totals),
        dimension_means={
            row.code: _mean((result.dimensions[place].points for result in kept), rules) or Decimal("0.00")
            for place, row in enumerate(kept[0].dimensions)
        },
        item_means={
            item.code: _mean((result.items[place].points for result in kept), rules)
            for place, item in enumerate(kept[0].items)
        },
    )


def _mean(values: Iterable[Decimal | None], rules: ScoringRules) -> Decimal | None:
    present = [value for value in values if value is not None]
    if not present:
        return None
    return round_points(WORKING.divide(sum(present, ZERO), Decimal(len(present))), rules.rounding)


def _same_scheme(results: Sequence[SheetResult]) -> None:
    if any(
        result.scheme is not results[0].scheme and result.scheme != results[0].scheme for result in results
    ):
        raise ValueError("sheets of different schemes cannot be compared")

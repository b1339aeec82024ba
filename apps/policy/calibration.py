"""Harsh and lenient experts: each one's shift against colleagues on the same cases, and the ranks without it.

A report beside the scores. It never changes one: the panel's figure is that of :mod:`apps.policy.panel`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from apps.policy.rules import implements

#: Fewer common cases say nothing about a person.
ENOUGH_CASES = 3
#: A shift below this, in points of a hundred, is nobody's habit: one item judged a step higher makes as much.
NOTICEABLE_POINTS = Decimal("1.00")
_ROUNDS = 12
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Mark:
    """One expert's total on one case."""

    case: str
    expert: str
    total: Decimal


@dataclass(frozen=True, slots=True)
class Shift:
    """``points``: how much more (lenient, positive) or less (harsh) than colleagues on the same cases, on average."""

    expert: str
    cases: int
    points: Decimal
    enough: bool

    @property
    def leaning(self) -> str:
        """What the shift says about the person, in words; nothing is said from too few cases."""
        if not self.enough:
            return "件数少，不作校准"
        if abs(self.points) < NOTICEABLE_POINTS:
            return "与同组相近"
        return "偏宽" if self.points > 0 else "偏严"


@dataclass(frozen=True, slots=True)
class Placing:
    """A case's mean and rank as scored, and without the shifts of its experts."""

    case: str
    mean: Decimal
    rank: int
    calibrated: Decimal
    calibrated_rank: int


@dataclass(frozen=True, slots=True)
class Calibration:
    """Experts from the harshest to the most lenient; cases from the best mean down."""

    shifts: tuple[Shift, ...]
    placings: tuple[Placing, ...]


@implements("R-19")
def calibrate(marks: Sequence[Mark]) -> Calibration:
    """Split every mark into the case's level and the expert's shift (additive two-way fit by alternating means).

    Shifts average to zero over the experts. Those with fewer than ``ENOUGH_CASES`` cases are told but not used for
    the second rank.
    """
    by_case: dict[str, list[Mark]] = {}
    by_expert: dict[str, list[Mark]] = {}
    for mark in marks:
        by_case.setdefault(mark.case, []).append(mark)
        by_expert.setdefault(mark.expert, []).append(mark)
    shift = dict.fromkeys(by_expert, Decimal(0))
    for _ in range(_ROUNDS):
        level = {
            case: _mean([mark.total - shift[mark.expert] for mark in rows]) for case, rows in by_case.items()
        }
        shift = {
            expert: _mean([mark.total - level[mark.case] for mark in rows])
            for expert, rows in by_expert.items()
        }
        middle = _mean(list(shift.values()))
        shift = {expert: value - middle for expert, value in shift.items()}
    enough = {expert: len(rows) >= ENOUGH_CASES for expert, rows in by_expert.items()}
    shifts = [
        Shift(expert, len(rows), shift[expert].quantize(_CENT), enough[expert])
        for expert, rows in by_expert.items()
    ]
    means = {case: _mean([mark.total for mark in rows]).quantize(_CENT) for case, rows in by_case.items()}
    fair = {
        case: _mean(
            [mark.total - (shift[mark.expert] if enough[mark.expert] else Decimal(0)) for mark in rows]
        ).quantize(_CENT)
        for case, rows in by_case.items()
    }
    ranks, fair_ranks = _ranks(means), _ranks(fair)
    placings = [
        Placing(case, means[case], ranks[case], fair[case], fair_ranks[case])
        for case in sorted(means, key=lambda case: (ranks[case], case))
    ]
    return Calibration(tuple(sorted(shifts, key=lambda row: (row.points, row.expert))), tuple(placings))


def _mean(values: Sequence[Decimal]) -> Decimal:
    return sum(values, Decimal(0)) / len(values) if values else Decimal(0)


def _ranks(values: dict[str, Decimal]) -> dict[str, int]:
    """Equal figures share a rank."""
    ordered = sorted(values.values(), reverse=True)
    first: dict[Decimal, int] = {}
    for place, value in enumerate(ordered, start=1):
        first.setdefault(value, place)
    return {case: first[value] for case, value in values.items()}

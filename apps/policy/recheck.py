"""On-site rechecks: when they fall due, what they find, and the city's reproducible sample (方案六（二）)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal

from apps.policy.calendar import Term, WorkCalendar, add_months, add_workdays
from apps.policy.levels import THRESHOLDS, Level, printed
from apps.policy.parameters import Parameters
from apps.policy.rules import implements


@implements("R-33")
def recheck_due_on(*, awarded_on: date, last_recheck_on: date | None, parameters: Parameters) -> date:
    """By when the site is to be rechecked: one cycle after the last recheck, or after the award.

    A planning date of the bureau, not moved off rest days.
    """
    return add_months(max(awarded_on, last_recheck_on or awarded_on), parameters.recheck_cycle_months)


#: Reported changes that speak for looking at the site again; a new head of the same factory does not.
CHANGES_FOR_RECHECK = frozenset({"rename", "move", "boundary", "pause", "incident", "closure"})
#: How long a reported change speaks for a recheck: the yearly form tells of it again within that time.
CHANGE_COUNTS_FOR = timedelta(days=366)


@implements("R-33")
def change_speaks_for_recheck(kind: str, *, changed_on: date, last_looked_at_on: date, on: date) -> bool:
    """Whether a reported change is a reason to go to the site before its day.

    It is when it is of such a kind, came after the site was last looked at (or the award), and is not older than
    what the yearly forms tell of.
    """
    return (
        kind in CHANGES_FOR_RECHECK
        and last_looked_at_on < changed_on
        and on - changed_on <= CHANGE_COUNTS_FOR
    )


@implements("R-34")
def recheck_report_term(signed_on: date, parameters: Parameters, work: WorkCalendar) -> Term:
    """Until when the district reports a signed recheck result to the city."""
    return add_workdays(signed_on, parameters.recheck_report_workdays, work)


@implements("R-35")
def sample_size(results: int, parameters: Parameters) -> int:
    """How many of one district's reported results the city re-visits.

    The ratio rounded up, at least the minimum, never more than there are.
    """
    share = int((results * parameters.sample_ratio).to_integral_value(ROUND_CEILING))
    return min(results, max(share, parameters.sample_min_per_district))


@implements("R-35")
def draw_sample(
    by_district: Mapping[str, Sequence[str]], *, seed: str, sizes: Mapping[str, int]
) -> dict[str, tuple[str, ...]]:
    """District → the drawn results, by their ids.

    Reproducible by anyone: ids are ordered by the SHA-256 of "seed:id" and the first ``sizes[district]`` are
    taken, so the recorded seed proves the draw and the order of the input does not matter. ValueError for an
    empty seed or a repeated id.
    """
    if not seed:
        raise ValueError("A draw needs a recorded seed")
    drawn = {}
    for district, ids in sorted(by_district.items()):
        if len(set(ids)) != len(ids):
            raise ValueError(f"Repeated ids in district {district}")
        ordered = sorted(ids, key=lambda item: hashlib.sha256(f"{seed}:{item}".encode()).hexdigest())
        drawn[district] = tuple(ordered[: sizes[district]])
    return drawn


@dataclass(frozen=True, slots=True)
class RecheckOutcome:
    """Whether a recheck is passed, the threshold applied and the sentences for the record."""

    passed: bool
    threshold: Decimal
    reasons: tuple[str, ...]


@implements("R-36")
def recheck_threshold(level: Level) -> Decimal:
    """The score a holder of ``level`` must keep: 80 from 3A on, else the level's own lower bound."""
    return THRESHOLDS[min(level, Level.A3)]


@implements("R-36")
def recheck_outcome(
    score: Decimal, *, level: Level, vetoes: Sequence[str] = (), parameters: Parameters
) -> RecheckOutcome:
    """复核结果是否符合评价要求: the score reaches the held level's threshold and no veto item was found."""
    threshold = recheck_threshold(level)
    figure = printed(score, parameters.rounding)
    reasons = []
    if figure < threshold:
        reasons.append(f"复核得分{figure}分，低于{level.label}级应保持的{threshold}分。")
    if vetoes:
        reasons.append(f"发现不符合基本要求：{'、'.join(vetoes)}。")
    return RecheckOutcome(not reasons, threshold, tuple(reasons))


@implements("R-36")
def reports_upward(level: Level) -> bool:
    """A failed recheck of a 4A or 5A site is reported to the province: the city cannot end those titles."""
    return level >= Level.A4

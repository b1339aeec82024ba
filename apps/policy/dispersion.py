"""How far a panel's experts are apart: range, standard deviation, outlying experts and items, what asks for 复议."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from apps.policy.levels import RECOMMENDATION_LINE, printed
from apps.policy.panel import PanelScore
from apps.policy.parameters import Parameters
from apps.policy.rules import implements

#: An item is disputed when its points are at least this share of its maximum apart.
DISPUTED_SHARE = Decimal("0.5")
_TWO = 2


@dataclass(frozen=True, slots=True)
class Dispersion:
    """``deviation``: population standard deviation, two decimals; ``outliers``: experts; ``items``: disputed codes."""

    spread: Decimal
    deviation: Decimal
    outliers: tuple[str, ...]
    items: tuple[str, ...]


def deviation_of(totals: Sequence[Decimal]) -> Decimal:
    """The population standard deviation of the totals in points, to two decimals; 0 for fewer than two."""
    if len(totals) < _TWO:
        return Decimal("0.00")
    mean = sum(totals, Decimal(0)) / len(totals)
    variance = sum(((total - mean) ** 2 for total in totals), Decimal(0)) / len(totals)
    return variance.sqrt().quantize(Decimal("0.01"))


def _median(values: Sequence[Decimal]) -> Decimal:
    ordered, middle = sorted(values), len(values) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


@implements("R-19")
def dispersion_of(
    totals: Mapping[str, Decimal],
    points: Mapping[str, Sequence[Decimal]],
    maxima: Mapping[str, Decimal],
    parameters: Parameters,
) -> Dispersion:
    """Describe one panel.

    ``totals``: expert → total; ``points``: item → the experts' points; ``maxima``: item → its maximum. An expert
    stands out when more than half the reconsideration line (``panel_spread_over``) away from the panel's median
    (three totals at least: one total far off does not make its colleagues stand out); an item is disputed from half
    of its maximum on.
    """
    values = list(totals.values())
    spread = max(values) - min(values) if values else Decimal(0)
    middle = _median(values) if len(values) > _TWO else None
    outliers = [
        expert
        for expert, total in totals.items()
        if middle is not None and abs(total - middle) > parameters.panel_spread_over / 2
    ]
    items = [
        code
        for code, given in points.items()
        if len(given) >= _TWO
        and maxima.get(code)
        and max(given) - min(given) >= maxima[code] * DISPUTED_SHARE
    ]
    return Dispersion(spread, deviation_of(values), tuple(outliers), tuple(items))


@implements("R-19", "R-21")
def reconsideration_grounds(score: PanelScore, parameters: Parameters) -> tuple[str, ...]:
    """Why the panel should look again, in the words of the page; empty when nothing speaks for it.

    A spread over the line makes 复议 necessary; a score within ``site_visit_margin`` of 80 only suggests it.
    """
    distance = abs(printed(score.total, parameters.rounding) - RECOMMENDATION_LINE)
    grounds = []
    if score.reconsider:
        grounds.append(f"专家分差{score.spread}分，超过{parameters.panel_spread_over}分，应当复议。")
    if distance <= parameters.site_visit_margin:
        grounds.append(
            f"专家组得分{score.total}分，与80分相差{distance}分，在{parameters.site_visit_margin}分以内，可以复议。"
        )
    return tuple(grounds)

"""How far those who look again differ from those who scored first: by little or much, and never out of the level."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from decimal import ROUND_DOWN, Decimal

#: Points a district takes off in all, in turn over the companies.
_DISTRICT = tuple(map(Decimal, ("1.2", "0", "2.6", "0.4", "1.8", "3.4", "0.8")))
#: What each of three experts takes off a case the panel supports, in turn.
_PANELS = tuple(
    tuple(map(Decimal, cuts))
    for cuts in (
        ("0", "0.40", "0.85"),
        ("0.30", "0", "1.10"),
        ("0.55", "0.70", "0.20"),
        ("0", "0", "0.60"),
        ("0.90", "0.35", "0.75"),
    )
)
#: Level floors; a case stays this much above its own, so that the experts' cuts do not change the level either.
_FLOORS = ((Decimal(80), Decimal("1.1")), (Decimal(70), Decimal("0.3")), (Decimal(60), Decimal("0.3")))
_SMALLEST = Decimal("0.6")
_SHARES = (Decimal("0.3"), Decimal("0.5"), Decimal(1))
_REASONS = (
    "佐证材料仅覆盖部分车间。",
    "佐证项目在建，尚未投入使用，按已完成部分计分。",
    "制度文件已发布，缺少执行记录。",
    "台账缺少两个月的记录，按已提供部分计分。",
    "佐证未加盖公章，部分内容无法核对。",
    "佐证形成于统计年度之后，不予计入。",
)


def district_cuts(serial: int, total: Decimal, points: Mapping[str, Decimal]) -> dict[str, Mapping[str, str]]:
    """Return what a district judges lower: item code → points and reason.

    Args:
        serial: which company; the same one is always judged alike.
        total: its self-evaluation's total, 0 to 100.
        points: item code → points it gave itself, of the items that may be judged lower.
    """
    dice = random.Random(serial)  # noqa: S311  (a made-up factory, not a secret)
    left = min(_DISTRICT[serial % len(_DISTRICT)], _room(total))
    codes = sorted(code for code, given in points.items() if given >= _SMALLEST)
    dice.shuffle(codes)
    found: dict[str, Mapping[str, str]] = {}
    for code in codes:
        if left <= 0:
            break
        off = min(left, (points[code] * dice.choice(_SHARES)).quantize(Decimal("0.1"), ROUND_DOWN))
        found[code] = {"judged_points": f"{points[code] - off:.2f}", "reason": dice.choice(_REASONS)}
        left -= off
    return found


def panel_cuts(serial: int) -> Sequence[Decimal]:
    """Return what each of the three experts of a case takes off."""
    return _PANELS[serial % len(_PANELS)]


def _room(total: Decimal) -> Decimal:
    for floor, margin in _FLOORS:
        if total >= floor:
            return max(total - floor - margin, Decimal(0))
    return Decimal(1)

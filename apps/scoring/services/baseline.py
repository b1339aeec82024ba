"""What a scorer is compared with: the self sheet, and for experts the district's; and when a reason is needed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from apps.core.actor import Actor
from apps.core.errors import Invalid
from apps.parameters.selectors import in_force
from apps.policy.evaluation.decimals import points_text
from apps.policy.evaluation.results import ItemState
from apps.scoring.models import ScoreEntry, ScoreSheet
from apps.scoring.states import DISTRICT, EXPERT, SCORE_NAMES, SELF, SIGNED


@dataclass(frozen=True, slots=True)
class Baseline:
    """One item on the sheet that a scorer starts from."""

    kind: str
    points: Decimal | None
    not_applicable: bool
    reason: str
    answer: dict[str, Any]

    @property
    def text(self) -> str:
        """The figure in a sentence: 自评 1.20 分."""
        if self.not_applicable:
            return f"{SCORE_NAMES[self.kind]}不适用"
        if self.points is None:
            return f"{SCORE_NAMES[self.kind]}未得分"
        return f"{SCORE_NAMES[self.kind]} {points_text(self.points)} 分"


def baselines(
    actor: Actor, sheet: ScoreSheet, *, item_code: str | None = None
) -> dict[str, dict[str, Baseline]]:
    """Return kind → item → figures of the signed current self sheet and, for experts, the district's: one statement."""
    kinds = [SELF, DISTRICT] if sheet.kind == EXPERT else [SELF]
    rows = ScoreEntry.objects.filter(
        sheet__in=ScoreSheet.objects.visible_to(actor).filter(
            application_id=sheet.application_id, kind__in=kinds, is_current=True, state=SIGNED
        )
    )
    if item_code is not None:
        rows = rows.filter(item_code=item_code)
    found: dict[str, dict[str, Baseline]] = {}
    for row in rows.values_list("sheet__kind", "item_code", "points", "item_state", "reason", "answer"):
        kind, code, points, state, reason, answer = row
        absent = state == ItemState.NOT_APPLICABLE.value
        found.setdefault(kind, {})[code] = Baseline(kind, points, absent, reason, answer)
    return found


def compared_with(found: dict[str, dict[str, Baseline]], code: str) -> Baseline | None:
    """Return the figure an item is compared with: the district's where there is one, else the enterprise's."""
    for kind in (DISTRICT, SELF):
        if code in found.get(kind, {}):
            return found[kind][code]
    return None


def scores_are_hidden(sheet: ScoreSheet) -> bool:
    """Return whether this scorer works without seeing other scores (a setting pinned at opening, for experts only)."""
    return sheet.kind == EXPERT and not sheet.context["scores_shown"]


def require_reason(
    baseline: Baseline, *, points: Decimal | None, not_applicable: bool, reason: str, on: date
) -> None:
    """Refuse a difference without a reason (R-15, DECISIONS 7); a standard phrase is enough.

    Raises:
        Invalid: at field `reason`.
    """
    if reason:
        return
    if not_applicable != baseline.not_applicable:
        differs = True
    elif not_applicable or points is None:
        differs = False
    else:
        known = baseline.points if baseline.points is not None else Decimal(0)
        differs = abs(points - known) > in_force(on=on).reasoned_difference_over
    if differs:
        raise Invalid.of("reason", f"与{baseline.text}不一致，请写明理由（可选用常用语）。")

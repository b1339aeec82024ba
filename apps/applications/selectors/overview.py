"""Figures of the city's dashboard that come from applications: how far they got, differences, time in the state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Max, Q, QuerySet, Value
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Abs

from apps.applications.models import Application
from apps.applications.selectors.cases import visible_cases
from apps.applications.states import APPLICATION_LIFE, FINAL
from apps.core.actor import Actor
from apps.core.moment import Moment

_CENT, _TENTH = Decimal("0.01"), Decimal("0.1")
_MOST_INDUSTRIES = 15
#: Step → fact that shows an application has reached it; 1A and 2A are decided without experts.
STEPS: tuple[tuple[str, str, Q], ...] = (
    ("submitted", "已提交", Q(submitted_at__isnull=False)),
    ("accepted", "已受理", Q(accepted_at__isnull=False)),
    ("scored", "初评完成", Q(prelim_total__isnull=False)),
    ("panel", "专家评估完成（3A）", Q(panel_total__isnull=False)),
    ("decided", "已评定", Q(decided_level__isnull=False, decided_on__isnull=False)),
)
#: Difference → its name and the points themselves; a case counts where it has both scores.
GAPS: dict[str, tuple[str, CombinedExpression]] = {
    "district_gap": ("初评减自评", F("prelim_total") - F("self_total")),
    "expert_gap": ("专家减初评", F("panel_total") - F("prelim_total")),
}
#: Figure of the dashboard → its name, for the list of the cases behind it.
FIGURES: dict[str, str] = {
    **{key: label for key, label, _ in STEPS},
    **{key: label for key, (label, _) in GAPS.items()},
}


@dataclass(frozen=True, slots=True)
class Reach:
    """Applications of one district, industry or the whole city: how many reached each step, and mean differences.

    Means are points, half-up to a hundredth; None where no case has both scores.
    """

    code: str
    name: str
    steps: tuple[int, ...]
    district_gap: Decimal | None
    expert_gap: Decimal | None

    @property
    def labelled(self) -> list[tuple[str, int]]:
        """The counts with the names of their steps."""
        return [(label, count) for (_, label, _), count in zip(STEPS, self.steps, strict=True)]

    @property
    def figures(self) -> list[tuple[str, str, int]]:
        """The counts with the keys (of `FIGURES`) and names of their steps."""
        return [(key, label, count) for (key, label, _), count in zip(STEPS, self.steps, strict=True)]


@dataclass(frozen=True, slots=True)
class StateTime:
    """Open applications in one state: how many, and days since they came into it, to a tenth."""

    state: str
    label: str
    cases: int
    mean_days: Decimal
    longest_days: Decimal


def reach(*, actor: Actor, by: str, round_code: str = "") -> list[Reach]:
    """Return the figures by `district` or `industry`; one query. Drafts count nowhere.

    Args:
        actor: sees the cases of its jurisdiction.
        by: `district` (all with cases, by code) or `industry` (those with most cases).
        round_code: of one round; "" for all.
    """
    code, name = (
        ("district_id", "district__name")
        if by == "district"
        else ("enterprise__industry_code", "enterprise__industry_name")
    )
    rows = _rows(actor, round_code).values_list(code, name)
    found = rows.annotate(**_figures())
    ordered = (
        found.order_by(code)
        if by == "district"
        else found.order_by(F("submitted").desc(), code)[:_MOST_INDUSTRIES]
    )
    return [_reach(row) for row in ordered]


def reach_of_all(*, actor: Actor, round_code: str = "") -> Reach:
    """Return the figures of all visible applications together; one query."""
    found = _rows(actor, round_code).aggregate(**_figures())
    return _reach(("", "全市", *found.values()))


def time_in_state(*, actor: Actor, moment: Moment, round_code: str = "") -> list[StateTime]:
    """Return how long open applications have been where they are, in the order of the work; one query."""
    since = ExpressionWrapper(Value(moment.at) - F("changed_at"), output_field=DurationField())
    found = {
        state: (cases, mean, longest)
        for state, cases, mean, longest in _rows(actor, round_code)
        .exclude(state__in=FINAL)
        .order_by()
        .values_list("state")
        .annotate(n=Count("pk"), mean=Avg(since), longest=Max(since))
    }
    return [
        StateTime(state, label, found[state][0], _days(found[state][1]), _days(found[state][2]))
        for state, label in APPLICATION_LIFE.states.items()
        if state in found
    ]


def behind(rows: QuerySet[Application], figure: str) -> QuerySet[Application]:
    """Return those of *rows* that *figure* (of `FIGURES`) counts; of a difference with its size, `points`."""
    submitted = rows.filter(submitted_at__isnull=False)
    if figure in GAPS:
        points = GAPS[figure][1]
        return submitted.annotate(points=Abs(points)).filter(points__isnull=False)
    return submitted.filter(next(condition for key, _, condition in STEPS if key == figure))


def _rows(actor: Actor, round_code: str) -> QuerySet[Application]:
    rows = visible_cases(actor).select_related(None).filter(submitted_at__isnull=False)
    return rows.filter(round__code=round_code) if round_code else rows


def _figures() -> dict[str, Count | Avg]:
    return {
        **{key: Count("pk", filter=condition) for key, _, condition in STEPS},
        **{key: Avg(points) for key, (_, points) in GAPS.items()},
    }


def _reach(row: tuple[object, ...]) -> Reach:
    code, name, *figures = row
    counts, gaps = figures[: len(STEPS)], figures[len(STEPS) :]
    return Reach(str(code), str(name), tuple(int(str(n)) for n in counts), *(_cents(gap) for gap in gaps))


def _cents(value: object) -> Decimal | None:
    return value.quantize(_CENT, ROUND_HALF_UP) if isinstance(value, Decimal) else None


def _days(span: timedelta) -> Decimal:
    return max(Decimal(int(span.total_seconds())) / 86400, Decimal(0)).quantize(_TENTH, ROUND_HALF_UP)

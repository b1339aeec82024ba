"""The district's board: who has how much, how long each step takes, how far 初评 lies from 自评 by industry."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Aggregate, Avg, Count, DurationField, ExpressionWrapper, F, Q

from apps.core.actor import Actor
from apps.review.models import PreliminaryReview
from apps.review.states import SCORING, SIGNED, SUBMITTED, WAITING

_CENT = Decimal("0.01")
_MOST_INDUSTRIES = 20
_FULL_BAR = Decimal(10)
#: Step → its words and the columns of its beginning and end.
STEPS = {
    "intake": ("提交到受理", "application__submitted_at", "application__accepted_at"),
    "score": ("认领到提交初评", "claimed_at", "submitted_at"),
    "sign": ("提交到签批", "submitted_at", "signed_at"),
}


@dataclass(frozen=True, slots=True)
class PersonLoad:
    """One person's cases of 初评: being scored (with those waiting for a supplement), to be signed, signed."""

    username: str
    name: str
    scoring: int
    submitted: int
    signed: int

    @property
    def open(self) -> int:
        """Cases not signed yet."""
        return self.scoring + self.submitted


@dataclass(frozen=True, slots=True)
class StageTime:
    """How long a step takes on average, in days, half-up to a tenth; `cases` is how many were measured."""

    key: str
    label: str
    days: Decimal
    cases: int


@dataclass(frozen=True, slots=True)
class IndustryGap:
    """Averages of one industry's signed cases; `gap` is 初评 minus 自评."""

    industry: str
    cases: int
    own: Decimal
    district: Decimal
    gap: Decimal

    @property
    def size(self) -> Decimal:
        """How far the averages lie apart, whichever is higher."""
        return abs(self.gap)


@dataclass(frozen=True, slots=True)
class Board:
    """The figures of one district (the city sees all districts together)."""

    people: tuple[PersonLoad, ...]
    stages: tuple[StageTime, ...]
    industries: tuple[IndustryGap, ...]

    def lines(self) -> Iterator[tuple[str, str, str, int | Decimal]]:
        """Yield (part, of what, figure, value): every number of the page once, for the spreadsheet."""
        for person in self.people:
            yield "人员", person.name, "打分中", person.scoring
            yield "人员", person.name, "待签批", person.submitted
            yield "人员", person.name, "已签批", person.signed
        for step in self.stages:
            yield "用时", step.label, "平均（天）", step.days
            yield "用时", step.label, "件数", step.cases
        for industry in self.industries:
            yield "行业", industry.industry, "件数", industry.cases
            yield "行业", industry.industry, "自评平均分", industry.own
            yield "行业", industry.industry, "初评平均分", industry.district
            yield "行业", industry.industry, "初评减自评", industry.gap

    @property
    def heaviest(self) -> int:
        """The most open cases that one person has: the length of a full bar."""
        return max((one.open for one in self.people), default=0)

    @property
    def longest(self) -> Decimal:
        """The days of the slowest step: the length of a full bar."""
        return max((one.days for one in self.stages), default=Decimal(0))

    @property
    def widest(self) -> Decimal:
        """The points of a full bar: the largest difference of an industry, ten at least (small ones look small)."""
        return max((one.size for one in self.industries), default=_FULL_BAR).max(_FULL_BAR)


def board(*, actor: Actor) -> Board:
    """Return the board of the cases *actor* may see; three queries whatever their number."""
    rows = PreliminaryReview.objects.visible_to(actor).order_by()
    people = (
        rows.exclude(scorer=None)
        .values("scorer__username", "scorer__name")
        .annotate(
            scoring=Count("pk", filter=Q(state__in=[SCORING, WAITING])),
            submitted=Count("pk", filter=Q(state=SUBMITTED)),
            signed=Count("pk", filter=Q(state=SIGNED)),
        )
        .order_by("-scoring", "scorer__name")
    )
    industries = (
        rows.filter(state=SIGNED, application__self_total__isnull=False)
        .values("enterprise__industry_name")
        .annotate(n=Count("pk"), own=Avg("application__self_total"), district=Avg("signed_total"))
        .order_by("-n", "enterprise__industry_name")[:_MOST_INDUSTRIES]
    )
    return Board(
        people=tuple(
            PersonLoad(
                one["scorer__username"],
                one["scorer__name"],
                one["scoring"],
                one["submitted"],
                one["signed"],
            )
            for one in people
        ),
        stages=_stages(actor),
        industries=tuple(
            IndustryGap(
                industry=one["enterprise__industry_name"],
                cases=one["n"],
                own=_cents(one["own"]),
                district=_cents(one["district"]),
                gap=_cents(one["district"]) - _cents(one["own"]),
            )
            for one in industries
        ),
    )


def _stages(actor: Actor) -> tuple[StageTime, ...]:
    wanted: dict[str, Aggregate] = {}
    for key, (_, start, end) in STEPS.items():
        span = ExpressionWrapper(F(end) - F(start), output_field=DurationField())
        forward = Q(**{f"{end}__gte": F(start)})
        wanted[f"{key}_mean"] = Avg(span, filter=forward)
        wanted[f"{key}_n"] = Count("pk", filter=forward)
    found = PreliminaryReview.objects.visible_to(actor).order_by().aggregate(**wanted)
    return tuple(
        StageTime(key, label, days_of(found[f"{key}_mean"]), found[f"{key}_n"])
        for key, (label, _, _) in STEPS.items()
    )


def _cents(value: Decimal) -> Decimal:
    return value.quantize(_CENT, ROUND_HALF_UP)


def days_of(span: timedelta | None) -> Decimal:
    """Return a duration as days, half-up to a tenth; none measured is 0."""
    seconds = Decimal(int(span.total_seconds())) if span is not None else Decimal(0)
    return (seconds / 86400).quantize(Decimal("0.1"), ROUND_HALF_UP)

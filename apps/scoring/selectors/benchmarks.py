"""Reading the table of industry values (行业基准): what is in force, what it replaced, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.core.paginator import Paginator
from django.db.models import Q

from apps.core.actor import Actor
from apps.policy.evaluation.decimals import plain
from apps.policy.evaluation.spec import BenchmarkKind, MetricSpec
from apps.scoring.models import BenchmarkValue, Scheme
from apps.scoring.selectors.schemes import spec_of_digest
from apps.scoring.states import RETIRED


@dataclass(frozen=True, slots=True)
class BenchmarkRow:
    """One value: of which metric, for which industry (`*` all), and since when."""

    metric: str
    metric_name: str
    subject: str
    industry_code: str
    kind_label: str
    value: str
    unit: str
    source: str
    period: str
    approved_by: str
    is_example: bool
    valid_from: date
    retired_on: date | None


@dataclass(frozen=True, slots=True)
class BenchmarkPage:
    """One page of values."""

    rows: Sequence[BenchmarkRow]
    page: int
    pages: int
    total: int


def known_metrics(*, actor: Actor) -> dict[str, MetricSpec]:
    """Return the metrics of every system that is or may come into use, by code."""
    digests = Scheme.objects.visible_to(actor).exclude(status=RETIRED).values_list("digest", flat=True)
    return {metric.code: metric for seal in digests for metric in spec_of_digest(seal).metrics}


def benchmarks_page(
    *,
    actor: Actor,
    metric: str = "",
    industry: str = "",
    retired: bool = False,
    page: int = 1,
    per_page: int = 50,
) -> BenchmarkPage:
    """Return one page of the values, by metric, industry, kind and pollutant; beyond the end the last one."""
    rows = BenchmarkValue.objects.visible_to(actor)
    if not retired:
        rows = rows.filter(retired_on=None)
    if metric:
        rows = rows.filter(metric=metric)
    if industry:
        rows = rows.filter(Q(industry_code__startswith=industry) | Q(industry_code="*"))
    ordered = rows.order_by("metric", "industry_code", "kind", "subject", "-valid_from", "pk")
    found, names = Paginator(ordered, per_page).get_page(page), known_metrics(actor=actor)
    shown = [
        BenchmarkRow(
            metric=row.metric,
            metric_name=names[row.metric].name if row.metric in names else row.metric,
            subject=row.subject,
            industry_code=row.industry_code,
            kind_label=BenchmarkKind(row.kind).label,
            value=plain(row.value),
            unit=row.unit,
            source=row.source,
            period=row.period,
            approved_by=row.approved_by,
            is_example=row.is_example,
            valid_from=row.valid_from,
            retired_on=row.retired_on,
        )
        for row in found
    ]
    return BenchmarkPage(shown, found.number, found.paginator.num_pages, found.paginator.count)

"""分行业基准值: what items are compared with, and new values with their source (R-15)."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.api.base import BUREAUS, CITY, Act, Body, Paging, Query, Text
from apps.core.actor import Role
from apps.policy.evaluation.spec import BenchmarkKind
from apps.scoring import selectors, services

_MOST_VALUES = 500


class BenchmarkBody(Body):
    """One value as its source gives it; `value` is a decimal number written as text."""

    metric = Text(max_length=60)
    subject = Text(required=False, max_length=60)
    industry_code = Text(max_length=10)
    kind = serializers.ChoiceField([(kind.value, kind.label) for kind in BenchmarkKind])
    value = Text(max_length=40)
    unit = Text(max_length=40)
    source = Text(max_length=300)  # type: ignore[assignment]  # a declared field
    period = Text(max_length=60)
    approved_by = Text(max_length=60)


class BenchmarksBody(Body):
    """Values to record; one wrong value and none is."""

    rows = serializers.ListField(child=BenchmarkBody(), allow_empty=False, max_length=_MOST_VALUES)


class RecordedAnswer(serializers.Serializer[Any]):
    """How many are new: what is in force already is passed over."""

    recorded = serializers.IntegerField()


class BenchmarkLine(serializers.Serializer[Any]):
    """One value; `industry_code` `*` stands for every industry."""

    metric = serializers.CharField()
    metric_name = serializers.CharField()
    subject = serializers.CharField()
    industry_code = serializers.CharField()
    kind_label = serializers.CharField()
    value = serializers.CharField()
    unit = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]  # a declared field
    period = serializers.CharField()
    approved_by = serializers.CharField()
    is_example = serializers.BooleanField()
    valid_from = serializers.DateField()
    retired_on = serializers.DateField(allow_null=True)


class BenchmarkQuery(Query):
    """Which values."""

    metric = serializers.CharField(required=False, default="", max_length=60)
    industry = serializers.CharField(required=False, default="", max_length=10)
    retired = serializers.BooleanField(required=False, default=False)


class Benchmarks(Paging, Act):
    """分行业基准值；登记新值，同一指标、行业、类型的旧值同时停用。"""

    audience = BUREAUS | {Role.AUDITOR}
    writers = CITY
    reading = BenchmarkLine
    query = BenchmarkQuery
    body = BenchmarksBody
    answer = RecordedAnswer
    status = 200

    def rows(self, **asked: Any) -> Any:
        """Return one page."""
        return selectors.benchmarks_page(actor=self.actor, **asked)

    def act(self, *, rows: list[dict[str, Any]]) -> dict[str, int]:
        """Record them."""
        return {"recorded": services.record_benchmarks(actor=self.actor, clock=self.clock, rows=rows)}

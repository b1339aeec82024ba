"""Owns the industry benchmark table: versioned comparison values and how the right one is found.

A value is looked up by metric, kind, subject (a pollutant, where a metric has several) and industry code:
four digits, then three, then two, then C for all manufacturing. Finding nothing is an outcome of its own,
「暂无行业基准」 (DECISIONS 2); no caller may read it as full or as zero.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from typing import Any

from apps.policy.evaluation.decimals import NotANumber, plain, to_decimal
from apps.policy.evaluation.problems import Problem
from apps.policy.evaluation.spec import BenchmarkKind, MetricSpec

NO_BENCHMARK = "暂无行业基准"
ALL_MANUFACTURING = "C"
_INDUSTRY_CODE = re.compile(r"\d{2,4}")
_REQUIRED_FIELDS = ("metric", "industry_code", "kind", "value", "unit", "source", "period", "approved_by")


@dataclass(frozen=True, slots=True)
class BenchmarkValue:
    """One row of the table. `example` marks a made-up value of the demonstration (示例)."""

    metric: str
    industry_code: str
    kind: BenchmarkKind
    value: Decimal
    unit: str
    source: str
    period: str
    approved_by: str
    subject: str = ""
    example: bool = False

    @property
    def label(self) -> str:
        """What is compared with, in words, its subject first."""
        return f"{self.subject}{self.kind.label}"

    def as_mapping(self) -> dict[str, Any]:
        """The row as `load_benchmarks` reads it."""
        return {
            "metric": self.metric,
            "industry_code": self.industry_code,
            "kind": self.kind.value,
            "value": plain(self.value),
            "unit": self.unit,
            "source": self.source,
            "period": self.period,
            "approved_by": self.approved_by,
            "subject": self.subject,
            "example": self.example,
        }


@dataclass(frozen=True)
class BenchmarkTable:
    """A version of the table; two rows with the same key cannot stand in one version (ValueError)."""

    rows: tuple[BenchmarkValue, ...] = ()
    _index: Mapping[tuple[str, BenchmarkKind, str, str], BenchmarkValue] = field(
        init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        index: dict[tuple[str, BenchmarkKind, str, str], BenchmarkValue] = {}
        for row in self.rows:
            key = (row.metric, row.kind, normal_code(row.industry_code), _fold(row.subject))
            if index.setdefault(key, row) is not row:
                raise ValueError(f"行业基准重复：{row.metric}、{row.industry_code}、{row.label}")
        object.__setattr__(self, "_index", index)

    def lookup(
        self, metric: str, industry_code: str, kind: BenchmarkKind, subject: str = ""
    ) -> BenchmarkValue | None:
        """The closest value for an industry, or None, which means 暂无行业基准."""
        folded = _fold(subject)
        for code in industry_ladder(industry_code):
            found = self._index.get((metric, kind, code, folded))
            if found is not None:
                return found
        return None

    def subjects(self, metric: str, industry_code: str) -> tuple[str, ...]:
        """Pollutants that have a value for this metric and industry, for a form to offer by the same name."""
        ladder = set(industry_ladder(industry_code))
        rows = (row for row in self.rows if row.metric == metric and normal_code(row.industry_code) in ladder)
        return tuple(dict.fromkeys(row.subject for row in rows if row.subject))


@lru_cache(maxsize=2048)
def industry_ladder(code: str) -> tuple[str, ...]:
    """From an industry code to the codes to try: 2614 → 2614, 261, 26, C. A leading C is ignored."""
    normal = normal_code(code)
    digits = tuple(normal[:length] for length in (4, 3, 2) if len(normal) >= length and normal.isdigit())
    return (*digits, ALL_MANUFACTURING)


def normal_code(code: str) -> str:
    """C2614, c26, 2614 → 2614, 26, 2614; the whole section stays C."""
    text = code.strip().upper()
    return text.removeprefix("C") or ALL_MANUFACTURING


def load_benchmarks(mapping: Mapping[str, Any]) -> BenchmarkTable:
    """Read {"rows": [...]}; call `benchmark_problems` first on anything a person typed."""
    return BenchmarkTable(tuple(_row(row) for row in mapping.get("rows", ())))


def benchmark_problems(mapping: Mapping[str, Any], metrics: Iterable[MetricSpec] = ()) -> list[Problem]:
    """What is wrong with a table: fields, kinds, numbers, doubles, unknown metrics, marks in disorder."""
    known = {metric.code: metric for metric in metrics}
    problems: list[Problem] = []
    read: dict[tuple[str, str, str], dict[BenchmarkKind, BenchmarkValue]] = {}
    for position, raw in enumerate(mapping.get("rows", ())):
        path = f"rows[{position}]"
        missing = [name for name in _REQUIRED_FIELDS if raw.get(name) in (None, "")]
        problems += [Problem(f"{path}.{name}", "必须填写") for name in missing]
        if missing:
            continue
        try:
            row = _row(raw)
        except NotANumber as error:
            problems.append(Problem(f"{path}.value", str(error)))
            continue
        except ValueError:
            problems.append(Problem(f"{path}.kind", f"没有“{raw['kind']}”这种基准类型"))
            continue
        code = normal_code(row.industry_code)
        if code != ALL_MANUFACTURING and _INDUSTRY_CODE.fullmatch(code) is None:
            problems.append(Problem(f"{path}.industry_code", "应为国民经济行业分类 2 至 4 位代码或 C"))
        if known and row.metric not in known:
            problems.append(Problem(f"{path}.metric", f"没有代码为“{row.metric}”的指标"))
        if row.value < 0:
            problems.append(Problem(f"{path}.value", "基准值不能为负数"))
        group = read.setdefault((row.metric, code, _fold(row.subject)), {})
        if row.kind in group:
            problems.append(Problem(path, f"与前面的行重复：{row.metric}、{row.industry_code}、{row.label}"))
        group[row.kind] = row
        problems += _order_problems(path, group, known.get(row.metric))
    return problems


_ORDERS = (
    (BenchmarkKind.AVERAGE, BenchmarkKind.TOP20, BenchmarkKind.TOP5),
    (BenchmarkKind.LIMIT, BenchmarkKind.ADVANCED),
    (BenchmarkKind.BASE, BenchmarkKind.LEAD),
)


def _order_problems(
    path: str, group: Mapping[BenchmarkKind, BenchmarkValue], metric: MetricSpec | None
) -> list[Problem]:
    """A stricter mark must not be easier than a looser one of its family."""
    if metric is None:
        return []
    problems = []
    for order in _ORDERS:
        present = [group[kind] for kind in order if kind in group]
        for looser, stricter in pairwise(present):
            if not metric.direction.reaches(stricter.value, looser.value):
                problems.append(Problem(path, f"{stricter.label}不应比{looser.label}宽松"))
    return problems


def _row(raw: Mapping[str, Any]) -> BenchmarkValue:
    return BenchmarkValue(
        metric=str(raw["metric"]),
        industry_code=str(raw["industry_code"]),
        kind=BenchmarkKind(raw["kind"]),
        value=to_decimal(raw["value"]),
        unit=str(raw.get("unit", "")),
        source=str(raw.get("source", "")),
        period=str(raw.get("period", "")),
        approved_by=str(raw.get("approved_by", "")),
        subject=str(raw.get("subject", "")),
        example=bool(raw.get("example", False)),
    )


def _fold(subject: str) -> str:
    return subject.strip().casefold()


EMPTY_TABLE = BenchmarkTable()

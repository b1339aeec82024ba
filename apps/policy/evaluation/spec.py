"""Owns the shape of an evaluation scheme: dimensions, items, scoring methods, metrics and their inputs.

Frozen values only. `loading` reads them from a mapping, `serialising` writes them back, `checking` finds what
is wrong with them. A scheme carries its own metrics, so that a pinned version scores the same for ever.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from apps.policy.evaluation.decimals import HUNDRED, ZERO
from apps.policy.evaluation.formula import Formula


class Requirement(StrEnum):
    """Whether an item belongs to the mandatory 60 or the optional 40 of its dimension."""

    MANDATORY = "必选"
    OPTIONAL = "可选"


class Direction(StrEnum):
    """Whether more or less of a metric is better."""

    HIGHER = "higher"
    LOWER = "lower"

    def reaches(self, value: Decimal, mark: Decimal) -> bool:
        """Whether a value is at or on the good side of a mark."""
        return value >= mark if self is Direction.HIGHER else value <= mark


class BenchmarkKind(StrEnum):
    """What a benchmark value stands for."""

    AVERAGE = "average"
    TOP20 = "top20"
    TOP5 = "top5"
    LIMIT = "limit"
    ADVANCED = "advanced"
    REQUIRED = "required"
    BASE = "base"
    LEAD = "lead"

    @property
    def label(self) -> str:
        """The name of the kind, as printed."""
        return _KIND_LABELS[self]


_KIND_LABELS = {
    BenchmarkKind.AVERAGE: "行业平均值",
    BenchmarkKind.TOP20: "行业前 20% 值",
    BenchmarkKind.TOP5: "行业前 5% 值",
    BenchmarkKind.LIMIT: "限额准入值",
    BenchmarkKind.ADVANCED: "限额先进值",
    BenchmarkKind.REQUIRED: "要求值",
    BenchmarkKind.BASE: "基准值",
    BenchmarkKind.LEAD: "引领值",
}

#: The words of `against` in a scheme, and the kind of benchmark each asks for.
AGAINST: Mapping[str, BenchmarkKind] = MappingProxyType(
    {
        "industry_avg": BenchmarkKind.AVERAGE,
        "industry_top20": BenchmarkKind.TOP20,
        "industry_top5": BenchmarkKind.TOP5,
        "limit_value": BenchmarkKind.LIMIT,
        "advanced_value": BenchmarkKind.ADVANCED,
    }
)
#: A step reached by having computed the metric at all, used only while no industry value exists.
CALCULATED_ONLY = "calculated_only"
#: The field under which an enterprise enters the value a land contract or plan requires.
REQUIRED_VALUE = "required_value"


@dataclass(frozen=True, slots=True)
class InputSpec:
    """A figure the enterprise reports; `options` makes it a checklist whose ticks are counted."""

    code: str
    name: str
    unit: str
    source_form: str = ""
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MetricSpec:
    """A computed indicator; with `worst_of_rows` it takes a row per pollutant or outlet, the worst counts.

    `names` goes from input codes to their names; `in_words` is the formula as people read it.
    """

    code: str
    name: str
    unit: str
    direction: Direction
    formula: Formula
    inputs: tuple[InputSpec, ...]
    worst_of_rows: bool = False
    row_name: str = ""
    row_inputs: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    note: str = ""
    names: Mapping[str, str] = field(init=False, repr=False, compare=False)
    in_words: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        names = {entry.code: entry.name for entry in self.inputs}
        object.__setattr__(self, "names", names)
        object.__setattr__(self, "in_words", f"{self.name} = {self.formula.in_words(names)}")

    @property
    def checklist(self) -> InputSpec | None:
        """The checklist this metric counts, if it counts one."""
        return next((entry for entry in self.inputs if entry.options), None)


@dataclass(frozen=True, slots=True)
class Option:
    """One grade of a graded item: its condition and the share of the points it earns."""

    label: str
    ratio: Decimal


@dataclass(frozen=True, slots=True)
class Tier:
    """A step of a tiered item: the metric compared with a fixed value."""

    op: str
    value: Decimal
    ratio: Decimal

    def holds(self, value: Decimal) -> bool:
        """Whether a value earns this step."""
        if self.op == ">=":
            return value >= self.value
        if self.op == ">":
            return value > self.value
        return value <= self.value if self.op == "<=" else value < self.value


@dataclass(frozen=True, slots=True)
class BenchmarkTier:
    """A step against an industry value; `fallback` is used where the first kind has no value."""

    against: str
    ratio: Decimal
    fallback: str = ""


@dataclass(frozen=True, slots=True)
class MultipleTier:
    """A step at a multiple of the required value."""

    multiple: Decimal
    ratio: Decimal


@dataclass(frozen=True, slots=True)
class Binary:
    """Met or not met."""

    name = "binary"


@dataclass(frozen=True, slots=True)
class Graded:
    """One of several described grades."""

    options: tuple[Option, ...]
    name = "graded"


@dataclass(frozen=True, slots=True)
class Tiered:
    """Steps against fixed values, best first."""

    metric: str
    tiers: tuple[Tier, ...]
    otherwise: Decimal = ZERO
    name = "tiered"


@dataclass(frozen=True, slots=True)
class Count:
    """Ticks of a checklist, in proportion up to `full_at`."""

    metric: str
    full_at: int
    max_options: int
    name = "count"


@dataclass(frozen=True, slots=True)
class Benchmark:
    """Steps against industry values, strictest first."""

    metric: str
    direction: Direction
    tiers: tuple[BenchmarkTier, ...]
    otherwise: Decimal = ZERO
    source_required: bool = True
    name = "benchmark"


@dataclass(frozen=True, slots=True)
class BenchmarkMultiple:
    """Steps at multiples of a required value (land contract, planning condition, district average)."""

    metric: str
    direction: Direction
    tiers: tuple[MultipleTier, ...]
    otherwise: Decimal = ZERO
    source_required: bool = True
    name = "benchmark_multiple"


@dataclass(frozen=True, slots=True)
class LinearBenchmark:
    """Nothing at the base value, everything at the leading value, linear between (GB/T 36132—2025, 5.2)."""

    metric: str
    direction: Direction
    lead_value: Decimal | None = None
    base_value: Decimal | None = None
    rule: str = ""
    name = "linear_benchmark"


Method = Binary | Graded | Tiered | Count | Benchmark | BenchmarkMultiple | LinearBenchmark


@dataclass(frozen=True, slots=True)
class ItemSpec:
    """One scored item. `max_points` are points of the 100; `raw_points` points of its dimension's 100."""

    code: str
    name: str
    requirement: Requirement
    max_points: Decimal
    method: Method
    raw_points: Decimal | None = None
    metric: str | None = None
    alternative_metrics: tuple[str, ...] = ()
    guidance: str = ""
    evidence: tuple[str, ...] = ()
    onsite_check: bool = False
    na_allowed: bool = False
    unit: str = ""
    indicator_type: str = ""
    benchmark_note: str = ""
    seq: int | None = None
    sources: tuple[str, ...] = ()

    @property
    def mandatory(self) -> bool:
        """Whether the item is 必选."""
        return self.requirement is Requirement.MANDATORY


@dataclass(frozen=True, slots=True)
class SecondarySpec:
    """A group of items inside a dimension (二级指标); implicit where the scheme has none."""

    code: str
    name: str
    items: tuple[ItemSpec, ...]
    implicit: bool = False


@dataclass(frozen=True, slots=True)
class DimensionSpec:
    """A first-level indicator; its weight is its share of the 100 points."""

    code: str
    name: str
    weight: Decimal
    secondaries: tuple[SecondarySpec, ...]
    raw_total: Decimal | None = None
    mandatory_raw: Decimal | None = None
    optional_raw: Decimal | None = None

    @property
    def items(self) -> tuple[ItemSpec, ...]:
        """The items of all its groups, in order."""
        return tuple(item for secondary in self.secondaries for item in secondary.items)


@dataclass(frozen=True, slots=True)
class SchemeRequirement:
    """A basic requirement as the scheme's own text has it; the ones in force are V-01…V-15 (DECISIONS 3)."""

    code: str
    rule: str


@dataclass(frozen=True)
class SchemeSpec:
    """An evaluation scheme, complete in itself. `item(code)` and `metric(code)` are constant-time."""

    code: str
    name: str
    status: str
    total_points: Decimal
    dimensions: tuple[DimensionSpec, ...]
    metrics: tuple[MetricSpec, ...]
    effective_from: str | None = None
    effective_from_note: str = ""
    effective_to: str | None = None
    item_count: int | None = None
    secondary_count: int | None = None
    provenance: str = ""
    level_thresholds: str = ""
    basic_requirements: tuple[SchemeRequirement, ...] = ()
    sources: tuple[tuple[str, str], ...] = ()
    _items: Mapping[str, ItemSpec] = field(init=False, repr=False, compare=False)
    _metrics: Mapping[str, MetricSpec] = field(init=False, repr=False, compare=False)
    _dimension_of: Mapping[str, DimensionSpec] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        pairs = [(item, dimension) for dimension in self.dimensions for item in dimension.items]
        object.__setattr__(self, "_items", {item.code: item for item, _ in pairs})
        object.__setattr__(self, "_dimension_of", {item.code: dimension for item, dimension in pairs})
        object.__setattr__(self, "_metrics", {metric.code: metric for metric in self.metrics})

    @property
    def items(self) -> tuple[ItemSpec, ...]:
        """Every item, in order."""
        return tuple(self._items.values())

    @property
    def is_reconstruction(self) -> bool:
        """Whether scores must carry the label 重构版 (RULES.md, head)."""
        return self.status == "reconstruction"

    def item(self, code: str) -> ItemSpec:
        """Raises KeyError for a code that is not in the scheme."""
        return self._items[code]

    def has_item(self, code: str) -> bool:
        """Whether the scheme has an item of this code."""
        return code in self._items

    def metric(self, code: str) -> MetricSpec:
        """Raises KeyError for a code that is not in the scheme."""
        return self._metrics[code]

    def dimension_of(self, item_code: str) -> DimensionSpec:
        """The dimension an item stands in; KeyError for an unknown code."""
        return self._dimension_of[item_code]

    def inputs(self) -> tuple[InputSpec, ...]:
        """Every figure the scheme asks for, each once, in the order the items first need them."""
        seen: dict[str, InputSpec] = {}
        for item in self.items:
            for code in metrics_of(item):
                for entry in self._metrics[code].inputs:
                    seen.setdefault(entry.code, entry)
        return tuple(seen.values())

    def raw_points(self, item: ItemSpec) -> Decimal:
        """An item's points out of its dimension's 100, also where the scheme states none."""
        if item.raw_points is not None:
            return item.raw_points
        return item.max_points * HUNDRED / self._dimension_of[item.code].weight


def metrics_of(item: ItemSpec) -> tuple[str, ...]:
    """Codes of the metrics an item may use, its own first."""
    own = (item.metric,) if item.metric else ()
    return own + item.alternative_metrics

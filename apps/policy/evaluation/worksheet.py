"""Owns the case of one item while it is being scored, and its closing into a result with its explanation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from apps.policy.evaluation.answers import Answer, EnteredBenchmark, Measurements
from apps.policy.evaluation.benchmarks import BenchmarkTable
from apps.policy.evaluation.decimals import WORKING, plain, points_text, round_points, short, with_unit
from apps.policy.evaluation.results import BlockerKind, ItemResult, ItemState, Step, UsedBenchmark
from apps.policy.evaluation.spec import ItemSpec, SchemeSpec
from apps.policy.parameters import Parameters


@dataclass(frozen=True, slots=True)
class ScoringRules:
    """The dated settings scoring depends on (RULES.md §8).

    The rounding mode, and the raw points of one dimension that may be 不适用 before the city has to confirm.
    """

    rounding: str = ROUND_HALF_UP
    city_confirmation_above_raw: Decimal = Decimal(40)

    @classmethod
    def under(cls, parameters: Parameters) -> ScoringRules:
        """The rules under the bureau's parameters in force."""
        return cls(parameters.rounding.value, parameters.not_applicable_city_over)


DEFAULT_RULES = ScoringRules()


@dataclass(frozen=True, slots=True)
class Reading:
    """A computed metric; `label` names the row it comes from, empty for the only one."""

    value: Decimal
    unit: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class KnownReadings:
    """A metric as computed once for a sheet, with its working, for every item that uses it."""

    readings: tuple[Reading, ...]
    steps: tuple[Step, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is the same for every item of a sheet.

    `required` holds required values entered once per metric; `readings` fills up as metrics are computed, by
    metric and ticked options.
    """

    scheme: SchemeSpec
    measurements: Measurements
    benchmarks: BenchmarkTable
    industry_code: str
    rules: ScoringRules
    required: Mapping[str, EnteredBenchmark]
    readings: dict[tuple[str, frozenset[str] | None], KnownReadings] = field(default_factory=dict)


class Worksheet:
    """Collects the working of one item; each closing method returns the finished result."""

    __slots__ = (
        "answer",
        "around",
        "benchmarks",
        "item",
        "metric",
        "open_matters",
        "steps",
        "unit",
        "value",
        "warnings",
        "worst_row",
    )

    def __init__(self, item: ItemSpec, answer: Answer, around: Surroundings) -> None:
        self.item = item
        self.answer = answer
        self.around = around
        self.metric = answer.metric or item.metric
        self.steps: list[Step] = []
        self.warnings: list[str] = []
        self.benchmarks: list[UsedBenchmark] = []
        self.open_matters: list[BlockerKind] = []
        self.value: Decimal | None = None
        self.unit = ""
        self.worst_row = ""

    def say(self, label: str, text: str) -> None:
        """Add a line to the explanation."""
        self.steps.append(Step(label, text))

    def warn(self, text: str) -> None:
        """Add a warning; it changes no points."""
        self.warnings.append(text)

    def compare_with(self, used: UsedBenchmark) -> None:
        """Note a comparison value once, with its source."""
        if used in self.benchmarks:
            return
        self.benchmarks.append(used)
        mark = "（示例）" if used.example else ""
        period = f"，{used.period}" if used.period else ""
        figure = with_unit(plain(used.value), used.unit)
        self.say("对标", f"{used.label}{mark}：{figure}（出处：{used.source or '未注明'}{period}）。")

    def scored(self, ratio: Decimal, message: str = "", claimable: tuple[Decimal, ...] = ()) -> ItemResult:
        """Points by a share of the maximum."""
        return self._close(
            ItemState.SCORED,
            points=self._points(ratio, "得分"),
            ratio=ratio,
            message=message,
            claimable=claimable,
        )

    def given(self, points: Decimal) -> ItemResult:
        """Points given by a person."""
        self.say(
            "评分", f"评分人员给 {points_text(points)} 分（满分 {points_text(self.item.max_points)} 分）。"
        )
        ratio = WORKING.divide(points, self.item.max_points)
        return self._close(ItemState.SCORED, points=points, ratio=ratio, judged=True)

    def claimed(self, ratio: Decimal, message: str, claimable: tuple[Decimal, ...]) -> ItemResult:
        """Points claimed where industry values are lacking: they stand until an official has judged."""
        points = self._points(ratio, "主张得分")
        self.open_matters.append(BlockerKind.JUDGEMENT_OPEN)
        if self.answer.evidence_count == 0:
            self.open_matters.append(BlockerKind.CLAIM_WITHOUT_EVIDENCE)
        return self._close(
            ItemState.NEEDS_JUDGEMENT, points=points, ratio=ratio, message=message, claimable=claimable
        )

    def unclaimed(self, message: str, claimable: tuple[Decimal, ...]) -> ItemResult:
        """Nothing can be computed and nothing has been claimed."""
        self.say("结果", message)
        self.open_matters.append(BlockerKind.UNCLAIMED)
        return self._close(ItemState.NEEDS_JUDGEMENT, message=message, claimable=claimable)

    def unanswered(self, message: str, missing: tuple[str, ...] = ()) -> ItemResult:
        """Something is still to be entered; `missing` are codes of figures."""
        return self._close(ItemState.UNANSWERED, message=message, missing=missing)

    def invalid(self, message: str) -> ItemResult:
        """What was entered cannot be right; the message says why."""
        self.say("结果", message)
        return self._close(ItemState.INVALID, message=message)

    def not_applicable(self) -> ItemResult:
        """The item drops out of its dimension."""
        self.say("不适用", f"理由：{self.answer.reason.strip()}")
        if not self.answer.confirmed_by_district:
            self.open_matters.append(BlockerKind.NOT_APPLICABLE_UNCONFIRMED)
        return self._close(ItemState.NOT_APPLICABLE)

    def _points(self, ratio: Decimal, label: str) -> Decimal:
        full = self.item.max_points
        product = WORKING.multiply(full, ratio)
        points = round_points(product, self.around.rules.rounding)
        sign = "=" if product == points else "≈"
        self.say(label, f"{points_text(full)} × {short(ratio, 6)[0]} {sign} {points_text(points)} 分。")
        return points

    def _close(
        self,
        state: ItemState,
        *,
        points: Decimal | None = None,
        ratio: Decimal | None = None,
        message: str = "",
        missing: tuple[str, ...] = (),
        claimable: tuple[Decimal, ...] = (),
        judged: bool = False,
    ) -> ItemResult:
        return ItemResult(
            code=self.item.code,
            name=self.item.name,
            requirement=self.item.requirement,
            max_points=self.item.max_points,
            state=state,
            points=points,
            ratio=ratio,
            steps=tuple(self.steps),
            warnings=tuple(self.warnings),
            message=message,
            metric=self.metric,
            value=self.value,
            unit=self.unit,
            worst_row=self.worst_row,
            missing=missing,
            benchmarks=tuple(self.benchmarks),
            claimable=claimable,
            judged=judged,
            open_matters=tuple(self.open_matters),
        )

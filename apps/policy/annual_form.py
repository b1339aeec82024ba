"""Owns the yearly table F-15: what it asks, which figures are questioned, and when it may be handed in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from apps.policy.evaluation.answers import Measurements
from apps.policy.evaluation.decimals import HUNDRED, WORKING, plain, short
from apps.policy.evaluation.formula import parse
from apps.policy.evaluation.sanity import SanityWarning, check_measurements
from apps.policy.evaluation.spec import Direction, InputSpec, MetricSpec
from apps.policy.levels import Level
from apps.policy.obligations import files_on_national_platform
from apps.policy.rules import implements
from apps.policy.verdict import Verdict, when

#: How many years part D shows, the newest last.
YEARS = 3
_PERCENT = "%"
#: 单位产值综合能耗 may differ from 综合能耗 ÷ 产值 by rounding only.
_QUOTIENT_TOLERANCE = Decimal("0.05")


@dataclass(frozen=True, slots=True)
class Question:
    """One yes-or-no question of part B or C; `code` is kept with the answer."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """One figure of part D. `filed`: the code under which the enterprise's own file keeps it, "" when it has none."""

    code: str
    label: str
    unit: str
    required: bool = True
    filed: str = ""


#: B 重大变更: answered 是 or 否.
CHANGES = (
    Question("operation", "经营状态"),
    Question("scope", "经营范围"),
    Question("address", "生产地址"),
    Question("boundary", "组织边界"),
    Question("name", "企业名称"),
)
#: C 合规情况: answered 有 or 无.
COMPLIANCE = (
    Question("safety", "安全生产事故"),
    Question("quality", "产品质量事故"),
    Question("environment", "环境污染事故"),
    Question("data", "网络与数据安全事件"),
    Question("tax", "偷税漏税"),
    Question("inspection", "被督查通报"),
    Question("energy", "节能监察发现问题"),
    Question("credit", "失信记录"),
    Question("penalty", "行政处罚"),
)
#: D 关键指标.
FIGURES = (
    KeyFigure("output_value", "工业总产值", "万元", filed="output_value"),
    KeyFigure("energy_tce", "综合能源消费量", "tce", filed="energy_tce"),
    KeyFigure("energy_per_product", "单位产品综合能耗", "kgce/单位产品", required=False),
    KeyFigure("energy_per_output", "单位产值综合能耗", "tce/万元"),
    KeyFigure("co2_t", "二氧化碳排放量", "tCO₂", filed="co2_t"),
    KeyFigure("renewable_share", "可再生能源利用率", _PERCENT),
    KeyFigure("water_intake_m3", "取水量", "m³", filed="water_intake_m3"),
    KeyFigure("water_reuse_share", "水重复利用率", _PERCENT),
    KeyFigure("solid_waste_share", "一般工业固体废物综合利用率", _PERCENT),
    KeyFigure("pollutants_t", "主要污染物排放量", "t"),
    KeyFigure("green_product_share", "绿色产品产值占比", _PERCENT),
    KeyFigure("research_share", "研发投入占比", _PERCENT),
)
_METRICS = tuple(
    MetricSpec(
        figure.code,
        figure.label,
        figure.unit,
        Direction.HIGHER,
        parse(figure.code),
        (InputSpec(figure.code, figure.label, figure.unit),),
    )
    for figure in FIGURES
)


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question: True for 是/有, None not answered yet; and what was explained."""

    yes: bool | None = None
    explanation: str = ""


@dataclass(frozen=True, slots=True)
class Filled:
    """A yearly table as far as it is filled in.

    `figures`: code of the figure → year → value; `reasons`: code of a questioned figure → why it is right.
    """

    answers: Mapping[str, Answer] = field(default_factory=dict)
    figures: Mapping[str, Mapping[int, Decimal]] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    summary: str = ""
    plan: str = ""
    receipt_no: str = ""
    receipt_attached: bool = False


def data_years(year: int) -> tuple[int, ...]:
    """The years whose figures the form handed in during *year* asks for, the oldest first."""
    return tuple(range(year - YEARS, year))


@implements("R-30")
def out_of_range(figures: Mapping[str, Mapping[int, Decimal]]) -> tuple[tuple[str, int, str], ...]:
    """Figures no explanation can make true, as (code, year, sentence): negatives, shares above 100 %."""
    found = []
    for figure in FIGURES:
        for year, value in sorted(figures.get(figure.code, {}).items()):
            if value < 0:
                found.append(
                    (figure.code, year, f"{year}年{figure.label}不能为负数（当前为{plain(value)}）。")
                )
            elif figure.unit == _PERCENT and value > HUNDRED:
                text = f"{year}年{figure.label}不能超过100%（当前为{plain(value)}%）。"
                found.append((figure.code, year, text))
    return tuple(found)


@implements("R-30")
def questioned(figures: Mapping[str, Mapping[int, Decimal]], *, year: int) -> tuple[SanityWarning, ...]:
    """What looks wrong about the newest year of the form of *year*, alone and beside the year before.

    Jumps by more than half, slips by a thousand, an impossible intensity, and a quotient that does not match its parts:
    each is to be corrected or explained.
    """
    newest = _of_year(figures, year - 1)
    found = list(
        check_measurements(_METRICS, Measurements(newest), Measurements(_of_year(figures, year - 2)))
    )
    quotient = _quotient(newest)
    return (*found, *([quotient] if quotient else []))


def _of_year(figures: Mapping[str, Mapping[int, Decimal]], year: int) -> dict[str, Decimal]:
    return {code: values[year] for code, values in figures.items() if year in values}


def _quotient(values: Mapping[str, Decimal]) -> SanityWarning | None:
    output, energy, stated = (
        values.get(code) for code in ("output_value", "energy_tce", "energy_per_output")
    )
    if output is None or energy is None or stated is None or output <= 0:
        return None
    computed = WORKING.divide(energy, output)
    gap = abs(WORKING.subtract(computed, stated))
    if gap <= WORKING.multiply(max(computed, stated), _QUOTIENT_TOLERANCE):
        return None
    return SanityWarning(
        ("energy_per_output",),
        f"单位产值综合能耗填报{plain(stated)}，按综合能源消费量÷工业总产值计算为{short(computed)[0]}，请核对。",
    )


@implements("R-30")
def missing_parts(filled: Filled, *, year: int, level: Level) -> tuple[tuple[str, str], ...]:
    """What the form of *year* still lacks: (part, sentence); part is the code under which the page shows it."""
    texts = (("summary", filled.summary, "请填写年度总结。"), ("plan", filled.plan, "请填写下年计划。"))
    return (
        *_unanswered(filled, CHANGES, "是否变更"),
        *_unanswered(filled, COMPLIANCE, "有无"),
        *(
            (figure.code, f"请填写{year - 1}年{figure.label}。")
            for figure in FIGURES
            if figure.required and year - 1 not in filled.figures.get(figure.code, {})
        ),
        *((part, sentence) for part, text, sentence in texts if not text.strip()),
        *(_without_receipt(filled) if files_on_national_platform(level) else ()),
    )


def _unanswered(filled: Filled, questions: Sequence[Question], kind: str) -> Iterator[tuple[str, str]]:
    for question in questions:
        answer = filled.answers.get(question.code, Answer())
        if answer.yes is None:
            yield question.code, f"请选择“{question.label}”{kind}。"
        elif answer.yes and not answer.explanation.strip():
            yield question.code, f"“{question.label}”选择了是或有，请说明情况。"


def _without_receipt(filled: Filled) -> Iterator[tuple[str, str]]:
    if not filled.receipt_no.strip():
        yield "receipt_no", "请填写国家平台报送回执编号。"
    if not filled.receipt_attached:
        yield "receipt", "请上传国家平台报送回执。"


@implements("R-30")
def unexplained(filled: Filled, *, year: int) -> tuple[SanityWarning, ...]:
    """The questions about figures to which no reason is given yet."""
    return tuple(
        warning
        for warning in questioned(filled.figures, year=year)
        if not any(filled.reasons.get(code, "").strip() for code in warning.codes)
    )


@implements("R-30")
def may_hand_in(filled: Filled, *, year: int, level: Level, committed: bool) -> Verdict:
    """May the filled form of *year* be handed in? Complete, every questioned figure explained, and committed to."""
    lacking: Sequence[tuple[str, str]] = missing_parts(filled, year=year, level=level)
    return Verdict.all_of(
        *(when(True, "R-30", text) for _, text in lacking),
        *(when(True, "R-30", text) for _, _, text in out_of_range(filled.figures)),
        *(
            when(True, "R-30", warning.message, "请改正数值，或在该指标下说明原因。")
            for warning in unexplained(filled, year=year)
        ),
        when(not committed, "R-30", "请确认真实性承诺。"),
    )

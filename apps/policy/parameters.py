"""The parameters: what the plan leaves open, with the default in force until the bureau decides otherwise.

Numbers the plan itself states (60/70/80 points, three months, three years) are not here: they are code in the module
of their rule. The ``parameters`` room keeps the dated, audited choices and turns those in force on a day into one
:class:`Parameters`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Self

from apps.policy.calendar import DayKind
from apps.policy.parameter_spec import MonthDay, ParameterErrors, ParameterKind, ParameterSpec, parameter


class Rounding(StrEnum):
    """How a score is brought to the two decimals that are printed."""

    HALF_UP = ROUND_HALF_UP
    HALF_EVEN = ROUND_HALF_EVEN
    DOWN = ROUND_DOWN

    @property
    def label(self) -> str:
        """The Chinese name."""
        return {"ROUND_HALF_UP": "四舍五入", "ROUND_HALF_EVEN": "四舍六入五成双", "ROUND_DOWN": "截尾"}[self.value]


class MandatoryZero(StrEnum):
    """What follows when a mandatory item (必选) scores zero."""

    WARN = "warn"
    CAP_2A = "cap_2a"
    REFUSE = "refuse"

    @property
    def label(self) -> str:
        """The Chinese name."""
        return {"warn": "仅提示", "cap_2a": "最高评为2A级", "refuse": "不予评定"}[self.value]


class Averaging(StrEnum):
    """How the panel score is made from the experts' totals."""

    MEAN = "mean"
    TRIMMED_MEAN = "trimmed_mean"

    @property
    def label(self) -> str:
        """The Chinese name."""
        return {"mean": "算术平均", "trimmed_mean": "去掉最高分和最低分后平均"}[self.value]


class LapsedTitle(StrEnum):
    """Which level an enterprise has after its highest title ended."""

    FALL_BACK = "fall_back"
    NO_LEVEL = "no_level"

    @property
    def label(self) -> str:
        """The Chinese name."""
        return {"fall_back": "回落到仍有效的最高等级", "no_level": "重新评定前不显示等级"}[self.value]


class SectorStandard(StrEnum):
    """Whether a published sector standard must be used by the enterprises of that sector."""

    SUGGEST = "suggest"
    REQUIRE = "require"

    @property
    def label(self) -> str:
        """The Chinese name."""
        return {"suggest": "建议采用", "require": "应当采用"}[self.value]


_APPLY, _REVIEW, _NOTICE, _DYNAMIC = "评价与申报", "评审", "公示与评定", "动态管理"
_REMIND, _LIMITS = "提醒", "系统限额"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """The parameters in force on one day. Every attribute's meaning stands in ``SPECS``."""

    # --- 评价与申报
    rounding: Rounding = parameter(
        Rounding.HALF_UP, _APPLY, "得分取位方式", "得分取至两位小数的方法；等级按印出的总分判定。", rule_id="R-02"
    )
    mandatory_zero: MandatoryZero = parameter(
        MandatoryZero.WARN, _APPLY, "必选项得零分的后果", "任一必选项得分为零时如何处理。", rule_id="R-02"
    )
    not_applicable_city_over: Decimal = parameter(
        Decimal(40), _APPLY, "不适用项需市级确认的分值", "单个维度不适用项原始分合计超过此值时，须由市级确认。",
        rule_id="R-15", unit="分", minimum=0, maximum=100,
    )
    default_scheme: str = parameter(
        "SZGF-2023R1", _APPLY, "默认评价体系", "没有行业标准可建议时采用的评价体系编号。", rule_id="R-07",
        pattern=r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}",
    )
    sector_standard: SectorStandard = parameter(
        SectorStandard.SUGGEST, _APPLY, "行业标准的采用", "企业所属行业已有评价标准时，建议采用还是应当采用。", rule_id="R-07"
    )
    prerequisite_required: bool = parameter(
        True, _APPLY, "新批次要求前置等级", "新建批次时是否默认要求申报3A级须已获评2A级；每个批次可单独设定。", rule_id="R-08"
    )
    ban_bars_lower_levels: bool = parameter(
        True, _APPLY, "禁报期是否限制较低等级", "被取消称号后三年内，低于被取消等级的申报是否同样不予受理。", rule_id="R-11"
    )
    lapsed_higher_title: LapsedTitle = parameter(
        LapsedTitle.FALL_BACK, _APPLY, "较高称号失效后的等级", "最高等级称号失效后，企业当前等级如何显示。", rule_id="R-05"
    )
    # --- 评审
    form_check_workdays: int = parameter(
        5, _REVIEW, "形式审查期限", "受理后完成形式审查的工作日数。", rule_id="R-14", unit="个工作日", minimum=1, maximum=60
    )
    supplement_workdays: int = parameter(
        10, _REVIEW, "补正期限", "退回补正后企业重新提交的工作日数；逾期视为撤回。", rule_id="R-14", unit="个工作日",
        minimum=1, maximum=60,
    )
    reasoned_difference_over: Decimal = parameter(
        Decimal(0), _REVIEW, "需说明理由的分差", "初评分与自评分相差超过此值时须写明理由（可用常用语）。", rule_id="R-15",
        unit="分", minimum=0, maximum=100,
    )
    filing_workdays: int = parameter(
        15, _REVIEW, "备案报送期限", "1A、2A级评定后报市局备案的工作日数。", rule_id="R-16", unit="个工作日", minimum=1, maximum=120
    )
    panel_size_min: int = parameter(
        3, _REVIEW, "专家组最少人数", "每家企业至少由几名专家评审。", rule_id="R-19", unit="人", minimum=1, maximum=15
    )
    panel_size_odd: bool = parameter(True, _REVIEW, "专家人数须为单数", "专家组人数是否须为单数。", rule_id="R-19")
    panel_averaging: Averaging = parameter(
        Averaging.TRIMMED_MEAN, _REVIEW, "专家组计分方法",
        "去掉最高分和最低分只在人数达到“去掉最高最低分的最少人数”时进行，否则为算术平均。", rule_id="R-19",
    )
    panel_trim_from: int = parameter(
        5, _REVIEW, "去掉最高最低分的最少人数", "专家人数达到此数时才去掉一个最高分和一个最低分。", rule_id="R-19", unit="人",
        minimum=3, maximum=15,
    )
    panel_spread_over: Decimal = parameter(
        Decimal(10), _REVIEW, "专家分差复议线", "最高分与最低分之差超过此值时进入复议。", rule_id="R-19", unit="分",
        minimum=0, maximum=100,
    )
    expert_sees_district_score: bool = parameter(
        True, _REVIEW, "专家可见初评分", "专家评分时是否显示企业自评分和属地初评分。", rule_id="R-19"
    )
    site_visit_gap: Decimal = parameter(
        Decimal(5), _REVIEW, "建议现场核实的分差", "初评分与专家均分之差达到此值时，建议现场核实。", rule_id="R-21", unit="分",
        minimum=0, maximum=100,
    )
    site_visit_margin: Decimal = parameter(
        Decimal(2), _REVIEW, "建议现场核实的临界范围", "专家均分与80分相差不超过此值时，建议现场核实。", rule_id="R-21",
        unit="分", minimum=0, maximum=20,
    )
    conflict_years: int = parameter(
        3, _REVIEW, "回避追溯年限", "专家曾在企业任职或提供服务的，几年之内应当回避。", rule_id="R-20", unit="年",
        minimum=0, maximum=10,
    )
    # --- 公示与评定
    credit_validity_days: int = parameter(
        30, _NOTICE, "征信结果有效期", "公示开始当日，征信查询结果不得早于多少个自然日。", rule_id="R-23", unit="日",
        minimum=1, maximum=365,
    )
    special_meeting_required: bool = parameter(
        False, _NOTICE, "公示前专题会审", "拟评定名单公示前是否须经专题会审。", rule_id="R-26"
    )
    publicity_days: int = parameter(
        5, _NOTICE, "公示期长度", "3A级拟评定名单公示的天数，首日计入。", rule_id="R-24", unit="天", minimum=1, maximum=60
    )
    publicity_kind: DayKind = parameter(
        DayKind.WORKING, _NOTICE, "公示期计算方式", "按工作日还是自然日计算公示期。", rule_id="R-24"
    )
    district_publicity: bool = parameter(
        False, _NOTICE, "1A、2A级属地公示", "属地评定1A、2A级之前是否须经公示。", rule_id="R-24"
    )
    objection_workdays: int = parameter(
        15, _NOTICE, "异议核查期限", "受理异议后完成核查并答复的工作日数。", rule_id="R-25", unit="个工作日", minimum=1, maximum=120
    )
    anonymous_objections: bool = parameter(
        False, _NOTICE, "受理匿名异议", "匿名提出的异议是否受理；不受理的也予登记。", rule_id="R-25"
    )
    # --- 动态管理
    trial_ends_on: date | None = parameter(
        None, _DYNAMIC, "试行期截止日", "方案试行期的最后一日；未设定为长期有效。", rule_id="R-28", kind=ParameterKind.DATE
    )
    monitor_lower_levels: bool = parameter(
        False, _DYNAMIC, "动态管理扩展到1A、2A级", "1A、2A级是否同样报送年度动态管理表并接受现场复核。", rule_id="R-29"
    )
    annual_tasks_on: MonthDay = parameter(
        MonthDay(1, 1), _DYNAMIC, "年度任务生成日", "每年生成年度动态管理表填报任务的日期。", rule_id="R-29"
    )
    annual_form_due: MonthDay = parameter(
        MonthDay(4, 15), _DYNAMIC, "动态管理表截止日", "年度动态管理表的报送截止日期，当日仍可按时报送。", rule_id="R-30"
    )
    overdue_through_year: bool = parameter(
        True, _DYNAMIC, "逾期影响延续至年底", "逾期报送动态管理表的，补报通过后，当年内是否仍不推荐申报更高级别。", rule_id="R-31"
    )
    annual_review_workdays: int = parameter(
        10, _DYNAMIC, "动态管理表审核期限", "属地审核年度动态管理表的工作日数。", rule_id="R-32", unit="个工作日",
        minimum=1, maximum=60,
    )
    recheck_cycle_months: int = parameter(
        36, _DYNAMIC, "复核周期", "每家企业至少多少个月现场复核一次。", rule_id="R-33", unit="个月", minimum=1, maximum=120
    )
    recheck_report_workdays: int = parameter(
        10, _DYNAMIC, "复核结果报送期限", "复核签批后向市局报送结果的工作日数。", rule_id="R-34", unit="个工作日",
        minimum=1, maximum=60,
    )
    sample_ratio: Decimal = parameter(
        Decimal("0.10"), _DYNAMIC, "抽查比例", "市局抽查数占复核结果数的比例（0.10为10%）。", rule_id="R-35",
        minimum="0.01", maximum=1,
    )
    sample_min_per_district: int = parameter(
        1, _DYNAMIC, "每个属地最少抽查数", "每个有复核结果的属地至少抽查几家。", rule_id="R-35", unit="家", minimum=0, maximum=50
    )
    rectification_extension: bool = parameter(
        False, _DYNAMIC, "允许延长整改期限", "市局能否说明理由后延长三个月的整改期限。", rule_id="R-37"
    )
    rectification_extension_days: int = parameter(
        30, _DYNAMIC, "整改最长延长天数", "允许延长时，累计最多延长的自然日数。", rule_id="R-37", unit="日", minimum=1, maximum=180
    )
    verification_workdays: int = parameter(
        15, _DYNAMIC, "整改验收期限", "企业提交整改报告后，属地完成验收的工作日数。", rule_id="R-38", unit="个工作日",
        minimum=1, maximum=60,
    )
    statement_workdays: int = parameter(
        5, _DYNAMIC, "陈述申辩期限", "拟取消告知送达后，企业陈述申辩的工作日数。", rule_id="R-40", unit="个工作日",
        minimum=1, maximum=60,
    )
    cancellation_workdays: int = parameter(
        20, _DYNAMIC, "取消决定期限", "陈述申辩期满后作出决定的工作日数。", rule_id="R-40", unit="个工作日", minimum=1, maximum=120
    )
    # --- 提醒
    long_from_days: int = parameter(
        60, _REMIND, "长期限的起点", "不少于此自然日数的期限按长期限提醒。", rule_id="R-39", unit="日", minimum=12, maximum=365
    )
    short_to_workdays: int = parameter(
        10, _REMIND, "短期限的上限", "不超过此工作日数的期限按短期限提醒。", rule_id="R-39", unit="个工作日", minimum=1, maximum=30
    )
    reminders_long: tuple[int, ...] = parameter(
        (-30, -15, -7, -3, -1, 0), _REMIND, "长期限提醒日", "相对截止日的自然日数，负数为之前。", rule_id="R-39",
        minimum=-365, maximum=365,
    )
    overdue_every_days: int = parameter(
        7, _REMIND, "长期限逾期提醒间隔", "长期限逾期后每隔多少个自然日提醒一次。", rule_id="R-39", unit="日", minimum=1, maximum=90
    )
    reminders_medium: tuple[int, ...] = parameter(
        (-7, -3, -1, 0, 1), _REMIND, "中期限提醒日", "相对截止日的自然日数，负数为之前。", rule_id="R-39",
        minimum=-365, maximum=365,
    )
    reminders_short: tuple[int, ...] = parameter(
        (-2, -1, 0, 1), _REMIND, "短期限提醒日", "相对截止日的工作日数，负数为之前。", rule_id="R-39", minimum=-30, maximum=30
    )
    city_copied_last_days: int = parameter(
        7, _REMIND, "抄送市局的最后天数", "截止日前多少个自然日起，提醒同时抄送市局。", rule_id="R-39", unit="日", minimum=0, maximum=90
    )
    calendar_check_on: MonthDay = parameter(
        MonthDay(11, 15), _REMIND, "放假安排检查日", "每年此日起，下一年放假安排仍未录入的，提醒管理员。", rule_id="R-24"
    )
    # --- 系统限额
    upload_file_mb: int = parameter(
        50, _LIMITS, "单个文件上限", "单个证明材料文件的大小上限。", unit="MB", minimum=1, maximum=500
    )
    upload_files_per_application: int = parameter(
        300, _LIMITS, "每件申报文件数上限", "一件申报最多可上传的文件数。", unit="个", minimum=1, maximum=5000
    )
    upload_application_mb: int = parameter(
        1536, _LIMITS, "每件申报总量上限", "一件申报的文件总大小上限。", unit="MB", minimum=1, maximum=20480
    )
    upload_pdf_pages: int = parameter(
        500, _LIMITS, "PDF页数上限", "单个PDF文件的页数上限。", unit="页", minimum=1, maximum=5000
    )
    import_list_rows: int = parameter(
        5000, _LIMITS, "名录导入行数上限", "一次导入名单或历史名录的最多行数。", unit="行", minimum=1, maximum=50000
    )
    import_sheet_rows: int = parameter(
        500, _LIMITS, "评分表导入行数上限", "一次导入评分表的最多行数。", unit="行", minimum=1, maximum=5000
    )
    idle_minutes: int = parameter(
        30, _LIMITS, "企业和专家空闲退出时间", "企业、专家登录后无操作自动退出的分钟数。", unit="分钟", minimum=5, maximum=240
    )
    idle_minutes_staff: int = parameter(
        15, _LIMITS, "工作人员空闲退出时间", "主管部门人员和管理员登录后无操作自动退出的分钟数。", unit="分钟",
        minimum=5, maximum=240,
    )
    session_hours: int = parameter(
        12, _LIMITS, "登录最长时间", "一次登录的最长小时数，到时须重新登录。", unit="小时", minimum=1, maximum=24
    )
    dormant_days: int = parameter(
        90, _LIMITS, "账号停用天数", "连续多少天未登录的账号自动停用。", unit="日", minimum=30, maximum=730
    )

    @classmethod
    def from_values(cls, values: Mapping[str, object]) -> Self:
        """Parameters from stored values (or typed ones); what is absent keeps its default.

        Raises ParameterErrors with every problem at once: unknown keys, wrong types, values out of range, and values
        that contradict each other.
        """
        errors: dict[str, list[str]] = {}
        parsed: dict[str, object] = {}
        for key, raw in values.items():
            spec = SPECS.get(key)
            if spec is None:
                errors[key] = ["没有这个参数"]
                continue
            try:
                parsed[key] = spec.parse(raw)
            except ValueError as error:
                errors[key] = [str(error)]
        if errors:
            raise ParameterErrors(errors)
        result = replace(cls(), **parsed)  # type: ignore[arg-type]  # each value was parsed by its field's spec
        contradictions = result.contradictions()
        if contradictions:
            raise ParameterErrors(contradictions)
        return result

    def to_values(self) -> dict[str, str | int | bool | list[int] | None]:
        """Every parameter in its stored form; ``from_values`` reads it back unchanged."""
        return {key: spec.dump(getattr(self, key)) for key, spec in SPECS.items()}

    def contradictions(self) -> dict[str, list[str]]:
        """Parameter key → sentences, for values that are valid alone but not together."""
        found: dict[str, list[str]] = {}
        if self.panel_size_odd and self.panel_size_min % 2 == 0:
            found["panel_size_min"] = ["专家人数须为单数时，最少人数也应为单数"]
        if self.upload_file_mb > self.upload_application_mb:
            found["upload_file_mb"] = ["单个文件上限不能大于每件申报总量上限"]
        if (self.annual_tasks_on.month, self.annual_tasks_on.day) >= self.annual_form_due:
            found["annual_tasks_on"] = ["任务生成日应早于动态管理表截止日"]
        if self.idle_minutes > self.session_hours * 60:
            found["idle_minutes"] = ["空闲退出时间不能超过登录最长时间"]
        return found


SPECS: dict[str, ParameterSpec] = {
    item.name: replace(item.metadata["spec"], key=item.name) for item in fields(Parameters)
}
DEFAULTS = Parameters()

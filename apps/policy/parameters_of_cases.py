"""The parameters of a case: evaluation and application, review, publicity and award."""

# ruff: noqa: RUF009 - parameter() returns a dataclass field, like field()

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from apps.policy.calendar import DayKind
from apps.policy.parameter_choices import Averaging, LapsedTitle, MandatoryZero, Rounding, SectorStandard
from apps.policy.parameter_spec import parameter

_APPLY, _REVIEW, _NOTICE = "评价与申报", "评审", "公示与评定"


@dataclass(frozen=True, kw_only=True)
class CaseParameters:
    """From self-evaluation to award."""

    # --- 评价与申报
    rounding: Rounding = parameter(
        Rounding.HALF_UP,
        _APPLY,
        "得分取位方式",
        "得分取至两位小数的方法；等级按印出的总分判定。",
        rule_id="R-02",
    )
    mandatory_zero: MandatoryZero = parameter(
        MandatoryZero.WARN, _APPLY, "必选项得零分的后果", "任一必选项得分为零时如何处理。", rule_id="R-02"
    )
    not_applicable_city_over: Decimal = parameter(
        Decimal(40),
        _APPLY,
        "不适用项需市级确认的分值",
        "单个维度不适用项原始分合计超过此值时，须由市级确认。",
        rule_id="R-15",
        unit="分",
        minimum=0,
        maximum=100,
    )
    default_scheme: str = parameter(
        "SZGF-2023R1",
        _APPLY,
        "默认评价体系",
        "没有行业标准可建议时采用的评价体系编号。",
        rule_id="R-07",
        pattern=r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}",
    )
    sector_standard: SectorStandard = parameter(
        SectorStandard.SUGGEST,
        _APPLY,
        "行业标准的采用",
        "企业所属行业已有评价标准时，建议采用还是应当采用。",
        rule_id="R-07",
    )
    prerequisite_required: bool = parameter(
        True,
        _APPLY,
        "新批次要求前置等级",
        "新建批次时是否默认要求申报3A级须已获评2A级；每个批次可单独设定。",
        rule_id="R-08",
    )
    ban_bars_lower_levels: bool = parameter(
        True,
        _APPLY,
        "禁报期是否限制较低等级",
        "被取消称号后三年内，低于被取消等级的申报是否同样不予受理。",
        rule_id="R-11",
    )
    commitment_scan_required: bool = parameter(
        False,
        _APPLY,
        "提交前须上传盖章承诺书",
        "提交申报前是否须上传与当前内容一致的盖章承诺书扫描件；不要求的，以法定代表人在线承诺为准。",
        rule_id="R-12",
    )
    lapsed_higher_title: LapsedTitle = parameter(
        LapsedTitle.FALL_BACK,
        _APPLY,
        "较高称号失效后的等级",
        "最高等级称号失效后，企业当前等级如何显示。",
        rule_id="R-05",
    )
    # --- 评审
    form_check_workdays: int = parameter(
        5,
        _REVIEW,
        "形式审查期限",
        "受理后完成形式审查的工作日数。",
        rule_id="R-14",
        unit="个工作日",
        minimum=1,
        maximum=60,
    )
    supplement_workdays: int = parameter(
        10,
        _REVIEW,
        "补正期限",
        "退回补正后企业重新提交的工作日数；逾期视为撤回。",
        rule_id="R-14",
        unit="个工作日",
        minimum=1,
        maximum=60,
    )
    conversion_workdays: int = parameter(
        10,
        _REVIEW,
        "转为本级评定的答复期限",
        "征求意见后企业答复的工作日数；逾期未答复的，属地可以按不同意办结。",
        rule_id="R-18",
        unit="个工作日",
        minimum=1,
        maximum=60,
    )
    reasoned_difference_over: Decimal = parameter(
        Decimal(0),
        _REVIEW,
        "需说明理由的分差",
        "初评分与自评分相差超过此值时须写明理由（可用常用语）。",
        rule_id="R-15",
        unit="分",
        minimum=0,
        maximum=100,
    )
    filing_workdays: int = parameter(
        15,
        _REVIEW,
        "备案报送期限",
        "1A、2A级评定后报市局备案的工作日数。",
        rule_id="R-16",
        unit="个工作日",
        minimum=1,
        maximum=120,
    )
    panel_size_min: int = parameter(
        3,
        _REVIEW,
        "专家组最少人数",
        "每家企业至少由几名专家评审。",
        rule_id="R-19",
        unit="人",
        minimum=1,
        maximum=15,
    )
    panel_size_odd: bool = parameter(
        True, _REVIEW, "专家人数须为单数", "专家组人数是否须为单数。", rule_id="R-19"
    )
    panel_averaging: Averaging = parameter(
        Averaging.TRIMMED_MEAN,
        _REVIEW,
        "专家组计分方法",
        "去掉最高分和最低分只在人数达到“去掉最高最低分的最少人数”时进行，否则为算术平均。",
        rule_id="R-19",
    )
    panel_trim_from: int = parameter(
        5,
        _REVIEW,
        "去掉最高最低分的最少人数",
        "专家人数达到此数时才去掉一个最高分和一个最低分。",
        rule_id="R-19",
        unit="人",
        minimum=3,
        maximum=15,
    )
    panel_spread_over: Decimal = parameter(
        Decimal(10),
        _REVIEW,
        "专家分差复议线",
        "最高分与最低分之差超过此值时进入复议。",
        rule_id="R-19",
        unit="分",
        minimum=0,
        maximum=100,
    )
    panel_draw_required: bool = parameter(
        False,
        _REVIEW,
        "专家须随机抽取",
        "专家组是否只能由可验证的随机抽取产生；否则经办也可以直接指定。",
        rule_id="R-19",
    )
    expert_cases_max: int = parameter(
        12,
        _REVIEW,
        "专家每批次评审件数上限",
        "一名专家在同一批次最多评审几件，达到后不再参加抽取。",
        rule_id="R-19",
        unit="件",
        minimum=1,
        maximum=200,
    )
    expert_sees_district_score: bool = parameter(
        True, _REVIEW, "专家可见初评分", "专家评分时是否显示企业自评分和属地初评分。", rule_id="R-19"
    )
    site_visit_gap: Decimal = parameter(
        Decimal(5),
        _REVIEW,
        "建议现场核实的分差",
        "初评分与专家均分之差达到此值时，建议现场核实。",
        rule_id="R-21",
        unit="分",
        minimum=0,
        maximum=100,
    )
    site_visit_margin: Decimal = parameter(
        Decimal(2),
        _REVIEW,
        "建议现场核实的临界范围",
        "专家均分与80分相差不超过此值时，建议现场核实。",
        rule_id="R-21",
        unit="分",
        minimum=0,
        maximum=20,
    )
    conflict_years: int = parameter(
        3,
        _REVIEW,
        "回避追溯年限",
        "专家曾在企业任职或提供服务的，几年之内应当回避。",
        rule_id="R-20",
        unit="年",
        minimum=0,
        maximum=10,
    )
    # --- 公示与评定
    credit_validity_days: int = parameter(
        30,
        _NOTICE,
        "征信结果有效期",
        "公示开始当日，征信查询结果不得早于多少个自然日。",
        rule_id="R-23",
        unit="日",
        minimum=1,
        maximum=365,
    )
    special_meeting_required: bool = parameter(
        False, _NOTICE, "公示前专题会审", "拟评定名单公示前是否须经专题会审。", rule_id="R-26"
    )
    publicity_days: int = parameter(
        5,
        _NOTICE,
        "公示期长度",
        "3A级拟评定名单公示的天数，首日计入。",
        rule_id="R-24",
        unit="天",
        minimum=1,
        maximum=60,
    )
    publicity_kind: DayKind = parameter(
        DayKind.WORKING, _NOTICE, "公示期计算方式", "按工作日还是自然日计算公示期。", rule_id="R-24"
    )
    district_publicity: bool = parameter(
        False, _NOTICE, "1A、2A级属地公示", "属地评定1A、2A级之前是否须经公示。", rule_id="R-24"
    )
    objection_workdays: int = parameter(
        15,
        _NOTICE,
        "异议核查期限",
        "受理异议后完成核查并答复的工作日数。",
        rule_id="R-25",
        unit="个工作日",
        minimum=1,
        maximum=120,
    )
    anonymous_objections: bool = parameter(
        False, _NOTICE, "受理匿名异议", "匿名提出的异议是否受理；不受理的也予登记。", rule_id="R-25"
    )

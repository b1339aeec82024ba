"""The parameters of upkeep: dynamic management and reminders."""

# ruff: noqa: RUF009 - parameter() returns a dataclass field, like field()

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from apps.policy.parameter_spec import MonthDay, ParameterKind, parameter

_EDITION, _DYNAMIC, _REMIND = "方案版本", "动态管理", "提醒"


@dataclass(frozen=True, kw_only=True)
class UpkeepParameters:
    """After the award, and around the cases."""

    # --- 方案版本
    trial_starts_on: date | None = parameter(
        None,
        _EDITION,
        "试行期起始日",
        "方案试行期的第一日；未设定的，视为已经开始。",
        rule_id="R-28",
        kind=ParameterKind.DATE,
    )
    trial_ends_on: date | None = parameter(
        None,
        _EDITION,
        "试行期截止日",
        "方案试行期的最后一日；未设定为长期有效。次日起不再生成年度动态管理表和新的现场复核，"
        "已经开始的办理到底，已有称号不受影响。",
        rule_id="R-28",
        kind=ParameterKind.DATE,
    )
    successor_edition: str | None = parameter(
        None,
        _EDITION,
        "接续方案",
        "试行期届满后施行的方案名称和文号，在政策页公布；须先设定试行期截止日。",
        rule_id="R-28",
        kind=ParameterKind.TEXT,
        pattern=r"[^\x00-\x1f<>]{2,100}",
    )
    # --- 动态管理
    monitor_lower_levels: bool = parameter(
        False,
        _DYNAMIC,
        "动态管理扩展到1A、2A级",
        "1A、2A级是否同样报送年度动态管理表并接受现场复核。",
        rule_id="R-29",
    )
    annual_tasks_on: MonthDay = parameter(
        MonthDay(1, 1), _DYNAMIC, "年度任务生成日", "每年生成年度动态管理表填报任务的日期。", rule_id="R-29"
    )
    annual_form_due: MonthDay = parameter(
        MonthDay(4, 15),
        _DYNAMIC,
        "动态管理表截止日",
        "年度动态管理表的报送截止日期，当日仍可按时报送。",
        rule_id="R-30",
    )
    overdue_through_year: bool = parameter(
        True,
        _DYNAMIC,
        "逾期影响延续至年底",
        "逾期报送动态管理表的，补报通过后，当年内是否仍不推荐申报更高级别。",
        rule_id="R-31",
    )
    annual_review_workdays: int = parameter(
        10,
        _DYNAMIC,
        "动态管理表审核期限",
        "属地审核年度动态管理表的工作日数。",
        rule_id="R-32",
        unit="个工作日",
        minimum=1,
        maximum=60,
    )
    recheck_cycle_months: int = parameter(
        36,
        _DYNAMIC,
        "复核周期",
        "每家企业至少多少个月现场复核一次。",
        rule_id="R-33",
        unit="个月",
        minimum=1,
        maximum=120,
    )
    recheck_report_workdays: int = parameter(
        10,
        _DYNAMIC,
        "复核结果报送期限",
        "复核签批后向市局报送结果的工作日数。",
        rule_id="R-34",
        unit="个工作日",
        minimum=1,
        maximum=60,
    )
    sample_ratio: Decimal = parameter(
        Decimal("0.10"),
        _DYNAMIC,
        "抽查比例",
        "市局抽查数占复核结果数的比例（0.10为10%）。",
        rule_id="R-35",
        minimum="0.01",
        maximum=1,
    )
    sample_min_per_district: int = parameter(
        1,
        _DYNAMIC,
        "每个属地最少抽查数",
        "每个有复核结果的属地至少抽查几家。",
        rule_id="R-35",
        unit="家",
        minimum=0,
        maximum=50,
    )
    sample_difference_points: Decimal = parameter(
        Decimal(5),
        _DYNAMIC,
        "抽查得分差异提示线",
        "抽查得分与属地复核得分相差达到多少分时，标为不一致并要求说明。",
        rule_id="R-35",
        unit="分",
        minimum=1,
        maximum=50,
    )
    rectification_extension: bool = parameter(
        False, _DYNAMIC, "允许延长整改期限", "市局能否说明理由后延长三个月的整改期限。", rule_id="R-37"
    )
    rectification_extension_days: int = parameter(
        30,
        _DYNAMIC,
        "整改最长延长天数",
        "允许延长时，累计最多延长的自然日数。",
        rule_id="R-37",
        unit="日",
        minimum=1,
        maximum=180,
    )
    verification_workdays: int = parameter(
        15,
        _DYNAMIC,
        "整改验收期限",
        "企业提交整改报告后，属地完成验收的工作日数。",
        rule_id="R-38",
        unit="个工作日",
        minimum=1,
        maximum=60,
    )
    statement_workdays: int = parameter(
        5,
        _DYNAMIC,
        "陈述申辩期限",
        "拟取消告知送达后，企业陈述申辩的工作日数。",
        rule_id="R-40",
        unit="个工作日",
        minimum=1,
        maximum=60,
    )
    cancellation_workdays: int = parameter(
        20,
        _DYNAMIC,
        "取消决定期限",
        "陈述申辩期满后作出决定的工作日数。",
        rule_id="R-40",
        unit="个工作日",
        minimum=1,
        maximum=120,
    )
    incident_workdays: int = parameter(
        15,
        _DYNAMIC,
        "举报线索办理期限",
        "收到公众反映的问题后，核实并登记办理结果或安排现场复核的工作日数。",
        rule_id="R-42",
        unit="个工作日",
        minimum=1,
        maximum=120,
    )
    # --- 提醒
    long_from_days: int = parameter(
        60,
        _REMIND,
        "长期限的起点",
        "不少于此自然日数的期限按长期限提醒。",
        rule_id="R-39",
        unit="日",
        minimum=12,
        maximum=365,
    )
    short_to_workdays: int = parameter(
        10,
        _REMIND,
        "短期限的上限",
        "不超过此工作日数的期限按短期限提醒。",
        rule_id="R-39",
        unit="个工作日",
        minimum=1,
        maximum=30,
    )
    reminders_long: tuple[int, ...] = parameter(
        (-30, -15, -7, -3, -1, 0),
        _REMIND,
        "长期限提醒日",
        "相对截止日的自然日数，负数为之前。",
        rule_id="R-39",
        minimum=-365,
        maximum=365,
    )
    overdue_every_days: int = parameter(
        7,
        _REMIND,
        "长期限逾期提醒间隔",
        "长期限逾期后每隔多少个自然日提醒一次。",
        rule_id="R-39",
        unit="日",
        minimum=1,
        maximum=90,
    )
    expiry_reminders_most: int = parameter(
        4,
        _REMIND,
        "到期事项的逾期提醒次数",
        "材料、证照到期和现场复核周期届满后，按长期限逾期提醒间隔最多再提醒多少次；此后不再提醒，仍列在清单中。",
        rule_id="R-39",
        unit="次",
        minimum=0,
        maximum=52,
    )
    reminders_medium: tuple[int, ...] = parameter(
        (-7, -3, -1, 0, 1),
        _REMIND,
        "中期限提醒日",
        "相对截止日的自然日数，负数为之前。",
        rule_id="R-39",
        minimum=-365,
        maximum=365,
    )
    reminders_short: tuple[int, ...] = parameter(
        (-2, -1, 0, 1),
        _REMIND,
        "短期限提醒日",
        "相对截止日的工作日数，负数为之前。",
        rule_id="R-39",
        minimum=-30,
        maximum=30,
    )
    city_copied_last_days: int = parameter(
        7,
        _REMIND,
        "抄送市局的最后天数",
        "截止日前多少个自然日起，提醒同时抄送市局。",
        rule_id="R-39",
        unit="日",
        minimum=0,
        maximum=90,
    )
    calendar_check_on: MonthDay = parameter(
        MonthDay(11, 15),
        _REMIND,
        "放假安排检查日",
        "每年此日起，下一年放假安排仍未录入的，提醒管理员。",
        rule_id="R-24",
    )
    quiet_from_hour: int = parameter(
        22,
        _REMIND,
        "免打扰开始时间",
        "每天几点起不发提醒邮件和短信，留到免打扰结束后发出；办理结果的邮件不受限制。与结束时间相同为不设免打扰。",
        rule_id="R-39",
        unit="时",
        minimum=0,
        maximum=23,
    )
    quiet_until_hour: int = parameter(
        8,
        _REMIND,
        "免打扰结束时间",
        "每天几点起恢复发送提醒邮件和短信。",
        rule_id="R-39",
        unit="时",
        minimum=0,
        maximum=23,
    )
    digest_minutes: int = parameter(
        60,
        _REMIND,
        "合并邮件的等待时间",
        "选择合并邮件的人，进度和待办消息最多等待多少分钟，合成一封邮件；时限和结果不等待。",
        rule_id="R-39",
        unit="分钟",
        minimum=5,
        maximum=1440,
    )

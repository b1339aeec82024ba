from __future__ import annotations

from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from apps.policy.calendar import DayKind
from apps.policy.parameters import (
    DEFAULTS,
    SPECS,
    Averaging,
    LapsedTitle,
    MandatoryZero,
    MonthDay,
    ParameterErrors,
    ParameterKind,
    Parameters,
    Rounding,
    SectorStandard,
)

EXPECTED_DEFAULTS = {
    "rounding": Rounding.HALF_UP,
    "mandatory_zero": MandatoryZero.WARN,
    "not_applicable_city_over": Decimal(40),
    "default_scheme": "SZGF-2023R1",
    "sector_standard": SectorStandard.SUGGEST,
    "prerequisite_required": True,
    "ban_bars_lower_levels": True,
    "commitment_scan_required": False,
    "lapsed_higher_title": LapsedTitle.FALL_BACK,
    "form_check_workdays": 5,
    "supplement_workdays": 10,
    "conversion_workdays": 10,
    "reasoned_difference_over": Decimal(0),
    "filing_workdays": 15,
    "panel_size_min": 3,
    "panel_size_odd": True,
    "panel_averaging": Averaging.TRIMMED_MEAN,
    "panel_trim_from": 5,
    "panel_spread_over": Decimal(10),
    "panel_draw_required": False,
    "expert_cases_max": 12,
    "expert_sees_district_score": True,
    "site_visit_gap": Decimal(5),
    "site_visit_margin": Decimal(2),
    "conflict_years": 3,
    "credit_validity_days": 30,
    "special_meeting_required": False,
    "publicity_days": 5,
    "publicity_kind": DayKind.WORKING,
    "district_publicity": False,
    "objection_workdays": 15,
    "anonymous_objections": False,
    "trial_starts_on": None,
    "trial_ends_on": None,
    "successor_edition": None,
    "monitor_lower_levels": False,
    "annual_tasks_on": MonthDay(1, 1),
    "annual_form_due": MonthDay(4, 15),
    "overdue_through_year": True,
    "annual_review_workdays": 10,
    "recheck_cycle_months": 36,
    "recheck_report_workdays": 10,
    "sample_ratio": Decimal("0.10"),
    "sample_min_per_district": 1,
    "sample_difference_points": Decimal(5),
    "rectification_extension": False,
    "rectification_extension_days": 30,
    "verification_workdays": 15,
    "statement_workdays": 5,
    "cancellation_workdays": 20,
    "incident_workdays": 15,
    "long_from_days": 60,
    "short_to_workdays": 10,
    "reminders_long": (-30, -15, -7, -3, -1, 0),
    "overdue_every_days": 7,
    "expiry_reminders_most": 4,
    "reminders_medium": (-7, -3, -1, 0, 1),
    "reminders_short": (-2, -1, 0, 1),
    "city_copied_last_days": 7,
    "calendar_check_on": MonthDay(11, 15),
    "quiet_from_hour": 22,
    "quiet_until_hour": 8,
    "digest_minutes": 60,
    "upload_file_mb": 50,
    "upload_files_per_application": 300,
    "upload_application_mb": 1536,
    "upload_pdf_pages": 500,
    "import_list_rows": 5000,
    "import_sheet_rows": 500,
    "idle_minutes": 30,
    "idle_minutes_staff": 15,
    "session_hours": 12,
    "sessions_max": 2,
    "dormant_days": 90,
    "alert_minutes": 60,
    "alert_failed_sign_ins": 10,
    "alert_refused": 10,
    "alert_export_rows": 2000,
}


@pytest.mark.rule("R-24", "R-26", "R-28")
def test_the_defaults_and_their_order() -> None:
    assert {item.name: getattr(DEFAULTS, item.name) for item in fields(DEFAULTS)} == EXPECTED_DEFAULTS
    assert list(SPECS) == list(EXPECTED_DEFAULTS)


def test_every_parameter_says_what_it_is() -> None:
    for key, spec in SPECS.items():
        assert spec.key == key
        assert spec.title
        assert spec.meaning.endswith("。")
        assert spec.group in {"评价与申报", "评审", "公示与评定", "方案版本", "动态管理", "提醒", "系统限额"}
        assert (spec.clause != "") is (spec.group != "系统限额")
        assert spec.default == getattr(DEFAULTS, key)
        if spec.kind in {ParameterKind.INTEGER, ParameterKind.DECIMAL, ParameterKind.OFFSETS}:
            assert spec.minimum is not None
            assert spec.maximum is not None


def test_titles_are_unique() -> None:
    assert len({spec.title for spec in SPECS.values()}) == len(SPECS)


def test_stored_form_reads_back_unchanged() -> None:
    stored = DEFAULTS.to_values()
    assert stored["sample_ratio"] == "0.10"
    assert stored["annual_form_due"] == "04-15"
    assert stored["reminders_short"] == [-2, -1, 0, 1]
    assert stored["trial_ends_on"] is None
    assert Parameters.from_values(stored) == DEFAULTS


def test_absent_values_keep_their_defaults() -> None:
    changed = Parameters.from_values({"publicity_days": "7", "publicity_kind": "natural"})
    assert (changed.publicity_days, changed.publicity_kind) == (7, DayKind.NATURAL)
    assert changed.filing_workdays == 15


@pytest.mark.parametrize(
    ("key", "raw", "value"),
    [
        ("publicity_days", 7, 7),
        ("publicity_days", " 7 ", 7),
        ("sample_ratio", "0.25", Decimal("0.25")),
        ("sample_ratio", Decimal("0.25"), Decimal("0.25")),
        ("special_meeting_required", "true", True),
        ("special_meeting_required", False, False),
        ("rounding", "ROUND_DOWN", Rounding.DOWN),
        ("rounding", Rounding.DOWN, Rounding.DOWN),
        ("trial_ends_on", "2027-12-31", date(2027, 12, 31)),
        ("trial_ends_on", date(2027, 12, 31), date(2027, 12, 31)),
        ("trial_ends_on", "", None),
        ("annual_form_due", "03-10", MonthDay(3, 10)),
        ("annual_form_due", MonthDay(3, 10), MonthDay(3, 10)),
        ("reminders_medium", "-5，-1、0 2", (-5, -1, 0, 2)),
        ("reminders_medium", [-5, 0], (-5, 0)),
        ("default_scheme", "GBT36132-2025", "GBT36132-2025"),
        ("publicity_days", 1, 1),
        ("publicity_days", 60, 60),
    ],
)
def test_valid_values(key: str, raw: object, value: object) -> None:
    assert getattr(Parameters.from_values({key: raw}), key) == value


@pytest.mark.parametrize(
    ("key", "raw", "text"),
    [
        ("publicity_days", 0, "“公示期长度”应不小于1天（当前为0）"),
        ("publicity_days", 61, "“公示期长度”应不大于60天（当前为61）"),
        ("publicity_days", "5.5", "“公示期长度”应为整数（当前为5.5）"),
        ("publicity_days", True, "“公示期长度”应为整数（当前为True）"),
        ("publicity_days", "５", "“公示期长度”应为整数（当前为５）"),
        ("publicity_days", None, "“公示期长度”不能为空"),
        ("publicity_days", "", "“公示期长度”不能为空"),
        ("sample_ratio", "NaN", "“抽查比例”应为数字（当前为NaN）"),
        ("sample_ratio", "一成", "“抽查比例”应为数字（当前为一成）"),
        ("sample_ratio", 0.1, "“抽查比例”应为十进制数（当前为0.1）"),
        ("sample_ratio", "1.01", "“抽查比例”应不大于1（当前为1.01）"),
        ("special_meeting_required", "yes", "“公示前专题会审”应为是或否（当前为yes）"),
        ("special_meeting_required", 1, "“公示前专题会审”应为是或否（当前为1）"),
        ("publicity_kind", "weeks", "“公示期计算方式”应为以下之一：working、natural（当前为weeks）"),
        ("trial_ends_on", "2027-02-30", "“试行期截止日”应为日期，如2026-12-31（当前为2027-02-30）"),
        ("annual_form_due", "02-29", "“动态管理表截止日”应为每年都有的月日，如04-15（当前为02-29）"),
        ("annual_form_due", "4-15", "“动态管理表截止日”应为每年都有的月日，如04-15（当前为4-15）"),
        ("reminders_short", [0, -1], "“短期限提醒日”应由早到晚逐个列出且不重复，如-7、-3、-1、0、1"),
        ("reminders_short", [], "“短期限提醒日”应由早到晚逐个列出且不重复，如-7、-3、-1、0、1"),
        ("reminders_short", [-31], "“短期限提醒日”应不小于-30（当前为-31）"),
        ("default_scheme", "a b", "“默认评价体系”的写法不对（当前为a b）"),
        ("nonsense", 1, "没有这个参数"),
    ],
)
def test_invalid_values(key: str, raw: object, text: str) -> None:
    with pytest.raises(ParameterErrors) as caught:
        Parameters.from_values({key: raw})
    assert caught.value.errors == {key: [text]}


def test_every_problem_is_told_at_once() -> None:
    with pytest.raises(ParameterErrors) as caught:
        Parameters.from_values({"publicity_days": 0, "nonsense": 1, "filing_workdays": 10})
    assert sorted(caught.value.errors) == ["nonsense", "publicity_days"]
    assert "公示期长度" in str(caught.value)


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"panel_size_min": 4}, "panel_size_min"),
        ({"upload_file_mb": 40, "upload_application_mb": 30}, "upload_file_mb"),
        ({"annual_tasks_on": "04-15"}, "annual_tasks_on"),
        ({"idle_minutes": 120, "session_hours": 1}, "idle_minutes"),
        ({"trial_starts_on": "2027-01-02", "trial_ends_on": "2027-01-01"}, "trial_ends_on"),
        ({"successor_edition": "苏工信〔2027〕8号"}, "successor_edition"),
    ],
)
def test_values_that_contradict_each_other(values: dict[str, object], key: str) -> None:
    with pytest.raises(ParameterErrors) as caught:
        Parameters.from_values(values)
    assert list(caught.value.errors) == [key]


def test_an_even_minimum_is_fine_when_panels_need_not_be_odd() -> None:
    assert Parameters.from_values({"panel_size_min": 4, "panel_size_odd": False}).panel_size_min == 4


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [
        ("publicity_days", 5, "5天"),
        ("special_meeting_required", False, "否"),
        ("district_publicity", True, "是"),
        ("trial_ends_on", None, "未设定"),
        ("trial_ends_on", date(2027, 12, 31), "2027年12月31日"),
        ("annual_form_due", MonthDay(4, 15), "每年4月15日"),
        ("reminders_short", (-2, 0, 1), "前2日、当日、后1日"),
        ("publicity_kind", DayKind.NATURAL, "个自然日"),
        ("rounding", Rounding.DOWN, "截尾"),
        ("mandatory_zero", MandatoryZero.CAP_2A, "最高评为2A级"),
        ("panel_averaging", Averaging.MEAN, "算术平均"),
        ("lapsed_higher_title", LapsedTitle.NO_LEVEL, "重新评定前不显示等级"),
        ("sector_standard", SectorStandard.REQUIRE, "应当采用"),
        ("sample_ratio", Decimal("0.10"), "0.10"),
    ],
)
def test_display(key: str, value: Any, text: str) -> None:
    assert SPECS[key].display(value) == text

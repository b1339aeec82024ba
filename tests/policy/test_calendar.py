from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from apps.policy.calendar import (
    DayKind,
    WorkCalendar,
    add_months,
    add_workdays,
    ban_end,
    chinese,
    days_deadline,
    months_deadline,
    publicity_period,
    shift_workdays,
    workdays_between,
)
from tests.policy.scenes import real_calendar

GOLDEN: dict[str, list[dict[str, Any]]] = yaml.safe_load(
    (Path(__file__).parents[2] / "fixtures" / "workday_golden.yaml").read_text("utf-8")
)


def _cases(key: str) -> list[Any]:
    return [pytest.param(case, id=str(case["start"])) for case in GOLDEN[key]]


def test_every_golden_case_is_used() -> None:
    assert {key: len(cases) for key, cases in GOLDEN.items()} == {
        "publicity_working_days_inclusive": 7,
        "publicity_natural_days_inclusive": 4,
        "months_after": 6,
        "publicity_start_on_rest_day": 2,
    }


@pytest.mark.rule("R-24")
@pytest.mark.parametrize(
    "case", _cases("publicity_working_days_inclusive") + _cases("publicity_start_on_rest_day")
)
def test_publicity_in_working_days(case: dict[str, Any]) -> None:
    term = publicity_period(case["start"], case["days"], real_calendar(), DayKind.WORKING)
    assert (term.ends_on, term.provisional) == (case["end"], False)


@pytest.mark.rule("R-24")
@pytest.mark.parametrize("case", _cases("publicity_natural_days_inclusive"))
def test_publicity_in_natural_days(case: dict[str, Any]) -> None:
    term = publicity_period(case["start"], case["days"], real_calendar(), DayKind.NATURAL)
    assert (term.starts_on, term.ends_on) == (case["start"], case["end"])


@pytest.mark.rule("R-37", "R-41")
@pytest.mark.parametrize("case", _cases("months_after"))
def test_months(case: dict[str, Any]) -> None:
    assert add_months(case["start"], case["months"]) == case["nominal"]
    if case.get("roll", True):
        term = months_deadline(case["start"], case["months"], real_calendar())
        assert (term.nominal, term.ends_on, term.provisional) == (case["nominal"], case["end"], False)
    else:
        assert ban_end(case["start"], case["months"]) == case["end"]


def test_publicity_over_a_rest_day_starts_on_the_next_working_day() -> None:
    term = publicity_period(date(2026, 10, 3), 5, real_calendar())
    assert term.starts_on == date(2026, 10, 8)
    assert term.explanation == "自2026年10月8日起公示5个工作日，首日计入，至2026年10月13日24时届满。"


def test_one_day_of_publicity_ends_on_its_first_day() -> None:
    assert publicity_period(date(2026, 6, 10), 1, real_calendar()).ends_on == date(2026, 6, 10)


def test_a_term_is_over_only_after_its_last_day() -> None:
    term = publicity_period(date(2026, 6, 8), 5, real_calendar())
    assert term.ends_on == date(2026, 6, 12)
    assert [term.is_over(term.ends_on + timedelta(days=n)) for n in (-1, 0, 1)] == [False, False, True]


def test_rolled_month_deadline_explains_itself() -> None:
    term = months_deadline(date(2026, 7, 3), 3, real_calendar())
    assert term.explanation == (
        "自2026年7月3日次日起算3个月，对应日为2026年10月3日。2026年10月3日为休息日，顺延至2026年10月8日。"
    )


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2023, 1, 31), 1, date(2023, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 1, 10), -36, date(2023, 1, 10)),
        (date(2026, 1, 10), 0, date(2026, 1, 10)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
    ],
)
def test_add_months(start: date, months: int, end: date) -> None:
    assert add_months(start, months) == end


def test_years_not_yet_published_are_provisional_and_never_fail() -> None:
    work = real_calendar()
    term = publicity_period(date(2026, 12, 30), 5, work)
    assert (term.ends_on, term.provisional) == (date(2027, 1, 5), True)
    assert term.explanation.endswith("2027年放假安排尚未公布，暂按周一至周五推算，以公布后的日期为准。")
    assert months_deadline(date(2029, 11, 30), 3, work).provisional
    assert add_workdays(date(2035, 1, 1), 10, work).provisional
    assert not publicity_period(date(2026, 12, 25), 5, work).provisional


def test_known_days_beyond_the_published_year_are_not_provisional() -> None:
    new_year = date(2027, 1, 1)
    work = WorkCalendar({new_year: False}, date(2026, 12, 31))
    assert not work.is_provisional(new_year)
    assert work.is_provisional(date(2027, 1, 4))
    assert not work.is_workday(new_year)


def test_calendar_cannot_be_changed_from_outside() -> None:
    days = {date(2026, 6, 10): False}
    work = WorkCalendar(days, date(2026, 12, 31))
    days[date(2026, 6, 10)] = True
    assert not work.is_workday(date(2026, 6, 10))
    with pytest.raises(TypeError):
        work.days[date(2026, 6, 10)] = True  # type: ignore[index]


def test_make_up_days_are_worked_and_holidays_are_not() -> None:
    work = real_calendar()
    assert work.is_workday(date(2026, 2, 28))  # Saturday, make-up day
    assert not work.is_workday(date(2026, 10, 1))  # Thursday, National Day
    assert work.next_workday(date(2026, 10, 1)) == date(2026, 10, 8)
    assert work.next_workday(date(2026, 10, 8)) == date(2026, 10, 8)


@pytest.mark.rule("R-14", "R-16")
@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        (date(2026, 6, 10), 1, date(2026, 6, 11)),
        (date(2026, 6, 12), 1, date(2026, 6, 15)),
        (date(2026, 9, 30), 1, date(2026, 10, 8)),
        (date(2026, 9, 28), 5, date(2026, 10, 10)),
        (date(2026, 10, 3), 1, date(2026, 10, 8)),
    ],
)
def test_working_days_do_not_count_the_starting_day(start: date, days: int, end: date) -> None:
    term = add_workdays(start, days, real_calendar())
    assert (term.ends_on, term.nominal) == (end, end)
    assert workdays_between(start, end, real_calendar()) == days


def test_days_deadline_moves_off_a_rest_day() -> None:
    assert days_deadline(date(2026, 6, 10), 2, real_calendar()).ends_on == date(2026, 6, 12)
    assert days_deadline(date(2026, 6, 10), 3, real_calendar()).ends_on == date(2026, 6, 15)


@pytest.mark.parametrize(
    ("start", "end", "count"),
    [
        (date(2026, 6, 10), date(2026, 6, 10), 0),
        (date(2026, 6, 10), date(2026, 6, 12), 2),
        (date(2026, 6, 12), date(2026, 6, 14), 0),
        (date(2026, 6, 12), date(2026, 6, 10), -2),
    ],
)
def test_workdays_between(start: date, end: date, count: int) -> None:
    assert workdays_between(start, end, real_calendar()) == count


@pytest.mark.parametrize(
    ("days", "result"),
    [(0, date(2026, 6, 13)), (1, date(2026, 6, 15)), (-1, date(2026, 6, 12)), (-2, date(2026, 6, 11))],
)
def test_shift_workdays_from_a_saturday(days: int, result: date) -> None:
    assert shift_workdays(date(2026, 6, 13), days, real_calendar()) == result


@pytest.mark.parametrize("days", [0, -1])
def test_periods_have_a_length(days: int) -> None:
    work = real_calendar()
    start = date(2026, 6, 10)
    with pytest.raises(ValueError, match="at least one"):
        publicity_period(start, days, work)
    with pytest.raises(ValueError, match="at least one"):
        publicity_period(start, days, work, DayKind.NATURAL)
    for compute in (months_deadline, days_deadline, add_workdays):
        with pytest.raises(ValueError, match="at least one"):
            compute(start, days, work)


def test_labels() -> None:
    assert chinese(date(2026, 3, 5)) == "2026年3月5日"
    assert [kind.label for kind in DayKind] == ["个工作日", "个自然日"]

"""A year's holidays as they are pasted: days and spans of days, each line checked."""

from __future__ import annotations

from datetime import date

import pytest

from apps.core.errors import Invalid
from apps.portals.municipal.calendar import _days


def test_a_span_stands_for_each_of_its_days() -> None:
    found = _days("2027-01-01 元旦\n\n2027-02-05 至 2027-02-07 春节\n2027-10-01～2027-10-02", "holidays")
    assert found == [
        (date(2027, 1, 1), "元旦"),
        *((date(2027, 2, day), "春节") for day in (5, 6, 7)),
        (date(2027, 10, 1), ""),
        (date(2027, 10, 2), ""),
    ]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("2027-02-30 春节", "第 1 行不是有效日期"),
        ("春节", "第 1 行不是有效日期"),
        ("2027-02-05 至 春节", "第 1 行"),
        ("2027-02-07 至 2027-02-05 春节", "起止日期颠倒"),
        ("2027-02-05 至 2027-12-05 春节", "超过31天"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(line: str, words: str) -> None:
    with pytest.raises(Invalid) as refused:
        _days(line, "holidays")
    assert words in refused.value.errors["holidays"][0]

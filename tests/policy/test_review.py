from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from apps.policy.levels import Level
from apps.policy.parameters import Parameters
from apps.policy.review import (
    deemed_withdrawn,
    difference_needs_reason,
    filing_term,
    form_check_term,
    may_accept_intake,
    may_resubmit,
    may_return_for_supplement,
    may_submit_district_scores,
    may_transfer,
    needs_filing,
    supplement_term,
)
from tests.policy.scenes import DEFAULT, real_calendar

WEDNESDAY = date(2026, 6, 10)


@pytest.mark.rule("R-13")
@pytest.mark.parametrize(("own", "ok"), [("320583", True), ("320582", False), ("SIP", False)])
def test_intake_belongs_to_the_production_district(own: str, *, ok: bool) -> None:
    assert may_accept_intake(own_district=own, production_district="320583").ok is ok


@pytest.mark.rule("R-13")
@pytest.mark.parametrize(
    ("target", "reason", "count"), [("320582", "厂区在张家港", 0), ("320583", "厂区", 1), ("320582", " ", 1)]
)
def test_transfer(target: str, reason: str, count: int) -> None:
    verdict = may_transfer(from_district="320583", to_district=target, reason=reason)
    assert len(verdict.refusals) == count


@pytest.mark.rule("R-14", "R-16")
def test_terms_in_working_days() -> None:
    work = real_calendar()
    assert form_check_term(WEDNESDAY, DEFAULT, work).ends_on == date(2026, 6, 17)
    assert supplement_term(WEDNESDAY, DEFAULT, work).ends_on == date(2026, 6, 25)  # over 端午 6-19
    assert filing_term(WEDNESDAY, DEFAULT, work).ends_on == date(2026, 7, 2)
    assert filing_term(WEDNESDAY, Parameters(filing_workdays=1), work).ends_on == date(2026, 6, 11)


@pytest.mark.rule("R-14")
@pytest.mark.parametrize(
    ("items", "count"),
    [
        ([("承诺书", "补盖公章")], 0),
        ([], 1),
        ([("承诺书", " ")], 1),
        ([("", "补充")], 1),
        ([("承诺书", "补盖公章"), ("E2-03", "")], 1),
    ],
)
def test_a_return_names_every_item(items: list[tuple[str, str]], count: int) -> None:
    verdict = may_return_for_supplement(items)
    assert len(verdict.refusals) == count
    assert verdict.rules <= {"R-14"}


@pytest.mark.rule("R-14")
@pytest.mark.parametrize(
    ("on", "withdrawn"), [(date(2026, 6, 24), False), (date(2026, 6, 25), False), (date(2026, 6, 26), True)]
)
def test_not_supplemented_in_time_counts_as_withdrawn(on: date, *, withdrawn: bool) -> None:
    due = date(2026, 6, 25)
    assert deemed_withdrawn(due_on=due, on=on) is withdrawn
    assert may_resubmit(due_on=due, on=on, changed={"a"}, returned={"a"}).ok is not withdrawn


@pytest.mark.rule("R-14")
def test_only_returned_parts_may_change() -> None:
    verdict = may_resubmit(
        due_on=WEDNESDAY, on=WEDNESDAY, changed={"E2-03", "承诺书", "A1-01"}, returned={"承诺书"}
    )
    assert verdict.reasons == ("只能修改退回的内容，以下未退回：A1-01、E2-03。",)


@pytest.mark.rule("R-15")
@pytest.mark.parametrize(
    ("self_score", "district", "over", "needed"),
    [
        ("3", "3", "0", False),
        ("3", "2.99", "0", True),
        ("2", "3", "0", True),
        ("3", "2.5", "0.5", False),
        ("3", "2.49", "0.5", True),
    ],
)
def test_a_difference_needs_a_reason(self_score: str, district: str, over: str, *, needed: bool) -> None:
    parameters = Parameters(reasoned_difference_over=Decimal(over))
    assert (
        difference_needs_reason(
            self_score=Decimal(self_score), district_score=Decimal(district), parameters=parameters
        )
        is needed
    )


@pytest.mark.rule("R-15")
def test_a_score_sheet_is_complete_before_it_is_signed() -> None:
    assert may_submit_district_scores(unscored=[], unreasoned=[]).ok
    verdict = may_submit_district_scores(
        unscored=[f"A-{n:02d}" for n in range(12)], unreasoned=["B-01"], unconfirmed_not_applicable=["C-01"]
    )
    assert len(verdict.refusals) == 3
    assert verdict.reasons[0].endswith("A-09等12项。")


@pytest.mark.rule("R-16")
def test_1a_and_2a_are_filed() -> None:
    assert [needs_filing(level) for level in Level] == [True, True, False, False, False]

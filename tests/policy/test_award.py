from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from apps.policy.award import (
    CreditResult,
    ObjectionState,
    award_due_on,
    corrected_terms,
    credit_allows,
    credit_asks_explanation,
    credit_valid_until,
    may_accept_objection,
    may_award,
    may_close_notice,
    may_record_credit,
    may_start_notice,
    may_start_on,
    notice_term,
    objection_term,
)
from apps.policy.calendar import DayKind
from apps.policy.parameters import Parameters
from apps.policy.verdict import Verdict
from tests.policy.scenes import DEFAULT, credit, real_calendar

START = date(2026, 9, 28)
TERM = notice_term(START, DEFAULT, real_calendar())
END = date(2026, 10, 9)


@pytest.mark.rule("R-24")
def test_the_default_notice_over_the_national_day() -> None:
    assert (TERM.starts_on, TERM.ends_on) == (START, END)


@pytest.mark.rule("R-24")
def test_length_and_kind_are_settings() -> None:
    parameters = Parameters(publicity_days=7, publicity_kind=DayKind.NATURAL)
    assert notice_term(START, parameters, real_calendar()).ends_on == date(2026, 10, 4)


@pytest.mark.rule("R-24")
@pytest.mark.parametrize(
    ("on", "ok"), [(START - timedelta(1), True), (START, True), (START + timedelta(1), False)]
)
def test_a_notice_does_not_start_in_the_past(on: date, *, ok: bool) -> None:
    assert may_start_on(START, on=on).ok is ok


@pytest.mark.rule("R-24")
@pytest.mark.parametrize(
    ("on", "ok"), [(START, False), (END, False), (END + timedelta(1), True), (END + timedelta(30), True)]
)
def test_a_notice_closes_only_after_its_last_day(on: date, *, ok: bool) -> None:
    assert may_close_notice(TERM, on=on).ok is ok


@pytest.mark.rule("R-24")
def test_a_correction_restarts_the_period_for_the_affected_only() -> None:
    terms = corrected_terms(
        ["甲", "乙"],
        affected=["乙"],
        running=TERM,
        corrected_on=date(2026, 9, 30),
        parameters=DEFAULT,
        work=real_calendar(),
    )
    assert terms["甲"] == TERM
    assert (terms["乙"].starts_on, terms["乙"].ends_on) == (date(2026, 9, 30), date(2026, 10, 12))


@pytest.mark.rule("R-24")
def test_a_correction_of_an_entry_that_is_not_there() -> None:
    with pytest.raises(ValueError, match="Not on the notice"):
        corrected_terms(
            ["甲"],
            affected=["丙"],
            running=TERM,
            corrected_on=START,
            parameters=DEFAULT,
            work=real_calendar(),
        )


@pytest.mark.rule("R-23")
@pytest.mark.parametrize(("age", "ok"), [(0, True), (29, True), (30, True), (31, False), (-1, False)])
def test_a_credit_check_is_fresh_for_thirty_days(age: int, *, ok: bool) -> None:
    check = credit(START - timedelta(days=age))
    assert credit_allows(check, notice_starts_on=START, parameters=DEFAULT).ok is ok
    assert credit_valid_until(check, DEFAULT) == check.checked_on + timedelta(days=30)


@pytest.mark.rule("R-23")
@pytest.mark.parametrize(
    ("result", "ok"),
    [
        (CreditResult.NORMAL, True),
        (CreditResult.EXPLAINED, True),
        (CreditResult.EXPLANATION, False),
        (CreditResult.ADVERSE, False),
    ],
)
def test_what_the_credit_check_found(result: CreditResult, *, ok: bool) -> None:
    verdict = credit_allows(credit(START, result), notice_starts_on=START, parameters=DEFAULT)
    assert verdict.ok is ok
    assert not verdict.waivable


@pytest.mark.rule("R-23")
@pytest.mark.parametrize("result", CreditResult)
@pytest.mark.parametrize(("asked", "explained"), [(False, False), (True, False), (True, True)])
def test_only_an_explanation_that_was_given_can_be_believed(
    result: CreditResult, *, asked: bool, explained: bool
) -> None:
    verdict = may_record_credit(result, asked=asked, explained=explained)
    assert verdict.ok is (result is not CreditResult.EXPLAINED or explained)
    remedies = {(False, False): "通知企业", (True, False): "请待企业"}
    assert all(remedies[asked, explained] in one.remedy for one in verdict.refusals)


@pytest.mark.rule("R-23")
def test_no_credit_check() -> None:
    assert credit_allows(None, notice_starts_on=START, parameters=DEFAULT).rules == {"R-23"}


@pytest.mark.rule("R-26")
@pytest.mark.parametrize(
    ("required", "meeting", "rules"),
    [
        (False, None, set()),
        (True, None, {"R-26"}),
        (True, START, set()),
        (True, START - timedelta(1), set()),
        (True, START + timedelta(1), {"R-26"}),
    ],
)
def test_the_special_meeting_is_a_setting(meeting: date | None, rules: set[str], *, required: bool) -> None:
    parameters = Parameters(special_meeting_required=required)
    verdict = may_start_notice(
        credit=credit(START), starts_on=START, special_meeting_on=meeting, parameters=parameters
    )
    assert verdict.rules == rules


@pytest.mark.rule("R-25")
@pytest.mark.parametrize(
    ("on", "anonymous", "facts", "count"),
    [
        (START, False, True, 0),
        (END, False, True, 0),
        (START - timedelta(1), False, True, 1),
        (END + timedelta(1), False, True, 1),
        (START, True, True, 1),
        (START, False, False, 1),
    ],
)
def test_which_objections_are_accepted(on: date, count: int, *, anonymous: bool, facts: bool) -> None:
    verdict = may_accept_objection(
        anonymous=anonymous, written_facts=facts, term=TERM, on=on, parameters=DEFAULT
    )
    assert len(verdict.refusals) == count


@pytest.mark.rule("R-25")
def test_anonymous_objections_where_the_bureau_accepts_them() -> None:
    parameters = Parameters(anonymous_objections=True)
    assert may_accept_objection(
        anonymous=True, written_facts=True, term=TERM, on=START, parameters=parameters
    ).ok


@pytest.mark.rule("R-25")
def test_objections_are_answered_in_time() -> None:
    assert objection_term(START, DEFAULT, real_calendar()).ends_on == date(2026, 10, 23)


def _award(
    on: date = END + timedelta(1),
    objections: tuple[ObjectionState, ...] = (),
    total: str = "80",
    result: CreditResult = CreditResult.NORMAL,
) -> Verdict:
    return may_award(
        term=TERM,
        on=on,
        objections=objections,
        credit=credit(START, result),
        panel_total=Decimal(total),
        parameters=DEFAULT,
    )


@pytest.mark.rule("R-25")
@pytest.mark.parametrize(
    ("on", "ok"), [(END - timedelta(1), False), (END, False), (END + timedelta(1), True)]
)
def test_no_award_before_the_notice_has_fully_elapsed(on: date, *, ok: bool) -> None:
    assert _award(on=on).ok is ok


@pytest.mark.rule("R-25")
@pytest.mark.parametrize(
    ("objections", "ok"),
    [
        ((), True),
        ((ObjectionState.DISMISSED, ObjectionState.NOT_ACCEPTED), True),
        ((ObjectionState.OPEN,), False),
        ((ObjectionState.DISMISSED, ObjectionState.UPHELD), False),
    ],
)
def test_objections_stand_against_the_award(objections: tuple[ObjectionState, ...], *, ok: bool) -> None:
    verdict = _award(objections=objections)
    assert verdict.ok is ok
    assert verdict.rules <= {"R-25"}
    assert not verdict.waivable


@pytest.mark.rule("R-22", "R-23", "R-25")
def test_panel_score_and_credit_stand_against_the_award() -> None:
    assert _award(total="79.99").rules == {"R-22"}
    assert _award(total="79.995").ok
    assert _award(result=CreditResult.ADVERSE).rules == {"R-23"}


@pytest.mark.rule("R-25")
def test_the_award_is_due_on_the_first_working_day_after_the_notice() -> None:
    assert award_due_on(TERM, real_calendar()) == date(2026, 10, 10)  # Saturday, make-up day
    friday = notice_term(date(2026, 6, 8), DEFAULT, real_calendar())
    assert award_due_on(friday, real_calendar()) == date(2026, 6, 15)


def test_credit_labels() -> None:
    assert [item.label for item in CreditResult] == ["正常", "异常", "需说明", "已说明并采信"]


@pytest.mark.rule("R-23")
@pytest.mark.parametrize("result", CreditResult)
def test_a_fresh_result_either_allows_a_notice_or_asks_the_enterprise(result: CreditResult) -> None:
    allowed = credit_allows(credit(START, result), notice_starts_on=START, parameters=DEFAULT).ok
    assert credit_asks_explanation(result) is not allowed

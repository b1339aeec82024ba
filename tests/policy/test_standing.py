from __future__ import annotations

from datetime import date

import pytest

from apps.policy.levels import Level
from apps.policy.parameters import LapsedTitle, Parameters
from apps.policy.standing import (
    AnnualForm,
    Ban,
    HeldTitle,
    Standing,
    annual_form_blocks,
    ban_until,
    current_level,
    no_overdue_form,
    not_banned,
)
from tests.policy.scenes import DEFAULT, TODAY

AWARDED = date(2024, 5, 6)
END = date(2027, 2, 28)
BANNED = Standing(bans=(Ban(Level.A2, END),))


@pytest.mark.rule("R-01")
def test_current_level_is_the_highest_valid_one() -> None:
    titles = [HeldTitle(Level.A2, AWARDED), HeldTitle(Level.A4, AWARDED), HeldTitle(Level.A3, AWARDED)]
    assert current_level(titles, DEFAULT) is Level.A4
    assert current_level([], DEFAULT) is None


@pytest.mark.rule("R-05")
@pytest.mark.parametrize(
    ("policy", "level"), [(LapsedTitle.FALL_BACK, Level.A2), (LapsedTitle.NO_LEVEL, None)]
)
def test_a_lapsed_higher_title(policy: LapsedTitle, level: Level | None) -> None:
    titles = [HeldTitle(Level.A2, AWARDED), HeldTitle(Level.A4, AWARDED, valid=False)]
    assert current_level(titles, Parameters(lapsed_higher_title=policy)) is level


@pytest.mark.rule("R-05")
def test_a_lapsed_lower_title_never_matters() -> None:
    titles = [HeldTitle(Level.A2, AWARDED, valid=False), HeldTitle(Level.A3, AWARDED)]
    assert current_level(titles, Parameters(lapsed_higher_title=LapsedTitle.NO_LEVEL)) is Level.A3


def test_holds() -> None:
    standing = Standing(titles=(HeldTitle(Level.A3, AWARDED), HeldTitle(Level.A2, AWARDED, valid=False)))
    assert (standing.holds(Level.A3), standing.holds(Level.A2)) == (True, False)
    assert (standing.holds_at_least(Level.A2), standing.holds_at_least(Level.A4)) == (True, False)


@pytest.mark.rule("R-41")
def test_ban_of_three_years_to_the_day() -> None:
    assert ban_until(date(2024, 2, 29)) == date(2027, 2, 28)
    assert ban_until(date(2026, 10, 3)) == date(2029, 10, 3)


@pytest.mark.rule("R-11", "R-41")
@pytest.mark.parametrize(
    ("on", "ok"), [(date(2027, 2, 27), False), (date(2027, 2, 28), True), (date(2027, 3, 1), True)]
)
def test_ban_bars_before_its_end_date_only(on: date, *, ok: bool) -> None:
    verdict = not_banned(BANNED, level=Level.A2, on=on, parameters=DEFAULT)
    assert verdict.ok is ok
    if not ok:
        (refusal,) = verdict.refusals
        assert (refusal.rule, refusal.in_principle) == ("R-11", False)
        assert "2027年2月28日前不能提交" in refusal.reason
        assert refusal.remedy == "2027年2月28日起可以申报。"


@pytest.mark.rule("R-11")
@pytest.mark.parametrize(
    ("bars_lower", "level", "ok"),
    [
        (True, Level.A1, False),
        (False, Level.A1, True),
        (False, Level.A2, False),
        (False, Level.A3, False),
    ],
)
def test_whether_a_ban_bars_lower_levels_is_a_setting(level: Level, *, bars_lower: bool, ok: bool) -> None:
    parameters = Parameters(ban_bars_lower_levels=bars_lower)
    assert not_banned(BANNED, level=level, on=TODAY, parameters=parameters).ok is ok


@pytest.mark.rule("R-11")
def test_of_several_bans_the_last_end_is_shown() -> None:
    later = Ban(Level.A3, date(2028, 1, 5))
    standing = Standing(bans=(later, Ban(Level.A2, END)))
    verdict = not_banned(standing, level=Level.A3, on=TODAY, parameters=DEFAULT)
    assert "2028年1月5日" in verdict.reasons[0]


DUE = date(2026, 4, 15)


@pytest.mark.rule("R-31")
@pytest.mark.parametrize(
    ("submitted", "accepted", "on", "through_year", "blocks"),
    [
        (None, None, date(2026, 4, 15), True, False),
        (None, None, date(2026, 4, 16), True, True),
        (None, None, date(2028, 1, 1), True, True),
        (date(2026, 4, 15), None, date(2026, 6, 1), True, False),
        (date(2026, 4, 16), None, date(2026, 6, 1), True, True),
        (date(2026, 4, 16), date(2026, 5, 8), date(2026, 6, 1), True, True),
        (date(2026, 4, 16), date(2026, 5, 8), date(2026, 12, 31), True, True),
        (date(2026, 4, 16), date(2026, 5, 8), date(2027, 1, 1), True, False),
        (date(2026, 4, 16), date(2026, 5, 8), date(2026, 5, 7), False, True),
        (date(2026, 4, 16), date(2026, 5, 8), date(2026, 5, 8), False, False),
    ],
)
def test_how_long_a_late_form_stands_against_a_higher_level(
    submitted: date | None, accepted: date | None, on: date, *, through_year: bool, blocks: bool
) -> None:
    form = AnnualForm(2026, DUE, submitted, accepted)
    parameters = Parameters(overdue_through_year=through_year)
    assert annual_form_blocks(form, on=on, parameters=parameters) is blocks


@pytest.mark.rule("R-31")
@pytest.mark.parametrize(
    ("level", "ok"), [(Level.A2, True), (Level.A3, True), (Level.A4, False), (Level.A5, False)]
)
def test_an_overdue_form_stands_only_against_a_higher_level(level: Level, *, ok: bool) -> None:
    standing = Standing(titles=(HeldTitle(Level.A3, AWARDED),), annual_forms=(AnnualForm(2026, DUE),))
    verdict = no_overdue_form(standing, level=level, on=TODAY, parameters=DEFAULT)
    assert verdict.ok is ok
    assert verdict.waiving({"R-31"}).ok


@pytest.mark.rule("R-31")
def test_without_a_valid_title_no_form_is_owed() -> None:
    standing = Standing(
        titles=(HeldTitle(Level.A3, AWARDED, valid=False),), annual_forms=(AnnualForm(2026, DUE),)
    )
    assert no_overdue_form(standing, level=Level.A3, on=TODAY, parameters=DEFAULT).ok


@pytest.mark.rule("R-31")
def test_a_form_of_a_title_that_has_ended_does_not_bar_what_comes_after_it() -> None:
    ended = HeldTitle(Level.A3, AWARDED, valid=False)
    anew = HeldTitle(Level.A1, date(2030, 3, 1))
    standing = Standing(titles=(ended, anew), annual_forms=(AnnualForm(2026, DUE),))
    assert no_overdue_form(standing, level=Level.A3, on=date(2030, 6, 1), parameters=DEFAULT).ok


@pytest.mark.rule("R-31")
def test_overdue_years_are_named_in_order() -> None:
    standing = Standing(
        titles=(HeldTitle(Level.A3, AWARDED),),
        annual_forms=(AnnualForm(2026, DUE), AnnualForm(2025, date(2025, 4, 15))),
    )
    verdict = no_overdue_form(standing, level=Level.A4, on=TODAY, parameters=DEFAULT)
    assert verdict.reasons == ("2025、2026年度动态管理表未按时报送，原则上不推荐申报更高级别。",)

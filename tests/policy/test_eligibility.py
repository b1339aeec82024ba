from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from apps.policy.eligibility import (
    COMMITMENT_WANTED,
    Window,
    commitment_is_stamped,
    has_prerequisite,
    may_create_application,
    may_recommend_upward,
    may_submit,
    report_is_complete,
    upward_conditions,
    window_is_open,
)
from apps.policy.levels import Level
from apps.policy.standing import AnnualForm, Ban, HeldTitle, Standing
from apps.policy.verdict import Verdict, refuse
from tests.policy.scenes import DEFAULT, NOW, TODAY, conforming, holding, submission, window

OPENS, CLOSES = window().opens_at, window().closes_at
SECOND = timedelta(seconds=1)


def _submit(at: datetime = NOW, on: date = TODAY, **facts: object) -> Verdict:
    return may_submit(submission(**facts), at=at, on=on, parameters=DEFAULT)  # type: ignore[arg-type]


@pytest.mark.rule("R-12")
@pytest.mark.parametrize(
    ("at", "ok"),
    [
        (OPENS - SECOND, False),
        (OPENS, True),
        (CLOSES - SECOND, True),
        (CLOSES - timedelta(microseconds=1), True),
        (CLOSES, False),
        (CLOSES + SECOND, False),
    ],
)
def test_the_window_takes_its_first_instant_and_not_its_last(at: datetime, *, ok: bool) -> None:
    assert window_is_open(window(), at=at).ok is ok


@pytest.mark.rule("R-12")
@pytest.mark.parametrize(
    ("district", "extended", "ends"),
    [
        (None, None, CLOSES),
        (CLOSES - timedelta(days=5), None, CLOSES - timedelta(days=5)),
        (CLOSES + timedelta(days=5), None, CLOSES),
        (None, CLOSES + timedelta(days=2), CLOSES + timedelta(days=2)),
        (CLOSES - timedelta(days=5), CLOSES - timedelta(days=1), CLOSES - timedelta(days=1)),
        (None, CLOSES - timedelta(days=2), CLOSES),
    ],
)
def test_district_may_close_earlier_and_an_extension_prevails(
    district: datetime | None, extended: datetime | None, ends: datetime
) -> None:
    open_window = Window(
        opens_at=OPENS, closes_at=CLOSES, district_closes_at=district, extended_until=extended
    )
    assert open_window.ends_at == ends
    assert window_is_open(open_window, at=ends - SECOND).ok
    assert window_is_open(open_window, at=ends).rules == {"R-12"}


def test_a_window_needs_aware_instants() -> None:
    with pytest.raises(ValueError, match="timezone-aware"):
        Window(opens_at=datetime(2026, 6, 1), closes_at=CLOSES)  # noqa: DTZ001 - the mistake under test


@pytest.mark.rule("R-08")
@pytest.mark.parametrize(
    ("standing", "level", "required", "ok"),
    [
        (Standing(), Level.A3, True, False),
        (holding(Level.A1), Level.A3, True, False),
        (holding(Level.A2), Level.A3, True, True),
        (holding(Level.A4), Level.A3, True, True),
        (Standing(titles=(HeldTitle(Level.A2, TODAY, valid=False),)), Level.A3, True, False),
        (Standing(), Level.A3, False, True),
        (Standing(), Level.A2, True, True),
        (Standing(), Level.A1, True, True),
    ],
)
def test_3a_needs_2a_in_principle(standing: Standing, level: Level, *, required: bool, ok: bool) -> None:
    verdict = has_prerequisite(standing, level=level, required=required)
    assert verdict.ok is ok
    assert verdict.waiving({"R-08"}).ok


@pytest.mark.rule("R-03", "R-04")
@pytest.mark.parametrize(("level", "rule"), [(Level.A4, "R-03"), (Level.A5, "R-04")])
def test_4a_and_5a_are_not_applied_for(level: Level, rule: str) -> None:
    assert may_create_application(Standing(), level=level).rules == {rule}


@pytest.mark.rule("R-01")
@pytest.mark.parametrize(
    ("held", "level", "ok"),
    [
        ((), Level.A1, True),
        ((Level.A2,), Level.A1, False),
        ((Level.A2,), Level.A2, False),
        ((Level.A2,), Level.A3, True),
        ((Level.A4,), Level.A3, True),
        ((Level.A3, Level.A4), Level.A3, False),
    ],
)
def test_one_live_title_per_level(held: tuple[Level, ...], level: Level, *, ok: bool) -> None:
    verdict = may_create_application(holding(*held), level=level)
    assert verdict.ok is ok
    assert verdict.rules <= {"R-01"}


@pytest.mark.rule("R-12")
def test_one_application_per_round_and_level_within_what_the_round_offers() -> None:
    assert may_create_application(Standing(), level=Level.A1, other_open_in_round=True).rules == {"R-12"}
    offered = (Level.A1, Level.A2)
    assert may_create_application(Standing(), level=Level.A2, round_levels=offered).ok
    assert may_create_application(holding(Level.A2), level=Level.A3, round_levels=offered).rules == {"R-12"}


@pytest.mark.rule("R-11")
def test_a_ban_allows_the_draft_and_refuses_the_submission() -> None:
    banned = Standing(titles=holding(Level.A2).titles, bans=(Ban(Level.A3, date(2026, 6, 11)),))
    assert may_create_application(banned, level=Level.A3).ok
    assert _submit(standing=banned, on=date(2026, 6, 10)).rules == {"R-11"}
    assert _submit(standing=banned, on=date(2026, 6, 11)).ok


@pytest.mark.rule("R-12")
def test_each_missing_part_of_the_report_is_named() -> None:
    verdict = report_is_complete(["承诺书", "第三章"])
    assert verdict.reasons == ("评价报告不完整：承诺书。", "评价报告不完整：第三章。")
    assert report_is_complete([]).ok


@pytest.mark.rule("R-08", "R-10", "R-11", "R-12", "R-31")
def test_a_submission_that_meets_everything() -> None:
    assert _submit() == Verdict()
    assert _submit(level=Level.A1) == Verdict()
    assert _submit(level=Level.A2) == Verdict()


@pytest.mark.rule("R-08", "R-10", "R-11", "R-12", "R-31")
@pytest.mark.parametrize(
    ("facts", "rules"),
    [
        ({"standing": Standing()}, {"R-08"}),
        ({"standing": Standing(), "prerequisite_required": False}, set()),
        ({"conformity": {**conforming(Level.A3), "V-07": False}}, {"R-10"}),
        ({"missing": ["承诺书"]}, {"R-12"}),
        ({"other_open_in_round": True}, {"R-12"}),
        ({"round_levels": (Level.A1,)}, {"R-12"}),
        ({"standing": holding(Level.A2, Level.A3)}, {"R-01"}),
        ({"scheme_allowed": Verdict.refused(refuse("R-07", "所选评价体系不可用。"))}, {"R-07"}),
        (
            {
                "standing": Standing(
                    titles=holding(Level.A2).titles, annual_forms=(AnnualForm(2026, date(2026, 4, 15)),)
                )
            },
            {"R-31"},
        ),
    ],
)
def test_each_reason_alone(facts: dict[str, object], rules: set[str]) -> None:
    assert _submit(**facts).rules == rules  # type: ignore[arg-type]


@pytest.mark.rule("R-12")
def test_all_reasons_come_at_once_and_exemptions_open_only_what_they_may() -> None:
    standing = Standing(bans=(Ban(Level.A3, date(2027, 1, 1)),))
    verdict = _submit(at=CLOSES, standing=standing, missing=["承诺书"], conformity={})
    assert verdict.rules == {"R-08", "R-10", "R-11", "R-12"}
    assert verdict.waiving({"R-08", "R-10", "R-11", "R-12"}).rules == {"R-10", "R-11", "R-12"}


@pytest.mark.rule("R-09")
@pytest.mark.parametrize(
    ("standing", "target", "ok"),
    [
        (holding(Level.A3), Level.A4, True),
        (holding(Level.A3), Level.A5, True),
        (holding(Level.A4), Level.A5, True),
        (holding(Level.A2), Level.A4, False),
        (Standing(), Level.A5, False),
    ],
)
def test_upward_recommendation_needs_3a(standing: Standing, target: Level, *, ok: bool) -> None:
    verdict = may_recommend_upward(standing, target=target, on=TODAY, parameters=DEFAULT)
    assert verdict.ok is ok
    assert verdict.rules <= {"R-09"}
    assert verdict.waiving({"R-09"}).ok


@pytest.mark.rule("R-09", "R-11", "R-31")
def test_upward_recommendation_checks_ban_and_annual_form() -> None:
    standing = Standing(
        titles=holding(Level.A3).titles,
        bans=(Ban(Level.A2, date(2027, 1, 1)),),
        annual_forms=(AnnualForm(2026, date(2026, 4, 15)),),
    )
    verdict = may_recommend_upward(standing, target=Level.A4, on=TODAY, parameters=DEFAULT)
    assert verdict.rules == {"R-11", "R-31"}
    assert verdict.waiving({"R-11", "R-31"}).rules == {"R-11"}


@pytest.mark.rule("R-03", "R-04")
@pytest.mark.parametrize(
    ("held", "target"), [(Level.A4, Level.A4), (Level.A5, Level.A4), (Level.A5, Level.A5)]
)
def test_what_is_listed_already_is_not_recommended_again(held: Level, target: Level) -> None:
    verdict = may_recommend_upward(holding(held), target=target, on=TODAY, parameters=DEFAULT)
    assert verdict.rules == {"R-03" if target is Level.A4 else "R-04"}
    assert not verdict.waiving({"R-03", "R-04", "R-09"}).ok


@pytest.mark.rule("R-09")
def test_every_condition_is_named_whether_met_or_not() -> None:
    lines = upward_conditions(Standing(), target=Level.A4, on=TODAY, parameters=DEFAULT)
    assert [(line.rule, line.verdict.ok) for line in lines] == [
        ("R-09", False),
        ("R-03", True),
        ("R-11", True),
        ("R-31", True),
    ]


@pytest.mark.rule("R-09")
def test_only_4a_and_5a_are_recommended_upward() -> None:
    with pytest.raises(ValueError, match="Only 4A and 5A"):
        may_recommend_upward(holding(Level.A3), target=Level.A3, on=TODAY, parameters=DEFAULT)


def test_the_instant_is_compared_across_time_zones() -> None:
    assert window_is_open(window(), at=CLOSES.astimezone(UTC)).rules == {"R-12"}


@pytest.mark.rule("R-12")
@pytest.mark.parametrize(
    ("required", "current", "ok"),
    [(False, False, True), (False, True, True), (True, True, True), (True, False, False)],
)
def test_the_stamped_commitment_counts_only_where_it_is_demanded(
    *, required: bool, current: bool, ok: bool
) -> None:
    parameters = replace(DEFAULT, commitment_scan_required=required)
    verdict = commitment_is_stamped(current=current, parameters=parameters)
    assert verdict.ok is ok
    assert [refusal.reason for refusal in verdict.refusals] == ([] if ok else [COMMITMENT_WANTED])

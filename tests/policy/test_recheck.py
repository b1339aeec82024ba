from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from apps.policy.levels import Level
from apps.policy.parameters import Parameters
from apps.policy.recheck import (
    change_speaks_for_recheck,
    draw_sample,
    recheck_due_on,
    recheck_outcome,
    recheck_report_term,
    recheck_threshold,
    reports_upward,
    sample_size,
)
from tests.policy.scenes import DEFAULT, real_calendar


@pytest.mark.rule("R-33")
@pytest.mark.parametrize(
    ("last", "due"),
    [
        (None, date(2027, 2, 28)),
        (date(2025, 6, 10), date(2028, 6, 10)),
        (date(2023, 1, 1), date(2027, 2, 28)),
    ],
)
def test_a_site_is_rechecked_once_a_cycle(last: date | None, due: date) -> None:
    assert recheck_due_on(awarded_on=date(2024, 2, 29), last_recheck_on=last, parameters=DEFAULT) == due


@pytest.mark.rule("R-33")
def test_the_cycle_is_a_setting() -> None:
    parameters = Parameters(recheck_cycle_months=12)
    assert recheck_due_on(awarded_on=date(2025, 6, 10), last_recheck_on=None, parameters=parameters) == date(
        2026, 6, 10
    )


@pytest.mark.rule("R-33")
@pytest.mark.parametrize(
    ("kind", "changed_on", "speaks"),
    [
        ("incident", date(2026, 3, 2), True),
        ("incident", date(2026, 3, 1), False),  # the site was looked at that day
        ("succession", date(2026, 3, 2), False),
        ("rename", date(2026, 11, 20), True),
    ],
)
def test_what_was_reported_after_the_last_look_speaks_for_a_recheck(
    kind: str, changed_on: date, *, speaks: bool
) -> None:
    seen, on = date(2026, 3, 1), date(2026, 11, 20)
    assert change_speaks_for_recheck(kind, changed_on=changed_on, last_looked_at_on=seen, on=on) is speaks


@pytest.mark.rule("R-33")
def test_a_reported_change_counts_for_a_year() -> None:
    day = {"changed_on": date(2025, 11, 20), "last_looked_at_on": date(2025, 1, 1)}
    assert change_speaks_for_recheck("move", **day, on=date(2026, 11, 21))
    assert not change_speaks_for_recheck("move", **day, on=date(2026, 11, 22))


@pytest.mark.rule("R-34")
def test_results_are_reported_in_time() -> None:
    assert recheck_report_term(date(2026, 9, 28), DEFAULT, real_calendar()).ends_on == date(2026, 10, 16)


@pytest.mark.rule("R-35")
@pytest.mark.parametrize(
    ("results", "size"), [(0, 0), (1, 1), (9, 1), (10, 1), (11, 2), (20, 2), (21, 3), (100, 10)]
)
def test_sample_size(results: int, size: int) -> None:
    assert sample_size(results, DEFAULT) == size


@pytest.mark.rule("R-35")
def test_sample_size_follows_the_settings() -> None:
    assert sample_size(3, Parameters(sample_min_per_district=5)) == 3
    assert sample_size(40, Parameters(sample_ratio=Decimal("0.25"))) == 10
    assert sample_size(0, Parameters(sample_min_per_district=5)) == 0


IDS = {"320583": [f"K{n}" for n in range(25)], "320582": ["Z1", "Z2"], "SIP": []}
SIZES = {"320583": 3, "320582": 1, "SIP": 0}


@pytest.mark.rule("R-35")
def test_a_draw_can_be_repeated_and_does_not_depend_on_the_order() -> None:
    drawn = draw_sample(IDS, seed="2026-06-10T09:00:00+08:00/7d1f", sizes=SIZES)
    assert {district: len(ids) for district, ids in drawn.items()} == {"320582": 1, "320583": 3, "SIP": 0}
    assert all(set(ids) <= set(IDS[district]) for district, ids in drawn.items())
    turned = {district: list(reversed(ids)) for district, ids in reversed(IDS.items())}
    assert draw_sample(turned, seed="2026-06-10T09:00:00+08:00/7d1f", sizes=SIZES) == drawn


@pytest.mark.rule("R-35")
def test_another_seed_draws_others() -> None:
    draws = {draw_sample(IDS, seed=str(n), sizes=SIZES)["320583"] for n in range(20)}
    assert len(draws) == 20


@pytest.mark.rule("R-35")
@pytest.mark.parametrize(("ids", "seed", "text"), [(["a"], "", "seed"), (["a", "a"], "1", "Repeated")])
def test_impossible_draws(ids: list[str], seed: str, text: str) -> None:
    with pytest.raises(ValueError, match=text):
        draw_sample({"SIP": ids}, seed=seed, sizes={"SIP": 1})


@pytest.mark.rule("R-36")
def test_the_threshold_of_the_level_held() -> None:
    assert [recheck_threshold(level) for level in Level] == [60, 70, 80, 80, 80]


@pytest.mark.rule("R-36")
@pytest.mark.parametrize(
    ("score", "level", "vetoes", "passed", "reasons"),
    [
        ("80", Level.A3, (), True, 0),
        ("79.995", Level.A3, (), True, 0),
        ("79.99", Level.A3, (), False, 1),
        ("79.99", Level.A5, (), False, 1),
        ("80", Level.A4, (), True, 0),
        ("70", Level.A2, (), True, 0),
        ("95", Level.A3, ("V-07",), False, 1),
        ("50", Level.A3, ("V-03", "V-07"), False, 2),
    ],
)
def test_recheck_outcome(
    score: str, level: Level, vetoes: tuple[str, ...], reasons: int, *, passed: bool
) -> None:
    outcome = recheck_outcome(Decimal(score), level=level, vetoes=vetoes, parameters=DEFAULT)
    assert (outcome.passed, len(outcome.reasons)) == (passed, reasons)


@pytest.mark.rule("R-36")
def test_failures_of_4a_and_5a_are_reported_upward() -> None:
    assert [reports_upward(level) for level in Level] == [False, False, False, True, True]

from __future__ import annotations

from datetime import date

import pytest

from apps.policy.basic_requirements import (
    BASIC_REQUIREMENTS,
    Polarity,
    lookback_start,
    meets_basic_requirements,
    requirements_for,
)
from apps.policy.levels import Level
from tests.policy.scenes import conforming

BY_CODE = {item.code: item for item in BASIC_REQUIREMENTS}


@pytest.mark.rule("R-10")
def test_the_fifteen_requirements() -> None:
    assert list(BY_CODE) == [f"V-{n:02d}" for n in range(1, 16)]
    must_not = [item.code for item in BASIC_REQUIREMENTS if item.polarity is Polarity.MUST_NOT_HOLD]
    assert must_not == ["V-03", "V-04", "V-05", "V-06", "V-07", "V-08", "V-09"]
    assert [item.code for item in BASIC_REQUIREMENTS if item.by_system] == ["V-09"]
    assert [item.code for item in BASIC_REQUIREMENTS if Level.A1 not in item.levels] == ["V-05", "V-06"]
    for item in BASIC_REQUIREMENTS:
        assert item.text.endswith("不得申报。" if item.polarity is Polarity.MUST_NOT_HOLD else "。") or (
            item.code == "V-09"
        )


@pytest.mark.rule("R-10")
@pytest.mark.parametrize(
    ("code", "holds", "conforms"),
    [("V-01", True, True), ("V-01", False, False), ("V-03", True, False), ("V-03", False, True)],
)
def test_polarity_says_which_answer_passes(code: str, *, holds: bool, conforms: bool) -> None:
    assert BY_CODE[code].conforms(holds) is conforms


@pytest.mark.rule("R-10")
@pytest.mark.parametrize(("level", "count"), [(Level.A1, 12), (Level.A2, 14), (Level.A3, 14)])
def test_all_conforming_passes_and_each_single_failure_refuses(level: Level, count: int) -> None:
    answers = conforming(level)
    assert len(answers) == count
    assert meets_basic_requirements(answers, level=level).ok
    for code in answers:
        verdict = meets_basic_requirements({**answers, code: False}, level=level)
        assert [refusal.rule for refusal in verdict.refusals] == ["R-10"]
        assert f"不符合基本要求{code}" in verdict.reasons[0]
        assert not verdict.waiving({"R-10"}).ok


@pytest.mark.rule("R-10")
def test_requirements_of_other_levels_are_not_asked() -> None:
    answers = {**conforming(Level.A1), "V-05": False, "V-06": False}
    assert meets_basic_requirements(answers, level=Level.A1).ok
    assert meets_basic_requirements(answers, level=Level.A2).rules == {"R-10"}


@pytest.mark.rule("R-10")
@pytest.mark.parametrize("unanswered", [{"V-02": None}, {}])
def test_an_unanswered_requirement_is_told_apart_from_a_failed_one(
    unanswered: dict[str, bool | None],
) -> None:
    answers = {code: value for code, value in conforming(Level.A1).items() if code != "V-02"}
    verdict = meets_basic_requirements({**answers, **unanswered}, level=Level.A1)
    assert verdict.reasons == ("基本要求V-02“经营与制度”尚未填写。",)


@pytest.mark.rule("R-10")
def test_levels_from_lists_ask_nothing() -> None:
    assert requirements_for(Level.A4) == ()


@pytest.mark.rule("R-10")
def test_the_last_three_years_count_back_from_submission() -> None:
    assert lookback_start(date(2026, 6, 10)) == date(2023, 6, 10)
    assert lookback_start(date(2024, 2, 29)) == date(2021, 2, 28)

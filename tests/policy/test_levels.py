from __future__ import annotations

from decimal import Decimal

import pytest

from apps.policy.levels import (
    Level,
    LevelDecision,
    Tier,
    checked_score,
    decide_level,
    deciding_tier,
    level_for_score,
    may_decide_level,
    printed,
)
from apps.policy.parameters import MandatoryZero, Parameters, Rounding


@pytest.mark.rule("R-01")
def test_levels_are_ordered_and_labelled() -> None:
    assert [level.label for level in sorted(Level)] == ["1A", "2A", "3A", "4A", "5A"]
    assert [level.is_scored for level in Level] == [True, True, True, False, False]
    assert Level.from_label("3A") is Level.A3
    with pytest.raises(ValueError, match="No such level"):
        Level.from_label("6A")


@pytest.mark.rule("R-03", "R-04")
def test_a_title_from_an_upper_list_is_not_written_as_the_citys() -> None:
    assert Level.A3.title_words == "苏州市 3A 级绿色工厂"
    assert Level.A4.title_words == "4A 级绿色工厂（省级绿色工厂，自动评定）"
    assert Level.A5.title_words == "5A 级绿色工厂（国家级绿色工厂，自动评定）"


@pytest.mark.rule("R-02")
@pytest.mark.parametrize(
    ("total", "level"),
    [
        ("0", None),
        ("59.99", None),
        ("59.994", None),
        ("59.995", Level.A1),
        ("60", Level.A1),
        ("69.99", Level.A1),
        ("69.994999", Level.A1),
        ("69.995", Level.A2),
        ("70", Level.A2),
        ("79.99", Level.A2),
        ("79.9949", Level.A2),
        ("79.995", Level.A3),
        ("80", Level.A3),
        ("80.00", Level.A3),
        ("100", Level.A3),
    ],
)
def test_level_for_score_at_the_boundaries(total: str, level: Level | None) -> None:
    assert level_for_score(Decimal(total)) is level


@pytest.mark.rule("R-02")
@pytest.mark.parametrize(
    ("rounding", "figure", "level"),
    [
        (Rounding.HALF_UP, "80.00", Level.A3),
        (Rounding.HALF_EVEN, "80.00", Level.A3),
        (Rounding.DOWN, "79.99", Level.A2),
    ],
)
def test_rounding_is_a_setting(rounding: Rounding, figure: str, level: Level) -> None:
    assert printed(Decimal("79.995"), rounding) == Decimal(figure)
    assert level_for_score(Decimal("79.995"), rounding) is level


def test_half_even_differs_from_half_up_on_an_even_cent() -> None:
    assert printed(Decimal("60.005"), Rounding.HALF_EVEN) == Decimal("60.00")
    assert printed(Decimal("60.005"), Rounding.HALF_UP) == Decimal("60.01")


@pytest.mark.rule("R-02")
@pytest.mark.parametrize("impossible", ["NaN", "sNaN", "Infinity", "-Infinity", "-0.01", "100.0001", "1E+3"])
def test_impossible_scores(impossible: str) -> None:
    with pytest.raises(ValueError, match="between 0 and 100"):
        level_for_score(Decimal(impossible))


@pytest.mark.parametrize("wrong", [80.0, 80, "80", None, True])
def test_a_score_is_a_decimal(wrong: object) -> None:
    with pytest.raises(TypeError):
        checked_score(wrong)  # type: ignore[arg-type]


def test_checked_score_with_its_own_maximum() -> None:
    assert checked_score(Decimal("3.5"), Decimal("3.5")) == Decimal("3.5")
    with pytest.raises(ValueError, match=r"between 0 and 3\.5"):
        checked_score(Decimal("3.51"), Decimal("3.5"))


@pytest.mark.rule("R-02")
@pytest.mark.parametrize(
    ("policy", "total", "level"),
    [
        (MandatoryZero.WARN, "85", Level.A3),
        (MandatoryZero.CAP_2A, "85", Level.A2),
        (MandatoryZero.CAP_2A, "65", Level.A1),
        (MandatoryZero.CAP_2A, "59", None),
        (MandatoryZero.REFUSE, "85", None),
    ],
)
def test_a_mandatory_item_at_zero(policy: MandatoryZero, total: str, level: Level | None) -> None:
    decision = decide_level(
        Decimal(total), zero_mandatory=["J1-01", "G2-03"], parameters=Parameters(mandatory_zero=policy)
    )
    assert decision.level is level
    assert decision.by_score is level_for_score(Decimal(total))
    assert len(decision.advice) == 1
    assert "J1-01、G2-03" in decision.advice[0]


@pytest.mark.parametrize("policy", list(MandatoryZero))
def test_no_mandatory_item_at_zero_leaves_the_level_alone(policy: MandatoryZero) -> None:
    decision = decide_level(Decimal("79.996"), parameters=Parameters(mandatory_zero=policy))
    assert decision == LevelDecision(Decimal("80.00"), Level.A3, Level.A3)


@pytest.mark.rule("R-06")
def test_deciding_tier() -> None:
    assert [deciding_tier(level) for level in Level] == [
        Tier.DISTRICT,
        Tier.DISTRICT,
        Tier.MUNICIPAL,
        Tier.PROVINCE,
        Tier.NATION,
    ]


@pytest.mark.rule("R-06")
@pytest.mark.parametrize(
    ("level", "tier", "own", "ok"),
    [
        (Level.A1, Tier.DISTRICT, "320583", True),
        (Level.A2, Tier.DISTRICT, "320583", True),
        (Level.A2, Tier.DISTRICT, "320582", False),
        (Level.A2, Tier.DISTRICT, None, False),
        (Level.A2, Tier.MUNICIPAL, None, False),
        (Level.A3, Tier.MUNICIPAL, None, True),
        (Level.A3, Tier.DISTRICT, "320583", False),
        (Level.A4, Tier.MUNICIPAL, None, False),
        (Level.A5, Tier.MUNICIPAL, None, False),
    ],
)
def test_only_the_competent_authority_decides(level: Level, tier: Tier, own: str | None, *, ok: bool) -> None:
    verdict = may_decide_level(level=level, tier=tier, own_district=own, case_district="320583")
    assert verdict.ok is ok
    assert verdict.rules <= {"R-06"}
    assert len(verdict.refusals) == (0 if ok else 1)


def test_tier_labels() -> None:
    assert Tier.MUNICIPAL.label == "市工业和信息化局"

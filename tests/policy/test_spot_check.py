"""抽查 (R-35): each district by its share, repeatable by anybody, compared with what the district found."""

from __future__ import annotations

from decimal import Decimal

import pytest

from apps.policy.draw import sha256
from apps.policy.parameters import Parameters
from apps.policy.spot_check import (
    SampleCommitment,
    Stratum,
    compare_results,
    draw_spot_checks,
    may_commit_sample,
    strata_of,
)
from tests.policy.scenes import DEFAULT

pytestmark = pytest.mark.rule("R-35")
SECRET = "0" * 64
POOL = {"320583": [f"k{n:02d}" for n in range(25)], "320582": ["z1", "z2"], "SIP": []}


def committed(source: str = "双色球第2026135期", *strata: Stratum) -> SampleCommitment:
    return SampleCommitment("s1", strata or strata_of(POOL, DEFAULT), source, sha256(SECRET))


def test_each_district_with_results_gives_its_share() -> None:
    sizes = {one.district: one.size for one in strata_of(POOL, DEFAULT)}
    assert sizes == {"320582": 1, "320583": 3}
    half = strata_of(POOL, Parameters(sample_ratio=Decimal("0.5"), sample_min_per_district=2))
    assert {one.district: one.size for one in half} == {"320582": 2, "320583": 13}


def test_the_same_record_gives_the_same_sample_in_any_order() -> None:
    first = draw_spot_checks(committed(), secret=SECRET, public_value="03 11 19 22 + 09")
    turned = committed("双色球第2026135期", *reversed(strata_of(POOL, DEFAULT)))
    assert draw_spot_checks(turned, secret=SECRET, public_value="0311192209") == first
    assert {district: len(codes) for district, codes in first.drawn.items()} == {"320582": 1, "320583": 3}
    others = {
        draw_spot_checks(committed(), secret=SECRET, public_value=str(n)).drawn["320583"] for n in range(20)
    }
    assert len(others) == 20


@pytest.mark.parametrize(("secret", "value", "text"), [("1", "1", "secret"), (SECRET, " +", "public value")])
def test_impossible_draws(secret: str, value: str, text: str) -> None:
    with pytest.raises(ValueError, match=text):
        draw_spot_checks(committed(), secret=secret, public_value=value)


def test_nothing_to_draw_from_or_no_source() -> None:
    assert may_commit_sample(committed()).ok
    empty = SampleCommitment("s1", (), " ", sha256(SECRET))
    assert [refusal.rule for refusal in may_commit_sample(empty).refusals] == ["R-35", "R-35"]


@pytest.mark.parametrize(
    ("district", "city", "agrees", "reasons"),
    [
        ("85.00", "85.00", True, 0),
        ("85.00", "80.01", True, 0),
        ("85.00", "80.00", False, 1),
        ("84.00", "88.99", True, 0),
        ("80.00", "79.99", False, 1),
        ("90.00", "70.00", False, 2),
    ],
)
def test_what_agrees_with_the_district(
    district: str,
    city: str,
    agrees: bool,  # noqa: FBT001  (pytest passes it by name)
    reasons: int,
) -> None:
    found = compare_results(
        district_score=Decimal(district),
        district_passed=True,
        city_score=Decimal(city),
        city_passed=Decimal(city) >= 80,
        parameters=DEFAULT,
    )
    assert found.agrees is agrees
    assert len(found.reasons) == reasons
    assert found.difference == Decimal(city) - Decimal(district)

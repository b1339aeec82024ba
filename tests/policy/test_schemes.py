from __future__ import annotations

from datetime import date, timedelta

import pytest

from apps.policy.parameters import Parameters, SectorStandard
from apps.policy.schemes import (
    SchemeChoice,
    left_without,
    may_change_scheme,
    may_publish_scheme,
    may_use_scheme,
    suggested_scheme,
)
from tests.policy.scenes import DEFAULT

GENERAL = SchemeChoice("SZGF-2023R1")
TEXTILE = SchemeChoice("FZ-17", ("17",))
DYEING = SchemeChoice("FZ-1713", ("1713", "1723"))
PUBLISHED = (GENERAL, TEXTILE, DYEING)
REQUIRED = Parameters(sector_standard=SectorStandard.REQUIRE)


@pytest.mark.rule("R-07")
@pytest.mark.parametrize(
    ("industry", "code"),
    [("3812", "SZGF-2023R1"), ("1751", "FZ-17"), ("1713", "FZ-1713"), ("1723", "FZ-1713")],
)
def test_the_best_fitting_sector_standard_is_suggested(industry: str, code: str) -> None:
    assert suggested_scheme(industry, PUBLISHED, DEFAULT) == code


@pytest.mark.rule("R-07")
@pytest.mark.parametrize(
    ("chosen", "industry", "parameters", "ok"),
    [
        ("SZGF-2023R1", "1713", DEFAULT, True),
        ("SZGF-2023R1", "1713", REQUIRED, False),
        ("FZ-1713", "1713", REQUIRED, True),
        ("FZ-17", "1713", REQUIRED, False),
        ("FZ-17", "1713", DEFAULT, True),
        ("FZ-17", "3812", DEFAULT, False),
        ("SZGF-2023R1", "3812", REQUIRED, True),
        ("UNKNOWN", "3812", DEFAULT, False),
    ],
)
def test_which_schemes_may_be_used(chosen: str, industry: str, parameters: Parameters, *, ok: bool) -> None:
    verdict = may_use_scheme(
        chosen,
        industry_code=industry,
        published=PUBLISHED,
        offered={"SZGF-2023R1", "FZ-17", "FZ-1713", "UNKNOWN"},
        parameters=parameters,
    )
    assert verdict.ok is ok
    assert verdict.rules <= {"R-07"}


@pytest.mark.rule("R-07")
def test_a_scheme_the_round_does_not_offer() -> None:
    verdict = may_use_scheme(
        "FZ-17", industry_code="1751", published=PUBLISHED, offered={"SZGF-2023R1"}, parameters=DEFAULT
    )
    assert verdict.reasons == ("所选评价体系不在本批次可用范围内。",)


@pytest.mark.rule("R-07")
@pytest.mark.parametrize(("reason", "ok"), [("行业代码更正", True), ("  ", False), ("", False)])
def test_the_district_changes_a_scheme_with_a_reason(reason: str, *, ok: bool) -> None:
    assert may_change_scheme(reason=reason).ok is ok


@pytest.mark.rule("R-07")
@pytest.mark.parametrize(("days", "ok"), [(None, True), (-1, False), (0, True), (1, True)])
def test_a_system_takes_effect_on_the_day_it_is_published_or_later(days: int | None, *, ok: bool) -> None:
    today = date(2026, 11, 23)
    verdict = may_publish_scheme(
        simulated=True,
        past_applications=True,
        effective_from=None if days is None else today + timedelta(days),
        on=today,
    )
    assert verdict.ok is ok
    assert ok or "2026年11月22日已过" in verdict.reasons[0]


@pytest.mark.rule("R-07")
@pytest.mark.parametrize(
    ("retired", "remaining", "alone"),
    [
        ((), [()], ()),
        ((), [], ("",)),
        ((), [("26",)], ("",)),
        (("26",), [()], ()),
        (("26", "39"), [("26", "39")], ()),
        (("26", "39"), [("2",)], ("39",)),
        (("26",), [("2651",)], ("26",)),
    ],
)
def test_whom_retiring_a_system_leaves_without_any(
    retired: tuple[str, ...], remaining: list[tuple[str, ...]], alone: tuple[str, ...]
) -> None:
    others = [SchemeChoice(f"S{n}", prefixes) for n, prefixes in enumerate(remaining)]
    assert left_without(SchemeChoice("OLD", retired), others) == alone

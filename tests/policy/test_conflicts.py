from __future__ import annotations

from datetime import date

import pytest

from apps.policy.conflicts import Link, LinkKind, Party, may_open_material, may_review
from apps.policy.parameters import Parameters
from tests.policy.scenes import DEFAULT

OWN, SISTER, HELPER, OTHER = (
    "91320500MA1XXXXX01",
    "91320500MA1XXXXX02",
    "91320500MA1XXXXX03",
    "91320500MA1XXXXX04",
)
PARTY = Party(OWN, frozenset({SISTER}), frozenset({HELPER}))
ON = date(2026, 5, 10)


@pytest.mark.rule("R-20")
@pytest.mark.parametrize("kind", list(LinkKind))
@pytest.mark.parametrize("uscc", [OWN, SISTER, HELPER])
def test_every_kind_of_present_link_bars(kind: LinkKind, uscc: str) -> None:
    verdict = may_review([Link(kind, uscc)], PARTY, on=ON, parameters=DEFAULT)
    assert [refusal.rule for refusal in verdict.refusals] == ["R-20"]
    assert kind.label in verdict.reasons[0]
    assert not verdict.waivable


@pytest.mark.rule("R-20")
@pytest.mark.parametrize(
    ("until", "ok"),
    [
        (None, False),
        (date(2026, 5, 10), False),
        (date(2027, 1, 1), False),
        (date(2023, 5, 11), False),
        (date(2023, 5, 10), True),
        (date(2020, 1, 1), True),
    ],
)
def test_a_past_employer_counts_for_three_years_to_the_day(until: date | None, *, ok: bool) -> None:
    links = [Link(LinkKind.EMPLOYER, OWN, until)]
    assert may_review(links, PARTY, on=ON, parameters=DEFAULT).ok is ok


@pytest.mark.rule("R-20")
def test_how_long_the_past_counts_is_a_setting() -> None:
    links = [Link(LinkKind.EMPLOYER, OWN, date(2026, 5, 9))]
    assert may_review(links, PARTY, on=ON, parameters=Parameters(conflict_years=0)).ok


@pytest.mark.rule("R-20")
def test_reasons_tell_present_from_past_and_the_applicant_from_its_group() -> None:
    verdict = may_review(
        [
            Link(LinkKind.EMPLOYER, f" {OWN.lower()} ", date(2025, 1, 1)),
            Link(LinkKind.SHAREHOLDING, SISTER),
            Link(LinkKind.CONSULTANT, OTHER),
            Link(LinkKind.THIRD_PARTY_EVALUATOR, HELPER),
        ],
        PARTY,
        on=ON,
        parameters=DEFAULT,
        declared_conflict=True,
    )
    assert verdict.reasons == (
        "专家近3年内曾在该企业任职，应当回避。",
        "专家现在该企业的关联单位持股，应当回避。",
        "专家现在为该企业提供咨询或第三方评价的机构参与第三方评价，应当回避。",
        "专家已声明与该企业存在利益关系，应当回避。",
    )


@pytest.mark.rule("R-20")
def test_no_link_no_conflict() -> None:
    assert may_review([Link(LinkKind.EMPLOYER, OTHER)], PARTY, on=ON, parameters=DEFAULT).ok


@pytest.mark.rule("R-20")
@pytest.mark.parametrize("signed", [True, False])
def test_material_opens_after_the_declaration(*, signed: bool) -> None:
    assert may_open_material(declaration_signed=signed).ok is signed

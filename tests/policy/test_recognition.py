from __future__ import annotations

from datetime import date

import pytest

from apps.policy.levels import Level
from apps.policy.parameters import LapsedTitle, Parameters
from apps.policy.recognition import (
    ListEntry,
    ListKind,
    Recognition,
    after_removal,
    level_of_list,
    may_recognise,
    may_rename,
    recognition_from_list,
)
from apps.policy.standing import HeldTitle, Standing
from tests.policy.scenes import DEFAULT, holding

PUBLISHED = date(2026, 3, 2)
USCC = "91320583MA1XXXXX0X"


@pytest.mark.rule("R-03", "R-04")
@pytest.mark.parametrize(
    ("kind", "level", "rule"),
    [(ListKind.PROVINCIAL, Level.A4, "R-03"), (ListKind.NATIONAL, Level.A5, "R-04")],
)
def test_a_confirmed_line_of_a_list_gives_its_level(kind: ListKind, level: Level, rule: str) -> None:
    entry = ListEntry("苏州某某有限公司", USCC)
    assert level_of_list(kind) is level
    assert may_recognise(entry, kind, standing=holding(Level.A3)).ok
    assert recognition_from_list(entry, kind, published_on=PUBLISHED) == Recognition(USCC, level, PUBLISHED)
    assert may_recognise(entry, kind, standing=holding(level)).rules == {rule}


@pytest.mark.rule("R-03")
def test_a_line_without_a_confirmed_match_waits_for_an_official() -> None:
    entry = ListEntry("苏州某某有限公司", None)
    verdict = may_recognise(entry, ListKind.PROVINCIAL, standing=Standing())
    assert verdict.reasons == ("“苏州某某有限公司”尚未与企业档案核对一致。",)
    with pytest.raises(ValueError, match="confirmed match"):
        recognition_from_list(entry, ListKind.PROVINCIAL, published_on=PUBLISHED)


@pytest.mark.rule("R-04")
def test_a_national_title_leaves_the_provincial_one_alone() -> None:
    assert may_recognise(ListEntry("甲", USCC), ListKind.NATIONAL, standing=holding(Level.A4)).ok


@pytest.mark.rule("R-05")
def test_removal_ends_one_title_and_falls_back() -> None:
    titles = (HeldTitle(Level.A3, date(2024, 1, 5)), HeldTitle(Level.A4, date(2025, 2, 3)))
    effect = after_removal(titles, ListKind.PROVINCIAL, removed_on=PUBLISHED, parameters=DEFAULT)
    assert effect.level is Level.A3
    assert effect.titles == (titles[0], HeldTitle(Level.A4, date(2025, 2, 3), valid=False))
    strict = Parameters(lapsed_higher_title=LapsedTitle.NO_LEVEL)
    assert after_removal(titles, ListKind.PROVINCIAL, removed_on=PUBLISHED, parameters=strict).level is None


@pytest.mark.rule("R-05")
@pytest.mark.parametrize(
    "titles",
    [
        (HeldTitle(Level.A3, date(2024, 1, 5)),),
        (HeldTitle(Level.A4, date(2026, 3, 3)),),
        (HeldTitle(Level.A4, date(2025, 2, 3), valid=False),),
    ],
)
def test_what_is_not_held_cannot_be_removed(titles: tuple[HeldTitle, ...]) -> None:
    with pytest.raises(ValueError, match="No valid 4A title"):
        after_removal(titles, ListKind.PROVINCIAL, removed_on=PUBLISHED, parameters=DEFAULT)


@pytest.mark.rule("R-05", "R-43")
@pytest.mark.parametrize(
    ("new_uscc", "name", "rules"),
    [
        (USCC, "苏州新名有限公司", set()),
        (f" {USCC.lower()} ", "苏州新名有限公司", set()),
        (USCC, " ", {"R-43"}),
        ("91320583MA1YYYYY0Y", "苏州新名有限公司", {"R-05"}),
    ],
)
def test_a_renaming_keeps_the_code(new_uscc: str, name: str, rules: set[str]) -> None:
    assert may_rename(old_uscc=USCC, new_uscc=new_uscc, new_name=name).rules == rules


def test_list_labels() -> None:
    assert [kind.label for kind in ListKind] == ["省级绿色工厂名单", "国家级绿色工厂名单"]

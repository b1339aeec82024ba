"""Basic requirements on a form: one source for the words, evidence from data, and which answers fail."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from apps.policy.basic_requirements import BASIC_REQUIREMENTS, meets_basic_requirements, requirements_for
from apps.policy.evaluation.loading import InvalidScheme
from apps.policy.evaluation.requirement_guides import (
    CheckedBy,
    failing,
    load_requirement_guides,
    unanswered,
)
from apps.policy.levels import Level
from tests.policy.evaluation.materials import read

GUIDES = load_requirement_guides(read("basic_requirements"))


def test_every_requirement_has_its_guide_in_order() -> None:
    assert [guide.requirement for guide in GUIDES] == list(BASIC_REQUIREMENTS)
    assert len(GUIDES) == 15
    by_code = {guide.requirement.code: guide for guide in GUIDES}
    assert by_code["V-09"].checked_by is CheckedBy.SYSTEM
    assert by_code["V-03"].evidence == ("信用中国报告", "国家企业信用信息公示系统截图")
    assert set(read("basic_requirements")["sources"]) >= {name for guide in GUIDES for name in guide.sources}


def test_the_form_says_what_conforming_means() -> None:
    by_code = {guide.requirement.code: guide for guide in GUIDES}
    assert by_code["V-01"].choices == ((True, "符合"), (False, "不符合"))
    assert by_code["V-07"].choices == ((True, "符合（不存在上述情形）"), (False, "不符合（存在上述情形）"))


@pytest.mark.parametrize("level", [Level.A1, Level.A2, Level.A3])
def test_failing_answers_are_those_the_verdict_refuses(level: Level) -> None:
    answers = {row.code: True for row in BASIC_REQUIREMENTS}
    assert failing(answers, level) == ()
    assert unanswered(answers, level) == ()
    assert meets_basic_requirements(answers, level=level).ok
    for row in BASIC_REQUIREMENTS:
        one = {**answers, row.code: False}
        counts = row in requirements_for(level)
        assert failing(one, level) == ((row,) if counts else ())
        assert meets_basic_requirements(one, level=level).ok is not counts
        left = {code: value for code, value in answers.items() if code != row.code}
        assert unanswered(left, level) == ((row,) if counts else ())
        assert failing(left, level) == ()


@pytest.mark.parametrize(
    ("changes", "path", "words"),
    [
        ({"rule": "在苏州注册。"}, "basic_requirements[0].rule", "不一致"),
        ({"polarity": "must_not_hold"}, "basic_requirements[0].polarity", "不一致"),
        ({"levels": ["3A"]}, "basic_requirements[0].levels", "1A、2A、3A"),
        ({"code": "V-99"}, "basic_requirements[0].code", "V-99"),
        ({"code": "V-02"}, "basic_requirements[1].code", "重复"),
        ({"checked_by": "anyone"}, "basic_requirements[0].checked_by", "anyone"),
        ({"note": "x"}, "basic_requirements[0].note", "没有这个字段"),
    ],
)
def test_guides_that_say_something_else_are_refused(changes: dict[str, Any], path: str, words: str) -> None:
    raw = deepcopy(read("basic_requirements"))
    raw["basic_requirements"][0].update(changes)
    with pytest.raises(InvalidScheme) as refused:
        load_requirement_guides(raw)
    assert any(problem.path == path and words in problem.message for problem in refused.value.problems)


def test_a_missing_guide_is_told() -> None:
    raw = deepcopy(read("basic_requirements"))
    raw["basic_requirements"].pop()
    with pytest.raises(InvalidScheme, match="缺少基本要求“V-15”"):
        load_requirement_guides(raw)

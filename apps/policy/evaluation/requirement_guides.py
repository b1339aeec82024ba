"""Owns what goes with each basic requirement on a form: evidence, who checks, where it comes from.

The requirements themselves, their words, levels and polarity stand in `apps.policy.basic_requirements`, once.
The guides come from data; a guide whose words differ from the requirement's is refused, so none can drift.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from apps.policy.basic_requirements import (
    BASIC_REQUIREMENTS,
    BasicRequirement,
    Polarity,
    requirements_for,
)
from apps.policy.evaluation.loading import InvalidScheme
from apps.policy.evaluation.problems import Problem
from apps.policy.evaluation.reading import Node
from apps.policy.levels import Level

_FIELDS = ("code", "name", "rule", "levels", "sources", "evidence", "checked_by", "polarity")


class CheckedBy(StrEnum):
    """Who verifies the answer."""

    SYSTEM = "system"
    OFFICER = "officer"
    BOTH = "system+officer"


@dataclass(frozen=True, slots=True)
class RequirementGuide:
    """A requirement with the evidence asked for; `sources` are codes explained beside the data."""

    requirement: BasicRequirement
    checked_by: CheckedBy
    evidence: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    @property
    def choices(self) -> tuple[tuple[bool, str], ...]:
        """The two answers as a form shows them; where a fact must not hold, saying what each means."""
        if self.requirement.polarity is Polarity.MUST_HOLD:
            return ((True, "符合"), (False, "不符合"))
        return ((True, "符合（不存在上述情形）"), (False, "不符合（存在上述情形）"))


def load_requirement_guides(
    mapping: Mapping[str, Any], requirements: Iterable[BasicRequirement] = BASIC_REQUIREMENTS
) -> tuple[RequirementGuide, ...]:
    """Read {"basic_requirements": [...]}, one guide for every requirement, in the requirements' order.

    Raises InvalidScheme, with addressed problems, for a missing, unknown, double or differing row.
    """
    problems: list[Problem] = []
    known = {requirement.code: requirement for requirement in requirements}
    guides: dict[str, RequirementGuide] = {}
    for node in Node(mapping, "", problems).nodes("basic_requirements", required=True):
        node.only(*_FIELDS)
        code = node.text("code", required=True)
        requirement = known.get(code)
        if requirement is None:
            node.note("code", f"没有代码为“{code}”的基本要求")
            continue
        if code in guides:
            node.note("code", f"代码“{code}”重复")
        _compare(node, requirement)
        guides[code] = RequirementGuide(
            requirement=requirement,
            checked_by=node.choice("checked_by", CheckedBy, CheckedBy.OFFICER),
            evidence=node.texts("evidence"),
            sources=node.texts("sources"),
        )
    problems += [
        Problem("basic_requirements", f"缺少基本要求“{code}”") for code in known if code not in guides
    ]
    if problems:
        raise InvalidScheme(problems)
    return tuple(guides[code] for code in known)


def failing(answers: Mapping[str, bool | None], level: Level) -> tuple[BasicRequirement, ...]:
    """Requirements of a level answered 不符合; one not answered yet does not fail, see `unanswered`."""
    return tuple(row for row in requirements_for(level) if answers.get(row.code) is False)


def unanswered(answers: Mapping[str, bool | None], level: Level) -> tuple[BasicRequirement, ...]:
    """Requirements of a level that have no answer yet."""
    return tuple(row for row in requirements_for(level) if answers.get(row.code) is None)


def _compare(node: Node, requirement: BasicRequirement) -> None:
    """Note every point in which a row says something else than the requirement it belongs to."""
    levels = {f"{level.value}A" for level in requirement.levels}
    stated = (
        ("name", requirement.name, node.text("name", required=True)),
        ("rule", requirement.text, node.text("rule", required=True)),
        ("polarity", requirement.polarity.value, node.text("polarity", required=True)),
        ("levels", "、".join(sorted(levels)), "、".join(sorted(node.texts("levels")))),
    )
    for key, ours, theirs in stated:
        if "".join(ours.split()) != "".join(theirs.split()):
            node.note(key, f"与政策版本中的“{ours}”不一致（当前为“{theirs}”）")

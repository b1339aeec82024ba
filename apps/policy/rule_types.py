"""What a rule is: the row of the rule table and the four ways in which the product carries a rule."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How the product carries a rule."""

    FUNCTION = "function"
    SETTING = "setting"
    MECHANISM = "mechanism"
    OUT_OF_SCOPE = "out_of_scope"

    @property
    def label(self) -> str:
        """The word used on the traceability page."""
        return {
            Kind.FUNCTION: "纯函数",
            Kind.SETTING: "有日期的参数",
            Kind.MECHANISM: "机制",
            Kind.OUT_OF_SCOPE: "不在范围内",
        }[self]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    ``clause`` is the plan's clause number; ``seed`` the words it rests on (the plan's own when ``origin`` is
    "方案", else those of the named practice); ``settings`` the keys of parameters that shape it;
    ``mechanisms`` dotted paths ("apps.review.services.sign") that carry it outside the policy; ``tests`` the
    test files that prove those; ``reason`` why it is carried this way.
    """

    id: str
    clause: str
    seed: str
    title: str
    kind: Kind
    origin: str = "方案"
    in_principle: bool = False
    settings: tuple[str, ...] = ()
    mechanisms: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    reason: str = ""

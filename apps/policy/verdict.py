"""What a rule answers: a verdict made of refusals, each naming its rule, its clause and the way out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Self

from apps.policy.rules import rule


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason why an act is not allowed.

    ``rule`` is a rule id ("R-18"), ``clause`` the plan's clause number ("五（三）"), ``reason`` the sentence
    shown to the user, ``remedy`` what may be done about it (may be empty). ``in_principle`` is true where the
    plan itself says 原则上: only such a refusal can be waived by a recorded exemption.
    """

    rule: str
    clause: str
    reason: str
    remedy: str = ""
    in_principle: bool = False

    def __str__(self) -> str:
        return f"{self.reason}（依据：{self.clause}，{self.rule}）"


@dataclass(frozen=True, slots=True)
class Verdict:
    """All refusals that apply, in the order in which they were found; none means the act is allowed.

    A verdict has no truth value on purpose: read ``ok``. ``if may_submit(...)`` would otherwise always pass.
    """

    refusals: tuple[Refusal, ...] = ()

    @property
    def ok(self) -> bool:
        """True when nothing stands against the act."""
        return not self.refusals

    @property
    def waivable(self) -> bool:
        """True when the act is refused only by rules that hold 原则上: exemptions could open the way."""
        return bool(self.refusals) and all(refusal.in_principle for refusal in self.refusals)

    @property
    def rules(self) -> frozenset[str]:
        """The ids of the rules that refuse."""
        return frozenset(refusal.rule for refusal in self.refusals)

    @property
    def reasons(self) -> tuple[str, ...]:
        """The sentences to show, in order."""
        return tuple(refusal.reason for refusal in self.refusals)

    def waiving(self, rules: Collection[str]) -> Verdict:
        """The verdict after the recorded exemptions for ``rules``; a rule without 原则上 is never waived."""
        return Verdict(
            tuple(
                refusal for refusal in self.refusals if not (refusal.in_principle and refusal.rule in rules)
            )
        )

    def __add__(self, other: Verdict) -> Verdict:
        return Verdict(self.refusals + other.refusals)

    @classmethod
    def all_of(cls, *verdicts: Verdict) -> Self:
        """Every refusal of every verdict; a refusal found twice is kept once."""
        return cls(tuple(dict.fromkeys(refusal for verdict in verdicts for refusal in verdict.refusals)))

    @classmethod
    def refused(cls, *refusals: Refusal) -> Self:
        """A verdict made of ``refusals``."""
        return cls(refusals)

    def __bool__(self) -> bool:
        raise TypeError("A verdict has no truth value; read .ok")


ALLOWED = Verdict()


def refuse(rule_id: str, reason: str, remedy: str = "") -> Refusal:
    """A refusal by rule ``rule_id``; clause and 原则上 come from the rule table (KeyError if unknown)."""
    row = rule(rule_id)
    return Refusal(row.id, row.clause, reason, remedy, row.in_principle)


def when(condition: bool, rule_id: str, reason: str, remedy: str = "") -> Verdict:  # noqa: FBT001 - reads as a sentence
    """Refused by ``rule_id`` when ``condition`` holds, else allowed."""
    return Verdict((refuse(rule_id, reason, remedy),)) if condition else ALLOWED

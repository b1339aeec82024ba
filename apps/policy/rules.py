"""Which functions carry which rule.

The rows themselves stand in :mod:`apps.policy.rule_table`: one row per rule R-01 to R-45, the rule's id
beside its clause number. A function that carries a rule says so with ``@implements("R-02")``; the
traceability page is made from both, so neither can drift from the other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

from apps.policy.rule_table import RULES
from apps.policy.rule_types import Kind, Rule

__all__ = ["RULES", "Kind", "Rule", "implementations", "implements", "rule"]

_BY_ID: dict[str, Rule] = {row.id: row for row in RULES}
_IMPLEMENTED: dict[str, list[str]] = defaultdict(list)

F = TypeVar("F", bound=Callable[..., Any])


def rule(rule_id: str) -> Rule:
    """The rule with this id; KeyError when there is none."""
    return _BY_ID[rule_id]


def implements(*rule_ids: str) -> Callable[[F], F]:
    """Mark a function as carrying the rules; KeyError at import time for an unknown id."""
    for rule_id in rule_ids:
        rule(rule_id)

    def mark(function: F) -> F:
        for rule_id in rule_ids:
            _IMPLEMENTED[rule_id].append(f"{function.__module__}.{function.__qualname__}")
        return function

    return mark


def implementations() -> dict[str, tuple[str, ...]]:
    """Rule id → dotted paths of the functions that carry it, as far as their modules have been imported."""
    return {rule_id: tuple(sorted(set(paths))) for rule_id, paths in sorted(_IMPLEMENTED.items())}

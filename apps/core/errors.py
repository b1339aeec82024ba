"""What can go wrong in a use-case; interfaces translate these and nothing else into HTTP."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from apps.policy.verdict import Verdict


class DomainError(Exception):
    """Base of all refusals. `message` is a plain Chinese sentence a person can act on."""

    status = 400

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotVisible(DomainError):
    """The row does not exist for this actor (gate 2): 404, whether or not it exists for others."""

    status = 404

    def __init__(self, message: str = "没有找到这条记录，或它不在您的管辖范围内。") -> None:
        super().__init__(message)


class Forbidden(DomainError):
    """The role or duty may not do this (gate 1): 403."""

    status = 403


class WrongStep(DomainError):
    """The event is not open in this state (gate 3): 409. `open_in` are the labels of the states it is open in."""

    status = 409

    def __init__(self, message: str, *, open_in: Collection[str] = ()) -> None:
        super().__init__(message)
        self.open_in = frozenset(open_in)


class Conflict(DomainError):
    """Somebody saved first: 409 with what is stored now, so that neither version is lost."""

    status = 409

    def __init__(self, message: str, *, current: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.current = dict(current or {})


class RuleBroken(DomainError):
    """The plan does not allow it today (gate 4): 422 with the clauses."""

    status = 422

    def __init__(self, verdict: Verdict) -> None:
        super().__init__("".join(refusal.reason for refusal in verdict.refusals) or "不符合规定。")
        self.verdict = verdict


class Invalid(DomainError):
    """Entries that cannot be taken: field → messages; the key "" is the form as a whole."""

    status = 422

    def __init__(self, errors: Mapping[str, list[str]]) -> None:
        super().__init__("".join(message for messages in errors.values() for message in messages))
        self.errors = {field: list(messages) for field, messages in errors.items()}

    @staticmethod
    def of(field: str, message: str) -> Invalid:
        """Return the error of one field."""
        return Invalid({field: [message]})


def require(verdict: Verdict) -> None:
    """Raise `RuleBroken` unless *verdict* allows."""
    if not verdict.ok:
        raise RuleBroken(verdict)

"""What a credit service must be able to do, and the records that pass between it and the platform."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from apps.core.errors import DomainError


class ServiceProblem(DomainError):
    """The service cannot be reached or its folder cannot be used: 503, nothing was changed."""

    status = 503


@dataclass(frozen=True, slots=True)
class CreditQuestion:
    """One enterprise to be looked up; `query_no` comes back with the answer."""

    query_no: str
    application_no: str
    enterprise_name: str
    uscc: str
    asked_on: date


@dataclass(frozen=True, slots=True)
class CreditAnswer:
    """One line of a result file that could be read; `line` counts from 1 with the heading."""

    line: int
    query_no: str
    uscc: str
    platform: str
    checked_on: date
    report_no: str
    result: str
    matters: str


@dataclass(frozen=True, slots=True)
class FaultyLine:
    """One line that could not be taken, and why."""

    line: int
    query_no: str
    message: str


@dataclass(frozen=True, slots=True)
class ResultFile:
    """A file of answers as it came."""

    name: str
    content: bytes


class CreditService(Protocol):
    """Sends questions and fetches result files; safe to call again."""

    def send(self, questions: Sequence[CreditQuestion]) -> str:
        """Hand over questions and return the name under which they went; all of them or none.

        Raises:
            ServiceProblem: they could not be handed over.
        """

    def fetch(self) -> Sequence[ResultFile]:
        """Return the result files that wait, oldest first; they stay until `done`.

        Raises:
            ServiceProblem: they cannot be read.
        """

    def done(self, name: str) -> None:
        """Put a result file away after its answers are stored."""

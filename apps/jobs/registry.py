"""Which kinds of long work exist: rooms above register a handler each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol

from apps.core.actor import Actor
from apps.core.moment import Clock


class JobCancelled(Exception):
    """Raised inside a handler when its owner has asked to stop."""


@dataclass(frozen=True, slots=True)
class JobResult:
    """What a handler leaves behind.

    `path`: a file inside the folder the handler was given; `name`: what the browser calls it; `values`: small facts
    for the page (rows read, rows refused).
    """

    path: Path | None = None
    name: str = ""
    content_type: str = "application/octet-stream"
    values: Mapping[str, Any] = field(default_factory=dict)


class JobContext(Protocol):
    """What a handler may ask of the room while it works."""

    public_id: str
    actor: Actor
    clock: Clock
    params: Mapping[str, Any]
    folder: Path

    def progress(self, done: int, total: int) -> None:
        """Tell how far the work is; raises JobCancelled when the owner asked to stop."""
        ...


Handler = Callable[[JobContext], JobResult]
Naming = Callable[[Mapping[str, Any]], str]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of long work.

    `attempts`: how often it may be started in all; above 1 only for work that may safely begin again from the start.
    `keep`: how long the result is kept. `naming`: what one job is called by its params, where that varies.
    """

    code: str
    label: str
    handler: Handler
    attempts: int
    keep: timedelta
    naming: Naming | None = None

    def name(self, params: Mapping[str, Any]) -> str:
        """Return what a job of this kind with *params* is called."""
        return self.naming(params) if self.naming else self.label


_KINDS: dict[str, Kind] = {}
KINDS: Mapping[str, Kind] = MappingProxyType(_KINDS)


def job(
    code: str,
    *,
    label: str,
    attempts: int = 3,
    keep: timedelta = timedelta(days=7),
    naming: Naming | None = None,
) -> Callable[[Handler], Handler]:
    """Register the decorated function as the handler of kind *code*.

    The handler runs outside any transaction; what it changes it changes through services. It must be safe to start
    again from the beginning when *attempts* is above 1, because its process may die at any point.

    Raises:
        ValueError: two different handlers for one kind.
    """

    def register(handler: Handler) -> Handler:
        known = _KINDS.get(code)
        if known is not None and known.handler.__qualname__ != handler.__qualname__:
            msg = f"two handlers for jobs of kind {code!r}"
            raise ValueError(msg)
        _KINDS[code] = Kind(code, label, handler, attempts, keep, naming)
        return handler

    return register

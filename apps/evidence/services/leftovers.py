"""Bytes that no row names: those of an upload that was refused after it was stored, or whose process died."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

import structlog
from django.db import DatabaseError, transaction

from apps.core.actor import Actor
from apps.core.moment import Clock
from apps.core.scoping import enter
from apps.evidence import storage
from apps.evidence.models import BureauFile, EvidenceFile

_log = structlog.get_logger(__name__)
_STALE_HOURS = 24


@contextmanager
def nothing_left_over() -> Iterator[None]:
    """Around one request: bytes it stored, and whose row was rolled back with it, are gone at its end.

    A refusal of a room above comes after the file has been stored (the same certificate twice, no room for another
    photo) and takes the row with it, not the bytes. The block must lie outside every transaction of the request:
    only when all of them are over can be known which rows are there.
    """
    with storage.noting_kept() as names:
        try:
            yield
        finally:
            if names:
                _remove_refused(names)


def _remove_refused(names: Sequence[str]) -> None:
    try:
        with transaction.atomic():
            enter(Actor.system())
            known = _named(names)
            # Only asked: whoever was acting before acts again, should a transaction still be open around this one.
            transaction.set_rollback(True)
    except DatabaseError:
        _log.exception("evidence.leftovers_unknown")  # the daily cleaning finds them
        return
    for name in names:
        if name not in known:
            storage.discard(storage.full_path(name))


def _named(names: Sequence[str]) -> set[str]:
    """Return those of *names* that a row holds; read as the system."""
    system = Actor.system()
    held: set[str] = set()
    for rows in (EvidenceFile.objects.visible_to(system), BureauFile.objects.visible_to(system)):
        held.update(rows.filter(stored_name__in=names).values_list("stored_name", flat=True))
    return held


def stale_before(*, clock: Clock) -> float:
    """Return the time (seconds since 1970) before which bytes without a row are left over, not under way."""
    return clock.now().plus(-timedelta(hours=_STALE_HOURS)).at.timestamp()


def remove_orphans(*, clock: Clock) -> int:
    """Delete bytes without a row that are older than a day (an upload whose process died); return how many.

    Run as the system.
    """
    limit = stale_before(clock=clock)
    system = Actor.system()
    known = set(EvidenceFile.objects.visible_to(system).values_list("stored_name", flat=True))
    known.update(BureauFile.objects.visible_to(system).values_list("stored_name", flat=True))
    stale = [storage.full_path(name) for name in storage.stored_names() if name not in known]
    removed = 0
    for path in (*stale, *storage.waiting()):
        if path.stat().st_mtime < limit:
            storage.discard(path)
            removed += 1
    return removed

"""Papers that everybody expects shortly after the act: public notices, recognition documents, certificates, receipts.

Nobody has to ask for them. A periodic task looks for what was published, signed, awarded or handed in lately and has no
paper yet, and makes a bounded number; older ones are made when somebody asks. What cannot be made (a character no font
has) is left alone for a while, so that it holds up nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import structlog
from django.core.cache import cache
from django.db import connection, transaction

from apps.applications import selectors as applications
from apps.core.actor import Actor
from apps.core.errors import DomainError
from apps.core.moment import Clock, Moment
from apps.core.scoping import enter
from apps.documents.kinds import CERTIFICATE, NOTICE, RECEIPT, RECOGNITION
from apps.documents.rendering.engine import Renderer
from apps.documents.rendering.errors import RendererUnavailable
from apps.documents.selectors import stored_numbers
from apps.documents.services.storing import make, prepare
from apps.publicity import selectors as publicity
from apps.publicity.states import PUBLIC_NOTICES, SIGNED
from apps.titles import selectors as titles

_log = structlog.get_logger(__name__)
#: How far back is looked, and how many papers one run makes.
LATELY = timedelta(days=30)
BATCH = 12
_PAGE = 200
_REST_SECONDS = 3600
#: Number of the lock that keeps two runs from making the same papers (any number of its own will do).
_LOCK = 7392
_SYSTEM = Actor.system()


def render_missing(*, clock: Clock, limit: int = BATCH) -> int:
    """Make the expected papers that are missing, at most *limit*; return how many were made. Safe to run twice at once.

    Without the renderer's system packages nothing is made and the log says what to install.
    """
    made = 0
    with _alone() as mine:
        if not mine:
            return 0
        with Renderer() as renderer:
            for kind, public_id in _missing(clock.now()):
                if made >= limit:
                    break
                if cache.get(_failed(kind, public_id)):
                    continue
                try:
                    prepared = prepare(actor=_SYSTEM, clock=clock, kind=kind, public_id=public_id)
                    make(actor=_SYSTEM, clock=clock, kind=kind, prepared=prepared, renderer=renderer)
                    made += 1
                except RendererUnavailable as refusal:
                    _log.error("documents.renderer_unavailable", packages=refusal.packages)
                    break
                except DomainError as refusal:
                    cache.set(_failed(kind, public_id), refusal.message, _REST_SECONDS)
                    _log.warning("documents.not_made", kind=kind, subject=public_id, reason=refusal.message)
    return made


def _failed(kind: str, public_id: str) -> str:
    return f"documents:failed:{kind}:{public_id}"


@contextmanager
def _alone() -> Iterator[bool]:
    """Hold a lock of the database session while a run lasts; False when another run holds it."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(%s)", [_LOCK])
        (mine,) = cursor.fetchone()
    try:
        yield bool(mine)
    finally:
        if mine:
            with connection.cursor() as cursor:
                cursor.execute("select pg_advisory_unlock(%s)", [_LOCK])


def _missing(moment: Moment) -> list[tuple[str, str]]:
    """Return (kind, public id) of what lately came to be and has no paper, the most public first."""
    since = moment.plus(-LATELY)
    found: list[tuple[str, str]] = []
    for kind, candidates in (
        (NOTICE, _notices),
        (RECOGNITION, _recognitions),
        (CERTIFICATE, _titles),
        (RECEIPT, _receipts),
    ):
        with transaction.atomic():
            enter(_SYSTEM)
            wanted = list(candidates(since))
            have = stored_numbers(actor=_SYSTEM, kind=kind, public_ids=[row.public_id for row in wanted])
        found += [
            (kind, row.public_id)
            for row in wanted
            if (row.number not in have[row.public_id] if row.number else not have[row.public_id])
        ]
    return found


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A row that should have a paper; with a number: a paper of this number."""

    public_id: str
    number: str = ""


def _notices(since: Moment) -> Iterator[_Wanted]:
    for state in PUBLIC_NOTICES:
        for row in publicity.notices_page(actor=_SYSTEM, state=state, per_page=_PAGE).rows:
            if row.published_at is not None and row.published_at >= since.at:
                yield _Wanted(row.public_id)


def _recognitions(since: Moment) -> Iterator[_Wanted]:
    for row in publicity.recognitions(actor=_SYSTEM, state=SIGNED):
        if row.decided_on is not None and row.decided_on >= since.on:
            yield _Wanted(row.public_id)


def _titles(since: Moment) -> Iterator[_Wanted]:
    """Walk the register from the newest award back to *since*; 4A and 5A have no certificate of ours."""
    page = pages = 1
    while page <= pages:
        found = titles.titles_page(actor=_SYSTEM, state="standing", page=page, per_page=_PAGE)
        for row in found.rows:
            if row.awarded_on < since.on:
                return
            if row.certificate_no is not None:
                yield _Wanted(row.public_id)
        page, pages = page + 1, found.pages


def _receipts(since: Moment) -> Iterator[_Wanted]:
    """Walk the applications from the newest change back to *since*: a supplement gives a receipt of its own."""
    page = pages = 1
    while page <= pages:
        found = applications.applications_page(actor=_SYSTEM, sort="changed", page=page, per_page=_PAGE)
        rows = [row for row in found.rows if row.changed_at >= since.at]
        for case in applications.cases(actor=_SYSTEM, ids=[row.id for row in rows]).values():
            if case.receipt_no is not None:
                yield _Wanted(case.public_id, case.receipt_no)
        if len(rows) < len(found.rows):
            return
        page, pages = page + 1, found.pages

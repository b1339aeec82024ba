"""Asking the virus scanner: at upload, and again for what it could not answer then (SECURITY R20, F-30)."""

from __future__ import annotations

from pathlib import Path

import structlog
from django.db import transaction

from apps.audit import services as audit
from apps.core.actor import Actor
from apps.core.moment import Clock
from apps.core.scoping import enter
from apps.evidence import storage
from apps.evidence.inspection import scanner
from apps.evidence.inspection.detect import NotTaken
from apps.evidence.models import BureauFile, EvidenceFile
from apps.evidence.rendering import cache
from apps.evidence.states import CLEAN, CONTENT_CHECKED, INFECTED, PENDING

_log = structlog.get_logger(__name__)
_AT_ONCE = 50
_Model = type[EvidenceFile] | type[BureauFile]
#: Tables whose files pass the scanner.
_MODELS: tuple[_Model, ...] = (EvidenceFile, BureauFile)


def state_at_upload(path: Path) -> str:
    """Return the scan state of a file being taken in; a scanner that does not answer leaves it waiting.

    Raises:
        NotTaken: a virus was found (U21).
    """
    if not scanner.configured():
        return CONTENT_CHECKED
    try:
        virus = scanner.scan(path)
    except scanner.Unreachable as error:
        _log.error("evidence.scanner_unreachable", error=str(error))
        return PENDING
    if virus:
        _log.warning("evidence.virus", name=virus)
        raise NotTaken("virus", "检测到病毒，文件已拒绝。请查杀后重新导出，再上传。")
    return CLEAN


def scan_waiting(*, clock: Clock, limit: int = _AT_ONCE) -> int:
    """Scan files that have not passed the scanner yet, oldest first; return how many were answered.

    Nothing happens without a scanner; when it does not answer, the rest waits for the next time. Run as the system.
    """
    if not scanner.configured():
        return 0
    system = Actor.system()
    waiting: list[tuple[_Model, int]] = []
    with transaction.atomic():
        enter(system)
        for model in _MODELS:
            rows = model.objects.visible_to(system).filter(scan_state__in=[PENDING, CONTENT_CHECKED])
            waiting += [(model, pk) for pk in rows.order_by("pk").values_list("pk", flat=True)[:limit]]
    answered = 0
    for model, pk in waiting[:limit]:
        if not _scan_one(model, pk, clock):
            break
        answered += 1
    return answered


def _scan_one(model: _Model, pk: int, clock: Clock) -> bool:
    """Scan one file; return whether the scanner answered. Each file is a transaction of its own."""
    system = Actor.system()
    with transaction.atomic():
        enter(system)
        row = model.objects.select_for_update(skip_locked=True).filter(pk=pk).first()
        if row is None or row.scan_state not in {PENDING, CONTENT_CHECKED}:
            return True
        path = storage.full_path(row.stored_name)
        if not path.is_file():
            _log.error("evidence.damaged", file=row.public_id)
            return True
        try:
            virus = scanner.scan(path)
        except scanner.Unreachable as error:
            _log.error("evidence.scanner_unreachable", error=str(error))
            return False
        moment, before = clock.now(), row.scan_state
        row.scan_state, row.scanned_at = (INFECTED if virus else CLEAN), moment.at
        row.save(update_fields=["scan_state", "scanned_at"])
        if virus:
            cache.drop(row.digest)
            audit.record(
                actor=system,
                event="evidence.infected",
                subject=row,
                moment=moment,
                before={"scan_state": before},
                after={"scan_state": INFECTED, "virus": virus, "digest": row.digest},
            )
    return True

"""Taking in a file that is no enterprise's evidence: the same checks and the same place outside the web root.

For rooms above that keep a row of their own (a letter with an objection): who may see the file is theirs to say.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from apps.core.errors import Invalid
from apps.core.moment import Clock
from apps.evidence import storage
from apps.evidence.inspection.detect import NotTaken
from apps.evidence.selectors.files import withheld
from apps.evidence.services.arriving import arrived, bounded
from apps.evidence.services.clearance import NotCleared
from apps.evidence.services.records import FileDamaged, FileToSend
from apps.evidence.services.scanning import state_at_upload
from apps.evidence.states import KINDS
from apps.parameters.selectors import in_force


@dataclass(frozen=True, slots=True)
class TakenFile:
    """A file that has passed every check and lies in its place; `stored_name` is relative to the file store."""

    stored_name: str
    name: str
    kind: str
    content_type: str
    size: int
    digest: str
    pages: int | None
    scan_state: str


def take_in(
    *, clock: Clock, upload: UploadedFile[Any], folder: str, kinds: Collection[str], most_mb: int
) -> TakenFile:
    """Check and keep one file: size, type by content, active content, pages, viruses.

    The caller stores the row in the same transaction and calls `discard` when that fails.

    Args:
        clock: when; the limits in force on that day count.
        upload: what the form sent; only its extension and bytes are believed.
        folder: of the file store, of the room's own.
        kinds: the kinds taken, codes of `KINDS`.
        most_mb: largest size in megabytes; never more than the bureau allows for evidence.

    Raises:
        Invalid: at field `file`.
        StorageFull: the disk is full; nothing is kept.
    """
    parameters = bounded(in_force(on=clock.now().on), most_mb)
    with arrived(upload, parameters) as file:
        kind = file.finding.kind
        if kind.code not in kinds:
            wanted = "、".join(KINDS[code].label for code in KINDS if code in kinds)
            raise Invalid.of("file", f"请上传 {wanted} 文件。")
        return TakenFile(
            stored_name=storage.keep(file.received, folder=folder),
            name=file.name,
            kind=kind.code,
            content_type=kind.content_type,
            size=file.received.size,
            digest=file.received.digest,
            pages=file.finding.pages,
            scan_state=file.scan_state,
        )


def discard(stored_name: str) -> None:
    """Remove the bytes of a file whose row could not be stored."""
    storage.discard(storage.full_path(stored_name))


def hand_out(*, stored_name: str, name: str, content_type: str, digest: str, scan_state: str) -> FileToSend:
    """Return a kept file for sending, whole and cleared; one the scanner has not passed yet is scanned now.

    Raises:
        NotCleared: the scanner does not answer, or has found something.
        FileDamaged: the bytes are missing or not those that came.
    """
    path = storage.full_path(stored_name)
    if not path.is_file() or storage.digest_of(path) != digest:
        raise FileDamaged("文件校验未通过，无法打开，请联系系统管理员。")
    if withheld(scan_state):
        try:
            message = withheld(state_at_upload(path))
        except NotTaken as refusal:
            raise NotCleared(refusal.message) from None
        if message:
            raise NotCleared(message)
    return FileToSend(path, stored_name, content_type, name, path.stat().st_size, digest)

"""A file on its way in, whoever sends it: bounded, inspected, scanned; kept together with its row or not at all."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import ROUND_UP, Decimal
from pathlib import Path
from typing import Any

import structlog
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from apps.audit import services as audit
from apps.core.actor import Actor
from apps.core.errors import Invalid
from apps.core.moment import Moment
from apps.evidence import storage
from apps.evidence.inspection.detect import NotTaken, extension_kind
from apps.evidence.inspection.probe import Finding, inspect
from apps.evidence.models import BureauFile, EvidenceFile
from apps.evidence.services.scanning import state_at_upload
from apps.evidence.states import CLEAN
from apps.policy.parameters import Parameters

_log = structlog.get_logger(__name__)
_MB = 1024 * 1024
_LONGEST_NAME = 120
#: (digest, extension, page limit) → what inspection found; only good findings are remembered, the oldest goes first.
_FOUND_GOOD: dict[tuple[str, str, int], Finding] = {}
_MOST_REMEMBERED = 512


@dataclass(frozen=True, slots=True)
class Arrived:
    """A file that has passed every check; its bytes lie in the waiting place until they are kept."""

    received: storage.Received
    finding: Finding
    scan_state: str
    name: str


@contextmanager
def arrived(upload: UploadedFile[Any], parameters: Parameters) -> Iterator[Arrived]:
    """Take in the bytes of *upload* and check them; what has not been kept at the end is gone.

    Args:
        upload: what the form sent; only its extension and bytes are believed.
        parameters: the limits in force.

    Raises:
        Invalid: at field `file`, the sentence of the catalogue (SECURITY U01-U24).
        StorageFull: the disk is full; nothing is kept.
    """
    received = _received(upload, parameters)
    try:
        finding = _inspected(received, upload.name or "", parameters)
        scan_state = _scanned(received)
        yield Arrived(received, finding, scan_state, _display_name(upload.name or "", finding))
    finally:
        storage.discard(received.path)


def keep_with_row(
    file: Arrived,
    row: EvidenceFile | BureauFile,
    *,
    actor: Actor,
    moment: Moment,
    event: str,
    rule: str = "",
) -> None:
    """Move the bytes to their place and write *row* about them, with its trace; neither is there without the other.

    Raises:
        StorageFull: the disk is full; nothing is kept.
    """
    row.digest, row.size = file.received.digest, file.received.size
    row.display_name = file.name
    row.kind, row.content_type = file.finding.kind.code, file.finding.kind.content_type
    row.uploaded_at = moment.at
    row.scan_state = file.scan_state
    row.scanned_at = moment.at if file.scan_state == CLEAN else None
    row.stored_name = storage.keep(file.received)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            audit.record(
                actor=actor,
                event=event,
                subject=row,
                moment=moment,
                rule=rule,
                after={"name": row.display_name, "digest": row.digest, "size": row.size, "kind": row.kind},
            )
    except BaseException:
        storage.discard(storage.full_path(row.stored_name))
        raise


def bounded(parameters: Parameters, most_mb: int) -> Parameters:
    """Return the choices in force with a tighter limit on the size of one file, in megabytes."""
    return replace(parameters, upload_file_mb=min(parameters.upload_file_mb, most_mb))


def _received(upload: UploadedFile[Any], parameters: Parameters) -> storage.Received:
    """Take the bytes in under a name of ours.

    Raises:
        Invalid: at field `file`: the extension, too large, or empty.
    """
    most = parameters.upload_file_mb * _MB
    declared = upload.size or 0
    try:
        extension_kind(upload.name or "")
    except NotTaken as refusal:
        raise _invalid(refusal) from None
    if declared > most:
        raise _too_large(declared, parameters)
    try:
        received = storage.receive(upload.chunks(), most=most)
    except storage.TooLarge:
        raise _too_large(most + 1, parameters) from None
    if received.size == 0:
        storage.discard(received.path)
        raise Invalid.of("file", "文件为空，请重新选择文件。")
    return received


def _too_large(size: int, parameters: Parameters) -> Invalid:
    shown = (Decimal(size) / _MB).quantize(Decimal("0.1"), rounding=ROUND_UP)
    return Invalid.of(
        "file", f"文件 {shown} MB，超过 {parameters.upload_file_mb} MB 上限，请压缩或拆分后上传。"
    )


def _inspected(received: storage.Received, name: str, parameters: Parameters) -> Finding:
    """Inspect the bytes; the same bytes under the same extension and limit were found good before: no second child.

    Raises:
        Invalid: at field `file`.
    """
    key = (received.digest, Path(name).suffix.lower(), parameters.upload_pdf_pages)
    known = _FOUND_GOOD.get(key)
    if known is not None:
        return known
    try:
        found = inspect(received.path, name=name, most_pages=parameters.upload_pdf_pages)
    except NotTaken as refusal:
        raise _invalid(refusal) from None
    if len(_FOUND_GOOD) >= _MOST_REMEMBERED:
        _FOUND_GOOD.pop(next(iter(_FOUND_GOOD)), None)
    _FOUND_GOOD[key] = found
    return found


def _scanned(received: storage.Received) -> str:
    """Return the scan state; a virus refuses the file.

    Raises:
        Invalid: at field `file`.
    """
    try:
        return state_at_upload(received.path)
    except NotTaken as refusal:
        raise _invalid(refusal) from None


def _invalid(refusal: NotTaken) -> Invalid:
    _log.warning("evidence.refused", code=refusal.code)
    return Invalid.of("file", refusal.message)


def _display_name(name: str, finding: Finding) -> str:
    """Return a name fit to be shown: no path, no invisible characters, at most 120 characters, extension kept (U22)."""
    base = name.replace("\\", "/").rsplit("/", 1)[-1]
    text = unicodedata.normalize("NFC", base)
    text = "".join(
        mark for mark in text if unicodedata.category(mark) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
    ).strip()
    stem, dot, extension = text.rpartition(".") if "." in text else (text, "", "")
    suffix = dot + extension if extension else finding.kind.extensions[0]
    return (stem.strip() or "未命名")[: _LONGEST_NAME - len(suffix)] + suffix

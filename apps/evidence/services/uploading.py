"""Taking in a file: bounded, inspected, digested, stored once, counted against the limits."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import timedelta
from decimal import ROUND_UP, Decimal
from pathlib import Path
from typing import Any

import structlog
from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction

from apps.accounts.selectors import enterprise_file
from apps.audit import services as audit
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Forbidden, Invalid, NotVisible, WrongStep
from apps.core.moment import Clock
from apps.evidence import storage
from apps.evidence.inspection.detect import NotTaken, extension_kind
from apps.evidence.inspection.probe import Finding, inspect
from apps.evidence.models import BureauFile, EvidenceFile
from apps.evidence.selectors.files import in_application, size_text
from apps.evidence.services.records import Case, StoredFile
from apps.evidence.services.scanning import state_at_upload
from apps.evidence.states import BY_BUREAU, BY_CITY, BY_ENTERPRISE, CLEAN, KINDS
from apps.parameters.selectors import in_force
from apps.policy.parameters import Parameters

_log = structlog.get_logger(__name__)
_MB = 1024 * 1024
_LONGEST_NAME = 120
_QUOTA_LOCK = 7421
_STALE_HOURS = 24
#: (digest, extension, page limit) → what inspection found; only good findings are remembered, the oldest goes first.
_FOUND_GOOD: dict[tuple[str, str, int], Finding] = {}
_MOST_REMEMBERED = 512


@transaction.atomic
def store_upload(
    *, actor: Actor, clock: Clock, upload: UploadedFile[Any], case: Case | None = None
) -> StoredFile:
    """Take in one file, for an enterprise's library or (with *case*) for an application.

    The same bytes uploaded again by the same side are recognised and not stored twice. Bureaus and experts may add
    files of an on-site check to a case; the enterprise does not see those.

    Args:
        actor: a member of the enterprise; with a case also district, municipal or expert.
        clock: when; the limits in force on that day count.
        upload: what the form sent; only its extension and bytes are believed.
        case: the application, already checked for visibility by the room above.

    Raises:
        Invalid: at field `file`, the sentence of the catalogue (SECURITY U01-U24).
        WrongStep: the application may not be changed now (U25).
        StorageFull: the disk is full; nothing is kept.
    """
    enterprise_id, district, origin = _for_whom(actor, case)
    moment = clock.now()
    parameters = in_force(on=moment.on)
    received = received_from(upload, parameters)
    try:
        finding = inspected(received, upload.name or "", parameters)
        scan_state = scanned(received)
        _take_turn(enterprise_id)
        known = (
            EvidenceFile.objects.visible_to(actor)
            .filter(enterprise_id=enterprise_id, origin=origin, digest=received.digest)
            .first()
        )
        if case is not None and origin == BY_ENTERPRISE:
            _require_room(actor, case, received, known, parameters)
        if known is not None:
            return _known(known, received)
        row = EvidenceFile(
            enterprise_id=enterprise_id,
            district_id=district,
            origin=origin,
            digest=received.digest,
            size=received.size,
            display_name=display_name(upload.name or "", finding),
            kind=finding.kind.code,
            content_type=finding.kind.content_type,
            pages=finding.pages,
            width=finding.width,
            height=finding.height,
            uploaded_by_id=actor.user_id,
            uploaded_at=moment.at,
            scan_state=scan_state,
            scanned_at=moment.at if scan_state == CLEAN else None,
        )
        row.stored_name = storage.keep(received)
    finally:
        storage.discard(received.path)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            audit.record(
                actor=actor,
                event="evidence.upload",
                subject=row,
                moment=moment,
                rule="R-12",
                after={"name": row.display_name, "digest": row.digest, "size": row.size, "kind": row.kind},
            )
    except BaseException:
        storage.discard(storage.full_path(row.stored_name))
        raise
    return _stored(row, duplicate=False, message="")


def _for_whom(actor: Actor, case: Case | None) -> tuple[int, str, str]:
    """Return enterprise, district and origin of the file; refuse actors and cases that may not add one."""
    if actor.role is Role.ENTERPRISE and actor.enterprise_id is not None:
        if case is None:
            return actor.enterprise_id, enterprise_file(actor=actor).district, BY_ENTERPRISE
        if case.enterprise_id != actor.enterprise_id:
            raise NotVisible
        require_editable(case)
        return case.enterprise_id, case.district, BY_ENTERPRISE
    if case is not None and case.citys_own:
        if actor.role is not Role.MUNICIPAL:
            raise Forbidden("该材料由市局上传。")
        return case.enterprise_id, case.district, BY_CITY
    on_site = actor.role is Role.EXPERT or (
        actor.role in {Role.DISTRICT, Role.MUNICIPAL} and actor.has(Duty.HANDLER, Duty.SIGNER)
    )
    if case is None or not on_site:
        raise Forbidden("证明材料由申报企业上传；核查材料由经办人员在具体申报下上传。")
    return case.enterprise_id, case.district, BY_BUREAU


def require_editable(case: Case) -> None:
    """Refuse a change to an application that is not open for its enterprise (U25).

    Raises:
        WrongStep: with the sentence of the room above.
    """
    if not case.editable:
        raise WrongStep(case.closed_message or "已提交，不能修改；如需补正，请联系属地工业和信息化主管部门。")


def received_from(upload: UploadedFile[Any], parameters: Parameters) -> storage.Received:
    """Take the bytes in under a name of ours (also for the files of bureaus).

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


def bounded(parameters: Parameters, most_mb: int) -> Parameters:
    """Return the choices in force with a tighter limit on the size of one file, in megabytes."""
    return replace(parameters, upload_file_mb=min(parameters.upload_file_mb, most_mb))


def _too_large(size: int, parameters: Parameters) -> Invalid:
    shown = (Decimal(size) / _MB).quantize(Decimal("0.1"), rounding=ROUND_UP)
    return Invalid.of(
        "file", f"文件 {shown} MB，超过 {parameters.upload_file_mb} MB 上限，请压缩或拆分后上传。"
    )


def inspected(received: storage.Received, name: str, parameters: Parameters) -> Finding:
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


def scanned(received: storage.Received) -> str:
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


def _take_turn(enterprise_id: int) -> None:
    """Let uploads of one enterprise wait for each other: the same file twice, and the count against the limit."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, %s)", [_QUOTA_LOCK, enterprise_id % 2**31])


def _require_room(
    actor: Actor,
    case: Case,
    received: storage.Received,
    known: EvidenceFile | None,
    parameters: Parameters,
) -> None:
    files = EvidenceFile.objects.visible_to(actor)
    if known is not None and known.uses.filter(application_id=case.application_id).exists():
        return
    require_room(in_application(files, case.application_id), received.size, parameters)


def require_room(used: dict[str, int], size: int, parameters: Parameters) -> None:
    """Refuse one more file beyond the limits of an application (U03).

    Raises:
        Invalid: at field `file`.
    """
    most, most_size = parameters.upload_files_per_application, parameters.upload_application_mb * _MB
    if used["files"] + 1 > most or used["size"] + size > most_size:
        message = f"每件申报的附件最多 {most} 个（合计 {size_text(most_size)}），请删除不需要的附件后再上传。"
        raise Invalid.of("file", message)


def _known(row: EvidenceFile, received: storage.Received) -> StoredFile:
    if not storage.full_path(row.stored_name).is_file():
        storage.restore(received, row.stored_name)
    return _stored(row, duplicate=True, message=f"该文件已上传（{row.display_name}），无需重复上传。")


def display_name(name: str, finding: Finding) -> str:
    """Return a name fit to be shown: no path, no invisible characters, at most 120 characters, extension kept (U22)."""
    base = name.replace("\\", "/").rsplit("/", 1)[-1]
    text = unicodedata.normalize("NFC", base)
    text = "".join(
        mark for mark in text if unicodedata.category(mark) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
    ).strip()
    stem, dot, extension = text.rpartition(".") if "." in text else (text, "", "")
    suffix = dot + extension if extension else finding.kind.extensions[0]
    return (stem.strip() or "未命名")[: _LONGEST_NAME - len(suffix)] + suffix


def _stored(row: EvidenceFile, *, duplicate: bool, message: str) -> StoredFile:
    return StoredFile(
        id=row.pk,
        public_id=row.public_id,
        name=row.display_name,
        kind=row.kind,
        kind_label=KINDS[row.kind].label,
        size=row.size,
        size_text=size_text(row.size),
        pages=row.pages,
        duplicate=duplicate,
        message=message,
    )


def stale_before(*, clock: Clock) -> float:
    """Return the time (seconds since 1970) before which bytes without a row are left over, not under way."""
    return clock.now().plus(-timedelta(hours=_STALE_HOURS)).at.timestamp()


def remove_orphans(*, clock: Clock) -> int:
    """Delete bytes without a row that are older than a day (an upload whose transaction failed); return how many.

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

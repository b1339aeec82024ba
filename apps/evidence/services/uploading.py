"""Taking in a file of an enterprise: stored once, counted against the limits of its application."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction

from apps.accounts.selectors import enterprise_file
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Forbidden, Invalid, NotVisible, WrongStep
from apps.core.moment import Clock
from apps.evidence import storage
from apps.evidence.models import EvidenceFile
from apps.evidence.selectors.files import in_application, size_text
from apps.evidence.services.arriving import arrived, keep_with_row
from apps.evidence.services.records import Case, StoredFile
from apps.evidence.states import BY_BUREAU, BY_CITY, BY_ENTERPRISE, KINDS
from apps.parameters.selectors import in_force
from apps.policy.parameters import Parameters

_MB = 1024 * 1024
_QUOTA_LOCK = 7421


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
    with arrived(upload, parameters) as file:
        _take_turn(enterprise_id)
        known = (
            EvidenceFile.objects.visible_to(actor)
            .filter(enterprise_id=enterprise_id, origin=origin, digest=file.received.digest)
            .first()
        )
        if case is not None and origin == BY_ENTERPRISE:
            _require_room(actor, case, file.received, known, parameters)
        if known is not None:
            return _known(known, file.received)
        row = EvidenceFile(
            enterprise_id=enterprise_id,
            district_id=district,
            origin=origin,
            pages=file.finding.pages,
            width=file.finding.width,
            height=file.finding.height,
            uploaded_by_id=actor.user_id,
        )
        keep_with_row(file, row, actor=actor, moment=moment, event="evidence.upload", rule="R-12")
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

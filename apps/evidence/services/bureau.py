"""Files of a bureau: taken in by the same inspection as evidence, handed out by the room that uses them (R19, R22)."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Forbidden, NotVisible
from apps.core.moment import Clock
from apps.core.scoping import acting_as
from apps.evidence.models import BureauFile
from apps.evidence.selectors.files import size_text
from apps.evidence.services.arriving import arrived, keep_with_row
from apps.evidence.services.clearance import require_cleared
from apps.evidence.services.records import FileToSend, StoredFile
from apps.evidence.services.viewing import intact
from apps.evidence.states import KINDS
from apps.parameters.selectors import in_force


@transaction.atomic
def store_bureau_file(*, actor: Actor, clock: Clock, upload: UploadedFile[Any]) -> StoredFile:
    """Take in one file of the actor's bureau; what it is for is kept by the room above, in the same transaction.

    Raises:
        Forbidden: not 经办 or 签批 of a bureau.
        Invalid: at field `file`, as for evidence (SECURITY U01–U24).
        StorageFull: the disk is full; nothing is kept.
    """
    if actor.role not in {Role.DISTRICT, Role.MUNICIPAL} or not actor.has(Duty.HANDLER, Duty.SIGNER):
        raise Forbidden("文件由主管部门经办或签批人员上传。")
    moment = clock.now()
    with arrived(upload, in_force(on=moment.on)) as file:
        row = BureauFile(district_id=actor.district, uploaded_by_id=actor.account)
        keep_with_row(file, row, actor=actor, moment=moment, event="bureau_file.upload")
    return StoredFile(
        id=row.pk,
        public_id=row.public_id,
        name=row.display_name,
        kind=row.kind,
        kind_label=KINDS[row.kind].label,
        size=row.size,
        size_text=size_text(row.size),
        pages=None,
        duplicate=False,
        message="",
    )


def open_bureau_file(*, actor: Actor, public_id: str) -> FileToSend:
    """Return a file for download; the room above has just asked whether *actor* may see what it belongs to.

    Raises:
        NotVisible: no such file.
        NotCleared: the virus scanner has not let it pass.
        FileDamaged: the bytes are missing or not those that were uploaded.
    """
    with transaction.atomic(), acting_as(Actor.system(), then=actor):
        row = BureauFile.objects.filter(public_id=public_id).first()
    if row is None:
        raise NotVisible
    require_cleared(row)
    path = intact(row)
    return FileToSend(path, row.stored_name, row.content_type, row.display_name, row.size, row.digest)

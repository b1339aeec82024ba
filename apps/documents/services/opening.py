"""Handing out stored papers: who may read is asked again, the digest is checked, reading by officials is recorded."""

from __future__ import annotations

import structlog
from django.db import transaction

from apps.audit.services import record
from apps.core.actor import Actor, Role
from apps.core.errors import NotVisible
from apps.core.moment import Clock
from apps.documents import storage
from apps.documents.models import StoredDocument
from apps.documents.services.storing import DocumentDamaged, file_name
from apps.evidence.services import FileToSend

_log = structlog.get_logger(__name__)
#: Reading by these is an act of office and is recorded, unless the paper is everybody's anyway.
_OFFICIALS = frozenset({Role.DISTRICT, Role.MUNICIPAL, Role.AUDITOR, Role.EXPERT})


@transaction.atomic
def open_document(*, actor: Actor, clock: Clock, public_id: str) -> FileToSend:
    """Return a stored paper for download.

    Raises:
        NotVisible: none such for this actor.
        DocumentDamaged: the bytes are missing or not those that were made.
    """
    row = StoredDocument.objects.visible_to(actor).filter(public_id=public_id).first()
    if row is None:
        raise NotVisible
    if not storage.intact(row.stored_name, row.sha256):
        _log.error("document.damaged", document=row.public_id)
        raise DocumentDamaged("文书文件校验未通过，无法下载，请联系系统管理员。")
    if actor.role in _OFFICIALS and not row.public:
        record(
            actor=actor,
            event="document.read",
            subject=row,
            moment=clock.now(),
            after={"title": row.title, "sha256": row.sha256},
        )
    return FileToSend(
        storage.full_path(row.stored_name),
        row.stored_name,
        row.content_type,
        file_name(row.title),
        row.size,
        row.sha256,
    )

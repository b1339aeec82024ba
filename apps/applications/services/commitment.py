"""Taking in the stamped commitment, bound to the content it was stamped for."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from apps.applications.models import CommitmentScan
from apps.applications.selectors.commitment import SHORT, content_digest
from apps.applications.services.advance import locked, person
from apps.applications.services.library import library_document
from apps.applications.states import APPLICATION_LIFE, EDITABLE
from apps.audit import services as audit
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Forbidden, Invalid, WrongStep
from apps.core.moment import Clock


@transaction.atomic
def keep_commitment(
    *, actor: Actor, clock: Clock, public_id: str, upload: UploadedFile[Any] | None, digest: str
) -> str:
    """Keep the scan of the stamped commitment for the content the page showed.

    Args:
        actor: a member of the enterprise with a duty.
        clock: when.
        public_id: which application; it must still be open for its enterprise.
        upload: the scan.
        digest: the digest printed on what was stamped; other content in the meantime refuses the scan.

    Returns:
        Public id of the kept scan.

    Raises:
        NotVisible, Forbidden, WrongStep: gates 2, 1 and 3.
        Invalid: no file, what is wrong with it, or the content has changed since it was printed; all at `scan`.
    """
    if actor.role is not Role.ENTERPRISE or not actor.has(Duty.RESPONSIBLE, Duty.CLERK):
        msg = "盖章承诺书由企业的负责人或申报经办人上传。"
        raise Forbidden(msg)
    row = locked(actor, public_id=public_id)
    if row.state not in EDITABLE:
        msg = f"当前状态为「{APPLICATION_LIFE.label(row.state)}」，不能再上传盖章承诺书。"
        raise WrongStep(msg)
    if upload is None:
        raise Invalid.of("scan", "请选择盖章承诺书的扫描件。")
    present = content_digest(row, actor)
    if digest.strip().lower() not in {present, present[:SHORT]}:
        raise Invalid.of("scan", "申报内容在打印之后有改动，请重新生成报告、盖章后再上传。")
    stored = library_document(actor=actor, clock=clock, upload=upload, file="", field="scan")
    moment = clock.now()
    scan = CommitmentScan.objects.create(
        application=row,
        content_digest=present,
        file_public_id=stored.public_id,
        file_name=stored.name,
        uploaded_by_id=person(actor),
        uploaded_at=moment.at,
    )
    audit.record(
        actor=actor,
        event="application.keep_commitment",
        subject=row,
        moment=moment,
        rule="R-12",
        after={"file": stored.public_id, "content_digest": present},
    )
    return str(scan.public_id)

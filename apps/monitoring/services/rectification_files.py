"""Proof of a rectification: files of the enterprise's library beside the items they prove (R-38)."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from apps.audit.services import record
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Forbidden, Invalid, NotVisible, WrongStep
from apps.core.moment import Clock
from apps.evidence import services as evidence
from apps.monitoring.models import RectificationItem
from apps.monitoring.services.rectification import locked_rectification
from apps.monitoring.states import RECTIFICATION_LIFE, SERVED

_MOST_FILES = 10


@transaction.atomic
def attach_proof(
    *, actor: Actor, clock: Clock, public_id: str, position: int, upload: UploadedFile[Any] | None
) -> str:
    """Put a file beside one item; the same file twice is kept once.

    Args:
        actor: a member of the enterprise.
        clock: the legal clock.
        public_id: of the rectification.
        position: number of the item.
        upload: what the form sent.

    Returns:
        Public id of the file.

    Raises:
        Invalid: at `file-<position>`: no file, too many, or what is wrong with it.
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    item = _item(actor, public_id, position)
    field = f"file-{position}"
    if upload is None:
        raise Invalid.of(field, "请选择证明材料文件。")
    if len(item.files) >= _MOST_FILES:
        raise Invalid.of(field, f"每项最多 {_MOST_FILES} 个文件，请合并后上传。")
    try:
        stored = evidence.store_upload(actor=actor, clock=clock, upload=upload)
    except Invalid as refusal:
        raise Invalid({field: [text for texts in refusal.errors.values() for text in texts]}) from refusal
    if all(file["public_id"] != stored.public_id for file in item.files):
        item.files = [*item.files, {"public_id": stored.public_id, "name": stored.name}]
        item.save(update_fields=["files"])
        _recorded(actor, clock, item, "rectification.attach", stored.name)
    return stored.public_id


@transaction.atomic
def detach_proof(*, actor: Actor, clock: Clock, public_id: str, position: int, file_public_id: str) -> None:
    """Take a file from an item before the report is handed in; it stays in the library.

    Raises:
        NotVisible: no such item or file beside it. Forbidden, WrongStep: gates 2–3.
    """
    item = _item(actor, public_id, position)
    left = [file for file in item.files if file["public_id"] != file_public_id]
    if len(left) == len(item.files):
        raise NotVisible
    item.files = left
    item.save(update_fields=["files"])
    _recorded(actor, clock, item, "rectification.detach", file_public_id)


def _item(actor: Actor, public_id: str, position: int) -> RectificationItem:
    row = locked_rectification(actor=actor, public_id=public_id)
    if actor.role is not Role.ENTERPRISE or not actor.has(Duty.RESPONSIBLE, Duty.CLERK):
        raise Forbidden("整改证明材料由企业上传。")
    if row.state != SERVED:
        raise WrongStep(f"当前状态为“{RECTIFICATION_LIFE.label(row.state)}”，不能修改证明材料。")
    item = row.items.filter(position=position).first()
    if item is None:
        raise NotVisible
    return item


def _recorded(actor: Actor, clock: Clock, item: RectificationItem, event: str, name: str) -> None:
    record(
        actor=actor,
        event=event,
        subject=item.rectification,
        moment=clock.now(),
        rule="R-38",
        after={"item": item.position, "file": name},
    )

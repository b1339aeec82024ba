"""A file at its places: which pages count, and a newer certificate in the place of one that expires."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from apps.applications.models import Application
from apps.applications.services.editing import for_editing
from apps.applications.services.figures import attach_evidence, detach_evidence, evidence_case
from apps.applications.states import EDITABLE
from apps.core.actor import Actor
from apps.core.errors import Invalid, NotVisible, WrongStep
from apps.core.moment import Clock
from apps.evidence import selectors as evidence_read
from apps.evidence import services as evidence


@dataclass(frozen=True, slots=True)
class Replaced:
    """The newer file; at how many places it now stands, and at how many the older one stays (handed in)."""

    public_id: str
    moved: int
    kept: int


@transaction.atomic
def set_evidence_pages(  # noqa: PLR0913  (what one use of a file states)
    *,
    actor: Actor,
    clock: Clock,
    public_id: str,
    use_public_id: str,
    place: str,
    code: str,
    page_from: int | None,
    page_to: int | None,
    note: str = "",
) -> None:
    """Say which pages of a file count at an item, requirement or section.

    Raises:
        NotVisible, Forbidden, WrongStep, RuleBroken: see `for_editing`; or no such use at this place.
        Invalid: pages the file does not have.
    """
    row, _ = for_editing(actor=actor, clock=clock, public_id=public_id, part="evidence", codes=[code])
    there = evidence_read.uses_of(actor=actor, application_id=row.pk, place=place, code=code)
    if use_public_id not in {use.public_id for use in there}:
        raise NotVisible
    evidence.set_pages(
        actor=actor,
        clock=clock,
        public_id=use_public_id,
        case=evidence_case(row),
        page_from=page_from,
        page_to=page_to,
        note=note,
    )


@transaction.atomic
def replace_file(
    *,
    actor: Actor,
    clock: Clock,
    file_public_id: str,
    upload: UploadedFile[Any],
    valid_until: date | None = None,
) -> Replaced:
    """Put a newer file in the place of an older one wherever that may still be changed.

    Applications that were handed in keep the file they were handed in with. Pages are not carried over: the newer
    file has pages of its own.

    Raises:
        NotVisible: no such file of this enterprise.
        Invalid: the newer file is refused, or is the older one again.
        StorageFull: nothing is kept.
    """
    old = evidence_read.file_row(actor=actor, public_id=file_public_id)
    stored = evidence.store_upload(actor=actor, clock=clock, upload=upload)
    if stored.public_id == old.public_id:
        raise Invalid.of("file", "所选文件与原文件内容相同，请选择新的证书或报告。")
    if valid_until is not None:
        evidence.set_validity(actor=actor, clock=clock, public_id=stored.public_id, valid_until=valid_until)
    moved = kept = 0
    for use in evidence_read.uses_of_file(actor=actor, public_id=file_public_id):
        if _moved(actor, clock, use, stored.public_id):
            moved += 1
        else:
            kept += 1
    evidence.replaced_by_newer(actor=actor, clock=clock, public_id=old.public_id)
    return Replaced(stored.public_id, moved, kept)


def _moved(actor: Actor, clock: Clock, use: evidence_read.FileUse, newer: str) -> bool:
    """Put the newer file to one place of the older one; return False where nothing may be changed any more."""
    row = Application.objects.visible_to(actor).filter(pk=use.application_id).first()
    if row is None or row.state not in EDITABLE:
        return False
    where = {"public_id": row.public_id, "place": use.place, "code": use.code}
    try:
        with transaction.atomic():
            attach_evidence(actor=actor, clock=clock, file_public_id=newer, note=use.note, **where)
            detach_evidence(actor=actor, clock=clock, use_public_id=use.public_id, **where)
    except (WrongStep, NotVisible):
        # In 补正 only what was returned may change, and a system chosen later may lack the item.
        return False
    return True

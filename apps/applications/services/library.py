"""A document that goes with an act outside the evidence of an application: uploaded now, or taken from the library."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from apps.core.actor import Actor
from apps.core.errors import Invalid, NotVisible
from apps.core.moment import Clock
from apps.evidence import selectors as evidence_read
from apps.evidence import services as evidence


@dataclass(frozen=True, slots=True)
class Document:
    """A file of the enterprise's library; both empty: none was given."""

    public_id: str = ""
    name: str = ""


def library_document(
    *,
    actor: Actor,
    clock: Clock,
    upload: UploadedFile[Any] | None,
    file: str,
    field: str,
) -> Document:
    """Return the document given by an upload or by the public id of a library file; it can no longer be deleted.

    Args:
        actor: a member of the enterprise.
        clock: when.
        upload: a new file, taken into the library; it comes first.
        file: public id of a file of the library, "" for none.
        field: the form field faults are shown at.

    Raises:
        Invalid: what is wrong with the upload, or the library has no such file; at *field*.
    """
    if upload is not None:
        try:
            stored = evidence.store_upload(actor=actor, clock=clock, upload=upload)
        except Invalid as refusal:
            texts = [text for found in refusal.errors.values() for text in found]
            raise Invalid({field: texts}) from None
        found = Document(stored.public_id, stored.name)
    elif file:
        try:
            row = evidence_read.file_row(actor=actor, public_id=file)
        except NotVisible:
            raise Invalid.of(field, "材料库里没有这个文件，请重新选择。") from None
        found = Document(row.public_id, row.name)
    else:
        return Document()
    evidence.keep_library_files(actor=actor, public_ids=[found.public_id])
    return found

"""Is this file a paper of ours, and what is its electronic signature worth? For everybody who holds such a file.

A file that somebody brings is compared by its digest alone and never opened: what is opened is the platform's own copy.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.core.cache import cache
from django.db import transaction

from apps.core.actor import Actor
from apps.core.errors import Invalid
from apps.core.scoping import acting_as
from apps.documents import storage
from apps.documents.kinds import CERTIFICATE, label_for
from apps.documents.models import StoredDocument
from apps.documents.sealing import Signature, examine

#: The largest file that is compared, in megabytes.
MOST_MB: Final = 20
#: What was found about a file of ours is known for so long; the bytes behind a digest cannot change.
_KNOWN_SECONDS: Final = 600
_MB: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Recognised:
    """A paper of ours.

    `replaced`: the same paper was made again with other content since. `intact`: the platform's own copy still has the
    bytes it was made with. `signature`: None where the paper was issued without one.
    """

    kind_label: str
    title: str
    number: str
    version: int
    made_at: datetime
    sha256: str
    replaced: bool
    intact: bool
    signature: Signature | None


def certificate_of(*, actor: Actor, title_public_id: str) -> Recognised | None:
    """Return the newest certificate issued for a title, as far as anybody may know of it; None before it is made."""
    with acting_as(Actor.system(), then=actor):
        rows = StoredDocument.objects.filter(kind=CERTIFICATE, subject_id=title_public_id)
        row = rows.order_by("-version").first()
        return None if row is None else _recognised(row, replaced=False)


@transaction.atomic
def recognise(*, actor: Actor, chunks: Iterable[bytes], size: int) -> Recognised | None:
    """Return the paper of ours whose bytes these are, None when there is none.

    Args:
        actor: who asks; who holds the file may know what it is.
        chunks: the file as it arrives.
        size: its size in bytes as announced.

    Raises:
        Invalid: no file, or one larger than any paper of ours.
    """
    if size > MOST_MB * _MB:
        raise _too_large(size)
    found, total = hashlib.sha256(), 0
    for chunk in chunks:
        total += len(chunk)
        if total > MOST_MB * _MB:
            raise _too_large(total)
        found.update(chunk)
    if not total:
        raise Invalid.of("file", "请选择要核对的 PDF 文件。")
    with acting_as(Actor.system(), then=actor):
        row = StoredDocument.objects.filter(sha256=found.hexdigest()).order_by("-version").first()
        if row is None:
            return None
        same = StoredDocument.objects.filter(kind=row.kind, subject_id=row.subject_id)
        return _recognised(row, replaced=same.filter(version__gt=row.version).exists())


def _too_large(size: int) -> Invalid:
    return Invalid.of("file", f"文件 {size / _MB:.1f} MB，超过 {MOST_MB} MB 上限，不是本平台出具的文书。")


def _recognised(row: StoredDocument, *, replaced: bool) -> Recognised:
    intact = storage.intact(row.stored_name, row.sha256)
    return Recognised(
        kind_label=label_for(row.kind, row.title),
        title=row.title,
        number=row.number,
        version=row.version,
        made_at=row.made_at,
        sha256=row.sha256,
        replaced=replaced,
        intact=intact,
        signature=_signature(row) if intact and settings.GF_SEAL else None,
    )


def _signature(row: StoredDocument) -> Signature | None:
    """Return what the signature of a paper is worth; None where it was issued before papers were signed."""
    key = f"documents:signature:{settings.GF_SEAL}:{row.sha256}"
    known: Signature | None = cache.get(key)
    if known is None:
        known = examine(storage.full_path(row.stored_name).read_bytes())
        cache.set(key, known, _KNOWN_SECONDS)
    return known if known.certificate else None

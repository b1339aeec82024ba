"""Reading stored papers, narrowed to the actor; papers of a case are listed newest first."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from apps.core.actor import Actor
from apps.core.errors import NotVisible
from apps.documents.kinds import CERTIFICATES, CERTIFICATES_LABEL, KINDS
from apps.documents.models import StoredDocument
from apps.evidence.selectors.files import size_text


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """One stored paper."""

    public_id: str
    kind: str
    kind_label: str
    subject_id: str
    title: str
    number: str
    version: int
    made_at: datetime
    pages: int
    size_text: str
    content_type: str
    fingerprint: str
    sha256: str
    public: bool

    @property
    def check(self) -> str:
        """The 内容校验码 as printed on the paper: sixteen digits in groups of four."""
        digits = self.fingerprint[:16].upper()
        return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))


@dataclass(frozen=True, slots=True)
class KindRow:
    """One kind of paper the actor may have made."""

    code: str
    label: str
    form: str


def _row(row: StoredDocument) -> DocumentRow:
    return DocumentRow(
        public_id=row.public_id,
        kind=row.kind,
        kind_label=KINDS[row.kind].label,
        subject_id=row.subject_id,
        title=row.title,
        number=row.number,
        version=row.version,
        made_at=row.made_at,
        pages=row.pages,
        size_text=size_text(row.size),
        content_type=row.content_type,
        fingerprint=row.fingerprint,
        sha256=row.sha256,
        public=row.public,
    )


def documents_of(*, actor: Actor, public_id: str, kinds: Collection[str] = ()) -> list[DocumentRow]:
    """Return the stored papers about one row (its public id) that *actor* may read, newest first; one query."""
    return documents_of_many(actor=actor, public_ids=[public_id], kinds=kinds).get(public_id, [])


def documents_of_many(
    *, actor: Actor, public_ids: Collection[str], kinds: Collection[str] = ()
) -> dict[str, list[DocumentRow]]:
    """Return the stored papers about several rows by public id, newest first; one query (lists)."""
    rows = StoredDocument.objects.visible_to(actor).filter(subject_id__in=list(public_ids))
    if kinds:
        rows = rows.filter(kind__in=list(kinds))
    found: dict[str, list[DocumentRow]] = {}
    for row in rows.order_by("kind", "-version"):
        found.setdefault(row.subject_id, []).append(_row(row))
    return found


def document(*, actor: Actor, public_id: str) -> DocumentRow:
    """Return one stored paper.

    Raises:
        NotVisible: none such for this actor.
    """
    row = StoredDocument.objects.visible_to(actor).filter(public_id=public_id).first()
    if row is None:
        raise NotVisible
    return _row(row)


def stored_numbers(*, actor: Actor, kind: str, public_ids: Collection[str]) -> dict[str, set[str]]:
    """Return for each of the rows the numbers of its stored papers of *kind* (an unnumbered one is ""); one query."""
    found: dict[str, set[str]] = {public_id: set() for public_id in public_ids}
    rows = StoredDocument.objects.visible_to(actor).filter(kind=kind, subject_id__in=list(found))
    for subject_id, number in rows.values_list("subject_id", "number"):
        found[subject_id].add(number)
    return found


def kinds_for(*, actor: Actor) -> list[KindRow]:
    """Return the kinds of papers *actor*'s role may have made."""
    rows = [KindRow(kind.code, kind.label, kind.form) for kind in KINDS.values() if actor.role in kind.roles]
    if any(row.code == "recognition" for row in rows):
        rows.append(KindRow(CERTIFICATES, CERTIFICATES_LABEL, "证书"))
    return rows

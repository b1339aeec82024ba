"""Reading stored papers, narrowed to the actor; papers of a case are listed newest first."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from apps.core.actor import Actor
from apps.core.errors import NotVisible
from apps.documents.imports.importer import IMPORTERS, Importer
from apps.documents.kinds import CERTIFICATES, CERTIFICATES_LABEL, KINDS, label_for
from apps.documents.models import ImportBatch, StoredDocument
from apps.documents.states import (
    APPLIED,
    APPLYING,
    CHECKING,
    DISCARDED,
    EXPIRED,
    FAULTY,
    IMPORT_LIFE,
    READY,
    UNREADABLE,
)
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
        kind_label=label_for(row.kind, row.title),
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


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One import in a list."""

    public_id: str
    kind: str
    kind_label: str
    display_name: str
    state: str
    state_label: str
    rows: int
    faults: int
    summary: str
    uploaded_at: datetime


@dataclass(frozen=True, slots=True)
class ImportFile:
    """One import as its page shows it. `findings` are the first hundred; the marked copy has all of them."""

    row: ImportRow
    importer: Importer
    params: Sequence[tuple[str, str]]
    size_text: str
    digest: str
    job: str
    refusal: str
    error: str
    changes: int
    findings: Sequence[Mapping[str, Any]]
    heads: Sequence[str]
    preview: Sequence[Mapping[str, Any]]
    has_marked_copy: bool
    link: str
    checked_at: datetime | None
    confirmed_at: datetime | None
    applied_at: datetime | None

    @property
    def waits(self) -> bool:
        """Whether a job is at it."""
        return self.row.state in {CHECKING, APPLYING}

    @property
    def may_confirm(self) -> bool:
        """Whether it is checked and without faults."""
        return self.row.state == READY

    @property
    def may_discard(self) -> bool:
        """Whether it can be given up."""
        return self.row.state in {UNREADABLE, FAULTY, READY}

    @property
    def is_over(self) -> bool:
        """Whether nothing more becomes of it."""
        return self.row.state in {APPLIED, DISCARDED, EXPIRED}


def importers_for(*, actor: Actor) -> list[Importer]:
    """Return the kinds of import that are offered to the actor's role, in the order of the page."""
    return [one for one in IMPORTERS.values() if one.listed and actor.role in one.roles]


def importer(*, actor: Actor, kind: str) -> Importer:
    """Return one kind of import.

    Raises:
        NotVisible: unknown, or not for this role.
    """
    found = IMPORTERS.get(kind)
    if found is None or actor.role not in found.roles:
        raise NotVisible
    return found


def my_imports(*, actor: Actor, kind: str | None = None, limit: int = 20) -> list[ImportRow]:
    """Return the actor's newest imports; one query."""
    rows = ImportBatch.objects.visible_to(actor).defer("findings", "preview").order_by("-id")
    if kind is not None:
        rows = rows.filter(kind=kind)
    return [_import_row(row) for row in rows[:limit]]


def import_file(*, actor: Actor, public_id: str) -> ImportFile:
    """Return one of the actor's own imports.

    Raises:
        NotVisible: unknown, or somebody else's.
    """
    row = ImportBatch.objects.visible_to(actor).filter(public_id=public_id).first()
    if row is None:
        raise NotVisible
    declared = IMPORTERS[row.kind]
    options = {one.name: dict(one.options) for one in declared.fields}
    return ImportFile(
        row=_import_row(row),
        importer=declared,
        params=[
            (one.label, options[one.name].get(row.params.get(one.name, ""), row.params.get(one.name, "")))
            for one in declared.fields
        ],
        size_text=size_text(row.size),
        digest=row.digest,
        job=row.job,
        refusal=row.refusal,
        error=row.error,
        changes=row.changes,
        findings=row.findings,
        heads=row.preview.get("heads", []),
        preview=row.preview.get("rows", []),
        has_marked_copy=bool(row.marked_name),
        link=row.link,
        checked_at=row.checked_at,
        confirmed_at=row.confirmed_at,
        applied_at=row.applied_at,
    )


def _import_row(row: ImportBatch) -> ImportRow:
    return ImportRow(
        public_id=row.public_id,
        kind=row.kind,
        kind_label=IMPORTERS[row.kind].label,
        display_name=row.display_name,
        state=row.state,
        state_label=IMPORT_LIFE.label(row.state),
        rows=row.rows,
        faults=row.faults,
        summary=row.summary,
        uploaded_at=row.uploaded_at,
    )

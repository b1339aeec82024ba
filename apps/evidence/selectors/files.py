"""Files and their uses as pages show them; every list is a constant number of queries."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Count, Q, QuerySet, Sum

from apps.core.actor import Actor, Role
from apps.core.errors import NotVisible
from apps.evidence.models import EvidenceFile, EvidenceMark, EvidenceUse
from apps.evidence.states import (
    BY_ENTERPRISE,
    CLEAN,
    INFECTED,
    ITEM,
    KINDS,
    MARKS,
    ORIGINS,
    PLACES,
    SCAN_STATES,
    VERIFIED,
)
from apps.parameters.selectors import in_force

_KB = 1024
_MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class FileRow:
    """A stored file. `withheld`: why it is not handed out now, "" when it is."""

    id: int
    public_id: str
    name: str
    kind: str
    kind_label: str
    content_type: str
    size: int
    size_text: str
    pages: int | None
    digest: str
    origin_label: str
    uploaded_at: datetime
    valid_until: date | None
    kept: bool
    scan_state: str
    scan_label: str
    withheld: str = ""
    uses: int = 0

    @property
    def leaves(self) -> int:
        """Pages that can be leafed through as they are: 0 for an Office file, which must be converted first."""
        return 0 if is_office(self.kind) else self.pages or 1


@dataclass(frozen=True, slots=True)
class FilePage:
    """One page of the library."""

    rows: list[FileRow]
    page: int
    pages: int
    total: int


@dataclass(frozen=True, slots=True)
class MarkRow:
    """What a scorer said about a use."""

    mark: str
    label: str
    note: str
    role: str
    by: str
    at: datetime
    mine: bool


@dataclass(frozen=True, slots=True)
class UseRow:
    """A file at a place of an application."""

    public_id: str
    file: FileRow
    place: str
    place_label: str
    code: str
    page_from: int | None
    page_to: int | None
    pages_text: str
    note: str
    added_at: datetime
    marks: tuple[MarkRow, ...]
    verified: bool
    my_mark: str


@dataclass(frozen=True, slots=True)
class Usage:
    """How much of an application's limits is used."""

    files: int
    size: int
    most_files: int
    most_size: int
    text: str


def size_text(size: int) -> str:
    """Write a number of bytes: 23.4 MB, 1.5 GB, 812 KB."""
    for unit, step in (("GB", _MB * _KB), ("MB", _MB), ("KB", _KB)):
        if size >= step:
            figure = (Decimal(size) / step).quantize(Decimal("0.1"))
            return f"{figure.normalize():f} {unit}"
    return f"{size} B"


def withheld(scan_state: str) -> str:
    """Return why a file in this state is not handed out, "" when it is (SECURITY R20)."""
    if scan_state == INFECTED:
        return "文件中检测到病毒，已隔离，不能查看和下载。请企业移除后重新上传无病毒的文件。"
    if settings.GF_CLAMD and scan_state != CLEAN:
        return "文件正在等待病毒检查，检查通过后才能查看和下载，请稍后再试。"
    return ""


def is_office(kind: str) -> bool:
    """Return whether pages of this kind need a converter."""
    return kind in {"docx", "xlsx"}


def file_row(*, actor: Actor, public_id: str) -> FileRow:
    """Return one file.

    Raises:
        NotVisible: there is none for this actor.
    """
    row = (
        EvidenceFile.objects.visible_to(actor)
        .filter(public_id=public_id)
        .annotate(use_count=Count("uses"))
        .first()
    )
    if row is None:
        raise NotVisible
    return file_of(row, uses=row.use_count)


def uses_of(
    *, actor: Actor, application_id: int, place: str | None = None, code: str | None = None
) -> list[UseRow]:
    """Return the files of an application (at one place, of one code) with the marks *actor* may see: two queries."""
    rows = EvidenceUse.objects.visible_to(actor).filter(application_id=application_id).select_related("file")
    if place is not None:
        rows = rows.filter(place=place)
    if code is not None:
        rows = rows.filter(code=code)
    uses = list(rows.order_by("place", "code", "id"))
    marks: dict[int, list[MarkRow]] = {}
    if actor.role is not Role.ENTERPRISE:
        for mark in marks_for(actor).filter(use__in=uses).select_related("marked_by").order_by("id"):
            marks.setdefault(mark.use_id, []).append(_mark(mark, actor))
    return [_use(use, tuple(marks.get(use.pk, ()))) for use in uses]


def uses_by_place(*, actor: Actor, application_id: int) -> dict[tuple[str, str], list[UseRow]]:
    """Return (place, code) → files of a whole application: two queries."""
    found: dict[tuple[str, str], list[UseRow]] = {}
    for use in uses_of(actor=actor, application_id=application_id):
        found.setdefault((use.place, use.code), []).append(use)
    return found


def counts(*, actor: Actor, application_id: int) -> dict[tuple[str, str], int]:
    """Return (place, code) → number of files: one query."""
    rows = (
        EvidenceUse.objects.visible_to(actor)
        .filter(application_id=application_id)
        .values_list("place", "code")
        .annotate(number=Count("id"))
        .order_by("place", "code")
    )
    return {(place, code): number for place, code, number in rows}


def items_with_files(*, actor: Actor, application_ids: Collection[int]) -> dict[int, frozenset[str]]:
    """Return application → codes of the items that have a file of the enterprise; one query."""
    rows = EvidenceUse.objects.visible_to(actor).filter(
        application_id__in=list(application_ids), place=ITEM, origin=BY_ENTERPRISE
    )
    found: dict[int, set[str]] = {}
    for application_id, code in rows.values_list("application_id", "code").distinct():
        found.setdefault(application_id, set()).add(code)
    return {application_id: frozenset(codes) for application_id, codes in found.items()}


def usage(*, actor: Actor, application_id: int, on: date) -> Usage:
    """Return how many files and bytes an application has, and the limits in force on *on* (DECISIONS 9)."""
    used = in_application(EvidenceFile.objects.visible_to(actor), application_id)
    files, size = used["files"], used["size"]
    parameters = in_force(on=on)
    most_size = parameters.upload_application_mb * _MB
    return Usage(
        files=files,
        size=size,
        most_files=parameters.upload_files_per_application,
        most_size=most_size,
        text=f"{files}/{parameters.upload_files_per_application} 个，{size_text(size)}/{size_text(most_size)}",
    )


def in_application(files: QuerySet[EvidenceFile], application_id: int) -> dict[str, int]:
    """Return number and size of the different files used in an application."""
    used = EvidenceUse.objects.filter(application_id=application_id, origin=BY_ENTERPRISE).values("file_id")
    found = files.filter(pk__in=used).aggregate(files=Count("id"), size=Sum("size"))
    return {"files": found["files"], "size": found["size"] or 0}


def manifest(*, actor: Actor, application_id: int) -> list[dict[str, Any]]:
    """Return what the submission snapshot keeps about the files: where, what, digest; in a fixed order."""
    rows = (
        EvidenceUse.objects.visible_to(actor)
        .filter(application_id=application_id, origin=BY_ENTERPRISE)
        .select_related("file")
        .order_by("place", "code", "file__digest")
    )
    return [
        {
            "place": use.place,
            "code": use.code,
            "name": use.file.display_name,
            "digest": use.file.digest,
            "size": use.file.size,
            "pages": use.file.pages,
            "page_from": use.page_from,
            "page_to": use.page_to,
        }
        for use in rows
    ]


def marks_for(actor: Actor) -> QuerySet[EvidenceMark]:
    """Return the marks *actor* may read: experts do not see each other's, districts do not see experts'."""
    match actor.role:
        case Role.MUNICIPAL | Role.AUDITOR | Role.SYSTEM:
            return EvidenceMark.objects.all()
        case Role.DISTRICT:
            return EvidenceMark.objects.filter(role=Role.DISTRICT.value)
        case Role.EXPERT:
            return EvidenceMark.objects.filter(Q(role=Role.DISTRICT.value) | Q(marked_by_id=actor.user_id))
    return EvidenceMark.objects.none()


def file_of(row: EvidenceFile, *, uses: int = 0) -> FileRow:
    """Return a loaded file as a row."""
    return FileRow(
        id=row.pk,
        public_id=row.public_id,
        name=row.display_name,
        kind=row.kind,
        kind_label=KINDS[row.kind].label,
        content_type=row.content_type,
        size=row.size,
        size_text=size_text(row.size),
        pages=row.pages,
        digest=row.digest,
        origin_label=ORIGINS[row.origin],
        uploaded_at=row.uploaded_at,
        valid_until=row.valid_until,
        kept=row.kept,
        scan_state=row.scan_state,
        scan_label=SCAN_STATES[row.scan_state],
        withheld=withheld(row.scan_state),
        uses=uses,
    )


def _use(use: EvidenceUse, marks: tuple[MarkRow, ...]) -> UseRow:
    return UseRow(
        public_id=use.public_id,
        file=file_of(use.file),
        place=use.place,
        place_label=PLACES[use.place],
        code=use.code,
        page_from=use.page_from,
        page_to=use.page_to,
        pages_text=_pages(use),
        note=use.note,
        added_at=use.added_at,
        marks=marks,
        verified=any(mark.mark == VERIFIED for mark in marks),
        my_mark=next((mark.mark for mark in marks if mark.mine), ""),
    )


def _pages(use: EvidenceUse) -> str:
    if use.page_from is None:
        return ""
    return (
        f"第 {use.page_from} 页" if use.page_from == use.page_to else f"第 {use.page_from}–{use.page_to} 页"
    )


def _mark(mark: EvidenceMark, actor: Actor) -> MarkRow:
    return MarkRow(
        mark=mark.mark,
        label=MARKS[mark.mark],
        note=mark.note,
        role=mark.role,
        by=mark.marked_by.name,
        at=mark.marked_at,
        mine=mark.marked_by_id == actor.user_id,
    )

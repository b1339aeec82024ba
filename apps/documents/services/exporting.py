"""Exporting a list: at once when it is short, by a job when it is long; what is taken out is recorded (R84)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryFile
from typing import Final

from django.db import transaction

from apps.audit.services import record
from apps.core.actor import Actor
from apps.core.errors import NotVisible
from apps.core.moment import Clock
from apps.core.scoping import enter
from apps.documents.services.workbooks import XLSX, Workbook
from apps.documents.sheets import SheetTable, write_table_xlsx
from apps.documents.workbooks.lists import LISTS, ListBook, list_book
from apps.jobs import services as jobs
from apps.jobs.registry import JobContext, JobResult, job

EXPORT_JOB: Final = "documents.export"
#: Up to this many rows a list is made while the person waits (about 0.3 s).
AT_ONCE: Final = 2000
_TOLD_EVERY: Final = 500
_LONGEST_FILTER: Final = 60


@dataclass(frozen=True, slots=True)
class Exported:
    """A short list as a workbook, or only how long it is: then a job makes it."""

    total: int
    title: str
    workbook: Workbook | None = None


def register() -> None:
    """Register the handler; called once when the process starts."""
    job(EXPORT_JOB, label="导出名单")(export)


@transaction.atomic
def export_list(*, actor: Actor, clock: Clock, kind: str, filters: Mapping[str, str]) -> Exported:
    """Return a list as a workbook when it is short; nothing is written but the audit row.

    Args:
        actor: who exports; the list holds what the actor's page shows.
        clock: the legal clock.
        kind: key of `workbooks.lists.LISTS`.
        filters: of the page: q, district, state, level, round.

    Raises:
        NotVisible: an unknown list.
        Forbidden: not for the actor's role.
    """
    found = _found(actor, clock, kind, filters)
    if found.total > AT_ONCE:
        return Exported(found.total, found.table.title)
    with TemporaryFile() as stream:
        write_table_xlsx(stream, found.table)
        stream.seek(0)
        content = stream.read()
    _audit(actor, clock, kind, filters, found.total)
    return Exported(found.total, found.table.title, Workbook(f"{found.table.title}.xlsx", content))


@transaction.atomic
def start_export(*, actor: Actor, clock: Clock, kind: str, filters: Mapping[str, str]) -> str:
    """Have a long list made by a job of the actor; return its public id.

    Raises:
        NotVisible, Forbidden: as for `export_list`.
    """
    _found(actor, clock, kind, filters)
    params = {"kind": kind, "filters": _kept(filters)}
    return jobs.start_job(actor=actor, clock=clock, kind=EXPORT_JOB, params=params)


def export(ctx: JobContext) -> JobResult:
    """Write the list into the job's folder, row by row."""
    path = ctx.folder / "list.xlsx"
    title, total = _written(ctx, path)
    return JobResult(path=path, name=f"{title}.xlsx", content_type=XLSX, values={"rows": total})


@transaction.atomic
def _written(ctx: JobContext, path: Path) -> tuple[str, int]:
    enter(ctx.actor)
    kind, filters = str(ctx.params["kind"]), dict(ctx.params["filters"])
    found = _found(ctx.actor, ctx.clock, kind, filters)
    ctx.progress(0, found.total)
    with path.open("w+b") as stream:
        write_table_xlsx(stream, _telling(ctx, found))
    _audit(ctx.actor, ctx.clock, kind, filters, found.total)
    return found.table.title, found.total


def _telling(ctx: JobContext, found: ListBook) -> SheetTable:
    """Let every five hundredth row tell the progress; rows that came meanwhile do not run past the total."""

    def rows() -> Iterator[Sequence[object]]:
        for number, row in enumerate(found.table.rows, start=1):
            if number % _TOLD_EVERY == 0:
                ctx.progress(min(number, found.total), found.total)
            yield row

    return replace(found.table, rows=rows())


def _found(actor: Actor, clock: Clock, kind: str, filters: Mapping[str, str]) -> ListBook:
    if kind not in LISTS:
        raise NotVisible
    return list_book(actor=actor, kind=kind, on=clock.now().on, filters=_kept(filters))


def _kept(filters: Mapping[str, str]) -> dict[str, str]:
    return {name: text.replace("\x00", "")[:_LONGEST_FILTER] for name, text in filters.items() if text}


def _audit(actor: Actor, clock: Clock, kind: str, filters: Mapping[str, str], total: int) -> None:
    record(
        actor=actor,
        event="document.export",
        subject=None,
        moment=clock.now(),
        after={"kind": kind, "title": LISTS[kind].label, "filters": _kept(filters), "rows": total},
    )

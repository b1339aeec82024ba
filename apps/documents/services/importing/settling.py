"""Ending an import that is not wanted, tidying up after all of them, and handing out templates and marked copies."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import timedelta
from pathlib import PurePath
from typing import Final

from django.db import transaction

from apps.core.actor import Actor
from apps.core.errors import NotVisible
from apps.core.moment import Clock
from apps.core.scoping import enter
from apps.documents import storage
from apps.documents.imports.importer import IMPORTERS
from apps.documents.imports.template import write_template
from apps.documents.models import ImportBatch
from apps.documents.services.importing.records import advance, drop_files, importer_of, locked
from apps.documents.services.workbooks import XLSX, Workbook
from apps.documents.states import APPLIED, APPLYING, CHECKING, DISCARDED, EXPIRED, FAULTY, READY, UNREADABLE
from apps.evidence.services import FileToSend
from apps.jobs import selectors as jobs
from apps.jobs.states import DONE

#: Uploads nobody confirms are removed after this time; the file of one that was applied is kept a little longer.
KEEP_WAITING: Final = timedelta(days=7)
KEEP_APPLIED: Final = timedelta(days=30)
_BATCH: Final = 200
_LOST = "检查没有完成，请重新上传。"
_LOST_APPLYING = "导入没有完成，未作任何改动，请再次确认。"


@transaction.atomic
def discard_import(*, actor: Actor, clock: Clock, public_id: str) -> None:
    """Give up an import; file, findings and preview are removed.

    Raises:
        NotVisible, WrongStep: no such import, or it is applied (being applied).
    """
    row = locked(actor, public_id)
    names = ImportBatch(stored_name=row.stored_name, marked_name=row.marked_name)
    advance(row, "discard", actor=actor, moment=clock.now(), fields=_emptied())
    transaction.on_commit(lambda: drop_files(names))


def import_template(
    *,
    actor: Actor,
    kind: str,
    sample: bool = False,
    params: Mapping[str, str] | None = None,
    as_text: bool = False,
) -> Workbook:
    """Return the template of an import, with the work that waits in it, or the sample that is filled in.

    `as_text`: in the text form of the import, where it has one.

    Raises:
        NotVisible, Forbidden: not for this actor; the import has no text form.
    """
    importer = importer_of(actor, kind)
    if as_text:
        form = importer.text
        if form is None:
            raise NotVisible
        stem, written = form.write(actor, params or {})
        return Workbook(f"{stem}{form.suffix}", written.encode(), form.content_type)
    stream = io.BytesIO()
    if sample:
        write_template(stream, importer, rows=importer.samples)
    elif importer.prefill is not None:
        rows, key = importer.prefill(actor, params or {})
        write_template(stream, importer, rows=rows, key=key)
    else:
        write_template(stream, importer)
    title = "" if sample or importer.titled is None else importer.titled(actor, params or {})
    if title:
        return Workbook(f"{title}.xlsx", stream.getvalue())
    word = "示例" if sample else "模板"
    return Workbook(f"{importer.label}{word}（{importer.version}版）.xlsx", stream.getvalue())


def marked_copy(*, actor: Actor, public_id: str) -> FileToSend:
    """Return the marked copy of one of the actor's own imports.

    Raises:
        NotVisible: no such import, or there is no copy.
    """
    row = ImportBatch.objects.visible_to(actor).filter(public_id=public_id).first()
    if row is None or not row.marked_name:
        raise NotVisible("没有标注副本，或已随导入一并清理。")
    path = storage.full_path(row.marked_name)
    if not path.is_file():
        raise NotVisible("标注副本已清理，请重新上传文件。")
    form = IMPORTERS[row.kind].text_form(row.display_name)
    suffix, content_type = (form.suffix, form.content_type) if form else (".xlsx", XLSX)
    name = f"{PurePath(row.display_name).stem}（标注问题）{suffix}"
    return FileToSend(path, row.marked_name, content_type, name, path.stat().st_size, "")


@transaction.atomic
def sweep_imports(*, clock: Clock) -> int:
    """Open again what a dead job left behind, and remove what is past its time; return how many rows changed."""
    system = Actor.system()
    enter(system)
    moment = clock.now()
    rows = ImportBatch.objects.visible_to(system).select_for_update(skip_locked=True, of=("self",))
    count = 0
    for row in rows.filter(state__in=[CHECKING, APPLYING])[:_BATCH]:
        found = jobs.job(actor=system, public_id=row.job)
        if found.is_open or found.state == DONE:
            continue
        event, why = ("refuse", _LOST) if row.state == CHECKING else ("reopen", _LOST_APPLYING)
        advance(row, event, actor=system, moment=moment, fields={"error": why})
        count += 1
    waiting = rows.filter(state__in=[UNREADABLE, FAULTY, READY], uploaded_at__lt=moment.at - KEEP_WAITING)
    for row in waiting[:_BATCH]:
        drop_files(row)
        advance(row, "expire", actor=system, moment=moment, fields=_emptied())
        count += 1
    done = rows.filter(state=APPLIED, applied_at__lt=moment.at - KEEP_APPLIED).exclude(stored_name="")
    gone = rows.filter(state__in=[DISCARDED, EXPIRED]).exclude(stored_name="")
    for row in [*done[:_BATCH], *gone[:_BATCH]]:
        drop_files(row)
        row.stored_name = row.marked_name = ""
        row.save(update_fields=["stored_name", "marked_name"])
        count += 1
    return count


def _emptied() -> dict[str, object]:
    return {"findings": [], "preview": {}, "stored_name": "", "marked_name": ""}

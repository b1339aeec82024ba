"""What the use-cases of importing share: finding the declaration and the row, and writing its next state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from apps.audit.services import record
from apps.core.actor import Actor
from apps.core.errors import Forbidden, NotVisible
from apps.core.moment import Moment
from apps.documents import storage
from apps.documents.imports.importer import IMPORTERS, Importer
from apps.documents.models import ImportBatch
from apps.documents.states import IMPORT_LIFE


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A file that was taken: its import, whether it was here already, and the job that looks into it."""

    public_id: str
    job: str
    already: bool = False


def importer_of(actor: Actor, kind: str) -> Importer:
    """Return a kind of import the actor may use.

    Raises:
        NotVisible: unknown, or not for this role.
        Forbidden: another duty of the role does it.
    """
    importer = IMPORTERS.get(kind)
    if importer is None or actor.role not in importer.roles:
        raise NotVisible
    if not importer.may(actor):
        raise Forbidden(f"“{importer.label}”由经办人员导入，您的账户没有这项职责。")
    return importer


def locked(actor: Actor, public_id: str) -> ImportBatch:
    """Return an import of the actor, locked.

    Raises:
        NotVisible: unknown, or somebody else's.
    """
    row: ImportBatch | None = (
        ImportBatch.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .filter(public_id=public_id)
        .first()
    )
    if row is None:
        raise NotVisible
    return row


def advance(
    row: ImportBatch,
    event: str,
    *,
    actor: Actor,
    moment: Moment,
    fields: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Take one step of the life of an import: state, the named columns, one audit row."""
    step = IMPORT_LIFE.step(row.state, event, actor)
    before = row.state
    row.state = step.target
    row.version += 1
    for name, value in (fields or {}).items():
        setattr(row, name, value)
    row.save()
    record(
        actor=actor,
        event=f"import.{event}",
        subject=row,
        moment=moment,
        rule=step.rule,
        before={"state": before},
        after={"state": row.state, "kind": row.kind, "digest": row.digest, **(after or {})},
        note=row.error,
    )


def drop_files(row: ImportBatch) -> None:
    """Remove the upload and its marked copy; the caller has stored that they are gone."""
    for name in (row.stored_name, row.marked_name):
        if name:
            storage.full_path(name).unlink(missing_ok=True)

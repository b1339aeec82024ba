"""Taking a file: who may, how large, what it is; the same file twice; then a job looks into it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import ROUND_UP, Decimal
from pathlib import Path
from typing import Final

from django.db import transaction

from apps.audit.services import record
from apps.core.actor import Actor
from apps.core.errors import Invalid
from apps.core.models import new_public_id
from apps.core.moment import SHANGHAI, Clock
from apps.core.scoping import acting_as
from apps.core.text import clean_text
from apps.documents import storage
from apps.documents.imports.importer import Importer
from apps.documents.imports.reading import WorkbookRefused, check_container
from apps.documents.imports.yamltext import check_text
from apps.documents.models import ImportBatch
from apps.documents.services.importing.records import Uploaded, importer_of
from apps.documents.states import APPLIED, APPLYING, CHECKING, FAULTY, READY
from apps.jobs import services as jobs

CHECK_JOB: Final = "documents.import.check"
_MB: Final = 1024 * 1024
#: 5,000 lines of 30 columns are about 2 MB.
MOST_MB: Final = 20
_LONGEST_NAME: Final = 200
_LONGEST_PARAM: Final = 200


@transaction.atomic
def receive_import(
    *,
    actor: Actor,
    clock: Clock,
    kind: str,
    name: str,
    size: int,
    chunks: Iterable[bytes],
    params: Mapping[str, str] | None = None,
) -> Uploaded:
    """Take a workbook (or the text form of one) to be imported and have it looked into.

    Args:
        actor: who sends it, and whose jurisdiction the import acts in.
        clock: the legal clock.
        kind: code of the import.
        name: the sender's name of the file.
        size: bytes announced.
        chunks: the bytes.
        params: what was typed beside the file.

    Returns:
        The import; the same file sent again while it waits is the same import.

    Raises:
        NotVisible, Forbidden: not for this actor.
        Invalid: a field typed beside the file, or (WorkbookRefused, with the rule) the file: empty, too large, not
            a workbook, encrypted, with macros or links, a bomb, imported before.
    """
    importer = importer_of(actor, kind)
    typed = _params(importer, params or {})
    if size > MOST_MB * _MB:
        raise _too_large(size)
    stored, received, digest = _kept(chunks)
    try:
        _must_say_something(received)
        again = _again(actor, importer, digest, typed)
        if again is None:
            _check(storage.full_path(stored), importer, name)
    except BaseException:
        storage.full_path(stored).unlink(missing_ok=True)
        raise
    if again is not None:
        storage.full_path(stored).unlink(missing_ok=True)
        return again
    return _opened(actor, clock, importer, (name, received, digest, stored), typed)


def check_beside(*, actor: Actor, kind: str, params: Mapping[str, str]) -> None:
    """Look at what was typed beside a file that is still missing, so that both faults are told at once.

    Raises:
        NotVisible, Forbidden, Invalid: as `receive_import`.
    """
    _params(importer_of(actor, kind), params)


def _opened(
    actor: Actor,
    clock: Clock,
    importer: Importer,
    file: tuple[str, int, str, str],
    typed: Mapping[str, str],
) -> Uploaded:
    name, size, digest, stored = file
    moment = clock.now()
    public_id = new_public_id()
    job = jobs.start_job(
        actor=actor,
        clock=clock,
        kind=CHECK_JOB,
        params={"public_id": public_id},
        key=f"{CHECK_JOB}:{public_id}",
    )
    row = ImportBatch.objects.create(
        public_id=public_id,
        kind=importer.code,
        owner_id=actor.account,
        params=dict(typed),
        display_name=_display_name(name),
        size=size,
        digest=digest,
        stored_name=stored,
        job=job,
        uploaded_at=moment.at,
        once=importer.once,
    )
    record(
        actor=actor,
        event="import.upload",
        subject=row,
        moment=moment,
        rule="R-44",
        after={"kind": importer.code, "digest": digest, "size": size},
    )
    return Uploaded(public_id, job)


def _check(path: Path, importer: Importer, name: str) -> None:
    if importer.text_form(name) is not None:
        check_text(path)
    else:
        check_container(path, name=name, accepted=importer.accepted)


def _params(importer: Importer, sent: Mapping[str, str]) -> dict[str, str]:
    errors: dict[str, list[str]] = {}
    typed: dict[str, str] = {}
    for one in importer.fields:
        try:
            typed[one.name] = clean_text(
                str(sent.get(one.name, "")), field=one.name, label=one.label, limit=_LONGEST_PARAM
            )
        except Invalid as fault:
            errors.update(fault.errors)
    if not errors and importer.check_fields is not None:
        errors = importer.check_fields(typed)
    if errors:
        raise Invalid(errors)
    return typed


def _kept(chunks: Iterable[bytes]) -> tuple[str, int, str]:
    try:
        return storage.receive(chunks, folder="imports", most=MOST_MB * _MB)
    except storage.TooMuch as over:
        raise _too_large(over.size) from None


def _must_say_something(size: int) -> None:
    if size == 0:
        raise WorkbookRefused("empty", "文件为空，请重新选择文件。")


def _too_large(size: int) -> WorkbookRefused:
    shown = (Decimal(size) / _MB).quantize(Decimal("0.1"), rounding=ROUND_UP)
    return WorkbookRefused(
        "too_large", f"文件 {shown} MB，超过 {MOST_MB} MB 上限，请删除图片和无关的工作表后上传。"
    )


def _again(actor: Actor, importer: Importer, digest: str, typed: Mapping[str, str]) -> Uploaded | None:
    """Return the import of the very same file that still waits; refuse one that has been applied (X11)."""
    mine = ImportBatch.objects.visible_to(actor).filter(
        kind=importer.code,
        digest=digest,
        params=dict(typed),
        state__in=[CHECKING, FAULTY, READY, APPLYING],
    )
    found = mine.order_by("-id").first()
    if found is not None:
        return Uploaded(found.public_id, found.job, already=True)
    if not importer.once:
        return None
    # A colleague may have imported it: only that, when and by whom is told.
    with acting_as(Actor.system(), then=actor):
        before = (
            ImportBatch.objects.visible_to(Actor.system())
            .select_related("owner")
            .filter(kind=importer.code, digest=digest, state=APPLIED)
            .first()
        )
        told = (before.applied_at, str(before.owner)) if before is not None else None
    if told is not None and told[0] is not None:
        at = told[0].astimezone(SHANGHAI)
        raise WorkbookRefused("again", f"该文件已于 {at:%Y-%m-%d %H:%M} 由{told[1]}导入，无需重复。")
    return None


def _display_name(name: str) -> str:
    kept = "".join(char for char in Path(name.replace("\\", "/")).name if char.isprintable())
    stem, suffix = Path(kept).stem, Path(kept).suffix
    return (stem.strip() or "未命名")[: _LONGEST_NAME - len(suffix)] + suffix

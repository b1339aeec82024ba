"""Putting files to their places, marking them as verified, and sending them to those who may read them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from pathlib import Path

from django.db import transaction

from apps.audit import services as audit
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Forbidden, Invalid, NotVisible, WrongStep
from apps.core.moment import Clock
from apps.core.scoping import acting_as
from apps.core.text import clean_text
from apps.evidence import storage
from apps.evidence.models import EvidenceFile, EvidenceMark, EvidenceReading, EvidenceUse
from apps.evidence.rendering import cache
from apps.evidence.selectors.files import in_application
from apps.evidence.services.clearance import require_cleared
from apps.evidence.services.expiry import watch_expiry
from apps.evidence.services.records import AttachedUse, Case, FileToSend
from apps.evidence.services.uploading import require_editable, require_room
from apps.evidence.services.viewing import OFFICIALS, intact
from apps.evidence.states import BY_ENTERPRISE, MARKS, PLACES
from apps.parameters.selectors import in_force

#: Longest note at a place, and longest code of a place (characters).
NOTE_LIMIT, CODE_LIMIT = 200, 40


@transaction.atomic
def attach(  # noqa: PLR0913  (a place has many columns, all named)
    *,
    actor: Actor,
    clock: Clock,
    public_id: str,
    case: Case,
    place: str,
    code: str,
    page_from: int | None = None,
    page_to: int | None = None,
    note: str = "",
) -> AttachedUse:
    """Put a file to an item, a basic requirement or a section of an application; twice is once.

    Raises:
        NotVisible: no such file for this actor, or the case is another's.
        WrongStep: the application may not be changed now.
        Invalid: unknown place, pages that the file does not have, limits of the application.
    """
    row = file_of(actor, public_id)
    require_own_case(actor, row, case)
    if place not in PLACES or not code or len(code) > CODE_LIMIT:
        raise Invalid.of("place", "请选择材料对应的条目、基本要求或章节。")
    first, last = pages_of(row, page_from, page_to)
    text = clean_text(note, field="note", label="说明", limit=NOTE_LIMIT)
    moment = clock.now()
    used = EvidenceUse.objects.filter(file=row, application_id=case.application_id)
    use = used.filter(place=place, code=code).first()
    if use is None:
        if row.origin == BY_ENTERPRISE and not used.exists():
            totals = in_application(EvidenceFile.objects.visible_to(actor), case.application_id)
            require_room(totals, row.size, in_force(on=moment.on))
        use = EvidenceUse.objects.create(
            file=row,
            application_id=case.application_id,
            enterprise_id=case.enterprise_id,
            district_id=case.district,
            origin=row.origin,
            place=place,
            code=code,
            page_from=first,
            page_to=last,
            note=text,
            added_by_id=actor.user_id,
            added_at=moment.at,
        )
        audit.record(
            actor=actor,
            event="evidence.attach",
            subject=use,
            moment=moment,
            rule="R-12",
            after={"file": row.public_id, "digest": row.digest, "place": place, "code": code},
        )
    return AttachedUse(use.public_id, _count(case.application_id, place, code))


@transaction.atomic
def detach(*, actor: Actor, clock: Clock, public_id: str, case: Case) -> int:
    """Take a file from its place (the file stays in the library); return how many files are left there.

    Raises:
        NotVisible, WrongStep: no such use in this case, or the application may not be changed now.
    """
    use = _use(actor, public_id, case)
    require_own_case(actor, use.file, case)
    place, code = use.place, use.code
    audit.record(
        actor=actor,
        event="evidence.detach",
        subject=use,
        moment=clock.now(),
        rule="R-12",
        before={"file": use.file.public_id, "digest": use.file.digest, "place": place, "code": code},
    )
    use.delete()
    return _count(case.application_id, place, code)


@transaction.atomic
def set_pages(
    *,
    actor: Actor,
    clock: Clock,
    public_id: str,
    case: Case,
    page_from: int | None,
    page_to: int | None,
    note: str = "",
) -> None:
    """Say which pages of the file count at its place.

    Raises:
        NotVisible, WrongStep, Invalid: as for `attach`.
    """
    use = _use(actor, public_id, case)
    require_own_case(actor, use.file, case)
    before = {"page_from": use.page_from, "page_to": use.page_to, "note": use.note}
    use.page_from, use.page_to = pages_of(use.file, page_from, page_to)
    use.note = clean_text(note, field="note", label="说明", limit=NOTE_LIMIT)
    use.save(update_fields=["page_from", "page_to", "note"])
    audit.record(
        actor=actor,
        event="evidence.pages",
        subject=use,
        moment=clock.now(),
        rule="R-12",
        before=before,
        after={"page_from": use.page_from, "page_to": use.page_to, "note": use.note},
    )


@transaction.atomic
def mark_use(*, actor: Actor, clock: Clock, public_id: str, mark: str, note: str = "") -> None:
    """Mark a use as verified or doubted (F-05); "" takes one's own mark away.

    Raises:
        Forbidden: not a district or municipal 经办 or an expert.
        NotVisible: no such use for this actor.
        Invalid: an unknown mark.
    """
    if actor.role is not Role.EXPERT and not (
        actor.role in {Role.DISTRICT, Role.MUNICIPAL} and actor.has(Duty.HANDLER)
    ):
        raise Forbidden("证明材料由经办人员和专家核验。")
    if mark and mark not in MARKS:
        raise Invalid.of("mark", "请选择“已核验”或“存疑”。")
    use = EvidenceUse.objects.visible_to(actor).filter(public_id=public_id).first()
    if use is None or actor.user_id is None:
        raise NotVisible
    text = clean_text(note, field="note", label="说明", limit=NOTE_LIMIT)
    moment = clock.now()
    # the account's row order is kept by the unique (use, account): a double click ends in one mark
    own = EvidenceMark.objects.select_for_update().filter(use=use, marked_by_id=actor.user_id).first()
    before = "" if own is None else own.mark
    if own is not None and not mark:
        own.delete()
    elif own is not None:
        own.mark, own.note, own.marked_at = mark, text, moment.at
        own.save(update_fields=["mark", "note", "marked_at"])
    elif mark:
        EvidenceMark.objects.create(
            use=use,
            mark=mark,
            note=text,
            role=actor.role.value,
            marked_by_id=actor.user_id,
            marked_at=moment.at,
        )
    if actor.role is Role.EXPERT:
        use.district_id = None  # an expert's work is not shown to the district before the panel concludes
    audit.record(
        actor=actor,
        event="evidence.mark",
        subject=use,
        moment=moment,
        rule="R-15",
        before={"mark": before},
        after={"mark": mark, "code": use.code},
        note=text,
    )


@transaction.atomic
def set_validity(*, actor: Actor, clock: Clock, public_id: str, valid_until: date | None) -> None:
    """Note until when a certificate is valid. Raises NotVisible, or Forbidden for others than the enterprise."""
    row = _own_file(actor, public_id)
    moment = clock.now()
    before, row.valid_until = row.valid_until, valid_until
    row.save(update_fields=["valid_until"])
    audit.record(
        actor=actor,
        event="evidence.validity",
        subject=row,
        moment=moment,
        before={"valid_until": before},
        after={"valid_until": valid_until},
    )
    watch_expiry(row, moment)


@transaction.atomic
def remove_file(*, actor: Actor, clock: Clock, public_id: str) -> None:
    """Delete a file of the library that is used nowhere and was never handed in.

    Raises:
        NotVisible, Forbidden: no such file, not the enterprise.
        WrongStep: it is used, or was part of an application that was handed in.
    """
    row = _own_file(actor, public_id)
    if row.kept:
        raise WrongStep("该文件已随申报或登记提交，须保留备查，不能删除。")
    if row.uses.exists():
        raise WrongStep("该文件正在使用，请先从各条目中移除。")
    audit.record(
        actor=actor,
        event="evidence.remove",
        subject=row,
        moment=clock.now(),
        before={"name": row.display_name, "digest": row.digest},
    )
    row.valid_until = None
    watch_expiry(row, clock.now())
    path, digest = storage.full_path(row.stored_name), row.digest
    with acting_as(
        Actor.system(), then=actor
    ):  # who looked at it is not the enterprise's to see, nor to keep
        EvidenceReading.objects.filter(file=row).delete()
    row.delete()
    transaction.on_commit(lambda: _discard(path, digest))


def _discard(path: Path, digest: str) -> None:
    storage.discard(path)
    cache.drop(digest)


def keep_files(*, actor: Actor, clock: Clock, application_id: int) -> int:
    """Mark the files of an application as handed in: they can never be deleted; returns how many.

    For rooms above, in the transaction of the handing in: one statement.
    """
    del clock
    used = EvidenceUse.objects.visible_to(actor).filter(application_id=application_id).values("file_id")
    return int(EvidenceFile.objects.visible_to(actor).filter(pk__in=used, kept=False).update(kept=True))


def keep_library_files(*, actor: Actor, public_ids: Collection[str]) -> bool:
    """Mark files of the library as handed in outside an application: they can never be deleted.

    For rooms above, in the transaction of the handing in. False when one of them is no longer there.
    """
    wanted = set(public_ids)
    rows = EvidenceFile.objects.visible_to(actor).filter(public_id__in=wanted)
    return int(rows.update(kept=True)) == len(wanted)


@transaction.atomic
def follow_application(*, actor: Actor, clock: Clock, application_id: int, district: str) -> None:
    """Move the uses of a transferred application to its new 属地 (R-13). For rooms above."""
    with acting_as(Actor.system(), then=actor):  # the old district loses sight of them in this very statement
        rows = EvidenceUse.objects.visible_to(Actor.system()).filter(application_id=application_id)
        moved = rows.exclude(district_id=district)
        first = moved.first()
        if first is None:
            return
        before = first.district_id
        number = moved.update(district_id=district)
        audit.record(
            actor=actor,
            event="evidence.transfer",
            subject=first,
            moment=clock.now(),
            rule="R-13",
            before={"district": before},
            after={"district": district, "uses": number},
        )


@transaction.atomic
def open_file(*, actor: Actor, clock: Clock, public_id: str) -> FileToSend:
    """Return a file for download after asking again who may read it; reading by officials is recorded (R18).

    Raises:
        NotVisible: no such file for this actor.
        NotCleared: the virus scanner has not let it pass.
        FileDamaged: the bytes are missing or not those that were uploaded.
    """
    row = file_of(actor, public_id)
    require_cleared(row)
    path = intact(row)
    if actor.role in OFFICIALS:
        audit.record(
            actor=actor,
            event="evidence.read",
            subject=row,
            moment=clock.now(),
            after={"name": row.display_name, "digest": row.digest},
        )
    return FileToSend(path, row.stored_name, row.content_type, row.display_name, row.size, row.digest)


def file_of(actor: Actor, public_id: str) -> EvidenceFile:
    """Return a file *actor* may see, or raise NotVisible (for the modules of this room)."""
    row: EvidenceFile | None = EvidenceFile.objects.visible_to(actor).filter(public_id=public_id).first()
    if row is None:
        raise NotVisible
    return row


def _own_file(actor: Actor, public_id: str) -> EvidenceFile:
    row: EvidenceFile | None = (
        EvidenceFile.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .filter(public_id=public_id)
        .first()
    )
    if row is None:
        raise NotVisible
    if actor.role is not Role.ENTERPRISE:
        raise Forbidden("材料库由企业维护。")
    return row


def _use(actor: Actor, public_id: str, case: Case) -> EvidenceUse:
    use: EvidenceUse | None = (
        EvidenceUse.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("file")
        .filter(public_id=public_id, application_id=case.application_id)
        .first()
    )
    if use is None:
        raise NotVisible
    return use


def require_own_case(actor: Actor, row: EvidenceFile, case: Case) -> None:
    """An enterprise changes its own open application; bureaus and experts only what they brought in themselves."""
    if row.enterprise_id != case.enterprise_id:
        raise NotVisible
    if actor.role is Role.ENTERPRISE:
        if actor.enterprise_id != case.enterprise_id:
            raise NotVisible
        require_editable(case)
    elif row.origin == BY_ENTERPRISE or row.uploaded_by_id != actor.user_id:
        raise Forbidden("申报材料由企业维护；经办人员和专家只能维护本人上传的核查材料。")


def pages_of(row: EvidenceFile, first: int | None, last: int | None) -> tuple[int | None, int | None]:
    """Return the pages that count, in order, or raise Invalid (for the modules of this room)."""
    if first is None and last is None:
        return None, None
    start = first if first is not None else last
    end = last if last is not None else first
    assert start is not None  # noqa: S101  (one of the two is given)
    assert end is not None  # noqa: S101
    if start < 1 or end < start:
        raise Invalid.of("page_from", "起始页应不小于 1，且不大于终止页。")
    if row.pages is not None and end > row.pages:
        raise Invalid.of("page_to", f"该文件共 {row.pages} 页，填写的页码超出范围。")
    return start, end


def _count(application_id: int, place: str, code: str) -> int:
    return EvidenceUse.objects.filter(application_id=application_id, place=place, code=code).count()

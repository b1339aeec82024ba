"""异议材料: letters that come with an objection, or after it with receipt number and query code (R-25)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction

from apps.audit.services import record
from apps.core.actor import Actor, Role
from apps.core.errors import Invalid, NotVisible, WrongStep
from apps.core.moment import Clock, Moment
from apps.core.scoping import acting_as
from apps.evidence import services as evidence
from apps.evidence.services import FileToSend
from apps.publicity.models import Objection, ObjectionPaper
from apps.publicity.selectors.objections import find_with_code
from apps.publicity.states import OBJECTION_LIFE, OPEN_OBJECTIONS

#: What one objection may bring: a stamped letter and its annexes, scanned. Anybody may send them, so they are few.
MOST_PAPERS = 3
MOST_MB = 10
_KINDS = frozenset({"pdf", "jpg", "png"})
#: Over all objections: what the office can read in a day, and what a flood may cost in storage.
_MOST_A_DAY = 200
_FOLDER = "objections"
_COUNT_LOCK = 7394


def require_few(uploads: Sequence[UploadedFile[Any]], *, there: int = 0) -> None:
    """Refuse more papers than one objection may have.

    Raises:
        Invalid: at `papers`.
    """
    if there + len(uploads) > MOST_PAPERS:
        raise Invalid.of("papers", f"每件异议最多 {MOST_PAPERS} 份材料，请合并扫描后上传。")


def paper_faults(*, clock: Clock, uploads: Sequence[UploadedFile[Any]]) -> dict[str, list[str]]:
    """Return what is wrong with papers that come with a faulty form, at `papers`; nothing is kept."""
    faults: list[str] = []
    try:
        require_few(uploads)
    except Invalid as refusal:
        faults += refusal.errors["papers"]
    for upload in uploads[:MOST_PAPERS]:
        try:
            taken = evidence.take_in(
                clock=clock, upload=upload, folder=_FOLDER, kinds=_KINDS, most_mb=MOST_MB
            )
        except Invalid as refusal:
            faults += [message for found in refusal.errors.values() for message in found]
        else:
            evidence.discard_taken(taken.stored_name)
    return {"papers": faults} if faults else {}


@transaction.atomic
def keep_papers(
    *, actor: Actor, clock: Clock, objection: Objection, uploads: Sequence[UploadedFile[Any]]
) -> None:
    """Store the papers of an objection (for the modules of this room: the row is locked or new, the system acts).

    Raises:
        Invalid: at `papers`: too many, a file that fails a check, or the day's limit is reached.
    """
    if not uploads:
        return
    moment = clock.now()
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [_COUNT_LOCK])
    there = objection.papers.count()
    require_few(uploads, there=there)
    today = ObjectionPaper.objects.filter(received_at__gt=moment.at - timedelta(days=1)).count()
    if today + len(uploads) > _MOST_A_DAY:
        raise Invalid.of("papers", "今日收到的材料已达上限，请先提出异议，次日凭回执号补交材料。")
    kept: list[str] = []
    try:
        for position, upload in enumerate(uploads, start=there + 1):
            kept.append(_keep(actor, clock, moment, objection, position, upload))
    except BaseException:
        for stored_name in kept:
            evidence.discard_taken(stored_name)
        raise


def _keep(
    actor: Actor,
    clock: Clock,
    moment: Moment,
    objection: Objection,
    position: int,
    upload: UploadedFile[Any],
) -> str:
    try:
        taken = evidence.take_in(clock=clock, upload=upload, folder=_FOLDER, kinds=_KINDS, most_mb=MOST_MB)
    except Invalid as refusal:
        raise Invalid(
            {"papers": [message for found in refusal.errors.values() for message in found]}
        ) from None
    try:
        with transaction.atomic():
            row = ObjectionPaper.objects.create(
                objection=objection,
                position=position,
                display_name=taken.name,
                kind=taken.kind,
                content_type=taken.content_type,
                size=taken.size,
                digest=taken.digest,
                pages=taken.pages,
                stored_name=taken.stored_name,
                scan_state=taken.scan_state,
                received_at=moment.at,
            )
            record(
                actor=actor,
                event="objection.paper",
                subject=row,
                moment=moment,
                rule="R-25",
                after={"receipt_no": objection.receipt_no, "digest": taken.digest, "size": taken.size},
            )
    except BaseException:
        evidence.discard_taken(taken.stored_name)
        raise
    return taken.stored_name


@transaction.atomic
def add_papers(
    *,
    actor: Actor,
    clock: Clock,
    receipt_no: str,
    query_code: str,
    uploads: Sequence[UploadedFile[Any]],
) -> int:
    """Add papers to an objection that is not concluded, for whoever has its receipt number and query code.

    Returns:
        How many papers it has now.

    Raises:
        NotVisible: no such pair.
        Invalid: none sent, too many, or a file that fails a check; at `papers`.
        WrongStep: the objection is concluded.
    """
    found = find_with_code(actor=actor, receipt_no=receipt_no, query_code=query_code)
    if not uploads:
        raise Invalid.of("papers", "请选择要上传的文件。")
    with acting_as(Actor.system(), then=actor):
        row = Objection.objects.select_for_update(of=("self",)).get(pk=found.pk)
        if row.state not in OPEN_OBJECTIONS:
            raise WrongStep(f"该异议{OBJECTION_LIFE.label(row.state)}，不能再补交材料。")
        keep_papers(actor=actor, clock=clock, objection=row, uploads=uploads)
        return int(row.papers.count())


@transaction.atomic
def open_paper(*, actor: Actor, clock: Clock, public_id: str) -> FileToSend:
    """Return a paper for download by the city's staff; the reading is recorded.

    Raises:
        NotVisible: anybody else, or no such paper.
        NotCleared, FileDamaged: the virus scanner has not passed it; its bytes are not those that came.
    """
    row = (
        ObjectionPaper.objects.visible_to(actor).filter(public_id=public_id).first()
        if actor.role is Role.MUNICIPAL
        else None
    )
    if row is None:
        raise NotVisible
    found = evidence.hand_out(
        stored_name=row.stored_name,
        name=row.display_name,
        content_type=row.content_type,
        digest=row.digest,
        scan_state=row.scan_state,
    )
    record(
        actor=actor,
        event="objection.paper_read",
        subject=row,
        moment=clock.now(),
        rule="R-25",
        after={"digest": row.digest},
    )
    return found

"""Course material as files: brought in by the event's bureau, handed out to whoever sees the event (R-45)."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from apps.core.actor import Actor
from apps.core.errors import NotVisible, WrongStep
from apps.core.moment import Clock
from apps.cultivation.models import Event, EventFile
from apps.cultivation.services.common import keep, require_staff
from apps.cultivation.services.events import own_event
from apps.cultivation.states import CALLED_OFF
from apps.evidence import services as evidence

#: Files an event may carry.
MOST_FILES = 20


@transaction.atomic
def add_event_file(*, actor: Actor, clock: Clock, public_id: str, upload: UploadedFile[Any]) -> str:
    """Add a file to an event of the actor's own bureau, before or after it was held; returns its public id.

    Raises:
        NotVisible, Forbidden: as `move_event`.
        WrongStep: called off, or as many files as an event may carry.
        Invalid: at field `file`, as for evidence.
        StorageFull: the disk is full; nothing is kept.
    """
    require_staff(actor)
    row = own_event(actor, public_id)
    if row.state == CALLED_OFF:
        raise WrongStep("活动已取消，不能再上传资料。")
    if EventFile.objects.visible_to(actor).filter(event=row, removed_at=None).count() >= MOST_FILES:
        raise WrongStep(f"每场活动最多 {MOST_FILES} 个文件，请先移除不需要的。")
    stored = evidence.store_bureau_file(actor=actor, clock=clock, upload=upload)
    moment = clock.now()
    made = EventFile.objects.create(
        event=row,
        district_id=row.district_id,
        document=stored.public_id,
        name=stored.name,
        size_text=stored.size_text,
        added_by_id=actor.account,
        added_at=moment.at,
    )
    keep(actor, moment, made, "event.add_file", {}, {"name": stored.name}, "")
    return str(made.public_id)


@transaction.atomic
def remove_event_file(*, actor: Actor, clock: Clock, public_id: str, file: str) -> None:
    """Take a file off an event of the actor's own bureau; the bytes stay with the trail.

    Raises:
        NotVisible: no such event of this bureau, or no such file on it.
        Forbidden: not 经办 or 签批.
    """
    require_staff(actor)
    row = own_event(actor, public_id)
    rows = EventFile.objects.visible_to(actor).select_for_update(of=("self",))
    found = rows.filter(event=row, public_id=file, removed_at=None).first()
    if found is None:
        raise NotVisible
    moment = clock.now()
    found.removed_at = moment.at
    found.save(update_fields=["removed_at"])
    keep(actor, moment, found, "event.remove_file", {"name": found.name}, {}, "")


def open_event_file(*, actor: Actor, public_id: str, file: str) -> evidence.FileToSend:
    """Return a file of an event for download, after asking whether *actor* sees the event.

    Raises:
        NotVisible: no such event in sight, or no such file on it.
        NotCleared, FileDamaged: as for evidence.
    """
    rows = Event.objects.visible_to(actor).filter(public_id=public_id)
    found = (
        EventFile.objects.visible_to(actor).filter(event__in=rows, public_id=file, removed_at=None).first()
    )
    if found is None:
        raise NotVisible
    return evidence.open_bureau_file(actor=actor, public_id=found.document)

"""The last day of a file of the library as something owed: reminded before it comes, shown until it is replaced."""

from __future__ import annotations

from django.db import transaction

from apps.core.actor import Actor
from apps.core.errors import NotVisible
from apps.core.moment import Clock, Moment
from apps.deadlines import services as deadlines
from apps.deadlines.registry import register_kind
from apps.deadlines.states import Party
from apps.evidence.models import EvidenceFile
from apps.policy.calendar import chinese

EXPIRY = "evidence.expiry"


def register() -> None:
    """Register the kind; called once by `EvidenceConfig.ready`."""
    register_kind(
        EXPIRY,
        label="材料到期",
        party=Party.ENTERPRISE,
        todo="请在材料库换上有效的文件。",
        path="files/{public_id}/about/",
        fades=True,
    )


def watch_expiry(row: EvidenceFile, moment: Moment) -> None:
    """Remind the enterprise of the last day of *row*; without one, end the reminder. Its own matter: no 属地."""
    if row.valid_until is None:
        deadlines.cancel_obligations(subject=row, moment=moment, kinds=[EXPIRY])
        return
    deadlines.open_obligation(
        kind=EXPIRY,
        subject=row,
        rule="R-39",
        moment=moment,
        enterprise=row.enterprise_id,
        due_on=row.valid_until,
        basis=f"有效期至{chinese(row.valid_until)}，到期前请换上新的文件。",
        label=row.display_name,
    )


@transaction.atomic
def replaced_by_newer(*, actor: Actor, clock: Clock, public_id: str) -> None:
    """End the reminder of a file that a newer one has taken the place of. For rooms above; NotVisible."""
    row = EvidenceFile.objects.visible_to(actor).filter(public_id=public_id).first()
    if row is None:
        raise NotVisible
    deadlines.meet_obligation(kind=EXPIRY, subject=row, moment=clock.now())

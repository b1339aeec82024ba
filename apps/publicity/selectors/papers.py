"""Which rows of this room a case's papers hang on: for the dossier of the room above."""

from __future__ import annotations

from apps.core.actor import Actor
from apps.publicity.models import Notice, Objection, Recognition, RecognitionEntry

NOTICE, OBJECTION, RECOGNITION = "notice", "objection", "recognition"


def subjects_of(*, actor: Actor, application_id: int) -> tuple[tuple[str, str], ...]:
    """Return the notices, objections and recognitions a case stands in, as what it is and its public id.

    Notices first, then objections, then recognitions, each oldest first.
    """
    notices = Notice.objects.visible_to(actor).filter(entries__application_id=application_id).distinct()
    objections = Objection.objects.visible_to(actor).filter(application_id=application_id)
    entries = RecognitionEntry.objects.filter(application_id=application_id)
    recognitions = Recognition.objects.visible_to(actor).filter(pk__in=entries.values("recognition_id"))
    return tuple(
        (what, str(public_id))
        for what, rows in ((NOTICE, notices), (OBJECTION, objections), (RECOGNITION, recognitions))
        for public_id in rows.order_by("pk").values_list("public_id", flat=True)
    )

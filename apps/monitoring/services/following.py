"""What is kept about a live title goes with its enterprise to another district, as the title does (R-43, R-13)."""

from __future__ import annotations

from django.db.models import Q

from apps.accounts.services import Followed
from apps.accounts.states import MOVE
from apps.audit.services import record
from apps.core.actor import Actor
from apps.core.moment import Moment
from apps.deadlines.services import move_obligations
from apps.monitoring.models import AnnualForm, Cancellation, IncidentReport, Recheck, Rectification
from apps.titles.states import LIVE

_FILES: tuple[type[AnnualForm | Recheck | Rectification | Cancellation | IncidentReport], ...] = (
    AnnualForm,
    Recheck,
    Rectification,
    Cancellation,
    IncidentReport,
)


def follow_enterprise(actor: Actor, moment: Moment, followed: Followed) -> None:
    """Put the yearly forms, rechecks, rectifications and proposals of live titles under the new district.

    Called as the system, in the transaction of the confirmation. The whole file of a title goes, what is concluded
    too: a rectification is read beside the recheck that ordered it, a form beside last year's. What belongs to a
    title that has ended stays where it was decided; so does a drawn spot check, which is about the district's work.
    """
    district = followed.after.get("district_id")
    if followed.kind != MOVE or not district:
        return
    for model in _FILES:
        rows = model._default_manager.filter(
            ~Q(district_id=district), Q(title__state__in=LIVE), enterprise_id=followed.enterprise_id
        )
        for row in rows.select_for_update(of=("self",)).order_by("pk"):
            before, row.district_id = row.district_id, district
            row.save(update_fields=["district"])
            move_obligations(subject=row, district=district)
            record(
                actor=actor,
                event="monitoring.follow_move",
                subject=row,
                moment=moment,
                rule="R-43",
                before={"district": before},
                after={"district": district},
                note=followed.note,
            )

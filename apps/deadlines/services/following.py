"""What an enterprise itself owes follows it to another district; what belongs to a case stays with it (R-13, R-43)."""

from __future__ import annotations

from django.db.models import Model

from apps.accounts.services import Followed
from apps.accounts.states import MOVE
from apps.core.actor import Actor
from apps.core.moment import Moment
from apps.deadlines.models import Obligation
from apps.deadlines.registry import KINDS
from apps.deadlines.states import LIVE


def follow_enterprise(actor: Actor, moment: Moment, followed: Followed) -> None:
    """Put live obligations that follow under the new district; called as the system, inside the confirmation."""
    del actor, moment
    district = followed.after.get("district_id")
    if followed.kind != MOVE or not district:
        return
    rows = Obligation.objects.filter(
        enterprise_id=followed.enterprise_id,
        state__in=LIVE,
        kind__in=[code for code, kind in KINDS.items() if kind.follows],
        district__isnull=False,
    )
    rows.update(district_id=district)


def move_obligations(*, subject: Model, district: str) -> None:
    """Put what a bureau or an enterprise of a district owes about *subject* under *district*; called as the system."""
    Obligation.objects.filter(
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        state__in=LIVE,
        district__isnull=False,
    ).update(district_id=district)

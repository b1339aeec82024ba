"""Drafts follow their enterprise to another district; what was handed in stays where it was handed in (R-13, R-43)."""

from __future__ import annotations

from apps.accounts.services import Followed
from apps.accounts.states import MOVE
from apps.applications.models import Application, Exemption
from apps.applications.states import DRAFT
from apps.core.actor import Actor
from apps.core.moment import FixedClock, Moment
from apps.evidence import services as evidence
from apps.scoring import services as scoring


def follow_enterprise(actor: Actor, moment: Moment, followed: Followed) -> None:
    """Put the drafts of a moved enterprise under its new district; called as the system, inside the confirmation."""
    del actor
    district = followed.after.get("district_id")
    if followed.kind != MOVE or not district:
        return
    clock, system = FixedClock(moment), Actor.system()
    drafts = Application.objects.filter(enterprise_id=followed.enterprise_id, state=DRAFT).order_by("pk")
    for row in drafts.select_for_update(of=("self",)):
        row.district_id = district
        row.version += 1
        row.changed_at = moment.at
        row.save(update_fields=["district", "version", "changed_at"])
        Exemption.objects.filter(application=row).update(district_id=district)
        scoring.follow_application(actor=system, clock=clock, application_id=row.pk, district=district)
        evidence.follow_application(actor=system, clock=clock, application_id=row.pk, district=district)

"""Marks on standing: monitoring tells here which annual forms came in, and when (R-31)."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from apps.audit import services as audit
from apps.core.actor import Actor
from apps.core.moment import Moment
from apps.titles.models import StandingMark


@transaction.atomic
def record_annual_form(
    *,
    actor: Actor,
    moment: Moment,
    enterprise_id: int,
    district: str,
    year: int,
    due_on: date,
    submitted_on: date | None = None,
    accepted_on: date | None = None,
) -> None:
    """Record how far the annual form of one year has come; repeating the same facts changes nothing.

    Args:
        actor: who acts (the system when the duty arises).
        moment: when.
        enterprise_id: whose form.
        district: code of its district.
        year: calendar year of the form.
        due_on: last day in time.
        submitted_on: day of the first filing.
        accepted_on: day of the district's acceptance.
    """
    facts = {"due_on": due_on, "submitted_on": submitted_on, "accepted_on": accepted_on}
    mark = (
        StandingMark.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .filter(enterprise_id=enterprise_id, year=year)
        .first()
    )
    if mark is None:
        mark = StandingMark.objects.create(
            enterprise_id=enterprise_id, district_id=district, year=year, recorded_at=moment.at, **facts
        )
        before: dict[str, date | None] = {}
    else:
        before = {name: getattr(mark, name) for name in facts}
        if before == facts:
            return
        for name, value in facts.items():
            setattr(mark, name, value)
        mark.save(update_fields=list(facts))
    audit.record(
        actor=actor,
        event="standing.annual_form",
        subject=mark,
        moment=moment,
        rule="R-31",
        before=before,
        after=facts,
    )

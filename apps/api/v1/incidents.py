"""举报线索: what the public tells about a factory, for the bureaus (R-42)."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.api.base import BUREAUS, Act, Body, Flag, Listing, Reading, Text
from apps.monitoring import incidents, services


class IncidentLine(serializers.Serializer[Any]):
    """One report in the queue; nobody's name."""

    public_id = serializers.CharField()
    receipt_no = serializers.CharField()
    enterprise_name = serializers.CharField()
    district_name = serializers.CharField()
    level = serializers.IntegerField()
    party_label = serializers.CharField()
    state = serializers.CharField()
    state_label = serializers.CharField()
    filed_at = serializers.DateTimeField()
    matter = serializers.CharField()


class Incidents(Listing):
    """可见范围内的举报线索，待办理的在前。"""

    audience = BUREAUS
    reading = IncidentLine

    def rows(self) -> Any:
        """Return them."""
        return incidents.incidents(actor=self.actor, per_page=500).rows


class IncidentDetail(serializers.Serializer[Any]):
    """One report as the bureau reads it."""

    row = IncidentLine()
    title_public_id = serializers.CharField()
    person = serializers.CharField()
    contact = serializers.CharField()
    answer = serializers.CharField()
    handled_by = serializers.CharField()
    handled_at = serializers.DateTimeField(allow_null=True)
    recheck = serializers.CharField()


class OneIncident(Reading):
    """一件举报线索。"""

    audience = BUREAUS
    reading = IncidentDetail

    def read(self, *, public_id: str) -> Any:
        """Return it."""
        return incidents.incident(actor=self.actor, public_id=public_id)


class IncidentRecheckBody(Body):
    """When the site is to be looked at."""

    planned_on = serializers.DateField()
    answer = Text(required=False, default="", max_length=2000)


class IncidentRecheckMade(serializers.Serializer[Any]):
    """The visit that was planned."""

    public_id = serializers.CharField()


class RecheckIncident(Act):
    """因举报线索安排现场复核。"""

    audience = BUREAUS
    body = IncidentRecheckBody
    answer = IncidentRecheckMade
    status = 201

    def act(self, *, public_id: str, **data: Any) -> Any:
        """Plan."""
        made = services.recheck_incident(actor=self.actor, clock=self.clock, public_id=public_id, **data)
        return {"public_id": made}


class IncidentCloseBody(Body):
    """What was done, or why nothing is."""

    taken = Flag()
    answer = Text(max_length=2000)


class CloseIncident(Act):
    """登记举报线索的办理结果，或写明不予办理的理由。"""

    audience = BUREAUS
    body = IncidentCloseBody

    def act(self, *, public_id: str, **data: Any) -> None:
        """Close."""
        services.close_incident(actor=self.actor, clock=self.clock, public_id=public_id, **data)

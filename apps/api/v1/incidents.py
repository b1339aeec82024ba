"""举报线索: told by anybody, handled by the bureaus (R-42)."""

from __future__ import annotations

from typing import Any

from rest_framework import parsers, serializers

from apps.api.base import BUREAUS, EVERYBODY, Act, Body, Flag, Listing, Reading, Text
from apps.api.parsing import StrictJSONParser
from apps.api.throttling import PublicFormThrottle, RoleThrottle
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


class IncidentBody(Body):
    """What is told about a factory of the register (JSON, or multipart with `papers`)."""

    title = Text(max_length=20)
    party = Text(max_length=10, help_text="person、unit 或 anonymous")
    person = Text(required=False, default="", max_length=100)
    contact = Text(required=False, default="", max_length=100)
    matter = Text(max_length=2000)
    papers = serializers.ListField(
        child=serializers.FileField(allow_empty_file=True),
        required=False,
        default=list,
        max_length=services.MOST_PAPERS,
    )


class IncidentReceiptAnswer(serializers.Serializer[Any]):
    """What who told keeps."""

    receipt_no = serializers.CharField()
    query_code = serializers.CharField()


class Incidents(Listing, Act):
    """可见范围内的举报线索，待办理的在前；公众反映问题（不需登录，同一地址每小时最多5件）。"""

    audience = EVERYBODY
    readers = BUREAUS
    reading = IncidentLine
    body = IncidentBody
    answer = IncidentReceiptAnswer
    status = 201
    parser_classes = (StrictJSONParser, parsers.MultiPartParser)
    throttle_classes = (RoleThrottle, PublicFormThrottle)
    form, most_an_hour = "incident", 5

    @property
    def largest_body(self) -> int:
        """Papers are larger than a form."""
        return (services.MOST_PAPERS * services.MOST_MB + 1) * 1024 * 1024

    def act(self, *, title: str, papers: list[Any], **data: Any) -> Any:
        """Take it."""
        return services.file_incident(
            actor=self.actor,
            clock=self.clock,
            title_public_id=title,
            form=services.IncidentForm(**data),
            papers=papers,
        )

    def rows(self) -> Any:
        """Return them."""
        return incidents.incidents(actor=self.actor, per_page=500).rows


class IncidentLookupBody(Body):
    """The pair that gives the right to look."""

    receipt_no = Text(max_length=40)
    query_code = Text(max_length=20)


class IncidentStatusAnswer(serializers.Serializer[Any]):
    """How a report stands."""

    receipt_no = serializers.CharField()
    enterprise_name = serializers.CharField()
    state_label = serializers.CharField()
    filed_at = serializers.DateTimeField()
    answer = serializers.CharField()
    handled_at = serializers.DateTimeField(allow_null=True)


class IncidentStatus(Act):
    """凭回执号和查询码查询所反映问题的办理结果。"""

    audience = EVERYBODY
    body = IncidentLookupBody
    answer = IncidentStatusAnswer
    status = 200
    throttle_classes = (RoleThrottle, PublicFormThrottle)
    form, most_an_hour = "incident-status", 20

    def act(self, **data: Any) -> Any:
        """Look it up."""
        return incidents.incident_status(actor=self.actor, **data)


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

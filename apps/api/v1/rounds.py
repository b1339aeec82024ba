"""申报批次: drafted and announced by the city, read by everybody."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.api.base import (
    BUREAUS,
    CITY,
    DISTRICT,
    ENTERPRISE,
    EVERYBODY,
    Act,
    Body,
    Codes,
    Flag,
    Listing,
    Made,
    Number,
    Query,
    Reading,
    Text,
    made,
)
from apps.applications import selectors, services
from apps.applications.services import RoundData


class RoundBody(Body):
    """A round as typed; `closes_at` is the first instant that is too late."""

    code = Text(max_length=10)
    name = Text(max_length=100)
    year = Number(min_value=2000, max_value=2100)
    levels = serializers.ListField(child=Number(min_value=1, max_value=5), max_length=5)
    opens_at = serializers.DateTimeField()
    closes_at = serializers.DateTimeField()
    scheme_codes = Codes(required=False, default=list)
    prerequisite_required = Flag(required=False, allow_null=True, default=None)
    notice = Text(required=False, default="")
    document_no = Text(required=False, default="", max_length=60)
    prelim_due_on = serializers.DateField(required=False, allow_null=True, default=None)


class RoundLine(serializers.Serializer[Any]):
    """One round."""

    public_id = serializers.CharField()
    code = serializers.CharField()
    name = serializers.CharField()
    year = serializers.IntegerField()
    levels = serializers.ListField(child=serializers.IntegerField())
    opens_at = serializers.DateTimeField()
    closes_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    state = serializers.CharField()
    state_label = serializers.CharField()
    phase = serializers.CharField()
    prerequisite_required = serializers.BooleanField()
    document_no = serializers.CharField()
    version = serializers.IntegerField()


class RoundAnswer(serializers.Serializer[Any]):
    """One round with its notice and evaluation systems."""

    round = RoundLine(source="row")
    notice = serializers.CharField()
    schemes = serializers.ListField(child=serializers.CharField())


class EligibilityLine(serializers.Serializer[Any]):
    """One condition: `state` is met, not_met, needs_exemption or later."""

    rule = serializers.CharField()
    clause = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a declared field
    state = serializers.CharField()
    reason = serializers.CharField()
    remedy = serializers.CharField()


class SchemeChoice(serializers.Serializer[Any]):
    """An evaluation system the round offers."""

    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a declared field
    is_reconstruction = serializers.BooleanField()
    suggested = serializers.BooleanField()


class EligibilityAnswer(serializers.Serializer[Any]):
    """Whether the enterprise may apply, line by line."""

    level = serializers.IntegerField()
    may_start = serializers.BooleanField()
    application_public_id = serializers.CharField(allow_null=True)
    lines = EligibilityLine(many=True)
    schemes = SchemeChoice(many=True)


class LevelQuery(Query):
    """The level asked about."""

    level = serializers.IntegerField(min_value=1, max_value=5)


class Rounds(Listing, Act):
    """申报批次列表；市局拟定新批次。"""

    audience = EVERYBODY
    writers = CITY
    reading = RoundLine
    body = RoundBody
    answer = Made
    status = 201

    def rows(self) -> Any:
        """Return the rounds in sight."""
        return selectors.rounds(actor=self.actor, moment=self.clock.now())

    def act(self, **data: Any) -> dict[str, str]:
        """Draft a round."""
        return made(services.create_round(actor=self.actor, clock=self.clock, data=RoundData(**data)))


class ReviseRound(Act):
    """修改尚未发布的批次。"""

    audience = CITY
    body = RoundBody

    def act(self, *, public_id: str, **data: Any) -> None:
        """Write it as sent: what is left out goes back to its default."""
        services.revise_round(actor=self.actor, clock=self.clock, public_id=public_id, data=RoundData(**data))


class OneRound(Reading):
    """一个批次。"""

    audience = EVERYBODY
    reading = RoundAnswer

    def read(self, *, public_id: str) -> Any:
        """Return it."""
        return selectors.round_file(actor=self.actor, public_id=public_id, moment=self.clock.now())


class OpenRound(Act):
    """发布批次（拟定人以外的签批人）。"""

    audience = CITY

    def act(self, *, public_id: str) -> None:
        """Announce it."""
        services.open_round(actor=self.actor, clock=self.clock, public_id=public_id)


class CloseRound(Act):
    """截止批次。"""

    audience = CITY

    def act(self, *, public_id: str) -> None:
        """Close it."""
        services.close_round(actor=self.actor, clock=self.clock, public_id=public_id)


class ExtensionBody(Body):
    """The enterprise, its new end, and why."""

    enterprise = Text(max_length=64)
    until = serializers.DateTimeField()
    reason = Text(max_length=500)


class ExtensionLine(serializers.Serializer[Any]):
    """A later end granted to one enterprise."""

    enterprise = serializers.CharField()
    uscc = serializers.CharField()
    district = serializers.CharField()
    until = serializers.DateTimeField()
    reason = serializers.CharField()
    granted_by = serializers.CharField()
    granted_at = serializers.DateTimeField()


class Extensions(Listing, Act):
    """一个批次的受理延长；签批人为单个企业延长受理时间。"""

    audience = BUREAUS
    reading = ExtensionLine
    body = ExtensionBody
    answer = Made
    status = 201

    def rows(self, *, public_id: str) -> Any:
        """Return the extensions in sight, the latest first."""
        selectors.round_file(actor=self.actor, public_id=public_id)
        return selectors.extensions(actor=self.actor, round_public_id=public_id)

    def act(self, *, public_id: str, enterprise: str, **data: Any) -> dict[str, str]:
        """Grant one."""
        return made(
            services.extend_window(
                actor=self.actor,
                clock=self.clock,
                round_public_id=public_id,
                enterprise_public_id=enterprise,
                **data,
            )
        )


class DistrictWindowBody(Body):
    """The district's earlier end; null follows the city."""

    closes_at = serializers.DateTimeField(allow_null=True)


class DistrictWindow(Act):
    """属地提前截止受理（签批人）；留空与全市一致。"""

    audience = DISTRICT
    body = DistrictWindowBody

    def act(self, *, public_id: str, closes_at: Any) -> None:
        """Set it."""
        services.set_district_window(
            actor=self.actor, clock=self.clock, public_id=public_id, closes_at=closes_at
        )


class RoundEligibility(Reading):
    """本企业能否申报，逐条说明。"""

    audience = ENTERPRISE
    reading = EligibilityAnswer
    query = LevelQuery

    def read(self, *, public_id: str, level: int) -> Any:
        """Return the lines."""
        return selectors.eligibility(
            actor=self.actor, round_public_id=public_id, level=level, moment=self.clock.now()
        )

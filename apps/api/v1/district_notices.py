"""属地公示: published by the district's signer; objections registered by one person and concluded by another."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.api.base import DISTRICT, EVERYBODY, Act, Body, Codes, Flag, Listing, Made, Text, made
from apps.review import selectors, services


class DistrictNoticeBody(Body):
    """The applications and what the notice says."""

    applications = Codes()
    title = Text(max_length=120)
    contact_person = Text(max_length=50)
    contact_phone = Text(max_length=40)
    supervision_phone = Text(max_length=40)
    contact_address = Text(required=False, default="", max_length=200)
    starts_on = serializers.DateField(required=False, allow_null=True, default=None)


class DistrictNoticeLine(serializers.Serializer[Any]):
    """One notice of the district."""

    public_id = serializers.CharField()
    title = serializers.CharField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    published_at = serializers.DateTimeField()
    count = serializers.IntegerField()


class DistrictNotices(Listing, Act):
    """属地公示；由属地签批人员发布。"""

    audience = DISTRICT
    reading = DistrictNoticeLine
    body = DistrictNoticeBody
    answer = Made
    status = 201
    reconfirmed = True

    def rows(self) -> Any:
        """Return the district's notices, newest first."""
        return selectors.own_notices(actor=self.actor)

    def act(self, *, applications: list[str], starts_on: Any, **words: str) -> dict[str, str]:
        """Publish."""
        return made(
            services.publish_district_notice(
                actor=self.actor,
                clock=self.clock,
                public_ids=applications,
                text=services.DistrictNoticeText(**words),
                starts_on=starts_on,
            )
        )


class DistrictObjectionBody(Body):
    """An objection the district received in writing."""

    party = serializers.ChoiceField(["person", "unit"])
    person = Text(max_length=100)
    contact = Text(max_length=100)
    matter = Text(max_length=1000)
    received_on = serializers.DateField(required=False, allow_null=True, default=None)


class RecordDistrictObjection(Act):
    """登记属地公示期内收到的异议。"""

    audience = DISTRICT
    body = DistrictObjectionBody
    answer = Made
    status = 201

    def act(self, *, public_id: str, **data: Any) -> dict[str, str]:
        """Register."""
        return made(
            services.record_district_objection(
                actor=self.actor, clock=self.clock, public_id=public_id, **data
            )
        )


class FiledDistrictObjectionBody(Body):
    """An objection of anybody to one line of a running notice."""

    position = serializers.IntegerField(min_value=1, max_value=9999)
    #: `person` or `unit`; the service says so for anything else
    party = Text(max_length=6)
    person = Text(max_length=100)
    contact = Text(max_length=100)
    matter = Text(max_length=1000)


class FiledDistrictObjectionAnswer(serializers.Serializer[Any]):
    """What the objector keeps, for `objections/status/`; the code is told only here."""

    receipt_no = serializers.CharField()
    query_code = serializers.CharField()


class FileDistrictObjection(Act):
    """公众对属地公示提出异议（不需登录）。"""

    audience = EVERYBODY
    body = FiledDistrictObjectionBody
    answer = FiledDistrictObjectionAnswer
    status = 201

    def act(self, *, public_id: str, **data: Any) -> Any:
        """File."""
        return services.file_district_objection(actor=self.actor, clock=self.clock, notice=public_id, **data)


class DistrictConclusionBody(Body):
    """What was found."""

    upheld = Flag()
    conclusion = Text(max_length=1000)


class ConcludeDistrictObjection(Act):
    """办结属地公示异议；登记人不能办结。"""

    audience = DISTRICT
    body = DistrictConclusionBody

    def act(self, *, public_id: str, upheld: bool, conclusion: str) -> None:
        """Conclude."""
        services.conclude_district_objection(
            actor=self.actor, clock=self.clock, public_id=public_id, upheld=upheld, conclusion=conclusion
        )

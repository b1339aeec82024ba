"""备案与推荐: what a district sends to the city, and what the city does with it."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.api.base import BUREAUS, CITY, DISTRICT, Act, Body, Flag, Listing, Made, Reading, Text, made
from apps.api.v1.preliminary import RulingLine
from apps.api.v1.shared import CaseForBureau, CountAnswer, ReasonBody, StateQuery
from apps.review import selectors, services


class FilingBody(Body):
    """The round, and who answers questions."""

    round = Text(max_length=64)
    contact = Text(required=False, default="", max_length=200)


class RecommendationBody(Body):
    """The round."""

    round = Text(max_length=64)


class FilingLine(serializers.Serializer[Any]):
    """One filing."""

    public_id = serializers.CharField()
    district_name = serializers.CharField()
    round_public_id = serializers.CharField()
    round_name = serializers.CharField()
    state = serializers.CharField()
    state_label = serializers.CharField()
    number = serializers.CharField()
    count = serializers.IntegerField()
    sent_at = serializers.DateTimeField(allow_null=True)
    answered_at = serializers.DateTimeField(allow_null=True)
    return_reason = serializers.CharField()
    concern = serializers.CharField()


class FilingAnswer(serializers.Serializer[Any]):
    """One filing with its decisions."""

    filing = FilingLine()
    rulings = RulingLine(many=True)


class NumberAnswer(serializers.Serializer[Any]):
    """The number on record."""

    number = serializers.CharField()


class ConcernBody(Body):
    """A concern, if there is one."""

    concern = Text(required=False, default="")


class RecommendedLine(serializers.Serializer[Any]):
    """One enterprise on the list."""

    case = CaseForBureau()
    ticked = serializers.BooleanField()
    reason = serializers.CharField()


class RecommendationLine(serializers.Serializer[Any]):
    """One list."""

    public_id = serializers.CharField()
    district = serializers.CharField()
    district_name = serializers.CharField()
    round_public_id = serializers.CharField()
    round_name = serializers.CharField()
    state = serializers.CharField()
    state_label = serializers.CharField()
    letter_no = serializers.CharField()
    prepared_at = serializers.DateTimeField()
    sent_at = serializers.DateTimeField(allow_null=True)
    items = RecommendedLine(many=True)


class TickBody(Body):
    """On the list or not, with a reason when not."""

    application = Text(max_length=64)
    ticked = Flag()
    reason = Text(required=False, default="")


class LetterBody(Body):
    """Number of the letter."""

    letter_no = Text(max_length=80)


class SendFilingBody(Body):
    """联系人 as it goes out; left empty, the table's own."""

    contact = Text(max_length=60, required=False, default="")


class Filings(Listing, Act):
    """备案表；属地汇总尚未备案的决定。"""

    audience = BUREAUS
    writers = DISTRICT
    reading = FilingLine
    query = StateQuery
    body = FilingBody
    answer = Made
    status = 201

    def rows(self, *, state: str) -> Any:
        """Return filings, newest first."""
        return selectors.filings(actor=self.actor, state=state)

    def act(self, *, round: str, contact: str) -> dict[str, str]:  # noqa: A002  (the name in the body)
        """Prepare."""
        return made(
            services.prepare_filing(
                actor=self.actor, clock=self.clock, round_public_id=round, contact=contact
            )
        )


class OneFiling(Reading):
    """一份备案表。"""

    audience = BUREAUS
    reading = FilingAnswer

    def read(self, *, public_id: str) -> dict[str, Any]:
        """Return it."""
        filing, rulings = selectors.filing_file(actor=self.actor, public_id=public_id)
        return {"filing": filing, "rulings": rulings}


class Recommendations(Listing, Act):
    """3A 推荐名单；属地拟定名单。"""

    audience = BUREAUS
    writers = DISTRICT
    reading = RecommendationLine
    query = StateQuery
    body = RecommendationBody
    answer = Made
    status = 201

    def rows(self, *, state: str) -> Any:
        """Return lists, newest first."""
        return selectors.recommendations(actor=self.actor, state=state)

    def act(self, *, round: str) -> dict[str, str]:  # noqa: A002  (the name in the body)
        """Prepare."""
        return made(
            services.prepare_recommendation(actor=self.actor, clock=self.clock, round_public_id=round)
        )


class OneRecommendation(Reading):
    """一份推荐名单。"""

    audience = BUREAUS
    reading = RecommendationLine

    def read(self, *, public_id: str) -> Any:
        """Return it."""
        return selectors.recommendation_file(actor=self.actor, public_id=public_id)


class SendFiling(Act):
    """报送备案。"""

    audience = DISTRICT
    body = SendFilingBody
    answer = CountAnswer
    status = 200

    def act(self, *, public_id: str, contact: str) -> Any:
        """Send."""
        sent = services.send_filing(actor=self.actor, clock=self.clock, public_id=public_id, contact=contact)
        return {"count": sent}


class AcknowledgeFiling(Act):
    """同意备案。"""

    audience = CITY
    body = ConcernBody
    answer = NumberAnswer
    status = 200

    def act(self, *, public_id: str, concern: str) -> Any:
        """Acknowledge."""
        return {
            "number": services.acknowledge_filing(
                actor=self.actor, clock=self.clock, public_id=public_id, concern=concern
            )
        }


class ReturnFiling(Act):
    """退回备案。"""

    audience = CITY
    body = ReasonBody

    def act(self, *, public_id: str, reason: str) -> None:
        """Return."""
        services.return_filing(actor=self.actor, clock=self.clock, public_id=public_id, reason=reason)


class TickRecommendation(Act):
    """列入或不列入推荐名单。"""

    audience = DISTRICT
    body = TickBody

    def act(self, *, public_id: str, application: str, **data: Any) -> None:
        """Tick."""
        services.tick(
            actor=self.actor, clock=self.clock, public_id=public_id, application_public_id=application, **data
        )


class SendRecommendation(Act):
    """签发推荐名单。"""

    audience = DISTRICT
    body = LetterBody
    answer = CountAnswer
    status = 200

    def act(self, *, public_id: str, letter_no: str) -> Any:
        """Send."""
        return {
            "count": services.send_recommendation(
                actor=self.actor, clock=self.clock, public_id=public_id, letter_no=letter_no
            )
        }


class CityAccept(Act):
    """市局受理推荐。"""

    audience = CITY

    def act(self, *, public_id: str) -> None:
        """Accept."""
        services.accept_case(actor=self.actor, clock=self.clock, public_id=public_id)


class CityReturn(Act):
    """市局退回推荐。"""

    audience = CITY
    body = ReasonBody

    def act(self, *, public_id: str, reason: str) -> None:
        """Return."""
        services.return_case(actor=self.actor, clock=self.clock, public_id=public_id, reason=reason)

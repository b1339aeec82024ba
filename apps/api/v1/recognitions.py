"""评定: proposed by the city, signed by its leader; the titles follow in the same transaction."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.api.base import CITY, Act, Body, Codes, Listing, Made, Reading, Text, made
from apps.api.v1.shared import CaseForBureau, StateQuery
from apps.publicity import selectors, services


class RecognitionBody(Body):
    """The cases and the document's number."""

    round = Text(max_length=64)
    applications = Codes()
    document_no = Text(max_length=80)


class RecognitionLine(serializers.Serializer[Any]):
    """One recognition list."""

    public_id = serializers.CharField()
    document_no = serializers.CharField()
    state = serializers.CharField()
    state_label = serializers.CharField()
    round_public_id = serializers.CharField()
    round_name = serializers.CharField()
    proposed_at = serializers.DateTimeField()
    decided_on = serializers.DateField(allow_null=True)
    cases = CaseForBureau(many=True)
    certificates = serializers.ListField(child=serializers.CharField())


class TitlesAnswer(serializers.Serializer[Any]):
    """Public ids of the titles given."""

    titles = serializers.ListField(child=serializers.CharField())


class Recognitions(Listing, Act):
    """评定名单；市局经办提请签发。"""

    audience = CITY
    reading = RecognitionLine
    query = StateQuery
    body = RecognitionBody
    answer = Made
    status = 201

    def rows(self, *, state: str) -> Any:
        """Return the lists, newest first."""
        return selectors.recognitions(actor=self.actor, state=state)

    def act(self, *, round: str, applications: list[str], document_no: str) -> dict[str, str]:  # noqa: A002  (the name in the body)
        """Propose."""
        return made(
            services.propose_recognition(
                actor=self.actor,
                clock=self.clock,
                round_public_id=round,
                application_public_ids=applications,
                document_no=document_no,
            )
        )


class OneRecognition(Reading):
    """一份评定名单。"""

    audience = CITY
    reading = RecognitionLine

    def read(self, *, public_id: str) -> Any:
        """Return it."""
        return selectors.recognition_file(actor=self.actor, public_id=public_id)


class SignRecognition(Act):
    """局领导签发评定。"""

    audience = CITY
    answer = TitlesAnswer
    status = 200
    reconfirmed = True

    def act(self, *, public_id: str) -> Any:
        """Sign."""
        return {"titles": services.sign_recognition(actor=self.actor, clock=self.clock, public_id=public_id)}


class RefuseAwardBody(Body):
    """The clause's rule and what was found."""

    rule = Text(max_length=10)
    reason = Text(max_length=1000)


class RefuseAward(Act):
    """公示期满后不予评定；由局领导决定。"""

    audience = CITY
    body = RefuseAwardBody

    def act(self, *, public_id: str, rule: str, reason: str) -> None:
        """End the case."""
        services.refuse_award(
            actor=self.actor, clock=self.clock, public_id=public_id, rule=rule, reason=reason
        )

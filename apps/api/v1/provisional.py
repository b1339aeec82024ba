"""暂定意见: what the city intends with each candidate, and the refusals of a round carried out at once."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.api.base import CITY, Act, Body, Codes, Listing, Text
from apps.api.v1.papers import StartedAnswer
from apps.core.errors import NotVisible
from apps.documents.services.deciding import start_deciding
from apps.policy.provisional import Provisional
from apps.publicity import selectors, services

DECISIONS = [(one.value, one.label) for one in Provisional]


class ProvisionalBody(Body):
    """What is intended, with the reason that 暂缓 and 不予评定 need."""

    decision = serializers.ChoiceField(DECISIONS)
    reason = Text(required=False, default="", max_length=1000)


class ManyBody(ProvisionalBody):
    """The cases of the round, by their public ids, and what is intended with each of them."""

    applications = Codes()


class ProvisionalLine(serializers.Serializer[Any]):
    """One case of the round that waits for the decision; the last four are null while nobody has said anything."""

    application = serializers.CharField(source="case.public_id")
    number = serializers.CharField(source="case.number")
    enterprise_name = serializers.CharField(source="case.enterprise_name")
    panel_total = serializers.DecimalField(
        source="case.panel_total", max_digits=5, decimal_places=2, allow_null=True
    )
    decision = serializers.CharField(source="decision.decision", default=None, allow_null=True)
    reason = serializers.CharField(source="decision.reason", default=None, allow_null=True)
    made_by = serializers.CharField(source="decision.made_by", default=None, allow_null=True)
    made_at = serializers.DateTimeField(source="decision.made_at", default=None, allow_null=True)


class SettledAnswer(serializers.Serializer[Any]):
    """How many cases were ended."""

    refused = serializers.IntegerField()


class NoteProvisional(Act):
    """登记暂定意见。"""

    audience = CITY
    body = ProvisionalBody

    def act(self, *, public_id: str, decision: str, reason: str) -> None:
        """Note it."""
        services.note_decision(
            actor=self.actor, clock=self.clock, public_id=public_id, decision=decision, reason=reason
        )


class ProvisionalDecisions(Listing, Act):
    """本批次征信查询阶段各企业的暂定意见；对多家企业登记同一暂定意见，由后台任务逐家办理。"""

    audience = CITY
    reading = ProvisionalLine
    body = ManyBody
    answer = StartedAnswer
    status = 202

    def rows(self, *, public_id: str) -> Any:
        """Return the cases of the round."""
        return selectors.intended_in_round(actor=self.actor, round_public_id=public_id)

    def act(self, *, public_id: str, applications: list[str], decision: str, reason: str) -> dict[str, str]:
        """Start the job; its workbook names whoever could not be decided, and why."""
        names = {
            row.case.public_id: row.case.enterprise_name
            for row in selectors.intended_in_round(actor=self.actor, round_public_id=public_id)
        }
        if any(one not in names for one in applications):
            raise NotVisible
        job = start_deciding(
            actor=self.actor,
            clock=self.clock,
            public_ids=applications,
            decision=decision,
            reason=reason,
            names=[names[one] for one in applications],
        )
        return {"job": job}


class SettleRefusals(Act):
    """签批本批次的不予评定。"""

    audience = CITY
    answer = SettledAnswer
    status = 200

    def act(self, *, public_id: str) -> dict[str, int]:
        """End the cases."""
        ended = services.settle_refusals(actor=self.actor, clock=self.clock, round_public_id=public_id)
        return {"refused": ended}

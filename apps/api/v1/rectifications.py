"""整改与取消称号: served, answered, verified, extended; proposed, defended, decided (R-37 … R-41)."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.api.base import BUREAUS, CITY, ENTERPRISE, PARTIES, Act, Body, Flag, Listing, Reading, Text
from apps.monitoring import selectors, services


class RectificationItemLine(serializers.Serializer[Any]):
    """One thing to put right and its answer."""

    position = serializers.IntegerField()
    code = serializers.CharField()
    problem = serializers.CharField()
    requirement = serializers.CharField()
    evidence_wanted = serializers.CharField()
    answer = serializers.CharField()


class RectificationAttemptLine(serializers.Serializer[Any]):
    """One submission and its verification."""

    submitted_on = serializers.DateField()
    verified_on = serializers.DateField(allow_null=True)
    passed = serializers.BooleanField(allow_null=True)
    note = serializers.CharField()


class RectificationLine(serializers.Serializer[Any]):
    """One rectification; `deadline_text` says how the deadline is counted."""

    public_id = serializers.CharField()
    enterprise_name = serializers.CharField()
    district_name = serializers.CharField()
    level = serializers.IntegerField()
    number = serializers.CharField()
    state = serializers.CharField()
    state_label = serializers.CharField()
    ordered_at = serializers.DateTimeField()
    served_on = serializers.DateField(allow_null=True)
    deadline = serializers.DateField(allow_null=True)
    deadline_text = serializers.CharField()
    extended_days = serializers.IntegerField()
    items = RectificationItemLine(many=True)
    attempts = RectificationAttemptLine(many=True)
    cancellation_public_id = serializers.CharField()


class Rectifications(Listing):
    """可见范围内的整改，最新的在前。"""

    audience = PARTIES
    reading = RectificationLine

    def rows(self) -> Any:
        """Return them."""
        return selectors.rectifications(actor=self.actor)


class OneRectification(Reading):
    """一次整改。"""

    audience = PARTIES
    reading = RectificationLine

    def read(self, *, public_id: str) -> Any:
        """Return it."""
        return selectors.rectification(actor=self.actor, public_id=public_id)


class RectificationServeBody(Body):
    """How a bureau delivered the notice; an enterprise that reads it sends nothing."""

    served_on = serializers.DateField(required=False, allow_null=True, default=None)
    service = Text(required=False, default="", max_length=100)


class RectificationDeadline(serializers.Serializer[Any]):
    """The last day."""

    deadline = serializers.DateField()


class ServeRectification(Act):
    """签收整改通知，或登记送达。"""

    audience = PARTIES
    body = RectificationServeBody
    answer = RectificationDeadline
    status = 200

    def act(self, *, public_id: str, **data: Any) -> Any:
        """Serve."""
        return {
            "deadline": services.serve_rectification(
                actor=self.actor, clock=self.clock, public_id=public_id, **data
            )
        }


class RectificationAnswerBody(Body):
    """What was done about one item."""

    position = serializers.IntegerField(min_value=1, max_value=200)
    answer = Text(max_length=2000)


class RectificationAnswersBody(Body):
    """What was done, item by item."""

    answers = RectificationAnswerBody(many=True)


class AnswerRectification(Act):
    """填写整改措施。"""

    audience = ENTERPRISE
    body = RectificationAnswersBody

    def act(self, *, public_id: str, answers: list[dict[str, Any]]) -> None:
        """Save."""
        services.answer_items(
            actor=self.actor,
            clock=self.clock,
            public_id=public_id,
            answers={one["position"]: one["answer"] for one in answers},
        )


class SubmitRectification(Act):
    """提交整改报告。"""

    audience = ENTERPRISE

    def act(self, *, public_id: str) -> None:
        """Submit."""
        services.submit_rectification(actor=self.actor, clock=self.clock, public_id=public_id)


class RectificationVerifyBody(Body):
    """The verification."""

    passed = Flag()
    note = Text(max_length=2000)


class VerifyRectification(Act):
    """登记整改验收结论。"""

    audience = BUREAUS
    body = RectificationVerifyBody

    def act(self, *, public_id: str, passed: bool, note: str) -> None:
        """Verify."""
        services.verify_rectification(
            actor=self.actor, clock=self.clock, public_id=public_id, passed=passed, note=note
        )


class RectificationExtendBody(Body):
    """More natural days, and why."""

    extra_days = serializers.IntegerField(min_value=1, max_value=365)
    reason = Text(max_length=500)


class ExtendRectification(Act):
    """延长整改期限。"""

    audience = CITY
    body = RectificationExtendBody
    answer = RectificationDeadline
    status = 200

    def act(self, *, public_id: str, **data: Any) -> Any:
        """Extend."""
        return {
            "deadline": services.extend_rectification(
                actor=self.actor, clock=self.clock, public_id=public_id, **data
            )
        }


class CancellationLine(serializers.Serializer[Any]):
    """One proposal to cancel a title and its decision."""

    public_id = serializers.CharField()
    enterprise_name = serializers.CharField()
    district_name = serializers.CharField()
    level = serializers.IntegerField()
    state = serializers.CharField()
    state_label = serializers.CharField()
    facts = serializers.CharField()
    statement_due_on = serializers.DateField()
    statement = serializers.CharField()
    document_no = serializers.CharField()
    decided_on = serializers.DateField(allow_null=True)
    ban_until = serializers.DateField(allow_null=True)
    rectification_public_id = serializers.CharField()


class Cancellations(Listing):
    """可见范围内的拟取消和已决定，最新的在前。"""

    audience = PARTIES
    reading = CancellationLine

    def rows(self) -> Any:
        """Return them."""
        return selectors.cancellations(actor=self.actor)


class OneCancellation(Reading):
    """一件取消称号。"""

    audience = PARTIES
    reading = CancellationLine

    def read(self, *, public_id: str) -> Any:
        """Return it."""
        return selectors.cancellation(actor=self.actor, public_id=public_id)


class DefenceBody(Body):
    """The defence."""

    statement = Text(max_length=2000)


class StateDefence(Act):
    """提交陈述申辩。"""

    audience = ENTERPRISE
    body = DefenceBody

    def act(self, *, public_id: str, statement: str) -> None:
        """State."""
        services.state_defence(actor=self.actor, clock=self.clock, public_id=public_id, statement=statement)


class CancellationDecisionBody(Body):
    """The decision."""

    decision = serializers.ChoiceField(["cancel", "suspend", "drop"])
    document_no = Text(max_length=60)
    note = Text(max_length=2000)


class CancellationDecisionAnswer(serializers.Serializer[Any]):
    """The first day on which the enterprise may apply again, null when the title was not cancelled."""

    ban_until = serializers.DateField(allow_null=True)


class DecideCancellation(Act):
    """决定取消、暂停或不予取消。"""

    audience = BUREAUS
    body = CancellationDecisionBody
    answer = CancellationDecisionAnswer
    status = 200
    reconfirmed = True

    def act(self, *, public_id: str, **data: Any) -> Any:
        """Decide."""
        return {
            "ban_until": services.decide_cancellation(
                actor=self.actor, clock=self.clock, public_id=public_id, **data
            )
        }

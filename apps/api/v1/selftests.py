"""自测与改进计划: scores without an application, and what lost points ask for."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.accounts import selectors as accounts
from apps.api.base import ENTERPRISE, Act, Body, Listing, Number, Points, Reading, Text
from apps.api.v1.drafting import LaterBody, MeasurementsBody
from apps.api.v1.shared import SelfAnswer
from apps.applications import selectors as applications
from apps.core.errors import NotVisible
from apps.policy.evaluation.improvement import Plan, improvement_plan
from apps.scoring import selectors as scoring
from apps.scoring import services as scoring_services


class SelfTestLine(serializers.Serializer[Any]):
    """One self-test."""

    public_id = serializers.CharField()
    title = serializers.CharField()
    scheme_code = serializers.CharField()
    total = Points(allow_null=True)
    answered = serializers.IntegerField()
    item_count = serializers.IntegerField()
    changed_at = serializers.DateTimeField()


class OpenSelfTestBody(Body):
    """The scheme to try; `source` is an application whose figures and answers are taken along."""

    scheme = Text(max_length=14)
    title = Text(required=False, default="", max_length=40)
    source = Text(required=False, default="", max_length=14)  # type: ignore[assignment]  # a declared field


class Opened(serializers.Serializer[Any]):
    """The new self-test."""

    public_id = serializers.CharField()


class SelfTestAnswerBody(Body):
    """The answer to one item; `version` is the item's (1 before it was first saved)."""

    version = Number(min_value=0)
    answer = SelfAnswer()


class SelfTestSums(serializers.Serializer[Any]):
    """The self-test after a save: `version` is that of its figures."""

    version = serializers.IntegerField()
    total_text = serializers.CharField()
    reachable_text = serializers.CharField()
    answered = serializers.IntegerField()
    item_count = serializers.IntegerField()


class SavedSelfTestItem(SelfTestSums):
    """The self-test after an answer was saved, with the item's version now."""

    item_version = serializers.IntegerField()


class SuggestionLine(serializers.Serializer[Any]):
    """One item with points to gain."""

    code = serializers.CharField()
    name = serializers.CharField()
    points = Points()
    max_points = Points()
    next_gain = Points()
    full_gain = Points()
    effort = serializers.CharField(source="effort.label")
    advice = serializers.CharField()
    mandatory_zero = serializers.BooleanField()


class WayLine(serializers.Serializer[Any]):
    """The way to a level."""

    level = serializers.CharField(source="level.label")
    gap = Points()
    after = Points()
    reaches = serializers.SerializerMethodField()
    suggestions = SuggestionLine(many=True)

    def get_reaches(self, way: Any) -> bool:
        """Return whether these suggestions reach the level's threshold."""
        return not way.open


class PlanAnswer(serializers.Serializer[Any]):
    """An improvement plan."""

    total = Points()
    best = Points()
    ways = WayLine(many=True)
    suggestions = SuggestionLine(many=True)


class SelfTests(Listing):
    """自测列表。"""

    audience = ENTERPRISE
    reading = SelfTestLine

    def rows(self) -> Any:
        """Call the selector."""
        return scoring.trials(actor=self.actor)


class OpenSelfTest(Act):
    """开始一份自测。"""

    audience = ENTERPRISE
    body = OpenSelfTestBody
    answer = Opened
    status = 201

    def act(self, *, scheme: str, title: str, source: str) -> Any:
        """Call the service."""
        case = applications.case(actor=self.actor, public_id=source) if source else None
        opened = scoring_services.open_trial(
            actor=self.actor,
            clock=self.clock,
            scheme_id=scoring.scheme(actor=self.actor, public_id=scheme).id,
            industry_code=accounts.enterprise_file(actor=self.actor).industry_code,
            title=title,
            source_application_id=None if case is None else case.id,
        )
        return {"public_id": opened}


class SaveSelfTestAnswer(Act):
    """保存自测的一项。"""

    audience = ENTERPRISE
    body = SelfTestAnswerBody
    answer = SavedSelfTestItem
    status = 200

    def act(self, *, public_id: str, code: str, version: int, answer: dict[str, Any]) -> Any:
        """Call the service."""
        return scoring_services.save_trial_answer(
            actor=self.actor,
            clock=self.clock,
            public_id=public_id,
            version=version,
            item_code=code,
            answer=answer,
        )


class PutOffSelfTestItem(Act):
    """标记自测的一项稍后处理，或取消标记；不影响填写内容和得分。"""

    audience = ENTERPRISE
    body = LaterBody

    def act(self, *, public_id: str, code: str, later: bool) -> None:
        """Call the service."""
        scoring_services.put_off_trial_item(
            actor=self.actor, public_id=public_id, item_code=code, later=later
        )


class SaveSelfTestFigures(Act):
    """保存自测的年度数据。"""

    audience = ENTERPRISE
    body = MeasurementsBody
    answer = SelfTestSums
    status = 200

    def act(self, *, public_id: str, **data: Any) -> Any:
        """Call the service."""
        return scoring_services.save_trial_figures(
            actor=self.actor, clock=self.clock, public_id=public_id, **data
        )


class RemoveSelfTest(Act):
    """删除一份自测。"""

    audience = ENTERPRISE

    def act(self, *, public_id: str) -> None:
        """Call the service."""
        scoring_services.remove_trial(actor=self.actor, clock=self.clock, public_id=public_id)


class SelfTestPlan(Reading):
    """自测的改进计划。"""

    audience = ENTERPRISE
    reading = PlanAnswer

    def read(self, *, public_id: str) -> Plan:
        """Compute the plan."""
        return improvement_plan(scoring.trial_result(actor=self.actor, public_id=public_id))


class ApplicationPlan(Reading):
    """申报的改进计划。"""

    audience = ENTERPRISE
    reading = PlanAnswer

    def read(self, *, public_id: str) -> Plan:
        """Compute the plan from the self-evaluation."""
        case = applications.case(actor=self.actor, public_id=public_id)
        head = scoring.current_sheet(actor=self.actor, application_id=case.id, kind="self")
        if head is None:
            raise NotVisible
        return improvement_plan(scoring.sheet_result(actor=self.actor, public_id=head.public_id))

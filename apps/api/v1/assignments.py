"""专家任务: what one expert sees and does; other experts' points are out of sight."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.api.base import EXPERT, Act, Body, Flag, Listing, Points, Reading, Text
from apps.api.v1.applications import BasicLine, MaskedProfileLine, SectionLine
from apps.api.v1.evidence import UseLine
from apps.api.v1.shared import (
    Adopted,
    CaseHead,
    Desk,
    ManyOfficialAnswers,
    OneOfficialAnswer,
    ReasonBody,
    SavedItem,
    SheetSums,
    desk_of,
)
from apps.applications import selectors as applications
from apps.evidence import selectors as evidence
from apps.review import selectors, services
from apps.review.services import Assessment
from apps.scoring import selectors as scoring


class AssignmentLine(serializers.Serializer[Any]):
    """One assignment."""

    public_id = serializers.CharField()
    case = CaseHead()
    is_leader = serializers.BooleanField()
    state = serializers.CharField()
    state_label = serializers.CharField()
    total = Points(allow_null=True)
    due_on = serializers.DateField(allow_null=True)
    submitted_at = serializers.DateTimeField(allow_null=True)
    opinion_signed = serializers.BooleanField()


class AssignmentAnswer(serializers.Serializer[Any]):
    """One assignment with its desk, once the declaration is signed."""

    assignment = AssignmentLine()
    desk = Desk(allow_null=True)


class MaterialAnswer(serializers.Serializer[Any]):
    """What the enterprise handed in beside the items."""

    profile = MaskedProfileLine(many=True)
    basics = BasicLine(many=True)
    report = SectionLine(many=True)
    files = UseLine(many=True)


class AssessmentBody(Body):
    """What the expert adds to the points."""

    strengths = Text(required=False, default="")
    problems = Text(required=False, default="")
    advice = Text(required=False, default="")
    wants_site_visit = Flag(required=False, default=False)
    site_visit_reason = Text(required=False, default="")


class DissentBody(Body):
    """What a member thinks otherwise, recorded with the signature."""

    dissent = Text(required=False, default="")


class VisitWishBody(Body):
    """The reason; empty withdraws the request."""

    reason = Text(required=False, default="")


class Assignments(Listing):
    """我的评审任务。"""

    audience = EXPERT
    reading = AssignmentLine

    def rows(self) -> Any:
        """Return them, open ones first."""
        return selectors.my_tasks(actor=self.actor)


class OneAssignment(Reading):
    """一件评审任务和评分台。"""

    audience = EXPERT
    reading = AssignmentAnswer

    def read(self, *, public_id: str) -> dict[str, Any]:
        """Return it."""
        row = selectors.my_task(actor=self.actor, public_id=public_id)
        if row.sheet_public_id is None:
            return {"assignment": row, "desk": None}
        view = scoring.compare_view(actor=self.actor, public_id=row.sheet_public_id)
        return {"assignment": row, "desk": desk_of(view)}


class Material(Reading):
    """任务的申报材料：申报表、基本要求、评价报告和佐证；签署声明后可看。"""

    audience = EXPERT
    reading = MaterialAnswer

    def read(self, *, public_id: str) -> dict[str, Any]:
        """Return it."""
        row = selectors.my_task(actor=self.actor, public_id=public_id)
        file = applications.application_file(actor=self.actor, public_id=row.case.public_id)
        return {
            "profile": file.profile,
            "basics": file.basics,
            "report": file.report,
            "files": evidence.uses_of(actor=self.actor, application_id=file.case.id),
        }


class Declare(Act):
    """签署无利益冲突声明。"""

    audience = EXPERT

    def act(self, *, public_id: str) -> None:
        """Declare."""
        services.declare_no_conflict(actor=self.actor, clock=self.clock, public_id=public_id)


class Recuse(Act):
    """申请回避。"""

    audience = EXPERT
    body = ReasonBody

    def act(self, *, public_id: str, reason: str) -> None:
        """Ask to be recused."""
        services.recuse(actor=self.actor, clock=self.clock, public_id=public_id, reason=reason)


class SaveExpertScores(Act):
    """一次保存多项评分。"""

    audience = EXPERT
    body = ManyOfficialAnswers
    answer = SheetSums
    status = 200

    def act(self, *, public_id: str, **data: Any) -> Any:
        """Save."""
        return services.score_items_as_expert(actor=self.actor, clock=self.clock, public_id=public_id, **data)


class SaveExpertScore(Act):
    """保存一项评分。"""

    audience = EXPERT
    body = OneOfficialAnswer
    answer = SavedItem
    status = 200

    def act(self, *, public_id: str, code: str, **data: Any) -> Any:
        """Save."""
        return services.score_item_as_expert(
            actor=self.actor, clock=self.clock, public_id=public_id, item_code=code, **data
        )


class AdoptDistrictScores(Act):
    """采用初评分。"""

    audience = EXPERT
    body = Adopted
    answer = SheetSums
    status = 200

    def act(self, *, public_id: str, item_codes: list[str] | None = None) -> Any:
        """Adopt."""
        return services.adopt_district_scores(
            actor=self.actor, clock=self.clock, public_id=public_id, item_codes=item_codes
        )


class SubmitAssessment(Act):
    """提交评审意见。"""

    audience = EXPERT
    body = AssessmentBody

    def act(self, *, public_id: str, **data: Any) -> None:
        """Hand in."""
        services.submit_assessment(
            actor=self.actor, clock=self.clock, public_id=public_id, assessment=Assessment(**data)
        )


class SignOpinion(Act):
    """签署评估意见。"""

    audience = EXPERT
    body = DissentBody

    def act(self, *, public_id: str, dissent: str) -> None:
        """Sign."""
        services.sign_opinion(actor=self.actor, clock=self.clock, public_id=public_id, dissent=dissent)


class RequestSiteVisit(Act):
    """建议现场核实。"""

    audience = EXPERT
    body = VisitWishBody

    def act(self, *, public_id: str, reason: str) -> None:
        """Ask, or withdraw."""
        services.request_site_visit(actor=self.actor, clock=self.clock, public_id=public_id, reason=reason)

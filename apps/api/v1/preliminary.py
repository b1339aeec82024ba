"""初评与属地评审: the district scores, a second person signs; below 80 the district decides the level itself."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.api.base import BUREAUS, DISTRICT, Act, Body, Codes, Listing, Points, Query, Reading, Text
from apps.api.v1.shared import (
    Adopted,
    CaseForBureau,
    Desk,
    ManyOfficialAnswers,
    OneOfficialAnswer,
    OptionalReasonBody,
    OutcomeAnswer,
    SavedItem,
    SheetSums,
    desk_of,
)
from apps.core.errors import NotVisible
from apps.review import selectors, services
from apps.scoring import selectors as scoring


class ReviewLine(serializers.Serializer[Any]):
    """The preliminary review of one case."""

    case = CaseForBureau()
    state = serializers.CharField()
    state_label = serializers.CharField()
    scorer = serializers.CharField()
    submitted_at = serializers.DateTimeField(allow_null=True)
    signed_total = Points(allow_null=True)
    vetoes = serializers.ListField(child=serializers.CharField())
    opinion = serializers.CharField()
    return_note = serializers.CharField()


class DeskAnswer(serializers.Serializer[Any]):
    """The review with its desk."""

    review = ReviewLine()
    desk = Desk()


class QueueQuery(Query):
    """Which part of the queue."""

    state = serializers.CharField(required=False, default="", max_length=20)
    mine = serializers.BooleanField(required=False, default=False)


class PreliminaryOpinionBody(Body):
    """初评意见, and basic requirements found not met."""

    opinion = Text()
    vetoes = Codes(required=False, default=list)


class ReturnNoteBody(Body):
    """Why it goes back."""

    note = Text()


class SignedAnswer(serializers.Serializer[Any]):
    """The frozen sheet."""

    total = Points()
    digest = serializers.CharField()


class RulingLine(serializers.Serializer[Any]):
    """One decision of a district."""

    case = CaseForBureau()
    public_id = serializers.CharField()
    state = serializers.CharField()
    state_label = serializers.CharField()
    level = serializers.IntegerField(allow_null=True)
    total = Points()
    converted = serializers.BooleanField()
    reason = serializers.CharField()
    document_no = serializers.CharField()
    decided_on = serializers.DateField(allow_null=True)
    is_filed = serializers.BooleanField()


class RulingQuery(Query):
    """Which decisions."""

    state = serializers.CharField(required=False, default="", max_length=20)
    unfiled = serializers.BooleanField(required=False, default=False)


class ProposalAnswer(serializers.Serializer[Any]):
    """What the signed score gives."""

    outcome = serializers.CharField()
    level = serializers.IntegerField(allow_null=True)
    total = serializers.CharField()
    advice = serializers.ListField(child=serializers.CharField())


class SignRulingBody(Body):
    """Document number and date of the decision."""

    document_no = Text(required=False, default="", max_length=80)
    decided_on = serializers.DateField(required=False, allow_null=True, default=None)


class PreliminaryQueue(Listing):
    """待初评、待签批的申报。"""

    audience = DISTRICT
    reading = ReviewLine
    query = QueueQuery

    def rows(self, *, state: str, mine: bool) -> Any:
        """Return the queue, oldest first."""
        return selectors.preliminary_queue(actor=self.actor, state=state, mine=mine, per_page=200)


class Preliminary(Reading):
    """初评打分台。"""

    audience = BUREAUS
    reading = DeskAnswer

    def read(self, *, public_id: str) -> dict[str, Any]:
        """Return the review and its desk."""
        row = selectors.preliminary_of(actor=self.actor, public_id=public_id)
        view = scoring.compare_view(actor=self.actor, public_id=row.sheet_public_id)
        return {"review": row, "desk": desk_of(view)}


class Rulings(Listing):
    """属地评审决定。"""

    audience = BUREAUS
    reading = RulingLine
    query = RulingQuery

    def rows(self, *, state: str, unfiled: bool) -> Any:
        """Return the decisions, newest first."""
        return selectors.rulings(actor=self.actor, state=state, unfiled=unfiled)


class OneRuling(Reading):
    """一件申报的属地评审决定。"""

    audience = BUREAUS
    reading = RulingLine

    def read(self, *, public_id: str) -> Any:
        """Return it."""
        found = selectors.ruling_of(actor=self.actor, public_id=public_id)
        if found is None:
            raise NotVisible
        return found


class ClaimPreliminary(Act):
    """认领。"""

    audience = DISTRICT

    def act(self, *, public_id: str) -> None:
        """Claim."""
        services.claim_preliminary(actor=self.actor, clock=self.clock, public_id=public_id)


class ReleasePreliminary(Act):
    """释放。"""

    audience = DISTRICT

    def act(self, *, public_id: str) -> None:
        """Release."""
        services.release_preliminary(actor=self.actor, clock=self.clock, public_id=public_id)


class SavePreliminaryScores(Act):
    """一次保存多项评分。"""

    audience = DISTRICT
    body = ManyOfficialAnswers
    answer = SheetSums
    status = 200

    def act(self, *, public_id: str, **data: Any) -> Any:
        """Save."""
        return services.score_items(actor=self.actor, clock=self.clock, public_id=public_id, **data)


class SavePreliminaryScore(Act):
    """保存一项评分。"""

    audience = DISTRICT
    body = OneOfficialAnswer
    answer = SavedItem
    status = 200

    def act(self, *, public_id: str, code: str, **data: Any) -> Any:
        """Save."""
        return services.score_item(
            actor=self.actor, clock=self.clock, public_id=public_id, item_code=code, **data
        )


class AdoptSelfScores(Act):
    """采用自评分。"""

    audience = DISTRICT
    body = Adopted
    answer = SheetSums
    status = 200

    def act(self, *, public_id: str, item_codes: list[str] | None = None) -> Any:
        """Adopt."""
        return services.adopt_self_scores(
            actor=self.actor, clock=self.clock, public_id=public_id, item_codes=item_codes
        )


class SubmitPreliminary(Act):
    """提交初评。"""

    audience = DISTRICT
    body = PreliminaryOpinionBody

    def act(self, *, public_id: str, **data: Any) -> None:
        """Submit."""
        services.submit_preliminary(actor=self.actor, clock=self.clock, public_id=public_id, **data)


class ReturnPreliminary(Act):
    """退回重评。"""

    audience = DISTRICT
    body = ReturnNoteBody

    def act(self, *, public_id: str, note: str) -> None:
        """Return."""
        services.return_preliminary(actor=self.actor, clock=self.clock, public_id=public_id, note=note)


class SignPreliminary(Act):
    """签批初评。"""

    audience = DISTRICT
    answer = SignedAnswer
    status = 200

    def act(self, *, public_id: str) -> Any:
        """Sign."""
        return services.sign_preliminary(actor=self.actor, clock=self.clock, public_id=public_id)


class ProposeRuling(Act):
    """提出属地评审建议。"""

    audience = DISTRICT
    body = OptionalReasonBody
    answer = ProposalAnswer
    status = 200

    def act(self, *, public_id: str, reason: str) -> Any:
        """Propose."""
        return services.propose_ruling(actor=self.actor, clock=self.clock, public_id=public_id, reason=reason)


class SignRuling(Act):
    """签批属地评审决定。"""

    audience = DISTRICT
    body = SignRulingBody
    answer = OutcomeAnswer
    status = 200
    reconfirmed = True

    def act(self, *, public_id: str, **data: Any) -> Any:
        """Sign."""
        return {
            "outcome": services.sign_ruling(actor=self.actor, clock=self.clock, public_id=public_id, **data)
        }


class CloseBelow80(Act):
    """3A 申报未达 80 分且不转级的，办结；征求转为本级评定意见后企业逾期未答复的，按不予推荐办结。"""

    audience = DISTRICT
    answer = OutcomeAnswer
    status = 200

    def act(self, *, public_id: str) -> Any:
        """Close."""
        return {"outcome": services.close_below_80(actor=self.actor, clock=self.clock, public_id=public_id)}

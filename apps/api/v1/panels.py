"""专家评估: the panel of a case as the city and its leader run it."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.accounts import selectors as accounts
from apps.api.base import (
    CITY,
    EXPERT,
    Act,
    Body,
    Codes,
    Flag,
    Listing,
    Made,
    Points,
    Reading,
    Text,
    made,
)
from apps.api.v1.shared import CaseForBureau, CaseHead, NoteBody, OutcomeAnswer, StateQuery
from apps.core.actor import Actor, Role
from apps.core.errors import Invalid
from apps.review import selectors, services
from apps.review.services import Visit


class MemberLine(serializers.Serializer[Any]):
    """One member as the other members see it: no points."""

    public_id = serializers.CharField()
    expert_number = serializers.CharField()
    expert_name = serializers.CharField()
    employer = serializers.CharField()
    is_leader = serializers.BooleanField()
    state = serializers.CharField()
    state_label = serializers.CharField()
    opinion_signed = serializers.BooleanField()
    dissent = serializers.CharField()


class MemberForCity(MemberLine):
    """With the total and what was noted."""

    total = Points(allow_null=True)
    submitted_at = serializers.DateTimeField(allow_null=True)
    wants_site_visit = serializers.BooleanField()
    site_visit_reason = serializers.CharField()
    blocked_reason = serializers.CharField()
    ended_reason = serializers.CharField()


class VisitLine(serializers.Serializer[Any]):
    """One on-site visit; `complete`: both sides have signed."""

    public_id = serializers.CharField()
    complete = serializers.BooleanField()
    visited_on = serializers.DateField()
    place = serializers.CharField()
    people = serializers.ListField(child=serializers.CharField())
    accompanied_by = serializers.CharField()
    opening_at = serializers.TimeField(allow_null=True)
    closing_at = serializers.TimeField(allow_null=True)
    findings = serializers.ListField(child=serializers.DictField())
    problems = serializers.CharField()
    conclusion = serializers.CharField()


class PanelForExpert(serializers.Serializer[Any]):
    """A panel as its members see it."""

    public_id = serializers.CharField()
    case = CaseHead()
    state = serializers.CharField()
    state_label = serializers.CharField()
    due_on = serializers.DateField(allow_null=True)
    total = Points(allow_null=True)
    opinion = serializers.CharField()
    reasons = serializers.CharField()
    site_visited = serializers.BooleanField(allow_null=True)
    site_reason = serializers.CharField()
    concluded_at = serializers.DateTimeField(allow_null=True)
    members = MemberLine(many=True)
    visits = VisitLine(many=True)


class PanelForCity(PanelForExpert):
    """A panel as the city sees it."""

    case = CaseForBureau()
    spread = Points(allow_null=True)
    deviation = Points(allow_null=True)
    outliers = serializers.ListField(child=serializers.CharField())
    disputed_items = serializers.ListField(child=serializers.CharField())
    drawn = serializers.BooleanField()
    aggregation = serializers.CharField()
    reconsidered = serializers.BooleanField()
    members = MemberForCity(many=True)


class CandidateLine(serializers.Serializer[Any]):
    """An expert of the pool, for one application."""

    public_id = serializers.CharField(source="expert.public_id")
    number = serializers.CharField(source="expert.number")
    name = serializers.CharField(source="expert.name")
    title = serializers.CharField(source="expert.title")
    employer = serializers.CharField(source="expert.employer_name")
    fields_ = serializers.ListField(child=serializers.CharField(), source="expert.fields")
    conflicts = serializers.ListField(child=serializers.CharField())
    waived = serializers.ListField(child=serializers.CharField())
    round_load = serializers.IntegerField()
    matches_industry = serializers.BooleanField()
    open_tasks = serializers.IntegerField()


class PanelBody(Body):
    """Experts by public id, the leader among them."""

    experts = Codes()
    leader = Text(max_length=64)
    due_on = serializers.DateField()


class DueBody(Body):
    """By when, and why where the figures give no ground."""

    due_on = serializers.DateField()
    reason = Text(required=False, default="")


class FindingBody(Body):
    """One finding of a visit: the item, what the material says, what was found, whether the two agree."""

    item = Text(max_length=300)
    filed = Text(required=False, default="", max_length=300)
    found = Text(max_length=300)
    agrees = Flag(required=False, default=False)


class VisitBody(Body):
    """The record of an on-site visit."""

    visited_on = serializers.DateField()
    place = Text()
    people = serializers.ListField(child=Text(max_length=60), max_length=20)
    conclusion = Text()
    accompanied_by = Text(required=False, default="")
    opening_at = serializers.TimeField(required=False, allow_null=True, default=None)
    closing_at = serializers.TimeField(required=False, allow_null=True, default=None)
    problems = Text(required=False, default="")
    findings = FindingBody(many=True, required=False, default=list)


class PanelOpinionBody(Body):
    """The panel's opinion."""

    opinion = serializers.ChoiceField(["recommend", "not_recommend", "supplement"])
    reasons = Text()
    site_visited = Flag()
    site_reason = Text(required=False, default="")


class ReplaceBody(Body):
    """Why, and by whom (public id) if by anybody."""

    reason = Text()
    expert = Text(required=False, allow_null=True, default=None, max_length=64)


class ReplacedAnswer(serializers.Serializer[Any]):
    """The new assignment, if there is one."""

    public_id = serializers.CharField(allow_null=True)


def expert_ids(actor: Actor, public_ids: list[str], *, field: str) -> list[int]:
    """Return the ids behind public ids of experts.

    Raises:
        Invalid: an expert that is not in the pool.
    """
    known = {row.public_id: row.id for row in accounts.experts(actor=actor)}
    if not set(public_ids) <= set(known):
        raise Invalid.of(field, "所选专家不在专家库中，请重新选择。")
    return [known[public_id] for public_id in public_ids]


class Panels(Listing):
    """专家组一览。"""

    audience = CITY
    reading = PanelForCity
    query = StateQuery

    def rows(self, *, state: str) -> Any:
        """Return panels, newest first."""
        return selectors.panels(actor=self.actor, state=state)


class PanelCandidates(Listing):
    """可选专家，存在利益冲突的写明原因。"""

    audience = CITY
    reading = CandidateLine

    def rows(self, *, public_id: str) -> Any:
        """Return the pool."""
        return selectors.candidates(actor=self.actor, public_id=public_id, on=self.clock.now().on)


class Panel(Reading, Act):
    """一件申报的专家组；市局组建专家组。"""

    audience = CITY | EXPERT
    writers = CITY
    reading = PanelForCity
    reading_for = {Role.EXPERT: PanelForExpert}
    body = PanelBody
    answer = Made
    status = 201

    def read(self, *, public_id: str) -> Any:
        """Return it."""
        return selectors.panel_of(actor=self.actor, public_id=public_id)

    def act(self, *, public_id: str, experts: list[str], leader: str, due_on: Any) -> dict[str, str]:
        """Invite the experts."""
        [leader_id] = expert_ids(self.actor, [leader], field="leader")
        return made(
            services.form_panel(
                actor=self.actor,
                clock=self.clock,
                public_id=public_id,
                expert_ids=expert_ids(self.actor, experts, field="experts"),
                leader_id=leader_id,
                due_on=due_on,
            )
        )


class ReconsiderPanel(Act):
    """要求复议。"""

    audience = CITY
    body = DueBody

    def act(self, *, public_id: str, due_on: Any, reason: str) -> None:
        """Ask again."""
        services.reconsider(
            actor=self.actor, clock=self.clock, public_id=public_id, due_on=due_on, reason=reason
        )


class ReopenPanel(Act):
    """「需补充」后重新开放评估。"""

    audience = CITY
    body = DueBody

    def act(self, *, public_id: str, due_on: Any, reason: str) -> None:
        """Open it again."""
        services.reopen_panel(
            actor=self.actor, clock=self.clock, public_id=public_id, due_on=due_on, reason=reason
        )


class RecordSiteVisit(Act):
    """登记现场核实。"""

    audience = CITY | EXPERT
    body = VisitBody
    answer = Made
    status = 201

    def act(self, *, public_id: str, **data: Any) -> Any:
        """Keep the record."""
        return made(
            services.record_site_visit(
                actor=self.actor, clock=self.clock, public_id=public_id, visit=Visit(**data)
            )
        )


class DraftOpinion(Act):
    """组长起草评估意见。"""

    audience = EXPERT
    body = PanelOpinionBody

    def act(self, *, public_id: str, **data: Any) -> None:
        """Draft."""
        services.draft_opinion(actor=self.actor, clock=self.clock, public_id=public_id, **data)


class ConcludePanel(Act):
    """出具评估意见。"""

    audience = EXPERT

    def act(self, *, public_id: str) -> None:
        """Issue."""
        services.conclude_panel(actor=self.actor, clock=self.clock, public_id=public_id)


class TakeOpinion(Act):
    """市局处理评估意见。"""

    audience = CITY
    body = NoteBody
    answer = OutcomeAnswer
    status = 200

    def act(self, *, public_id: str, note: str) -> Any:
        """Act on it."""
        return {
            "outcome": services.take_opinion(
                actor=self.actor, clock=self.clock, public_id=public_id, note=note
            )
        }


class ReplaceExpert(Act):
    """更换专家。"""

    audience = CITY
    body = ReplaceBody
    answer = ReplacedAnswer
    status = 200

    def act(self, *, public_id: str, reason: str, expert: str | None) -> Any:
        """Replace."""
        chosen = expert_ids(self.actor, [expert], field="expert")[0] if expert else None
        return {
            "public_id": services.replace_expert(
                actor=self.actor, clock=self.clock, public_id=public_id, reason=reason, expert_id=chosen
            )
        }

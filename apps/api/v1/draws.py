"""专家抽取、回避豁免、可评审时段、评分结束与校准: what the city and the experts do around a panel."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.api.base import CITY, EXPERT, Act, Body, Flag, Listing, Made, Query, Reading, Text, made
from apps.api.v1.panels import expert_ids
from apps.policy.draw import Seat
from apps.review import selectors, services
from apps.review.services import Signing


class SeatBody(Body):
    """Who may take a seat; both empty: anybody."""

    field = Text(required=False, default="", max_length=20)
    industry = Text(required=False, default="", max_length=2)


class CommitBody(Body):
    """What a draw commits to."""

    seats = SeatBody(many=True)
    public_source = Text(max_length=200)
    known_from = serializers.DateTimeField()
    due_on = serializers.DateField()
    reason = Text(required=False, default="")


class DrawLine(serializers.Serializer[Any]):
    """One draw of a case."""

    public_id = serializers.CharField()
    turn = serializers.IntegerField()
    state = serializers.CharField()
    state_label = serializers.CharField()
    reason = serializers.CharField()
    commitment = serializers.CharField()
    public_source = serializers.CharField(source="source")
    known_from = serializers.DateTimeField()
    committed_at = serializers.DateTimeField()
    public_value = serializers.CharField()
    revealed_at = serializers.DateTimeField(allow_null=True)


class Draws(Listing):
    """一件申报的专家抽取记录，最新的在前。"""

    audience = CITY
    reading = DrawLine

    def rows(self, *, public_id: str) -> Any:
        """Return them."""
        return selectors.draws_of(actor=self.actor, public_id=public_id)


class CommitDraw(Act):
    """封存名册和条件。"""

    audience = CITY
    body = CommitBody
    answer = Made
    status = 201

    def act(self, *, public_id: str, seats: list[dict[str, str]], public_source: str, **data: Any) -> Any:
        """Commit."""
        return made(
            services.commit_draw(
                actor=self.actor,
                clock=self.clock,
                public_id=public_id,
                seats=[Seat(**seat) for seat in seats],
                source=public_source,
                **data,
            )
        )


class ValueBody(Body):
    """The public value."""

    public_value = Text(max_length=200)


class PickLine(serializers.Serializer[Any]):
    """Who a seat fell to."""

    seat = serializers.IntegerField()
    code = serializers.CharField()
    relaxed = serializers.BooleanField()


class ResultAnswer(serializers.Serializer[Any]):
    """The result of a draw."""

    seed = serializers.CharField()
    picks = PickLine(many=True)
    reserves = serializers.ListField(child=serializers.CharField())


class RevealDraw(Act):
    """录入公开数值并抽取。"""

    audience = CITY
    body = ValueBody
    answer = ResultAnswer
    status = 200

    def act(self, *, public_id: str, public_value: str) -> Any:
        """Draw."""
        return services.reveal_draw(
            actor=self.actor, clock=self.clock, public_id=public_id, public_value=public_value
        )


class LeaderBody(Body):
    """Number of the expert who leads; the first seat when left out."""

    leader = Text(required=False, default="", max_length=20)


class ConfirmDraw(Act):
    """采用抽取结果，组建专家组。"""

    audience = CITY
    body = LeaderBody
    answer = Made
    status = 201

    def act(self, *, public_id: str, leader: str) -> Any:
        """Found the panel."""
        return made(
            services.confirm_draw(actor=self.actor, clock=self.clock, public_id=public_id, leader=leader)
        )


class WhyBody(Body):
    """The reason."""

    reason = Text()


class SubstituteExpert(Act):
    """按抽取记录递补。"""

    audience = CITY
    body = WhyBody
    answer = Made
    status = 200

    def act(self, *, public_id: str, reason: str) -> Any:
        """Let the next reserve take the seat."""
        return made(
            services.substitute_expert(actor=self.actor, clock=self.clock, public_id=public_id, reason=reason)
        )


class ClosedAnswer(serializers.Serializer[Any]):
    """How many experts were taken off."""

    removed = serializers.IntegerField()


class CloseScoring(Act):
    """结束评分，逾期专家退出。"""

    audience = CITY
    body = WhyBody
    answer = ClosedAnswer
    status = 200

    def act(self, *, public_id: str, reason: str) -> Any:
        """Close."""
        return {
            "removed": services.close_scoring(
                actor=self.actor, clock=self.clock, public_id=public_id, reason=reason
            )
        }


class OverrideBody(Body):
    """Whose conflict is to be set aside, and why."""

    expert = Text(max_length=64)
    reason = Text()


class OverrideLine(serializers.Serializer[Any]):
    """A request to set a conflict aside."""

    public_id = serializers.CharField()
    expert_name = serializers.CharField()
    grounds = serializers.ListField(child=serializers.CharField())
    reason = serializers.CharField()
    state = serializers.CharField()
    state_label = serializers.CharField()
    requested_by = serializers.CharField()
    decided_by = serializers.CharField()
    note = serializers.CharField()


class Overrides(Listing):
    """一件申报的回避豁免。"""

    audience = CITY
    reading = OverrideLine

    def rows(self, *, public_id: str) -> Any:
        """Return them, newest first."""
        return selectors.overrides_of(actor=self.actor, public_id=public_id)


class RequestOverride(Act):
    """申请豁免回避。"""

    audience = CITY
    body = OverrideBody
    answer = Made
    status = 201

    def act(self, *, public_id: str, expert: str, reason: str) -> Any:
        """Ask."""
        [expert_id] = expert_ids(self.actor, [expert], field="expert")
        return made(
            services.request_override(
                actor=self.actor, clock=self.clock, public_id=public_id, expert_id=expert_id, reason=reason
            )
        )


class DecisionBody(Body):
    """The decision on a request."""

    approve = Flag()
    note = Text(required=False, default="")


class DecideOverride(Act):
    """批准或不同意豁免。"""

    audience = CITY
    body = DecisionBody

    def act(self, *, public_id: str, approve: bool, note: str) -> None:
        """Decide."""
        services.decide_override(
            actor=self.actor, clock=self.clock, public_id=public_id, approve=approve, note=note
        )


class AbsenceBody(Body):
    """A time in which the expert cannot review."""

    from_on = serializers.DateField()
    until_on = serializers.DateField()
    note = Text(required=False, default="")


class AbsenceLine(serializers.Serializer[Any]):
    """A time in which an expert cannot review."""

    public_id = serializers.CharField()
    from_on = serializers.DateField()
    until_on = serializers.DateField()
    note = serializers.CharField()


class Absences(Listing, Act):
    """本人不可评审的时段。"""

    audience = EXPERT
    reading = AbsenceLine
    body = AbsenceBody
    answer = Made
    status = 201

    def rows(self) -> Any:
        """Return those that are not over."""
        return selectors.absences(actor=self.actor, on=self.clock.now().on)

    def act(self, **data: Any) -> Any:
        """Add one."""
        return made(services.declare_absence(actor=self.actor, clock=self.clock, **data))


class WithdrawAbsence(Act):
    """撤销一个时段。"""

    audience = EXPERT

    def act(self, *, public_id: str) -> None:
        """Withdraw."""
        services.withdraw_absence(actor=self.actor, clock=self.clock, public_id=public_id)


class SiteSignatureBody(Body):
    """A signature: a typed name with drawn lines (x and y from 0 to 1000), or the enterprise's refusal."""

    side = serializers.ChoiceField(["checkers", "factory"])
    name = Text(max_length=50)
    position = Text(required=False, default="")
    strokes = serializers.ListField(
        child=serializers.ListField(
            child=serializers.ListField(child=serializers.IntegerField(), min_length=2, max_length=2),
            max_length=2000,
        ),
        required=False,
        default=list,
        max_length=60,
    )
    refused = Flag(required=False, default=False)
    note = Text(required=False, default="")


class SignSiteVisit(Act):
    """现场核实记录签名。"""

    audience = CITY | EXPERT
    body = SiteSignatureBody

    def act(self, *, public_id: str, **data: Any) -> None:
        """Sign."""
        services.sign_site_visit(
            actor=self.actor, clock=self.clock, public_id=public_id, signing=Signing(**data)
        )


class ArrangeBody(Body):
    """What holds for one round; null: the setting in force."""

    shows_scores = serializers.BooleanField(allow_null=True)
    cases_max = serializers.IntegerField(allow_null=True)


class ArrangementAnswer(serializers.Serializer[Any]):
    """What holds for one round."""

    shows_scores = serializers.BooleanField(allow_null=True)
    cases_max = serializers.IntegerField(allow_null=True)


class RoundExperts(Reading, Act):
    """一个批次的专家评审安排。"""

    audience = CITY
    reading = ArrangementAnswer
    body = ArrangeBody

    def read(self, *, public_id: str) -> Any:
        """Return it."""
        return selectors.arrangement(actor=self.actor, public_id=public_id)

    def act(self, *, public_id: str, **data: Any) -> None:
        """Decide it."""
        services.arrange_round(actor=self.actor, clock=self.clock, public_id=public_id, **data)


class RoundQuery(Query):
    """Which round."""

    round = serializers.CharField(required=False, default="", max_length=40)


class ShiftLine(serializers.Serializer[Any]):
    """How an expert scores against colleagues on the same cases."""

    expert = serializers.CharField()
    cases = serializers.IntegerField()
    points = serializers.DecimalField(max_digits=6, decimal_places=2)
    enough = serializers.BooleanField()


class Calibration(Listing):
    """专家评分尺度，由偏严到偏宽；仅供参考，不改变得分。"""

    audience = CITY
    reading = ShiftLine
    query = RoundQuery

    def rows(self, *, round: str) -> Any:  # noqa: A002  (the name of the parameter)
        """Return the shifts."""
        return selectors.calibration(actor=self.actor, round_code=round).calibration.shifts

"""现场复核与抽查: planned, recorded, signed; drawn by the city, arranged, compared (R-33 … R-36)."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.api.base import (
    BUREAUS,
    CITY,
    EVERYBODY,
    PARTIES,
    Act,
    Body,
    Listing,
    Made,
    Paging,
    Reading,
    Text,
    made,
)
from apps.monitoring import selectors, services
from apps.monitoring import spot_checks as drawn


class RecheckFindingBody(Body):
    """One thing to put right."""

    code = Text(required=False, default="", max_length=20)
    problem = Text(max_length=2000)
    requirement = Text(max_length=2000)
    evidence_wanted = Text(required=False, default="", max_length=200)


class RecheckPlanBody(Body):
    """A visit to plan."""

    planned_on = serializers.DateField()
    trigger = serializers.ChoiceField(["cycle", "risk", "report", "change"])
    note = Text(required=False, default="", max_length=2000)


class RecheckResultBody(Body):
    """What a visit found."""

    visited_on = serializers.DateField()
    place = Text(required=False, default="", max_length=200)
    people = serializers.ListField(child=Text(max_length=50), max_length=10)
    score = serializers.DecimalField(
        max_digits=5,
        decimal_places=2,
        required=False,
        default=None,
        allow_null=True,
        help_text="填过现场核查表的不填，由核查表计算。",
    )
    conclusion = Text(max_length=2000)
    accompanied_by = Text(required=False, default="", max_length=100)
    opening_at = serializers.TimeField(required=False, allow_null=True, default=None)
    closing_at = serializers.TimeField(required=False, allow_null=True, default=None)
    vetoes = serializers.ListField(child=Text(max_length=10), required=False, default=list, max_length=15)
    findings = RecheckFindingBody(many=True, required=False, default=list)


class RecheckFindingLine(serializers.Serializer[Any]):
    """One thing to put right."""

    code = serializers.CharField()
    problem = serializers.CharField()
    requirement = serializers.CharField()


class RecheckLine(serializers.Serializer[Any]):
    """One recheck; `by_city`: the city's own visit."""

    public_id = serializers.CharField()
    title_public_id = serializers.CharField()
    enterprise_name = serializers.CharField()
    district_name = serializers.CharField()
    level = serializers.IntegerField()
    trigger_label = serializers.CharField()
    trigger_note = serializers.CharField()
    state = serializers.CharField()
    state_label = serializers.CharField()
    planned_on = serializers.DateField()
    visited_on = serializers.DateField(allow_null=True)
    people = serializers.ListField(child=serializers.CharField())
    score = serializers.DecimalField(max_digits=5, decimal_places=2, allow_null=True)
    passed = serializers.BooleanField(allow_null=True)
    conclusion = serializers.CharField()
    vetoes = serializers.ListField(child=serializers.CharField())
    place = serializers.CharField()
    accompanied_by = serializers.CharField()
    opening_at = serializers.TimeField(allow_null=True)
    closing_at = serializers.TimeField(allow_null=True)
    findings = RecheckFindingLine(many=True)
    rectification_public_id = serializers.CharField()
    by_city = serializers.BooleanField()


class Rechecks(Listing):
    """可见范围内的现场复核，最新的在前。"""

    audience = BUREAUS
    reading = RecheckLine

    def rows(self) -> Any:
        """Return them."""
        return selectors.rechecks(actor=self.actor)


class OneRecheck(Reading):
    """一次现场复核。"""

    audience = PARTIES
    reading = RecheckLine

    def read(self, *, public_id: str) -> Any:
        """Return it."""
        return selectors.recheck(actor=self.actor, public_id=public_id)


class PlanRecheck(Act):
    """安排一个称号的现场复核。"""

    audience = BUREAUS
    body = RecheckPlanBody
    answer = Made
    status = 201

    def act(self, *, public_id: str, **data: Any) -> Any:
        """Plan."""
        return made(
            services.plan_recheck(actor=self.actor, clock=self.clock, title_public_id=public_id, **data)
        )


class SuspendedRecheckBody(Body):
    """The city's visit after a suspension, and why."""

    planned_on = serializers.DateField()
    note = Text(max_length=2000)


class PlanSuspendedRecheck(Act):
    """安排暂停后的复核：合格的恢复称号，不合格的仍暂停并上报。"""

    audience = CITY
    body = SuspendedRecheckBody
    answer = Made
    status = 201

    def act(self, *, public_id: str, **data: Any) -> Any:
        """Plan."""
        return made(
            services.plan_suspended_recheck(
                actor=self.actor, clock=self.clock, title_public_id=public_id, **data
            )
        )


class RecordRecheck(Act):
    """登记复核结果。"""

    audience = BUREAUS
    body = RecheckResultBody

    def act(self, *, public_id: str, findings: list[dict[str, str]], **data: Any) -> None:
        """Record."""
        result = services.RecheckResult(**data, findings=[services.Finding(**one) for one in findings])
        services.record_recheck(actor=self.actor, clock=self.clock, public_id=public_id, result=result)


class RecheckNoteBody(Body):
    """The reason."""

    note = Text(max_length=2000)


class ReturnRecheck(Act):
    """退回重核。"""

    audience = BUREAUS
    body = RecheckNoteBody

    def act(self, *, public_id: str, note: str) -> None:
        """Return."""
        services.return_recheck(actor=self.actor, clock=self.clock, public_id=public_id, note=note)


class RecheckOrderBody(Body):
    """文号 of the rectification notice, when the recheck failed."""

    order_no = Text(required=False, default="", max_length=60)


class RecheckOrderAnswer(serializers.Serializer[Any]):
    """The rectification ordered, null when the title stands."""

    rectification = serializers.CharField(allow_null=True)


class SignRecheck(Act):
    """签批复核结果；不合格的责令整改。"""

    audience = BUREAUS
    body = RecheckOrderBody
    answer = RecheckOrderAnswer
    status = 200

    def act(self, *, public_id: str, order_no: str) -> Any:
        """Sign."""
        order = services.sign_recheck(
            actor=self.actor, clock=self.clock, public_id=public_id, order_no=order_no
        )
        return {"rectification": order}


class SpotCheckCommitBody(Body):
    """What a draw of spot checks commits to."""

    from_on = serializers.DateField()
    until_on = serializers.DateField()
    public_source = Text(max_length=200)
    known_from = serializers.DateTimeField()


class SpotCheckDrawLine(serializers.Serializer[Any]):
    """One draw of spot checks."""

    public_id = serializers.CharField()
    state = serializers.CharField()
    state_label = serializers.CharField()
    commitment = serializers.CharField()
    public_source = serializers.CharField(source="source")
    committed_at = serializers.DateTimeField()
    revealed_at = serializers.DateTimeField(allow_null=True)


class SpotCheckDraws(Paging):
    """抽查抽取记录，最新的在前。"""

    audience = EVERYBODY
    reading = SpotCheckDrawLine

    def rows(self, *, page: int, per_page: int) -> Any:
        """Return one page; its size is the register's own."""
        del per_page
        return drawn.public_samples(actor=self.actor, page=page)


class CommitSpotChecks(Act):
    """封存抽查名单。"""

    audience = CITY
    body = SpotCheckCommitBody
    answer = Made
    status = 201

    def act(self, *, public_source: str, **data: Any) -> Any:
        """Commit."""
        return made(
            services.commit_spot_checks(actor=self.actor, clock=self.clock, source=public_source, **data)
        )


class SpotCheckLine(serializers.Serializer[Any]):
    """One drawn result with what the district and the city found."""

    public_id = serializers.CharField()
    code = serializers.CharField()
    enterprise_name = serializers.CharField()
    district_name = serializers.CharField()
    state = serializers.CharField()
    state_label = serializers.CharField()
    district_score = serializers.DecimalField(max_digits=5, decimal_places=2, allow_null=True)
    city_score = serializers.DecimalField(max_digits=5, decimal_places=2, allow_null=True)
    difference = serializers.DecimalField(max_digits=5, decimal_places=2, allow_null=True)
    agrees = serializers.BooleanField(allow_null=True)
    reasons = serializers.ListField(child=serializers.CharField())
    waive_reason = serializers.CharField()
    visit_public_id = serializers.CharField()


class SpotChecks(Listing):
    """抽中的复核结果及对照；属地只见本属地的。"""

    audience = BUREAUS
    reading = SpotCheckLine

    def rows(self) -> Any:
        """Return them, newest first."""
        return drawn.spot_checks(actor=self.actor)


class SpotCheckValueBody(Body):
    """The public value."""

    public_value = Text(max_length=200)


class SpotChecksDrawn(serializers.Serializer[Any]):
    """How many results were drawn."""

    drawn = serializers.IntegerField()


class RevealSpotChecks(Act):
    """录入公开数值并抽取。"""

    audience = CITY
    body = SpotCheckValueBody
    answer = SpotChecksDrawn
    status = 200

    def act(self, *, public_id: str, public_value: str) -> Any:
        """Draw."""
        return {
            "drawn": services.reveal_spot_checks(
                actor=self.actor, clock=self.clock, public_id=public_id, public_value=public_value
            )
        }


class SpotCheckReasonBody(Body):
    """The reason."""

    reason = Text(max_length=500)


class VoidSpotChecks(Act):
    """作废尚未抽取的一次抽查。"""

    audience = CITY
    body = SpotCheckReasonBody

    def act(self, *, public_id: str, reason: str) -> None:
        """Void."""
        services.void_spot_checks(actor=self.actor, clock=self.clock, public_id=public_id, reason=reason)


class SpotCheckDayBody(Body):
    """The planned day."""

    planned_on = serializers.DateField()


class ArrangeSpotCheck(Act):
    """安排抽中企业的复查。"""

    audience = CITY
    body = SpotCheckDayBody
    answer = Made
    status = 201

    def act(self, *, public_id: str, **data: Any) -> Any:
        """Arrange; the answer names the planned recheck."""
        return made(
            services.arrange_spot_check(actor=self.actor, clock=self.clock, public_id=public_id, **data)
        )


class WaiveSpotCheck(Act):
    """不再复查，记明原因。"""

    audience = CITY
    body = SpotCheckReasonBody

    def act(self, *, public_id: str, reason: str) -> None:
        """Waive."""
        services.waive_spot_check(actor=self.actor, clock=self.clock, public_id=public_id, reason=reason)

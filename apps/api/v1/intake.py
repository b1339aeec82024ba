"""属地受理与形式审查: accept, return by item, refuse, transfer, pass the form check."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.api.base import DISTRICT, SUB_AREA, Act, Body, Flag, Listing, Paging, Text
from apps.applications import selectors, services
from apps.applications.services import ReturnItem
from apps.review import services as review


class ItemBody(Body):
    """One thing to be supplemented."""

    part = serializers.ChoiceField(["item", "basic", "profile", "report", "evidence", "scheme"])
    code = Text(required=False, default="", max_length=40)
    reason = Text()
    wanted = Text()


class ItemsBody(Body):
    """The whole list at once: an application is returned once."""

    items = ItemBody(many=True)


class ReturnedAnswer(serializers.Serializer[Any]):
    """How many, and by when."""

    count = serializers.IntegerField()
    due_on = serializers.DateField()


class RefuseBody(Body):
    """The rule that is broken, and why."""

    rule = Text(max_length=10)
    reason = Text()


class TransferBody(Body):
    """Where the enterprise produces."""

    to_district = Text(max_length=12)
    reason = Text()


class CheckRow(Body):
    """One line of the form check."""

    item = Text(max_length=200)
    complete = Flag()
    problem = Text(required=False, default="")


class FormCheckBody(Body):
    """What was checked."""

    rows = CheckRow(many=True, required=False, default=list)


class AcceptApplication(Act):
    """受理申报。"""

    audience = DISTRICT

    def act(self, *, public_id: str) -> None:
        """Accept."""
        services.accept(actor=self.actor, clock=self.clock, public_id=public_id)


class SubAreaOpinionBody(Body):
    """What the 板块 says."""

    sub_area = Text(max_length=40)
    recommends = Flag()
    reason = Text(required=False, default="", max_length=500)
    given_by = Text(max_length=30)
    given_on = serializers.DateField(required=False, allow_null=True, default=None)
    letter_no = Text(required=False, default="", max_length=60)


class SubAreaOpinion(Act):
    """登记板块意见（受理前）。"""

    audience = DISTRICT
    body = SubAreaOpinionBody

    def act(self, *, public_id: str, **data: Any) -> None:
        """Record."""
        services.record_sub_area_opinion(actor=self.actor, clock=self.clock, public_id=public_id, **data)


class SubAreaAskedBody(Body):
    """Which 板块 of the own district is asked."""

    sub_area = Text(max_length=40)


class AskSubArea(Act):
    """征求板块意见（受理前）：该板块的人员可以看到并出具意见。"""

    audience = DISTRICT
    body = SubAreaAskedBody

    def act(self, *, public_id: str, sub_area: str) -> None:
        """Ask."""
        services.ask_sub_area(actor=self.actor, clock=self.clock, public_id=public_id, sub_area=sub_area)


class SubAreaGivenBody(Body):
    """What the 板块 itself says."""

    recommends = Flag()
    reason = Text(required=False, default="", max_length=500)
    letter_no = Text(required=False, default="", max_length=60)


class SubAreaGivenLine(serializers.Serializer[Any]):
    """The opinion that counts."""

    recommends = serializers.BooleanField()
    reason = serializers.CharField()
    given_by = serializers.CharField()
    given_on = serializers.DateField()


class SubAreaCaseLine(serializers.Serializer[Any]):
    """An application on which the own 板块 is asked."""

    public_id = serializers.CharField()
    number = serializers.CharField()
    enterprise_name = serializers.CharField()
    uscc = serializers.CharField()
    industry_name = serializers.CharField()
    site_address = serializers.CharField()
    main_products = serializers.CharField()
    level_label = serializers.CharField()
    round_code = serializers.CharField()
    submitted_at = serializers.DateTimeField()
    state_label = serializers.CharField()
    open = serializers.BooleanField()
    opinion = SubAreaGivenLine(allow_null=True)


class SubAreaCases(Paging):
    """征求本板块意见的申报，待出具的在前。"""

    audience = SUB_AREA
    reading = SubAreaCaseLine

    def rows(self, *, page: int, per_page: int) -> Any:
        """Return one page."""
        return selectors.sub_area_queue(actor=self.actor, page=page, per_page=per_page)


class GiveSubAreaOpinion(Act):
    """出具板块意见（由板块人员）。"""

    audience = SUB_AREA
    body = SubAreaGivenBody

    def act(self, *, public_id: str, **data: Any) -> None:
        """Give."""
        services.give_sub_area_opinion(actor=self.actor, clock=self.clock, public_id=public_id, **data)


class PracticeBody(Body):
    """From which day applications are accepted only with a 板块 opinion, or no longer."""

    sub_area_opinion = Flag()
    effective_from = serializers.DateField()
    reason = Text(max_length=500)


class PracticeLine(serializers.Serializer[Any]):
    """One choice of a district."""

    sub_area_opinion = serializers.BooleanField()
    effective_from = serializers.DateField()
    reason = serializers.CharField()
    set_by = serializers.CharField()
    set_at = serializers.DateTimeField()


class DistrictPractices(Listing, Act):
    """属地办理方式；由属地签批人员设定。"""

    audience = DISTRICT
    reading = PracticeLine
    body = PracticeBody

    def rows(self) -> Any:
        """Return the choices, the latest day first."""
        return selectors.practices(actor=self.actor)

    def act(self, **data: Any) -> None:
        """Choose."""
        services.choose_practice(actor=self.actor, clock=self.clock, **data)


class ReturnItems(Act):
    """退回补正（清单）。"""

    audience = DISTRICT
    body = ItemsBody
    answer = ReturnedAnswer
    status = 200

    def act(self, *, public_id: str, items: list[dict[str, str]]) -> Any:
        """Return the named parts."""
        return review.return_items(
            actor=self.actor,
            clock=self.clock,
            public_id=public_id,
            items=[ReturnItem(**row) for row in items],
        )


class NewSchemeBody(Body):
    """Another evaluation system, and why."""

    scheme_code = Text(max_length=60)
    reason = Text()


class ChangeScheme(Act):
    """更换评价体系：企业按新体系补正。"""

    audience = DISTRICT
    body = NewSchemeBody
    answer = ReturnedAnswer
    status = 200

    def act(self, *, public_id: str, scheme_code: str, reason: str) -> Any:
        """Change the system."""
        return services.change_scheme(
            actor=self.actor, clock=self.clock, public_id=public_id, scheme_code=scheme_code, reason=reason
        )


class RefuseIntake(Act):
    """不予受理。"""

    audience = DISTRICT
    body = RefuseBody

    def act(self, *, public_id: str, rule: str, reason: str) -> None:
        """Refuse."""
        services.refuse_intake(
            actor=self.actor, clock=self.clock, public_id=public_id, rule=rule, reason=reason
        )


class TransferApplication(Act):
    """移交生产所在属地。"""

    audience = DISTRICT
    body = TransferBody

    def act(self, *, public_id: str, to_district: str, reason: str) -> None:
        """Hand over."""
        services.transfer(
            actor=self.actor, clock=self.clock, public_id=public_id, to_district=to_district, reason=reason
        )


class PassFormCheck(Act):
    """形式审查通过，进入初评。"""

    audience = DISTRICT
    body = FormCheckBody

    def act(self, *, public_id: str, rows: list[dict[str, Any]]) -> None:
        """Pass."""
        review.pass_form_check(actor=self.actor, clock=self.clock, public_id=public_id, rows=rows)

"""专家库: the pool, new experts, their details and the ties that mean recusal (R-19, R-20)."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.accounts import selectors, services
from apps.accounts.selectors import ExpertRow
from apps.accounts.services import ExpertDetails, NewExpert
from apps.api.base import CITY, EXPERT, Act, Body, Flag, Listing, Made, Reading, Text, made
from apps.core.errors import NotVisible


class TieLine(serializers.Serializer[Any]):
    """A tie of an expert to an organisation."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    organisation = serializers.CharField()
    uscc = serializers.CharField()
    ended_on = serializers.DateField(allow_null=True)


class ExpertEntry(serializers.Serializer[Any]):
    """An expert of the pool."""

    public_id = serializers.CharField()
    number = serializers.CharField()
    name = serializers.CharField()
    title = serializers.CharField()
    employer_name = serializers.CharField()
    employer_uscc = serializers.CharField()
    fields_ = serializers.ListField(child=serializers.CharField(), source="fields")
    industries = serializers.ListField(child=serializers.CharField())
    is_available = serializers.BooleanField()
    has_password = serializers.BooleanField()
    links = TieLine(many=True)


class ExpertDetailsBody(Body):
    """What may change; the whole of it is written. `specialities`: 专业领域; `industries`: divisions such as 26."""

    title = Text(max_length=40)
    employer_name = Text(max_length=100)
    employer_uscc = Text(required=False, default="", max_length=18)
    specialities = serializers.ListField(
        child=Text(max_length=20), max_length=12, required=False, default=list
    )
    industries = serializers.ListField(child=Text(max_length=2), max_length=12, required=False, default=list)


class EditExpertBody(ExpertDetailsBody):
    """With whether panels may have the expert."""

    is_available = Flag()


class NewExpertBody(ExpertDetailsBody):
    """A new expert; the person is invited at `email` to set the password by a one-time link, nobody else learns it."""

    username = Text(max_length=60)
    name = Text(max_length=60)
    number = Text(max_length=20)
    email = Text(max_length=254)
    phone = Text(required=False, default="", max_length=40)


class TieBody(Body):
    """A tie; `ended_on` null: it lasts."""

    kind = serializers.ChoiceField([code for code, _ in selectors.link_kinds()])
    organisation = Text(max_length=100)
    uscc = Text(required=False, default="", max_length=18)
    ended_on = serializers.DateField(required=False, allow_null=True, default=None)


class TieEndBody(Body):
    """Which tie ended, and when."""

    link = serializers.IntegerField(min_value=1)
    ended_on = serializers.DateField()


class Experts(Listing, Act):
    """专家库；市局经办登记新专家。"""

    audience = CITY
    reading = ExpertEntry
    body = NewExpertBody
    answer = Made
    status = 201

    def rows(self) -> Any:
        """Return the pool, by number."""
        return selectors.experts(actor=self.actor)

    def act(self, *, specialities: list[str], **data: Any) -> dict[str, str]:
        """Add one."""
        new = services.create_expert(
            actor=self.actor, clock=self.clock, data=NewExpert(password=None, fields=specialities, **data)
        )
        return made(selectors.expert(actor=self.actor, expert_id=new).public_id)


class _OfOneExpert(Act):
    """Acts on one expert: anybody of the pool for the city, an expert itself."""

    audience = CITY | EXPERT

    def expert_named(self, public_id: str) -> ExpertRow:
        """Return the expert.

        Raises:
            NotVisible: none such for this actor.
        """
        for row in selectors.experts(actor=self.actor):
            if row.public_id == public_id:
                return row
        raise NotVisible


class OneExpert(Reading, _OfOneExpert):
    """一名专家；更新单位、职称、领域和行业，暂停或恢复抽取。"""

    reading = ExpertEntry
    body = EditExpertBody

    def read(self, *, public_id: str) -> Any:
        """Return it."""
        return self.expert_named(public_id)

    def act(self, *, public_id: str, specialities: list[str], **data: Any) -> None:
        """Change it."""
        services.update_expert(
            actor=self.actor,
            clock=self.clock,
            expert_id=self.expert_named(public_id).id,
            details=ExpertDetails(fields=specialities, **data),
        )


class InviteExpert(_OfOneExpert):
    """再次邀请专家设置密码。"""

    audience = CITY

    def act(self, *, public_id: str) -> None:
        """Send it again."""
        services.invite_expert(actor=self.actor, clock=self.clock, expert_id=self.expert_named(public_id).id)


class DeclareTie(_OfOneExpert):
    """登记关联关系。"""

    body = TieBody

    def act(self, *, public_id: str, **data: Any) -> None:
        """Record it."""
        services.declare_link(
            actor=self.actor, clock=self.clock, expert_id=self.expert_named(public_id).id, **data
        )


class EndTie(_OfOneExpert):
    """登记关联关系的结束日期。"""

    body = TieEndBody

    def act(self, *, public_id: str, link: int, ended_on: Any) -> None:
        """Record the day."""
        services.end_link(
            actor=self.actor,
            clock=self.clock,
            expert_id=self.expert_named(public_id).id,
            link_id=link,
            ended_on=ended_on,
        )

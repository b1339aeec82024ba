"""The people of the own enterprise: who they are, duties, access."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.accounts import membership, services
from apps.api.base import ENTERPRISE, Act, Body, Flag, Listing
from apps.core.errors import NotVisible


class OrganisationMemberLine(serializers.Serializer[Any]):
    """One person; `duties` are `responsible` and `clerk`."""

    username = serializers.CharField()
    name = serializers.CharField()
    duties = serializers.ListField(child=serializers.CharField())
    is_active = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    last_login = serializers.DateTimeField(allow_null=True)


class DutiesBody(Body):
    """All duties the member has from now on."""

    duties = serializers.ListField(child=serializers.CharField(max_length=20), max_length=5)


class ActiveBody(Body):
    """Whether the member may sign in."""

    active = Flag()


class Members(Listing):
    """本企业成员。"""

    audience = ENTERPRISE
    reading = OrganisationMemberLine

    def rows(self) -> Any:
        """Return them."""
        return membership.members(actor=self.actor)


class _OfMember(Act):
    """An act on a member, named by user name."""

    audience = ENTERPRISE

    def member(self, username: str) -> int:
        """Return the member's account; NotVisible when the own enterprise has none such."""
        people = {person.username: person.id for person in membership.members(actor=self.actor)}
        if username not in people:
            raise NotVisible
        return people[username]


class MemberDuties(_OfMember):
    """更改成员职责。"""

    body = DutiesBody

    def act(self, *, username: str, duties: list[str]) -> None:
        """Change them."""
        services.change_member_duties(
            actor=self.actor, clock=self.clock, user_id=self.member(username), duties=duties
        )


class MemberActive(_OfMember):
    """停用或启用成员账户。"""

    body = ActiveBody

    def act(self, *, username: str, active: bool) -> None:
        """End or give back the access."""
        services.set_member_active(
            actor=self.actor, clock=self.clock, user_id=self.member(username), active=active
        )

"""The enterprise itself: members by one-time link, dated changes and their confirmation, own calendar."""

from __future__ import annotations

from typing import Any

from rest_framework import parsers, serializers

from apps.accounts import membership, services
from apps.accounts.services import Change, Joining
from apps.api.base import DISTRICT, ENTERPRISE, EVERYBODY, Act, Body, Flag, Listing, Reading, Text
from apps.api.v1.evidence import LARGEST_UPLOAD
from apps.api.v1.shared import ReasonBody
from apps.core.days import read_day
from apps.evidence import services as evidence


class InvitationBody(Body):
    """Who is invited to which duties (`responsible`, `clerk`)."""

    name = Text(max_length=60)
    duties = serializers.ListField(child=serializers.CharField(max_length=20), max_length=5)


class InvitedAnswer(serializers.Serializer[Any]):
    """The invitation; `token` is told only here and belongs into /join/<token>/."""

    public_id = serializers.CharField()
    token = serializers.CharField()
    expires_at = serializers.DateTimeField()


class InvitationLine(serializers.Serializer[Any]):
    """One invitation."""

    public_id = serializers.CharField()
    name = serializers.CharField()
    state = serializers.CharField()
    state_label = serializers.CharField()
    invited_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()


class InviteMember(Listing, Act):
    """本企业的邀请；邀请成员：生成一次性链接。"""

    audience = ENTERPRISE
    reading = InvitationLine
    body = InvitationBody
    answer = InvitedAnswer
    status = 201

    def rows(self) -> Any:
        """Return every invitation of the own enterprise."""
        return membership.invitations(actor=self.actor, moment=self.clock.now())

    def act(self, *, name: str, duties: list[str]) -> Any:
        """Invite."""
        return services.invite_member(actor=self.actor, clock=self.clock, name=name, duties=duties)


class CancelInvitation(Act):
    """作废邀请。"""

    audience = ENTERPRISE

    def act(self, *, public_id: str) -> None:
        """Cancel."""
        services.cancel_invitation(actor=self.actor, clock=self.clock, public_id=public_id)


class JoiningBody(Body):
    """The account of the person who follows a link."""

    token = Text(max_length=80)
    username = Text(max_length=60)
    password = Text(max_length=200)
    person_name = Text()
    phone = Text()
    email = Text(required=False, default="")
    consent = Flag()


class AcceptInvitation(Act):
    """接受邀请（凭链接，不需登录）。"""

    audience = EVERYBODY
    body = JoiningBody

    def act(self, *, token: str, **data: Any) -> None:
        """Join."""
        services.accept_invitation(actor=self.actor, clock=self.clock, token=token, data=Joining(**data))


class HandOverBody(Body):
    """The member who takes over, by user name."""

    username = Text(max_length=60)


class HandOver(Act):
    """交接负责人账户。"""

    audience = ENTERPRISE
    body = HandOverBody

    def act(self, *, username: str) -> None:
        """Hand over."""
        people = {person.username: person.id for person in membership.members(actor=self.actor)}
        services.hand_over(actor=self.actor, clock=self.clock, user_id=people.get(username, 0))


class ChangeAnswer(serializers.Serializer[Any]):
    """One dated change."""

    public_id = serializers.CharField()
    kind = serializers.CharField()
    kind_label = serializers.CharField()
    enterprise_name = serializers.CharField()
    effective_on = serializers.DateField()
    state = serializers.CharField()
    state_label = serializers.CharField()
    decision_note = serializers.CharField()


class OneChange(Reading):
    """一项企业变更。"""

    audience = ENTERPRISE | DISTRICT
    reading = ChangeAnswer

    def read(self, *, public_id: str) -> Any:
        """Return it."""
        return membership.change(actor=self.actor, public_id=public_id)


class ChangeBody(Body):
    """A dated change, `kind`: rename, move, succession, boundary, pause, incident, closure; it says what counts.

    `successor`: user name of the member who takes over. `document`: the paper that proves it.
    """

    kind = Text(max_length=12)
    effective_on = Text(max_length=20)
    reason = Text(required=False, default="")
    name = Text(required=False, default="")
    district = Text(required=False, default="")
    site_address = Text(required=False, default="")
    sub_area = Text(required=False, default="")
    registered_address = Text(required=False, default="")
    legal_representative = Text(required=False, default="")
    successor = Text(required=False, default="", max_length=60)
    document = serializers.FileField(required=False, default=None)


class RequestedAnswer(serializers.Serializer[Any]):
    """The change that now waits for the district."""

    public_id = serializers.CharField()


class RequestChange(Listing, Act):
    """本企业的变更；申报变更并附证明材料（multipart，字段 document）。"""

    audience = ENTERPRISE
    reading = ChangeAnswer
    body = ChangeBody
    answer = RequestedAnswer
    status = 201
    parser_classes = (parsers.MultiPartParser,)

    @property
    def largest_body(self) -> int:
        """A paper is larger than a form; the evidence room decides how large."""
        return LARGEST_UPLOAD

    def rows(self) -> Any:
        """Return the changes of the own enterprise."""
        return membership.changes(actor=self.actor)

    def act(self, *, effective_on: str, successor: str, document: Any, **data: Any) -> Any:
        """Declare it."""
        day = read_day(effective_on, field="effective_on", label="变更日期")
        people = {person.username: person.id for person in membership.members(actor=self.actor)}
        made = evidence.request_change(
            actor=self.actor,
            clock=self.clock,
            data=Change(effective_on=day, successor_id=people.get(successor), **data),
            document=document,
        )
        return {"public_id": made}


class WithdrawChange(Act):
    """撤回变更申报。"""

    audience = ENTERPRISE

    def act(self, *, public_id: str) -> None:
        """Withdraw."""
        services.withdraw_change(actor=self.actor, clock=self.clock, public_id=public_id)


class ConfirmChange(Act):
    """确认企业变更。"""

    audience = DISTRICT

    def act(self, *, public_id: str) -> None:
        """Confirm."""
        services.confirm_change(actor=self.actor, clock=self.clock, public_id=public_id)


class DeclineChange(Act):
    """退回企业变更申报。"""

    audience = DISTRICT
    body = ReasonBody

    def act(self, *, public_id: str, reason: str) -> None:
        """Send it back."""
        services.decline_change(actor=self.actor, clock=self.clock, public_id=public_id, reason=reason)

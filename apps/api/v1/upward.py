"""上报推荐 (R-09): lists by which the city recommends to the province and the nation."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.api.base import CITY, Act, Body, Codes, Listing, Made, Number, Query, Reading, Text, made
from apps.api.v1.shared import CountAnswer
from apps.titles import selectors, services


class UpwardBody(Body):
    """Level 4 (province) or 5 (nation), the year of the call, and the list's title."""

    level = Number(min_value=4, max_value=5)
    year = Number(min_value=2000, max_value=2200)
    title = Text(max_length=100)


class UpwardLine(serializers.Serializer[Any]):
    """One list."""

    public_id = serializers.CharField()
    level = serializers.IntegerField()
    target = serializers.CharField()
    year = serializers.IntegerField()
    title = serializers.CharField()
    state = serializers.CharField()
    state_label = serializers.CharField()
    count = serializers.IntegerField()
    document_no = serializers.CharField()
    prepared_by = serializers.CharField()
    prepared_at = serializers.DateTimeField()
    signed_by = serializers.CharField()
    signed_at = serializers.DateTimeField(allow_null=True)


class UpwardCheckLine(serializers.Serializer[Any]):
    """One condition."""

    rule = serializers.CharField()
    condition = serializers.CharField()
    met = serializers.BooleanField()
    reasons = serializers.ListField(child=serializers.CharField())
    waivable = serializers.BooleanField()


class UpwardNameLine(serializers.Serializer[Any]):
    """One enterprise of a list."""

    public_id = serializers.CharField()
    enterprise_public_id = serializers.CharField()
    name = serializers.CharField()
    uscc = serializers.CharField()
    district = serializers.CharField()
    held = serializers.CharField()
    document_no = serializers.CharField()
    certificate_no = serializers.CharField()
    lines = UpwardCheckLine(many=True)
    exemption_reason = serializers.CharField()
    exemption_approved = serializers.BooleanField()
    ready = serializers.BooleanField()


class UpwardFile(serializers.Serializer[Any]):
    """A list with its enterprises."""

    list = UpwardLine(source="row")
    names = UpwardNameLine(many=True)


class NomineeQuery(Query):
    """Part of a name or code; "" for the holders of 3A."""

    q = serializers.CharField(required=False, default="", max_length=60)


class NomineeLine(serializers.Serializer[Any]):
    """One enterprise in the picker."""

    public_id = serializers.CharField()
    name = serializers.CharField()
    uscc = serializers.CharField()
    district = serializers.CharField()
    held = serializers.CharField()
    lines = UpwardCheckLine(many=True)
    eligible = serializers.BooleanField()
    waivable = serializers.BooleanField()
    listed = serializers.BooleanField()


class AddUpwardBody(Body):
    """Enterprises by public id; the reason where one needs an exemption."""

    enterprises = Codes()
    exemption_reason = Text(required=False, default="", max_length=300)


class SignUpwardBody(Body):
    """文号 of the letter."""

    document_no = Text(max_length=60)


class UpwardLists(Listing, Act):
    """上报推荐名单；建立名单。"""

    audience = CITY
    reading = UpwardLine
    body = UpwardBody
    answer = Made
    status = 201

    def rows(self) -> Any:
        """Return them, newest first."""
        return selectors.upward_lists(actor=self.actor)

    def act(self, **data: Any) -> Any:
        """Start one."""
        return made(services.draft_upward(actor=self.actor, clock=self.clock, **data))


class OneUpwardList(Reading):
    """一份名单和逐条核对的结果。"""

    audience = CITY
    reading = UpwardFile

    def read(self, *, public_id: str) -> dict[str, Any]:
        """Return it."""
        row, names = selectors.upward_list(actor=self.actor, public_id=public_id, moment=self.clock.now())
        return {"row": row, "names": names}


class UpwardNominees(Listing):
    """可列入名单的企业。"""

    audience = CITY
    reading = NomineeLine
    query = NomineeQuery

    def rows(self, *, public_id: str, q: str) -> Any:
        """Return them with their conditions."""
        return selectors.nominees(actor=self.actor, public_id=public_id, moment=self.clock.now(), q=q)[1]


class AddUpward(Act):
    """列入名单。"""

    audience = CITY
    body = AddUpwardBody
    answer = CountAnswer
    status = 200

    def act(self, *, public_id: str, enterprises: list[str], exemption_reason: str) -> dict[str, int]:
        """Add."""
        return {
            "count": services.add_upward(
                actor=self.actor,
                clock=self.clock,
                public_id=public_id,
                enterprises=enterprises,
                exemption_reason=exemption_reason,
            )
        }


class RemoveUpward(Act):
    """移出名单。"""

    audience = CITY

    def act(self, *, public_id: str, entry: str) -> None:
        """Remove."""
        services.remove_upward(actor=self.actor, clock=self.clock, public_id=public_id, entry=entry)


class ExemptUpward(Act):
    """第二人批准豁免。"""

    audience = CITY

    def act(self, *, public_id: str, entry: str) -> None:
        """Approve."""
        services.approve_upward_exemption(
            actor=self.actor, clock=self.clock, public_id=public_id, entry=entry
        )


class SignUpward(Act):
    """签发名单。"""

    audience = CITY
    body = SignUpwardBody

    def act(self, *, public_id: str, document_no: str) -> None:
        """Sign."""
        services.sign_upward(actor=self.actor, clock=self.clock, public_id=public_id, document_no=document_no)


class WithdrawUpward(Act):
    """撤回名单草稿。"""

    audience = CITY

    def act(self, *, public_id: str) -> None:
        """Withdraw."""
        services.withdraw_upward(actor=self.actor, clock=self.clock, public_id=public_id)

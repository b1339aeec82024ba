"""承办、意见、退回清单、现场照片: what a district keeps beside a case while it works on it."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.api.base import BUREAUS, DISTRICT, ENTERPRISE, Act, Body, Flag, Listing, Text
from apps.applications import selectors as applications
from apps.review import selectors, services


class AssignBody(Body):
    """The colleague."""

    user_id = serializers.IntegerField(min_value=1)


class RemarkBody(Body):
    """What is said about an item, for whom, and the key that keeps a repeated sending from adding anything."""

    item_code = Text(required=False, default="", max_length=40)
    audience = serializers.ChoiceField(["enterprise", "internal"])
    text = Text()
    key = Text(max_length=64)


class RemarkMade(serializers.Serializer[Any]):
    """The remark that is kept."""

    public_id = serializers.CharField()


class SettleBody(Body):
    """Settled, or open again."""

    settled = Flag()


class RemarkLine(serializers.Serializer[Any]):
    """One remark."""

    public_id = serializers.CharField()
    item_code = serializers.CharField()
    who = serializers.CharField()
    role = serializers.CharField()
    text = serializers.CharField()
    at = serializers.DateTimeField()
    internal = serializers.BooleanField()
    settled = serializers.BooleanField()


class ReturnMarkBody(Body):
    """A part to be returned, and why."""

    part = serializers.ChoiceField(["item", "basic", "profile", "report", "evidence", "scheme"])
    code = Text(required=False, default="", max_length=40)
    reason = Text(required=False, default="")
    wanted = Text(required=False, default="")


class PlaceBody(Body):
    """A part on the list."""

    part = serializers.ChoiceField(["item", "basic", "profile", "report", "evidence", "scheme"])
    code = Text(required=False, default="", max_length=40)


class MarkLine(serializers.Serializer[Any]):
    """One line of the return list."""

    part = serializers.CharField()
    code = serializers.CharField()
    reason = serializers.CharField()
    wanted = serializers.CharField()


class PhotoLine(serializers.Serializer[Any]):
    """One photo of the on-site check."""

    public_id = serializers.CharField()
    item_code = serializers.CharField()
    file_public_id = serializers.CharField()
    by = serializers.CharField()
    taken_at = serializers.DateTimeField()
    received_at = serializers.DateTimeField()
    latitude = serializers.DecimalField(max_digits=8, decimal_places=5, allow_null=True)
    longitude = serializers.DecimalField(max_digits=8, decimal_places=5, allow_null=True)
    accuracy_m = serializers.IntegerField(allow_null=True)
    note = serializers.CharField()


class TakeCase(Act):
    """认领承办。"""

    audience = DISTRICT

    def act(self, *, public_id: str) -> None:
        """Take."""
        services.take_case(actor=self.actor, clock=self.clock, public_id=public_id)


class ReleaseCase(Act):
    """释放承办。"""

    audience = DISTRICT

    def act(self, *, public_id: str) -> None:
        """Release."""
        services.release_case(actor=self.actor, clock=self.clock, public_id=public_id)


class AssignCase(Act):
    """分派给经办人。"""

    audience = DISTRICT
    body = AssignBody

    def act(self, *, public_id: str, user_id: int) -> None:
        """Assign."""
        services.assign_case(actor=self.actor, clock=self.clock, public_id=public_id, user_id=user_id)


class Remarks(Listing):
    """一件申报的意见；企业只读到对其可见的。"""

    audience = BUREAUS | ENTERPRISE
    reading = RemarkLine

    def rows(self, *, public_id: str) -> Any:
        """Return the remarks, oldest first."""
        case = applications.case(actor=self.actor, public_id=public_id)
        return selectors.remarks(actor=self.actor, application_id=case.id)


class AddRemark(Act):
    """写意见；企业的回复双方可见。"""

    audience = BUREAUS | ENTERPRISE
    body = RemarkBody
    answer = RemarkMade
    status = 201

    def act(self, *, public_id: str, **data: Any) -> Any:
        """Write."""
        made = services.add_remark(actor=self.actor, clock=self.clock, public_id=public_id, **data)
        return {"public_id": made}


class SettleRemark(Act):
    """意见标为已解决，或重新打开。"""

    audience = BUREAUS
    body = SettleBody

    def act(self, *, public_id: str, remark: str, settled: bool) -> None:
        """Settle."""
        applications.case(actor=self.actor, public_id=public_id)
        services.settle_remark(actor=self.actor, clock=self.clock, public_id=remark, settled=settled)


class ReturnList(Listing):
    """整理中的退回清单。"""

    audience = DISTRICT
    reading = MarkLine

    def rows(self, *, public_id: str) -> Any:
        """Return the list in the order it was gathered."""
        case = applications.case(actor=self.actor, public_id=public_id)
        return selectors.return_list(actor=self.actor, application_id=case.id)


class OpenWorkLine(serializers.Serializer[Any]):
    """A case somebody of the district is on; `holder_id` is the account."""

    application = serializers.CharField(source="public_id")
    number = serializers.CharField()
    enterprise_name = serializers.CharField()
    state_label = serializers.CharField()
    holder_id = serializers.IntegerField()


class HandOverWorkBody(Body):
    """From whom to whom (accounts), and why."""

    from_id = serializers.IntegerField(min_value=1)
    to_id = serializers.IntegerField(min_value=1)
    reason = Text()


class HandedOverAnswer(serializers.Serializer[Any]):
    """How many cases moved."""

    moved = serializers.IntegerField()


class OpenWork(Listing):
    """本属地人员正在办理的申报。"""

    audience = DISTRICT
    reading = OpenWorkLine

    def rows(self) -> Any:
        """Return who is on what."""
        return services.open_work(actor=self.actor)


class HandOverWork(Act):
    """离岗移交：一人承办的全部申报交给另一人。"""

    audience = DISTRICT
    body = HandOverWorkBody
    answer = HandedOverAnswer
    status = 200

    def act(self, **data: Any) -> dict[str, int]:
        """Move them."""
        return {"moved": services.hand_over(actor=self.actor, clock=self.clock, **data)}


class MarkForReturn(Act):
    """加入退回清单。"""

    audience = DISTRICT
    body = ReturnMarkBody

    def act(self, *, public_id: str, **data: Any) -> None:
        """Mark."""
        services.mark_for_return(actor=self.actor, clock=self.clock, public_id=public_id, **data)


class UnmarkForReturn(Act):
    """移出退回清单。"""

    audience = DISTRICT
    body = PlaceBody

    def act(self, *, public_id: str, **data: Any) -> None:
        """Unmark."""
        services.unmark_for_return(actor=self.actor, clock=self.clock, public_id=public_id, **data)


class SitePhotos(Listing):
    """现场照片。"""

    audience = BUREAUS
    reading = PhotoLine

    def rows(self, *, public_id: str) -> Any:
        """Return the photos, oldest first."""
        case = applications.case(actor=self.actor, public_id=public_id)
        return selectors.site_photos(actor=self.actor, application_id=case.id)

"""现场核查表: what a recheck finds item by item beside what was filed; photos of the visit (R-33, R-36)."""

from __future__ import annotations

from typing import Any

from rest_framework import parsers, serializers

from apps.api.base import BUREAUS, Act, Body, Made, Reading, Text, made
from apps.api.v1.evidence import LARGEST_UPLOAD, UploadBody
from apps.monitoring import checklists, services


class CheckFigure(serializers.Serializer[Any]):
    """One figure of an item, filed and found."""

    code = serializers.CharField()
    name = serializers.CharField()
    unit = serializers.CharField()
    filed = serializers.CharField()
    found = serializers.CharField()


class CheckItem(serializers.Serializer[Any]):
    """One item; `before`: points of the award, `after`: now, `points`: given at the site, or 不适用."""

    code = serializers.CharField()
    name = serializers.CharField()
    maximum = serializers.CharField()
    onsite = serializers.BooleanField()
    figures = CheckFigure(many=True)
    before = serializers.CharField()
    after = serializers.CharField()
    gap = serializers.CharField()
    points = serializers.CharField()
    note = serializers.CharField()
    version = serializers.IntegerField()
    checked = serializers.BooleanField()
    may_be_absent = serializers.BooleanField()


class CheckPart(serializers.Serializer[Any]):
    """A first-level indicator."""

    code = serializers.CharField()
    name = serializers.CharField()
    lines = CheckItem(many=True)


class ChecklistAnswer(serializers.Serializer[Any]):
    """The checklist with the score by the scoring rules and what it means for the level.

    `scheme`: the evaluation system, where no application stands behind the title; `unscored`: items of it still open.
    """

    enterprise_name = serializers.CharField()
    level = serializers.IntegerField()
    before_total = serializers.CharField()
    total = serializers.DecimalField(max_digits=5, decimal_places=2)
    gap = serializers.CharField()
    threshold = serializers.DecimalField(max_digits=5, decimal_places=2)
    passed = serializers.BooleanField()
    effect = serializers.CharField()
    checked = serializers.IntegerField()
    onsite_open = serializers.IntegerField()
    editable = serializers.BooleanField()
    scheme = serializers.CharField()
    unscored = serializers.IntegerField()
    sections = CheckPart(many=True)


class CheckEntryBody(Body):
    """What was noted about one item upon its `version` (0: none yet); nothing typed takes the entry back."""

    item_code = Text(max_length=40)
    version = serializers.IntegerField(min_value=0)
    points = Text(required=False, default="", allow_blank=True, max_length=20)
    figures = serializers.DictField(child=Text(max_length=40, allow_blank=True), required=False, default=dict)
    note = Text(required=False, default="", allow_blank=True, max_length=500)
    noted_at = serializers.DateTimeField(required=False, default=None, allow_null=True)


class CheckEntriesBody(Body):
    """Entries of one visit."""

    entries = CheckEntryBody(many=True, allow_empty=False)


class CheckKept(serializers.Serializer[Any]):
    """One item as it is stored; `refused`: the entry was made upon an older version and was not stored."""

    item_code = serializers.CharField()
    version = serializers.IntegerField()
    points = serializers.CharField()
    figures = serializers.DictField(child=serializers.CharField())
    note = serializers.CharField()
    by = serializers.CharField()
    refused = serializers.BooleanField()


class CheckKeptAnswer(serializers.Serializer[Any]):
    """Every item named."""

    items = CheckKept(many=True)


class RecheckChecklist(Reading, Act):
    """现场核查表：读取逐项申报值、评定时得分和现场情况；逐项保存，同样的内容重复提交不重复记录。"""

    audience = BUREAUS
    reading = ChecklistAnswer
    body = CheckEntriesBody
    answer = CheckKeptAnswer
    status = 200

    def read(self, *, public_id: str) -> Any:
        """Return it."""
        return checklists.checklist(actor=self.actor, public_id=public_id, on=self.clock.now().on)

    def act(self, *, public_id: str, entries: list[dict[str, Any]]) -> Any:
        """Save."""
        kept = services.save_checks(
            actor=self.actor,
            clock=self.clock,
            public_id=public_id,
            entries=[services.Entry(**entry) for entry in entries],
        )
        return {"items": kept}


class RecheckPhotoBody(UploadBody):
    """A photo with the key made when it was taken: sent again with the same key it is kept once."""

    item = Text(max_length=40)
    key = Text(max_length=64)
    taken_at = serializers.DateTimeField()
    latitude = Text(required=False, default="", allow_blank=True, max_length=20)
    longitude = Text(required=False, default="", allow_blank=True, max_length=20)
    accuracy = Text(required=False, default="", allow_blank=True, max_length=20)


class AddRecheckPhoto(Act):
    """上传一张现场照片（multipart）。"""

    audience = BUREAUS
    parser_classes = (parsers.MultiPartParser,)
    body = RecheckPhotoBody
    answer = Made
    status = 201

    @property
    def largest_body(self) -> int:
        """A photo is larger than a form; the evidence room decides how large."""
        return LARGEST_UPLOAD

    def act(self, *, public_id: str, item: str, file: Any, accuracy: str, **shot: Any) -> Any:
        """Keep it."""
        return made(
            services.add_recheck_photo(
                actor=self.actor,
                clock=self.clock,
                public_id=public_id,
                item_code=item,
                upload=file,
                shot=services.Shot(**shot, accuracy_m=accuracy),
            )
        )

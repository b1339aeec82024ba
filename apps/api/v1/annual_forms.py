"""年度动态管理表: filed by the enterprise, reviewed by the district, urged by the bureaus (R-29 … R-32)."""

from __future__ import annotations

from typing import Any

from rest_framework import parsers, serializers

from apps.api.base import (
    BUREAUS,
    DISTRICT,
    ENTERPRISE,
    PARTIES,
    Act,
    Body,
    Flag,
    Listing,
    Query,
    Reading,
    Text,
)
from apps.api.v1.evidence import LARGEST_UPLOAD, UploadBody
from apps.monitoring import annual_forms, services


class AnnualYearQuery(Query):
    """Which forms: a calendar year, and optionally a state (`late` and `unfiled` as well)."""

    year = serializers.IntegerField(min_value=2000, max_value=2999)
    state = serializers.CharField(required=False, default="", max_length=20)


class AnnualLine(serializers.Serializer[Any]):
    """One form in a list."""

    public_id = serializers.CharField()
    enterprise_name = serializers.CharField()
    uscc = serializers.CharField()
    district_name = serializers.CharField()
    level_label = serializers.CharField()
    year = serializers.IntegerField()
    due_on = serializers.DateField()
    state = serializers.CharField()
    state_label = serializers.CharField()
    filed_on = serializers.DateField(allow_null=True)
    late = serializers.BooleanField()


class AnnualForms(Listing):
    """某一年度的动态管理表，未报送的在前。"""

    audience = BUREAUS
    reading = AnnualLine
    query = AnnualYearQuery

    def window(self, number: int, size: int) -> dict[str, int]:
        """The list has pages of its own size."""
        del size
        return {"page": number}

    def rows(self, *, year: int, state: str, page: int) -> Any:
        """Return one page."""
        return annual_forms.annual_page(
            actor=self.actor, on=self.clock.now().on, year=year, state=state, page=page
        )


class MyAnnualForms(Listing):
    """本企业各年度的动态管理表。"""

    audience = ENTERPRISE
    reading = AnnualLine

    def rows(self) -> Any:
        """Return them, newest first."""
        return annual_forms.my_years(actor=self.actor, on=self.clock.now().on)


class AnnualQuestionLine(serializers.Serializer[Any]):
    """A questioned figure."""

    codes = serializers.ListField(child=serializers.CharField())
    message = serializers.CharField()
    explained = serializers.BooleanField()


class AnnualAnswer(serializers.Serializer[Any]):
    """One form: what is filled in (field → text), what is questioned, what came back."""

    row = AnnualLine()
    version = serializers.IntegerField()
    typed = serializers.DictField(child=serializers.CharField())
    questions = AnnualQuestionLine(many=True)
    returned = serializers.DictField(child=serializers.CharField())
    review_note = serializers.CharField()
    national = serializers.BooleanField()
    receipt_name = serializers.CharField()


class OneAnnualForm(Reading):
    """一份年度动态管理表。"""

    audience = PARTIES
    reading = AnnualAnswer

    def read(self, *, public_id: str) -> Any:
        """Return it."""
        return annual_forms.annual_file(actor=self.actor, on=self.clock.now().on, public_id=public_id)


class AnnualSaveBody(Body):
    """The fields of the form (`answer-<code>`, `figure-<code>-<year>`, …) and the version one began from."""

    typed = serializers.DictField(child=Text(max_length=2000))
    version = serializers.IntegerField(min_value=1)


class AnnualVersionAnswer(serializers.Serializer[Any]):
    """The new version."""

    version = serializers.IntegerField()


class SaveAnnualForm(Act):
    """保存年度动态管理表。"""

    audience = ENTERPRISE
    body = AnnualSaveBody
    answer = AnnualVersionAnswer
    status = 200

    def act(self, *, public_id: str, **data: Any) -> Any:
        """Save."""
        return {
            "version": services.save_annual_form(
                actor=self.actor, clock=self.clock, public_id=public_id, **data
            )
        }


class AttachAnnualReceipt(Act):
    """上传国家平台回执（4A、5A 级；multipart，字段 file）。"""

    audience = ENTERPRISE
    parser_classes = (parsers.MultiPartParser,)
    body = UploadBody
    answer = AnnualVersionAnswer
    status = 201

    @property
    def largest_body(self) -> int:
        """A file is larger than a form; the evidence room decides how large."""
        return LARGEST_UPLOAD

    def act(self, *, public_id: str, file: Any) -> Any:
        """Keep it."""
        return {
            "version": services.attach_receipt(
                actor=self.actor, clock=self.clock, public_id=public_id, upload=file
            )
        }


class AnnualTakenAnswer(serializers.Serializer[Any]):
    """How many empty figures were filled."""

    taken = serializers.IntegerField()


class TakeAnnualFigures(Act):
    """从企业档案取用年度数据，只填空白的。"""

    audience = ENTERPRISE
    answer = AnnualTakenAnswer
    status = 200

    def act(self, *, public_id: str) -> Any:
        """Take."""
        return {"taken": services.take_from_record(actor=self.actor, clock=self.clock, public_id=public_id)}


class AnnualFileBody(Body):
    """The commitment to the truth of the form."""

    committed = Flag()


class AnnualFiledAnswer(serializers.Serializer[Any]):
    """Whether it was filed in time."""

    in_time = serializers.BooleanField()


class FileAnnualForm(Act):
    """报送年度动态管理表。"""

    audience = ENTERPRISE
    body = AnnualFileBody
    answer = AnnualFiledAnswer
    status = 200

    def act(self, *, public_id: str, committed: bool) -> Any:
        """File."""
        return {
            "in_time": services.file_annual_form(
                actor=self.actor, clock=self.clock, public_id=public_id, committed=committed
            )
        }


class AnnualReturnBody(Body):
    """Part of the form → what is wrong with it; and what to say beyond."""

    parts = serializers.DictField(child=Text(max_length=300))
    note = Text(required=False, default="", max_length=2000)


class ReturnAnnualForm(Act):
    """退回修改，逐项写明原因。"""

    audience = DISTRICT
    body = AnnualReturnBody

    def act(self, *, public_id: str, **data: Any) -> None:
        """Return."""
        services.return_annual_form(actor=self.actor, clock=self.clock, public_id=public_id, **data)


class AnnualApproveBody(Body):
    """The opinion."""

    note = Text(required=False, default="", max_length=2000)


class ApproveAnnualForm(Act):
    """审核通过。"""

    audience = DISTRICT
    body = AnnualApproveBody

    def act(self, *, public_id: str, note: str) -> None:
        """Approve."""
        services.approve_annual_form(actor=self.actor, clock=self.clock, public_id=public_id, note=note)


class AnnualUrgeBody(Body):
    """A year, and optionally only these forms."""

    year = serializers.IntegerField(min_value=2000, max_value=2999)
    public_ids = serializers.ListField(
        child=Text(max_length=20), required=False, default=list, max_length=500
    )


class AnnualUrgedAnswer(serializers.Serializer[Any]):
    """How many enterprises were reminded."""

    urged = serializers.IntegerField()


class UrgeAnnualForms(Act):
    """催报，每家每天至多一次。"""

    audience = BUREAUS
    body = AnnualUrgeBody
    answer = AnnualUrgedAnswer
    status = 200

    def act(self, **data: Any) -> Any:
        """Urge."""
        return {"urged": services.urge_annual_forms(actor=self.actor, clock=self.clock, **data)}

"""填报与提交: what the enterprise writes into its application, and the acts by which it hands it in."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.api.base import ENTERPRISE, Act, Body, Flag, Number, Text
from apps.api.v1.shared import OptionalReasonBody, SavedItem, SelfAnswer, SheetSums
from apps.applications import selectors, services
from apps.core.errors import NotVisible


class ProfileBody(Body):
    """Fields of 企业基本信息表; fields left out stay as they are."""

    values = serializers.DictField(child=Text())
    version = Number(min_value=0)


class BasicAnswerBody(Body):
    """符合 or 不符合, with an explanation."""

    conforms = Flag(allow_null=True)
    explanation = Text(required=False, default="")


class BasicsBody(Body):
    """Answers to basic requirements by code."""

    answers = serializers.DictField(child=BasicAnswerBody())
    version = Number(min_value=0)


class SectionBody(Body):
    """One written section of the report."""

    section = Text(max_length=40)
    text = Text(max_length=20000)
    version = Number(min_value=0)


class SchemeBody(Body):
    """The evaluation system chosen."""

    scheme_code = Text(max_length=60)
    version = Number(min_value=0)


class RowBody(Body):
    """One pollutant or outlet of a metric that takes the worst of several."""

    label = Text(max_length=60)  # type: ignore[assignment]  # a declared field
    unit = Text(required=False, max_length=20)
    values = serializers.DictField(child=Text(max_length=40))


class MeasurementsBody(Body):
    """Measured values; `version` is the sheet's."""

    version = Number(min_value=0)
    values = serializers.DictField(child=Text(max_length=40))
    rows = serializers.DictField(child=RowBody(many=True), required=False, allow_null=True)
    units = serializers.DictField(child=Text(max_length=20), required=False, allow_null=True)
    period = Text(required=False, allow_null=True, max_length=40)


class OneAnswer(Body):
    """One item: the row version the caller has, and the answer."""

    version = Number(min_value=0)
    answer = SelfAnswer()


class ManyAnswers(Body):
    """Many items at once: all of them or none."""

    answers = serializers.DictField(child=SelfAnswer())
    versions = serializers.DictField(child=Number(min_value=0), required=False)


class HandInBody(Body):
    """The declaration; the same token is carried out once."""

    token = Text(max_length=64)
    pledge = Flag()
    signatory = Text(max_length=100)


class ConsentBody(Body):
    """Whether the enterprise agrees to an evaluation at 1A/2A."""

    consent = Flag()


class AnswerBody(Body):
    """What was done about a returned item."""

    answer = Text()


class Version(serializers.Serializer[Any]):
    """The new version of the part."""

    version = serializers.IntegerField()


class ReceiptAnswer(serializers.Serializer[Any]):
    """The receipt of what was handed in."""

    public_id = serializers.CharField()
    number = serializers.CharField()
    receipt_no = serializers.CharField()
    turn = serializers.IntegerField()
    digest = serializers.CharField()
    at = serializers.DateTimeField()
    by = serializers.CharField()


class SaveProfile(Act):
    """保存企业基本信息表。"""

    audience = ENTERPRISE
    body = ProfileBody
    answer = Version
    status = 200

    def act(self, *, public_id: str, values: dict[str, str], version: int) -> Any:
        """Call the service."""
        return services.save_profile(
            actor=self.actor, clock=self.clock, public_id=public_id, values=values, version=version
        )


class SaveBasics(Act):
    """保存基本要求的回答。"""

    audience = ENTERPRISE
    body = BasicsBody
    answer = Version
    status = 200

    def act(self, *, public_id: str, answers: dict[str, Any], version: int) -> Any:
        """Call the service."""
        return services.save_basics(
            actor=self.actor, clock=self.clock, public_id=public_id, answers=answers, version=version
        )


class SaveSection(Act):
    """保存评价报告的一节。"""

    audience = ENTERPRISE
    body = SectionBody
    answer = Version
    status = 200

    def act(self, *, public_id: str, section: str, text: str, version: int) -> Any:
        """Call the service."""
        return services.save_report_section(
            actor=self.actor,
            clock=self.clock,
            public_id=public_id,
            section=section,
            text=text,
            version=version,
        )


class ChooseScheme(Act):
    """选择评价体系。"""

    audience = ENTERPRISE
    body = SchemeBody
    answer = Version
    status = 200

    def act(self, *, public_id: str, scheme_code: str, version: int) -> Any:
        """Call the service."""
        return services.choose_scheme(
            actor=self.actor, clock=self.clock, public_id=public_id, scheme_code=scheme_code, version=version
        )


class SaveMeasurements(Act):
    """保存统计数据。"""

    audience = ENTERPRISE
    body = MeasurementsBody
    answer = SheetSums
    status = 200

    def act(self, *, public_id: str, **data: Any) -> Any:
        """Call the service."""
        return services.save_measurements(actor=self.actor, clock=self.clock, public_id=public_id, **data)


class SaveAnswers(Act):
    """一次保存多项自评。"""

    audience = ENTERPRISE
    body = ManyAnswers
    answer = SheetSums
    status = 200

    def act(self, *, public_id: str, **data: Any) -> Any:
        """Call the service."""
        return services.save_answers(actor=self.actor, clock=self.clock, public_id=public_id, **data)


class SaveAnswer(Act):
    """保存一项自评。"""

    audience = ENTERPRISE
    body = OneAnswer
    answer = SavedItem
    status = 200

    def act(self, *, public_id: str, code: str, version: int, answer: dict[str, Any]) -> Any:
        """Call the service."""
        return services.save_answer(
            actor=self.actor,
            clock=self.clock,
            public_id=public_id,
            item_code=code,
            version=version,
            answer=answer,
        )


class LaterBody(Body):
    """Whether the item is put off for later."""

    later = Flag()


class PutOff(Act):
    """标记一项稍后处理，或取消标记；不影响填写内容和得分。"""

    audience = ENTERPRISE
    body = LaterBody

    def act(self, *, public_id: str, code: str, later: bool) -> None:
        """Call the service."""
        services.put_off_item(
            actor=self.actor, clock=self.clock, public_id=public_id, item_code=code, later=later
        )


class Submit(Act):
    """提交申报。"""

    audience = ENTERPRISE
    body = HandInBody
    answer = ReceiptAnswer
    status = 200

    def act(self, *, public_id: str, **data: Any) -> Any:
        """Call the service."""
        return services.submit(actor=self.actor, clock=self.clock, public_id=public_id, **data)


class Resubmit(Act):
    """补正后重新提交。"""

    audience = ENTERPRISE
    body = HandInBody
    answer = ReceiptAnswer
    status = 200

    def act(self, *, public_id: str, **data: Any) -> Any:
        """Call the service."""
        return services.resubmit(actor=self.actor, clock=self.clock, public_id=public_id, **data)


class Withdraw(Act):
    """撤回申报。"""

    audience = ENTERPRISE
    body = OptionalReasonBody

    def act(self, *, public_id: str, reason: str) -> None:
        """Call the service."""
        services.withdraw(actor=self.actor, clock=self.clock, public_id=public_id, reason=reason)


class AnswerConversion(Act):
    """是否同意转为本级评定。"""

    audience = ENTERPRISE
    body = ConsentBody

    def act(self, *, public_id: str, consent: bool) -> None:
        """Call the service."""
        services.answer_conversion(actor=self.actor, clock=self.clock, public_id=public_id, consent=consent)


class AnswerReturned(Act):
    """逐项说明补正情况。"""

    audience = ENTERPRISE
    body = AnswerBody

    def act(self, *, public_id: str, item: str, answer: str) -> None:
        """Answer one returned item of this application."""
        items = selectors.returned_items(actor=self.actor, public_id=public_id)
        if item not in {row.public_id for row in items}:
            raise NotVisible
        services.answer_item(actor=self.actor, clock=self.clock, item_public_id=item, answer=answer)

"""异议: filed by the public, examined by the city; the enterprise never learns who filed it."""

from __future__ import annotations

from typing import Any

from rest_framework import parsers, serializers

from apps.api.base import CITY, ENTERPRISE, EVERYBODY, Act, Body, Flag, Listing, Reading, Text
from apps.api.v1.shared import (
    CaseForBureau,
    CaseForEnterprise,
    CountAnswer,
    NoteBody,
    ReasonBody,
    StateQuery,
)
from apps.core.actor import Role
from apps.publicity import selectors, services
from apps.publicity.services import ObjectionForm
from apps.review import selectors as review


class ObjectionBody(Body):
    """An objection to one enterprise on a running notice."""

    entry = Text(max_length=64)
    party = serializers.ChoiceField(["person", "unit", "anonymous"])
    person = Text(required=False, default="")
    unit = Text(required=False, default="")
    contact = Text(required=False, default="")
    matter = Text()


class ObjectionReceiptAnswer(serializers.Serializer[Any]):
    """What the objector keeps."""

    receipt_no = serializers.CharField()
    query_code = serializers.CharField()


class LookupBody(Body):
    """The pair that gives the right to look."""

    receipt_no = Text(max_length=40)
    query_code = Text(max_length=20)


class ObjectionStatusAnswer(serializers.Serializer[Any]):
    """How an objection stands."""

    receipt_no = serializers.CharField()
    enterprise_name = serializers.CharField()
    state_label = serializers.CharField()
    filed_at = serializers.DateTimeField()
    note = serializers.CharField()
    conclusion = serializers.CharField()


class ObjectionForEnterprise(serializers.Serializer[Any]):
    """An objection as the enterprise sees it: never who filed it."""

    public_id = serializers.CharField()
    receipt_no = serializers.CharField()
    case = CaseForEnterprise()
    matter = serializers.CharField()
    state = serializers.CharField()
    state_label = serializers.CharField()
    filed_at = serializers.DateTimeField()
    statement = serializers.CharField()
    stated_at = serializers.DateTimeField(allow_null=True)
    conclusion = serializers.CharField()
    concluded_at = serializers.DateTimeField(allow_null=True)


class ObjectionForCity(ObjectionForEnterprise):
    """An objection in the city's list."""

    case = CaseForBureau()
    notice_title = serializers.CharField()
    handling_note = serializers.CharField()


class PaperLineOfObjection(serializers.Serializer[Any]):
    """A letter that came with an objection."""

    public_id = serializers.CharField()
    name = serializers.CharField()
    size = serializers.IntegerField()
    pages = serializers.IntegerField(allow_null=True)
    received_at = serializers.DateTimeField()


class ObjectionFile(ObjectionForCity):
    """One objection with who filed it, for those who handle it."""

    party_label = serializers.CharField()
    unit = serializers.CharField()
    person = serializers.CharField()
    contact = serializers.CharField()
    papers = PaperLineOfObjection(many=True)


class StatementBody(Body):
    """The enterprise's statement."""

    statement = Text()


class ConclusionBody(Body):
    """Whether it is upheld, and why."""

    upheld = Flag()
    conclusion = Text()


class PaperOfObjectionBody(Body):
    """A scanned letter (multipart, field `file`) and the pair that gives the right to add it."""

    receipt_no = Text(max_length=40)
    query_code = Text(max_length=20)
    file = serializers.FileField(allow_empty_file=True)


class Objections(Listing, Act):
    """异议；公众提出异议（不需登录）。"""

    audience = EVERYBODY
    reading = ObjectionForCity
    reading_for = {Role.ENTERPRISE: ObjectionForEnterprise}
    readers = CITY | ENTERPRISE
    query = StateQuery
    body = ObjectionBody
    answer = ObjectionReceiptAnswer
    status = 201

    def rows(self, *, state: str) -> Any:
        """Return objections in sight."""
        return selectors.objections(actor=self.actor, state=state)

    def act(self, *, entry: str, **data: Any) -> Any:
        """File."""
        return services.file_objection(
            actor=self.actor, clock=self.clock, entry_public_id=entry, form=ObjectionForm(**data)
        )


class ObjectionStatus(Act):
    """凭回执号和查询码查询异议办理结果。"""

    audience = EVERYBODY
    body = LookupBody
    answer = ObjectionStatusAnswer
    status = 200

    def act(self, **data: Any) -> Any:
        """Look it up."""
        districts = data["receipt_no"].strip().upper().startswith("SD-")
        look = review.district_objection_status if districts else selectors.objection_status
        return look(actor=self.actor, **data)


class AddObjectionPaper(Act):
    """凭回执号和查询码补交书面材料（multipart，字段 file）。"""

    parser_classes = (parsers.MultiPartParser,)
    audience = EVERYBODY
    body = PaperOfObjectionBody
    answer = CountAnswer
    status = 201

    @property
    def largest_body(self) -> int:
        """A letter is larger than a form."""
        return (services.MOST_MB + 1) * 1024 * 1024

    def act(self, *, receipt_no: str, query_code: str, file: Any) -> dict[str, int]:
        """Add it; return how many there are."""
        return {
            "count": services.add_papers(
                actor=self.actor,
                clock=self.clock,
                receipt_no=receipt_no,
                query_code=query_code,
                uploads=[file],
            )
        }


class OneObjection(Reading):
    """一件异议。"""

    audience = CITY | ENTERPRISE
    reading = ObjectionFile
    reading_for = {Role.ENTERPRISE: ObjectionForEnterprise}

    def read(self, *, public_id: str) -> Any:
        """Return it."""
        return selectors.objection_file(actor=self.actor, public_id=public_id)


class AcceptObjection(Act):
    """受理异议。"""

    audience = CITY
    body = NoteBody

    def act(self, *, public_id: str, note: str) -> None:
        """Accept."""
        services.accept_objection(actor=self.actor, clock=self.clock, public_id=public_id, note=note)


class DeclineObjection(Act):
    """不予受理异议。"""

    audience = CITY
    body = ReasonBody

    def act(self, *, public_id: str, reason: str) -> None:
        """Decline."""
        services.decline_objection(actor=self.actor, clock=self.clock, public_id=public_id, reason=reason)


class StateCase(Act):
    """企业就异议作出说明。"""

    audience = ENTERPRISE
    body = StatementBody

    def act(self, *, public_id: str, statement: str) -> None:
        """State."""
        services.state_case(actor=self.actor, clock=self.clock, public_id=public_id, statement=statement)


class ConcludeObjection(Act):
    """异议核查结论。"""

    audience = CITY
    body = ConclusionBody

    def act(self, *, public_id: str, **data: Any) -> None:
        """Conclude."""
        services.conclude_objection(actor=self.actor, clock=self.clock, public_id=public_id, **data)

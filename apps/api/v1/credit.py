"""征信查询 (F-11): recorded by the city; an adverse result may end a case."""

from __future__ import annotations

from datetime import date
from typing import Any

from rest_framework import parsers, serializers

from apps.api.base import CITY, ENTERPRISE, Act, Body, Listing, Text
from apps.api.parsing import StrictJSONParser
from apps.api.v1.evidence import LARGEST_UPLOAD
from apps.api.v1.shared import ReasonBody
from apps.applications import selectors as applications
from apps.publicity import selectors, services


class CreditBody(Body):
    """Result of a credit check."""

    platform = Text(max_length=100)
    checked_on = serializers.DateField()
    report_no = Text(max_length=100)
    result = serializers.ChoiceField(["normal", "adverse", "explanation", "explained"])
    matters = Text(required=False, default="")


class CreditFile(serializers.Serializer[Any]):
    """A file kept with a credit check; opened as every file is."""

    public_id = serializers.CharField()
    name = serializers.CharField()
    size_text = serializers.CharField()


class CreditLine(serializers.Serializer[Any]):
    """One credit check."""

    public_id = serializers.CharField()
    platform = serializers.CharField()
    checked_on = serializers.DateField()
    report_no = serializers.CharField()
    result = serializers.CharField()
    result_label = serializers.CharField()
    matters = serializers.CharField()
    valid_until = serializers.DateField()
    recorded_at = serializers.DateTimeField()
    attachments = CreditFile(many=True)


class ValidAnswer(serializers.Serializer[Any]):
    """Until when a notice may start on it."""

    valid_until = serializers.DateField()


class CreditChecks(Listing, Act):
    """征信查询记录；市局登记查询结果。"""

    audience = CITY
    reading = CreditLine
    body = CreditBody
    answer = ValidAnswer
    status = 201

    def rows(self, *, public_id: str) -> Any:
        """Return the checks, newest first."""
        case = applications.case(actor=self.actor, public_id=public_id)
        return selectors.credit_history(actor=self.actor, application_id=case.id)

    def act(self, *, public_id: str, **data: Any) -> dict[str, date]:
        """Record."""
        until = services.record_credit_check(actor=self.actor, clock=self.clock, public_id=public_id, **data)
        return {"valid_until": until}


class CreditFileBody(Body):
    """The file to keep with a credit check (public id)."""

    check = Text(max_length=64)
    file = serializers.FileField()


class AttachToCredit(Act):
    """为一次征信查询补充附件（multipart，字段 check、file）；只有市局可以查看。"""

    audience = CITY
    body = CreditFileBody
    parser_classes = (parsers.MultiPartParser,)

    @property
    def largest_body(self) -> int:
        """A file is larger than a form; the evidence room decides how large."""
        return LARGEST_UPLOAD

    def act(self, *, public_id: str, check: str, file: Any) -> None:
        """Attach."""
        services.attach_to_credit_check(
            actor=self.actor, clock=self.clock, public_id=public_id, check=check, upload=file
        )


class RefuseForCredit(Act):
    """征信异常，不予评定。"""

    audience = CITY
    body = ReasonBody

    def act(self, *, public_id: str, reason: str) -> None:
        """End the case."""
        services.refuse_for_credit(actor=self.actor, clock=self.clock, public_id=public_id, reason=reason)


class SentQueriesAnswer(serializers.Serializer[Any]):
    """How many questions went out, and the name they went under."""

    count = serializers.IntegerField()
    file_name = serializers.CharField()


class CreditFaultLine(serializers.Serializer[Any]):
    """One line that was not recorded."""

    line = serializers.IntegerField()
    query_no = serializers.CharField()
    message = serializers.CharField()


class ReadFileLine(serializers.Serializer[Any]):
    """One result file; `again`: it was read before."""

    name = serializers.CharField()
    taken = serializers.IntegerField()
    again = serializers.BooleanField()
    problems = CreditFaultLine(many=True)


class ReadFilesAnswer(serializers.Serializer[Any]):
    """The result files that were read."""

    files = ReadFileLine(many=True)


class StatementFileLine(serializers.Serializer[Any]):
    """A file an enterprise put with its explanation."""

    public_id = serializers.CharField()
    name = serializers.CharField()
    size = serializers.IntegerField()
    pages = serializers.IntegerField(allow_null=True)
    digest = serializers.CharField()
    added_at = serializers.DateTimeField()


class CreditInquiryLine(serializers.Serializer[Any]):
    """What an adverse result says, and the enterprise's explanation."""

    public_id = serializers.CharField()
    platform = serializers.CharField()
    result_label = serializers.CharField()
    matters = serializers.CharField()
    asked_at = serializers.DateTimeField()
    statement = serializers.CharField()
    stated_at = serializers.DateTimeField(allow_null=True)
    is_open = serializers.BooleanField()
    files = StatementFileLine(many=True)


class ExplanationBody(Body):
    """The enterprise's words, and (multipart, field `file`) one more paper that proves them."""

    statement = Text(max_length=2000)
    file = serializers.FileField(required=False, default=None, allow_empty_file=True)


class AskCredit(Act):
    """向征信服务发出查询。"""

    audience = CITY
    answer = SentQueriesAnswer
    status = 200

    def act(self) -> Any:
        """Ask."""
        return services.send_credit_queries(actor=self.actor, clock=self.clock)


class ReadCredit(Act):
    """读取征信结果文件。"""

    audience = CITY
    answer = ReadFilesAnswer
    status = 200

    def act(self) -> Any:
        """Read."""
        return {"files": services.read_credit_results(actor=self.actor, clock=self.clock)}


class CreditInquiries(Listing):
    """一件申报的征信异常告知和企业说明。"""

    audience = CITY | ENTERPRISE
    reading = CreditInquiryLine

    def rows(self, *, public_id: str) -> Any:
        """Return them, newest first."""
        case = applications.case(actor=self.actor, public_id=public_id)
        return selectors.credit_inquiries(actor=self.actor, application_id=case.id)


class ExplainCredit(Act):
    """企业说明征信异常；可随附材料（multipart，字段 file，一次一个，共 5 个以内）。"""

    audience = ENTERPRISE
    body = ExplanationBody
    parser_classes = (StrictJSONParser, parsers.MultiPartParser)

    @property
    def largest_body(self) -> int:
        """A file is larger than a form."""
        return (services.STATEMENT_FILE_MB + 1) * 1024 * 1024

    def act(self, *, public_id: str, statement: str, file: Any = None) -> None:
        """Explain."""
        services.explain_credit(
            actor=self.actor,
            clock=self.clock,
            public_id=public_id,
            statement=statement,
            uploads=[] if file is None else [file],
        )

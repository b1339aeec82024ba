"""佐证与豁免: files of an application and requests to be excused from a 原则上 rule."""

from __future__ import annotations

from typing import Any

from rest_framework import parsers, serializers

from apps.api.base import (
    BUREAUS,
    DISTRICT,
    ENTERPRISE,
    EXPERT,
    PARTIES,
    Act,
    Body,
    Listing,
    Made,
    Number,
    Text,
    made,
)
from apps.api.v1.shared import CountAnswer, NoteBody, StateQuery
from apps.applications import selectors, services
from apps.evidence import selectors as files
from apps.evidence import services as evidence

#: No setting of the bureau may allow a larger file (`apps.policy.parameters`); the evidence room decides exactly.
LARGEST_UPLOAD = 501 * 1024 * 1024


class UploadBody(Body):
    """One file."""

    file = serializers.FileField(allow_empty_file=True)


class StoredAnswer(serializers.Serializer[Any]):
    """The file as stored; `duplicate` when the library had it already."""

    public_id = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.CharField()
    size = serializers.IntegerField()
    pages = serializers.IntegerField(allow_null=True)
    duplicate = serializers.BooleanField()
    message = serializers.CharField()


class AttachBody(Body):
    """Where a file counts."""

    file = Text(max_length=64)
    place = serializers.ChoiceField(["item", "requirement", "section"])
    code = Text(max_length=40)
    page_from = Number(required=False, allow_null=True, default=None, min_value=1, max_value=9999)
    page_to = Number(required=False, allow_null=True, default=None, min_value=1, max_value=9999)
    note = Text(required=False, default="")


class DetachBody(Body):
    """A use to end."""

    use = Text(max_length=64)
    place = serializers.ChoiceField(["item", "requirement", "section"])
    code = Text(max_length=40)


class AttachedAnswer(serializers.Serializer[Any]):
    """The use, and how many files its place has now."""

    public_id = serializers.CharField()
    count = serializers.IntegerField()


class UseLine(serializers.Serializer[Any]):
    """One file at one place."""

    public_id = serializers.CharField()
    file = serializers.CharField(source="file.public_id")
    name = serializers.CharField(source="file.name")
    kind = serializers.CharField(source="file.kind")
    size = serializers.IntegerField(source="file.size")
    digest = serializers.CharField(source="file.digest")
    place = serializers.CharField()
    code = serializers.CharField()
    page_from = serializers.IntegerField(allow_null=True)
    page_to = serializers.IntegerField(allow_null=True)
    note = serializers.CharField()
    verified = serializers.BooleanField()


class MarkBody(Body):
    """verified, doubted, or "" to take one's mark away."""

    mark = serializers.ChoiceField(["verified", "doubted", ""], allow_blank=True)
    note = Text(required=False, default="")


class PagesBody(Body):
    """Which pages of a file count at its place; none: all."""

    use = Text(max_length=64)
    place = serializers.ChoiceField(["item", "requirement", "section"])
    code = Text(max_length=40)
    page_from = Number(required=False, allow_null=True, default=None, min_value=1, max_value=9999)
    page_to = Number(required=False, allow_null=True, default=None, min_value=1, max_value=9999)
    note = Text(required=False, default="")


class ValidityBody(Body):
    """The last day of validity; null: no end."""

    valid_until = serializers.DateField(allow_null=True)


class FileLine(serializers.Serializer[Any]):
    """One file of the library."""

    public_id = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.CharField()
    size = serializers.IntegerField()
    pages = serializers.IntegerField(allow_null=True)
    digest = serializers.CharField()
    uploaded_at = serializers.DateTimeField()
    valid_until = serializers.DateField(allow_null=True)
    scan_state = serializers.CharField()
    uses = serializers.IntegerField()


class ExemptionBody(Body):
    """Which rule, why, and the public id of the library's document that shows it, if there is one."""

    rule = Text(max_length=10)
    reason = Text()
    basis = Text(required=False, default="")
    file = Text(required=False, default="", max_length=14)


class ExemptionLine(serializers.Serializer[Any]):
    """One request."""

    public_id = serializers.CharField()
    application_public_id = serializers.CharField()
    enterprise_name = serializers.CharField()
    round_code = serializers.CharField()
    level_label = serializers.CharField()
    rule = serializers.CharField()
    rule_title = serializers.CharField()
    clause = serializers.CharField()
    reason = serializers.CharField()
    basis = serializers.CharField()
    file_public_id = serializers.CharField()
    file_name = serializers.CharField()
    state = serializers.CharField()
    state_label = serializers.CharField()
    requested_at = serializers.DateTimeField()
    opinion = serializers.CharField()
    decision_note = serializers.CharField()


class EndorsementBody(Body):
    """The handler's opinion."""

    opinion = Text()


class RefusalBody(Body):
    """The reason of a refusal."""

    note = Text()


class Evidence(Listing, Act):
    """本件申报的佐证；企业上传（multipart，字段 file）。"""

    audience = PARTIES
    writers = ENTERPRISE
    reading = UseLine
    body = UploadBody
    answer = StoredAnswer
    status = 201
    parser_classes = (parsers.MultiPartParser,)

    @property
    def largest_body(self) -> int:
        """A file is larger than a form; the evidence room decides how large."""
        return LARGEST_UPLOAD

    def rows(self, *, public_id: str) -> Any:
        """Return every use of a file."""
        case = selectors.case(actor=self.actor, public_id=public_id)
        return files.uses_of(actor=self.actor, application_id=case.id)

    def act(self, *, public_id: str, file: Any) -> Any:
        """Take one file in."""
        case = services.case_for_upload(actor=self.actor, public_id=public_id)
        return evidence.store_upload(actor=self.actor, clock=self.clock, upload=file, case=case)


class AttachEvidence(Act):
    """把文件挂到指标、基本要求或报告章节。"""

    audience = ENTERPRISE
    body = AttachBody
    answer = AttachedAnswer
    status = 201

    def act(self, *, public_id: str, file: str, **data: Any) -> Any:
        """Attach."""
        return services.attach_evidence(
            actor=self.actor, clock=self.clock, public_id=public_id, file_public_id=file, **data
        )


class DetachEvidence(Act):
    """取下佐证，文件留在材料库。"""

    audience = ENTERPRISE
    body = DetachBody
    answer = CountAnswer
    status = 200

    def act(self, *, public_id: str, use: str, place: str, code: str) -> dict[str, int]:
        """Detach."""
        left = services.detach_evidence(
            actor=self.actor, clock=self.clock, public_id=public_id, use_public_id=use, place=place, code=code
        )
        return {"count": left}


class EvidencePages(Act):
    """注明一份佐证在该处引用的页码。"""

    audience = ENTERPRISE
    body = PagesBody

    def act(self, *, public_id: str, use: str, **data: Any) -> None:
        """Note the pages."""
        services.set_evidence_pages(
            actor=self.actor, clock=self.clock, public_id=public_id, use_public_id=use, **data
        )


class FileValidity(Act):
    """注明材料库中一份文件的有效期。"""

    audience = ENTERPRISE
    body = ValidityBody

    def act(self, *, public_id: str, valid_until: Any) -> None:
        """Note the last day."""
        evidence.set_validity(
            actor=self.actor, clock=self.clock, public_id=public_id, valid_until=valid_until
        )


class ExpiringFiles(Listing):
    """材料库中 60 日内到期和已过期的文件，先到期的在前。"""

    audience = ENTERPRISE
    reading = FileLine

    def rows(self) -> Any:
        """Return them."""
        return files.expiring(actor=self.actor, on=self.clock.now().on)


class MarkEvidence(Act):
    """标记佐证为已核验或存疑。"""

    audience = BUREAUS | EXPERT
    body = MarkBody

    def act(self, *, public_id: str, mark: str, note: str) -> None:
        """Mark."""
        evidence.mark_use(actor=self.actor, clock=self.clock, public_id=public_id, mark=mark, note=note)


class Exemptions(Listing):
    """豁免申请列表。"""

    audience = PARTIES
    reading = ExemptionLine
    query = StateQuery

    def rows(self, *, state: str) -> Any:
        """Return the requests in sight."""
        return selectors.exemptions(actor=self.actor, state=state)


class RequestExemption(Act):
    """就“原则上”条款书面说明情况，申请豁免。"""

    audience = ENTERPRISE
    body = ExemptionBody
    answer = Made
    status = 201

    def act(self, *, public_id: str, **data: Any) -> dict[str, str]:
        """Ask."""
        return made(
            services.request_exemption(actor=self.actor, clock=self.clock, public_id=public_id, **data)
        )


class EndorseExemption(Act):
    """经办提出同意豁免的意见。"""

    audience = DISTRICT
    body = EndorsementBody

    def act(self, *, public_id: str, opinion: str) -> None:
        """Call the service."""
        services.endorse_exemption(
            actor=self.actor, clock=self.clock, exemption_public_id=public_id, opinion=opinion
        )


class ApproveExemption(Act):
    """签批人批准豁免。"""

    audience = DISTRICT
    body = NoteBody

    def act(self, *, public_id: str, note: str) -> None:
        """Call the service."""
        services.approve_exemption(
            actor=self.actor, clock=self.clock, exemption_public_id=public_id, note=note
        )


class DeclineExemption(Act):
    """不同意豁免，写明理由。"""

    audience = DISTRICT
    body = RefusalBody

    def act(self, *, public_id: str, note: str) -> None:
        """Call the service."""
        services.decline_exemption(
            actor=self.actor, clock=self.clock, exemption_public_id=public_id, note=note
        )

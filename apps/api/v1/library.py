"""材料库和随件材料: files of the own library, the licence, the stamped commitment, the trajectory of a score."""

from __future__ import annotations

from typing import Any

from rest_framework import parsers, serializers

from apps.api.base import ENTERPRISE, PARTIES, Act, Paging, Query, Reading, Text
from apps.api.v1.evidence import LARGEST_UPLOAD, FileLine, StoredAnswer, UploadBody
from apps.applications import selectors, services
from apps.evidence import selectors as files
from apps.evidence import services as evidence
from apps.scoring import selectors as scoring


class _Upload(Act):
    """An act that takes one file (multipart, field `file`)."""

    parser_classes = (parsers.MultiPartParser,)

    @property
    def largest_body(self) -> int:
        """A file is larger than a form; the evidence room decides how large."""
        return LARGEST_UPLOAD


class LibraryQuery(Query):
    """Part of a file name, and a filter: all, expiring, expired, unused."""

    q = serializers.CharField(required=False, default="", max_length=50)
    show = serializers.ChoiceField(list(files.SHOWS), required=False, default="all")


class Library(Paging, _Upload):
    """材料库；上传一个文件存入材料库（multipart，字段 file）。"""

    audience = ENTERPRISE
    reading = FileLine
    query = LibraryQuery
    body = UploadBody
    answer = StoredAnswer
    status = 201

    def rows(self, *, q: str, show: str, page: int, per_page: int) -> Any:
        """Return one page of the library."""
        on = self.clock.now().on
        return files.library(actor=self.actor, q=q, show=show, page=page, per_page=per_page, on=on)

    def act(self, *, file: Any) -> Any:
        """Take one file in."""
        return evidence.store_upload(actor=self.actor, clock=self.clock, upload=file)


class RemoveFile(Act):
    """删除材料库中未使用的文件。"""

    audience = ENTERPRISE

    def act(self, *, public_id: str) -> None:
        """Delete it."""
        evidence.remove_file(actor=self.actor, clock=self.clock, public_id=public_id)


class ReplaceFileBody(UploadBody):
    """The newer file and until when it is valid."""

    valid_until = serializers.DateField(required=False, allow_null=True, default=None)


class ReplacedFileAnswer(serializers.Serializer[Any]):
    """The newer file, and at how many places it stands now; `kept` places keep the older one."""

    public_id = serializers.CharField()
    moved = serializers.IntegerField()
    kept = serializers.IntegerField()


class ReplaceFile(_Upload):
    """以新文件更换材料库中的文件，可修改处的引用一并更换（multipart）。"""

    audience = ENTERPRISE
    body = ReplaceFileBody
    answer = ReplacedFileAnswer
    status = 200

    def act(self, *, public_id: str, file: Any, valid_until: Any) -> Any:
        """Replace it."""
        return services.replace_file(
            actor=self.actor, clock=self.clock, file_public_id=public_id, upload=file, valid_until=valid_until
        )


class UploadLicence(_Upload):
    """上传本企业营业执照（multipart，字段 file）。"""

    audience = ENTERPRISE
    body = UploadBody
    answer = StoredAnswer
    status = 201

    def act(self, *, file: Any) -> Any:
        """Keep it."""
        return evidence.keep_licence(actor=self.actor, clock=self.clock, upload=file)


class CommitmentAnswer(serializers.Serializer[Any]):
    """Where the stamped commitment stands: the digest of the present content, and whether the scan belongs to it."""

    digest = serializers.CharField()
    short = serializers.CharField()
    file_public_id = serializers.CharField()
    file_name = serializers.CharField()
    uploaded_at = serializers.DateTimeField(allow_null=True)
    is_current = serializers.BooleanField()
    is_stale = serializers.BooleanField()


class CommitmentBody(UploadBody):
    """The scan, and the digest printed on what was stamped (whole, or its first twelve characters)."""

    digest = Text(max_length=64)


class CommitmentScan(Reading, _Upload):
    """盖章承诺书：当前内容校验码和扫描件；上传扫描件（multipart，字段 file、digest）。"""

    audience = PARTIES
    writers = ENTERPRISE
    reading = CommitmentAnswer
    body = CommitmentBody
    answer = CommitmentAnswer
    status = 201

    def read(self, *, public_id: str) -> Any:
        """Return where it stands."""
        return selectors.commitment(actor=self.actor, public_id=public_id)

    def act(self, *, public_id: str, file: Any, digest: str) -> Any:
        """Keep the scan."""
        services.keep_commitment(
            actor=self.actor, clock=self.clock, public_id=public_id, upload=file, digest=digest
        )
        return self.read(public_id=public_id)


class KeptYear(serializers.Serializer[Any]):
    """The year of the enterprise file that was written."""

    year = serializers.IntegerField()


class KeepInFile(Act):
    """将本件申报的年度数据存入企业档案。"""

    audience = ENTERPRISE
    answer = KeptYear
    status = 200

    def act(self, *, public_id: str) -> dict[str, int]:
        """Keep them."""
        return {"year": services.keep_in_file(actor=self.actor, clock=self.clock, public_id=public_id)}


class TrailStep(serializers.Serializer[Any]):
    """What one scorer gave, with the reason; `lower` is less than the baseline."""

    text = serializers.CharField()
    reason = serializers.CharField()
    lower = serializers.BooleanField()


class TrailLine(serializers.Serializer[Any]):
    """One item in the order of `columns`."""

    code = serializers.CharField()
    name = serializers.CharField()
    max = serializers.CharField(source="max_text")
    cut = serializers.BooleanField()
    steps = TrailStep(many=True)


class ScoresAnswer(serializers.Serializer[Any]):
    """The released scores item by item; experts are numbered, never named."""

    columns = serializers.ListField(child=serializers.CharField())
    totals = serializers.ListField(child=serializers.CharField())
    trails = TrailLine(many=True)


class Scores(Reading):
    """逐项得分：自评、初评、专家评分及理由，公布后可查。"""

    audience = ENTERPRISE
    reading = ScoresAnswer

    def read(self, *, public_id: str) -> Any:
        """Return the trajectory."""
        case = selectors.case(actor=self.actor, public_id=public_id)
        return scoring.trajectory(actor=self.actor, application_id=case.id)

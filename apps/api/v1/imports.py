"""数据导入: a workbook is sent, checked by a job, confirmed or given up; the same acts as the pages."""

from __future__ import annotations

from typing import Any

from rest_framework import parsers, serializers

from apps.api.base import BUREAUS, EXPERT, Act, Body, Listing, Reading
from apps.core.errors import Invalid
from apps.documents import selectors, services

_IMPORTERS = BUREAUS | EXPERT
#: A little more than the kit's own limit, so that its own message answers.
_LARGEST_UPLOAD = 21 * 1024 * 1024


class WorkbookBody(Body):
    """The workbook, and what its kind asks for beside it (a JSON object of texts)."""

    file = serializers.FileField(allow_empty_file=True)
    params = serializers.JSONField(required=False, default=dict)


class TakenAnswer(serializers.Serializer[Any]):
    """The import and the job that checks it; `already` when the same file waits already."""

    public_id = serializers.CharField()
    job = serializers.CharField()
    already = serializers.BooleanField()


class FieldLine(serializers.Serializer[Any]):
    """What a kind asks for beside the file."""

    code = serializers.CharField(source="name")
    name = serializers.CharField(source="label")


class ImporterLine(serializers.Serializer[Any]):
    """One kind of import."""

    code = serializers.CharField()
    name = serializers.CharField(source="label")
    version = serializers.CharField()
    lead = serializers.CharField()
    params = FieldLine(many=True, source="fields")


class ImportLine(serializers.Serializer[Any]):
    """One import."""

    public_id = serializers.CharField()
    kind = serializers.CharField()
    kind_label = serializers.CharField()
    display_name = serializers.CharField()
    state = serializers.CharField()
    state_label = serializers.CharField()
    rows = serializers.IntegerField()
    faults = serializers.IntegerField()
    summary = serializers.CharField()
    uploaded_at = serializers.DateTimeField()


class FindingLine(serializers.Serializer[Any]):
    """One finding: where, what stands there, why it does not do, and what to do."""

    sheet = serializers.CharField()
    cell = serializers.CharField()
    value = serializers.CharField()
    reason = serializers.CharField()
    remedy = serializers.CharField()


class ImportAnswer(serializers.Serializer[Any]):
    """One import with its findings (the first hundred; the marked copy has all)."""

    row = ImportLine()
    digest = serializers.CharField()
    job = serializers.CharField()
    refusal = serializers.CharField()
    error = serializers.CharField()
    changes = serializers.IntegerField()
    findings = FindingLine(many=True)
    may_confirm = serializers.BooleanField()
    may_discard = serializers.BooleanField()
    has_marked_copy = serializers.BooleanField()
    link = serializers.CharField()


class Importers(Listing):
    """可导入的数据种类。"""

    audience = _IMPORTERS
    reading = ImporterLine

    def rows(self) -> Any:
        """Return the kinds offered to the role."""
        return selectors.importers_for(actor=self.actor)


class Imports(Listing):
    """本人的导入记录。"""

    audience = _IMPORTERS
    reading = ImportLine

    def rows(self) -> Any:
        """Return the newest."""
        return selectors.my_imports(actor=self.actor, limit=100)


class SendImport(Act):
    """上传一份要导入的工作簿（multipart：file、params）。"""

    audience = _IMPORTERS
    body = WorkbookBody
    answer = TakenAnswer
    status = 201
    parser_classes = (parsers.MultiPartParser,)

    @property
    def largest_body(self) -> int:
        """A workbook is larger than a form; the kit decides how large."""
        return _LARGEST_UPLOAD

    def act(self, *, kind: str, file: Any, params: Any) -> Any:
        """Take it in; a job checks it."""
        if not isinstance(params, dict) or not all(isinstance(value, str) for value in params.values()):
            raise Invalid.of("params", "应为 JSON 对象，各值为文字。")
        return services.receive_import(
            actor=self.actor,
            clock=self.clock,
            kind=kind,
            name=file.name or "",
            size=file.size or 0,
            chunks=file.chunks(),
            params={str(name): value for name, value in params.items()},
        )


class OneImport(Reading):
    """一次导入：检查结果、问题清单和状态。"""

    audience = _IMPORTERS
    reading = ImportAnswer

    def read(self, *, public_id: str) -> Any:
        """Return it."""
        return selectors.import_file(actor=self.actor, public_id=public_id)


class ConfirmImport(Act):
    """确认导入。"""

    audience = _IMPORTERS
    answer = ImportLine
    status = 200

    def act(self, *, public_id: str) -> Any:
        """Confirm; a job writes every row or none."""
        services.confirm_import(actor=self.actor, clock=self.clock, public_id=public_id)
        return selectors.import_file(actor=self.actor, public_id=public_id).row


class DiscardImport(Act):
    """放弃导入，删除文件。"""

    audience = _IMPORTERS

    def act(self, *, public_id: str) -> None:
        """Give it up."""
        services.discard_import(actor=self.actor, clock=self.clock, public_id=public_id)

"""文书和名单: papers as PDF or Word, lists as workbooks, and the jobs that make them."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from rest_framework import serializers

from apps.api.base import SIGNED_IN, Act, Body, Flag, Listing, Query, Reading, Text
from apps.core.actor import Role
from apps.documents import selectors, services
from apps.documents.kinds import FORMATS
from apps.jobs import selectors as jobs
from apps.jobs import services as job_services

_LISTS = frozenset({Role.DISTRICT, Role.MUNICIPAL, Role.AUDITOR})
_FILTERS = ("q", "district", "state", "level", "round")


class PaperBody(Body):
    """Which paper about which row; `docx` is a copy to work on, what is issued is the PDF."""

    kind = Text(max_length=40)
    public_id = Text(max_length=64)
    draft = Flag(required=False, default=False)
    format = serializers.ChoiceField(list(FORMATS), required=False, default=FORMATS[0])


class Address(serializers.CharField):
    """Where a file is fetched from, with the same sign-in."""


class PaperAnswer(serializers.Serializer[Any]):
    """The stored paper with its address, or the job that makes it."""

    document = serializers.CharField()
    job = serializers.CharField()
    download = Address()


class PaperLine(serializers.Serializer[Any]):
    """One stored paper."""

    public_id = serializers.CharField()
    kind = serializers.CharField()
    kind_label = serializers.CharField()
    title = serializers.CharField()
    number = serializers.CharField()
    version = serializers.IntegerField()
    made_at = serializers.DateTimeField()
    pages = serializers.IntegerField()
    sha256 = serializers.CharField()
    public = serializers.BooleanField()


class SubjectQuery(Query):
    """The row whose papers are asked for."""

    public_id = serializers.CharField(max_length=64)


class KindLine(serializers.Serializer[Any]):
    """One kind of paper."""

    code = serializers.CharField()
    name = serializers.CharField(source="label")
    form = serializers.CharField()


class JobLine(serializers.Serializer[Any]):
    """One job: how far it is, its file when it has one, its message when it failed."""

    public_id = serializers.CharField()
    kind = serializers.CharField()
    name = serializers.CharField(source="label")
    state = serializers.CharField()
    state_label = serializers.CharField()
    done = serializers.IntegerField()
    total = serializers.IntegerField()
    error = serializers.CharField()
    result_name = serializers.CharField()
    has_file = serializers.BooleanField()
    cancel_requested = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


class ExportBody(Body):
    """Which list, with the filters of its page."""

    kind = Text(max_length=40)
    q = Text(required=False, default="", max_length=60)
    district = Text(required=False, default="", max_length=10)
    state = Text(required=False, default="", max_length=30)
    level = Text(required=False, default="", max_length=2)
    round = Text(required=False, default="", max_length=20)


class StartedAnswer(serializers.Serializer[Any]):
    """The job that makes the file."""

    job = serializers.CharField()


class Papers(Listing, Act):
    """一件事项的文书；生成文书（PDF 或 Word）。"""

    audience = SIGNED_IN
    reading = PaperLine
    query = SubjectQuery
    body = PaperBody
    answer = PaperAnswer
    status = 200

    def rows(self, *, public_id: str) -> Any:
        """Return the stored papers about a row, newest first."""
        return selectors.documents_of(actor=self.actor, public_id=public_id)

    def act(self, **data: Any) -> dict[str, str]:
        """Ask for one."""
        asked = services.request_document(actor=self.actor, clock=self.clock, **data)
        place = reverse("document", args=[asked.document]) if asked.document else ""
        return {
            "document": asked.document,
            "job": asked.job,
            "download": place or reverse("job_file", args=[asked.job]),
        }


class PaperKinds(Listing):
    """本角色可生成的文书种类。"""

    audience = SIGNED_IN
    reading = KindLine

    def rows(self) -> Any:
        """Return the kinds."""
        return selectors.kinds_for(actor=self.actor)


class Jobs(Listing):
    """本人的后台任务。"""

    audience = SIGNED_IN
    reading = JobLine

    def rows(self) -> Any:
        """Return the newest."""
        return jobs.my_jobs(actor=self.actor, limit=100)


class OneJob(Reading):
    """一项后台任务的进度和结果。"""

    audience = SIGNED_IN
    reading = JobLine

    def read(self, *, public_id: str) -> Any:
        """Return it."""
        return jobs.job(actor=self.actor, public_id=public_id)


class CancelJob(Act):
    """取消后台任务。"""

    audience = SIGNED_IN

    def act(self, *, public_id: str) -> None:
        """Stop it at its next step."""
        job_services.cancel_job(actor=self.actor, clock=self.clock, public_id=public_id)


class Exports(Act):
    """导出名单为工作簿，由后台任务生成。"""

    audience = _LISTS
    body = ExportBody
    answer = StartedAnswer
    status = 202

    def act(self, *, kind: str, **data: str) -> dict[str, str]:
        """Start the job."""
        filters = {name: data[name] for name in _FILTERS}
        return {"job": services.start_export(actor=self.actor, clock=self.clock, kind=kind, filters=filters)}

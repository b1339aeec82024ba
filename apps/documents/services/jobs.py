"""The long work of this room: one kind of job per paper, and the archive of all certificates of a recognition."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from typing import Any, Final

from django.db import transaction

from apps.core.errors import NotVisible, WrongStep
from apps.core.scoping import enter
from apps.documents.forms import as_reader
from apps.documents.kinds import CERTIFICATE, CERTIFICATES, CERTIFICATES_LABEL, KINDS, PDF, WORD, label_for
from apps.documents.rendering.engine import Renderer
from apps.documents.services.storing import file_name, make, make_word, prepare
from apps.documents.word.filling import DOCX
from apps.jobs.registry import JobContext, JobResult, job
from apps.publicity import selectors as publicity
from apps.publicity.states import SIGNED
from apps.titles import selectors as titles

ZIP: Final = "application/zip"
_STEPS = 2


def job_kind(kind: str) -> str:
    """Return the kind of job that makes a kind of paper."""
    return f"documents.{kind}"


def register() -> None:
    """Register the handlers; called once when the process starts."""
    for kind in KINDS.values():
        job(job_kind(kind.code), label=f"生成{kind.label}", naming=_naming(kind.code))(_handler(kind.code))
    job(job_kind(CERTIFICATES), label=f"生成{CERTIFICATES_LABEL}")(make_certificates)


def _naming(kind: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda params: f"生成{label_for(kind, str(params.get('title', '')))}"


def _handler(kind: str) -> Callable[[JobContext], JobResult]:
    def handler(ctx: JobContext) -> JobResult:
        ctx.progress(0, _STEPS)
        prepared = prepare(
            actor=ctx.actor,
            clock=ctx.clock,
            kind=kind,
            public_id=str(ctx.params["public_id"]),
            draft=bool(ctx.params.get("draft")),
        )
        ctx.progress(1, _STEPS)
        if ctx.params.get("format") == WORD:
            made, content_type = make_word(prepared), DOCX
        else:
            made, content_type = (
                make(actor=ctx.actor, clock=ctx.clock, kind=kind, prepared=prepared),
                PDF,
            )
        path = ctx.folder / "paper"
        path.write_bytes(made.content)
        ctx.progress(_STEPS, _STEPS)
        return JobResult(
            path=path, name=made.name, content_type=content_type, values={"document": made.public_id}
        )

    handler.__qualname__ = f"documents.{kind}"
    return handler


def make_certificates(ctx: JobContext) -> JobResult:
    """Make and store every certificate of a signed recognition and put them into one archive.

    Raises:
        NotVisible: no such recognition for the actor.
        WrongStep: not signed yet, or none of its titles stands any more.
    """
    listed = _titles_of(ctx)
    path = ctx.folder / "certificates.zip"
    documents: list[str] = []
    with Renderer() as renderer, zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for done, (title_id, name) in enumerate(listed):
            ctx.progress(done, len(listed))
            prepared = prepare(actor=ctx.actor, clock=ctx.clock, kind=CERTIFICATE, public_id=title_id)
            made = make(
                actor=ctx.actor, clock=ctx.clock, kind=CERTIFICATE, prepared=prepared, renderer=renderer
            )
            archive.writestr(file_name(name), made.content)
            documents.append(made.public_id)
    ctx.progress(len(listed), len(listed))
    return JobResult(
        path=path,
        name=f"绿色工厂证书（{len(listed)}份）.zip",
        content_type=ZIP,
        values={"count": len(listed), "documents": documents},
    )


@transaction.atomic
def _titles_of(ctx: JobContext) -> list[tuple[str, str]]:
    """Return (title, name of the file) of every title of the recognition that still stands."""
    enter(ctx.actor)
    public_id = str(ctx.params["public_id"])
    publicity.recognition_file(actor=ctx.actor, public_id=public_id)
    with as_reader(ctx.actor) as reader:
        row = publicity.recognition_file(actor=reader, public_id=public_id)
        if row.state != SIGNED:
            raise WrongStep("评定文件尚未签发，没有证书。")
        found = [
            titles.title_by_source(actor=reader, source_type="recognition", source_public_id=case.public_id)
            for case in row.cases
        ]
    standing = [title for title in found if title is not None and title.ended_on is None]
    if not found:
        raise NotVisible
    if not standing:
        raise WrongStep("该评定文件的称号均已终止，不再出具证书。")
    return [(title.public_id, f"{title.certificate_no} {title.enterprise_name}") for title in standing]

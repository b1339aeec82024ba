"""Asking for a paper: what is stored is handed out at once, the rest becomes a job of the person who asked."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from apps.core.actor import ROLE_LABELS, Actor, Role
from apps.core.errors import Forbidden, Invalid
from apps.core.moment import Clock
from apps.core.scoping import enter
from apps.documents.kinds import CERTIFICATES, CERTIFICATES_LABEL, FORMATS, PORTABLE, WORD
from apps.documents.services.jobs import job_kind
from apps.documents.services.storing import prepare
from apps.jobs import selectors as jobs
from apps.jobs import services as job_services
from apps.jobs.states import DONE
from apps.publicity import selectors as publicity
from apps.titles import selectors as titles

_MOST_ATTEMPTS = 50


@dataclass(frozen=True, slots=True)
class Requested:
    """The answer: the stored paper, or the job that makes it; exactly one of the two is filled."""

    document: str = ""
    job: str = ""


@transaction.atomic
def request_document(
    *,
    actor: Actor,
    clock: Clock,
    kind: str,
    public_id: str,
    draft: bool = False,
    format: str = PORTABLE,  # noqa: A002  (the word that pages and the API use)
) -> Requested:
    """Return the stored paper of today's content, or start the job that makes it; the same request twice is one job.

    Args:
        actor: who asks; owns the job.
        clock: the legal clock.
        kind: code of `kinds.KINDS`, or `certificates` for the archive of a recognition.
        public_id: of the row the paper is about.
        draft: with the watermark 草稿; always so before the act that the paper records.
        format: `pdf`, or `docx` for a copy to work on, which is always made afresh.

    Raises:
        NotVisible: an unknown kind, or a row the actor does not see.
        Forbidden: this kind is not for the actor's role.
        WrongStep: there is nothing to put on paper yet.
        Invalid: an unknown format.
    """
    if format not in FORMATS:
        raise Invalid.of("format", "文书只有 PDF 和 Word 两种格式，请重新选择。")
    if kind == CERTIFICATES:
        key = _archive_key(actor, public_id)
        params: dict[str, object] = {"public_id": public_id}
        is_draft = False
    else:
        prepared = prepare(actor=actor, clock=clock, kind=kind, public_id=public_id, draft=draft)
        if prepared.ready and format == PORTABLE:
            return Requested(document=prepared.stored)
        is_draft = not prepared.built.final
        key = f"{job_kind(kind)}:{public_id}:{prepared.fingerprint[:32]}:{'draft' if is_draft else 'final'}"
        params = {
            "public_id": public_id,
            "draft": is_draft and not prepared.built.blank,
            "title": prepared.built.paper.title,
        }
        if format == WORD:
            key, params = f"{key}:{WORD}", {**params, "format": WORD}
    # A final paper that is not stored although its job is done has lost its file: it is made again.
    reuse = is_draft or kind == CERTIFICATES or format == WORD
    return Requested(job=_start(actor=actor, clock=clock, kind=kind, key=key, params=params, reuse=reuse))


def _archive_key(actor: Actor, public_id: str) -> str:
    """Return the key of the archive: another one when anything in the register has changed."""
    if actor.role is not Role.MUNICIPAL:
        raise Forbidden(f"{CERTIFICATES_LABEL}不向{ROLE_LABELS[actor.role]}提供。")
    publicity.recognition_file(actor=actor, public_id=public_id)
    return f"{job_kind(CERTIFICATES)}:{public_id}:{titles.register_stamp().etag}"


def _start(*, actor: Actor, clock: Clock, kind: str, key: str, params: dict[str, object], reuse: bool) -> str:
    """Start the job, or return the one that is waiting or running (done, too, where its result is what is wanted).

    A job that failed, was cancelled or has lost its file is followed by another one whose key comes from it, so that
    two clicks still start one.
    """
    enter(actor)
    key = f"{key}:{actor.user_id or actor.role.value}"
    for _ in range(_MOST_ATTEMPTS):
        public_id = job_services.start_job(
            actor=actor, clock=clock, kind=job_kind(kind), params=params, key=key[:200]
        )
        row = jobs.job(actor=actor, public_id=public_id)
        if row.is_open or (reuse and row.state == DONE and row.has_file):
            return public_id
        key = f"{job_kind(kind)}:after:{public_id}"
    return public_id

"""Making and keeping papers: the same content is stored once, other content is the next version."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

from django.db import transaction
from django.db.models import Max

from apps.audit.services import record
from apps.core.actor import Actor
from apps.core.errors import Conflict, DomainError
from apps.core.models import new_public_id
from apps.core.moment import Clock
from apps.core.scoping import enter
from apps.documents import storage
from apps.documents.forms import Built, build
from apps.documents.kinds import KINDS, label_for
from apps.documents.models import StoredDocument
from apps.documents.rendering.engine import RenderedPdf, Renderer
from apps.documents.rendering.paper import render_paper
from apps.documents.rendering.papers import fingerprint
from apps.documents.sealing import sealed
from apps.documents.word.filling import fill_paper

_TRIES = 5
_LONGEST_TITLE = 200


class DocumentDamaged(DomainError):
    """The stored file is missing or changed, and cannot be made again byte for byte."""

    status = 500


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is to be put on paper: the content, its fingerprint, and the stored paper of the same content, if any."""

    built: Built
    fingerprint: str
    stored: str
    intact: bool

    @property
    def ready(self) -> bool:
        """Whether there is nothing left to make."""
        return bool(self.stored) and self.intact


@dataclass(frozen=True, slots=True)
class Made:
    """A paper that is there: the row's public id, the bytes, and how the file is called."""

    public_id: str
    content: bytes
    name: str


def file_name(title: str, suffix: str = "pdf") -> str:
    """Return the name of a paper's file: its title without what file systems refuse."""
    kept = "".join(
        character for character in title if character not in '\\/:*?"<>|' and character.isprintable()
    )
    return f"{kept[:120]}.{suffix}"


@transaction.atomic
def prepare(*, actor: Actor, clock: Clock, kind: str, public_id: str, draft: bool = False) -> Prepared:
    """Build a paper as *actor* and look whether it is stored; changes nothing.

    Raises:
        NotVisible, Forbidden, WrongStep: see `forms.build`.
    """
    enter(actor)
    built = build(actor=actor, kind=kind, public_id=public_id, on=clock.now().on)
    digest = fingerprint(built.paper)
    if draft or not built.final:
        marked = replace(built.paper, draft=draft or not built.blank)
        return Prepared(replace(built, paper=marked, final=False), digest, "", False)
    rows = StoredDocument.objects.visible_to(actor).filter(kind=kind, subject_id=built.subject_id)
    # Settled papers are what was made first: a name that changes later makes no second decision.
    row = (rows if KINDS[kind].settled else rows.filter(fingerprint=digest)).order_by("-version").first()
    if row is None:
        return Prepared(built, digest, "", False)
    return Prepared(built, digest, row.public_id, storage.intact(row.stored_name, row.sha256))


def make(
    *, actor: Actor, clock: Clock, kind: str, prepared: Prepared, renderer: Renderer | None = None
) -> Made:
    """Render a paper outside any transaction and store it; a draft is only rendered.

    Raises:
        RenderingError: the paper could not be made; the message says why, and what to install where that is it.
        DocumentDamaged: a stored file is lost and the paper has other bytes by now.
    """
    name = name_of(prepared)
    if prepared.ready:
        return Made(prepared.stored, _content(actor, prepared.stored), name)
    pdf = render_paper(prepared.built.paper, renderer=renderer)
    if not prepared.built.final:
        return Made("", pdf.content, name)
    signed = sealed(
        pdf.content, signer=prepared.built.paper.issuer, reason=label_for(kind, prepared.built.paper.title)
    )
    pdf = replace(pdf, content=signed, sha256=hashlib.sha256(signed).hexdigest())
    stored_name = storage.keep(pdf.content)
    if prepared.stored:
        _require_restored(actor, prepared.stored)
        return Made(prepared.stored, pdf.content, name)
    public_id = _store(
        actor=actor, clock=clock, kind=kind, prepared=prepared, pdf=pdf, stored_name=stored_name
    )
    return Made(public_id, pdf.content, name)


def name_of(prepared: Prepared, suffix: str = "pdf") -> str:
    """Return how the file of a paper is called; drafts say so."""
    name = file_name(prepared.built.paper.title, suffix)
    return f"草稿-{name}" if prepared.built.paper.draft else name


def make_word(prepared: Prepared) -> Made:
    """Return the paper as a Word file to work on; it is never stored: what was issued is the PDF.

    Raises:
        RenderingError: the file could not be made, or the bureau's own template has a fault.
    """
    return Made("", fill_paper(prepared.built.paper).content, name_of(prepared, "docx"))


@transaction.atomic
def _content(actor: Actor, public_id: str) -> bytes:
    enter(actor)
    row = StoredDocument.objects.visible_to(actor).get(public_id=public_id)
    return storage.full_path(row.stored_name).read_bytes()


@transaction.atomic
def _require_restored(actor: Actor, public_id: str) -> None:
    """Writing the same bytes again has brought a lost file back; other bytes have not."""
    enter(actor)
    row = StoredDocument.objects.visible_to(actor).get(public_id=public_id)
    if not storage.intact(row.stored_name, row.sha256):
        raise DocumentDamaged("文书文件缺失或已损坏，无法原样恢复，请联系系统管理员从备份恢复。")


@transaction.atomic
def _store(
    *, actor: Actor, clock: Clock, kind: str, prepared: Prepared, pdf: RenderedPdf, stored_name: str
) -> str:
    """Insert the row, or find the one a rival has inserted meanwhile; return its public id."""
    enter(actor)
    built = prepared.built
    for _ in range(_TRIES):
        rows = StoredDocument.objects.visible_to(actor).filter(kind=kind, subject_id=built.subject_id)
        same = rows.filter(fingerprint=prepared.fingerprint).first()
        if same is not None:
            return str(same.public_id)
        moment = clock.now()
        row = StoredDocument(
            public_id=new_public_id(),
            kind=kind,
            subject_type=built.subject_type,
            subject_id=built.subject_id,
            title=built.paper.title[:_LONGEST_TITLE],
            number=built.number,
            fingerprint=prepared.fingerprint,
            sha256=pdf.sha256,
            size=len(pdf.content),
            pages=pdf.pages,
            stored_name=stored_name,
            version=(rows.aggregate(last=Max("version"))["last"] or 0) + 1,
            made_at=moment.at,
            made_by_id=actor.user_id,
            enterprise_id=built.enterprise,
            district_id=built.district,
            public=built.public,
        )
        # Waits for a rival with the same content or version to commit, then does nothing.
        StoredDocument.objects.bulk_create([row], ignore_conflicts=True)
        created = StoredDocument.objects.visible_to(actor).filter(public_id=row.public_id).first()
        if created is None:
            continue
        record(
            actor=actor,
            event="document.make",
            subject=created,
            moment=moment,
            after={
                "kind": kind,
                "version": created.version,
                "fingerprint": created.fingerprint,
                "sha256": created.sha256,
            },
        )
        return str(created.public_id)
    raise Conflict("同一文书正在由多人同时生成，请稍后重试。")

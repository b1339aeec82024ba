"""Looking at a file page by page: the same door as the download, each page with the viewer's name across it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import structlog
from django.db import IntegrityError, transaction

from apps.audit import services as audit
from apps.core.actor import Actor, Role
from apps.core.errors import NotVisible
from apps.core.moment import SHANGHAI, Clock, Moment
from apps.core.scoping import enter
from apps.evidence import storage
from apps.evidence.models import BureauFile, EvidenceFile, EvidenceReading
from apps.evidence.rendering import cache, office
from apps.evidence.rendering.drawing import SIZES, THUMB, PageBroken, Source, page_image
from apps.evidence.rendering.watermark import marked
from apps.evidence.selectors.files import FileRow, file_of, is_office
from apps.evidence.services.clearance import require_cleared
from apps.evidence.services.records import FileDamaged
from apps.jobs import services as jobs

_log = structlog.get_logger(__name__)
CONVERT: str = "evidence-convert"
#: Who reads as an official: their reading is on record.
OFFICIALS = frozenset({Role.DISTRICT, Role.MUNICIPAL, Role.EXPERT, Role.AUDITOR})


@dataclass(frozen=True, slots=True)
class Viewing:
    """What the viewer shows of a file: `pages` to leaf through (0: none), or `message` why there are none.

    `job`: public id of the conversion under way, "" otherwise.
    """

    file: FileRow
    pages: int
    message: str = ""
    job: str = ""


@transaction.atomic
def view_file(*, actor: Actor, clock: Clock, public_id: str) -> Viewing:
    """Return how a file can be looked at; the conversion of an Office file is started when a server can do it.

    Raises:
        NotVisible: no such file for this actor.
    """
    row = _file(actor, public_id)
    shown = file_of(row)
    if shown.withheld:
        return Viewing(shown, 0, shown.withheld)
    if not is_office(row.kind):
        return Viewing(shown, row.pages or 1)
    done = office.converted(row.digest)
    if done is not None:
        return Viewing(shown, done[1])
    if not office.converter():
        return Viewing(shown, 0, f"{shown.kind_label} 文件不能在页面内预览，请下载原件查看。")
    if cache.has_failed(office.mark_of(row.digest)):
        return Viewing(
            shown, 0, "文件未能转换为页面，请下载原件查看；打不开原件的，请企业另存为 PDF 后上传。"
        )
    key = f"{CONVERT}:{row.digest}:{actor.account}:{clock.now().at:%Y%m%d%H%M}"
    job = jobs.start_job(actor=actor, clock=clock, kind=CONVERT, params={"file": public_id}, key=key)
    return Viewing(shown, 0, "正在生成页面，大文件需要一两分钟，可先下载原件查看。", job)


@transaction.atomic
def open_page(
    *, actor: Actor, clock: Clock, public_id: str, number: int, size: str = "m", organisation: str = ""
) -> bytes:
    """Return one page as JPEG with the viewer's watermark; reading by officials is recorded once a day (R18).

    Args:
        actor: the viewer; whether the file may be seen is asked again for every page.
        clock: the time printed across the page.
        public_id: of the file.
        number: page from 1.
        size: thumb, s, m or l (160, 800, 1240, 1860 pixels wide).
        organisation: of the viewer, printed across the page.

    Raises:
        NotVisible: no such file, page or size for this actor.
        NotCleared: the virus scanner has not let it pass.
        FileDamaged: the bytes are missing or not those that were uploaded.
        PageBusy, PageBroken: the page cannot be drawn now, or at all.
    """
    row = _file(actor, public_id)
    require_cleared(row)
    if size not in SIZES or number < 1:
        raise NotVisible("没有这一页。")
    source = _source(row, number, size)
    if number > source.pages:
        raise NotVisible(f"没有这一页，该文件共 {source.pages} 页。")
    moment = clock.now()
    path = page_image(source, number, size)
    if actor.role in OFFICIALS:
        _note_reading(actor, row, moment)
    if size == THUMB:
        return path.read_bytes()  # too small to be read, so to be copied
    return marked(path, watermark_text(actor, organisation, moment))


def watermark_text(actor: Actor, organisation: str, moment: Moment) -> str:
    """Return what is printed across the pages: who, of which organisation, when, what for."""
    use = "仅供本企业查阅" if actor.role is Role.ENTERPRISE else "仅供评审"
    parts = (actor.name, organisation, f"{moment.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}", use)
    return " ".join(part for part in parts if part)


def convert_file(*, actor: Actor, public_id: str) -> None:
    """Make the pages of an Office file; the work of the job `CONVERT`, outside any transaction.

    Raises:
        NotVisible, NotCleared, FileDamaged: as for `open_page`.
        NotConverted: the converter made nothing of it.
    """
    with transaction.atomic():
        enter(actor)
        row = _file(actor, public_id)
        require_cleared(row)
    path = intact(row)
    office.convert(path, kind=row.kind, digest=row.digest)


def intact(row: EvidenceFile | BureauFile) -> Path:
    """Return the path of the stored bytes after comparing them with the digest of the upload.

    Raises:
        FileDamaged: they are missing or changed.
    """
    path = storage.full_path(row.stored_name)
    if not path.is_file() or storage.digest_of(path) != row.digest:
        _log.error("evidence.damaged", file=row.public_id)
        raise FileDamaged("文件校验未通过，无法打开，请联系系统管理员。")
    return path


def _source(row: EvidenceFile, number: int, size: str) -> Source:
    """Return the file to draw from; a page that was drawn before needs no look at the original."""
    if is_office(row.kind):
        done = office.converted(row.digest)
        if done is None:
            raise PageBroken("页面尚未生成，请返回文件页面等待转换完成，或下载原件查看。")
        return Source(done[0], "pdf", row.digest, done[1])
    pages = row.pages or 1
    drawn = cache.found(cache.page_path(row.digest, size, number))
    path = storage.full_path(row.stored_name) if drawn else intact(row)
    return Source(path, row.kind, row.digest, pages)


def _note_reading(actor: Actor, row: EvidenceFile, moment: Moment) -> None:
    """Record the first page a person sees of a file on a day."""
    on: date = moment.on
    if EvidenceReading.objects.filter(file=row, user_id=actor.account, on=on).exists():
        return
    try:
        with transaction.atomic():
            EvidenceReading.objects.create(file=row, user_id=actor.account, on=on)
    except IntegrityError:
        return  # the next page, asked for at the same time, has recorded it
    audit.record(
        actor=actor,
        event="evidence.view",
        subject=row,
        moment=moment,
        after={"name": row.display_name, "digest": row.digest},
    )


def _file(actor: Actor, public_id: str) -> EvidenceFile:
    row: EvidenceFile | None = EvidenceFile.objects.visible_to(actor).filter(public_id=public_id).first()
    if row is None:
        raise NotVisible
    return row

"""Invariants of publicity, for `manage.py verify` (run as the system)."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import F

from apps.applications import selectors as applications
from apps.applications.selectors import ApplicationRow
from apps.core.actor import Actor
from apps.evidence.services import damage_of
from apps.numbering import selectors as numbering
from apps.numbering.kinds import OBJECTION
from apps.publicity import states
from apps.publicity.models import (
    CreditStatementFile,
    Notice,
    NoticeEntry,
    Objection,
    ObjectionPaper,
    Recognition,
    RecognitionEntry,
)
from apps.publicity.services.notices import notice_digest
from apps.titles import selectors as titles

#: Where a case is while its entry stands on a published notice.
_STANDING_CASES = {"on_notice", "objection"}
_PAGE = 200
_ELAPSED_CASES = {"confirmable", "awarded", "refused"}


def problems() -> Iterator[str]:
    """Yield a Chinese sentence for every broken invariant."""
    yield from _notices()
    yield from _entries()
    yield from _objections()
    yield from _papers()
    yield from _statement_files()
    yield from _awards()


def _papers() -> Iterator[str]:
    """The letters that came with objections: each is there, and is the one that came."""
    for row in ObjectionPaper.objects.select_related("objection").order_by("pk").iterator(chunk_size=500):
        damage = damage_of(stored_name=row.stored_name, size=row.size, digest=row.digest)
        if damage:
            # By number and place: the name of the file may be a person's.
            yield f"异议{row.objection.receipt_no}的第 {row.position} 份材料{damage}。"


def _statement_files() -> Iterator[str]:
    """The papers enterprises put with their explanations of credit results: each is there and whole."""
    rows = CreditStatementFile.objects.select_related("inquiry__application").order_by("pk")
    for row in rows.iterator(chunk_size=500):
        damage = damage_of(stored_name=row.stored_name, size=row.size, digest=row.digest)
        if damage:
            yield f"申报{row.inquiry.application.number}征信说明的第 {row.position} 份附件{damage}。"


def _notices() -> Iterator[str]:
    for row in Notice.objects.filter(state__in=states.PUBLIC_NOTICES).order_by("pk"):
        if row.digest != notice_digest(row):
            yield f"公示「{row.title}」的内容与发布时的摘要不一致。"
        people = [row.drafted_by_id, row.reviewed_by_id, row.approved_by_id]
        if None in people or len(set(people)) != len(people):
            yield f"公示「{row.title}」的拟稿、审核、签批不是三个人。"


def _entries() -> Iterator[str]:
    published = NoticeEntry.objects.filter(notice__state__in=states.PUBLIC_NOTICES)
    for entry in published.exclude(state=states.WITHDRAWN).select_related("application").order_by("pk"):
        allowed = _STANDING_CASES if entry.state == states.STANDING else _ELAPSED_CASES
        if entry.application.state not in allowed:
            yield f"{entry.enterprise_name}的公示条目与申报状态不一致。"
    listed = set(published.filter(state=states.STANDING).values_list("application_id", flat=True))
    for case in _cases("on_notice"):
        if case.id not in listed:
            yield f"申报{case.number}的状态为「公示中」，但没有公示条目。"


def _objections() -> Iterator[str]:
    ended = Objection.objects.filter(state__in=[states.UPHELD, states.DISMISSED, states.CORRECTED])
    for row in ended.filter(concluded_by=F("handled_by")).order_by("pk"):
        yield f"异议{row.receipt_no}的受理和办结是同一人。"
    for row in ended.filter(concluded_by=None).order_by("pk"):
        yield f"异议{row.receipt_no}已办结，但没有办结人。"
    # an open objection keeps its case from being awarded
    awarded = Objection.objects.filter(state__in=states.OPEN_OBJECTIONS, application__state="awarded")
    for row in awarded.order_by("pk"):
        yield f"异议{row.receipt_no}尚未办结，企业却已评定。"
    borne = Objection.objects.values_list("receipt_no", flat=True)
    yield from numbering.astray(kind=OBJECTION, borne=list(borne))


def _awards() -> Iterator[str]:
    for recognition in Recognition.objects.filter(state=states.SIGNED).order_by("pk"):
        if recognition.signed_by_id == recognition.proposed_by_id:
            yield f"评定{recognition.document_no}由提出人自己签发。"
    entries = RecognitionEntry.objects.filter(recognition__state=states.SIGNED).select_related("application")
    signed = {entry.application_id: entry for entry in entries}
    for entry in signed.values():
        found = titles.verify(certificate_no=entry.certificate_no) if entry.certificate_no else None
        if found is None or found.status == "none":
            yield f"申报{entry.application.number}已签发评定，但名录中没有相应的证书。"
        if entry.application.state != "awarded":
            yield f"申报{entry.application.number}已签发评定，但状态不是已评定。"
    for case in _cases("awarded"):
        if case.id not in signed:
            yield f"申报{case.number}已评定，但没有签发的评定名单。"


def _cases(state: str) -> Iterator[ApplicationRow]:
    """Yield every case in a state, page by page."""
    page = pages = 1
    while page <= pages:
        found = applications.applications_page(
            actor=Actor.system(), state=state, sort="oldest", page=page, per_page=_PAGE
        )
        yield from found.rows
        page, pages = page + 1, found.pages

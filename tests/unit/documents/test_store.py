"""Papers are made by jobs, stored once, read by those they are meant for, and handed out only when intact."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import timedelta
from typing import Any

import openpyxl
import pypdfium2
import pytest
from django.db import Error as DatabaseFault
from django.db import transaction

from apps.audit.models import AuditEvent
from apps.core.actor import Actor
from apps.core.errors import Forbidden, NotVisible
from apps.documents import kinds, selectors, services, storage, verification
from apps.documents.models import StoredDocument
from apps.documents.rendering.errors import MissingGlyph, RendererUnavailable
from apps.documents.services import backlog, storing
from apps.jobs import selectors as jobs
from apps.jobs import services as job_services
from apps.jobs.selectors import JobRow
from apps.publicity import selectors as publicity
from apps.review import selectors as review
from apps.titles import selectors as titles
from apps.titles import services as title_services
from tests.unit.documents.conftest import AUDITOR, City


def ask(city: City, actor: Actor, kind: str, public_id: str, *, draft: bool = False) -> services.Requested:
    return services.request_document(
        actor=city.be(actor), clock=city.clock, kind=kind, public_id=public_id, draft=draft
    )


def run(city: City, actor: Actor, job: str) -> JobRow:
    assert job_services.run_job(clock=city.clock, public_id=job, keep_lease=False)
    return jobs.job(actor=city.be(actor), public_id=job)


def made(city: City, actor: Actor, kind: str, public_id: str) -> str:
    """Ask, let the worker work, and return the stored paper."""
    row = run(city, actor, ask(city, actor, kind, public_id).job)
    assert row.state == "done", row.error
    return str(row.result["document"])


def text_of(content: bytes) -> str:
    document = pypdfium2.PdfDocument(content)
    try:
        return "".join(page.get_textpage().get_text_bounded() for page in document)
    finally:
        document.close()


def title_of(city: City, life: str, level: int = 3) -> titles.TitleRow:
    return next(row for row in titles.titles_of(actor=city.enterprise(life)) if row.level == level)


def recognition(city: City) -> str:
    return publicity.recognitions(actor=city.handler, state="signed")[0].public_id


def test_certificate_from_request_to_download(city: City) -> None:
    title = title_of(city, "rectifying")
    actor = city.enterprise("rectifying")
    asked = ask(city, actor, kinds.CERTIFICATE, title.public_id)
    assert asked.document == ""
    assert ask(city, actor, kinds.CERTIFICATE, title.public_id) == asked
    row = run(city, actor, asked.job)
    assert (row.state, row.done, row.total) == ("done", 2, 2), row.error
    assert row.result_name.endswith(".pdf")
    found = services.open_document(actor=city.be(actor), clock=city.clock, public_id=row.result["document"])
    content = found.path.read_bytes()
    assert content == jobs.result_file(actor=actor, public_id=asked.job).path.read_bytes()
    text = text_of(content)
    assert title.enterprise_name in text
    assert str(title.certificate_no) in text
    for reader in (actor, city.bureau("rectifying"), city.handler):
        assert ask(city, reader, kinds.CERTIFICATE, title.public_id).document == row.result["document"]
    city.be(Actor.system())
    assert StoredDocument.objects.count() == 1
    assert AuditEvent.objects.filter(event="document.make").count() == 1


def test_two_who_make_the_same_paper_store_it_once(city: City) -> None:
    title = title_of(city, "rectifying")
    first = ask(city, city.enterprise("rectifying"), kinds.CERTIFICATE, title.public_id).job
    second = ask(city, city.handler, kinds.CERTIFICATE, title.public_id).job
    assert first != second
    one = run(city, city.enterprise("rectifying"), first).result["document"]
    assert run(city, city.handler, second).result["document"] == one


def test_another_name_gives_the_next_version(city: City) -> None:
    title = title_of(city, "rectifying")
    first = made(city, city.handler, kinds.CERTIFICATE, title.public_id)
    listed = made(city, city.handler, kinds.RECOGNITION, recognition(city))
    handler = city.bureau("rectifying")
    title_services.rename_titles(
        actor=handler,
        moment=city.clock.now(),
        enterprise_id=title.enterprise_id,
        new_name="昆山新名称材料有限公司",
        note="更名",
    )
    second = made(city, city.handler, kinds.CERTIFICATE, title.public_id)
    assert first != second
    rows = selectors.documents_of(actor=city.handler, public_id=title.public_id)
    assert [row.version for row in rows] == [2, 1]
    assert [row.public_id for row in rows] == [second, first]
    # The signed decision is settled: it names the enterprise as it was named then.
    assert ask(city, city.handler, kinds.RECOGNITION, recognition(city)).document == listed


def test_draft_belongs_to_who_asked_and_is_not_stored(city: City) -> None:
    case = city.case("draft")
    actor = city.enterprise("draft")
    row = run(city, actor, ask(city, actor, kinds.REPORT, case.public_id).job)
    assert row.state == "done", row.error
    assert row.result["document"] == ""
    assert row.result_name.startswith("草稿-")
    content = jobs.result_file(actor=actor, public_id=row.public_id).path.read_bytes()
    assert text_of(content).replace(" ", "").startswith("草稿")
    city.be(Actor.system())
    assert not StoredDocument.objects.exists()


def test_without_the_renderer_the_job_names_what_to_install(city: City, monkeypatch: Any) -> None:
    def unavailable(*_: object, **__: object) -> None:
        raise RendererUnavailable

    title = title_of(city, "rectifying")
    actor = city.enterprise("rectifying")
    asked = ask(city, actor, kinds.CERTIFICATE, title.public_id)
    with monkeypatch.context() as patch:
        patch.setattr(storing, "render_paper", unavailable)
        row = run(city, actor, asked.job)
    assert row.state == "failed"
    assert "libpango-1.0-0" in row.error
    assert "打印" in row.error
    again = ask(city, actor, kinds.CERTIFICATE, title.public_id)
    assert again.job not in {"", asked.job}
    assert ask(city, actor, kinds.CERTIFICATE, title.public_id) == again
    assert run(city, actor, again.job).state == "done"


def test_lost_file_is_noticed_and_made_again_byte_for_byte(city: City) -> None:
    title = title_of(city, "rectifying")
    document = made(city, city.handler, kinds.CERTIFICATE, title.public_id)
    found = services.open_document(actor=city.handler, clock=city.clock, public_id=document)
    city.be(Actor.system())
    assert list(verification.problems()) == []
    found.path.write_bytes(b"%PDF-1.7 something else")
    assert len(list(verification.problems())) == 1
    with pytest.raises(services.DocumentDamaged):
        services.open_document(actor=city.handler, clock=city.clock, public_id=document)
    assert made(city, city.handler, kinds.CERTIFICATE, title.public_id) == document
    services.open_document(actor=city.handler, clock=city.clock, public_id=document)


def test_who_may_read_is_decided_twice(city: City) -> None:
    title = title_of(city, "rectifying").public_id
    certificate = made(city, city.handler, kinds.CERTIFICATE, title)
    notice = publicity.notices_page(actor=city.handler).rows[0].public_id
    published = made(city, city.handler, kinds.NOTICE, notice)
    case = city.case("confirmable", level=3).public_id
    sheet = made(city, city.bureau("confirmable"), kinds.SCORE_SHEET, case)
    opinion = made(city, city.handler, kinds.PANEL_OPINION, case)
    everything = {certificate, published, sheet, opinion}
    for reader, seen in (
        (city.enterprise("rectifying"), {certificate, published}),
        (city.enterprise("confirmable"), {published}),
        (city.bureau("rectifying"), {certificate, published}),
        (city.bureau("confirmable"), {sheet, published}),
        (Actor.public(), {published}),
        (city.handler, everything),
        (AUDITOR, everything),
    ):
        city.be(reader)
        rows = {row.public_id for row in StoredDocument.objects.visible_to(reader)}
        assert rows == seen, reader.label
        # the second wall, without the first
        assert {row.public_id for row in StoredDocument.objects.all()} == seen, reader.label
        for document in everything - seen:
            with pytest.raises(NotVisible):
                services.open_document(actor=reader, clock=city.clock, public_id=document)


def test_reading_by_officials_is_recorded(city: City) -> None:
    title = title_of(city, "rectifying").public_id
    document = made(city, city.handler, kinds.CERTIFICATE, title)
    for reader in (city.enterprise("rectifying"), city.handler):
        services.open_document(actor=city.be(reader), clock=city.clock, public_id=document)
    city.be(Actor.system())
    reads = AuditEvent.objects.filter(event="document.read")
    assert [row.actor_role for row in reads] == ["municipal"]


def test_stored_papers_never_change(city: City) -> None:
    document = made(city, city.handler, kinds.CERTIFICATE, title_of(city, "rectifying").public_id)
    city.be(Actor.system())
    rows = StoredDocument.objects.filter(public_id=document)
    for act in (lambda: rows.update(public=True), rows.delete):
        with pytest.raises(DatabaseFault), transaction.atomic():
            act()


def test_archive_of_all_certificates(city: City) -> None:
    listed = recognition(city)
    asked = ask(city, city.handler, kinds.CERTIFICATES, listed)
    row = run(city, city.handler, asked.job)
    assert row.state == "done", row.error
    with zipfile.ZipFile(jobs.result_file(actor=city.handler, public_id=asked.job).path) as archive:
        names = archive.namelist()
        standing = title_of(city, "rectifying")
        # The other title of this recognition was cancelled: it has no certificate any more.
        assert names == [f"{standing.certificate_no} {standing.enterprise_name}.pdf"]
        assert standing.enterprise_name in text_of(archive.read(names[0]))
    assert selectors.documents_of(actor=city.handler, public_id=standing.public_id)
    with pytest.raises(Forbidden):
        ask(city, city.enterprise("rectifying"), kinds.CERTIFICATES, listed)


def test_expected_papers_are_made_without_asking(city: City, monkeypatch: Any) -> None:
    monkeypatch.setattr(backlog, "LATELY", timedelta(days=40))
    city.be(Actor.system())
    wanted = backlog._missing(city.clock.now())
    assert {kind for kind, _ in wanted} >= {kinds.NOTICE, kinds.RECEIPT}
    number = services.render_missing(clock=city.clock, limit=3)
    assert number == 3
    city.be(Actor.system())
    left = backlog._missing(city.clock.now())
    assert set(left) < set(wanted)
    assert len(left) == len(wanted) - 3
    # Notices come first: everybody waits for them.
    assert not [kind for kind, _ in left if kind == kinds.NOTICE]
    for row in publicity.notices_page(actor=city.public()).rows[:2]:
        (paper,) = selectors.documents_of(actor=city.public(), public_id=row.public_id)
        content = services.open_document(actor=city.public(), clock=city.clock, public_id=paper.public_id)
        assert row.title in text_of(content.path.read_bytes()).replace("\r\n", "")


def test_what_cannot_be_made_holds_up_nothing(city: City, monkeypatch: Any) -> None:
    monkeypatch.setattr(backlog, "LATELY", timedelta(days=40))
    tried: list[str] = []

    def refusing(*, kind: str, prepared: Any, **_: Any) -> None:
        tried.append(prepared.built.subject_id)
        if kind == kinds.NOTICE:
            raise MissingGlyph("龘")

    monkeypatch.setattr(backlog, "make", refusing)
    city.be(Actor.system())
    notices = [row for row in backlog._missing(city.clock.now()) if row[0] == kinds.NOTICE]
    services.render_missing(clock=city.clock, limit=1)
    assert len(tried) == len(notices) + 1
    tried.clear()
    services.render_missing(clock=city.clock, limit=1)
    assert len(tried) == 1


def test_run_ends_when_the_renderer_is_missing(city: City, monkeypatch: Any) -> None:
    monkeypatch.setattr(backlog, "LATELY", timedelta(days=40))
    calls: list[str] = []

    def unavailable(*, kind: str, **_: Any) -> None:
        calls.append(kind)
        raise RendererUnavailable

    monkeypatch.setattr(backlog, "make", unavailable)
    assert services.render_missing(clock=city.clock) == 0
    assert len(calls) == 1


def book(city: City, actor: Actor, kind: str, public_id: str, **filters: str) -> list[list[Any]]:
    found = services.workbook(
        actor=city.be(actor), clock=city.clock, kind=kind, public_id=public_id, filters=filters
    )
    assert found.name.endswith(".xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(found.content)).active
    assert sheet is not None
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def test_filing_as_a_spreadsheet(city: City) -> None:
    bureau = city.bureau("confirmable")
    filing = review.filings(actor=bureau)[0].public_id
    rows = book(city, bureau, "filing", filing)
    case = city.case("confirmable", level=2)
    line = next(row for row in rows if case.uscc in row)
    assert float(case.prelim_total or 0) in line
    with pytest.raises(NotVisible):
        book(city, city.other_bureau("confirmable"), "filing", filing)


def test_board_as_a_spreadsheet(city: City) -> None:
    case = city.case("confirmable", level=3)
    rows = book(city, city.handler, "board", case.round_public_id)
    line = next(row for row in rows if case.uscc in row)
    assert line[7:10] == [
        float(case.self_total or 0),
        float(case.prelim_total or 0),
        float(case.panel_total or 0),
    ]
    assert "正常" in line
    with pytest.raises(Forbidden):
        book(city, city.bureau("confirmable"), "board", case.round_public_id)


def test_directory_as_a_spreadsheet_is_everybodys(city: City) -> None:
    rows = book(city, city.public(), "directory", "all")
    listed = [row[2] for row in rows if isinstance(row[0], int)]
    assert city.companies["rectifying"].uscc in listed
    assert city.companies["cancelled"].uscc not in listed
    rows = book(city, city.public(), "directory", "all", level="2")
    assert {row[5] for row in rows if isinstance(row[0], int)} == {"2A"}
    with pytest.raises(NotVisible):
        book(city, city.public(), "directory", "some")


def test_published_list_as_a_spreadsheet(city: City) -> None:
    notice = publicity.notices_page(actor=city.public()).rows[0].public_id
    file = publicity.notice_file(actor=city.public(), public_id=notice)
    rows = book(city, city.public(), "notice", notice)
    assert [row[2] for row in rows if isinstance(row[0], int)] == [entry.uscc for entry in file.entries]


def test_kinds_an_enterprise_may_ask_for(city: City) -> None:
    codes = {row.code for row in selectors.kinds_for(actor=city.enterprise("draft"))}
    assert codes == {
        "application_form",
        "cancellation",
        "certificate",
        "district_award",
        "receipt",
        "rectification",
        "rectification_report",
        "report",
        "supplement",
        "third_party_report",
        "waiver",
        "yearly_table",
    }


def test_storage_is_repeatable(city: City) -> None:
    del city
    first = storage.keep(b"paper")
    assert storage.keep(b"paper") == first
    kept = storage.full_path(first)
    assert kept.read_bytes() == b"paper"
    # Another test's paper may share the folder (two hex digits), so only what is not a digest's file is a rest.
    rests = [path.name for path in kept.parent.iterdir() if not re.fullmatch(r"[0-9a-f]{64}", path.name)]
    assert rests == []

"""Every download a case page offers, over HTTP: PDF, Word and Excel for one's own, 404 for others', 403 for strangers."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import docx
import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from apps.accounts import selectors as accounts
from apps.core.actor import Actor
from apps.documents import forms, kinds
from apps.jobs import services as jobs
from apps.monitoring import selectors as monitoring
from apps.publicity import selectors as publicity
from apps.review import selectors as review
from apps.titles import selectors as titles
from apps.titles import services as title_services
from apps.titles.services import ListData, ListRow
from tests.unit.documents.conftest import City
from tests.unit.documents.test_pages import press, signed_in

Who = Callable[[City], Actor]


def bureau(life: str) -> Who:
    return lambda city: city.bureau(life)


def other_bureau(life: str) -> Who:
    return lambda city: city.other_bureau(life)


def enterprise(life: str) -> Who:
    return lambda city: city.enterprise(life)


def handler(city: City) -> Actor:
    return city.handler


def nobody(city: City) -> None:
    return None


def listed(city: City) -> str:
    data = ListData(
        kind="provincial",
        title="省级绿色工厂名单",
        document_no="苏工信节能〔2026〕12号",
        published_on=city.clock.now().on,
        rows=[ListRow(action="add", name="苏州示例有限公司", uscc="")],
    )
    title_services.import_external_list(actor=city.handler, clock=city.clock, data=data)
    return titles.external_lists(actor=city.handler)[0].public_id


def held(city: City) -> str:
    actor = city.enterprise("rectifying")
    return next(row.public_id for row in titles.titles_of(actor=actor) if row.level == 3)


def case(life: str, level: int | None = None) -> Callable[[City], str]:
    return lambda city: city.case(life, level).public_id


def task(city: City) -> str:
    public_id = city.case("objection", 3).public_id
    return review.panel_of(actor=city.handler, public_id=public_id).members[0].public_id


def recheck(city: City) -> str:
    rows = monitoring.rechecks(actor=city.bureau("rectifying"))
    return next(row.public_id for row in rows if row.visited_on is not None)


def rectification(city: City) -> str:
    return monitoring.rectifications(actor=city.enterprise("rectifying"))[0].public_id


def cancelled(city: City) -> str:
    return monitoring.cancellations(actor=city.handler)[0].public_id


def recognition(city: City) -> str:
    return publicity.recognitions(actor=city.handler)[0].public_id


def objection(city: City) -> str:
    return publicity.objections(actor=city.handler)[0].public_id


#: kind → whose row, who has it, who must not know of it (None: nobody of that audience), who may not ask at all.
PAPERS: dict[str, tuple[Callable[[City], str], Who, Who | None, Who]] = {
    kinds.APPLICATION_FORM: (case("submitted"), enterprise("submitted"), enterprise("draft"), nobody),
    kinds.FORM_CHECK: (case("objection", 3), bureau("objection"), other_bureau("objection"), enterprise("objection")),
    kinds.SCORE_SHEET: (case("objection", 3), bureau("objection"), other_bureau("objection"), enterprise("objection")),
    kinds.EXPERT_SHEET: (task, handler, None, bureau("objection")),
    kinds.RECHECK: (recheck, bureau("rectifying"), other_bureau("rectifying"), enterprise("rectifying")),
    kinds.CREDIT_RECORD: (case("objection", 3), handler, None, bureau("objection")),
    kinds.OBJECTION_RECORD: (objection, handler, None, enterprise("objection")),
    kinds.RECOGNITION: (recognition, handler, None, enterprise("cancelled")),
    kinds.DISTRICT_AWARD: (case("objection", 2), enterprise("objection"), other_bureau("objection"), nobody),
    kinds.YEARLY_TABLE: (held, enterprise("rectifying"), other_bureau("rectifying"), nobody),
    kinds.RECTIFICATION_REPORT: (rectification, bureau("rectifying"), other_bureau("rectifying"), nobody),
    kinds.EXTERNAL_LIST: (listed, handler, None, bureau("objection")),
    kinds.CANCELLATION: (cancelled, bureau("cancelled"), other_bureau("cancelled"), nobody),
}  # fmt: skip
TABLES = sorted(kind for kind in PAPERS if kinds.KINDS[kind].table)


def client_of(city: City, actor: Actor | None) -> Client:
    return Client() if actor is None else signed_in(city, actor)


def made(city: City, client: Client, answer: Any) -> bytes:
    """Let the job that an answer leads to run, and fetch its file."""
    assert answer.status_code == 302, answer.content.decode()[:2000]
    job = answer["Location"].rstrip("/").rsplit("/", 1)[1]
    assert jobs.run_job(clock=city.clock, public_id=job, keep_lease=False)
    found = client.get(reverse("job_file", args=[job]))
    assert found.status_code == 200
    assert found["Content-Disposition"].startswith("attachment")
    return b"".join(found.streaming_content)


@pytest.mark.parametrize("kind", sorted(PAPERS))
def test_pdf_and_word_for_ones_own_and_for_nobody_else(city: City, kind: str) -> None:
    subject, owner, foreigner, stranger = PAPERS[kind]
    public_id = subject(city)
    client = client_of(city, owner(city))
    word = made(city, client, press(client, kind, public_id, format="docx"))
    written = "".join(node.text or "" for node in docx.Document(io.BytesIO(word)).element.body.iter())
    paper = forms.build(
        actor=city.be(owner(city)), kind=kind, public_id=public_id, on=city.clock.now().on
    ).paper
    assert paper.title in "".join(written.split())
    assert made(city, client, press(client, kind, public_id)).startswith(b"%PDF-")
    unknown = press(client, kind, "nosuchpublicid")
    assert unknown.status_code == 404
    if foreigner is not None:
        assert press(client_of(city, foreigner(city)), kind, public_id).status_code == 404
    refused = press(client_of(city, stranger(city)), kind, public_id)
    assert refused.status_code == (403 if stranger is not nobody else 302)
    if stranger is nobody:
        assert refused["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("kind", TABLES)
def test_excel_for_ones_own_and_for_nobody_else(city: City, kind: str) -> None:
    subject, owner, foreigner, stranger = PAPERS[kind]
    public_id = subject(city)
    address = reverse("export_workbook", args=[kind, public_id])
    found = client_of(city, owner(city)).get(address)
    assert found.status_code == 200
    assert found["Content-Disposition"].startswith("attachment")
    assert found["X-Content-Type-Options"] == "nosniff"
    book = openpyxl.load_workbook(io.BytesIO(found.content))
    again = CalamineWorkbook.from_filelike(io.BytesIO(found.content))
    assert again.sheet_names == book.sheetnames
    for sheet in book:
        assert (int(sheet.page_setup.paperSize), sheet.page_setup.orientation) == (9, "landscape")
        assert sheet.print_title_rows
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    unknown = client_of(city, owner(city)).get(reverse("export_workbook", args=[kind, "nosuchpublicid"]))
    assert unknown.status_code == 404
    if foreigner is not None:
        assert client_of(city, foreigner(city)).get(address).status_code == 404
    assert client_of(city, stranger(city)).get(address).status_code == 403


def offered(client: Client, name: str, public_id: str = "") -> set[tuple[str, str]]:
    """The papers a page has a button for: (kind, subject)."""
    page = client.get(reverse(name, args=[public_id] if public_id else [])).content.decode()
    return set(
        re.findall(r'name="kind" value="(\w+)"><input type="hidden" name="public_id" value="(\w+)"', page)
    )


def test_who_may_have_a_paper_finds_its_button(city: City) -> None:
    """The pages of a title, a recheck and a cancellation, for the district, the city and the enterprise."""
    title, visited, ended = held(city), recheck(city), cancelled(city)
    row = titles.title_file(actor=city.handler, public_id=title).row
    bureau_of = city.bureau("rectifying")
    (known,) = accounts.enterprises_page(actor=bureau_of, q=row.uscc).rows
    district = signed_in(city, city.bureau("rectifying"))
    of_title = {(kinds.CERTIFICATE, title), (kinds.YEARLY_TABLE, title)}
    assert of_title <= offered(district, "district:enterprise", known.public_id)
    assert (kinds.CERTIFICATE, title) in offered(district, "district:monitoring")
    assert (kinds.RECHECK, visited) in offered(district, "district:inspection", visited)
    assert press(district, kinds.CERTIFICATE, title).status_code == 302
    foreign = signed_in(city, city.other_bureau("rectifying"))
    assert press(foreign, kinds.CERTIFICATE, title).status_code == 404
    assert foreign.get(reverse("district:enterprise", args=[known.public_id])).status_code == 404
    decision = (kinds.CANCELLATION, ended)
    assert decision in offered(signed_in(city, city.bureau("cancelled")), "district:revocation", ended)
    assert decision in offered(signed_in(city, city.handler), "municipal:revocation", ended)
    order = monitoring.rectifications(actor=city.enterprise("cancelled"))[0].public_id
    assert decision in offered(signed_in(city, city.enterprise("cancelled")), "enterprise:rectify", order)
    case_id = city.case("rectifying", 3).public_id
    found = offered(signed_in(city, city.handler), "municipal:application", case_id)
    assert {(kinds.CERTIFICATE, title), (kinds.RECEIPT, case_id)} <= found

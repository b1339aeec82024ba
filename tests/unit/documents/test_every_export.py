"""Every spreadsheet the platform hands out, reopened in two libraries: the same values, print and screen set up.

`EXPORTS` names every kind there is (a new one without an entry fails): a list, a bureau's layout, the public list,
the outcomes of a batch. What was written is compared with what openpyxl and calamine read. The kinds whose subject
the played city does not have are read by the same check in the tests of their pages (`ELSEWHERE`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.applications import selectors as applications
from apps.documents import kinds
from apps.documents.services import exporting, workbooks
from apps.documents.workbooks.lists import LISTS
from apps.portals.public import opendata
from apps.publicity import selectors as publicity
from apps.review import selectors as review
from tests.documents.reopening import Written, same_in_two_libraries
from tests.unit.documents.conftest import City
from tests.unit.documents.test_every_button import held, listed, recognition
from tests.unit.documents.test_pages import signed_in

#: Read by `same_in_two_libraries` where their scene is played.
ELSEWHERE = {
    kinds.UPWARD: "tests/portals/municipal/test_upward.py",
    workbooks.IMPACT: "tests/portals/municipal/test_schemes.py",
    "outcomes": "tests/portals/municipal/test_deciding.py",
}


def case(city: City) -> str:
    return city.case("objection", 3).public_id


def recommendation(city: City) -> str:
    return review.recommendations(actor=city.bureau("objection"))[0].public_id


def filing(city: City) -> str:
    for bureau in city.people.bureaus.values():
        found = review.filings(actor=city.be(bureau.handler))
        if found:
            return found[0].public_id
    raise AssertionError("nothing was filed")


def notice(city: City) -> str:
    return publicity.notices_page(actor=city.handler).rows[0].public_id


def batch(city: City) -> str:
    return applications.case(actor=city.handler, public_id=case(city)).round_public_id


#: kind of workbook → the row it is of.
SUBJECTS: dict[str, str | Callable[[City], str]] = {
    kinds.FILING: filing,
    kinds.RECOMMENDATION: recommendation,
    kinds.NOTICE: notice,
    kinds.SCORE_SHEET: case,
    kinds.CREDIT_RECORD: case,
    kinds.RECOGNITION: recognition,
    kinds.YEARLY_TABLE: held,
    kinds.EXTERNAL_LIST: listed,
    workbooks.BOARD: batch,
    workbooks.DIRECTORY: workbooks.ALL,
    workbooks.DASHBOARD: workbooks.ALL,
    workbooks.DISTRICT_BOARD: workbooks.ALL,
    workbooks.PREPARATION: workbooks.ALL,
}
EXPORTS = [*SUBJECTS, *(f"list:{kind}" for kind in LISTS), "opendata"]
OF_THE_DISTRICT = {workbooks.DISTRICT_BOARD}


def address(city: City, kind: str) -> str:
    if kind == "opendata":
        return reverse("public:directory_download") + "?kind=xlsx"
    if kind.startswith("list:"):
        return reverse("export_list", args=[kind.removeprefix("list:")])
    subject = SUBJECTS[kind]
    return reverse("export_workbook", args=[kind, subject if isinstance(subject, str) else subject(city)])


def test_no_kind_is_forgotten() -> None:
    known = {*workbooks.WORKBOOKS, *(f"list:{kind}" for kind in LISTS), "opendata", "outcomes"}
    assert {*EXPORTS, *ELSEWHERE} == known


@pytest.mark.parametrize("kind", sorted(EXPORTS))
def test_it_reads_back_as_it_was_written(city: City, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    written = Written()
    for module in (workbooks, exporting, opendata):
        monkeypatch.setattr(module, "write_table_xlsx", written.write)
    path = address(city, kind)
    if kind == "opendata":
        client = Client()
    else:
        client = signed_in(city, city.bureau("objection") if kind in OF_THE_DISTRICT else city.handler)
    answer: Any = client.get(path)
    assert answer.status_code == 200, answer.content[:500]
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert answer["Content-Disposition"].startswith("attachment")
    same_in_two_libraries(content, written.tables)

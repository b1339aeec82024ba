"""Credit results brought by a workbook: to a case that waits for one, and not to one that has moved on (R-23, X13)."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest

from apps.core.scoping import enter
from apps.documents import services
from apps.publicity import selectors as publicity
from tests.unit.imports import books
from tests.unit.imports.conftest import Desk
from tests.unit.imports.test_flow import said
from tests.unit.review import scenes
from tests.unit.staging import built_once, played


def _build() -> scenes.Flow:
    flow = scenes.build(scenes.morning())
    flow.in_credit()
    return flow


stage = built_once(_build)
scene = played()


@pytest.fixture
def desk(scene: scenes.Flow) -> Desk:
    return Desk(scene.city.handler, scene.clock)


def answered(desk: Desk, scene: scenes.Flow, **changes: object) -> bytes:
    """Return the template with the cases that wait, their answers written in."""
    enter(desk.actor)
    template = services.import_template(actor=desk.actor, kind="credit").content

    def write(book: Any) -> None:
        sheet = book["征信结果"]
        heads = {str(cell.value).rstrip("*"): cell.column for cell in sheet[2]}
        values = {"查询日期": scene.clock.now().on, "报告编号": "R-1", "查询结果": "正常"} | changes
        for name, value in values.items():
            sheet.cell(3, heads[name]).value = value

    return books.edited(template, write)


def on_record(scene: scenes.Flow) -> list[str]:
    enter(scene.city.handler)
    found = publicity.credit_history(actor=scene.city.handler, application_id=scene.case_row().pk)
    return [one.report_no for one in found]


def test_a_waiting_case_gets_its_credit_result(desk: Desk, scene: scenes.Flow) -> None:
    content = answered(desk, scene)
    sheet = openpyxl.load_workbook(io.BytesIO(content))["征信结果"]
    enter(desk.actor)
    assert sheet["A3"].value == scene.case_row().number
    found = desk.checked(content, kind="credit", name="征信.xlsx")
    assert found.may_confirm, (found.error, found.findings)
    assert on_record(scene) == [], "a rehearsal leaves nothing"
    done = desk.confirm(found.row.public_id)
    assert (done.row.state, done.row.summary) == ("applied", "登记征信结果 1 项。")
    assert on_record(scene) == ["R-1"]


def test_a_case_that_has_moved_on_is_not_written_to(desk: Desk, scene: scenes.Flow) -> None:
    """X13: the file was checked while the case was open to it; what counts is the moment of the confirmation."""
    found = desk.checked(answered(desk, scene), kind="credit", name="征信.xlsx")
    assert found.may_confirm
    scene.credit()
    scene.publish(scene.case)
    before = on_record(scene)
    later = desk.confirm(found.row.public_id)
    assert later.row.state == "faulty"
    assert said(later) == [("A3", "没有处于征信查询阶段的这一申报编号。")]
    assert on_record(scene) == before

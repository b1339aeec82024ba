"""The city's dashboard: what it counts, who sees it, the same numbers in Excel, and a constant number of statements."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO
from unittest import mock

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from apps.core.errors import NotVisible
from apps.core.moment import DatabaseClock
from apps.publicity import selectors as publicity
from tests.portals.municipal.desk import Desk, text_of
from tests.portals.scenes import signed_in
from tests.unit.refusals import refused
from tests.unit.review import scenes
from tests.unit.review.scenes import Flow
from tests.unit.staging import built_once, played


def _build() -> Flow:
    flow = scenes.build(scenes.morning())
    flow.in_credit()
    return flow


stage = built_once(_build)
scene = played()


@pytest.fixture
def desk(scene: Flow) -> Desk:
    return Desk(scene)


def test_the_figures_count_what_was_reached(scene: Flow) -> None:
    row = scene.case_row()
    actor = scene.be(scene.city.handler)
    found = publicity.overview(actor=actor, moment=scene.clock.now())
    # Submitted, accepted, scored by the district, judged by experts; not decided yet.
    assert found.whole.steps == (1, 1, 1, 1, 0)
    assert [(one.code, one.steps) for one in found.districts] == [("320583", (1, 1, 1, 1, 0))]
    assert row.prelim_total is not None
    assert row.self_total is not None
    assert row.panel_total is not None
    assert found.whole.district_gap == (row.prelim_total - row.self_total).quantize(Decimal("0.01"))
    assert found.whole.expert_gap == (row.panel_total - row.prelim_total).quantize(Decimal("0.01"))
    assert [(one.state, one.cases) for one in found.states] == [("credit_check", 1)]
    none = publicity.overview(actor=actor, moment=scene.clock.now(), round_code="nothing")
    assert none.whole.steps == (0, 0, 0, 0, 0)
    assert none.whole.district_gap is None
    for stranger in (scene.enterprise, scene.district.handler, scene.experts[0]):
        refused(NotVisible, publicity.overview, actor=scene.be(stranger), moment=scene.clock.now())


def test_the_page_shows_the_numbers_and_leads_to_the_cases(desk: Desk, scene: Flow) -> None:
    page = text_of(desk.get("dashboard"))
    assert "办理漏斗" in page
    assert "state=credit_check" in page
    assert desk.get("dashboard", round="nonsense").status_code == 200
    listed = text_of(desk.get("dashboard_cases", state="credit_check"))
    assert f"/m/applications/{scene.case}/" in listed
    assert "没有符合条件的申报" in text_of(desk.get("dashboard_cases", state="awarded", q="x"))
    assert desk.get("dashboard_cases", state="zzz", district="\x00", page="-1").status_code == 200
    assert desk.get("dashboard", by=scene.district.handler).status_code == 403
    assert desk.get("dashboard_cases", by=scene.enterprise).status_code == 403


def test_the_spreadsheet_holds_the_same_numbers(
    desk: Desk, scene: Flow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(DatabaseClock, "now", mock.Mock(return_value=scene.clock.now()))
    address = reverse("export_workbook", args=["dashboard", "all"])
    answer = signed_in(scene.city.handler).get(address)
    assert answer.status_code == 200
    book = load_workbook(BytesIO(answer.content)).active
    written = {tuple(row[:3]): row[3] for row in book.values if row[2]}
    found = publicity.overview(actor=scene.be(scene.city.handler), moment=scene.clock.now())
    for part, of, figure, value in found.lines():
        assert Decimal(str(written[(part, of, figure)])) == value, (part, of, figure)
    assert signed_in(scene.district.handler).get(address).status_code == 403


def test_the_dashboard_costs_the_same_with_more_cases(desk: Desk, scene: Flow) -> None:
    one = desk.cost("dashboard")
    scene.second()
    # Twelve of the dashboard itself, two of the figures of cultivation.
    assert len(desk.cost("dashboard")) == len(one) <= 14, "\n".join(sql[:120] for sql in one)

"""The city's dashboard: what it counts, who sees it, the same numbers in Excel, and a constant number of statements."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from html import unescape
from io import BytesIO
from typing import Any
from unittest import mock
from urllib.parse import parse_qsl

import pytest
from django.db import transaction
from django.urls import reverse
from openpyxl import load_workbook

from apps.core.errors import NotVisible
from apps.core.moment import DatabaseClock, Moment
from apps.deadlines.services import open_obligation, sweep
from apps.deadlines.services.access import as_system
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
    scene.clock.set(Moment.of(scene.clock.now().at + timedelta(days=2, hours=18)))
    (state,) = publicity.overview(actor=actor, moment=scene.clock.now()).states
    # One case: the longest is the mean, in the same unit and to the same tenth of a day.
    assert state.mean_days == state.longest_days >= Decimal("2.7")
    none = publicity.overview(actor=actor, moment=scene.clock.now(), round_code="nothing")
    assert none.whole.steps == (0, 0, 0, 0, 0)
    assert none.whole.district_gap is None
    for stranger in (scene.enterprise, scene.district.handler, scene.experts[0]):
        refused(NotVisible, publicity.overview, actor=scene.be(stranger), moment=scene.clock.now())


def test_every_figure_leads_to_as_many_cases_as_it_counts(desk: Desk, scene: Flow) -> None:
    """Each link is followed; the list behind it has as many rows as the figure says."""
    page = text_of(desk.get("dashboard"))
    assert "办理漏斗" in page
    # The spoken part of a link is no part of its number.
    linked = re.findall(r'href="/m/dashboard/cases/([^"]*)"[^>]*>(?:<b>)?(\d+)<', page)
    # Five steps of the funnel (the last is 0), four reached by the city, its one district and industry; one state.
    assert len(linked) == 5 + 3 * 4 + 1
    row = scene.case_row()
    gaps = "figure=expert_gap&amp;district=320583"
    for asked, count in [*linked, (f"?{gaps}", "1"), ("?figure=decided", "0"), ("?industry=zz", "0")]:
        filters: dict[str, Any] = dict(parse_qsl(unescape(asked)[1:]))
        listed = desk.get("dashboard_cases", **filters)
        assert listed.context["found"].total == len(listed.context["found"].rows) == int(count), asked
    assert gaps in page
    assert f"/m/applications/{scene.case}/" in text_of(
        desk.get("dashboard_cases", industry=row.enterprise.industry_code, figure="district_gap")
    )
    assert desk.get("dashboard", round="nonsense").status_code == 200
    assert desk.get("dashboard_cases", state="zzz", district="\x00", page="-1").status_code == 200
    assert desk.get("dashboard_cases", figure="x", industry="\x00").status_code == 200
    for name in ("dashboard", "dashboard_cases", "dashboard_overdue", "dashboard_awards"):
        assert desk.get(name, by=scene.district.handler).status_code == 403
        assert desk.get(name, by=scene.enterprise).status_code == 403


def test_overdue_work_and_titles_of_a_year_are_listed(desk: Desk, scene: Flow) -> None:
    actor = scene.be(scene.city.handler)
    moment = scene.clock.now()
    with transaction.atomic(), as_system():
        open_obligation(
            kind="application.filing",
            subject=scene.case_row(),
            rule="R-14",
            moment=moment,
            district="320583",
            due_on=moment.on + timedelta(days=1),
        )
    scene.clock.set(Moment.of(scene.clock.now().at + timedelta(days=400)))
    sweep(clock=scene.clock)
    found = publicity.overview(actor=actor, moment=scene.clock.now())
    assert (found.overdue, found.overdue_of_all) == ({"320583": 1}, 1)
    assert desk.get("dashboard_overdue").context["found"].total == found.overdue_of_all
    listed = desk.get("dashboard_overdue", district="320583")
    assert listed.context["found"].total == 1
    assert f"/m/applications/{scene.case}/" in text_of(listed)
    assert desk.get("dashboard_overdue", district="320505").context["found"].total == 0
    assert desk.get("dashboard_overdue", district="\x00", page="x").status_code == 200
    assert desk.get("dashboard_awards", year=2020, level=3).context["found"].total == 0
    assert desk.get("dashboard_awards", year="999999", level="9", q="\x00").status_code == 200


def test_the_spreadsheet_holds_the_same_numbers(
    desk: Desk, scene: Flow, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = desk.get("dashboard").context
    monkeypatch.setattr(DatabaseClock, "now", mock.Mock(return_value=scene.clock.now()))
    address = reverse("export_workbook", args=["dashboard", "all"])
    answer = signed_in(scene.city.handler).get(address)
    assert answer.status_code == 200
    book = load_workbook(BytesIO(answer.content)).active
    written = {tuple(row[:3]): row[3] for row in book.values if row[2]}
    found = publicity.overview(actor=scene.be(scene.city.handler), moment=scene.clock.now())
    assert len(written) - 1 == len(list(found.lines()))
    for part, of, figure, value in found.lines():
        assert Decimal(str(written[(part, of, figure)])) == value, (part, of, figure)
    # What the page prints is in the sheet, part by part.
    for part, lines in (("全市", [page["whole"]]), ("属地", page["districts"]), ("行业", page["industries"])):
        for line in lines:
            for label, count, _ in line["counts"]:
                assert written[(part, line["name"], label)] == count
            for label, gap, _ in line["gaps"]:
                assert Decimal(str(written[(part, line["name"], f"{label}（平均分）")])) == gap
            if part != "行业":
                assert written[("超期", line["name"], "超期事项")] == line["overdue"]
    assert signed_in(scene.district.handler).get(address).status_code == 403


def test_the_dashboard_costs_the_same_with_more_cases(desk: Desk, scene: Flow) -> None:
    one = desk.cost("dashboard")
    scene.second()
    # Twelve of the dashboard itself, two of the figures of cultivation.
    assert len(desk.cost("dashboard")) == len(one) <= 14, "\n".join(sql[:120] for sql in one)

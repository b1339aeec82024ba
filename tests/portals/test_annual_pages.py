"""The annual form on the pages of the enterprise, its district and the city."""

from __future__ import annotations

from datetime import date
from typing import Any
from unittest import mock

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.core.actor import Actor
from apps.core.moment import DatabaseClock, FixedClock, Moment
from apps.core.scoping import enter
from apps.monitoring import services as monitoring
from apps.monitoring.models import AnnualForm
from apps.portals.district import common as district_common
from apps.portals.enterprise.pages import common as enterprise_common
from apps.portals.municipal import common as municipal_common
from tests.portals.district.scenes import PNG
from tests.portals.scenes import signed_in, statements
from tests.unit.monitoring import annual_scenes as scenes
from tests.unit.monitoring.scenes import clock as monday


class Office:
    """Browsers of all sides at the hour of the scene."""

    def __init__(self) -> None:
        self.scene = scenes.build(monday())
        self.browsers: dict[int | None, Client] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self.scene, name)

    def send(self, actor: Actor, path: str, data: dict[str, Any] | None = None) -> Any:
        """Open a page, or post *data*."""
        if actor.user_id not in self.browsers:
            self.browsers[actor.user_id] = signed_in(actor)
        browser, now = self.browsers[actor.user_id], self.scene.clock.now()
        enter(Actor.system())
        with (
            mock.patch.object(DatabaseClock, "now", return_value=now),
            mock.patch.object(enterprise_common, "shown_at", return_value=now.at),
            mock.patch.object(district_common, "shown_at", return_value=now.at),
            mock.patch.object(municipal_common, "shown_at", return_value=now.at),
        ):
            return browser.get(path) if data is None else browser.post(path, data)


@pytest.fixture
def office(db: None) -> Office:
    made = Office()
    made.scene.opened(date(2027, 2, 1))
    return made


def _post(office: Office, act: str, **changed: str) -> Any:
    fields = scenes.typed(2027, **changed) | {"version": str(office.row().version), "act": act}
    return office.send(office.enterprise, "/e/annual/2027/", fields)


def test_the_enterprise_fills_in_explains_and_files(office: Office) -> None:
    assert "2027 年度" in office.send(office.enterprise, "/e/annual/").content.decode()
    assert office.send(office.enterprise, f"/e/annual/{office.form}/").url == "/e/annual/2027/"
    assert office.send(office.neighbour, "/e/annual/2027/").status_code == 404
    assert office.send(office.neighbour, f"/e/annual/{office.form}/").status_code == 404
    assert office.send(office.district.handler, "/e/annual/2027/").status_code == 403
    faulty = _post(office, "save", figure__co2_t__2026="三千", plan="不应丢失")
    assert faulty.status_code == 422
    page = faulty.content.decode()
    assert "三千" in page
    assert "不应丢失" in page
    assert 'id="id_figure-co2_t-2026_error"' in page
    assert _post(office, "save", figure__co2_t__2026="42000").status_code == 302
    asked = office.send(office.enterprise, "/e/annual/2027/").content.decode()
    assert "数值无误的，说明原因" in asked
    assert _post(office, "file", figure__co2_t__2026="42000").status_code == 422
    # Everything that stands against filing at once, each fault at its field, whatever could not even be read.
    sent = scenes.typed(
        2027, figure__co2_t__2026="42000", figure__pollutants_t__2026="一点二", plan="", answer__penalty="yes"
    )
    sent |= {"version": str(office.row().version), "act": "file", "summary": "不应丢失"}
    page = office.send(office.enterprise, "/e/annual/2027/", sent).content.decode()
    for field in ("figure-co2_t-2026", "figure-pollutants_t-2026", "plan", "explain-penalty", "committed"):
        assert f'href="#id_{field}"' in page, field
    for kept in ("一点二", "42000", "不应丢失"):
        assert kept in page, kept
    stale = scenes.typed(2027) | {"version": "1", "act": "save"}
    assert office.send(office.enterprise, "/e/annual/2027/", stale).status_code == 409
    sent = scenes.typed(2027, figure__co2_t__2026="42000", reason__co2_t="边界调整。")
    sent |= {"version": str(office.row().version), "act": "file", "committed": "on"}
    assert office.send(office.enterprise, "/e/annual/2027/", sent).status_code == 302
    assert office.row().state == "filed"
    assert _post(office, "save").status_code == 409
    assert "边界调整。" in office.send(office.enterprise, "/e/annual/2027/").content.decode()


def test_the_district_returns_by_name_and_approves(office: Office) -> None:
    office.filed()
    handler, path = office.district.handler, f"/d/annual/{office.form}/"
    assert "催报" not in office.send(handler, "/d/annual/").content.decode()
    assert office.send(handler, path).status_code == 200
    assert office.send(office.other_district.handler, path).status_code == 404
    assert office.send(office.enterprise, path).status_code == 403
    assert office.send(handler, f"{path}return/", {}).status_code == 422
    blank = office.send(handler, f"{path}return/", {"parts": ["co2_t"], "return-co2_t": ""})
    assert blank.status_code == 422
    assert "请填写“二氧化碳排放量”的退回原因" in blank.content.decode()
    given = {"parts": ["co2_t"], "return-co2_t": "与能源台账不符。"}
    assert office.send(handler, f"{path}return/", given).status_code == 302
    assert "与能源台账不符。" in office.send(office.enterprise, "/e/annual/2027/").content.decode()
    assert office.send(handler, f"{path}approve/", {}).status_code == 409
    office.save(project__0__name="")
    office.file()
    shown = office.send(handler, path).content.decode()
    again = shown[shown.index('id="reworked"') :].split("</table>")[0]
    assert "与能源台账不符。" in again, "what it was returned for stands above the form filed again"
    assert "未修改" in again, "and whether it was changed"
    assert "绿色改造项目" in again, "also what was changed unasked"
    assert "企业一并修改" in again
    assert '<p class="mb-0">无</p>' in shown, "no project: said so, not a table of bare headings"
    assert office.send(handler, f"{path}approve/", {"note": "情况属实。"}).status_code == 302
    assert office.row().state == "approved"
    assert "情况属实。" in office.send(office.city.handler, f"/m/annual/{office.form}/").content.decode()


def test_the_city_sees_every_district_and_urges(office: Office) -> None:
    page = office.send(office.city.handler, "/m/annual/").content.decode()
    assert "昆山" in page
    assert "催报 1 家" in page
    assert office.send(office.district.handler, "/m/annual/").status_code == 403
    assert office.send(office.city.leader, "/m/annual/urge/", {"year": "2027"}).status_code == 403
    assert office.send(office.city.handler, "/m/annual/urge/", {"year": "2027"}).status_code == 302
    assert office.send(office.district.handler, "/d/annual/urge/", {"year": "2027"}).status_code == 302
    assert office.send(office.city.handler, "/m/annual/?district=320506&state=late&year=9").status_code == 200


def test_a_listed_title_brings_the_national_receipt(office: Office) -> None:
    AnnualForm.objects.filter(public_id=office.form).update(level=4)
    fields = scenes.typed(2027) | {"version": "1", "act": "file", "committed": "on"}
    assert "回执" in office.send(office.enterprise, "/e/annual/2027/", fields).content.decode()
    assert office.row().state == "to_file"
    fields |= {"version": "2", "receipt_no": "GM-1", "receipt": SimpleUploadedFile("回执.png", PNG)}
    assert office.send(office.enterprise, "/e/annual/2027/", fields).status_code == 302
    row = office.row()
    assert (row.state, row.receipt_name) == ("filed", "回执.png")
    opened = office.send(office.district.handler, f"/d/evidence/{row.receipt}/")
    assert b"".join(opened.streaming_content) == PNG
    assert office.send(office.enterprise, f"/e/files/{row.receipt}/remove/", {}).status_code == 409


def test_the_list_costs_the_same_for_one_and_for_many(office: Office) -> None:
    def cost() -> int:
        office.send(office.city.handler, "/m/annual/")
        with statements() as run:
            office.send(office.city.handler, "/m/annual/")
        return len(run)

    few = cost()
    clock = FixedClock(Moment.in_shanghai(date(2026, 11, 23), 10))
    for enterprise in (office.neighbour,):
        office.scene.clock = clock
        office.award(3, to=enterprise, district="320506", source="another")
    office.move(date(2027, 2, 1))
    assert monitoring.open_annual_forms(clock=office.scene.clock) == 1
    assert cost() == few

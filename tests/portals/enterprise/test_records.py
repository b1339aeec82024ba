"""The enterprise file: one entry for every year and level, kept apart from what is filed, and taken over on request."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.db.utils import Error
from django.test import Client

from apps.applications import selectors as applications
from apps.applications import services
from apps.applications.models import Holding, YearRecord
from apps.core.errors import Invalid
from apps.scoring import selectors as scoring
from tests.portals import scenes
from tests.portals.scenes import Scene

pytestmark = pytest.mark.django_db


def _year(scene: Scene) -> int:
    return scene.clock.now().on.year - 1


def _save(browser: Client, year: int, version: int = 0, **fields: str) -> object:
    return browser.post(f"/e/file/years/{year}/", {"version": str(version), **fields})


def test_a_year_is_kept_compared_and_questioned(scene: Scene, browser: Client) -> None:
    year = _year(scene)
    assert _save(browser, year - 1, **{"v.energy_tce": "1000", "v.output_value": "500"}).status_code == 302
    assert _save(browser, year, **{"v.energy_tce": "3000", "v.output_value": "550"}).status_code == 302
    page = browser.get(f"/e/file/years/{year}/").content.decode()
    assert "+200.0%" in page
    assert "+10.0%" in page
    assert "比上年增加 200%" in page
    listed = browser.get("/e/file/").content.decode()
    assert f"{year} 年度" in listed
    assert "3000" in listed


def test_the_coal_calculator_shows_its_working_and_that_it_is_unchecked(
    scene: Scene, browser: Client
) -> None:
    year = _year(scene)
    sent = {"energy.0.amount": "1248.6", "energy.0.unit": "万kWh", "adopt_energy": "on"}
    assert _save(browser, year, **sent).status_code == 302
    page = browser.get(f"/e/file/years/{year}/").content.decode()
    assert "系数待核对" in page
    assert "1248.6 万kWh × 10000 × 0.1229" in page
    scene.be(scene.enterprise)
    row = YearRecord.objects.get(year=year)
    assert row.energy_tce == Decimal("1534.5294")
    assert row.figures["values"]["energy_tce"] == "1534.5294"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"v.energy_tce": "-1"}, "不能为负数"),
        ({"v.energy_tce": "一千"}, "数字"),
        ({"v.nosuch": "1"}, "没有这个填报项"),
        ({"energy.0.amount": "1", "energy.0.unit": "桶"}, "不能用“桶”填报"),
        ({"energy.0.amount": "-2"}, "不能为负数"),
    ],
)
def test_bad_entries_are_refused_in_words_and_kept(
    scene: Scene, browser: Client, fields: dict[str, str], words: str
) -> None:
    answer = _save(browser, _year(scene), **fields, **{"v.output_value": "77777"})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert "77777" in answer.content.decode()
    scene.be(scene.enterprise)
    assert not YearRecord.objects.exists()


def test_years_that_cannot_be(scene: Scene, browser: Client) -> None:
    now = scene.clock.now().on.year
    assert _save(browser, now + 1, **{"v.output_value": "1"}).status_code == 422
    assert browser.get(f"/e/file/years/{now + 1}/").status_code == 404
    assert browser.get("/e/file/years/99999/").status_code == 404


def test_two_people_saving_a_year(scene: Scene, browser: Client) -> None:
    year = _year(scene)
    _save(browser, year, **{"v.output_value": "1"})
    assert _save(browser, year, **{"v.output_value": "1"}).status_code == 302, "同样的内容不是冲突"
    refused = _save(browser, year, **{"v.output_value": "2"})
    assert refused.status_code == 409
    assert _save(browser, year, version=1, **{"v.output_value": "2"}).status_code == 302


def test_figures_go_into_a_draft_and_back_into_the_file(scene: Scene, browser: Client) -> None:
    year = _year(scene)
    _save(browser, year, **{"v.energy_tce": "4321", "v.output_value": "900"})
    draft = scenes.draft_application(scene)
    offered = browser.get(f"/e/applications/{draft}/measurements/from-file/").content.decode()
    assert offered.count('name="codes"') == offered.count(" checked") == 2
    taken = browser.post(
        f"/e/applications/{draft}/measurements/from-file/",
        {"version": "1", "year": str(year), "codes": ["energy_tce", "output_value"]},
    )
    assert taken.status_code == 302
    actor = scene.be(scene.enterprise)
    case = applications.case(actor=actor, public_id=draft)
    head = scoring.current_sheet(actor=actor, application_id=case.id, kind="self")
    assert head is not None
    view = scoring.sheet_view(actor=actor, public_id=head.public_id)
    assert {one.code: one.value for one in view.inputs if one.value} == {
        "energy_tce": "4321",
        "output_value": "900",
    }
    assert view.period == str(year)
    assert "已相同" in browser.get(f"/e/applications/{draft}/measurements/from-file/").content.decode()
    services.save_measurements(
        actor=actor, clock=scene.clock, public_id=draft, version=head.version, values={"output_value": "950"}
    )
    assert browser.post(f"/e/applications/{draft}/measurements/keep/").url == f"/e/file/years/{year}/"
    scene.be(scene.enterprise)
    assert YearRecord.objects.get(year=year).figures["values"]["output_value"] == "950"
    nothing = browser.post(
        f"/e/applications/{draft}/measurements/from-file/", {"version": "1", "year": str(year)}
    )
    assert nothing.status_code == 422


def test_nothing_is_taken_into_what_was_handed_in(scene: Scene, browser: Client) -> None:
    year = _year(scene)
    _save(browser, year, **{"v.energy_tce": "4321"})
    case = scenes.submitted_application(scene)
    refused = browser.post(
        f"/e/applications/{case}/measurements/from-file/",
        {"version": "1", "year": str(year), "codes": ["energy_tce"]},
    )
    assert refused.status_code == 409


def test_certificates_by_validity(scene: Scene, browser: Client) -> None:
    on = scene.clock.now().on
    holding = {"kind": "energy", "number": "EnMS-001", "issuer": "认证机构", "valid_until": f"{on:%Y-%m-%d}"}
    assert browser.post("/e/file/holdings/", holding).status_code == 302
    assert "将到期" in browser.get("/e/file/").content.decode()
    twice = browser.post("/e/file/holdings/", holding)
    assert twice.status_code == 422
    assert "已有这个编号的证照" in twice.content.decode()
    wrong = browser.post(
        "/e/file/holdings/",
        {
            "kind": "",
            "number": "",
            "issuer": "保留我",
            "valid_from": "2026-02-02",
            "valid_until": "2026-02-01",
        },
    )
    assert wrong.status_code == 422
    for words in ("请选择证照类别", "请填写证照编号", "截止日期早于起始日期", "保留我"):
        assert words in wrong.content.decode()
    assert browser.post("/e/file/holdings/", {**holding, "valid_from": "2026-02-30"}).status_code == 422
    scene.be(scene.enterprise)
    stored = Holding.objects.get()
    assert browser.post(f"/e/file/holdings/{stored.public_id}/remove/").status_code == 302
    scene.be(scene.enterprise)
    assert not Holding.objects.exists()


def test_the_file_is_the_enterprises_alone(scene: Scene, browser: Client) -> None:
    year = _year(scene)
    _save(browser, year, **{"v.energy_tce": "4321"})
    browser.post("/e/file/holdings/", {"kind": "energy", "number": "EnMS-001"})
    scene.be(scene.enterprise)
    holding = Holding.objects.get().public_id
    draft = scenes.draft_application(scene)
    other = scenes.signed_in(scene.neighbour)
    assert "4321" not in other.get(f"/e/file/years/{year}/").content.decode()
    assert other.post(f"/e/file/holdings/{holding}/remove/").status_code == 404
    assert other.get(f"/e/applications/{draft}/measurements/from-file/").status_code == 404
    assert other.post(f"/e/applications/{draft}/measurements/keep/").status_code == 404
    for bureau in (scene.district.handler, scene.city.handler):
        assert scenes.signed_in(bureau).get("/e/file/").status_code == 403
        scene.be(bureau)
        assert not YearRecord.objects.exists()
        assert not Holding.objects.exists()
        with pytest.raises(Error), transaction.atomic():
            YearRecord.objects.create(
                enterprise_id=scene.enterprise.enterprise_id, year=2020, changed_at=scene.clock.now().at
            )


def test_a_carrier_given_twice_is_refused() -> None:
    row = {"carrier": "电力", "amount": "1", "unit": "kWh"}
    with pytest.raises(Invalid) as refused:
        services.coal_of([row, row])
    assert "两次" in refused.value.message
    assert services.coal_of([]) is None
    with pytest.raises(Invalid):
        services.coal_of([{"carrier": "核能", "amount": "1", "unit": "kWh"}])


def test_a_certificate_is_changed_in_place(scene: Scene, browser: Client) -> None:
    browser.post("/e/file/holdings/", {"kind": "quality", "number": "Q-1", "valid_until": "2026-12-01"})
    scene.be(scene.enterprise)
    one = Holding.objects.get()
    form = browser.get(f"/e/file/?change={one.public_id}").content.decode()
    assert "修改证照" in form
    assert 'value="2026-12-01"' in form
    place = f"/e/file/holdings/{one.public_id}/"
    wrong = {"kind": "quality", "number": "Q-1", "valid_from": "2029-01-01", "valid_until": "2028-01-01"}
    refused = browser.post(place, wrong)
    assert refused.status_code == 422
    assert f'action="{place}"' in refused.content.decode()
    renewed = {"kind": "quality", "number": "Q-1", "valid_until": "2029-12-01"}
    neighbour = scenes.signed_in(scene.neighbour)
    assert neighbour.post(place, renewed).status_code == 404
    assert scenes.signed_in(scene.district.handler).post(place, renewed).status_code == 403
    assert browser.post(place, renewed).status_code == 302
    scene.be(scene.enterprise)
    one.refresh_from_db()
    assert one.valid_until is not None
    assert (one.valid_until.year, one.version) == (2029, 2)


def test_the_file_by_the_api(scene: Scene, browser: Client) -> None:
    year = _year(scene)

    def send(client: Client, path: str, **data: object) -> Any:
        return client.post(f"/api/v1/enterprises/mine/{path}", data, content_type="application/json")

    energy = [{"carrier": "电力（当量值）", "amount": "1248.6", "unit": "万kWh"}]
    saved = send(browser, "years/save/", year=year, version=0, values={"output_value": "550"}, energy=[])
    assert saved.json() == {"version": 1}
    assert (
        send(browser, "years/save/", year=year, version=0, values={"output_value": "551"}).status_code == 409
    )
    assert (
        send(browser, "years/save/", year=year, version=1, values={"output_value": "多"}).status_code == 422
    )
    assert send(browser, "years/save/", year=year + 5, version=0).status_code == 422
    assert (
        send(
            browser, "years/save/", year=year, version=1, energy=[{**energy[0], "carrier": "柴禾"}]
        ).status_code
        == 422
    )
    added = send(browser, "holdings/add/", kind="energy", number="EN-1", valid_until="2028-05-01")
    assert added.status_code == 201, added.content.decode()
    one = added.json()["public_id"]
    assert send(browser, "holdings/add/", kind="energy", number="EN-1").status_code == 422
    assert send(browser, f"holdings/{one}/", kind="energy", number="EN-2").status_code == 200
    listed = browser.get("/api/v1/enterprises/mine/holdings/").json()["results"]
    assert [(row["number"], row["valid_until"]) for row in listed] == [("EN-2", None)]
    neighbour = scenes.signed_in(scene.neighbour)
    assert send(neighbour, f"holdings/{one}/remove/").status_code == 404
    assert send(scenes.signed_in(scene.district.handler), f"holdings/{one}/remove/").status_code == 403
    assert send(browser, f"holdings/{one}/remove/").status_code == 204
    assert browser.get("/api/v1/enterprises/mine/holdings/").json()["results"] == []


def test_statements_of_the_file_do_not_grow(scene: Scene, browser: Client) -> None:
    _save(browser, _year(scene), **{"v.energy_tce": "1"})
    browser.get("/e/file/")
    with scenes.statements() as few:
        browser.get("/e/file/")
    for back in range(1, 6):
        _save(browser, _year(scene) - back, **{"v.energy_tce": "1"})
        browser.post("/e/file/holdings/", {"kind": "energy", "number": f"E{back}"})
    with scenes.statements() as many:
        browser.get("/e/file/")
    assert len(few) == len(many) <= 14

"""Papers, exports and imports over the documented interface: the same services, the same refusals as the pages."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.core.moment import FixedClock
from tests import worlds
from tests.api.callers import BASE, Caller, caller
from tests.portals import scenes
from tests.unit.imports import books
from tests.unit.imports.conftest import Desk
from tests.unit.imports.test_bad_files import row

pytestmark = pytest.mark.django_db


@pytest.fixture
def city(clock: FixedClock, settings: Any, tmp_path: Any) -> Desk:
    settings.MEDIA_ROOT, settings.STATE_DIR = tmp_path / "media", tmp_path / "state"
    return Desk(worlds.municipal_staff(clock).handler, clock)


def send(who: Caller, content: bytes, *, kind: str = "enterprises", expect: int = 201, **params: str) -> Any:
    body = {"file": SimpleUploadedFile("企业.xlsx", content), "params": json.dumps(params)}
    answer = who.client.post(f"{BASE}imports/kinds/{kind}/", body)
    assert answer.status_code == expect, answer.content.decode()[:600]
    return answer.json()


def test_an_import_from_the_file_to_the_register(city: Desk, clock: FixedClock) -> None:
    who = caller(city.actor)
    assert "enterprises" in {line["code"] for line in who.get("imports/kinds/")["results"]}
    taken = send(who, books.filled("enterprises", [row(0)]))
    at = f"imports/{taken['public_id']}/"
    who.post(at + "confirm/", expect=409)
    city.work()
    seen = who.get(at)
    assert (seen["may_confirm"], seen["findings"]) == (True, [])
    other = caller(worlds.district_staff(clock).handler)
    other.get(at, expect=404)
    other.post(at + "confirm/", expect=404)
    other.post(at + "discard/", expect=404)
    who.post(at + "confirm/")
    city.work()
    assert who.get(at)["row"]["state"] == "applied"
    assert [line["public_id"] for line in who.get("imports/")["results"]] == [taken["public_id"]]
    who.post(at + "discard/", expect=409)
    caller(worlds.enterprise(clock, 3)).get("imports/", expect=403)
    caller().get("imports/", expect=401)


def test_findings_name_cell_reason_and_remedy(city: Desk) -> None:
    who = caller(city.actor)
    taken = send(who, books.filled("enterprises", [row(0, uscc="12")]))
    city.work()
    found = who.get(f"imports/{taken['public_id']}/")
    assert not found["may_confirm"]
    first = found["findings"][0]
    assert (first["cell"], first["value"]) == ("B3", "12")
    assert first["reason"]
    assert first["remedy"]
    who.post(f"imports/{taken['public_id']}/discard/", expect=204)


def test_what_is_no_workbook_is_refused_with_its_reason(city: Desk) -> None:
    who = caller(city.actor)
    send(who, b"MZ", expect=422)
    send(who, books.filled("enterprises", [row(0)]), kind="nothing", expect=404)
    bad = {"file": SimpleUploadedFile("a.xlsx", b"x"), "params": "[1]"}
    assert who.client.post(f"{BASE}imports/kinds/lists/", bad).status_code == 422


def test_a_list_is_exported_by_a_job(city: Desk, clock: FixedClock) -> None:
    who = caller(city.actor)
    job = who.post("exports/", {"kind": "enterprises", "district": "320583"}, expect=202)["job"]
    city.work()
    seen = who.get(f"jobs/{job}/")
    assert (seen["state"], seen["has_file"]) == ("done", True)
    assert [line["public_id"] for line in who.get("jobs/")["results"]] == [job]
    who.post(f"jobs/{job}/cancel/", expect=409)
    caller(worlds.district_staff(clock).handler).get(f"jobs/{job}/", expect=404)
    who.post("exports/", {"kind": "users"}, expect=404)
    caller(worlds.enterprise(clock, 3)).post("exports/", {"kind": "enterprises"}, expect=403)


@pytest.mark.parametrize("form", ["pdf", "docx"])
def test_a_paper_is_asked_for_in_both_formats(form: str, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT, settings.STATE_DIR = tmp_path / "media", tmp_path / "state"
    scene = scenes.build()
    case = scenes.submitted_application(scene)
    who = caller(scene.enterprise)
    asked = {"kind": "application_form", "public_id": case, "format": form}
    made = who.post("papers/", asked)
    assert made["job"]
    assert who.post("papers/", asked)["job"] == made["job"], "the same request is one job"
    assert made["download"] == f"/jobs/{made['job']}/file/"
    assert who.get(f"jobs/{made['job']}/")["kind"] == "documents.application_form"
    caller(scene.other_district.handler).post("papers/", asked, expect=404)
    who.post("papers/", {**asked, "kind": "score_sheet"}, expect=403)
    who.post("papers/", {**asked, "kind": "supplement"}, expect=409)
    who.post("papers/", {**asked, "kind": "letter"}, expect=404)
    who.post("papers/", {**asked, "format": "odt"}, expect=400)
    caller().post("papers/", asked, expect=401)
    assert who.get("papers/", public_id=case)["results"] == []
    codes = {line["code"] for line in who.get("papers/kinds/")["results"]}
    assert "application_form" in codes
    assert "score_sheet" not in codes

"""Questioned figures and files: explained by the enterprise, read and filtered by the district, never a bar."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.applications import selectors
from apps.applications import services as applications
from apps.evidence import services as evidence
from apps.scoring import selectors as scoring
from tests.api.callers import caller
from tests.portals import scenes
from tests.portals.scenes import Scene
from tests.unit.evidence.samples import pdf

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def _figure(scene: Scene, case: str, **values: str) -> None:
    actor = scene.be(scene.enterprise)
    sheet = scoring.current_sheet(
        actor=actor, application_id=selectors.case(actor=actor, public_id=case).id, kind="self"
    )
    assert sheet is not None
    applications.save_measurements(
        actor=actor,
        clock=scene.clock,
        public_id=case,
        version=sheet.version,
        values={"land_area_m2": "1000", **values},  # the scene's land is smaller than its buildings
    )


def _doubts(scene: Scene, case: str) -> tuple[selectors.Doubt, ...]:
    return selectors.doubts(actor=scene.be(scene.enterprise), public_id=case)


def test_a_questioned_figure_is_explained_handed_in_and_read_by_the_district(
    scene: Scene, browser: Client
) -> None:
    case = scenes.filled_application(scene)
    _figure(scene, case, energy_tce="900000", output_value="100")
    page = browser.get(f"/e/applications/{case}/check/").content.decode()
    assert "数据疑点 1 处" in page
    assert "可以提交" in page
    [doubt] = _doubts(scene, case)
    address = f"/e/applications/{case}/doubts/"
    too_long = browser.post(address, {f"note.{doubt.key}": "长" * 501})
    assert too_long.status_code == 422
    assert "长" * 501 in too_long.content.decode()
    assert not _doubts(scene, case)[0].explained
    assert browser.post(address, {f"note.{doubt.key}": "余热外供，产值另行结算。"})["Location"].endswith(
        "#doubts"
    )
    gone = browser.post(address, {"note.figure:no_such": "说明"})
    assert "已不存在" in gone.content.decode()
    scene.submit(case)
    official = scenes.signed_in(scene.district.handler)
    assert "余热外供，产值另行结算。" in official.get(f"/d/applications/{case}/").content.decode()
    assert case not in official.get("/d/intake/?state=doubts").content.decode()
    assert browser.post(address, {f"note.{doubt.key}": "改口"}).status_code == 409


def test_the_district_finds_what_is_left_unexplained(scene: Scene) -> None:
    quiet, doubtful = scenes.filled_application(scene, 2), scenes.filled_application(scene)
    _figure(scene, quiet)
    scene.submit(quiet)
    _figure(scene, doubtful, energy_tce="900000", output_value="100")
    scene.submit(doubtful)
    official = scenes.signed_in(scene.district.handler)
    listed = official.get("/d/intake/?state=doubts").content.decode()
    assert f"/d/applications/{doubtful}/" in listed
    assert f"/d/applications/{quiet}/" not in listed
    assert "未说明" in official.get(f"/d/applications/{doubtful}/").content.decode()


def test_the_same_file_in_two_enterprises_is_noticed_and_names_nobody_out_of_sight(scene: Scene) -> None:
    case = scenes.filled_application(scene)
    _figure(scene, case)
    content = pdf(2)
    for person in (scene.enterprise, scene.neighbour):
        actor = scene.be(person)
        stored = evidence.store_upload(
            actor=actor, clock=scene.clock, upload=SimpleUploadedFile("检测报告.pdf", content)
        )
        if person is scene.enterprise:
            assert not _doubts(scene, case)
            applications.attach_evidence_to_items(
                actor=actor,
                clock=scene.clock,
                public_id=case,
                file_public_id=stored.public_id,
                item_codes=["J1-01"],
            )
    [doubt] = _doubts(scene, case)
    assert doubt.kind == "file"
    assert "与另外1家企业上传的文件完全相同，" in doubt.text
    scene.submit(case)
    actor = scene.be(scene.city.handler)
    [for_the_city] = selectors.doubts(actor=actor, public_id=case)
    assert "家企业上传的文件完全相同（" in for_the_city.text


def test_doubts_over_http_keep_to_the_same_walls(scene: Scene) -> None:
    case = scenes.filled_application(scene)
    _figure(scene, case, energy_tce="900000", output_value="100")
    path = f"applications/{case}/doubts/"
    [doubt] = caller(scene.enterprise).get(path)["doubts"]
    body = {"notes": {doubt["key"]: "余热外供。"}}
    caller(scene.neighbour).post(path, body, expect=404)
    caller(scene.district.handler).post(path, body, expect=403)
    said = caller(scene.enterprise).post(path, body, expect=200)
    assert said["doubts"][0]["note"] == "余热外供。"


def test_a_queue_asks_the_same_few_questions_for_one_case_and_for_many(scene: Scene) -> None:
    actor = scene.be(scene.district.handler)
    counts = []
    for level in (2, 3):
        case = scenes.filled_application(scene, level)
        _figure(scene, case, energy_tce="900000", output_value="100")
        scene.submit(case)
        scene.be(scene.district.handler)
        with CaptureQueriesContext(connection) as seen:
            found = selectors.with_open_doubts(actor=actor, states=["submitted"])
        counts.append(len(seen))
    assert len(found) == 2
    assert counts[0] == counts[1]

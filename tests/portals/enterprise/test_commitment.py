"""The stamped commitment: bound to the content it was printed from, renewed when that changes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.applications import selectors
from apps.applications import services as applications
from tests.portals import scenes
from tests.unit.evidence.samples import pdf

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def scene(db: None) -> scenes.Scene:
    return scenes.build()


def send(client: Client, public_id: str, digest: str, content: bytes | None = None) -> Any:
    values: dict[str, Any] = {"digest": digest}
    if content is not None:
        values["scan"] = SimpleUploadedFile("承诺书.pdf", content)
    return client.post(f"/e/applications/{public_id}/report/commitment/", values)


def shown_digest(client: Client, public_id: str) -> str:
    page = client.get(f"/e/applications/{public_id}/report/").content.decode()
    found = re.search(r'name="digest" value="([0-9a-f]{64})"', page)
    assert found
    return found[1]


def state(scene: scenes.Scene, public_id: str) -> selectors.Commitment:
    return selectors.commitment(actor=scene.be(scene.enterprise), public_id=public_id)


def test_a_scan_belongs_to_the_content_and_goes_stale_with_it(scene: scenes.Scene) -> None:
    public_id = scenes.filled_application(scene)
    client = scenes.signed_in(scene.enterprise)
    digest = shown_digest(client, public_id)
    assert send(client, public_id, digest, pdf()).status_code == 302
    assert state(scene, public_id).is_current
    file = selectors.application_file(actor=scene.be(scene.enterprise), public_id=public_id)
    applications.save_report_section(
        actor=scene.be(scene.enterprise),
        clock=scene.clock,
        public_id=public_id,
        section="overview",
        text="改过的企业基本情况。",
        version=file.part_versions.get("report:overview", 0),
    )
    assert state(scene, public_id).is_stale
    page = client.get(f"/e/applications/{public_id}/report/").content.decode()
    assert "须重新打印、盖章并上传" in page
    refused = send(client, public_id, digest, pdf(2))
    assert refused.status_code == 422
    assert "申报内容在打印之后有改动" in refused.content.decode()
    assert send(client, public_id, shown_digest(client, public_id), pdf(2)).status_code == 302


def test_handing_in_changes_nothing_and_the_district_reads_the_same(scene: scenes.Scene) -> None:
    public_id = scenes.filled_application(scene)
    client = scenes.signed_in(scene.enterprise)
    send(client, public_id, shown_digest(client, public_id), pdf())
    applications.submit(
        actor=scene.be(scene.enterprise),
        clock=scene.clock,
        public_id=public_id,
        token="commitment-token",
        pledge=True,
        signatory="周敏",
    )
    assert state(scene, public_id).is_current
    staff = scenes.signed_in(scene.district.handler)
    assert "扫描件与当前内容一致" in staff.get(f"/d/applications/{public_id}/").content.decode()
    assert send(client, public_id, state(scene, public_id).digest, pdf(3)).status_code == 409


def test_bad_scans_and_other_people(scene: scenes.Scene) -> None:
    public_id = scenes.filled_application(scene)
    client = scenes.signed_in(scene.enterprise)
    digest = shown_digest(client, public_id)
    for content, message in ((None, "请选择盖章承诺书"), (b"<html>", "文件内容不是 PDF"), (b"", "文件为空")):
        answer = send(client, public_id, digest, content)
        assert answer.status_code == 422
        assert message in answer.content.decode()
    assert state(scene, public_id).uploaded_at is None
    assert send(scenes.signed_in(scene.neighbour), public_id, digest, pdf()).status_code == 404
    assert send(scenes.signed_in(scene.district.handler), public_id, digest, pdf()).status_code == 403

"""Evidence over HTTP in the bureaus' and the experts' portals: one door for the original, its page and its pictures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.applications import selectors as applications
from apps.core.actor import Actor
from apps.evidence import services as evidence
from tests.portals.expert.conftest import Panel
from tests.unit.evidence import samples

Browser = Callable[[Actor], Client]
PATHS = ("", "view/", "pages/1.jpg", "pages/1.jpg?size=thumb")


@pytest.fixture(autouse=True)
def folders(settings: Any, tmp_path: Path) -> None:
    """Keep files and pages of a test out of the working folder."""
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.GF_PAGE_CACHE_DIR = tmp_path / "pages"


def _file(panel: Panel) -> str:
    """Add one PDF to an item of the case, as it would have been before it was handed in."""
    scene = panel.scene
    actor = scene.act_as(scene.enterprises[panel.application])
    row = applications.case(actor=actor, public_id=panel.application)
    case = evidence.Case(row.id, row.enterprise_id, row.district, editable=True)
    upload = SimpleUploadedFile("证书.pdf", samples.pdf(), "application/pdf")
    stored = evidence.store_upload(actor=actor, clock=scene.clock, upload=upload, case=case)
    evidence.attach(
        actor=actor, clock=scene.clock, public_id=stored.public_id, case=case, place="item", code="J1-01"
    )
    return stored.public_id


def test_own_case_opens_and_a_foreign_one_does_not_exist(panel: Panel, browser: Browser) -> None:
    panel.declared(0)
    file = _file(panel)
    for actor, prefix in (
        (panel.scene.district.handler, "/d/evidence/"),
        (panel.scene.city.handler, "/m/evidence/"),
        (panel.experts[0], "/x/evidence/"),
    ):
        client = browser(actor)
        for path in PATHS:
            answer = client.get(f"{prefix}{file}/{path}")
            assert answer.getvalue(), "an original is streamed: read to its end it closes its file"
            assert answer.status_code == 200, (prefix, path)
        for path in ("pages/2.jpg", "pages/1.jpg?size=huge"):
            assert client.get(f"{prefix}{file}/{path}").status_code == 404, (prefix, path)
    stranger = browser(panel.scene.other_district.handler)
    for path in PATHS:
        assert stranger.get(f"/d/evidence/{file}/{path}").status_code == 404, path
        assert stranger.get(f"/x/evidence/{file}/{path}").status_code == 403, path
        assert stranger.post(f"/d/evidence/{file}/{path}").status_code == 405, path


@pytest.mark.rule("R-19")
def test_an_expert_sees_nothing_before_the_declaration_nor_after_recusal(
    panel: Panel, browser: Browser
) -> None:
    file = _file(panel)
    client = browser(panel.experts[1])
    for path in PATHS:
        assert client.get(f"/x/evidence/{file}/{path}").status_code == 404, path
    panel.declared(1)
    assert client.get(f"/x/evidence/{file}/pages/1.jpg").status_code == 200
    client.post(f"/x/reviews/{panel.tasks[1]}/recuse/", {"reason": "曾为该企业提供咨询。"})
    for path in PATHS:  # the picture lies drawn on the disk by now
        assert client.get(f"/x/evidence/{file}/{path}").status_code == 404, path


def test_pages_are_private_and_cannot_run(panel: Panel, browser: Browser) -> None:
    file = _file(panel)
    answer = browser(panel.scene.district.handler).get(f"/d/evidence/{file}/pages/1.jpg")
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Cache-Control"].startswith("private, max-age=")
    assert "Cookie" in answer["Vary"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]


def test_the_viewer_works_with_links_alone(panel: Panel, browser: Browser) -> None:
    file = _file(panel)
    client = browser(panel.scene.district.handler)
    here = f"/d/evidence/{file}/view/"
    html = client.get(here, {"back": "/d/intake/", "page": "7", "zoom": "9", "from": "x"}).content.decode()
    assert f'src="/d/evidence/{file}/pages/1.jpg?size=l"' in html
    assert 'href="/d/intake/"' in html
    for hostile in ("https://example.invalid/", "//example.invalid/", "javascript:alert(1)", "/" + "a" * 400):
        assert hostile not in client.get(here, {"back": hostile}).content.decode()


def test_the_desk_shows_the_pages_of_the_chosen_file(panel: Panel, browser: Browser) -> None:
    panel.declared(0)
    file = _file(panel)
    html = browser(panel.experts[0]).get(f"/x/reviews/{panel.tasks[0]}/items/J1-01/").content.decode()
    assert "data-viewer-image" in html
    assert f'src="/x/evidence/{file}/pages/1.jpg?size=m"' in html


def test_a_page_that_is_busy_answers_in_words(
    panel: Panel, browser: Browser, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    file = _file(panel)
    settings.GF_PAGE_RENDERERS = 1
    monkeypatch.setattr("apps.evidence.rendering.drawing._WAIT_SECONDS", 0.1)
    from apps.evidence.rendering import cache

    client = browser(panel.scene.district.handler)
    with cache.drawing(seconds=1):
        refused = client.get(f"/d/evidence/{file}/pages/1.jpg", HTTP_ACCEPT="application/json")
    assert refused.status_code == 503
    assert "稍候" in refused.json()["error"]
    assert "max-age" not in refused["Cache-Control"]

"""Sections of the report begin with what is typed already: shown, taken over on request, editable, never by itself."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from apps.applications import selectors as applications
from apps.applications.report_sections import BY_CODE, SECTION_LIMIT
from tests.portals import scenes

pytestmark = [pytest.mark.django_db, pytest.mark.rule("R-12")]


def stored(scene: scenes.Scene, case: str, section: str) -> str:
    file = applications.application_file(actor=scene.be(scene.enterprise), public_id=case)
    return next(one.text for one in file.report if one.section.code == section)


def adopt(browser: Client, case: str, section: str, text: str) -> Any:
    url = f"/e/applications/{case}/report/?section={section}"
    version = browser.get(url).context["version"]
    values = {"section": section, "text": text, "version": version, "adopt": "1"}
    return browser.post(url, values)


def test_every_section_has_a_draft_of_its_own(scene: scenes.Scene, browser: Client) -> None:
    case = scenes.filled_application(scene)
    drafts = {
        code: browser.get(f"/e/applications/{case}/report/?section={code}").context["drafted"]
        for code in BY_CODE
    }
    file = applications.application_file(actor=scene.be(scene.enterprise), public_id=case)
    assert file.case.uscc in drafts["overview"]
    assert "满分" in drafts["infrastructure"]
    assert "总分" in drafts["conclusion"]
    assert all(drafts[code] for code in BY_CODE if code != "next_steps")
    written = {code: text for code, text in drafts.items() if text}
    assert len(set(written.values())) == len(written)
    assert max(map(len, drafts.values())) <= SECTION_LIMIT


def test_a_draft_follows_what_is_typed_and_is_never_stored_by_itself(
    scene: scenes.Scene, browser: Client
) -> None:
    case = scenes.filled_application(scene)
    before = stored(scene, case, "overview")
    shown = browser.get(f"/e/applications/{case}/report/?section=overview")
    assert "采用这段文字" in shown.content.decode()
    assert stored(scene, case, "overview") == before
    drafted = shown.context["drafted"]
    assert adopt(browser, case, "overview", "手写的第一段。").status_code == 302
    assert stored(scene, case, "overview") == f"手写的第一段。\n{drafted}"
    again = browser.get(f"/e/applications/{case}/report/?section=overview")
    assert "采用这段文字" not in again.content.decode()


def test_nothing_typed_gives_no_draft(scene: scenes.Scene, browser: Client) -> None:
    case = scenes.draft_application(scene)
    for section in ("infrastructure", "next_steps"):
        shown = browser.get(f"/e/applications/{case}/report/?section={section}")
        assert shown.context["drafted"] == ""


def test_a_text_that_grows_too_long_is_refused_and_kept(scene: scenes.Scene, browser: Client) -> None:
    case = scenes.filled_application(scene)
    before = stored(scene, case, "overview")
    typed = "长" * SECTION_LIMIT
    answer = adopt(browser, case, "overview", typed)
    assert answer.status_code == 422
    assert typed in answer.content.decode()
    assert stored(scene, case, "overview") == before


def test_a_report_handed_in_offers_no_draft(scene: scenes.Scene, browser: Client) -> None:
    case = scenes.submitted_application(scene)
    shown = browser.get(f"/e/applications/{case}/report/?section=overview")
    assert shown.context["drafted"] == ""
    assert adopt(browser, case, "overview", "").status_code == 409


def test_other_people(scene: scenes.Scene, browser: Client) -> None:
    case = scenes.filled_application(scene)
    values = {"section": "overview", "text": "", "version": "0", "adopt": "1"}
    url = f"/e/applications/{case}/report/?section=overview"
    assert scenes.signed_in(scene.neighbour).post(url, values).status_code == 404
    assert scenes.signed_in(scene.district.handler).post(url, values).status_code == 403

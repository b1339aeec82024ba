"""第三方评价报告 (F-03): what the institution wrote is kept with the application and stands on the paper."""

from __future__ import annotations

import pytest
from django.test import Client

from apps.applications import selectors as applications
from apps.applications import services as application_services
from apps.applications.profile_fields import THIRD_PARTY_FIELDS
from apps.documents.forms import build
from apps.documents.kinds import THIRD_PARTY_REPORT
from apps.documents.rendering.papers import ThirdPartyReport
from tests.portals import scenes
from tests.portals.scenes import Scene

pytestmark = [pytest.mark.django_db, pytest.mark.rule("R-12")]


def kept(scene: Scene, case: str) -> dict[str, str]:
    file = applications.application_file(actor=scene.be(scene.enterprise), public_id=case)
    return {row.field.code: row.value for row in file.third_party}


def test_what_the_institution_wrote_is_kept_and_printed(scene: Scene, browser: Client) -> None:
    case = scenes.filled_application(scene)
    url = f"/e/applications/{case}/third-party/"
    # Whoever evaluates itself has no such report.
    assert browser.get(url)["Location"] == f"/e/applications/{case}/profile/"
    actor = scene.be(scene.enterprise)
    file = applications.application_file(actor=actor, public_id=case)
    application_services.save_profile(
        actor=actor,
        clock=scene.clock,
        public_id=case,
        values={"evaluation_mode": "third_party", "third_party_name": "示例评价机构有限公司"},
        version=file.part_versions.get("profile", 0),
    )
    shown = browser.get(url)
    texts = {
        field.code: "0512-00000088" if field.code == "tp_phone" else f"{field.label}的内容"
        for field in THIRD_PARTY_FIELDS
    }
    assert all(f'name="{code}"' in shown.content.decode() for code in texts)
    too_long = {**texts, "tp_highlights": "亮" * 101, "version": shown.context["version"]}
    refused = browser.post(url, too_long)
    assert "亮点" in refused.context["refusal"].errors["tp_highlights"][0]
    assert "亮" * 101 in refused.content.decode()
    assert not any(kept(scene, case).values())
    assert browser.post(url, {**texts, "version": shown.context["version"]}).status_code == 302
    assert kept(scene, case) == texts
    paper = build(
        actor=scene.be(scene.enterprise), kind=THIRD_PARTY_REPORT, public_id=case, on=scene.clock.now().on
    ).paper
    assert isinstance(paper, ThirdPartyReport)
    for field in THIRD_PARTY_FIELDS:
        printed = getattr(paper, field.code.removeprefix("tp_"))
        assert printed == texts[field.code] or printed == (texts[field.code],)


def test_somebody_elses_report_is_not_there(scene: Scene, browser: Client) -> None:
    case = scenes.filled_application(scene)
    url = f"/e/applications/{case}/third-party/"
    values = {"tp_address": "别人写的地址"}
    for method in ("get", "post"):
        assert (
            getattr(browser, method)("/e/applications/zzzzzzzzzzzzzz/third-party/", values).status_code == 404
        )
        assert getattr(scenes.signed_in(scene.neighbour), method)(url, values).status_code == 404
        assert getattr(scenes.signed_in(scene.district.handler), method)(url, values).status_code == 403
    assert not any(kept(scene, case).values())

"""Checking, handing in without script, the receipt, the supplement: rules with their clauses, one receipt a token."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from apps.accounts.models import Enterprise
from apps.applications import selectors as applications
from apps.applications import services
from apps.applications.services import ReturnItem
from tests.portals import scenes
from tests.portals.scenes import Scene

FORM = {"pledge": "on", "signatory": "周敏"}


def test_the_check_page_lists_what_is_missing_with_links(scene: Scene, browser: Client) -> None:
    public_id = scenes.draft_application(scene)
    page = browser.get(f"/e/applications/{public_id}/check/").content.decode()
    assert "提交前还需处理" in page
    assert f"/e/applications/{public_id}/profile/#id_registry" in page
    assert f"/e/applications/{public_id}/evaluate/?item=J1-01" in page
    assert f"/e/applications/{public_id}/basics/#V-01" in page


@pytest.mark.rule("R-12")
def test_an_incomplete_application_is_refused_with_clauses(scene: Scene, browser: Client) -> None:
    public_id = scenes.draft_application(scene)
    refused = browser.post(f"/e/applications/{public_id}/submit/", {**FORM, "token": "token-0001"})
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "暂不能办理" in page
    assert "（R-12）" in page
    assert "（R-10）" in page
    # what was typed stays, and the same token is offered again
    assert 'value="token-0001"' in page
    assert 'value="周敏"' in page


def test_the_declaration_is_needed(scene: Scene, browser: Client) -> None:
    public_id = scenes.filled_application(scene)
    refused = browser.post(f"/e/applications/{public_id}/submit/", {"token": "token-0001", "signatory": ""})
    assert refused.status_code == 422
    page = refused.content.decode()
    assert 'href="#id_pledge"' in page
    assert 'href="#id_signatory"' in page


def test_submitting_without_script_and_sending_it_twice(scene: Scene) -> None:
    """A browser without scripts, with the token against forged requests enforced."""
    public_id = scenes.filled_application(scene)
    browser = scenes.signed_in(scene.enterprise, enforce_csrf_checks=True)
    page = browser.get(f"/e/applications/{public_id}/check/").content.decode()
    assert "可以提交" in page
    token = re.search(r'name="token" value="([^"]+)"', page)
    csrf = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token is not None
    assert csrf is not None
    form = {**FORM, "token": token[1], "csrfmiddlewaretoken": csrf[1]}
    first = browser.post(f"/e/applications/{public_id}/submit/", form)
    again = browser.post(f"/e/applications/{public_id}/submit/", form)
    assert (first.status_code, again.status_code) == (302, 302)
    assert first["Location"] == again["Location"] == f"/e/applications/{public_id}/done/"
    receipt = browser.get(first["Location"]).content.decode()
    scene.be(scene.enterprise)
    file = applications.application_file(actor=scene.enterprise, public_id=public_id)
    assert len(file.versions) == 1
    for text in (
        file.case.number,
        file.versions[0].receipt_no,
        file.versions[0].digest,
        "昆山市工业和信息化局",
    ):
        assert str(text) in receipt
    # another token: the step is over
    late = browser.post(f"/e/applications/{public_id}/submit/", {**form, "token": "another-token"})
    assert late.status_code == 409
    assert (
        browser.post(f"/e/applications/{public_id}/submit/", {**FORM, "token": "x" * 10}).status_code == 403
    )


@pytest.mark.rule("R-12")
def test_after_the_end_of_the_window_both_times_are_told(db: None) -> None:
    scene = scenes.build()
    public_id = scenes.filled_application(scene)
    row = scene.row(public_id)
    type(row.round).objects.filter(pk=row.round_id).update(
        closes_at=scene.clock.now().at - timedelta(hours=1)
    )
    client = scenes.signed_in(scene.enterprise)
    refused = client.post(f"/e/applications/{public_id}/submit/", {**FORM, "token": "token-0001"})
    assert refused.status_code == 422
    assert "截止受理，本次提交时间为" in refused.content.decode()


def test_after_submission_everything_is_read_only(scene: Scene, browser: Client) -> None:
    public_id = scenes.submitted_application(scene)
    page = browser.get(f"/e/applications/{public_id}/evaluate/?item=J1-01").content.decode()
    assert "自评表只读" in page
    assert "data-autosave" not in page
    for path, data in (
        ("profile/", {"version": "99", "factory_name": "改名"}),
        ("basics/", {"version": "99", "codes": "V-01", "V-01.conforms": "no"}),
        ("report/", {"version": "99", "section": "overview", "text": "改写"}),
        ("evaluate/items/J1-01/", {"version": "99", "met": "false"}),
        ("measurements/", {"version": "99", "v.energy_tce": "1"}),
    ):
        refused = browser.post(f"/e/applications/{public_id}/{path}", data)
        assert refused.status_code == 409, path
        assert "不能修改" in refused.content.decode(), path
    assert browser.get(f"/e/applications/{public_id}/check/").status_code == 302


RETURNED = [
    ReturnItem(part="item", code="J1-05", reason="证明材料不足。", wanted="补充检测报告。"),
    ReturnItem(part="report", code="next_steps", reason="未写时间。", wanted="写明完成时间。"),
]


@pytest.mark.rule("R-14")
def test_a_supplement_opens_only_what_was_returned(scene: Scene, browser: Client) -> None:
    public_id = scenes.returned_application(scene, RETURNED)
    base = f"/e/applications/{public_id}/"
    page = browser.get(f"{base}supplement/").content.decode()
    assert "共退回 2 项" in page
    assert "补充检测报告。" in page
    other = browser.post(f"{base}evaluate/items/J1-01/", {"version": "99", "met": "false", "reason": "改"})
    assert other.status_code in {409, 422}
    assert "退回" in other.content.decode()
    profile = browser.post(f"{base}profile/", {"version": "99", "factory_name": "改名"})
    assert profile.status_code == 422
    assert "（R-14）" in profile.content.decode()
    # too early: nothing has been answered
    early = browser.post(f"{base}supplement/submit/", {**FORM, "token": "token-0002"})
    assert early.status_code == 422
    assert "尚未说明补正情况" in early.content.decode()
    # mend, answer, hand in again
    shown = browser.get(f"{base}evaluate/?item=J1-05")
    assert "证明材料不足。" in shown.content.decode()
    entry = {"version": shown.context["entry_version"], "figures_mark": shown.context["form"].figures_mark}
    saved = browser.post(
        f"{base}evaluate/items/J1-05/", {**entry, "option": "1", "reason": "已补充检测报告。"}
    )
    assert saved.status_code == 302
    version = browser.get(f"{base}report/?section=next_steps").context["version"]
    text = {"version": version, "section": "next_steps", "text": "十二月底前完成。"}
    assert browser.post(f"{base}report/?section=next_steps", text).status_code == 302
    scene.be(scene.enterprise)
    rows = applications.returned_items(actor=scene.enterprise, public_id=public_id)
    empty = browser.post(f"{base}supplement/{rows[0].public_id}/", {"answer": " "})
    assert empty.status_code == 422
    assert f"id_answer_{rows[0].public_id}" in empty.content.decode()
    for row in rows:
        assert browser.post(f"{base}supplement/{row.public_id}/", {"answer": "已补充。"}).status_code == 302
    done = browser.post(f"{base}supplement/submit/", {**FORM, "token": "token-0002"})
    assert done.status_code == 302
    assert "补正已提交" in browser.get(done["Location"]).content.decode()


def test_the_file_tells_the_history_without_names_of_officials(scene: Scene, browser: Client) -> None:
    public_id = scenes.returned_application(scene, RETURNED)
    page = browser.get(f"/e/applications/{public_id}/").content.decode()
    assert "退回补正" in page
    assert "昆山市工业和信息化局" in page
    assert "顾晓岚" not in page


def test_check_page_shows_the_extension_of_this_enterprise_and_the_servers_time(
    scene: Scene, browser: Client
) -> None:
    draft = scenes.draft_application(scene)
    page = browser.get(f"/e/applications/{draft}/check/").content.decode()
    assert "服务器现在" in page
    assert "已为本单位延期" not in page
    signer = scene.be(scene.district.signer)
    enterprise = Enterprise.objects.get(pk=scene.enterprise.enterprise_id)
    until = scene.clock.now().at + timedelta(days=20)
    services.extend_window(
        actor=signer,
        clock=scene.clock,
        round_public_id=scene.round_id,
        enterprise_public_id=enterprise.public_id,
        until=until,
        reason="系统维护期间不能上传材料。",
    )
    page = browser.get(f"/e/applications/{draft}/check/").content.decode()
    assert "已为本单位延期" in page
    assert "原截止" in page

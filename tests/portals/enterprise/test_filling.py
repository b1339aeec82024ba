"""Filling in: each part saved with and without script, refusals kept with what was typed, two editors, no-JS upload."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.applications import selectors as applications
from apps.scoring import selectors as scoring
from apps.scoring.selectors import ItemView
from suzhou_greenfactory.benchmarks.first_load import first_load
from tests.portals import scenes
from tests.portals.scenes import Scene

JSON = {"accept": "application/json"}


@pytest.fixture
def draft(scene: Scene) -> str:
    return scenes.draft_application(scene)


def page_form(client: Client, public_id: str, code: str) -> dict[str, Any]:
    """Return the hidden fields of the workspace at an item, as a browser would send them."""
    shown = client.get(f"/e/applications/{public_id}/evaluate/?item={code}")
    form = shown.context["form"]
    return {
        "version": shown.context["entry_version"],
        "sheet_version": shown.context["sheet_version"],
        "figures_mark": form.figures_mark,
        "answer_mark": form.answer_mark,
        **{figure.name: figure.value for metric in form.metrics for figure in metric.inputs},
    }


def item(scene: Scene, public_id: str, code: str) -> ItemView:
    actor = scene.be(scene.enterprise)
    case = applications.case(actor=actor, public_id=public_id)
    head = scoring.current_sheet(actor=actor, application_id=case.id, kind="self")
    assert head is not None
    return scoring.sheet_view(actor=actor, public_id=head.public_id).item(code)


def save(client: Client, public_id: str, code: str, data: dict[str, Any], **options: Any) -> Any:
    return client.post(f"/e/applications/{public_id}/evaluate/items/{code}/", data, **options)


def test_a_grade_is_saved_by_script_and_scored_by_the_server(
    scene: Scene, browser: Client, draft: str
) -> None:
    answer = save(
        browser, draft, "J1-05", {**page_form(browser, draft, "J1-05"), "option": "1"}, headers=JSON
    )
    assert answer.status_code == 200
    body = answer.json()
    assert body["version"] == 2
    assert body["replace"]["item-points"] == "0.48"
    assert body["replace"]["sheet-total"] == "0.48"
    assert item(scene, draft, "J1-05").points_text == "0.48"
    shown = browser.get(f"/e/applications/{draft}/evaluate/live/?item=J1-05").content.decode()
    assert 'id="leaf-J1-05"' in shown
    assert "0.48" in shown


def test_without_script_saving_leads_to_the_next_item(scene: Scene, browser: Client, draft: str) -> None:
    form = page_form(browser, draft, "J1-01")
    answer = save(browser, draft, "J1-01", {**form, "met": "true", "reason": "手续齐全。", "go": "J1-02"})
    assert answer.status_code == 302
    assert answer["Location"].endswith("/evaluate/?item=J1-02")
    saved = item(scene, draft, "J1-01")
    assert (saved.points_text, saved.reason) == ("1.60", "手续齐全。")


def test_an_unchanged_page_saves_nothing(scene: Scene, browser: Client, draft: str) -> None:
    save(browser, draft, "J1-01", {**page_form(browser, draft, "J1-01"), "met": "true"})
    before = item(scene, draft, "J1-01").version
    save(browser, draft, "J1-01", {**page_form(browser, draft, "J1-01"), "met": "true", "go": "J1-02"})
    assert item(scene, draft, "J1-01").version == before


def test_figures_are_computed_and_serve_every_item_that_uses_them(
    scene: Scene, browser: Client, draft: str
) -> None:
    form = page_form(browser, draft, "K5-01")
    figures = {
        "v.energy_tce": "2163.04",
        "v.product_qty": "6400",
        "v.output_value": "12800",
        "unit_product": "t",
    }
    assert save(browser, draft, "K5-01", {**form, **figures}).status_code == 302
    page = browser.get(f"/e/applications/{draft}/evaluate/?item=K5-01").content.decode()
    assert 'value="0.338"' in page
    assert "tce/t" in page
    # the renewable share asks for the same energy and finds it filled in
    other = browser.get(f"/e/applications/{draft}/evaluate/?item=E1-03").content.decode()
    assert 'value="2163.04"' in other


def test_each_figure_is_asked_once_in_a_form(browser: Client, draft: str) -> None:
    page = browser.get(f"/e/applications/{draft}/evaluate/?item=K5-01").content.decode()
    assert page.count('name="v.energy_tce"') == 1
    whole = browser.get(f"/e/applications/{draft}/measurements/").content.decode()
    assert whole.count('name="v.energy_tce"') == 1
    assert whole.count('name="v.product_qty"') == 1


def test_a_faulty_figure_is_refused_with_what_was_typed(browser: Client, draft: str) -> None:
    form = page_form(browser, draft, "K5-01")
    refused = save(browser, draft, "K5-01", {**form, "v.energy_tce": "两千", "v.product_qty": "6400"})
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "“两千”不是数字" in page
    assert 'href="#id_energy_tce"' in page
    assert 'value="两千"' in page
    assert 'value="6400"' in page
    scripted = save(browser, draft, "K5-01", {**form, "v.energy_tce": "-1"}, headers=JSON)
    assert scripted.status_code == 422
    assert scripted.json()["errors"] == {"energy_tce": ["综合能耗（不含原料用能）不能为负数（填写 -1）。"]}


def test_rows_of_outlets_take_the_worst_and_grow_by_saving(scene: Scene, browser: Client, draft: str) -> None:
    form = page_form(browser, draft, "H1-02")
    rows = {
        "rows_of": "AIR_BETTER_RATIO",
        "r.AIR_BETTER_RATIO.1.label": "1#排气筒",
        "r.AIR_BETTER_RATIO.1.air_limit": "60",
        "r.AIR_BETTER_RATIO.1.air_actual": "20",
        "r.AIR_BETTER_RATIO.2.label": "2#排气筒",
        "r.AIR_BETTER_RATIO.2.air_limit": "20",
        "r.AIR_BETTER_RATIO.2.air_actual": "13",
    }
    assert save(browser, draft, "H1-02", {**form, **rows}).status_code == 302
    assert item(scene, draft, "H1-02").value_text == "35 %"
    page = browser.get(f"/e/applications/{draft}/evaluate/?item=H1-02").content.decode()
    assert "r.AIR_BETTER_RATIO.3.label" in page


def test_ticks_and_none_of_them(scene: Scene, browser: Client, draft: str) -> None:
    choices = item(scene, draft, "E1-05").choices
    form = page_form(browser, draft, "E1-05")
    save(browser, draft, "E1-05", {**form, "selected": [choices[0].value, choices[3].value]})
    assert [one.chosen for one in item(scene, draft, "E1-05").choices].count(True) == 2
    save(browser, draft, "E1-05", {**page_form(browser, draft, "E1-05"), "selected": ["none"]})
    none = item(scene, draft, "E1-05")
    assert (none.answered, none.points_text) == (True, "0.00")


def test_not_applicable_needs_its_reason(scene: Scene, browser: Client, draft: str) -> None:
    form = page_form(browser, draft, "J1-02")
    refused = save(browser, draft, "J1-02", {**form, "not_applicable": "on", "reason": ""})
    assert refused.status_code == 422
    assert "申请不适用须写明理由" in refused.content.decode()
    save(browser, draft, "J1-02", {**form, "not_applicable": "on", "reason": "近年没有新改扩建项目。"})
    assert item(scene, draft, "J1-02").not_applicable


def test_a_required_value_needs_its_source(scene: Scene, browser: Client, draft: str) -> None:
    form = page_form(browser, draft, "K1-01")
    figures = {"v.floor_area_m2": "15000", "v.high_bay_extra_m2": "0", "v.land_area_m2": "10000"}
    entered = {"bm.required_value.value": "1.2", "bm.required_value.source": "土地出让合同"}
    save(browser, draft, "K1-01", {**form, **figures, **entered})
    saved = item(scene, draft, "K1-01")
    assert saved.points_text == saved.max_text
    assert saved.answer["benchmarks"]["required_value"] == {"value": "1.2", "source": "土地出让合同"}


def test_two_editors_lose_nothing(scene: Scene, browser: Client, draft: str) -> None:
    mine, theirs = page_form(browser, draft, "J1-05"), page_form(browser, draft, "J1-05")
    save(browser, draft, "J1-05", {**theirs, "option": "0"}, headers=JSON)
    refused = save(browser, draft, "J1-05", {**mine, "option": "2", "reason": "我写的"}, headers=JSON)
    assert refused.status_code == 409
    body = refused.json()
    assert body["fields"] == {"version": "2"}
    assert "完全满足" in body["html"]
    page = save(browser, draft, "J1-05", {**mine, "option": "2", "reason": "我写的"})
    assert page.status_code == 409
    text = page.content.decode()
    assert "我写的" in text
    assert 'name="version" value="2"' in text
    # knowingly saved over the other version
    kept = save(
        browser, draft, "J1-05", {**mine, "version": "2", "option": "2", "reason": "我写的"}, headers=JSON
    )
    assert kept.status_code == 200
    assert item(scene, draft, "J1-05").reason == "我写的"


def test_an_item_that_does_not_exist(browser: Client, draft: str) -> None:
    assert save(browser, draft, "Z9-99", {"met": "true"}).status_code == 404


def test_the_profile_is_saved_part_by_part(scene: Scene, browser: Client, draft: str) -> None:
    path = f"/e/applications/{draft}/profile/"
    refused = browser.post(
        path, {"version": "0", "contact_mobile": "123", "registry": "昆山市市场监督管理局"}
    )
    assert refused.status_code == 422
    assert "11 位手机号码" in refused.content.decode()
    assert "昆山市市场监督管理局" in refused.content.decode()
    saved = browser.post(path, {"version": "0", "contact_mobile": "13800000001"}, headers=JSON)
    assert saved.json()["version"] > 1
    stale = browser.post(path, {"version": "0", "contact_mobile": "13800000002"}, headers=JSON)
    assert stale.status_code == 409
    assert "13800000001" in stale.json()["html"]


def test_basic_requirements_say_when_one_is_not_met(scene: Scene, browser: Client, draft: str) -> None:
    path = f"/e/applications/{draft}/basics/"
    answer = browser.post(
        path,
        {
            "version": "0",
            "codes": ["V-01", "V-03"],
            "V-01.conforms": "yes",
            "V-03.conforms": "no",
            "stay": "1",
        },
    )
    assert answer.status_code == 302
    page = browser.get(path).content.decode()
    assert "有 1 条不符合" in page
    check = browser.get(f"/e/applications/{draft}/check/").content.decode()
    assert "V-03" in check


def test_a_section_of_the_report_is_saved(scene: Scene, browser: Client, draft: str) -> None:
    path = f"/e/applications/{draft}/report/?section=overview"
    answer = browser.post(
        path, {"version": "0", "section": "overview", "text": "公司概况。", "go": "infrastructure"}
    )
    assert answer["Location"].endswith("section=infrastructure")
    assert "公司概况。" in browser.get(path).content.decode()
    too_long = browser.post(path, {"version": "99", "section": "overview", "text": "长" * 5001})
    assert too_long.status_code == 422


def test_the_scheme_may_be_changed_in_a_draft(scene: Scene, browser: Client, draft: str) -> None:
    path = f"/e/applications/{draft}/scheme/"
    refused = browser.post(path, {"version": "0", "scheme": "NOTHING"})
    assert refused.status_code == 422
    assert "（R-07）" in refused.content.decode()
    assert browser.post(path, {"version": "0", "scheme": "SZGF-2023R1"}).status_code == 302


def pdf() -> SimpleUploadedFile:
    sample = Path(settings.BASE_DIR) / "fixtures" / "demo_evidence" / "energy-statistics-sample.pdf"
    return SimpleUploadedFile("能源消费统计表.pdf", sample.read_bytes(), "application/pdf")


@pytest.fixture
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def test_evidence_is_added_reused_downloaded_and_taken_off(
    scene: Scene, browser: Client, draft: str, media: Path
) -> None:
    place = f"/e/applications/{draft}/evidence/item/K5-01/"
    added = browser.post(place, {"files": pdf()}, headers=JSON)
    assert added.status_code == 201
    assert "能源消费统计表.pdf" in added.json()["html"]
    assert item(scene, draft, "K5-01").evidence_count == 1
    library = browser.get("/e/library/")
    file_id = library.context["library"].rows[0].public_id
    # reused elsewhere, with pages
    choose = f"/e/applications/{draft}/evidence/requirement/V-10/choose/"
    assert browser.post(choose, {}).status_code == 422
    out_of_range = browser.post(choose, {"files": file_id, f"from.{file_id}": "9", f"to.{file_id}": "9"})
    assert out_of_range.status_code == 422
    assert (
        browser.post(choose, {"files": file_id, f"from.{file_id}": "1", f"to.{file_id}": "1"}).status_code
        == 302
    )
    assert "第 1 页" in browser.get(f"/e/applications/{draft}/evidence/requirement/V-10/").content.decode()
    # downloaded: attachment, never guessed, never inline
    sent = browser.get(f"/e/files/{file_id}/")
    assert sent.status_code == 200
    assert sent["X-Content-Type-Options"] == "nosniff"
    assert sent["Content-Disposition"].startswith("attachment")
    assert b"".join(sent.streaming_content).startswith(b"%PDF")  # type: ignore[attr-defined]
    assert scenes.signed_in(scene.neighbour).get(f"/e/files/{file_id}/").status_code == 404
    assert browser.post(f"/e/files/{file_id}/remove/").status_code in {409, 422}
    # taken off
    use = browser.get(f"/e/applications/{draft}/evaluate/?item=K5-01").context["uses"][0]
    form = {"place": "item", "code": "K5-01"}
    assert browser.post(f"/e/applications/{draft}/detach/{use.public_id}/", form).status_code == 302
    assert item(scene, draft, "K5-01").evidence_count == 0


def test_a_bad_file_is_refused_in_words(browser: Client, draft: str, media: Path) -> None:
    place = f"/e/applications/{draft}/evidence/item/K5-01/"
    fake = SimpleUploadedFile("x.pdf", b"not a pdf", "application/pdf")
    scripted = browser.post(place, {"files": fake}, headers=JSON)
    assert scripted.status_code == 422
    assert "PDF" in scripted.json()["error"]
    plain = browser.post(place, {"files": SimpleUploadedFile("x.exe", b"MZ", "application/pdf")})
    assert plain.status_code == 422
    assert "field-error" in plain.content.decode()
    assert browser.post(place, {}).status_code == 422


def test_several_files_without_script(browser: Client, draft: str, media: Path) -> None:
    place = f"/e/applications/{draft}/evidence/section/overview/"
    assert browser.post(place, {"files": [pdf()]}).status_code == 302
    assert "能源消费统计表.pdf" in browser.get(place).content.decode()


def test_the_library_takes_files_of_its_own(browser: Client, media: Path) -> None:
    assert browser.post("/e/library/", {"files": pdf()}, headers=JSON).json() == {"reload": True}
    file_id = browser.get("/e/library/").context["library"].rows[0].public_id
    assert browser.post(f"/e/files/{file_id}/remove/").status_code == 302
    assert browser.get("/e/library/").context["library"].total == 0


def test_saving_an_item_costs_few_statements(scene: Scene, browser: Client, draft: str) -> None:
    form = page_form(browser, draft, "J1-05")
    with scenes.statements() as found:
        assert save(browser, draft, "J1-05", {**form, "option": "1"}, headers=JSON).status_code == 200
    assert len(found) <= 11, "\n".join(found)


def test_the_workspace_costs_the_same_with_every_item_filled_in(scene: Scene, browser: Client) -> None:
    """Page and live column cost what they cost, whether one item or all ninety-seven are filled in."""
    empty, full = scenes.draft_application(scene, 3), scenes.filled_application(scene, 2)
    for part, most in (("", 12), ("live/", 11)):
        costs = []
        for case in (empty, full):
            path = f"/e/applications/{case}/evaluate/{part}?item=K5-01"
            assert browser.get(path).status_code == 200  # the first request of a session notes the time
            with scenes.statements() as found:
                browser.get(path)
            assert len(found) <= most, "\n".join(found)
            costs.append(len(found))
        assert costs[0] == costs[1]


def test_the_workspace_costs_the_same_with_many_files(
    scene: Scene, browser: Client, draft: str, media: Path
) -> None:
    path = f"/e/applications/{draft}/evaluate/?item=K5-01"

    def counted() -> int:
        with scenes.statements() as found:
            answer = browser.get(path)
        assert len(answer.content) < 60_000
        # Everything a first visit loads, compressed (DESIGN 12.8).
        assert first_load(answer.content.decode()).total <= 150 * 1024
        return len(found)

    counted()  # the first request of a session notes the time
    before = counted()
    for number in range(3):
        upload = pdf()
        upload.name = f"台账{number}.pdf"
        content = upload.read() + b"\n%" + str(number).encode()
        browser.post(
            f"/e/applications/{draft}/evidence/item/K5-01/",
            {"files": SimpleUploadedFile(upload.name, content, "application/pdf")},
            headers=JSON,
        )
    assert counted() == before

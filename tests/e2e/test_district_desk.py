"""A district official scores a whole case of 97 items without touching the mouse, and loses nothing without a network."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from playwright.sync_api import Page, expect

from apps.accounts.selectors import actor_by_username
from apps.applications import services as applications
from apps.core.actor import Actor
from apps.core.scoping import enter
from apps.evidence import services as evidence
from apps.review import selectors as reviews
from apps.review import services as review
from apps.review.casework_models import SitePhoto
from apps.scoring import selectors as sheets
from tests.e2e.people import Arrive
from tests.portals import scenes
from tests.portals.district.scenes import PNG

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.rule("R-15"),
    pytest.mark.django_db(transaction=True),
]
_HANDLER = "d320583h"
_ITEMS = 97
_LOWERED, _REASON = "J1-05", "佐证只覆盖部分厂房。"
_PROVEN, _REMARK = "J2-01", "请说明照明分区控制的台账。"


@pytest.fixture
def case() -> str:
    """A 3A application of Kunshan whose scoring is open and claimed."""
    with transaction.atomic():
        scene = scenes.build(prerequisite_required=False)
        public_id = scene.filled(3)
        _attach(scene, public_id, 2)
        scene.submit(public_id)
        handler = scene.district.handler
        enter(handler)
        applications.accept(actor=handler, clock=scene.clock, public_id=public_id)
        review.pass_form_check(actor=handler, clock=scene.clock, public_id=public_id)
        review.claim_preliminary(actor=handler, clock=scene.clock, public_id=public_id)
    return public_id


def _attach(scene: scenes.Scene, public_id: str, count: int) -> None:
    """Put *count* pictures beside one item of the draft."""
    actor = scene.be(scene.enterprise)
    for number in range(count):
        stored = evidence.store_upload(
            actor=actor,
            clock=scene.clock,
            upload=SimpleUploadedFile(f"佐证{number}.png", PNG + bytes([number]), "image/png"),
            case=applications.case_for_upload(actor=actor, public_id=public_id),
        )
        applications.attach_evidence(
            actor=actor,
            clock=scene.clock,
            public_id=public_id,
            file_public_id=stored.public_id,
            place="item",
            code=_PROVEN,
        )


def _looks_at_the_evidence(page: Page) -> None:
    """E, V and M on the item with two files: the next one, both marked, and a remark that leads back to the score."""
    keys, files = page.keyboard, page.locator("#files")
    stage = files.locator("[data-key-e]")
    expect(files).to_contain_text("已核验 0/2 份")
    keys.press("e")
    expect(stage).to_be_focused()
    keys.press("v")
    expect(files).to_contain_text("已核验 1/2 份")
    expect(stage).to_be_focused()
    keys.press("e")
    expect(files.locator("[aria-current]")).to_contain_text("佐证1.png")
    expect(stage).to_be_focused()
    keys.press("v")
    expect(files).to_contain_text("已核验 2/2 份")
    expect(stage).to_be_focused()
    keys.press("Escape")
    assert _focused(page) == f"p-{_PROVEN}"
    keys.press("m")
    expect(page.locator("#id_text")).to_be_focused()
    keys.insert_text(_REMARK)
    keys.press("Control+Enter")
    expect(page.locator("#said .thread")).to_contain_text(_REMARK)
    assert _focused(page) == f"p-{_PROVEN}"


def _puts_on_the_return_list_and_off(page: Page) -> None:
    """R twice on an item without evidence, and V, which has nothing to do there."""
    keys, listed = page.keyboard, page.locator("#return-list")
    # A box somebody dragged larger has a style of its own; htmx must not write it into the panel it swaps in.
    page.locator("#id_text").evaluate("box => box.style.height = '90px'")
    keys.press("r")
    expect(listed).to_contain_text("1 项")
    expect(page.locator("[data-live=returning]")).to_have_text("1")
    keys.press("r")
    expect(listed).not_to_contain_text("项")
    keys.press("v")
    assert page.locator(f"#id_{_focused(page)}").input_value() == "", "a letter is no score"


def test_97_items_with_the_keyboard_alone(arrive: Arrive, case: str) -> None:
    person = arrive(_HANDLER).open(f"/d/scoring/{case}/")
    page = person.page
    keys = page.keyboard
    # On a fresh page Enter begins at the first open item: nobody tabs through the head forty times a day.
    keys.press("Enter")
    assert _focused(page) == "p-J1-01"
    # The first item by a figure, one item lowered with a reason typed at full speed, the rest taken over with "=".
    for number in range(_ITEMS):
        name = _focused(page)
        if name == f"p-{_PROVEN}":
            _looks_at_the_evidence(page)
        if name == f"p-{_LOWERED}":
            keys.type("0.4")
            keys.press("c")
            keys.insert_text(_REASON)
            expect(page.locator("#panel_reason")).to_be_focused()
            assert page.locator(f"#id_p-{_LOWERED}").input_value() == "0.4", "words landed in the score"
            keys.press("Control+Enter")
        else:
            keys.press("=")
        if number == 2:
            _puts_on_the_return_list_and_off(page)
    expect(page.locator("[data-live=answered]").first).to_have_text(str(_ITEMS), timeout=30_000)
    expect(page.locator("[data-live=open]")).to_have_text("0")
    expect(page.locator("[data-live=differs]")).to_have_text("1")
    expect(page.locator("[data-save-state]").first).to_have_attribute("data-state", "saved")
    person.sees(".gf-head", f"{_ITEMS}/{_ITEMS} 项")
    _tab_to(page, "input[data-score]")
    keys.press("?")
    expect(page.locator("dialog.keys")).to_be_visible()
    keys.press("Escape")
    person.finds_no_barrier().picture("desk-keyboard", whole=False)
    _tab_to(page, "a.btn-primary")
    keys.press("Enter")
    page.wait_for_url("**/submit/")
    person.sees(".diffs", _LOWERED, _REASON)
    _tab_to(page, "textarea[name=opinion]")
    keys.insert_text("逐项核对自评和佐证，得分如表。")
    keys.press("Control+Enter")
    page.wait_for_url("**/d/scoring/")
    person.sees("main", "已提交")
    with transaction.atomic():
        handler = _handler()
        row = reviews.preliminary_of(actor=handler, public_id=case)
        stored = sheets.compare_view(actor=handler, public_id=row.sheet_public_id)
    assert stored.answered == _ITEMS
    assert stored.differing == 1


def test_a_photo_taken_without_a_network_arrives_once(arrive: Arrive, case: str) -> None:
    person = arrive(_HANDLER)
    page = person.page
    page.set_viewport_size({"width": 390, "height": 844})
    person.open(f"/d/scoring/{case}/")
    page.wait_for_url("**/?show=onsite")
    first = page.locator("tr[data-row]").first
    code = first.get_attribute("data-row")
    page.context.set_offline(True)
    cell = first.locator("input[data-score]")
    cell.fill(cell.get_attribute("data-base") or "0")
    cell.blur()
    first.locator("input[type=file]").set_input_files(
        {"name": "现场.png", "mimeType": "image/png", "buffer": PNG}
    )
    expect(page.locator("[data-photo-queue]")).to_contain_text("1 张照片存在本机，等待网络")
    expect(page.locator("[data-save-state]").first).to_have_attribute("data-state", "offline")
    person.faults = [fault for fault in person.faults if "ERR_INTERNET_DISCONNECTED" not in fault]
    page.context.set_offline(False)
    expect(page.locator("[data-photo-queue]")).to_be_hidden()
    expect(page.locator("#live")).not_to_contain_text("等待网络")
    expect(page.locator("[data-save-state]").first).to_have_attribute("data-state", "saved", timeout=15_000)
    person.faults = [fault for fault in person.faults if "ERR_INTERNET_DISCONNECTED" not in fault]
    page.reload()
    expect(page.locator(f"#notes-{code}")).to_contain_text("1")
    person.finds_no_barrier().picture("desk-phone", whole=False)
    with transaction.atomic():
        _handler()
        assert [photo.item_code for photo in SitePhoto.objects.all()] == [code]


def test_reloaded_without_a_network_the_desk_goes_on(arrive: Arrive, case: str) -> None:
    person = arrive(_HANDLER)
    page = person.page
    page.set_viewport_size({"width": 390, "height": 844})
    person.open(f"/d/scoring/{case}/?show=onsite")
    first = page.locator("tr[data-row]", has=page.locator("input[data-base]")).first
    cell = first.locator("input[data-score]")
    saved = cell.get_attribute("data-base") or "0"
    page.wait_for_function(
        "() => navigator.serviceWorker.controller && document.documentElement.dataset.kept === '1'"
    )
    cell.fill(saved)
    cell.blur()
    expect(page.locator("[data-save-state]").first).to_have_attribute("data-state", "saved")
    # The copy on the device is older than this save: what was saved since is put on it, not taken for another's change.
    page.context.set_offline(True)
    second = page.locator("tr[data-row]", has=page.locator("input[data-base]")).nth(1)
    other = second.get_attribute("data-row")
    cell = second.locator("input[data-score]")
    points = cell.get_attribute("data-base") or "0"
    cell.fill(points)
    cell.blur()
    second.locator("input[type=file]").set_input_files(
        {"name": "现场.png", "mimeType": "image/png", "buffer": PNG}
    )
    expect(page.locator("[data-photo-queue]")).to_contain_text("1 张照片存在本机，等待网络")
    expect(page.locator("[data-save-state]").first).to_have_attribute("data-state", "offline")
    page.reload()
    expect(page.locator("[data-photo-queue]")).to_contain_text("页面为本机存留")
    expect(page.locator("[data-photo-queue]")).to_contain_text("1 张照片存在本机")
    assert float(page.locator(f"#id_p-{other}").input_value()) == float(points)
    assert float(first.locator("input[data-score]").input_value()) == float(saved)
    third = page.locator("tr[data-row]", has=page.locator("input[data-base]")).nth(2)
    last = third.get_attribute("data-row")
    later = third.locator("input[data-score]").get_attribute("data-base") or "0"
    third.locator("input[data-score]").fill(later)
    third.locator("input[data-score]").blur()
    page.evaluate("() => scrollTo(0, 0)")
    person.finds_no_barrier().picture("desk-offline", whole=False)
    page.context.set_offline(False)
    page.wait_for_function("() => !Object.keys(localStorage).some(key => key.startsWith('gf-draft/'))")
    expect(page.locator("[data-photo-queue]")).to_be_hidden()
    person.faults = [fault for fault in person.faults if "ERR_INTERNET_DISCONNECTED" not in fault]
    page.reload()
    expect(page.locator(f"#id_p-{last}")).to_have_value(f"{float(later):.2f}")
    expect(page.locator(f"#id_p-{other}")).to_have_value(f"{float(points):.2f}")
    expect(page.locator(f"#notes-{other}")).to_contain_text("1")
    # Signing out takes the copies of the pages off the device.
    page.evaluate("() => document.querySelector('form[action*=\"/logout/\"]').requestSubmit()")
    page.wait_for_url(lambda url: "/scoring/" not in url)
    page.wait_for_function("() => caches.has('gf-desk').then(kept => !kept)")
    with transaction.atomic():
        _handler()
        assert [photo.item_code for photo in SitePhoto.objects.all()] == [other]


def _handler() -> Actor:
    """Return the 经办 of the district, who asks from here on."""
    enter(Actor.system())
    actor = actor_by_username(username=_HANDLER)
    enter(actor)
    return actor


def _focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.name || ''"))


def _tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is on *selector*, as somebody without a mouse does."""
    for _ in range(400):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"Tab 到不了 {selector}")

"""The kit in a real browser: no accessibility violation, nothing wider than the screen, nothing the policy blocks.

The pages are rendered in this process and handed to the browser by intercepting its requests: no server, no database.
"""

from __future__ import annotations

import mimetypes
import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from csp.utils import build_policy
from django.contrib.staticfiles import finders
from django.test import RequestFactory
from django.urls import resolve
from playwright.sync_api import Browser, Page, Route, sync_playwright
from pytest_django import Settings

CHROMIUM = os.environ.get("GF_CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
ORIGIN = "http://gallery.test"
ADDRESSES = ["/", "/?errors=1", "/desk/", "/workspace/", "/directory/", "/signin/", "/missing/"]
LOOKS = [
    (1440, "light", "normal"),
    (1440, "dark", "normal"),
    (390, "light", "normal"),
    (360, "dark", "large"),
]
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        pytest.fail("Chromium is missing; run the tests with --fast to leave browser tests out")
    with sync_playwright() as playwright:
        instance = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield instance
        instance.close()


@pytest.fixture(autouse=True)
def _gallery(settings: Settings) -> None:
    settings.ROOT_URLCONF = "tests.architecture.gallery"
    settings.TEMPLATES[0]["DIRS"] = [*settings.TEMPLATES[0]["DIRS"], Path(__file__).parent / "templates"]
    settings.TEMPLATES = list(settings.TEMPLATES)


def answer(route: Route) -> None:
    """Serve a static file through the finders, or render a page under the site's own content policy."""
    parts = urlsplit(route.request.url)
    if parts.path.startswith("/static/"):
        found = finders.find(parts.path.removeprefix("/static/"))
        if not isinstance(found, str):
            route.fulfill(status=404)
            return
        route.fulfill(
            body=Path(found).read_bytes(), content_type=mimetypes.guess_type(found)[0] or "text/plain"
        )
        return
    request = RequestFactory().get(f"{parts.path}?{parts.query}")
    match = resolve(parts.path)
    response = match.func(request, *match.args, **match.kwargs)
    policy = build_policy()
    assert isinstance(policy, str)
    route.fulfill(
        status=response.status_code,
        body=response.content,
        headers={"content-type": "text/html; charset=utf-8", "content-security-policy": policy},
    )


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    opened = context.new_page()
    opened.route("**/*", answer)
    yield opened
    context.close()


@pytest.mark.parametrize("address", ADDRESSES)
def test_page_is_accessible_and_fits(page: Page, address: str) -> None:
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda m: complaints.append(m.text) if "Content Security Policy" in m.text else None)
    for width, theme, size in LOOKS:
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(f"{ORIGIN}{address}{'&' if '?' in address else '?'}theme={theme}&size={size}")
        sizes = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        assert sizes[0] <= sizes[1], f"{width} {theme} {size}: {sizes}"
        violations = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
        assert [(v["id"], [n["html"][:160] for n in v["nodes"]]) for v in violations] == []
    assert complaints == []


def test_icons_and_chinese_fonts_are_drawn(page: Page) -> None:
    page.goto(f"{ORIGIN}/")
    page.evaluate("document.fonts.ready.then(() => true)")
    # An icon that was blocked or missing in the sprite would have no size.
    widths = page.evaluate(
        "[...document.querySelectorAll('.gf-shell > .gf-nav .ic use')].map(use => use.getBBox().width)"
    )
    assert widths
    assert min(widths) > 0


def test_desk_by_keyboard(page: Page) -> None:
    """From the first open cell: = takes the reference score and goes on, Enter jumps to the next open cell."""
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{ORIGIN}/desk/")
    assert page.inner_text("[data-score-total]") == "11.30"
    page.focus("#id_item-4")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "id_item-5"
    page.keyboard.press("=")
    assert page.input_value("#id_item-5") == "1.9"
    assert page.evaluate("document.activeElement.id") == "id_item-8"
    page.keyboard.type("2.5")
    assert page.get_attribute("#id_item-8", "aria-invalid") == "true"
    assert page.inner_text("#id_item-8_error") == "不能超过满分 2"
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.id") == "id_item-7"
    page.keyboard.press("c")
    assert page.evaluate("document.activeElement.id") == "id_comment"
    assert page.inner_text("[data-score-total]") == "13.20"


def test_single_keys_can_be_switched_off(page: Page) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{ORIGIN}/desk/")
    page.uncheck("[data-keys-switch]")
    page.focus("#id_item-5")
    page.keyboard.press("=")
    assert page.evaluate("document.activeElement.id") == "id_item-5"
    page.check("[data-keys-switch]")


def test_autosave_keeps_a_draft_without_network_and_sends_it_later(page: Page) -> None:
    page.goto(f"{ORIGIN}/workspace/")
    state = page.locator("[data-save-state]").first
    assert state.get_attribute("data-state") == "saved"
    page.route("**/save/", lambda route: route.abort())
    page.fill("#id_note", "改过的说明")
    page.wait_for_selector("[data-save-state][data-state=offline]")
    assert "改过的说明" in page.evaluate("localStorage.getItem('gf-draft/demo/6.5.1')")
    page.unroute("**/save/")
    page.route(
        "**/save/",
        lambda route: route.fulfill(json={"version": 2, "saved_at": "14:40", "replace": {"total": "78.00"}}),
    )
    page.fill("#id_note", "改过的说明二")
    page.wait_for_selector("[data-save-state][data-state=saved]")
    assert page.input_value("[name=version]") == "2"
    assert page.inner_text("#total") == "78.00"
    assert page.evaluate("localStorage.getItem('gf-draft/demo/6.5.1')") is None


def test_autosave_shows_a_conflict_and_loses_nothing(page: Page) -> None:
    page.goto(f"{ORIGIN}/workspace/")
    page.route("**/save/", lambda route: route.fulfill(status=409, json={"current": {"note": "对方的说明"}}))
    page.evaluate("document.addEventListener('gf:conflict', e => { window.conflict = e.detail })")
    page.fill("#id_note", "我的说明")
    page.wait_for_selector("[data-save-state][data-state=conflict]")
    assert page.evaluate("window.conflict.current.note") == "对方的说明"
    assert page.input_value("#id_note") == "我的说明"


def test_upload_shows_each_file_and_its_failure(page: Page) -> None:
    page.goto(f"{ORIGIN}/workspace/")
    answers = iter(
        [
            {"status": 201, "json": {"html": '<li id="row-new">已上传</li>'}},
            {"status": 422, "json": {"error": "文件内容与扩展名不符"}},
        ]
    )
    page.route("**/upload/", lambda route: route.fulfill(**next(answers)))
    files = [
        {"name": "一.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"},
        {"name": "二.pdf", "mimeType": "application/pdf", "buffer": b"not a pdf"},
    ]
    page.set_input_files("#id_files", files)
    page.wait_for_selector("[data-upload-list] .bad")
    assert "文件内容与扩展名不符" in page.inner_text("[data-upload-list]")
    assert page.locator("#rows #row-new").count() == 1


def test_bulk_bar_appears_with_a_choice(page: Page) -> None:
    page.goto(f"{ORIGIN}/")
    bar = page.locator("[data-bulk-bar]")
    assert bar.is_visible()
    page.click("[data-bulk-clear]")
    assert not bar.is_visible()
    page.check("[data-bulk-all]")
    assert page.inner_text("[data-bulk-count]") == "2"


def test_menus_open_without_script(browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.route("**/*", answer)
    page.goto(f"{ORIGIN}/")
    page.click("summary[aria-label=菜单]")
    assert page.is_visible(".gf-menu .gf-nav a")
    assert page.is_visible("[data-bulk-bar]")
    context.close()

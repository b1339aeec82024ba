"""The browser, the served product and the people who use it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.e2e.people import Arrive, Person

_CHROMIUM = Path(os.environ.get("GF_CHROMIUM", "/usr/bin/chromium"))
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
PASSWORD = "Tests-Only-2026"


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    """Start Chromium; without one the test is skipped and says so."""
    if not _CHROMIUM.exists():
        pytest.skip(f"没有浏览器 {_CHROMIUM}；用 GF_CHROMIUM 指明 Chromium 的位置")
    # The synchronous interface runs an event loop in this thread; the test talks to the database from it, too.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=_CHROMIUM, args=_FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(autouse=True)
def _state_dir(settings: Any, tmp_path: Path) -> None:
    """Keep files and the demo's clock in a folder of this test."""
    settings.STATE_DIR = tmp_path / "state"
    settings.MEDIA_ROOT = tmp_path / "state" / "files"
    settings.MEDIA_ROOT.mkdir(parents=True)


@pytest.fixture
def arrive(browser: Browser, live_server: Any) -> Iterator[Arrive]:
    """Return a function that brings a person to the site, signed in under a user name (none: the public)."""
    present: dict[str, Person] = {}

    def bring(username: str) -> Person:
        if username not in present:
            person = Person.arrives(browser, live_server.url)
            present[username] = person.sign_in(username, PASSWORD) if username else person
        return present[username]

    yield bring
    faults = [f"{name or '公众'}：{fault}" for name, person in present.items() for fault in person.faults]
    for person in present.values():
        person.page.context.close()
    assert not faults, "\n".join(faults)

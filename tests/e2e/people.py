"""A person at a browser: signs in through the login page, clicks, and notices every fault of the pages."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Locator, Page, Response, expect

DESKTOP, PHONE, SMALL_PHONE = (1440, 960), (390, 844), (360, 740)
_WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
#: Rules whose answer depends on the size of things; the rest was answered at 390 px already.
_OF_SIZE = ("color-contrast", "link-in-text-block", "target-size", "scrollable-region-focusable")
_BAD_STATUS = 400
_RUN_AXE = "options => axe.run(document, options).then(found => found.violations)"


@dataclass
class Person:
    """One role in a browser context of its own.

    `faults` collects console errors (a blocked resource or script is one), uncaught exceptions and answers of 400
    and above; a journey ends by asserting that it is empty.
    """

    page: Page
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.faults.append(f"{self.page.url}：{error}"))
        self.page.on("response", self._response)
        self.page.on("dialog", self._accept)

    @classmethod
    def arrives(cls, browser: Browser, base_url: str, *, scripts: bool = True) -> Person:
        """Open a fresh context whose addresses start at *base_url*; without *scripts* the pages run none."""
        context = browser.new_context(
            base_url=base_url,
            viewport=_size(DESKTOP),
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            java_script_enabled=scripts,
            # Colours change at once when the display does: axe must not measure half-way.
            reduced_motion="reduce",
        )
        context.set_default_timeout(20_000)
        return cls(context.new_page())

    def sign_in(self, username: str, password: str) -> Person:
        """Sign in through the login page."""
        self.open("/accounts/login/")
        self.page.get_by_label("用户名").fill(username)
        self.page.get_by_label("密码", exact=True).fill(password)
        self.press("登录")
        expect(self.page).not_to_have_url(re.compile("/accounts/login/"))
        return self

    def open(self, path: str) -> Person:
        """Go to *path* as if it had been typed."""
        self.page.goto(path)
        return self

    def follow(self, name: str, *, within: str = "main") -> Person:
        """Click the first visible link called *name*."""
        self._visible(self.page.locator(within).get_by_role("link", name=name)).click()
        self.page.wait_for_load_state()
        return self

    def press(self, name: str, *, within: str = "main") -> Person:
        """Click the first visible button called *name* and wait for the page it leads to."""
        button = self._visible(self.page.locator(within).get_by_role("button", name=name))
        with self.page.expect_navigation():
            button.click()
        return self

    def write(self, label: str, text: str) -> Person:
        """Fill in the field labelled *label*."""
        self.page.locator("main").get_by_label(label).first.fill(text)
        return self

    def sees(self, within: str, *texts: str, any_of: bool = False) -> Person:
        """Assert that the texts are to be read in the part of the page named by the selector *within*."""
        part = self.page.locator(within).first
        expect(part).to_be_visible()
        if any_of:
            shown = part.inner_text()
            assert any(text in shown for text in texts), shown
            return self
        for text in texts:
            expect(part).to_contain_text(text)
        return self

    def picture(self, name: str, *, whole: bool = True) -> Person:
        """Keep a screenshot of the page as it is, where GF_TEST_PICTURES names a folder for them.

        Nobody looks at those of a run that passes, and drawing a page of 97 rows takes a second.
        """
        if folder := os.environ.get("GF_TEST_PICTURES"):
            self.page.screenshot(path=Path(folder) / f"{name}.png", full_page=whole)
        return self

    def was_refused(self, status: int) -> Person:
        """Assert that the server refused something with *status*, as the journey meant it to; it is no fault then."""
        meant = [fault for fault in self.faults if str(status) in fault]
        assert meant, f"没有 {status} 的应答：{self.faults}"
        self.faults = [fault for fault in self.faults if fault not in meant]
        return self

    def on_a_phone(self, name: str) -> Person:
        """Look at the same page at 390 pixels: nothing may stick out sideways."""
        self.page.set_viewport_size(_size(PHONE))
        self.page.reload()
        self._settled()
        wide = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wide <= 0, f"{self.page.url} 在手机上横向超出 {wide} 像素"
        self.picture(f"{name}-390", whole=False)
        self.page.set_viewport_size(_size(DESKTOP))
        self.page.reload()
        return self

    def finds_no_barrier(self) -> Person:
        """Assert that axe finds no violation of WCAG 2.2 A or AA on the page."""
        self._settled()
        self.page.evaluate(AXE_SCRIPT)
        self._no_violation()
        return self

    def sees_no_barrier_anywhere(self) -> Person:
        """Assert that axe passes at 1440 px, in dark at 390 px and in large type at 360 px, nothing sticking out.

        The page is displayed anew, not loaded anew: the buttons for dark and large type do the same.
        """
        self.finds_no_barrier()
        self.fits()
        self._displayed(PHONE, {"theme": "dark", "bsTheme": "dark", "size": "normal"})
        large = {"theme": "light", "bsTheme": "light", "size": "large"}
        self._displayed(SMALL_PHONE, large, only=_OF_SIZE)
        self._put_on_root({"theme": "auto", "size": "normal"})
        self.page.set_viewport_size(_size(DESKTOP))
        return self

    def _settled(self) -> None:
        """Wait until the page is loaded and the parts it fetches by itself are in it."""
        self.page.wait_for_load_state()
        self.page.wait_for_function("() => !document.querySelector('.htmx-request')")

    def _displayed(self, size: tuple[int, int], display: dict[str, str], only: Sequence[str] = _WCAG) -> None:
        self._put_on_root(display)
        self.page.set_viewport_size(_size(size))
        self._no_violation(only)
        self.fits()

    def _put_on_root(self, display: dict[str, str]) -> None:
        self.page.evaluate("display => Object.assign(document.documentElement.dataset, display)", display)

    def _no_violation(self, only: Sequence[str] = _WCAG) -> None:
        page = self.page
        found = page.evaluate(_RUN_AXE, {"runOnly": list(only), "resultTypes": ["violations"]})
        shown = page.evaluate("({...document.documentElement.dataset, wide: innerWidth})")
        told = "\n".join(f"{each['id']}：{each['nodes'][0]['html'][:300]}" for each in found)
        assert not found, f"{page.url}（{shown}）\n{told}"

    def fits(self) -> None:
        """Assert that nothing sticks out sideways."""
        page = self.page
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        shown = page.evaluate("({...document.documentElement.dataset, wide: innerWidth})")
        assert wide <= 0, f"{page.url}（{shown}）横向超出 {wide} 像素"

    def _visible(self, found: Locator) -> Locator:
        return found.filter(visible=True).first

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.faults.append(f"{self.page.url}：{message.text}")

    def _response(self, response: Response) -> None:
        if response.status >= _BAD_STATUS:
            self.faults.append(f"{response.request.method} {response.url}：{response.status}")

    def _accept(self, dialog: Dialog) -> None:
        # A question before an act is answered; being asked whether to leave unsaved work is a fault here.
        if dialog.type == "beforeunload":
            self.faults.append(f"{self.page.url}：离开时提示尚未保存")
        dialog.accept()


Arrive = Callable[[str], Person]


def _size(pair: tuple[int, int]) -> Any:
    return {"width": pair[0], "height": pair[1]}

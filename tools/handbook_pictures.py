"""Take the pictures of the handbooks from a running demo: `python tools/handbook_pictures.py URL PASSWORD`.

URL: address of a demo site (`manage.py demo`); PASSWORD: that of its demo accounts (`manage.py demo_logins`).
Pictures are written to docs/handbooks, 1280 pixels wide; run again after pages change.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

_FOLDER = Path(__file__).resolve().parents[1] / "docs" / "handbooks"
#: Picture → (account of the demo, page).
_PICTURES = {
    "enterprise-home": ("qy006", "/e/"),
    "district-home": ("jingban_320583", "/d/"),
    "municipal-home": ("sj_jingban", "/m/"),
    "expert-home": ("zj01", "/x/"),
    "auditor-home": ("shenji", "/audit/"),
    "administrator-accounts": ("anquan", "/ops/accounts/"),
    "administrator-ops": ("xitong", "/ops/"),
}


def main(url: str, password: str) -> None:
    """Sign in as each role and photograph its page."""
    with sync_playwright() as playwright:
        program = os.environ.get("GF_CHROMIUM") or None
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for name, (username, path) in _PICTURES.items():
            context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN")
            page = context.new_page()
            page.goto(f"{url}/accounts/login/")
            page.fill("[name=login]", username)
            page.fill("[name=password]", password)
            page.get_by_role("button", name="登录", exact=True).click()
            page.goto(f"{url}{path}")
            page.screenshot(path=_FOLDER / f"{name}.png")
            context.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"), sys.argv[2])

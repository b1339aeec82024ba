"""A form whose faults the page words itself does not leave them to the browser's own bubble, in its own language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
FORMS = {
    "district/change.html": "decline_change",
    "district/inspection.html": "sign_inspection",
    "municipal/recheck.html": "sign_recheck",
}


@pytest.mark.parametrize(("page", "act"), FORMS.items())
def test_the_page_words_its_own_faults(page: str, act: str) -> None:
    text = (TEMPLATES / page).read_text(encoding="utf-8")
    forms = re.findall(rf"<form[^>]*:{act}\b[^>]*>", text)
    assert forms
    assert all("novalidate" in form for form in forms)

"""Files put into the material library from the browser: several at once, and each of them is there afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import transaction
from playwright.sync_api import expect

from tests.e2e.people import Arrive
from tests.portals import scenes
from tests.unit.evidence.samples import pdf

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_every_file_dropped_on_the_library_is_in_it(arrive: Arrive, tmp_path: Path) -> None:
    with transaction.atomic():
        scenes.build(prerequisite_required=False)
    names = [f"能源审计报告{number}.pdf" for number in (1, 2, 3)]
    for number, name in enumerate(names, 1):
        (tmp_path / name).write_bytes(pdf(number))
    clerk = arrive("ent1").open("/e/library/")
    clerk.page.locator("input[type=file]").first.set_input_files([tmp_path / name for name in names])
    for name in names:
        expect(clerk.page.locator("#files")).to_contain_text(name)
    expect(clerk.page.locator("[data-upload-list] li")).to_have_count(0)

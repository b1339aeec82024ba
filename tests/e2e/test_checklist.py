"""A visit to a factory without a network: the checklist is opened again, filled in, and arrives once."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import transaction
from playwright.sync_api import expect

from apps.core.scoping import enter
from apps.monitoring.checklists import checklist
from tests.e2e.people import Arrive
from tests.unit.monitoring import checklist_scene

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.rule("R-36"),
    pytest.mark.django_db(transaction=True),
]


def test_a_checklist_reloaded_without_a_network_goes_on(arrive: Arrive) -> None:
    with transaction.atomic():
        visited = checklist_scene.build()
    person = arrive("d320583h")
    page = person.page
    page.set_viewport_size({"width": 390, "height": 844})
    person.open(f"/d/inspections/{visited.recheck}/checklist/")
    page.wait_for_function(
        "() => navigator.serviceWorker.controller && document.documentElement.dataset.kept === '1'"
    )
    first, second = (page.locator("tr[data-row]").nth(number) for number in (0, 1))
    codes = [str(row.get_attribute("data-row")) for row in (first, second)]
    note = page.locator(f"#id_n-{codes[0]}")
    note.fill("已看现场。")
    state = page.locator("[data-check-state]")
    page.wait_for_function("() => Object.keys(localStorage).some(key => key.startsWith('gf-checked/'))")
    expect(state).to_be_hidden()
    page.context.set_offline(True)
    page.locator(f"#id_p-{codes[1]}").fill("0")
    expect(state).to_contain_text("1 项存在本机")
    page.reload()
    # The copy on the device is older than the first save: what was saved since stands in its place.
    expect(page.locator("[data-photo-queue]")).to_contain_text("页面为本机存留")
    expect(note).to_have_value("已看现场。")
    expect(page.locator(f"#id_p-{codes[1]}")).to_have_value("0")
    note.fill("已看现场，标识齐全。")
    person.picture("checklist-offline", whole=False)
    page.context.set_offline(False)
    page.wait_for_function("() => !Object.keys(localStorage).some(key => key.startsWith('gf-check/'))")
    person.faults = [fault for fault in person.faults if "ERR_INTERNET_DISCONNECTED" not in fault]
    page.reload()
    expect(note).to_have_value("已看现场，标识齐全。")
    page.evaluate("() => scrollTo(0, 0)")
    person.finds_no_barrier()
    with transaction.atomic():
        enter(visited.flow.district.handler)
        on = visited.flow.clock.now().on
        found = checklist(actor=visited.flow.district.handler, public_id=visited.recheck, on=on)
    lines = {line.code: line for part in found.sections for line in part.lines}
    assert (lines[codes[0]].note, lines[codes[0]].version) == ("已看现场，标识齐全。", 2)
    assert (Decimal(lines[codes[1]].points), lines[codes[1]].version) == (Decimal(0), 1)

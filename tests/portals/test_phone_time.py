"""What a phone says about time is read on the demo's clock where that was put ahead of the world."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import RequestFactory

from apps.portals.base import recheck_checklist
from apps.portals.district import beside

SENT = "2026-11-23T10:00:00+00:00"
AT = datetime(2026, 11, 23, 10, tzinfo=UTC)


@pytest.mark.parametrize("ahead", [timedelta(0), timedelta(days=405)])
def test_the_phone_is_read_on_the_demos_clock(ahead: timedelta, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (recheck_checklist, beside):
        monkeypatch.setattr(module, "demo_offset", lambda: ahead)
    assert recheck_checklist._moment(SENT) == AT + ahead
    assert recheck_checklist._moment("") is None
    assert beside._taken_at(RequestFactory().post("/", {"taken_at": SENT})) == AT + ahead

"""The administrator's overview of deadlines: numbers and faults, never whose case it is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from apps.core.actor import Actor, Role
from apps.core.scoping import enter
from apps.deadlines.models import Obligation
from apps.portals.ops import clocks
from tests import worlds
from tests.portals.scenes import signed_in
from tests.unit.monitoring import scenes


@pytest.mark.django_db
def test_counts_and_faults_are_shown_without_names() -> None:
    watch = scenes.build(scenes.clock())
    watch.served()
    system = worlds.staff_member(watch.clock, "xitong", "系统甲", role=Role.SYSTEM_ADMIN, duties=[])
    enter(Actor.system())
    at = watch.clock.now().at
    Obligation.objects.filter(kind="monitoring.rectification").update(
        state="overdue",
        overdue_at=at,
        hook_due_at=at + timedelta(minutes=2),
        hook_attempts=3,
        hook_error="磁盘已满",
    )
    row = Obligation.objects.get(kind="monitoring.rectification")
    page = signed_in(system).get(reverse("ops:deadlines")).content.decode()
    assert "整改" in page
    assert "磁盘已满" in page
    assert row.subject_label not in page
    assert signed_in(watch.city.leader).get(reverse("ops:deadlines")).status_code == 403


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["ops:deadlines", "ops:home"])
def test_a_demo_whose_clock_was_moved_shows_both_times(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    system = worlds.staff_member(scenes.clock(), "xitong", "系统甲", role=Role.SYSTEM_ADMIN, duties=[])
    browser = signed_in(system)
    assert "演示时钟" not in browser.get(reverse(name)).content.decode()
    monkeypatch.setattr(clocks, "demo_offset", lambda: timedelta(days=400))
    assert "演示时钟" in browser.get(reverse(name)).content.decode()

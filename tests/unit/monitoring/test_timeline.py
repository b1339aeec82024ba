"""The time machine tells what the sweeper then does, on the same days."""

from __future__ import annotations

from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from apps.core.actor import Actor
from apps.core.errors import Forbidden
from apps.core.scoping import enter
from apps.deadlines.timeline import Happening, timeline
from tests.unit.foundation import rows
from tests.unit.monitoring import annual_scenes as scenes
from tests.unit.monitoring.scenes import clock
from tests.unit.refusals import refused
from tests.unit.staging import built_once, played


def _build() -> scenes.Forms:
    return scenes.build(clock())


stage = built_once(_build)
scene = played()


def _told(scene: scenes.Forms, start: date, end: date) -> list[Happening]:
    system = scene.be(Actor.system())
    found = timeline(actor=system, start=start, end=end, on=scene.clock.now().on)
    return [event for event in found if event.kind_label == "年度动态管理表"]


def test_what_was_told_comes_about_on_the_days_told(scene: scenes.Forms) -> None:
    scene.opened()
    end = scenes.DUE + timedelta(days=2)
    told = _told(scene, scenes.OPENS, end)
    reminders = [event.on for event in told if event.deed.startswith("提醒")]
    assert [event.on for event in told if event.deed == "转为逾期，启动后续处理"] == [
        scenes.DUE + timedelta(days=1)
    ]
    sent: list[date] = []
    before = _reminded()
    day = scenes.OPENS
    while day <= end:
        scene.move(day)
        scene.sweep()
        if _reminded() > before:
            sent.append(day)
            before = _reminded()
        day += timedelta(days=1)
    assert sent == reminders
    assert _told(scene, scenes.OPENS, end) == []


def _reminded() -> int:
    enter(Actor.system())
    return int(
        rows(
            "select count(*) from notifications_message where key like 'remind:%%' and to_enterprise_id is not null"
        )[0][0]
    )


@pytest.mark.parametrize(("days", "number"), [(0, 0), (1, 1)])
def test_the_last_day_is_included(scene: scenes.Forms, days: int, number: int) -> None:
    scene.opened()
    found = _told(scene, scenes.DUE, scenes.DUE + timedelta(days=days))
    assert sum(event.deed.startswith("转为逾期") for event in found) == number


def test_only_the_administrator_looks(scene: scenes.Forms) -> None:
    day = date(2027, 1, 1)
    refused(Forbidden, timeline, actor=scene.be(scene.city.leader), start=day, end=day, on=day)


def test_the_command_prints_and_refuses_nonsense(scene: scenes.Forms) -> None:
    scene.opened()
    out = StringIO()
    call_command("timeline", start="2027-04-15", end="2027-04-16", stdout=out)
    assert "转为逾期，启动后续处理  年度动态管理表" in out.getvalue()
    for options in ({"start": "2027-02-30"}, {"start": "2027-04-16", "end": "2027-04-15"}):
        with pytest.raises(CommandError):
            call_command("timeline", **options, stdout=out)

"""The time machine tells what the sweeper then does, on the same days."""

from __future__ import annotations

from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.core.actor import Actor
from apps.core.errors import Forbidden
from apps.core.scoping import enter
from apps.deadlines.forecast import Deed
from apps.deadlines.timeline import Happening, Wanted, shown, timeline
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
    reminders = [event.on for event in told if event.deed is Deed.REMINDS]
    assert [(event.on, event.follows) for event in told if event.deed is Deed.LATE] == [
        (scenes.DUE + timedelta(days=1), "登记逾期并告知企业：原则上不推荐申报更高级别。")
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
    assert sum(event.deed is Deed.LATE for event in found) == number


def test_only_the_administrator_looks(scene: scenes.Forms) -> None:
    day = date(2027, 1, 1)
    refused(Forbidden, timeline, actor=scene.be(scene.city.leader), start=day, end=day, on=day)


def test_the_command_prints_and_refuses_nonsense(scene: scenes.Forms) -> None:
    scene.opened()
    out = StringIO()
    call_command("timeline", start="2027-04-15", end="2027-04-16", stdout=out)
    assert "2027年4月16日（周五）\n  00:00  年度动态管理表  转为逾期  2027年度" in out.getvalue()
    assert "系统：登记逾期并告知企业" in out.getvalue()
    assert "收件：企业：站内信" in out.getvalue()
    out = StringIO()
    call_command("timeline", start="2027-04-15", end="2027-04-16", kind="整改", stdout=out)
    assert "共 0 项" in out.getvalue()
    for options in ({"start": "2027-02-30"}, {"start": "2027-04-16", "end": "2027-04-15"}, {"kind": "没有"}):
        with pytest.raises(CommandError):
            call_command("timeline", **options, stdout=out)


def test_forms_still_to_be_opened_are_foretold_as_they_then_come(scene: scenes.Forms) -> None:
    """Before the first of January no obligation is stored: opening, reminders and the end follow from the titles."""
    end = scenes.DUE + timedelta(days=2)
    before = _told(scene, scenes.OPENS, end)
    opening = [event for event in before if event.deed is Deed.OPENS]
    assert {event.on for event in opening} == {scenes.OPENS}
    scene.opened()
    assert [event for event in before if event.deed is not Deed.OPENS] == _told(scene, scenes.OPENS, end)


def test_a_missing_calendar_is_foretold(scene: scenes.Forms) -> None:
    system = scene.be(Actor.system())
    today = scene.clock.now().on
    found = timeline(actor=system, start=today, end=today + timedelta(days=4 * 366), on=today)
    missing = [event.on for event in found if event.kind == "calendar"]
    assert missing[1:]
    assert {day.weekday() for day in missing[1:]} == {0}


def test_who_is_told_costs_the_same_however_much_is_shown(scene: scenes.Forms) -> None:
    scene.opened()
    system = scene.be(Actor.system())
    today = scene.clock.now().on
    found = timeline(actor=system, start=today, end=scenes.DUE, on=today)
    with CaptureQueriesContext(connection) as few:
        shown(actor=system, events=found[:1])
    with CaptureQueriesContext(connection) as many:
        lines = shown(actor=system, events=found)
    assert len(few) == len(many)
    assert any("站内信、邮件" in ways for line in lines for _, ways in line.told)


def test_filters_narrow(scene: scenes.Forms) -> None:
    scene.opened()
    system = scene.be(Actor.system())
    today = scene.clock.now().on
    asked = Wanted(deed=Deed.LATE, kind="monitoring.annual")
    found = timeline(actor=system, start=today, end=scenes.DUE + timedelta(days=1), on=today, wanted=asked)
    assert {(event.deed, event.kind) for event in found} == {(Deed.LATE, "monitoring.annual")}
    assert not timeline(actor=system, start=today, end=scenes.DUE, on=today, wanted=Wanted(q="查无此事"))

"""What a calendar program is given: the person's own open deadlines as iCalendar (RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from django.conf import settings
from icalendar import Alarm, Calendar, Event

from apps.core.actor import Actor, Role
from apps.core.moment import end_of_day
from apps.deadlines.selectors import ObligationRow

_PREFIX = {Role.ENTERPRISE: "/e/", Role.DISTRICT: "/d/", Role.MUNICIPAL: "/m/", Role.EXPERT: "/x/"}
_AHEAD = (timedelta(days=-3), timedelta(days=-1))
REFRESH = timedelta(hours=6)
#: How long a deadline at a time of day is shown before it.
_SHOWN = timedelta(minutes=30)


def calendar_of(rows: Iterable[ObligationRow], *, actor: Actor, at: datetime) -> bytes:
    """Return the deadlines as the bytes of an .ics file; what is no longer owed as cancelled, so that it is dropped.

    Args:
        rows: what the person's side owes, and what it owed lately.
        actor: whose calendar; decides where the links lead.
        at: aware, when the feed is made.
    """
    feed = Calendar()
    feed.add("prodid", "-//suzhou-greenfactory//deadlines//ZH")
    feed.add("version", "2.0")
    feed.add("method", "PUBLISH")
    feed.add("x-wr-calname", "绿色工厂办理期限")
    feed.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    for row in rows:
        feed.add_component(_event(row, actor, at))
    return bytes(feed.to_ical())


def _event(row: ObligationRow, actor: Actor, at: datetime) -> Event:
    event = Event()
    event.add("uid", f"{row.public_id}@suzhou-greenfactory")
    event.add("dtstamp", at.astimezone(UTC))
    event.add("sequence", row.changes)
    event.add("status", "CONFIRMED" if row.is_owed else "CANCELLED")
    name = f"：{row.subject_label}" if row.subject_label else ""
    event.add("summary", f"{_mark(row)}{row.label}{name}")
    if row.due_at == end_of_day(row.due_on):
        event.add("dtstart", row.due_on)
        event.add("dtend", row.due_on + timedelta(days=1))
    else:
        # In UTC: a zone by its name alone is read only by programs that know it. An event ends after it begins.
        event.add("dtstart", (row.due_at - _SHOWN).astimezone(UTC))
        event.add("dtend", row.due_at.astimezone(UTC))
    words = [row.basis, f"编号：{row.number}" if row.number else "", "暂定日期" if row.provisional else ""]
    event.add("description", "\n".join(word for word in words if word))
    event.add("url", f"{settings.PUBLIC_URL}{_PREFIX.get(actor.role, '/')}{row.path}")
    event.add("transp", "TRANSPARENT")
    if not row.is_owed:
        return event
    for ahead in _AHEAD:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", row.label)
        alarm.add("trigger", ahead)
        event.add_component(alarm)
    return event


def _mark(row: ObligationRow) -> str:
    """Return what stands before the title: nothing while there is time."""
    return "" if row.is_owed and not row.is_overdue else f"【{row.state_label}】"

"""The calendar feed as a strict reader of RFC 5545 finds it; read here without the library that wrote it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from apps.core.actor import Actor, Role
from apps.core.moment import SHANGHAI, end_of_day
from apps.deadlines.selectors import ObligationRow
from apps.portals.base.calendar_feed import calendar_of

_AT = datetime(2026, 11, 23, 10, tzinfo=SHANGHAI)
_DAY = date(2026, 12, 4)
_ROW = ObligationRow(
    "k3m9", "t", "补正材料", "enterprise", "企业", "t.t", "p", "示例，材料；有限公司" * 6, "B-1", "示例", None,
    "R-14", "基础；说明", date(2026, 11, 20), _DAY, end_of_day(_DAY), False, "open", "进行中", "applications/p/", 2,
)  # fmt: skip


def _events(*rows: ObligationRow) -> list[dict[str, str]]:
    data = calendar_of(rows, actor=Actor(role=Role.ENTERPRISE, user_id=1, name="甲"), at=_AT)
    text = data.decode("utf-8")
    assert text.startswith("BEGIN:VCALENDAR\r\n")
    assert text.endswith("END:VCALENDAR\r\n")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n")), "a line of 75 octets at most"
    assert "\n" not in text.replace("\r\n", "")
    lines = text.replace("\r\n ", "").split("\r\n")
    assert {"VERSION:2.0", "METHOD:PUBLISH"} <= set(lines)
    found: list[dict[str, str]] = []
    inside: list[str] = []
    for line in lines:
        name, _, value = line.partition(":")
        if name == "BEGIN":
            inside.append(value)
            if value == "VEVENT":
                found.append({})
        elif name == "END":
            assert inside.pop() == value
        elif inside[-1:] == ["VEVENT"]:
            found[-1][name] = value
    assert inside == []
    return found


def test_a_deadline_is_one_whole_day_with_a_lasting_name() -> None:
    [event] = _events(_ROW)
    assert event["UID"] == "k3m9@suzhou-greenfactory"
    assert event["DTSTAMP"] == "20261123T020000Z"
    assert (event["DTSTART;VALUE=DATE"], event["DTEND;VALUE=DATE"]) == ("20261204", "20261205")
    assert "基础；说明" in event["DESCRIPTION"]


def test_a_deadline_at_a_time_of_day_needs_no_zone_and_lasts() -> None:
    [event] = _events(replace(_ROW, due_at=datetime(2026, 12, 4, 17, tzinfo=SHANGHAI)))
    assert (event["DTSTART"], event["DTEND"]) == ("20261204T083000Z", "20261204T090000Z")


def test_a_moved_deadline_keeps_its_name_so_that_programs_move_it() -> None:
    later = _DAY + timedelta(days=3)
    [before], [after] = _events(_ROW), _events(replace(_ROW, due_on=later, due_at=end_of_day(later)))
    assert before["UID"] == after["UID"]
    assert after["DTSTART;VALUE=DATE"] == "20261207"


def test_what_is_no_longer_owed_is_dropped_by_programs() -> None:
    """A program drops an entry that is off under a higher sequence; it is not reminded of it either."""
    [owed], [late], [met] = (
        _events(_ROW),
        _events(replace(_ROW, state="overdue", state_label="已逾期", changes=3)),
        _events(replace(_ROW, state="met", state_label="已完成", changes=4)),
    )
    assert [(one["STATUS"], one["SEQUENCE"]) for one in (owed, late, met)] == [
        ("CONFIRMED", "2"),
        ("CONFIRMED", "3"),
        ("CANCELLED", "4"),
    ]
    assert owed["SUMMARY"].startswith("补正材料：")
    assert late["SUMMARY"].startswith("【已逾期】补正材料：")
    assert met["SUMMARY"].startswith("【已完成】补正材料：")
    data = calendar_of([replace(_ROW, state="cancelled")], actor=Actor.public(), at=_AT)
    assert b"VALARM" not in data

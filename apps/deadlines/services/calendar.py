"""Keeping the working calendar: from the package, from the State Council's notice, by audited correction.

A year that nobody has published is never invented: its days are simply absent and everything computed with them is
暂定. Every change counts all live deadlines again.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from datetime import date, timedelta
from importlib.metadata import version

import chinese_calendar
from django.db import transaction

from apps.audit.services import record
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Forbidden, Invalid, NotVisible
from apps.core.faults import Faults
from apps.core.moment import Clock, Moment
from apps.core.text import clean_text
from apps.deadlines.models import CalendarDay, CalendarNotice
from apps.deadlines.selectors import calendar_coverage
from apps.deadlines.services.recomputing import recompute_live
from apps.policy.calendar import chinese

FIRST_YEAR = 2020
_PACKAGE = "国务院办公厅节假日安排（chinesecalendar"
#: The package names holidays in English; its own table gives the Chinese.
_NAMES: dict[str, str] = {holiday.value: holiday.chinese for holiday in chinese_calendar.Holiday}
_SATURDAY = 5
_LIMIT = 200


@transaction.atomic
def load_calendar(*, clock: Clock) -> int:
    """Bring in every year the package knows from 2020 on; return how many days were added or changed.

    Corrected days and years entered by hand are left as they are. Nothing is written when nothing is new.
    """
    source = f"{_PACKAGE} {version('chinesecalendar')}）"
    # The calendar is one for everybody; the whole table is compared with the package.
    stored = {row.date: row for row in CalendarDay.objects.all()}
    moment = clock.now()
    revision = _revision()
    new, changed = [], []
    for day, is_workday, name in _published():
        row = stored.get(day)
        if row is None:
            new.append(
                _day(day, is_workday=is_workday, name=name, source=source, moment=moment, revision=revision)
            )
        elif row.source.startswith(_PACKAGE) and (row.is_workday, row.name) != (is_workday, name):
            row.is_workday, row.name, row.source = is_workday, name, source
            row.recorded_at, row.revision = moment.at, revision
            changed.append(row)
    if not new and not changed:
        return 0
    CalendarDay.objects.bulk_create(new, ignore_conflicts=True)
    CalendarDay.objects.bulk_update(changed, ["is_workday", "name", "source", "recorded_at", "revision"])
    actor = Actor.system()
    record(
        actor=actor,
        event="calendar.load",
        subject=None,
        moment=moment,
        after={
            "source": source,
            "years": sorted({row.date.year for row in new}),
            "changed": [row.date for row in changed],
        },
    )
    recompute_live(actor=actor, clock=clock)
    return len(new) + len(changed)


def _published() -> Collection[tuple[date, bool, str]]:
    """Return (day, worked?, name) for every day the package knows; it raises for a year it does not know (M33)."""
    found: list[tuple[date, bool, str]] = []
    day = date(FIRST_YEAR, 1, 1)
    while True:
        try:
            is_workday = chinese_calendar.is_workday(day)
        except NotImplementedError:  # the package's word for a year not yet published
            return found
        name = _NAMES.get(chinese_calendar.holidays.get(day, ""), "")
        if day in chinese_calendar.workdays:
            name = f"{_NAMES.get(chinese_calendar.workdays[day], '')}调休上班"
        found.append((day, is_workday, name))
        day += timedelta(days=1)


def _revision() -> int:
    return secrets.randbits(48)


def _day(
    day: date, *, is_workday: bool, name: str, source: str, moment: Moment, revision: int
) -> CalendarDay:
    return CalendarDay(
        date=day, is_workday=is_workday, name=name, source=source, recorded_at=moment.at, revision=revision
    )


def _require_keeper(actor: Actor) -> None:
    if actor.role is Role.SYSTEM_ADMIN:
        return
    if actor.role is not Role.MUNICIPAL or not actor.has(Duty.HANDLER, Duty.SIGNER):
        raise Forbidden("工作日历由市工业和信息化局或系统管理员维护。")


@transaction.atomic
def correct_day(
    *, actor: Actor, clock: Clock, day: date | None, is_workday: bool | None, name: str, reason: str
) -> int:
    """Correct one day of a published year; return how many live deadlines moved.

    None for the day or for what it becomes: not given, which is refused together with every other fault.

    Raises:
        Forbidden: neither the city's bureau nor the system administrator.
        NotVisible: the day's year is not published: enter the year instead.
        Invalid: every fault by field, or nothing would change.
    """
    _require_keeper(actor)
    with Faults() as faults:
        if day is None:
            faults.note("day", "请填写日期。")
        if is_workday is None:
            faults.note("is_workday", "请选择工作日或休息日。")
        name = faults.read(lambda: clean_text(name, field="name", label="节假日名称", limit=40), "")
        text = faults.read(lambda: clean_text(reason, field="reason", label="更正依据", limit=_LIMIT), "")
        if not text:
            faults.note("reason", "请填写更正依据（文号或通知名称）。")
        if day is None or is_workday is None:
            raise faults.refusal()
    row = CalendarDay.objects.select_for_update().filter(date=day).first()
    if row is None:
        raise NotVisible(f"{day.year}年放假安排尚未录入，请先录入全年安排。")
    moment = clock.now()
    before = {"is_workday": row.is_workday, "name": row.name, "source": row.source}
    if (row.is_workday, row.name) == (is_workday, name):
        raise Invalid.of(
            "is_workday", f"{chinese(day)}已是{'工作日' if is_workday else '休息日'}，无需更正。"
        )
    row.is_workday, row.name, row.source = is_workday, name, f"更正：{text}"[:_LIMIT]
    row.recorded_at, row.revision = moment.at, _revision()
    row.save()
    record(
        actor=actor,
        event="calendar.correct",
        subject=None,
        moment=moment,
        before={"date": day, **before},
        after={"date": day, "is_workday": is_workday, "name": name, "source": row.source},
        note=text,
    )
    return recompute_live(actor=actor, clock=clock)


@transaction.atomic
def record_year(
    *,
    actor: Actor,
    clock: Clock,
    year: int,
    holidays: Mapping[date, str],
    makeup_days: Collection[date],
    source: str,
) -> int:
    """Enter the State Council's arrangement of a whole year; return how many live deadlines moved.

    Args:
        actor: 经办 or 签批 of the city's bureau, or the system administrator.
        clock: the time.
        year: the year after the last known one.
        holidays: every day off on a notice → name of the holiday (weekends need not be listed).
        makeup_days: Saturdays and Sundays that are worked.
        source: title or number of the notice.

    Raises:
        Forbidden: another role or duty.
        Invalid: known already, a gap before it, days of another year, a make-up day that is no weekend or a holiday.
    """
    _require_keeper(actor)
    text = clean_text(source, field="source", label="依据", limit=_LIMIT)
    errors: dict[str, list[str]] = {} if text else {"source": ["请填写依据（通知名称或文号）。"]}
    moment = clock.now()
    known = calendar_coverage(on=moment.on).years
    if year in known:
        errors["year"] = [f"{year}年放假安排已录入；个别日期有误的，请逐日更正。"]
    elif known and year != known[-1] + 1:
        errors["year"] = [f"请先录入{known[-1] + 1}年放假安排。"]
    if not holidays:
        errors["holidays"] = ["请填写放假日期。"]
    if foreign := sorted(day for day in (*holidays, *makeup_days) if day.year != year):
        errors.setdefault("holidays", []).append(f"{chinese(foreign[0])}不在{year}年。")
    if worked := sorted(set(makeup_days) & set(holidays)):
        errors["makeup_days"] = [f"{chinese(worked[0])}不能既放假又上班。"]
    if plain := sorted(day for day in makeup_days if day.weekday() < _SATURDAY):
        errors.setdefault("makeup_days", []).append(f"{chinese(plain[0])}不是周末，不属于调休上班。")
    if errors:
        raise Invalid(errors)
    revision = _revision()
    days = [
        date(year, 1, 1) + timedelta(days=n) for n in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)
    ]
    CalendarDay.objects.bulk_create(
        [
            _day(
                day,
                is_workday=day in makeup_days or (day not in holidays and day.weekday() < _SATURDAY),
                name=holidays.get(day, "调休上班" if day in makeup_days else ""),
                source=text,
                moment=moment,
                revision=revision,
            )
            for day in days
        ]
    )
    record(
        actor=actor,
        event="calendar.record_year",
        subject=None,
        moment=moment,
        after={"year": year, "holidays": dict(holidays), "makeup_days": sorted(makeup_days), "source": text},
    )
    return recompute_live(actor=actor, clock=clock)


@transaction.atomic
def attach_notice(*, actor: Actor, clock: Clock, year: int, document: str, document_name: str) -> None:
    """Keep which file is the notice behind a recorded year; a newer one takes its place.

    Args:
        actor: 经办 or 签批 of the city's bureau.
        clock: the time.
        year: a recorded year.
        document: public id of the file, stored by the caller in the same transaction.
        document_name: its name.

    Raises:
        Forbidden: another role or duty.
        NotVisible: the year is not recorded.
    """
    _require_keeper(actor)
    if not CalendarDay.objects.filter(date__year=year).exists():
        raise NotVisible(f"{year}年放假安排尚未录入，请先录入全年安排。")
    moment = clock.now()
    row = CalendarNotice.objects.select_for_update(of=("self",)).filter(year=year).first()
    before = {"document_name": row.document_name} if row else {}
    row = row or CalendarNotice(year=year)
    row.document, row.document_name = document, document_name
    row.attached_by_id, row.attached_at = actor.account, moment.at
    row.save()
    record(
        actor=actor,
        event="calendar.attach_notice",
        subject=None,
        moment=moment,
        before={"year": year, **before},
        after={"year": year, "document_name": document_name},
    )

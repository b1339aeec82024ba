"""Reminder ladders: on which days a dated obligation is called to mind (R-39)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from apps.policy.calendar import WorkCalendar, shift_workdays, workdays_between
from apps.policy.parameters import Parameters
from apps.policy.rules import implements


class Ladder(StrEnum):
    """Which ladder an obligation follows, by its length."""

    LONG = "long"
    MEDIUM = "medium"
    SHORT = "short"


@dataclass(frozen=True, slots=True)
class ReminderStep:
    """One reminder.

    ``on``: the day it is sent. ``key``: unique within the obligation ("T-7", "T0", "T+1"), counted in
    calendar days on the long and medium ladders and in working days on the short one. ``copied_to_city``: the
    city gets it too.
    """

    on: date
    key: str
    copied_to_city: bool

    @property
    def overdue(self) -> bool:
        """True for a reminder after the due date."""
        return self.key.startswith("T+")


@implements("R-39")
def ladder_for(*, opened_on: date, due_on: date, work: WorkCalendar, parameters: Parameters) -> Ladder:
    """The ladder of an obligation opened and due on these days.

    Short: at most ``short_to_workdays`` working days. Long: at least ``long_from_days`` calendar days. Else
    medium.
    """
    if workdays_between(opened_on, due_on, work) <= parameters.short_to_workdays:
        return Ladder.SHORT
    if (due_on - opened_on).days >= parameters.long_from_days:
        return Ladder.LONG
    return Ladder.MEDIUM


@implements("R-39")
def reminder_steps(
    *,
    opened_on: date,
    due_on: date,
    work: WorkCalendar,
    parameters: Parameters,
    until: date | None = None,
    fades: bool = False,
) -> tuple[ReminderStep, ...]:
    """Every reminder of the obligation in order of day, each day at most once.

    Days up to the opening day are left out: the obligation's own message is sent then. On the long ladder an
    overdue obligation is called to mind every ``overdue_every_days`` days through ``until`` (None: no overdue
    steps there); one that ``fades`` at most ``expiry_reminders_most`` times.
    """
    ladder = ladder_for(opened_on=opened_on, due_on=due_on, work=work, parameters=parameters)
    days: dict[date, int] = {}
    if ladder is Ladder.SHORT:
        for offset in parameters.reminders_short:
            days.setdefault(shift_workdays(due_on, offset, work), offset)
    else:
        offsets = parameters.reminders_long if ladder is Ladder.LONG else parameters.reminders_medium
        for offset in offsets:
            days[due_on + timedelta(days=offset)] = offset
    if ladder is Ladder.LONG and until is not None:
        every = parameters.overdue_every_days
        last = (until - due_on).days
        if fades:
            last = min(last, every * parameters.expiry_reminders_most)
        for offset in range(every, last + 1, every):
            days[due_on + timedelta(days=offset)] = offset
    city_from = due_on - timedelta(days=parameters.city_copied_last_days)
    return tuple(
        ReminderStep(day, f"T{offset:+d}" if offset else "T0", day >= city_from)
        for day, offset in sorted(days.items())
        if day > opened_on
    )


@implements("R-39")
def due_reminders(
    *,
    on: date,
    opened_on: date,
    due_on: date,
    work: WorkCalendar,
    parameters: Parameters,
    fades: bool = False,
) -> tuple[ReminderStep, ...]:
    """The reminders whose day has come by ``on``.

    Sent ones are told apart by their key, so a sweeper that missed a day sends the latest one only (the last
    element) and marks the earlier ones as passed.
    """
    steps = reminder_steps(
        opened_on=opened_on, due_on=due_on, work=work, parameters=parameters, until=on, fades=fades
    )
    return tuple(step for step in steps if step.on <= on)


@implements("R-39")
def after_quiet_hours(local: datetime, parameters: Parameters) -> datetime:
    """When something that may not disturb is sent: at once, or at the end of the quiet hours it falls into.

    ``local``: a Shanghai instant. The quiet hours may go over midnight; equal hours mean there are none.
    """
    start, end = parameters.quiet_from_hour, parameters.quiet_until_hour
    hour = local.hour
    over_midnight = start > end
    quiet = (hour >= start or hour < end) if over_midnight else start <= hour < end
    if not quiet:
        return local
    day = local.date() + timedelta(days=over_midnight and hour >= start)
    return datetime.combine(day, time(end), local.tzinfo)

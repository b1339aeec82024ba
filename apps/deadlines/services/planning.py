"""On which day each obligation is next called to mind, kept with the row so that a sweep reads only what has come.

The ladders are the bureau's choice and the short one counts working days: a plan is good for one set of parameters and
one calendar, whose mark is kept with it. What bears another mark (all of it after a change, a new or re-dated row by
itself) is planned again before the next reminders go out.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from django.db import connection, transaction

from apps.core.actor import Actor
from apps.core.moment import Clock
from apps.core.scoping import enter
from apps.deadlines.models import Obligation
from apps.deadlines.registry import KINDS
from apps.deadlines.selectors import calendar_version, work_calendar
from apps.deadlines.states import LIVE
from apps.parameters.selectors import in_force
from apps.policy.calendar import WorkCalendar
from apps.policy.parameters import Parameters
from apps.policy.reminders import reminder_steps

_BATCH = 5000


class Span(NamedTuple):
    """What the reminders of an obligation depend on: its two days, and whether they end some weeks after it."""

    started_on: date
    due_on: date
    fades: bool


def span_of(row: Obligation) -> Span:
    """Return the span of *row*; equal ones are reminded of on the same days."""
    return Span(row.started_on, row.due_on, KINDS[row.kind].fades)


@dataclass(frozen=True, slots=True)
class Ladders:
    """What a plan rests on, with its mark."""

    work: WorkCalendar
    parameters: Parameters
    mark: int

    def next_day(self, span: Span, *, after: date) -> date | None:
        """Return the first day after *after* with a reminder, None when there is none any more."""
        steps = reminder_steps(
            opened_on=span.started_on,
            due_on=span.due_on,
            work=self.work,
            parameters=self.parameters,
            until=max(span.due_on, after) + timedelta(days=self.parameters.overdue_every_days),
            fades=span.fades,
        )
        return next((step.on for step in steps if step.on > after), None)


def ladders(on: date) -> Ladders:
    """Return the ladders and the calendar of a day; two queries."""
    parameters = in_force(on=on)
    chosen = (
        calendar_version(),
        parameters.reminders_long,
        parameters.reminders_medium,
        parameters.reminders_short,
        parameters.overdue_every_days,
        parameters.expiry_reminders_most,
        parameters.long_from_days,
        parameters.short_to_workdays,
    )
    digest = hashlib.sha256(repr(chosen).encode()).digest()
    return Ladders(work_calendar(), parameters, int.from_bytes(digest[:7]) or 1)


def plan_all(clock: Clock) -> int:
    """Plan every live row that bears another mark than today's; return how many."""
    total = 0
    while True:
        count = _plan(clock)
        total += count
        if count < _BATCH:
            return total


@transaction.atomic
def _plan(clock: Clock) -> int:
    enter(Actor.system())
    on = clock.now().on
    now = ladders(on)
    rows = list(
        Obligation.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(state__in=LIVE, kind__in=[code for code, kind in KINDS.items() if kind.reminds])
        .exclude(remind_plan=now.mark)
        .only("pk", "kind", "started_on", "due_on", "reminded_through", "remind_on", "remind_plan")[:_BATCH]
    )
    found: dict[tuple[Span, date], date | None] = {}
    planned = []
    for row in rows:
        case = (span_of(row), row.dealt_with(on))
        if case not in found:
            found[case] = now.next_day(case[0], after=case[1])
        planned.append((row.pk, found[case], case[1]))
    store(planned, mark=now.mark)
    return len(rows)


def store(planned: list[tuple[int, date | None, date]], *, mark: int) -> None:
    """Write primary key → next day and day dealt with of many rows in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            _STORE,
            {
                "keys": [key for key, _, _ in planned],
                "days": [day for _, day, _ in planned],
                "through": [through for _, _, through in planned],
                "mark": mark,
            },
        )


_STORE = """
update deadlines_obligation as row set remind_on = plan.day, reminded_through = plan.through, remind_plan = %(mark)s
from unnest(%(keys)s::bigint[], %(days)s::date[], %(through)s::date[]) as plan(id, day, through)
where row.id = plan.id
"""

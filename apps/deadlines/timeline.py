"""The time machine: what the sweeper will do and when, told from the stored rows alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from apps.core.actor import Actor, Role
from apps.core.errors import Forbidden
from apps.core.moment import SHANGHAI
from apps.deadlines.models import Obligation
from apps.deadlines.registry import KINDS
from apps.deadlines.selectors import work_calendar
from apps.deadlines.states import LIVE, OPEN, Party
from apps.parameters.selectors import in_force
from apps.policy.calendar import WorkCalendar
from apps.policy.parameters import Parameters
from apps.policy.reminders import reminder_steps

_CHUNK = 2000


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing the engine will do on a day.

    `deed`: `提醒 T-7`, or `转为逾期` with what follows; `whom`: who owes it.
    """

    on: date
    deed: str
    kind_label: str
    number: str
    name: str
    whom: str
    provisional: bool


def timeline(*, actor: Actor, start: date, end: date, on: date) -> list[Happening]:
    """Return what will happen from *start* through *end* as things stand on day *on*, in order.

    Later acts of people change it; what has been dealt with already (`reminded_through`) is left out. The rules in
    force on *on* are taken.

    Raises:
        Forbidden: not the system administrator or the system.
    """
    if actor.role not in {Role.SYSTEM_ADMIN, Role.SYSTEM}:
        raise Forbidden("时间线由系统管理员查看。")
    work, parameters = work_calendar(), in_force(on=on)
    found = [
        event
        for row in _live()
        for event in _happenings(row, start, end, now=on, work=work, parameters=parameters)
    ]
    return sorted(found, key=lambda event: (event.on, event.kind_label, event.number, event.deed))


def _live() -> Iterator[Obligation]:
    rows = Obligation.objects.visible_to(Actor.system()).filter(state__in=LIVE, kind__in=list(KINDS))
    return rows.order_by("pk").iterator(chunk_size=_CHUNK)


def _happenings(
    row: Obligation, start: date, end: date, *, now: date, work: WorkCalendar, parameters: Parameters
) -> Iterator[Happening]:
    kind = KINDS[row.kind]

    def event(day: date, deed: str) -> Happening:
        return Happening(
            day,
            deed,
            kind.label,
            row.subject_number,
            row.subject_label,
            Party(row.party).label,
            row.provisional,
        )

    if kind.reminds:
        steps = reminder_steps(
            opened_on=row.started_on,
            due_on=row.due_on,
            work=work,
            parameters=parameters,
            until=end,
        )
        for step in steps:
            if start <= step.on <= end and step.on > row.dealt_with(now):
                yield event(step.on, f"提醒 {step.key}")
    # The instant is exclusive: 24:00 of the last day is the beginning of the day on which it turns overdue.
    turns_on = row.due_at.astimezone(SHANGHAI).date()
    if row.state == OPEN and start <= turns_on <= end:
        yield event(turns_on, "转为逾期，启动后续处理" if kind.on_overdue is not None else "转为逾期")

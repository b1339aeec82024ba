"""The time machine: what the engine will do and when, told from the stored rows alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from itertools import groupby
from math import ceil
from typing import Any

from django.db.models import Q

from apps.accounts.selectors import districts
from apps.core.actor import Actor, Role
from apps.core.errors import Forbidden
from apps.core.moment import SHANGHAI
from apps.core.scoping import acting_as
from apps.deadlines.forecast import Deed, Foretold, copies, foretold
from apps.deadlines.models import UNPLANNED, Obligation
from apps.deadlines.registry import KINDS, Kind
from apps.deadlines.selectors import work_calendar
from apps.deadlines.states import LIVE, OPEN, Party
from apps.notifications.reach import Reader, reach
from apps.parameters.selectors import in_force
from apps.policy.calendar import WorkCalendar
from apps.policy.parameters import Parameters
from apps.policy.reminders import Ladder, ReminderStep, ladder_for, reminder_steps

_CHUNK = 2000
PER_PAGE = 100
#: From when on a day the engine reminds (`services.sweeping.REMIND_FROM`), and does what begins with the day.
_REMINDS_AT, _MIDNIGHT = time(9), time(0)
#: Deeds that begin with their day.
_EARLY = frozenset({Deed.LATE, Deed.ENDS, Deed.OPENS})
_LATE_WORDS = "计入逾期，按期提醒直至办结。"
_FADING_WORDS = "计入逾期，再提醒几次后只列入清单。"
_SHORT_WORDS = "计入逾期，次日再提醒一次。"


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing the engine will do on a day.

    `at`: from what time of day. `deed`, `what`: the sort of thing, and it in words (提前7天提醒). `kind_label`,
    `number`, `name`, `district`: the matter, whose it is and its 属地 (code). `whom`: who owes it. `follows`: what the
    engine does besides. `readers`: who is told, with the message's template. `provisional`: the day is 暂定.
    """

    on: date
    at: time
    deed: Deed
    what: str
    kind: str
    kind_label: str
    number: str
    name: str
    district: str
    whom: str
    provisional: bool
    follows: str = ""
    template: str = ""
    readers: tuple[Reader, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of it to tell; empty: everything. `q`: part of the number or the name."""

    deed: str = ""
    kind: str = ""
    district: str = ""
    q: str = ""

    def holds(self, event: Happening) -> bool:
        """Whether *event* is asked for."""
        return (
            (not self.deed or event.deed == self.deed)
            and (not self.kind or event.kind == self.kind)
            and (not self.district or event.district == self.district)
            and (not self.q or self.q in event.number or self.q in event.name)
        )


@dataclass(frozen=True, slots=True)
class Line:
    """A happening as it is shown: with the 属地 in words, and who is told by which channels."""

    event: Happening
    district: str
    told: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Told:
    """One page of the time machine: days with their lines; of how many, and how many of each sort there are."""

    days: Sequence[tuple[date, Sequence[Line]]]
    total: int
    counts: Sequence[tuple[Deed, int]]
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class _Owed:
    """What is or will be owed, as the ladder sees it."""

    kind: Kind
    started_on: date
    due_on: date
    due_at: datetime | None
    number: str
    name: str
    enterprise: int | None
    district: str | None
    expert: int | None
    provisional: bool
    dealt_with: date
    turns: bool = True


class _Ladders:
    """The reminders of equal spans are found once."""

    def __init__(self, work: WorkCalendar, parameters: Parameters, until: date) -> None:
        self.work, self.parameters, self.until = work, parameters, until
        self._found: dict[tuple[date, date, bool], tuple[Ladder, Sequence[ReminderStep]]] = {}

    def of(self, row: _Owed) -> tuple[Ladder, Sequence[ReminderStep]]:
        """Return the ladder and the reminders of what began and falls due on these days."""
        began, due, fades = row.started_on, row.due_on, row.kind.fades
        found = self._found.get((began, due, fades))
        if found is None:
            found = (
                ladder_for(opened_on=began, due_on=due, work=self.work, parameters=self.parameters),
                reminder_steps(
                    opened_on=began,
                    due_on=due,
                    work=self.work,
                    parameters=self.parameters,
                    until=self.until,
                    fades=fades,
                ),
            )
            self._found[began, due, fades] = found
        return found


def timeline(
    *, actor: Actor, start: date, end: date, on: date, wanted: Wanted | None = None
) -> list[Happening]:
    """Return what will happen from *start* through *end* as things stand on day *on*, in order.

    Later acts of people change it; what has been dealt with already (`reminded_through`) is left out, and what an
    engine that stood still has missed comes today. The rules in force on *on* are taken. The number of queries does
    not depend on the rows.

    Raises:
        Forbidden: not the system administrator or the system.
    """
    if actor.role not in {Role.SYSTEM_ADMIN, Role.SYSTEM}:
        raise Forbidden("时间线由系统管理员查看。")
    with acting_as(Actor.system(), then=actor):
        ladders = _Ladders(work_calendar(), in_force(on=on), end)
        found = [event for event in _everything(start, end, on, ladders) if start <= event.on <= end]
    if wanted is not None:
        found = [event for event in found if wanted.holds(event)]
    return sorted(found, key=lambda event: (event.on, event.at, event.kind_label, event.number, event.name))


def told(
    *,
    actor: Actor,
    start: date,
    end: date,
    on: date,
    wanted: Wanted | None = None,
    page: int = 1,
    per_page: int = PER_PAGE,
) -> Told:
    """Return one page of the time machine by days, with who is told of each thing and how; arguments as `timeline`.

    Raises:
        Forbidden: not the system administrator or the system.
    """
    found = timeline(actor=actor, start=start, end=end, on=on, wanted=wanted)
    pages = max(1, ceil(len(found) / per_page))
    page = min(max(1, page), pages)
    lines = shown(actor=actor, events=found[(page - 1) * per_page : page * per_page])
    return Told(
        [(day, list(group)) for day, group in groupby(lines, key=lambda line: line.event.on)],
        len(found),
        [(deed, number) for deed in Deed if (number := sum(event.deed is deed for event in found))],
        page,
        pages,
    )


def shown(*, actor: Actor, events: Sequence[Happening]) -> list[Line]:
    """Return *events* with names for the 属地 and the channels of every message; three queries however many."""
    names = {row.code: row.short_name for row in districts()}
    with acting_as(Actor.system(), then=actor):
        ways = reach([(event.template, reader) for event in events for reader in event.readers])
    return [
        Line(
            event,
            names.get(event.district, ""),
            [(_whose(reader, event, names), ways[event.template, reader].words) for reader in event.readers],
        )
        for event in events
    ]


def _whose(reader: Reader, event: Happening, names: dict[str, str]) -> str:
    """Return a reader in words. Which expert it is, nobody learns here (SECURITY R05)."""
    if reader.enterprise is not None:
        return "企业"
    if reader.district is not None:
        name = f"{names.get(reader.district, reader.district)}工信部门"
        return name if event.whom in {Party.DISTRICT.label, ""} else f"{name}（抄送）"
    if reader.expert is not None:
        return "评审专家"
    if reader.admins:
        return "系统管理员"
    return "市局" if event.whom in {Party.MUNICIPAL.label, ""} else "市局（抄送）"


def _everything(start: date, end: date, on: date, ladders: _Ladders) -> Iterator[Happening]:
    for row in _live(end):
        yield from _of_owed(_owed(row, on), end, on, ladders)
    for one in foretold(start, end, on):
        yield _happening(one)
        if one.owed is not None:
            owed = one.owed
            later = _Owed(
                KINDS[owed.kind],
                one.on,
                owed.due_on,
                None,
                one.number,
                one.name,
                owed.enterprise,
                owed.district,
                None,
                owed.provisional,
                one.on,
            )
            yield from _of_owed(later, end, on, ladders)


def _live(end: date) -> Iterable[Obligation]:
    """Return the live rows of which something may come about until *end*."""
    rows = Obligation.objects.visible_to(Actor.system()).filter(
        Q(remind_on__lte=end) | Q(remind_plan=UNPLANNED) | Q(state=OPEN, due_on__lte=end),
        state__in=LIVE,
        kind__in=list(KINDS),
    )
    return rows.order_by("pk").iterator(chunk_size=_CHUNK)


def _owed(row: Obligation, on: date) -> _Owed:
    return _Owed(
        KINDS[row.kind],
        row.started_on,
        row.due_on,
        row.due_at,
        row.subject_number,
        row.subject_label if row.party != Party.EXPERT else "评审专家",
        row.enterprise_id,
        row.district_id,
        row.expert_id,
        row.provisional,
        row.dealt_with(on),
        turns=row.state == OPEN,
    )


def _of_owed(row: _Owed, end: date, on: date, ladders: _Ladders) -> Iterator[Happening]:
    """Return the reminders of *row*, and its end; what is behind comes on day *on*, of the reminders the latest."""
    ladder, every = ladders.of(row)
    if row.kind.reminds:
        steps = [step for step in every if step.on > row.dealt_with]
        behind = [step for step in steps if step.on <= on]
        for step in (*behind[-1:], *(step for step in steps if step.on > on)):
            # What turns overdue is settled at midnight, before the hour of reminders.
            if row.kind.settles and step.on > row.due_on:
                continue
            yield _reminder(row, step, max(step.on, on), ladder)
    if not row.turns:
        return
    # The instant is exclusive: 24:00 of the last day is the beginning of the day on which it turns overdue.
    local = row.due_at.astimezone(SHANGHAI) if row.due_at is not None else None
    turns_on = local.date() if local else date.fromordinal(row.due_on.toordinal() + 1)
    if turns_on <= end:
        day = max(turns_on, on)
        yield _end(row, day, local.time() if local and turns_on >= on else _MIDNIGHT, ladder)
        if row.kind.leads_to is not None:
            code, due_on = row.kind.leads_to(day, ladders.parameters, ladders.work)
            later = replace(
                row,
                kind=KINDS[code],
                started_on=day,
                due_on=due_on,
                due_at=None,
                number="",
                dealt_with=day,
            )
            yield from _of_owed(later, end, on, ladders)


def _reminder(row: _Owed, step: ReminderStep, day: date, ladder: Ladder) -> Happening:
    audiences = copies(row.kind, copied_to_city=step.copied_to_city, has_district=row.district is not None)
    return Happening(
        on=day,
        at=_REMINDS_AT,
        deed=Deed.REMINDS,
        what=_step_words(step, ladder) + ("（补发）" if step.on < day else ""),
        template="deadline_overdue" if day > row.due_on else "deadline_reminder",
        readers=tuple(_reader(row, audience) for audience in audiences),
        **_about(row),
    )


def _step_words(step: ReminderStep, ladder: Ladder) -> str:
    """Return 提前7天提醒 for T-7, with working days on the short ladder."""
    offset = int(step.key.removeprefix("T"))
    unit = "个工作日" if ladder is Ladder.SHORT else "天"
    if offset == 0:
        return "截止当天提醒"
    return f"提前{-offset}{unit}提醒" if offset < 0 else f"逾期{offset}{unit}催办"


def _end(row: _Owed, day: date, at: time, ladder: Ladder) -> Happening:
    ends = row.kind.settles or not row.kind.reminds
    usual = "" if ends else _usual(row.kind, ladder)
    return Happening(
        on=day,
        at=at,
        deed=Deed.ENDS if ends else Deed.LATE,
        what=_ended(row.kind.label) if ends else "转为逾期",
        follows=row.kind.outcome or usual,
        **_about(row),
    )


def _usual(kind: Kind, ladder: Ladder) -> str:
    """Return what the engine does about something late of which no rule says more."""
    if ladder is not Ladder.LONG:
        return _SHORT_WORDS
    return _FADING_WORDS if kind.fades else _LATE_WORDS


def _ended(label: str) -> str:
    """Return 整改期限届满, 公示期届满, 材料到期."""
    return f"{label}届满" if label.endswith("期") else f"{label}期限届满"


def _about(row: _Owed) -> dict[str, Any]:
    return {
        "kind": row.kind.code,
        "kind_label": row.kind.label,
        "number": row.number,
        "name": row.name,
        "district": row.district or "",
        "whom": row.kind.party.label,
        "provisional": row.provisional,
    }


def _reader(row: _Owed, audience: Party) -> Reader:
    match audience:
        case Party.ENTERPRISE:
            return Reader(enterprise=row.enterprise)
        case Party.DISTRICT:
            return Reader(district=row.district)
        case Party.EXPERT:
            return Reader(expert=row.expert)
        case Party.MUNICIPAL:
            return Reader(municipal=True)


def _happening(one: Foretold) -> Happening:
    return Happening(
        on=one.on,
        at=one.at or (_MIDNIGHT if one.deed in _EARLY else _REMINDS_AT),
        deed=one.deed,
        what=f"{one.label}{one.deed.label}" if one.deed in _EARLY else one.deed.label,
        kind=one.kind,
        kind_label=one.label,
        number=one.number,
        name=one.name,
        district=one.district or "",
        whom="",
        provisional=False,
        follows=one.follows,
        template=one.template,
        readers=one.readers,
    )

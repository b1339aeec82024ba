"""What the engine will do by itself although no obligation is stored yet: rooms above say what their rows foretell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum

from apps.deadlines.registry import KINDS, Kind
from apps.deadlines.selectors import calendar_coverage
from apps.deadlines.states import Party
from apps.notifications.reach import Reader
from apps.parameters.selectors import coming_values, in_force


class Deed(StrEnum):
    """What sort of thing happens."""

    OPENS = "opens"
    REMINDS = "reminds"
    LATE = "late"
    ENDS = "ends"
    NOTES = "notes"

    @property
    def label(self) -> str:
        """The word pages use."""
        return {
            Deed.OPENS: "开始",
            Deed.REMINDS: "提醒",
            Deed.LATE: "转为逾期",
            Deed.ENDS: "届满",
            Deed.NOTES: "到期提示",
        }[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """What will be owed once something has been opened."""

    kind: str
    due_on: date
    enterprise: int | None
    district: str | None
    provisional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Foretold:
    """One thing that will come about on a day.

    `kind`, `label`: code and words of the matter. `at`: the time of day, where one is set. `name`: whose it is.
    `follows`: what the engine does, in a sentence. `template` and `readers`: the message that goes out then. `owed`:
    what is owed from then on; its reminders and its end are foretold from it.
    """

    on: date
    deed: Deed
    kind: str
    label: str
    at: time | None = None
    number: str = ""
    name: str = ""
    district: str | None = None
    follows: str = ""
    template: str = ""
    readers: tuple[Reader, ...] = ()
    owed: Owed | None = None


#: First day, last day, present day → what will come about in between.
Forecaster = Callable[[date, date, date], Iterable[Foretold]]
_FORECASTERS: list[Forecaster] = []
#: Code → words of the matters of which no obligation is ever stored.
_MATTERS: dict[str, str] = {"parameter": "参数生效", "calendar": "放假安排未录入"}


def register_forecast(forecaster: Forecaster, **matters: str) -> None:
    """Let *forecaster* be asked for what its room's rows foretell; called once, when the room is loaded.

    `matters`: code → words of what it tells of and no kind of obligation names, with `_` for the dot of the code.
    """
    if forecaster not in _FORECASTERS:
        _FORECASTERS.append(forecaster)
        _MATTERS.update({code.replace("_", ".", 1): words for code, words in matters.items()})


def matters() -> dict[str, str]:
    """Return code → words of everything that may be foretold, in the order of the words."""
    labels = Counter(kind.label for kind in KINDS.values())
    found = {
        code: f"{kind.label}（{kind.party.label}）" if labels[kind.label] > 1 else kind.label
        for code, kind in KINDS.items()
    } | _MATTERS
    return dict(sorted(found.items(), key=lambda item: item[1]))


def foretold(start: date, end: date, on: date) -> Iterator[Foretold]:
    """Return everything foretold from *start* through *end* as things stand on day *on*, in no order."""
    for forecaster in (_values, _calendar, *_FORECASTERS):
        yield from forecaster(start, end, on)


def _values(start: date, end: date, on: date) -> Iterator[Foretold]:
    """The bureau's dated choices take force by themselves."""
    for row in coming_values(after=on):
        if start <= row.effective_from <= end:
            yield Foretold(
                on=row.effective_from,
                deed=Deed.OPENS,
                kind="parameter",
                label="参数生效",
                name=row.title,
                follows=f"自当日起按“{row.display}”执行；期限和提醒按新参数重新安排。",
            )


def _calendar(start: date, end: date, on: date) -> Iterator[Foretold]:
    """Once a week the city and the administrators are told that a year's holidays are missing."""
    year = calendar_coverage(on=on).first_missing
    begins = on if year <= on.year else in_force(on=on).calendar_check_on.in_year(year - 1)
    # This week's reminder has gone out; the next one does on Monday.
    day = begins if begins > on else on + timedelta(days=7 - on.weekday())
    while day <= end:
        if day >= start:
            yield Foretold(
                on=day,
                deed=Deed.NOTES,
                kind="calendar",
                label="放假安排未录入",
                name=f"{year}年",
                follows="每周提醒一次，直至录入；此前涉及该年的期限均为暂定。",
                template="calendar_missing",
                readers=(Reader(municipal=True), Reader(admins=True)),
            )
        day += timedelta(days=7 - day.weekday())


def copies(kind: Kind, *, copied_to_city: bool, has_district: bool) -> list[Party]:
    """Return who gets a reminder of *kind*: the party, then the copies; the city only in the last days (R-39)."""
    audiences = [kind.party]
    if Party.DISTRICT in kind.copies and kind.party is not Party.DISTRICT and has_district:
        audiences.append(Party.DISTRICT)
    if Party.MUNICIPAL in kind.copies and kind.party is not Party.MUNICIPAL and copied_to_city:
        audiences.append(Party.MUNICIPAL)
    return audiences

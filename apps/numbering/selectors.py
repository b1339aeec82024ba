"""Reading the register of document numbers, narrowed to the actor's own bureau."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.core.paginator import Paginator
from django.db.models import QuerySet

from apps.core.actor import Actor, Role
from apps.core.errors import NotVisible
from apps.numbering.models import IssuedNumber, NumberSeries

_PER_PAGE: Final = 30
_MOST_SERIES: Final = 50


@dataclass(frozen=True, slots=True)
class NumberRow:
    """One number of the register."""

    public_id: str
    text: str
    ordinal: int
    purpose: str
    issued_at: datetime
    issued_by: str
    voided_at: datetime | None
    void_reason: str


@dataclass(frozen=True, slots=True)
class SeriesRow:
    """One organ word in one year: where it began, what was given last."""

    public_id: str
    word: str
    year: int
    start: int
    last: int

    @property
    def given(self) -> int:
        """How many numbers were given here, voided ones included."""
        return self.last - self.start + 1

    @property
    def following(self) -> str:
        """The number that comes next."""
        return f"{self.word}〔{self.year}〕{self.last + 1}号"

    @property
    def unnumbered(self) -> str:
        """What to type to be given the next number."""
        return f"{self.word}〔{self.year}〕号"


@dataclass(frozen=True, slots=True)
class NumberPage:
    """One page of a series, the newest number first."""

    series: SeriesRow
    rows: Sequence[NumberRow]
    page: int
    pages: int
    total: int


def _own(actor: Actor) -> QuerySet[NumberSeries]:
    """Return the series of the actor's bureau: a district's, or the city's own (the auditor reads all)."""
    rows = NumberSeries.objects.visible_to(actor)
    if actor.role is Role.AUDITOR:
        return rows
    return rows.filter(district_id=actor.district)


def _series(row: NumberSeries) -> SeriesRow:
    return SeriesRow(row.public_id, row.word, row.year, row.start, row.last)


def _number(row: IssuedNumber) -> NumberRow:
    return NumberRow(
        public_id=row.public_id,
        text=row.text,
        ordinal=row.ordinal,
        purpose=row.purpose,
        issued_at=row.issued_at,
        issued_by=row.issued_by.name if row.issued_by is not None else "",
        voided_at=row.voided_at,
        void_reason=row.void_reason,
    )


def register(*, actor: Actor, word: str, year: int) -> list[NumberRow]:
    """Return the numbers of one word and year in their order, voided ones included."""
    rows = IssuedNumber.objects.visible_to(actor).filter(series__word=word, series__year=year)
    return [_number(row) for row in rows.select_related("issued_by").order_by("ordinal")]


def years(*, actor: Actor) -> list[int]:
    """Return the years in which the actor's bureau has given numbers, the newest first."""
    return list(_own(actor).order_by("-year").values_list("year", flat=True).distinct())


def series_of(*, actor: Actor, year: int) -> list[SeriesRow]:
    """Return the registers that the actor's bureau keeps in a year, by word."""
    return [_series(row) for row in _own(actor).filter(year=year).order_by("word")[:_MOST_SERIES]]


def number_page(*, actor: Actor, public_id: str, page: int = 1) -> NumberPage:
    """Return one page of a register.

    Raises:
        NotVisible: not of the actor's bureau.
    """
    series = _own(actor).filter(public_id=public_id).first()
    if series is None:
        raise NotVisible
    rows = IssuedNumber.objects.visible_to(actor).filter(series=series).select_related("issued_by")
    found = Paginator(rows.order_by("-ordinal"), _PER_PAGE).get_page(page)
    return NumberPage(
        series=_series(series),
        rows=[_number(row) for row in found],
        page=found.number,
        pages=found.paginator.num_pages,
        total=found.paginator.count,
    )


def upcoming(*, actor: Actor, on: date) -> list[SeriesRow]:
    """Return the registers from which the actor's bureau may be given a number on a day."""
    if actor.role not in {Role.DISTRICT, Role.MUNICIPAL}:
        return []
    return series_of(actor=actor, year=on.year)

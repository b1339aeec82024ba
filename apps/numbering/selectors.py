"""Reading the register of numbers, narrowed to the actor's own bureau."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.core.paginator import Paginator
from django.db.models import Case, Q, QuerySet, When

from apps.core.actor import Actor, Role
from apps.core.errors import NotVisible
from apps.numbering.kinds import DOCUMENT, KINDS, Register
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
    """One run of numbers in one year: where it began, what was given last."""

    public_id: str
    register: Register
    start: int
    last: int

    @property
    def word(self) -> str:
        """What the numbers begin with."""
        return self.register.word

    @property
    def year(self) -> int:
        """The year of the numbers."""
        return self.register.year

    @property
    def kind_label(self) -> str:
        """What is numbered, in Chinese."""
        return KINDS[self.register.kind]

    @property
    def is_documents(self) -> bool:
        """Whether officials number documents from here; every other number is given with the act itself."""
        return self.register.kind == DOCUMENT

    @property
    def heading(self) -> str:
        """The run as pages name it: 苏工信节能〔2026〕, SZLC-3A-2026."""
        if self.is_documents:
            return f"{self.word}〔{self.year}〕"
        return self.register.stem.rstrip("-")

    @property
    def given(self) -> int:
        """How many numbers were given here, voided ones included."""
        return self.last - self.start + 1

    @property
    def following(self) -> str:
        """The number that comes next."""
        return self.register.text(self.last + 1)

    @property
    def unnumbered(self) -> str:
        """What to type to be given the next number of a document."""
        return f"{self.word}〔{self.year}〕号"


@dataclass(frozen=True, slots=True)
class SeriesPage:
    """One page of the registers of a year."""

    rows: Sequence[SeriesRow]
    page: int
    pages: int
    total: int


@dataclass(frozen=True, slots=True)
class NumberPage:
    """One page of a series, the newest number first."""

    series: SeriesRow
    rows: Sequence[NumberRow]
    page: int
    pages: int
    total: int


def _own(actor: Actor) -> QuerySet[NumberSeries]:
    """Return the series of the actor's bureau with those that all bureaus share; the auditor reads all."""
    rows = NumberSeries.objects.visible_to(actor)
    if actor.role is Role.AUDITOR:
        return rows
    return rows.filter(Q(district_id=actor.district) | Q(joint=True))


def _series(row: NumberSeries) -> SeriesRow:
    return SeriesRow(row.public_id, row.register, row.start, row.last)


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


def register(*, actor: Actor, word: str, year: int, kind: str = DOCUMENT) -> list[NumberRow]:
    """Return the numbers of one word and year in their order, voided ones included."""
    rows = IssuedNumber.objects.visible_to(actor).filter(
        series__kind=kind, series__word=word, series__year=year
    )
    return [_number(row) for row in rows.select_related("issued_by").order_by("ordinal")]


def years(*, actor: Actor) -> list[int]:
    """Return the years in which the actor's bureau has given numbers, the newest first."""
    return list(_own(actor).order_by("-year").values_list("year", flat=True).distinct())


def _ranked(actor: Actor, year: int) -> QuerySet[NumberSeries]:
    """Return the bureau's registers of a year: documents first, then by kind and word."""
    ranks = Case(*(When(kind=kind, then=place) for place, kind in enumerate(KINDS)))
    return _own(actor).filter(year=year).annotate(rank=ranks).order_by("rank", "word")


def series_of(*, actor: Actor, year: int) -> list[SeriesRow]:
    """Return the registers from which officials of the actor's bureau number documents in a year, by word."""
    return [_series(row) for row in _ranked(actor, year).filter(kind=DOCUMENT)[:_MOST_SERIES]]


def series_page(*, actor: Actor, year: int, page: int = 1, per_page: int = _PER_PAGE) -> SeriesPage:
    """Return one page of the registers from which the actor's bureau numbers in a year."""
    found = Paginator(_ranked(actor, year), per_page).get_page(page)
    return SeriesPage(
        rows=[_series(row) for row in found],
        page=found.number,
        pages=found.paginator.num_pages,
        total=found.paginator.count,
    )


def number_page(*, actor: Actor, public_id: str, page: int = 1, per_page: int = _PER_PAGE) -> NumberPage:
    """Return one page of a register.

    Raises:
        NotVisible: not of the actor's bureau.
    """
    series = _own(actor).filter(public_id=public_id).first()
    if series is None:
        raise NotVisible
    rows = IssuedNumber.objects.visible_to(actor).filter(series=series).select_related("issued_by")
    found = Paginator(rows.order_by("-ordinal"), per_page).get_page(page)
    return NumberPage(
        series=_series(series),
        rows=[_number(row) for row in found],
        page=found.number,
        pages=found.paginator.num_pages,
        total=found.paginator.count,
    )


def upcoming(*, actor: Actor, on: date) -> list[SeriesRow]:
    """Return the registers from which the actor's bureau may number a document on a day."""
    if actor.role not in {Role.DISTRICT, Role.MUNICIPAL}:
        return []
    return series_of(actor=actor, year=on.year)


def astray(*, kind: str, borne: Collection[str]) -> Iterator[str]:
    """Yield a Chinese sentence for every number of a kind that is borne but not registered, or the other way round.

    Run as the system, by what rooms above answer to `manage.py verify`.

    Args:
        kind: a key of `KINDS`.
        borne: the numbers that rows of the room bear.
    """
    standing = IssuedNumber.objects.filter(series__kind=kind, voided_at=None)
    registered = set(standing.values_list("text", flat=True))
    for text in sorted(set(borne) - registered):
        yield f"{KINDS[kind]}{text}不在编号登记中。"
    for text in sorted(registered - set(borne)):
        yield f"{KINDS[kind]}{text}已登记，但没有对应的事项。"

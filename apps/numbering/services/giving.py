"""Giving out numbers of every kind, one after the other, inside the transaction of the act they are for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from apps.core.actor import Actor
from apps.core.errors import Conflict
from apps.core.moment import Moment
from apps.core.scoping import acting_as
from apps.numbering.kinds import Register
from apps.numbering.models import IssuedNumber, NumberSeries

_LONGEST_PURPOSE: Final = 100
_BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """One number to be given.

    `purpose`: what it is for, as the register shows it. `district`: code of the bureau whose number it is, None for
    the city's. `ordinal`: set for a number that is in use already and only enters the register.
    """

    register: Register
    purpose: str
    district: str | None = None
    ordinal: int | None = None


def take_number(
    *, actor: Actor, moment: Moment, register: Register, purpose: str, district: str | None = None
) -> str:
    """Return the next number of a register; call inside the act's own transaction, which records it.

    The series stays locked until the act commits: two takers never share a number, and an act that fails gives its
    number back.

    Args:
        actor: who acts; the register itself is written as the system (an enterprise that hands in sees no register).
        moment: of the act.
        register: which run of numbers; opened at 1 when it is new.
        purpose: what the number is for.
        district: code of the bureau in whose register page it shows; that of the register by default.
    """
    wanted = Wanted(register, purpose, district or register.district)
    return take_numbers(actor=actor, moment=moment, wanted=[wanted])[0]


def hold_register(*, actor: Actor, register: Register) -> None:
    """Lock a register until the transaction ends, before its next number is known to be needed."""
    with acting_as(Actor.system(), then=actor):
        _locked({register})


def take_numbers(*, actor: Actor, moment: Moment, wanted: Sequence[Wanted]) -> list[str]:
    """Return a number for each of *wanted*, in their order; see `take_number`.

    Raises:
        Conflict: a number that is said to be in use was given out for something else.
    """
    if not wanted:
        return []
    with acting_as(Actor.system(), then=actor):
        series = _locked({one.register for one in wanted})
        # Numbers in use come first: those that are given must pass them by.
        order = sorted(range(len(wanted)), key=lambda place: wanted[place].ordinal is None)
        rows: dict[int, IssuedNumber] = {}
        for place in order:
            one = wanted[place]
            row = series[one.register]
            ordinal = _next(row) if one.ordinal is None else _use(row, one.ordinal)
            rows[place] = IssuedNumber(
                series=row,
                ordinal=ordinal,
                text=one.register.text(ordinal),
                purpose=one.purpose[:_LONGEST_PURPOSE],
                district_id=one.district,
                issued_at=moment.at,
                issued_by_id=actor.account,
            )
        for row in series.values():
            row.save(update_fields=["last", "ahead"])
        IssuedNumber.objects.bulk_create(rows.values(), batch_size=_BATCH)
    return [rows[place].text for place in range(len(wanted))]


def _locked(registers: set[Register]) -> dict[Register, NumberSeries]:
    """Return the series of the registers with their rows locked in one order, new ones opened at 1."""
    found: dict[Register, NumberSeries] = {}
    for register in sorted(registers, key=lambda one: (one.kind, one.word, one.year)):
        key = {"kind": register.kind, "word": register.word, "year": register.year}
        rows = NumberSeries.objects.select_for_update().filter(**key)
        row: NumberSeries | None = rows.first()
        if row is None:
            fresh = NumberSeries(**key, last=0, district_id=register.district, joint=register.joint)
            # A rival may have opened it meanwhile: theirs stands, and is waited for.
            NumberSeries.objects.bulk_create([fresh], ignore_conflicts=True)
            row = rows.get()
        found[register] = row
    return found


def _next(row: NumberSeries) -> int:
    """Move the series on by one number, past those in use already."""
    row.last += 1
    while row.last in row.ahead:
        row.ahead.remove(row.last)
        row.last += 1
    return row.last


def _use(row: NumberSeries, ordinal: int) -> int:
    """Enter a number that is in use already."""
    if row.start <= ordinal <= row.last or ordinal in row.ahead:
        raise Conflict(f"编号{row.register.text(ordinal)}已编给其他事项，请核对。")
    row.ahead = sorted([*row.ahead, ordinal])
    while row.last + 1 in row.ahead:
        row.last += 1
        row.ahead.remove(row.last)
    return ordinal

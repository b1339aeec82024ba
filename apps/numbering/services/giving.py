"""Giving out numbers of every kind, one after the other, inside the transaction of the act they are for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection

from apps.core.actor import Actor
from apps.core.errors import Conflict
from apps.core.models import new_public_id
from apps.core.moment import Moment
from apps.core.scoping import acting_as
from apps.numbering.kinds import Register
from apps.numbering.models import NumberSeries

_LONGEST_PURPOSE: Final = 100
#: Migration 0005: locks the series, moves it on and registers the number, as the system for that one statement.
_TAKE: Final = "select gf_take_number(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"


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
        actor: who acts; whether or not they may see the register.
        moment: of the act.
        register: which run of numbers; opened at 1 when it is new.
        purpose: what the number is for.
        district: code of the bureau in whose register page it shows; that of the register by default.
    """
    return _take(actor, moment, Wanted(register, purpose, district or register.district))


def take_numbers(*, actor: Actor, moment: Moment, wanted: Sequence[Wanted]) -> list[str]:
    """Return a number for each of *wanted*, in their order; see `take_number`.

    Raises:
        Conflict: a number that is said to be in use was given out for something else.
    """
    # Numbers in use come first: those that are given must pass them by. Else every taker goes by the same order,
    # so that two who take from several registers do not wait for each other.
    order = sorted(range(len(wanted)), key=lambda place: _rank(wanted[place]))
    texts = {place: _take(actor, moment, wanted[place]) for place in order}
    return [texts[place] for place in range(len(wanted))]


def hold_register(*, actor: Actor, register: Register) -> None:
    """Lock a register until the transaction ends, before its next number is known to be needed."""
    with acting_as(Actor.system(), then=actor):
        key = {"kind": register.kind, "word": register.word, "year": register.year}
        fresh = NumberSeries(**key, last=0, district_id=register.district, joint=register.joint)
        NumberSeries.objects.bulk_create([fresh], ignore_conflicts=True)
        NumberSeries.objects.select_for_update().get(**key)


def _rank(one: Wanted) -> tuple[str, str, int, bool]:
    return (one.register.kind, one.register.word, one.register.year, one.ordinal is None)


def _take(actor: Actor, moment: Moment, one: Wanted) -> str:
    register = one.register
    given: list[str | int | bool | datetime | None] = [
        register.kind,
        register.word,
        register.year,
        register.district,
        register.joint,
        register.stem,
        one.ordinal,
        one.purpose[:_LONGEST_PURPOSE],
        one.district,
        moment.at,
        actor.user_id,
        new_public_id(),
        new_public_id(),
    ]
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, given)
        (text,) = cursor.fetchone()
    if text is None:
        raise Conflict(f"编号{register.text(one.ordinal or 0)}已编给其他事项，请核对。")
    return str(text)

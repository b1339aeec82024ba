"""Which kinds of obligations exist: rooms above register theirs, with how to recompute them and what follows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Protocol

from apps.core.moment import Clock
from apps.deadlines.states import Party
from apps.policy.calendar import WorkCalendar
from apps.policy.parameters import Parameters


@dataclass(frozen=True, slots=True)
class OverdueObligation:
    """What an overdue hook is told."""

    public_id: str
    kind: str
    subject_type: str
    subject_id: int
    due_on: date
    due_at: datetime
    enterprise_id: int | None
    district: str | None
    rule: str


class OverdueHook(Protocol):
    """Acts once when an obligation has become overdue; as the system, in a transaction of its own."""

    def __call__(self, obligation: OverdueObligation, *, clock: Clock) -> None:
        """Act."""
        ...


#: subject id → the deadline as it is now, None when nothing is owed any more.
Recompute = Callable[[int], date | datetime | None]


#: Day on which the engine opens it, the rules and the calendar then → code of the kind and last day.
Successor = Callable[[date, Parameters, WorkCalendar], tuple[str, date]]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of obligation.

    `party`: who owes it. `todo`: what to do, for the reminders. `path`: page below the party's portal. `copies`: who
    else is reminded (the city only in the last days, R-39). `reminds`: whether reminders are sent at all.
    `follows`: the enterprise takes it along when it moves to another district; what is not so stays with the
    district that handles the case. `outcome`: what the engine itself does at the due instant, in a sentence.
    `settles`: that ends the obligation, no reminder follows. `leads_to`: what the engine opens then, with its last day.
    `fades`: once late it is called to mind a few times only (`expiry_reminders_most`) and then merely listed.
    `ahead_days`: how long before its day it belongs among the things to do, None: from the beginning.
    """

    code: str
    label: str
    party: Party
    todo: str
    path: str
    copies: frozenset[Party]
    reminds: bool
    recompute: Recompute | None
    on_overdue: OverdueHook | None
    follows: bool
    outcome: str
    settles: bool
    leads_to: Successor | None
    fades: bool
    ahead_days: int | None


_KINDS: dict[str, Kind] = {}
KINDS: Mapping[str, Kind] = MappingProxyType(_KINDS)


def register_kind(  # noqa: PLR0913  (the columns of one row, all named)
    code: str,
    *,
    label: str,
    party: Party,
    todo: str = "请在截止前办理。",
    path: str = "",
    copies: frozenset[Party] = frozenset(),
    reminds: bool = True,
    recompute: Recompute | None = None,
    on_overdue: OverdueHook | None = None,
    follows: bool = False,
    outcome: str = "",
    settles: bool = False,
    leads_to: Successor | None = None,
    fades: bool = False,
    ahead_days: int | None = None,
) -> Kind:
    """Register a kind of obligation, once, when the room that owns it is loaded.

    Raises:
        ValueError: registered before with other particulars, or something follows and is not said.
    """
    if on_overdue is not None and not outcome:
        msg = f"what follows a missed {code!r} is to be said in words"
        raise ValueError(msg)
    kind = Kind(
        code,
        label,
        party,
        todo,
        path,
        copies,
        reminds,
        recompute,
        on_overdue,
        follows,
        outcome,
        settles,
        leads_to,
        fades,
        ahead_days,
    )
    known = _KINDS.get(code)
    if known is not None and known != kind:
        msg = f"two kinds of obligation share the code {code!r}"
        raise ValueError(msg)
    _KINDS[code] = kind
    return kind

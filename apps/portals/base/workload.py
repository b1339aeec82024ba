"""Open work beside the labels of the side navigation: one count per page, from the states of applications."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from apps.applications import selectors as applications
from apps.applications import states as at
from apps.core.actor import Actor, Role

#: Role → URL name → states whose applications wait there for this role.
_WAITING: Final[dict[Role, dict[str, tuple[str, ...]]]] = {
    Role.DISTRICT: {
        "district:intake": (at.SUBMITTED, at.FORM_CHECK),
        "district:scoring": (at.PRELIM,),
        "district:decisions": (at.DISTRICT_DECISION,),
        "district:filings": (at.TO_FILE,),
    },
    Role.MUNICIPAL: {
        "municipal:recommendations": (at.RECOMMENDED,),
        "municipal:panels": (at.CITY_ACCEPTED,),
        "municipal:credit": (at.CREDIT_CHECK,),
        "municipal:recognitions": (at.CONFIRMABLE,),
        "municipal:filings": (at.FILED,),
    },
}


def open_work(actor: Actor, counted: Mapping[str, int] | None = None) -> dict[str, int]:
    """Return the number of applications waiting for *actor*'s side by URL name; one query, none for other roles.

    *counted*: the applications in sight by state, where the page has counted them already.
    """
    waiting = _WAITING.get(actor.role)
    if waiting is None:
        return {}
    counts = counted if counted is not None else applications.counts_by_state(actor=actor)
    return {name: sum(counts[state] for state in states) for name, states in waiting.items()}

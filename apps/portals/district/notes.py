"""What stands beside the scores of a case: counts for every row of the desk, and the threads of one item."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.crypto import get_random_string

from apps.core.audience import actor_of
from apps.portals.base.desk import Notes
from apps.portals.base.desk_pages import Seat
from apps.review.selectors import DeskCase

#: Parts of an application that an item of the desk stands for on the return list.
_OF_ITEMS = frozenset({"item", "evidence"})


def returning_of(found: DeskCase) -> frozenset[str]:
    """Return the items on the return list."""
    return frozenset(mark.code for mark in found.marks if mark.part in _OF_ITEMS)


def notes_of(found: DeskCase) -> Notes:
    """Return the counts beside every item."""
    return Notes(
        remarks=Counter(one.item_code for one in found.remarks),
        photos=Counter(one.item_code for one in found.photos),
        returning=returning_of(found),
    )


def shown_beside(request: HttpRequest, seat: Seat, code: str) -> Mapping[str, Any]:
    """Return what the side panel shows of one item beside its files."""
    found: DeskCase = seat.context["beside"]
    return {
        "remarks": [one for one in found.remarks if one.item_code == code],
        "returning": code in returning_of(found),
        "photos": [one for one in found.photos if one.item_code == code],
        "remark_key": get_random_string(24),
        "may_remark": bool(actor_of(request).duties),
    }

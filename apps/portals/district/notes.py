"""What stands beside the scores of a case: counts for every row of the desk, and the threads of one item."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.crypto import get_random_string

from apps.core.actor import Actor
from apps.core.audience import actor_of
from apps.portals.base.desk import Notes
from apps.portals.base.desk_pages import Seat
from apps.review import selectors as review
from apps.review.selectors import MarkForReturn, PhotoRow, RemarkRow

#: Parts of an application that an item of the desk stands for on the return list.
_OF_ITEMS = frozenset({"item", "evidence"})


@dataclass(frozen=True, slots=True)
class Beside:
    """Remarks, return list and photos of one case, read once for the rows and the panel."""

    remarks: tuple[RemarkRow, ...]
    marks: tuple[MarkForReturn, ...]
    photos: tuple[PhotoRow, ...]

    @property
    def returning(self) -> frozenset[str]:
        """The items on the return list."""
        return frozenset(mark.code for mark in self.marks if mark.part in _OF_ITEMS)

    @property
    def notes(self) -> Notes:
        """The counts beside every item."""
        return Notes(
            remarks=Counter(one.item_code for one in self.remarks),
            photos=Counter(one.item_code for one in self.photos),
            returning=self.returning,
        )


def beside_of(actor: Actor, application_id: int) -> Beside:
    """Return what stands beside the scores of a case; three queries."""
    return Beside(
        remarks=tuple(review.remarks(actor=actor, application_id=application_id)),
        marks=tuple(review.return_list(actor=actor, application_id=application_id)),
        photos=tuple(review.site_photos(actor=actor, application_id=application_id)),
    )


def shown_beside(request: HttpRequest, seat: Seat, code: str) -> Mapping[str, Any]:
    """Return what the side panel shows of one item beside its files."""
    found: Beside = seat.context["beside"]
    return {
        "remarks": [one for one in found.remarks if one.item_code == code],
        "returning": code in found.returning,
        "photos": [one for one in found.photos if one.item_code == code],
        "remark_key": get_random_string(24),
        "may_remark": bool(actor_of(request).duties),
    }

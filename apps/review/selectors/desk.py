"""Reading one case for the scoring desk: the review with everything kept beside the scores, in one statement.

The desk is the page its users open most. Remarks, return list, photos and the queue around the case come with the
review's own row as arrays instead of as four more round trips.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, OuterRef, QuerySet
from django.db.models.functions import Cast, JSONObject

from apps.applications import selectors as applications
from apps.core.actor import Actor
from apps.core.errors import NotVisible
from apps.review.casework_models import CaseRemark, ReturnMark, SitePhoto
from apps.review.models import PreliminaryReview
from apps.review.selectors.casework import MarkForReturn, PhotoRow, RemarkRow, remark_row
from apps.review.selectors.preliminary import (
    PreliminaryRow,
    QueuePlace,
    place_among,
    preliminary_row,
    queue_around,
)

#: The most remarks and photos of one case that the desk shows.
_MOST = 500


@dataclass(frozen=True, slots=True)
class DeskCase:
    """One case on the desk: its review, what was said, gathered and photographed, and its place in the queue."""

    row: PreliminaryRow
    remarks: tuple[RemarkRow, ...]
    marks: tuple[MarkForReturn, ...]
    photos: tuple[PhotoRow, ...]
    place: QueuePlace | None


def desk_case(*, actor: Actor, public_id: str) -> DeskCase:
    """Return the review of an application (its public id) as the desk needs it; two queries.

    Raises:
        NotVisible: none in sight.
    """
    case = applications.case(actor=actor, public_id=public_id)
    row = (
        PreliminaryReview.objects.visible_to(actor)
        .select_related("sheet", "scorer")
        .filter(application_id=case.id)
        .annotate(
            said=_beside(
                CaseRemark.objects.visible_to(actor),
                public_id="public_id",
                item_code="item_code",
                audience="audience",
                text="text",
                author_id="author_id",
                author_name="author_name",
                author_role="author_role",
                written_at="written_at",
                settled_at="settled_at",
            ),
            marked=_beside(
                ReturnMark.objects.visible_to(actor),
                part="part",
                code="code",
                reason="reason",
                wanted="wanted",
            ),
            shot=_beside(
                SitePhoto.objects.visible_to(actor),
                public_id="public_id",
                item_code="item_code",
                file_public_id="file__public_id",
                file_name="file__display_name",
                by="taken_by__name",
                taken_at="taken_at",
                received_at="received_at",
                latitude=Cast("latitude", CharField()),
                longitude=Cast("longitude", CharField()),
                accuracy_m="accuracy_m",
                note="note",
            ),
            around=ArraySubquery(queue_around(actor)),
        )
        .first()
    )
    if row is None:
        raise NotVisible
    return DeskCase(
        row=preliminary_row(row, case),
        remarks=tuple(
            remark_row(
                CaseRemark(
                    **{
                        **one,
                        "written_at": datetime.fromisoformat(one["written_at"]),
                        "settled_at": _moment(one["settled_at"]),
                    }
                ),
                actor,
            )
            for one in row.said
        ),
        marks=tuple(MarkForReturn(**one) for one in row.marked),
        photos=tuple(_photo(one) for one in row.shot),
        place=place_among([str(one) for one in row.around], public_id),
    )


def _beside(rows: QuerySet[Any], **fields: Any) -> ArraySubquery:
    """Return the *rows* of the review's application as an array of objects, oldest first."""
    own = rows.filter(application_id=OuterRef("application_id")).order_by("id")
    return ArraySubquery(own.values(data=JSONObject(**fields))[:_MOST])


def _photo(one: dict[str, Any]) -> PhotoRow:
    return PhotoRow(
        **{
            **one,
            "taken_at": datetime.fromisoformat(one["taken_at"]),
            "received_at": datetime.fromisoformat(one["received_at"]),
            "latitude": _number(one["latitude"]),
            "longitude": _number(one["longitude"]),
        }
    )


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)

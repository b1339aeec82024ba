"""Reading what an office keeps beside a case: who is on it, remarks, the return list, on-site photos."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q, Value

from apps.accounts import selectors as accounts
from apps.core.actor import Actor, Duty, Role
from apps.review.casework_models import AUDIENCES, INTERNAL, CaseHolder, CaseRemark, ReturnMark, SitePhoto
from apps.review.models import PreliminaryReview
from apps.review.states import SCORING


@dataclass(frozen=True, slots=True)
class HolderRow:
    """Who is on a case."""

    user_id: int
    name: str
    since: datetime | None


@dataclass(frozen=True, slots=True)
class RemarkRow:
    """One remark as a thread shows it; the enterprise is told the office, never the person (SECURITY R05)."""

    public_id: str
    item_code: str
    who: str
    role: str
    text: str
    at: datetime
    internal: bool
    audience_label: str
    settled: bool
    mine: bool


@dataclass(frozen=True, slots=True)
class MarkForReturn:
    """One line of the return list."""

    part: str
    code: str
    reason: str
    wanted: str

    @property
    def place(self) -> str:
        """The line as pages name it: "part:code"."""
        return f"{self.part}:{self.code}"


@dataclass(frozen=True, slots=True)
class PhotoRow:
    """One on-site photo."""

    public_id: str
    item_code: str
    file_public_id: str
    file_name: str
    by: str
    taken_at: datetime
    received_at: datetime
    latitude: Decimal | None
    longitude: Decimal | None
    accuracy_m: int | None
    note: str


_ROLES = {
    Role.DISTRICT.value: ("属地", "official"),
    Role.MUNICIPAL.value: ("市局", "official"),
    Role.ENTERPRISE.value: ("申报企业", "enterprise"),
}


def holders(*, actor: Actor, application_ids: Collection[int]) -> dict[int, HolderRow]:
    """Return who is on each of the cases, by application id: before scoring, or while it is scored; one query."""
    before = (
        CaseHolder.objects.visible_to(actor)
        .filter(application_id__in=application_ids)
        .exclude(holder=None)
        .values_list("application_id", "holder_id", "holder__name", "since", Value(0), Value(value=True))
    )
    scoring = (
        PreliminaryReview.objects.visible_to(actor)
        .filter(application_id__in=application_ids)
        .values_list(
            "application_id",
            "scorer_id",
            "scorer__name",
            "claimed_at",
            Value(1),
            ExpressionWrapper(Q(state=SCORING, scorer__isnull=False), output_field=BooleanField()),
        )
    )
    found: dict[int, HolderRow] = {}
    # From the scoring on, the review alone says who is on a case: its rows come last and overrule.
    for application_id, user_id, name, since, _, holds in sorted(before.union(scoring, all=True), key=_last):
        found.pop(application_id, None)
        if holds:
            found[application_id] = HolderRow(user_id, name, since)
    return found


def _last(row: tuple[Any, ...]) -> bool:
    """Order the rows of reviews (1 in the fifth place) behind those of holders (0)."""
    return bool(row[4])


def colleagues(*, actor: Actor) -> list[tuple[int, str]]:
    """Return the people of the actor's district who handle cases: (account id, name), for assignment."""
    staff = accounts.staff(actor=actor, role=Role.DISTRICT, district=actor.district, duty=Duty.HANDLER)
    return [(person.id, person.name) for person in staff]


def remarks(*, actor: Actor, application_id: int, item_code: str | None = None) -> list[RemarkRow]:
    """Return the remarks *actor* may read, oldest first: of one item, or (None) of the whole case; one query."""
    rows = CaseRemark.objects.visible_to(actor).filter(application_id=application_id)
    if item_code is not None:
        rows = rows.filter(item_code=item_code)
    return [remark_row(row, actor) for row in rows.order_by("id")[:500]]


def remark_row(row: CaseRemark, actor: Actor) -> RemarkRow:
    """Return a remark as *actor* may read it: who wrote it is named inside the bureaus only."""
    official = actor.role is not Role.ENTERPRISE
    office, _ = _ROLES.get(row.author_role, ("", "official"))
    named = official or row.author_role == Role.ENTERPRISE.value
    return RemarkRow(
        public_id=row.public_id,
        item_code=row.item_code,
        who=row.author_name if named else office,
        role=office if named else "",
        text=row.text,
        at=row.written_at,
        internal=row.audience == INTERNAL,
        audience_label=AUDIENCES[row.audience],
        settled=row.settled_at is not None,
        mine=row.author_id == actor.user_id,
    )


def remark_counts(*, actor: Actor, application_id: int) -> Mapping[str, int]:
    """Return item code → number of remarks *actor* may read; one query."""
    rows = CaseRemark.objects.visible_to(actor).filter(application_id=application_id)
    return Counter(rows.values_list("item_code", flat=True))


def return_list(*, actor: Actor, application_id: int) -> list[MarkForReturn]:
    """Return the gathered return list in the order it was gathered; one query."""
    rows = ReturnMark.objects.visible_to(actor).filter(application_id=application_id).order_by("id")
    return [MarkForReturn(row.part, row.code, row.reason, row.wanted) for row in rows]


def site_photos(*, actor: Actor, application_id: int, item_code: str | None = None) -> list[PhotoRow]:
    """Return the on-site photos of a case (or one item), oldest first; one query."""
    rows = SitePhoto.objects.visible_to(actor).filter(application_id=application_id)
    if item_code is not None:
        rows = rows.filter(item_code=item_code)
    return [
        PhotoRow(
            public_id=row.public_id,
            item_code=row.item_code,
            file_public_id=row.file.public_id,
            file_name=row.file.display_name,
            by=row.taken_by.name,
            taken_at=row.taken_at,
            received_at=row.received_at,
            latitude=row.latitude,
            longitude=row.longitude,
            accuracy_m=row.accuracy_m,
            note=row.note,
        )
        for row in rows.select_related("file", "taken_by").order_by("id")[:500]
    ]

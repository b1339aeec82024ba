"""Notices as the public and the city read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Max, Q

from apps.accounts import selectors as accounts
from apps.core.actor import Actor, Role
from apps.core.errors import NotVisible
from apps.publicity.models import Notice, NoticeEntry
from apps.publicity.states import ENTRY_LIFE, NOTICE_LIFE, PUBLIC_NOTICES, PUBLISHED, STANDING

_PER_PAGE = 20


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """One notice in a list."""

    public_id: str
    kind: str
    kind_label: str
    title: str
    state: str
    state_label: str
    count: int
    starts_on: date | None
    ends_on: date | None
    published_at: datetime | None
    round_public_id: str
    round_name: str


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One enterprise on a notice, as published."""

    public_id: str
    position: int
    enterprise_name: str
    uscc: str
    district_name: str
    industry_name: str
    state: str
    state_label: str
    application_public_id: str
    ends_on: date | None

    @property
    def is_open(self) -> bool:
        """Whether an objection to it may be filed (the date decides in the service)."""
        return self.state == STANDING


@dataclass(frozen=True, slots=True)
class SignStep:
    """One step of the signing chain: label, who, when; state is done, current or todo."""

    label: str
    who: str
    at: datetime | None
    state: str


@dataclass(frozen=True, slots=True)
class RemovedRow:
    """One enterprise that a correction takes off the list it corrects."""

    name: str
    uscc: str
    district_name: str


@dataclass(frozen=True, slots=True)
class NoticeFile:
    """Everything a page shows about a notice; `corrections` are (public id, title) of those the reader may see."""

    row: NoticeRow
    basis: str
    reason: str
    contact_person: str
    contact_phone: str
    contact_email: str
    contact_address: str
    supervision_phone: str
    days: int | None
    period_text: str
    digest: str
    return_note: str
    drafted_by_id: int
    corrects: str
    corrections: tuple[tuple[str, str], ...]
    entries: tuple[EntryRow, ...]
    chain: tuple[SignStep, ...]
    removed: tuple[RemovedRow, ...] = ()


@dataclass(frozen=True, slots=True)
class NoticePage:
    """One page of notices."""

    rows: Sequence[NoticeRow]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class PublicStamp:
    """What a cache of the published notices needs: changes exactly when anything published has changed."""

    tag: str
    changed_at: datetime | None


def notices_stamp() -> PublicStamp:
    """Return the stamp of everything published; one query.

    Published notices and entries are frozen but for their state (database triggers), so the counts by state together
    with the newest keys repeat only when nothing has changed.
    """
    found = NoticeEntry.objects.filter(notice__state__in=PUBLIC_NOTICES).aggregate(
        published=Max("notice__published_at"),
        newest=Max("pk"),
        entries=Count("pk"),
        running=Count("notice", filter=Q(notice__state=PUBLISHED), distinct=True),
        **{state: Count("pk", filter=Q(state=state)) for state in ENTRY_LIFE.states},
    )
    return PublicStamp(":".join(str(found[name]) for name in sorted(found)), found["published"])


def _row(row: Notice) -> NoticeRow:
    return NoticeRow(
        public_id=row.public_id,
        kind=row.kind,
        kind_label=row.get_kind_display(),
        title=row.title,
        state=row.state,
        state_label=NOTICE_LIFE.label(row.state),
        count=row.count,  # type: ignore[attr-defined]  # annotated by the caller
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        published_at=row.published_at,
        round_public_id=row.round.public_id,
        round_name=row.round.name,
    )


def notices_page(*, actor: Actor, state: str = "", page: int = 1, per_page: int = _PER_PAGE) -> NoticePage:
    """Return one page of notices, newest first; everybody but the city sees published ones only."""
    rows = Notice.objects.visible_to(actor)
    if state:
        rows = rows.filter(state=state)
    total = rows.count()
    pages = max(1, -(-total // per_page))
    page = min(max(page, 1), pages)
    found = rows.select_related("round").annotate(count=Count("entries")).order_by("-id")
    return NoticePage(
        [_row(row) for row in found[(page - 1) * per_page : page * per_page]], total, page, pages
    )


def notice_file(*, actor: Actor, public_id: str) -> NoticeFile:
    """Return one notice with its frozen list; names of signers only for the city.

    Raises:
        NotVisible: a draft, for everybody but the city.
    """
    row = (
        Notice.objects.visible_to(actor)
        .select_related("round", "corrects")
        .annotate(count=Count("entries"))
        .filter(public_id=public_id)
        .first()
    )
    if row is None:
        raise NotVisible
    entries = (
        NoticeEntry.objects.visible_to(actor)
        .filter(notice=row)
        .order_by("position")
        .values_list(
            "public_id",
            "position",
            "enterprise_name",
            "uscc",
            "district_name",
            "industry_name",
            "state",
            "ends_on",
            "application_id",
        )
    )
    application_ids = _application_ids(actor, [entry[8] for entry in entries])
    return NoticeFile(
        row=_row(row),
        basis=row.basis,
        reason=row.reason,
        contact_person=row.contact_person,
        contact_phone=row.contact_phone,
        contact_email=row.contact_email,
        contact_address=row.contact_address,
        supervision_phone=row.supervision_phone,
        days=row.days,
        period_text=row.period_text,
        digest=row.digest,
        return_note=row.return_note,
        drafted_by_id=row.drafted_by_id,
        corrects=row.corrects.public_id if row.corrects is not None else "",
        corrections=tuple(
            Notice.objects.visible_to(actor)
            .filter(corrects=row)
            .order_by("pk")
            .values_list("public_id", "title")
        ),
        entries=tuple(
            EntryRow(
                public_id=entry[0],
                position=entry[1],
                enterprise_name=entry[2],
                uscc=entry[3],
                district_name=entry[4],
                industry_name=entry[5],
                state=entry[6],
                state_label=ENTRY_LIFE.label(entry[6]),
                application_public_id=application_ids.get(entry[8], ""),
                ends_on=entry[7],
            )
            for entry in entries
        ),
        chain=_chain(row) if actor.role in {Role.MUNICIPAL, Role.AUDITOR} else (),
        removed=tuple(
            RemovedRow(one["企业名称"], one["统一社会信用代码"], one["所在地区"]) for one in row.removed
        ),
    )


def _application_ids(actor: Actor, ids: Sequence[int]) -> dict[int, str]:
    """Return public ids of the cases, for the city's links; the public gets none."""
    if actor.role is not Role.MUNICIPAL:
        return {}
    from apps.applications import selectors as applications

    return {case.id: case.public_id for case in applications.cases(actor=actor, ids=ids).values()}


def _chain(row: Notice) -> tuple[SignStep, ...]:
    people = accounts.names_of(
        user_ids=[
            pk
            for pk in (row.drafted_by_id, row.reviewed_by_id, row.approved_by_id, row.published_by_id)
            if pk is not None
        ]
    )
    order = list(NOTICE_LIFE.states)
    reached = order.index(row.state)
    steps = [
        ("经办", row.drafted_by_id if reached >= 1 else None, row.drafted_at, 0),
        ("处室审核", row.reviewed_by_id, row.reviewed_at, 1),
        ("局领导签批", row.approved_by_id, row.approved_at, 2),
        ("发布", row.published_by_id, row.published_at, 3),
    ]
    return tuple(
        SignStep(
            label,
            people.get(who, "") if who is not None else "",
            at if who is not None else None,
            "done" if who is not None else ("current" if reached == position else "todo"),
        )
        for label, who, at, position in steps
    )


def running_entries(*, actor: Actor) -> list[EntryRow]:
    """Return the enterprises of notices that run today or ended lately, for the objection form."""
    return [
        EntryRow(
            public_id=entry.public_id,
            position=entry.position,
            enterprise_name=entry.enterprise_name,
            uscc=entry.uscc,
            district_name=entry.district_name,
            industry_name=entry.industry_name,
            state=entry.state,
            state_label=ENTRY_LIFE.label(entry.state),
            application_public_id="",
            ends_on=entry.ends_on,
        )
        for entry in NoticeEntry.objects.visible_to(actor)
        .filter(notice__state=PUBLIC_NOTICES[0], state=STANDING)
        .order_by("notice_id", "position")[:500]
    ]

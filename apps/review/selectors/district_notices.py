"""属地公示 as the district works with it, and as everybody reads it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count

from apps.core import crypto
from apps.core.actor import Actor
from apps.core.errors import NotVisible
from apps.core.scoping import acting_as
from apps.review.models import DistrictNotice, DistrictNoticeEntry, DistrictObjection
from apps.review.states import DISTRICT_OBJECTION_LIFE

_PER_PAGE = 20


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """One notice in a list."""

    public_id: str
    title: str
    district_name: str
    authority: str
    starts_on: date
    ends_on: date
    published_at: datetime
    count: int


@dataclass(frozen=True, slots=True)
class NoticedEnterprise:
    """One enterprise on a notice, as published."""

    position: int
    name: str
    uscc: str
    industry_name: str
    level: int


@dataclass(frozen=True, slots=True)
class DistrictNoticeFile:
    """A whole notice."""

    line: NoticeLine
    contact_person: str
    contact_phone: str
    contact_address: str
    supervision_phone: str
    period_text: str
    digest: str
    entries: Sequence[NoticedEnterprise]


@dataclass(frozen=True, slots=True)
class DistrictObjectionRow:
    """An objection as the district's own people see it."""

    public_id: str
    state: str
    state_label: str
    party_label: str
    person: str
    contact: str
    matter: str
    received_on: date
    recorded_by_id: int | None
    conclusion: str


@dataclass(frozen=True, slots=True)
class CaseNotice:
    """Where a proposed decision was published, and what came in against it."""

    line: NoticeLine
    objections: Sequence[DistrictObjectionRow]

    def is_over(self, on: date) -> bool:
        """Whether its last day has fully passed."""
        return on > self.line.ends_on


@dataclass(frozen=True, slots=True)
class NoticePage:
    """A page of notices, newest first."""

    rows: Sequence[NoticeLine]
    total: int
    page: int
    pages: int


def _line(row: DistrictNotice, count: int) -> NoticeLine:
    return NoticeLine(
        row.public_id,
        row.title,
        row.district.short_name,
        row.district.authority,
        row.starts_on,
        row.ends_on,
        row.published_at,
        count,
    )


def case_notice(*, actor: Actor, application_id: int) -> CaseNotice | None:
    """Return the notice of one case with its objections, None while it stood on none; two queries."""
    entry = (
        DistrictNoticeEntry.objects.visible_to(actor)
        .select_related("notice__district")
        .filter(ruling__application_id=application_id)
        .first()
    )
    if entry is None:
        return None
    rows = DistrictObjection.objects.visible_to(actor).filter(entry=entry).order_by("id")
    return CaseNotice(
        _line(entry.notice, 1),
        [
            DistrictObjectionRow(
                row.public_id,
                row.state,
                DISTRICT_OBJECTION_LIFE.label(row.state),
                row.get_party_display(),
                crypto.decrypt(row.person_sealed),
                crypto.decrypt(row.contact_sealed),
                row.matter,
                row.received_on,
                row.recorded_by_id,
                row.conclusion,
            )
            for row in rows
        ],
    )


def case_of_objection(*, actor: Actor, public_id: str) -> str:
    """Return the application (public id) an objection is about.

    Raises:
        NotVisible: no such objection in sight.
    """
    rows = DistrictObjection.objects.visible_to(actor).filter(public_id=public_id)
    found = rows.values_list("application__public_id", flat=True).first()
    if found is None:
        raise NotVisible
    return str(found)


def noticed_rulings(*, actor: Actor, ruling_ids: Sequence[str]) -> frozenset[str]:
    """Return which of the rulings (public ids) stand on a notice; one query."""
    rows = DistrictNoticeEntry.objects.visible_to(actor).filter(ruling__public_id__in=list(ruling_ids))
    return frozenset(rows.values_list("ruling__public_id", flat=True))


def own_notices(*, actor: Actor) -> list[NoticeLine]:
    """Return the notices of the actor's district (the city sees all), newest first, at most 100."""
    rows = DistrictNotice.objects.visible_to(actor).select_related("district").annotate(n=Count("entries"))
    return [_line(row, row.n) for row in rows.order_by("-published_at", "-id")[:100]]


def public_notices(*, actor: Actor, page: int = 1) -> NoticePage:
    """Return the published notices of all districts; read as the system, because every column is for everybody."""
    with acting_as(Actor.system(), then=actor):
        rows = DistrictNotice.objects.select_related("district").annotate(n=Count("entries"))
        total = rows.count()
        pages = max(1, -(-total // _PER_PAGE))
        page = min(max(1, page), pages)
        shown = rows.order_by("-published_at", "-id")[(page - 1) * _PER_PAGE : page * _PER_PAGE]
        return NoticePage([_line(row, row.n) for row in shown], total, page, pages)


def public_notice(*, actor: Actor, public_id: str) -> DistrictNoticeFile:
    """Return one published notice with its list; read as the system, as above.

    Raises:
        NotVisible: no such notice.
    """
    with acting_as(Actor.system(), then=actor):
        row = DistrictNotice.objects.select_related("district").filter(public_id=public_id).first()
        if row is None:
            raise NotVisible
        entries = [
            NoticedEnterprise(one.position, one.enterprise_name, one.uscc, one.industry_name, one.level)
            for one in row.entries.order_by("position")
        ]
    return DistrictNoticeFile(
        _line(row, len(entries)),
        row.contact_person,
        row.contact_phone,
        row.contact_address,
        row.supervision_phone,
        row.period_text,
        row.digest,
        entries,
    )


@dataclass(frozen=True, slots=True)
class DistrictObjectionStatus:
    """What an objector learns about the own objection; the fields of the city's answer."""

    receipt_no: str
    enterprise_name: str
    filed_at: datetime
    state_label: str
    note: str
    conclusion: str


def district_objection_status(*, actor: Actor, receipt_no: str, query_code: str) -> DistrictObjectionStatus:
    """Return how an objection filed on the public site stands, to whoever has both of its codes.

    Raises:
        NotVisible: no objection with these two.
    """
    with acting_as(Actor.system(), then=actor):
        row = (
            DistrictObjection.objects.select_related("entry__notice__district")
            .filter(receipt_no=receipt_no.strip().upper())
            .first()
        )
        if row is None or not secrets.compare_digest(
            row.query_code.encode(), query_code.strip().upper().encode()
        ):
            raise NotVisible("没有找到该回执号与查询码对应的异议，请核对后重试。")
        return DistrictObjectionStatus(
            str(row.receipt_no),
            row.entry.enterprise_name,
            row.recorded_at,
            DISTRICT_OBJECTION_LIFE.label(row.state),
            f"由{row.entry.notice.district.authority}核查。",
            row.conclusion,
        )

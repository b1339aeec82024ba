"""Reading 属地 and enterprises, narrowed to the actor."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q

from apps.accounts.models import District, Enterprise
from apps.accounts.states import CONFIRMED, ENTERPRISE_LIFE
from apps.core.actor import Actor
from apps.core.errors import NotVisible

_PER_PAGE = 50
_LONGEST_SEARCH = 50


@dataclass(frozen=True, slots=True)
class DistrictRow:
    """One 属地."""

    code: str
    name: str
    short_name: str
    authority: str
    phone: str


@dataclass(frozen=True, slots=True)
class EnterpriseFile:
    """Everything a page shows about an enterprise."""

    id: int
    public_id: str
    uscc: str
    name: str
    district: str
    district_name: str
    authority: str
    sub_area: str
    industry_code: str
    industry_name: str
    ownership: str
    registered_address: str
    site_address: str
    legal_representative: str
    contact_name: str
    contact_phone: str
    contact_email: str
    founded_on: date | None
    main_products: str
    group_name: str
    state: str
    state_label: str
    registered_at: datetime
    confirmed_at: datetime | None
    return_reason: str
    version: int
    former_names: tuple[str, ...]
    licence: str
    licence_name: str
    licence_at: datetime | None
    closed_on: date | None

    @property
    def is_confirmed(self) -> bool:
        """Whether the district has confirmed it."""
        return self.state == CONFIRMED


@dataclass(frozen=True, slots=True)
class EnterpriseRow:
    """One line of a list."""

    public_id: str
    uscc: str
    name: str
    district_name: str
    industry_name: str
    state: str
    state_label: str
    registered_at: datetime


@dataclass(frozen=True, slots=True)
class EnterprisePage:
    """One page of a list with its total and counts by state."""

    rows: Sequence[EnterpriseRow]
    total: int
    page: int
    pages: int
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Identity:
    """What identifies an enterprise in a list somebody else wrote."""

    id: int
    public_id: str
    uscc: str
    name: str
    district: str


def districts() -> list[DistrictRow]:
    """Return the ten 属地 in the customary order; public."""
    return [
        DistrictRow(row.code, row.name, row.short_name, row.authority, row.phone)
        for row in District.objects.order_by("order")
    ]


def enterprise_row(row: Enterprise) -> EnterpriseFile:
    """Return a stored enterprise as pages and lists show it; its district must be loaded."""
    return EnterpriseFile(
        id=row.pk,
        public_id=row.public_id,
        uscc=row.uscc,
        name=row.name,
        district=row.district_id,
        district_name=row.district.name,
        authority=row.district.authority,
        sub_area=row.sub_area,
        industry_code=row.industry_code,
        industry_name=row.industry_name,
        ownership=row.ownership,
        registered_address=row.registered_address,
        site_address=row.site_address,
        legal_representative=row.legal_representative,
        contact_name=row.contact_name,
        contact_phone=row.contact_phone,
        contact_email=row.contact_email,
        founded_on=row.founded_on,
        main_products=row.main_products,
        group_name=row.group_name,
        state=row.state,
        state_label=ENTERPRISE_LIFE.label(row.state),
        registered_at=row.registered_at,
        confirmed_at=row.confirmed_at,
        return_reason=row.return_reason,
        version=row.version,
        former_names=tuple(row.former_names),
        licence=row.licence,
        licence_name=row.licence_name,
        licence_at=row.licence_at,
        closed_on=row.closed_on,
    )


def enterprise_file(
    *, actor: Actor, public_id: str | None = None, enterprise_id: int | None = None
) -> EnterpriseFile:
    """Return one enterprise by public id, by id, or (neither given) the actor's own.

    Raises:
        NotVisible: none such in the actor's jurisdiction.
    """
    rows = Enterprise.objects.visible_to(actor).select_related("district")
    if public_id is not None:
        rows = rows.filter(public_id=public_id)
    else:
        rows = rows.filter(pk=enterprise_id if enterprise_id is not None else actor.enterprise_id)
    row = rows.first()
    if row is None:
        raise NotVisible
    return enterprise_row(row)


def enterprise_files(
    *, actor: Actor, ids: Collection[int] = (), public_ids: Collection[str] = ()
) -> list[EnterpriseFile]:
    """Return several enterprises in sight by id or public id; one query."""
    wanted = Q(pk__in=list(ids)) | Q(public_id__in=list(public_ids))
    rows = Enterprise.objects.visible_to(actor).select_related("district").filter(wanted)
    return [enterprise_row(row) for row in rows]


def enterprises_page(
    *,
    actor: Actor,
    q: str = "",
    state: str = "",
    district: str = "",
    page: int = 1,
    per_page: int = _PER_PAGE,
    only: Collection[int] | None = None,
) -> EnterprisePage:
    """Return one page of enterprises, newest first, with counts by state.

    Args:
        actor: who looks.
        q: part of the name, its pinyin or the credit code (50 characters at most).
        state: code of the registration's state, "" for all.
        district: code, for the city's staff.
        page: from 1; beyond the end the last page is returned.
        per_page: rows a page.
        only: ids a room above has found; None: all.
    """
    rows = Enterprise.objects.visible_to(actor)
    if only is not None:
        rows = rows.filter(pk__in=list(only))
    text = q.strip()[:_LONGEST_SEARCH]
    if text:
        rows = rows.filter(
            Q(name__icontains=text) | Q(name_key__icontains=text.lower()) | Q(uscc__startswith=text.upper())
        )
    if district:
        rows = rows.filter(district_id=district)
    counts = dict.fromkeys(ENTERPRISE_LIFE.states, 0)
    counts.update(rows.order_by().values_list("state").annotate(n=Count("pk")))
    if state:
        rows = rows.filter(state=state)
    total = counts.get(state, 0) if state else sum(counts.values())
    pages = max(1, -(-total // per_page))
    page = min(max(page, 1), pages)
    found = rows.select_related("district").order_by("-id")[(page - 1) * per_page : page * per_page]
    return EnterprisePage(
        rows=[
            EnterpriseRow(
                row.public_id,
                row.uscc,
                row.name,
                row.district.name,
                row.industry_name,
                row.state,
                ENTERPRISE_LIFE.label(row.state),
                row.registered_at,
            )
            for row in found
        ],
        total=total,
        page=page,
        pages=pages,
        counts=counts,
    )


def group_usccs(*, group_name: str) -> frozenset[str]:
    """Return the credit codes of all enterprises on record of one group (for conflict checks of rooms above).

    The caller must be somebody who sees every enterprise.
    """
    if not group_name:
        return frozenset()
    return frozenset(Enterprise.objects.filter(group_name=group_name).values_list("uscc", flat=True))


def identified(*, actor: Actor, usccs: Collection[str] = (), names: Collection[str] = ()) -> list[Identity]:
    """Return the enterprises in sight that bear one of the credit codes or exactly one of the names; one query."""
    rows = Enterprise.objects.visible_to(actor).filter(Q(uscc__in=list(usccs)) | Q(name__in=list(names)))
    return [
        Identity(row.pk, row.public_id, row.uscc, row.name, row.district_id) for row in rows.order_by("pk")
    ]


def sub_area_choices() -> list[tuple[str, str]]:
    """Return (district's name, 板块) of every 板块 the districts have, in their order; public, one query."""
    return [(row.name, area) for row in District.objects.order_by("order") for area in row.sub_areas]

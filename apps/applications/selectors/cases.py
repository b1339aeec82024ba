"""Cases as other rooms need them: identity, state and the facts decided so far."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import QuerySet

from apps.applications.models import Application
from apps.applications.states import APPLICATION_LIFE
from apps.core.actor import Actor
from apps.core.errors import NotVisible
from apps.policy.levels import Level


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One application with its enterprise, round and decided facts."""

    id: int
    public_id: str
    number: str | None
    enterprise_id: int
    enterprise_public_id: str
    enterprise_name: str
    uscc: str
    group_name: str
    industry_code: str
    industry_name: str
    district: str
    district_name: str
    sub_area: str
    round_id: int
    round_public_id: str
    round_code: str
    prelim_due_on: date | None
    level: int
    level_label: str
    state: str
    state_label: str
    version: int
    turn: int
    scheme_id: int | None
    third_party_name: str
    third_party_uscc: str
    main_products: str
    contact_name: str
    contact_phone: str
    self_total: Decimal | None
    prelim_total: Decimal | None
    prelim_by_id: int | None
    prelim_signed_by_id: int | None
    panel_total: Decimal | None
    decided_level: int | None
    decided_on: date | None
    decision_note: str
    document_no: str
    submitted_at: datetime | None
    accepted_at: datetime | None
    accepted_by_id: int | None
    changed_at: datetime
    closed_at: datetime | None
    receipt_no: str | None


def case_row(row: Application) -> CaseRow:
    """Return *row* (loaded with enterprise, round and district) as data."""
    profile = row.profile
    return CaseRow(
        id=row.pk,
        public_id=row.public_id,
        number=row.number,
        enterprise_id=row.enterprise_id,
        enterprise_public_id=row.enterprise.public_id,
        enterprise_name=row.enterprise.name,
        uscc=row.enterprise.uscc,
        group_name=row.enterprise.group_name,
        industry_code=row.enterprise.industry_code,
        industry_name=row.enterprise.industry_name,
        district=row.district_id,
        district_name=row.district.name,
        sub_area=row.sub_area,
        round_id=row.round_id,
        round_public_id=row.round.public_id,
        round_code=row.round.code,
        prelim_due_on=row.round.prelim_due_on,
        level=row.level,
        level_label=Level(row.level).label,
        state=row.state,
        state_label=APPLICATION_LIFE.label(row.state),
        version=row.version,
        turn=row.turn,
        scheme_id=row.scheme_id,
        third_party_name=profile.get("third_party_name", ""),
        third_party_uscc=profile.get("third_party_uscc", ""),
        main_products=profile.get("main_products", ""),
        contact_name=profile.get("contact_name", ""),
        contact_phone=profile.get("contact_mobile", "") or profile.get("contact_phone", ""),
        self_total=row.self_total,
        prelim_total=row.prelim_total,
        prelim_by_id=row.prelim_by_id,
        prelim_signed_by_id=row.prelim_signed_by_id,
        panel_total=row.panel_total,
        decided_level=row.decided_level,
        decided_on=row.decided_on,
        decision_note=row.decision_note,
        document_no=row.document_no,
        submitted_at=row.submitted_at,
        accepted_at=row.accepted_at,
        accepted_by_id=row.accepted_by_id,
        changed_at=row.changed_at,
        closed_at=row.closed_at,
        receipt_no=row.receipt_no,
    )


def visible_cases(actor: Actor) -> QuerySet[Application]:
    """Return the applications *actor* sees, loaded for `case_row`."""
    rows: QuerySet[Application] = Application.objects.visible_to(actor).select_related(
        "enterprise", "round", "district"
    )
    return rows


def case(*, actor: Actor, public_id: str | None = None, application_id: int | None = None) -> CaseRow:
    """Return one case by public id or by id (for rooms above); one query.

    Raises:
        NotVisible: no such case for *actor*.
    """
    return case_row(visible_row(actor, public_id=public_id, application_id=application_id))


def visible_row(
    actor: Actor, *, public_id: str | None = None, application_id: int | None = None
) -> Application:
    """Return the row itself, for this room's selectors.

    Raises:
        NotVisible: no such case for *actor*.
    """
    rows = visible_cases(actor).select_related("scheme").defer("scheme__spec")
    rows = rows.filter(public_id=public_id) if public_id is not None else rows.filter(pk=application_id or 0)
    row = rows.first()
    if row is None:
        raise NotVisible
    return row


def cases(*, actor: Actor, ids: Collection[int]) -> dict[int, CaseRow]:
    """Return the visible ones of several cases by id; one query."""
    return {row.pk: case_row(row) for row in visible_cases(actor).filter(pk__in=list(ids))}


def cases_in_state(
    *,
    actor: Actor,
    states: Collection[str],
    district: str | None = None,
    round_public_id: str | None = None,
    limit: int = 500,
) -> list[CaseRow]:
    """Return the visible cases in any of *states* (work lists of rooms above), oldest change first; one query."""
    rows = visible_cases(actor).filter(state__in=list(states))
    if district is not None:
        rows = rows.filter(district_id=district)
    if round_public_id is not None:
        rows = rows.filter(round__public_id=round_public_id)
    return [case_row(row) for row in rows.order_by("changed_at", "pk")[:limit]]

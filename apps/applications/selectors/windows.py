"""When a round takes applications of one enterprise: the city's window, its district's earlier end, an extension."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from apps.applications.models import Application, Round, WindowExtension
from apps.core.actor import Actor
from apps.policy.eligibility import Window


@dataclass(frozen=True, slots=True)
class ExtensionRow:
    """A later end granted to one enterprise: until when, why, by whom and when."""

    enterprise: str
    uscc: str
    district: str
    until: datetime
    reason: str
    granted_by: str
    granted_at: datetime


def extensions(*, actor: Actor, round_public_id: str) -> list[ExtensionRow]:
    """Return the extensions of a round within sight, the latest first; one query."""
    rows = (
        WindowExtension.objects.visible_to(actor)
        .filter(round__public_id=round_public_id)
        .select_related("enterprise", "district", "granted_by")
        .order_by("-granted_at", "-pk")
    )
    return [
        ExtensionRow(
            enterprise=row.enterprise.name,
            uscc=row.enterprise.uscc,
            district=row.district.short_name,
            until=row.until,
            reason=row.reason,
            granted_by=row.granted_by.name,
            granted_at=row.granted_at,
        )
        for row in rows
    ]


def window_for(round_: Round, *, district: str, extended_until: datetime | None = None) -> Window:
    """Return the window of *round_* for a district, with an extension if there is one."""
    own = round_.district_windows.get(district)
    return Window(
        opens_at=round_.opens_at,
        closes_at=round_.closes_at,
        district_closes_at=datetime.fromisoformat(own) if own else None,
        extended_until=extended_until,
    )


def window_of(row: Application) -> Window:
    """Return the window that holds for one application; one query (the round is loaded)."""
    return window_for(
        row.round, district=row.district_id, extended_until=extension_of(row.round_id, row.enterprise_id)
    )


def extension_of(round_id: int, enterprise_id: int) -> datetime | None:
    """Return the latest extension granted to an enterprise in a round (both known to be visible)."""
    return latest_extension(round_id, enterprise_id).first()


def latest_extension(round_id: int, enterprise_id: int) -> QuerySet[WindowExtension, datetime]:
    """Return the extensions granted to an enterprise in a round, the one that holds first."""
    return (
        WindowExtension.objects.filter(round_id=round_id, enterprise_id=enterprise_id)
        .order_by("-granted_at", "-pk")
        .values_list("until", flat=True)
    )


def extensions_of(enterprise_id: int | None) -> dict[int, datetime]:
    """Return round id → the latest extension of an enterprise (known to be visible); one query."""
    if enterprise_id is None:
        return {}
    rows = WindowExtension.objects.filter(enterprise_id=enterprise_id).order_by("granted_at", "pk")
    return dict(rows.values_list("round_id", "until"))

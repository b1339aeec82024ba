"""Enterprises for lists: the one a list means when the name is not quite ours, and all of them for an export."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db.models import Q

from apps.accounts.models import Enterprise
from apps.accounts.selectors import EnterpriseFile, enterprise_row
from apps.core.actor import Actor

#: Names asked for at once; beyond that a list is not matched by looking but mended.
MOST_NEAR = 200
_NEAR_ENOUGH = 0.3


def nearly_called(*, actor: Actor, names: Sequence[str], most: int = 3) -> dict[str, list[str]]:
    """Return for each name the names of enterprises in sight that are most alike; one query for up to 50 names.

    Names nobody is nearly called are left out; more than 200 names are not looked up.
    """
    found: dict[str, list[str]] = {}
    for start in range(0, min(len(names), MOST_NEAR), 50):
        batch = names[start : start + 50]
        alike = Q(pk__in=[])
        for name in batch:
            alike |= Q(name__trigram_similar=name)
        rows = list(Enterprise.objects.visible_to(actor).filter(alike).values_list("name", flat=True)[:500])
        for name in batch:
            ranked = sorted(((_alike(name, row), row) for row in rows), reverse=True)[:most]
            near = [row for likeness, row in ranked if likeness >= _NEAR_ENOUGH]
            if near:
                found[name] = near
    return found


def _alike(one: str, other: str) -> float:
    """Return how alike two names are, from 0 to 1: shared pairs of neighbouring characters."""
    pairs, others = ({text[at : at + 2] for at in range(len(text) - 1)} for text in (one, other))
    return 2 * len(pairs & others) / max(1, len(pairs) + len(others))


_CHUNK = 1000


def every_enterprise(
    *, actor: Actor, q: str = "", state: str = "", district: str = ""
) -> tuple[int, Iterator[EnterpriseFile]]:
    """Return how many enterprises the filters of the list name, and all of them, oldest first.

    For exports: the rows come from one server-side cursor, in constant memory, and must be read in a transaction.
    """
    rows = Enterprise.objects.visible_to(actor).select_related("district")
    text = q.strip()[:50]
    if text:
        rows = rows.filter(
            Q(name__icontains=text) | Q(name_key__icontains=text.lower()) | Q(uscc__startswith=text.upper())
        )
    if district:
        rows = rows.filter(district_id=district)
    if state:
        rows = rows.filter(state=state)
    found = rows.order_by("pk").iterator(chunk_size=_CHUNK)
    return rows.count(), (enterprise_row(row) for row in found)

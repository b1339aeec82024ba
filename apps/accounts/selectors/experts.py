"""Reading the expert pool and its ties to organisations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from apps.accounts.models import Expert, ExpertLink
from apps.core.actor import Actor, Role
from apps.core.errors import NotVisible


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A tie of an expert to an organisation."""

    kind: str
    organisation: str
    uscc: str
    ended_on: date | None
    id: int = 0


@dataclass(frozen=True, slots=True)
class ExpertRow:
    """An expert as panels need it, with the ties that may mean recusal."""

    id: int
    public_id: str
    number: str
    name: str
    title: str
    employer_name: str
    employer_uscc: str
    fields: tuple[str, ...]
    industries: tuple[str, ...]
    is_available: bool
    links: tuple[LinkRow, ...]
    #: False: invited, but no password set yet; such an expert cannot sign in.
    has_password: bool = True


def _expert(row: Expert) -> ExpertRow:
    return ExpertRow(
        id=row.pk,
        public_id=row.public_id,
        number=row.number,
        name=row.user.name,
        title=row.title,
        employer_name=row.employer_name,
        employer_uscc=row.employer_uscc,
        fields=tuple(row.fields),
        industries=tuple(row.industries),
        is_available=row.is_available,
        links=tuple(
            LinkRow(link.kind, link.organisation, link.uscc, link.ended_on, link.pk)
            for link in sorted(row.links.all(), key=lambda link: link.pk)
        ),
        has_password=row.user.has_usable_password(),
    )


def experts(
    *, actor: Actor, only_available: bool = False, ids: Sequence[int] | None = None
) -> list[ExpertRow]:
    """Return the expert pool (municipal staff and the system), ordered by number; two queries.

    Raises:
        NotVisible: the actor is neither; an expert sees only its own row.
    """
    rows = Expert.objects.select_related("user").prefetch_related("links").filter(user__is_active=True)
    if actor.role is Role.EXPERT:
        rows = rows.filter(pk=actor.expert_id)
    elif actor.role not in {Role.MUNICIPAL, Role.SYSTEM, Role.AUDITOR}:
        raise NotVisible
    if only_available:
        rows = rows.filter(is_available=True)
    if ids is not None:
        rows = rows.filter(pk__in=ids)
    return [_expert(row) for row in rows.order_by("number")]


def expert(*, actor: Actor, expert_id: int) -> ExpertRow:
    """Return one expert with its ties.

    Raises:
        NotVisible: none such for this actor.
    """
    found = experts(actor=actor, ids=[expert_id])
    if not found:
        raise NotVisible
    return found[0]


def link_kinds() -> list[tuple[str, str]]:
    """Return the kinds of ties an expert can declare, with their Chinese names."""
    return list(ExpertLink.KINDS)


def expert_links(*, expert_ids: Sequence[int]) -> dict[int, list[LinkRow]]:
    """Return the ties of several experts (for conflict checks by rooms above)."""
    found: dict[int, list[LinkRow]] = {expert_id: [] for expert_id in expert_ids}
    for link in ExpertLink.objects.filter(expert_id__in=expert_ids).order_by("id"):
        found[link.expert_id].append(LinkRow(link.kind, link.organisation, link.uscc, link.ended_on))
    return found

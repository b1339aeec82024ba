"""Reading the people of a bureau and the accounts they act through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from apps.accounts.models import District, User
from apps.audit.selectors import history_of
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import NotVisible
from apps.core.scoping import acting_as


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person who may be named in a document or addressed by a message."""

    id: int
    name: str
    role: str
    duties: tuple[str, ...]
    position: str


def staff(
    *, actor: Actor, role: Role, district: str | None = None, duty: Duty | None = None
) -> list[PersonRow]:
    """Return the active people of a bureau the actor belongs to or supervises, by name.

    Raises:
        NotVisible: another bureau's people.
    """
    supervises = actor.role in {Role.MUNICIPAL, Role.SYSTEM, Role.SECURITY_ADMIN, Role.AUDITOR}
    own = actor.role is role and actor.district == district
    if not supervises and not own:
        raise NotVisible
    rows = User.objects.filter(role=role.value, is_active=True, district_id=district).order_by("name", "pk")
    # A bureau is a handful of people; who stands in for an absent colleague today has that one's duties.
    people = [(row, row.actor().duties) for row in rows]
    return [
        PersonRow(row.pk, row.name, row.role, tuple(sorted(held)), row.position)
        for row, held in people
        if duty is None or duty in held
    ]


def sub_area_people(*, district: str, sub_area: str) -> list[int]:
    """Return the account ids of a 板块's enabled staff (for rooms above, which write to them); one query."""
    rows = User.objects.filter(
        role=Role.SUB_AREA.value, is_active=True, district_id=district, sub_area=sub_area
    )
    return list(rows.order_by("pk").values_list("pk", flat=True))


def sub_areas_of(*, district: str) -> list[str]:
    """Return the 板块 of a district in their order of choice; one query."""
    return list(District.objects.filter(pk=district).values_list("sub_areas", flat=True).first() or [])


def actor_of_user(*, user_id: int) -> Actor:
    """Return the actor of an account (system work and the demo world).

    Raises:
        NotVisible: no such account.
    """
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        raise NotVisible
    return user.actor()


def actor_by_username(*, username: str) -> Actor:
    """Return the actor of an account by its user name.

    Raises:
        NotVisible: no such account.
    """
    user = User.objects.filter(username=username).first()
    if user is None:
        raise NotVisible
    return user.actor()


def names_of(*, user_ids: Sequence[int]) -> dict[int, str]:
    """Return names of people by account id (for rooms above, which decide who may read them)."""
    return dict(User.objects.filter(pk__in=user_ids).values_list("pk", "name"))


@dataclass(frozen=True, slots=True)
class EnabledPerson:
    """An enabled account as an actor, with the name of its organisation."""

    actor: Actor
    organisation: str


def enabled_people() -> list[EnabledPerson]:
    """Return every enabled account, by role and name (for rooms above, which decide who may ask); two queries."""
    rows = User.objects.filter(is_active=True).select_related("district").order_by("role", "name")
    names = dict(
        User.objects.filter(is_active=True, enterprise__isnull=False).values_list("pk", "enterprise__name")
    )
    return [
        EnabledPerson(row.actor(), row.district.name if row.district is not None else names.get(row.pk, ""))
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class Disabled:
    """When and why an account was disabled, and whether its own enterprise did it (else the bureau)."""

    at: datetime
    reason: str
    by_enterprise: bool


@transaction.atomic
def why_disabled(*, user_id: int) -> Disabled | None:
    """Return why an account is disabled, for the person who has just given its right password; None: not on record.

    Must not be called for anybody else: that an account exists is itself not for strangers.
    """
    with acting_as(Actor.system(), then=Actor.public()):
        rows = history_of(actor=Actor.system(), subject=User.objects.get(pk=user_id))
    last = next((row for row in rows if row.event in {"account.disable", "member.disable"}), None)
    return Disabled(last.at, last.note, last.event == "member.disable") if last else None

"""The organisation as the security administrator reads it: bureaus and their people, delegations, dormant accounts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet

from apps.accounts.models import Delegation, District, User
from apps.core.actor import DUTY_LABELS, ROLE_LABELS, Actor, Duty, Role
from apps.core.errors import NotVisible
from apps.core.moment import Moment, demo_offset
from apps.core.scoping import acting_as

_READERS = frozenset({Role.SECURITY_ADMIN, Role.SYSTEM})
_STAFF = (Role.DISTRICT, Role.MUNICIPAL, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR)
#: What a bureau cannot work without: two-person acts need both duties, held by two people.
_NEEDED = {
    Role.DISTRICT: (Duty.HANDLER, Duty.SIGNER),
    Role.MUNICIPAL: (Duty.HANDLER, Duty.SIGNER, Duty.LEADER, Duty.CREDIT, Duty.PUBLISHER),
}


@dataclass(frozen=True, slots=True)
class BureauRow:
    """A bureau: who works there by duty, and which duties nobody holds."""

    code: str
    name: str
    authority: str
    phone: str
    sub_areas: Sequence[str]
    people: int
    by_duty: Sequence[tuple[str, int]]
    missing: Sequence[str]


def bureaus(*, actor: Actor) -> list[BureauRow]:
    """Return the city's bureau and the ten districts' with their people by duty; two queries.

    Raises:
        NotVisible: the actor is not the security administrator.
    """
    _require(actor)
    people: dict[tuple[str, str | None], list[User]] = defaultdict(list)
    staff = User.objects.filter(is_active=True, role__in=[Role.DISTRICT.value, Role.MUNICIPAL.value])
    for row in staff:
        people[row.role, row.district_id].append(row)
    city = _bureau(Role.MUNICIPAL, "", ROLE_LABELS[Role.MUNICIPAL], "", "", (), people["municipal", None])
    return [
        city,
        *(
            _bureau(
                Role.DISTRICT, row.code, row.name, row.authority, row.phone, row.sub_areas,
                people["district", row.code],
            )
            for row in District.objects.order_by("order")
        ),
    ]  # fmt: skip


def _bureau(
    role: Role,
    code: str,
    name: str,
    authority: str,
    phone: str,
    sub_areas: Sequence[str],
    people: Sequence[User],
) -> BureauRow:
    counts = [(duty, sum(duty.value in person.duties for person in people)) for duty in _NEEDED[role]]
    missing = [DUTY_LABELS[duty] for duty, count in counts if not count]
    if not missing and len(people) < 2:  # noqa: PLR2004  (the two of a two-person act)
        missing = ["两人以上（一人不能完成经办和签批两步）"]
    return BureauRow(
        code, name, authority or name, phone, tuple(sub_areas), len(people),
        [(DUTY_LABELS[duty], count) for duty, count in counts], missing,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class DelegationRow:
    """One arrangement."""

    public_id: str
    absent: str
    delegate: str
    duty_labels: Sequence[str]
    from_on: date
    until_on: date
    reason: str
    made_by: str
    is_live: bool
    is_coming: bool
    ended_at: datetime | None


def delegations(*, actor: Actor, on: date, limit: int = 100) -> list[DelegationRow]:
    """Return the newest arrangements: every one for the security administrator, one's own for others; one query.

    Those where the actor is away and those where the actor stands in.
    """
    mine = Q(absent_id=actor.user_id) | Q(delegate_id=actor.user_id)
    wanted = Q() if actor.role in _READERS else mine
    with acting_as(Actor.system(), then=actor):
        rows = list(_named(Delegation.objects.filter(wanted))[:limit])
    return [_delegation(row, on) for row in rows]


def delegations_of(*, actor: Actor, user_id: int, on: date) -> list[DelegationRow]:
    """Return the arrangements of one account, as absent person or as delegate; one query.

    Raises:
        NotVisible: the actor is not the security administrator.
    """
    _require(actor)
    rows = _named(Delegation.objects.filter(Q(absent_id=user_id) | Q(delegate_id=user_id)))
    with acting_as(Actor.system(), then=actor):
        return [_delegation(row, on) for row in rows[:20]]


def colleagues(*, actor: Actor, user_id: int) -> list[tuple[int, str]]:
    """Return (account, name and position) of the enabled people of the same bureau, who could stand in.

    Raises:
        NotVisible: another person's colleagues, and the actor is not the security administrator.
    """
    if actor.role not in _READERS and actor.user_id != user_id:
        raise NotVisible
    person = User.objects.filter(pk=user_id).first()
    if person is None or person.role not in {Role.DISTRICT.value, Role.MUNICIPAL.value}:
        return []
    rows = User.objects.filter(is_active=True, role=person.role, district_id=person.district_id)
    return [
        (row.pk, f"{row.name}（{row.position or row.username}）")
        for row in rows.exclude(pk=user_id).order_by("name", "pk")
    ]


def colleague_names(*, actor: Actor, user_id: int) -> list[tuple[int, str]]:
    """Return (account, user name) of the people `colleagues` names, for callers that know user names.

    Raises:
        NotVisible: as `colleagues`.
    """
    ids = [one for one, _ in colleagues(actor=actor, user_id=user_id)]
    return list(User.objects.filter(pk__in=ids).values_list("pk", "username"))


def _named(rows: QuerySet[Delegation]) -> QuerySet[Delegation]:
    return rows.select_related("absent", "delegate", "made_by").order_by("-pk")


def _delegation(row: Delegation, on: date) -> DelegationRow:
    running = row.ended_at is None and row.until_on >= on
    return DelegationRow(
        public_id=row.public_id,
        absent=row.absent.name,
        delegate=row.delegate.name,
        duty_labels=[DUTY_LABELS[Duty(duty)] for duty in row.duties],
        from_on=row.from_on,
        until_on=row.until_on,
        reason=row.reason,
        made_by=row.made_by.name,
        is_live=running and row.from_on <= on,
        is_coming=running and row.from_on > on,
        ended_at=row.ended_at,
    )


@dataclass(frozen=True, slots=True)
class DormantRow:
    """An enabled account of staff that nobody has used for long."""

    id: int
    name: str
    username: str
    role_label: str
    organisation: str
    last_seen: datetime | None
    created_at: datetime
    days: int


def dormant_accounts(*, actor: Actor, moment: Moment, days: int) -> list[DormantRow]:
    """Return enabled accounts of staff and administrators not signed in to for *days* days, longest first; one query.

    An account never used counts from the day it was made.

    Raises:
        NotVisible: the actor is not the security administrator.
    """
    _require(actor)
    found = [
        DormantRow(
            id=row.pk,
            name=row.name,
            username=row.username,
            role_label=row.role_label,
            organisation=row.district.name if row.district is not None else "",
            last_seen=row.last_login,
            created_at=row.created_at,
            days=(
                moment.at - row.created_at
                if row.last_login is None
                else moment.at - demo_offset() - row.last_login
            ).days,
        )
        for row in dormant(moment, days).select_related("district")
    ]
    return sorted(found, key=lambda one: -one.days)


def dormant(moment: Moment, days: int) -> QuerySet[User]:
    """Return enabled staff accounts unused for *days* days (for the sweep of this room, too).

    A sign-in is written in the machine's time: a demo whose clock is put two years ahead must not lock out whoever
    has just signed in to look at it.
    """
    before = moment.at - timedelta(days=days)
    return User.objects.filter(is_active=True, role__in=[role.value for role in _STAFF]).filter(
        Q(last_login__lte=before - demo_offset()) | Q(last_login=None, created_at__lte=before)
    )


def _require(actor: Actor) -> None:
    if actor.role not in _READERS:
        raise NotVisible

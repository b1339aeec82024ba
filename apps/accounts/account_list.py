"""Accounts as the security administrator reads them: who, which role, which duties, enabled or not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from apps.accounts.models import User
from apps.core.actor import DUTY_LABELS, ROLE_LABELS, Actor, Duty, Role
from apps.core.errors import NotVisible
from apps.notifications.selectors import masked

_PER_PAGE = 50
_LONGEST_SEARCH = 40
_READERS = frozenset({Role.SECURITY_ADMIN, Role.SYSTEM})


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One account."""

    id: int
    username: str
    name: str
    role: str
    role_label: str
    organisation: str
    position: str
    duties: tuple[str, ...]
    duty_labels: tuple[str, ...]
    is_active: bool
    #: Nobody has opened it: its one-time password may be given again.
    never_used: bool
    #: Mail address with its name hidden; "" when there is none.
    email: str
    created_at: datetime
    last_login: datetime | None


@dataclass(frozen=True, slots=True)
class AccountPage:
    """One page with the number of accounts by role."""

    rows: Sequence[AccountRow]
    total: int
    page: int
    pages: int
    by_role: dict[str, int]


def accounts_page(
    *,
    actor: Actor,
    q: str = "",
    role: str = "",
    district: str = "",
    page: int = 1,
    per_page: int = _PER_PAGE,
) -> AccountPage:
    """Return one page of accounts by role and organisation; two queries.

    Raises:
        NotVisible: the actor is not the security administrator.
    """
    if actor.role not in _READERS:
        raise NotVisible
    rows = User.objects.all()  # every account is the security administrator's; nobody else gets here
    text = q.strip()[:_LONGEST_SEARCH]
    if text:
        rows = rows.filter(Q(name__icontains=text) | Q(username__icontains=text))
    if district:
        rows = rows.filter(district_id=district)
    by_role = dict(rows.order_by().values_list("role").annotate(n=Count("pk")))
    if role:
        rows = rows.filter(role=role)
    total = by_role.get(role, 0) if role else sum(by_role.values())
    pages = max(1, -(-total // per_page))
    page = min(max(page, 1), pages)
    found = rows.select_related("district").order_by("role", "district__order", "username")
    return AccountPage(
        [_row(row) for row in found[(page - 1) * per_page : page * per_page]], total, page, pages, by_role
    )


def account(*, actor: Actor, user_id: int) -> AccountRow:
    """Return one account.

    Raises:
        NotVisible: there is none, or the actor is not the security administrator.
    """
    if actor.role not in _READERS:
        raise NotVisible
    row = User.objects.select_related("district").filter(pk=user_id).first()
    if row is None:
        raise NotVisible
    return _row(row)


def _row(row: User) -> AccountRow:
    role = Role(row.role)
    return AccountRow(
        id=row.pk,
        username=row.username,
        name=row.name,
        role=row.role,
        role_label=ROLE_LABELS[role],
        organisation=row.district.name if row.district is not None else "",
        position=row.position,
        duties=tuple(row.duties),
        duty_labels=tuple(DUTY_LABELS[Duty(duty)] for duty in row.duties),
        is_active=row.is_active,
        never_used=row.last_login is None and row.must_change_password,
        email=masked(row.email) if row.email else "",
        created_at=row.created_at,
        last_login=row.last_login,
    )

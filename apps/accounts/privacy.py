"""The privacy notice's version, a person's own data in one place, and the requests about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.timezone import localtime

from apps.accounts.models import Enterprise, PersonalRequest, User
from apps.accounts.states import ASKED
from apps.core.actor import Actor, Role
from apps.core.errors import NotVisible
from apps.core.scoping import acting_as

#: Version of templates/public/privacy.html; a new one asks everybody again.
NOTICE_VERSION = "2026-1"
_MOST = 100


@dataclass(frozen=True, slots=True)
class RequestRow:
    """One request."""

    public_id: str
    person: str
    username: str
    user_id: int
    kind: str
    kind_label: str
    detail: str
    state: str
    state_label: str
    made_at: datetime
    due_on: date
    answer: str
    answered_at: datetime | None


def own_data(*, actor: Actor) -> list[tuple[str, str]]:
    """Return (label, value) of what is stored about the person of *actor*; two queries."""
    row = User.objects.select_related("district").get(pk=actor.account)
    values = [
        ("用户名", row.username),
        ("姓名", row.name),
        ("邮箱", row.email),
        ("手机", row.phone),
        ("职务", row.position),
        ("角色", row.role_label),
        ("账户建立时间", f"{localtime(row.created_at):%Y-%m-%d}"),
        ("已同意的告知书版本", row.notice_version),
    ]
    return [(label, value or "—") for label, value in values]


def canaries() -> frozenset[str]:
    """Return what may stand on no public page: telephone numbers and mail addresses of everybody, names of contacts.

    Run as the system; the values go nowhere but into the comparison.
    """
    found: set[str] = set()
    for row in Enterprise.objects.values_list("contact_phone", "contact_email", "contact_name"):
        found.update(row)
    for phone, email in User.objects.values_list("phone", "email"):
        found.update((phone, email))
    return frozenset(one for one in found if one)


def my_requests(*, actor: Actor) -> Sequence[RequestRow]:
    """Return the person's own requests, newest first; one query."""
    rows = PersonalRequest.objects.visible_to(actor).select_related("user").order_by("-pk")
    return [_row(row) for row in rows[:_MOST]]


def requests(*, actor: Actor) -> Sequence[RequestRow]:
    """Return all requests, those that wait first by their due day; one query.

    Raises:
        NotVisible: the actor is not the security administrator.
    """
    if actor.role is not Role.SECURITY_ADMIN:
        raise NotVisible
    with acting_as(Actor.system(), then=actor):
        rows = list(PersonalRequest.objects.select_related("user").order_by("due_on", "pk")[: 5 * _MOST])
    waiting = [_row(row) for row in rows if row.state == ASKED]
    return [*waiting, *reversed([_row(row) for row in rows if row.state != ASKED])]


def _row(row: PersonalRequest) -> RequestRow:
    return RequestRow(
        public_id=row.public_id,
        person=row.user.name,
        username=row.user.username,
        user_id=row.user_id,
        kind=row.kind,
        kind_label=row.get_kind_display(),
        detail=row.detail,
        state=row.state,
        state_label=row.get_state_display(),
        made_at=row.made_at,
        due_on=row.due_on,
        answer=row.answer,
        answered_at=row.answered_at,
    )

"""Invariants of accounts, for `manage.py verify` (run as the system)."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import F

from apps.accounts import uscc
from apps.accounts.models import Enterprise, EnterpriseChange, Expert, Invitation, User
from apps.accounts.states import CONFIRMED, CONFIRMED_CHANGE, ISSUED, REQUESTED
from apps.core.actor import DUTIES_OF, Role
from apps.core.errors import Invalid


def problems() -> Iterator[str]:
    """Yield a Chinese sentence for every broken invariant."""
    for row in Enterprise.objects.order_by("pk"):
        try:
            uscc.check(row.uscc)
        except Invalid:
            yield f"{row.name}的统一社会信用代码不正确。"
        if row.state == CONFIRMED and row.confirmed_at is None:
            yield f"{row.name}已核实，但没有核实时间。"
    for enterprise in Enterprise.objects.filter(members=None).order_by("pk"):
        yield f"{enterprise.name}没有任何账户。"
    for user in User.objects.order_by("pk"):
        allowed = {duty.value for duty in DUTIES_OF.get(Role(user.role), frozenset())}
        if not set(user.duties) <= allowed:
            yield f"账户{user.username}的职责与角色不符。"
        if user.is_superuser:
            yield f"账户{user.username}是超级用户，本平台不设超级用户。"
    for expert in Expert.objects.exclude(user__role=Role.EXPERT.value).order_by("pk"):
        yield f"专家{expert.number}的账户不是专家角色。"
    lonely = User.objects.filter(role=Role.EXPERT.value, expert=None)
    for user in lonely.order_by("pk"):
        yield f"账户{user.username}是专家角色，但不在专家库中。"
    yield from _of_invitations()
    yield from _of_changes()


def _of_invitations() -> Iterator[str]:
    """Who joined belongs to the enterprise that invited; an invitation is closed exactly when it is not open."""
    for row in Invitation.objects.select_related("enterprise").order_by("pk"):
        if (row.state == ISSUED) != (row.closed_at is None):
            yield f"{row.enterprise.name}给{row.name}的邀请，状态与结束时间不一致。"
    strangers = Invitation.objects.filter(accepted_by__isnull=False).exclude(
        accepted_by__enterprise_id=F("enterprise_id")
    )
    for row in strangers.select_related("enterprise").order_by("pk"):
        yield f"{row.enterprise.name}给{row.name}的邀请，接受的账户不属于该企业。"


def _of_changes() -> Iterator[str]:
    """A change is decided exactly when it waits no longer, by another than who declared it, and says what changed."""
    for row in EnterpriseChange.objects.select_related("enterprise").order_by("pk"):
        named = f"{row.enterprise.name}的{row.get_kind_display()}申报"
        if row.state == REQUESTED and (row.decided_by_id is not None or row.decided_at is not None):
            yield f"{named}尚待确认，却记有确认人或确认时间。"
        if row.state == CONFIRMED_CHANGE and row.decided_by_id == row.requested_by_id:
            yield f"{named}由申报人自己确认。"
        if row.before.keys() != row.after.keys():
            yield f"{named}变更前后的项目不一致。"
        left = row.before.get("district_id")
        if left != row.after.get("district_id") and row.from_district_id != left:
            yield f"{named}没有记明迁出的属地。"

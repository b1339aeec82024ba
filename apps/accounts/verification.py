"""Invariants of accounts, for `manage.py verify` (run as the system)."""

from __future__ import annotations

from collections.abc import Iterator

from apps.accounts import uscc
from apps.accounts.models import Enterprise, Expert, User
from apps.accounts.states import CONFIRMED
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

"""How people join an enterprise, and the private address of a person's calendar."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, Q

from apps.accounts.models.people import Enterprise, User
from apps.accounts.states import INVITATION_LIFE, ISSUED
from apps.core.models import ScopedModel
from apps.core.personal import Personal
from apps.core.scoping import Scope


class Invitation(ScopedModel):
    """A one-time link by which one person joins an enterprise. Only the link's digest is kept."""

    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, related_name="invitations", verbose_name="企业"
    )
    name = models.CharField("受邀人", max_length=50)
    duties = ArrayField(models.CharField(max_length=20), verbose_name="职责")
    digest = models.CharField("链接摘要", max_length=64, unique=True)
    state = models.CharField("状态", max_length=10, choices=INVITATION_LIFE.choices, default=ISSUED)
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="邀请人")
    invited_at = models.DateTimeField("邀请时间")
    expires_at = models.DateTimeField("失效时间")
    accepted_by = models.OneToOneField(
        User, models.PROTECT, null=True, related_name="+", verbose_name="接受的账户"
    )
    closed_at = models.DateTimeField("结束时间", null=True)

    scope = Scope(enterprise="enterprise_id", citywide=False)
    personal: ClassVar[dict[str, Personal]] = {
        "name": Personal("邀请加入企业", "与企业档案同", "本企业负责人"),
    }

    class Meta:
        verbose_name = "成员邀请"
        constraints = [
            CheckConstraint(
                condition=Q(state__in=sorted(INVITATION_LIFE.states)), name="invitation_state_known"
            ),
            CheckConstraint(
                condition=Q(state="accepted", accepted_by__isnull=False)
                | (~Q(state="accepted") & Q(accepted_by=None)),
                name="invitation_accepted_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["enterprise", "-id"], name="invitation_mine_idx")]

    def __str__(self) -> str:
        return self.name


class CalendarFeed(ScopedModel):
    """The secret address of a person's calendar; a new one ends the old one. Only its digest is kept."""

    user = models.OneToOneField(User, models.CASCADE, related_name="+", verbose_name="账户")
    digest = models.CharField("地址摘要", max_length=64, unique=True)
    made_at = models.DateTimeField("生成时间")

    scope = Scope(user="user_id", citywide=False)

    class Meta:
        verbose_name = "日历订阅"

    def __str__(self) -> str:
        return f"{self.user_id}"

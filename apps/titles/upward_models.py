"""Lists by which the city recommends enterprises for the provincial and the national list (R-09)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from apps.core.models import PublicIdModel, ScopedModel
from apps.core.scoping import Scope
from apps.titles.states import UPWARD_DRAFT, UPWARD_LIFE, UPWARD_SIGNED


class UpwardList(ScopedModel):
    """One recommendation to the province (level 4) or the nation (level 5), signed by the bureau's leader."""

    level = models.PositiveSmallIntegerField("推荐等级")
    year = models.PositiveSmallIntegerField("年度")
    title = models.CharField("名称", max_length=100)
    state = models.CharField("状态", max_length=10, choices=UPWARD_LIFE.choices, default=UPWARD_DRAFT)
    version = models.PositiveIntegerField("版本", default=1)
    document_no = models.CharField("文号", max_length=60, blank=True)
    prepared_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField("拟定时间")
    signed_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField("签发时间", null=True)

    scope: ClassVar[Scope] = Scope()

    class Meta:
        verbose_name = "上报推荐名单"
        constraints = [
            CheckConstraint(condition=Q(level__in=[4, 5]), name="upward_level_listed"),
            CheckConstraint(condition=Q(state__in=sorted(UPWARD_LIFE.states)), name="upward_state_known"),
            CheckConstraint(
                condition=~Q(state=UPWARD_SIGNED)
                | (Q(signed_at__isnull=False, signed_by__isnull=False) & ~Q(document_no="")),
                name="upward_signed_complete",
            ),
            CheckConstraint(
                condition=Q(signed_by=None) | ~Q(signed_by=F("prepared_by")), name="upward_second_person"
            ),
        ]
        indexes = [models.Index(fields=["state", "-prepared_at"], name="upward_state_idx")]

    def __str__(self) -> str:
        return self.title


class UpwardEntry(PublicIdModel):
    """One enterprise on a list, with the exemption it needs, if any, and what was checked when it was signed."""

    upward = models.ForeignKey(UpwardList, models.CASCADE, related_name="entries")
    enterprise = models.ForeignKey("accounts.Enterprise", models.PROTECT, related_name="+")
    added_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    added_at = models.DateTimeField("列入时间")
    exemption_reason = models.CharField("豁免理由", max_length=300, blank=True)
    exemption_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    exemption_approved_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    exemption_approved_at = models.DateTimeField("豁免批准时间", null=True)
    checked = models.JSONField("签发时的核对", default=list)
    frozen = models.JSONField("签发时的企业信息", default=dict)

    class Meta:
        verbose_name = "上报推荐企业"
        constraints = [
            UniqueConstraint(fields=["upward", "enterprise"], name="upward_enterprise_once"),
            CheckConstraint(
                condition=Q(exemption_approved_by=None)
                | (Q(exemption_by__isnull=False) & ~Q(exemption_approved_by=F("exemption_by"))),
                name="upward_exemption_second_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.upward_id} {self.enterprise_id}"

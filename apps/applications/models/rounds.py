"""Rounds, and the later end of the window granted to one enterprise."""

from __future__ import annotations

from typing import Self

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, F, Q

from apps.applications.states import ROUND_DRAFT, ROUND_LIFE
from apps.core.actor import Actor, Role
from apps.core.models import PublicIdModel, ScopedModel
from apps.core.scoping import Scope, ScopedQuerySet


class RoundQuerySet(ScopedQuerySet):
    """Rounds are everybody's once announced; before that they are the city's."""

    def visible_to(self, actor: Actor) -> Self:
        """Return the rounds *actor* may see."""
        if actor.role in {Role.MUNICIPAL, Role.SYSTEM, Role.AUDITOR}:
            return self.all()
        return self.exclude(state=ROUND_DRAFT)


class Round(PublicIdModel):
    """批次: when, for which levels and under which schemes applications are taken."""

    code = models.CharField("批次号", max_length=12, unique=True)
    name = models.CharField("名称", max_length=80)
    year = models.PositiveSmallIntegerField("年度")
    levels = ArrayField(models.PositiveSmallIntegerField(), verbose_name="受理等级")
    opens_at = models.DateTimeField("开始受理")
    closes_at = models.DateTimeField("截止受理")
    district_windows = models.JSONField("属地截止时间", default=dict, blank=True)
    prerequisite_required = models.BooleanField("要求前置等级")
    schemes = models.ManyToManyField("scoring.Scheme", related_name="+", verbose_name="可用评价体系")
    notice = models.TextField("通知正文", blank=True)
    document_no = models.CharField("文号", max_length=60, blank=True)
    prelim_due_on = models.DateField("初评截止日", null=True)
    state = models.CharField("状态", max_length=10, choices=ROUND_LIFE.choices)
    version = models.PositiveIntegerField("版本", default=1)
    created_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, related_name="+", verbose_name="拟定人"
    )
    created_at = models.DateTimeField("拟定时间")
    announced_at = models.DateTimeField("发布时间", null=True)

    objects = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = "批次"
        constraints = [
            CheckConstraint(condition=Q(state__in=sorted(ROUND_LIFE.states)), name="round_state_known"),
            CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="round_closes_after_opening"),
            CheckConstraint(
                condition=Q(levels__contained_by=[1, 2, 3]) & Q(levels__len__gte=1),
                name="round_levels_scored",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class WindowExtension(ScopedModel):
    """A later end of the window for one enterprise, with its reason (R-12); the latest one counts."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="extensions", verbose_name="批次")
    enterprise = models.ForeignKey(
        "accounts.Enterprise", models.PROTECT, related_name="+", verbose_name="企业"
    )
    district = models.ForeignKey("accounts.District", models.PROTECT, related_name="+", verbose_name="属地")
    until = models.DateTimeField("延长至")
    reason = models.TextField("理由")
    granted_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="批准人")
    granted_at = models.DateTimeField("批准时间")

    scope = Scope(enterprise="enterprise_id", district="district_id")

    class Meta:
        verbose_name = "受理延长"
        indexes = [models.Index(fields=["enterprise", "round"], name="extension_idx")]
        triggers = [
            pgtrigger.Protect(name="extension_append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.enterprise} 延长至 {self.until:%Y-%m-%d %H:%M}"

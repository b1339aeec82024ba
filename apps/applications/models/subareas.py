"""板块 (towns, sub-districts, zones): whether a district asks for their opinion, and the opinions given (R-14)."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from apps.applications.models.cases import Application
from apps.core.models import ScopedModel
from apps.core.personal import Personal
from apps.core.scoping import Scope


class DistrictPractice(ScopedModel):
    """How one district works from a day on; a change is a new row, so that every past day can be told."""

    district = models.ForeignKey("accounts.District", models.PROTECT, related_name="+", verbose_name="属地")
    sub_area_opinion = models.BooleanField("受理前须有板块意见")
    effective_from = models.DateField("生效日期")
    reason = models.TextField("理由")
    set_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="设定人")
    set_at = models.DateTimeField("设定时间")

    scope = Scope(district="district_id")

    class Meta:
        verbose_name = "属地办理方式"
        constraints = [
            UniqueConstraint(fields=["district", "effective_from"], name="practice_one_a_day"),
            CheckConstraint(condition=~Q(reason=""), name="practice_has_reason"),
        ]
        triggers = [
            pgtrigger.Protect(name="practice_append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.district_id} {self.effective_from}"


class SubAreaOpinion(ScopedModel):
    """板块意见 on one application, written down by the district that asked for it; the newest one counts."""

    application = models.ForeignKey(
        Application, models.PROTECT, related_name="sub_area_opinions", verbose_name="申报"
    )
    enterprise = models.ForeignKey(
        "accounts.Enterprise", models.PROTECT, related_name="+", verbose_name="企业"
    )
    # The district that asked: after a transfer the opinion stays with it and does not count for the next one.
    district = models.ForeignKey("accounts.District", models.PROTECT, related_name="+", verbose_name="属地")
    sub_area = models.CharField("板块", max_length=40)
    recommends = models.BooleanField("是否推荐")
    reason = models.TextField("意见", blank=True)
    given_by = models.CharField("板块经办人", max_length=30)
    given_on = models.DateField("意见日期")
    letter_no = models.CharField("来文号", max_length=60, blank=True)
    recorded_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="登记人")
    recorded_at = models.DateTimeField("登记时间")

    scope = Scope(district="district_id", sub_area="sub_area")

    personal: ClassVar[dict[str, Personal]] = {
        "given_by": Personal("办理留痕", "与申报档案同（10 年）", "属地、市局"),
    }

    class Meta:
        verbose_name = "板块意见"
        constraints = [
            CheckConstraint(condition=Q(recommends=True) | ~Q(reason=""), name="sub_area_against_has_reason"),
        ]
        indexes = [models.Index(fields=["application", "-id"], name="sub_area_newest_idx")]
        triggers = [
            pgtrigger.Protect(name="sub_area_append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.sub_area} {self.given_on}"

"""What publishing a draft would have changed: one run over past applications, and its line for each of them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from apps.core.models import ScopedModel
from apps.core.scoping import Scope
from apps.scoring.states import DISTRICT, EXPERT, SELF, SHEET_KINDS


class SchemeImpact(ScopedModel):
    """One simulation: signed sheets scored again with the draft of this digest. Never changed afterwards."""

    scheme = models.ForeignKey("scoring.Scheme", models.CASCADE, related_name="impacts")
    digest = models.CharField("草案摘要", max_length=64)
    against = models.CharField("对比体系", max_length=40)
    made_at = models.DateTimeField("测算时间")
    made_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    cases = models.PositiveIntegerField("申报数")
    level_changes = models.PositiveIntegerField("等级变化数")
    unscored_items = models.JSONField("没有可比数据的条目", default=list)

    scope: ClassVar[Scope] = Scope()

    class Meta:
        verbose_name = "影响测算"
        indexes = [models.Index(fields=["scheme", "-made_at"], name="impact_scheme_idx")]

    def __str__(self) -> str:
        return f"{self.scheme_id} {self.made_at:%Y-%m-%d %H:%M}"


class SchemeImpactRow(models.Model):
    """What one application would have scored. `basis` is the kind of sheet its level was decided on."""

    impact = models.ForeignKey(SchemeImpact, models.CASCADE, related_name="rows")
    application = models.ForeignKey("applications.Application", models.PROTECT, related_name="+")
    basis = models.CharField("依据", max_length=10, choices=list(SHEET_KINDS.items()))
    before = models.DecimalField("原总分", max_digits=5, decimal_places=2)
    after = models.DecimalField("测算总分", max_digits=5, decimal_places=2)
    level_before = models.PositiveSmallIntegerField("原等级", null=True)
    level_after = models.PositiveSmallIntegerField("测算等级", null=True)

    class Meta:
        verbose_name = "影响测算明细"
        constraints = [
            UniqueConstraint(fields=["impact", "application"], name="impact_application_once"),
            CheckConstraint(condition=Q(basis__in=[SELF, DISTRICT, EXPERT]), name="impact_basis_known"),
            CheckConstraint(
                condition=Q(before__gte=0, before__lte=100, after__gte=0, after__lte=100),
                name="impact_total_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.impact_id} {self.application_id}"

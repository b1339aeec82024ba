"""What the plan leaves open, as dated choices: who proposed, who approved, from which day."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from apps.core.models import PublicIdModel
from apps.parameters.states import VALUE_LIFE
from apps.policy.parameters import SPECS


class ParameterValue(PublicIdModel):
    """One value of one parameter, in force from a day until a later approved one begins.

    The content is never edited: a change of mind is a new row. What was in force on any past day can always be told.
    """

    key = models.CharField("参数", max_length=60)
    value = models.JSONField("值", null=True)
    effective_from = models.DateField("生效日期")
    reason = models.TextField("理由")
    state = models.CharField("状态", max_length=10, choices=VALUE_LIFE.choices)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="提出人"
    )
    proposed_at = models.DateTimeField("提出时间")
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="批准人"
    )
    approved_at = models.DateTimeField("批准时间", null=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="撤回人"
    )
    withdrawn_at = models.DateTimeField("撤回时间", null=True)

    class Meta:
        verbose_name = "裁量参数"
        constraints = [
            CheckConstraint(name="parameter_state_known", condition=Q(state__in=list(VALUE_LIFE.states))),
            CheckConstraint(
                name="parameter_approved_by_another",
                condition=Q(approved_by=None) | ~Q(approved_by=F("proposed_by")),
            ),
            CheckConstraint(
                name="parameter_in_force_is_approved",
                condition=~Q(state="in_force") | Q(approved_by__isnull=False, approved_at__isnull=False),
            ),
            UniqueConstraint(
                fields=["key", "effective_from"],
                condition=Q(state="in_force"),
                name="parameter_one_value_per_day",
            ),
        ]
        indexes = [models.Index(fields=["key", "-effective_from"], name="parameter_in_force_idx")]
        triggers = [
            pgtrigger.ReadOnly(
                name="parameter_content_fixed",
                fields=["key", "value", "effective_from", "reason", "proposed_by", "proposed_at"],
            ),
            pgtrigger.Protect(name="parameter_never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        # The trail keeps this: the name people know the parameter by; a key of an earlier release as it is.
        spec = SPECS.get(self.key)
        return f"{spec.title if spec else self.key}（{self.effective_from} 起）"

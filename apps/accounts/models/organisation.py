"""Who stands in for whom while somebody is away."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, F, Q

from apps.accounts.models.people import District, User
from apps.core.models import ScopedModel
from apps.core.scoping import Scope


class Delegation(ScopedModel):
    """The duties of an absent person lent to a colleague until a day; `User.lent` repeats what is to come or runs."""

    absent = models.ForeignKey(User, models.PROTECT, related_name="lendings", verbose_name="离岗人员")
    delegate = models.ForeignKey(User, models.PROTECT, related_name="borrowings", verbose_name="受托人")
    district = models.ForeignKey(District, models.PROTECT, null=True, verbose_name="属地")
    duties = ArrayField(models.CharField(max_length=20), verbose_name="委托时的职责")
    from_on = models.DateField("开始日期")
    until_on = models.DateField("结束日期")
    reason = models.CharField("原因", max_length=200)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="办理人")
    made_at = models.DateTimeField("办理时间")
    ended_at = models.DateTimeField("提前结束时间", null=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="结束人")

    scope = Scope(user="absent_id", citywide=False)

    class Meta:
        verbose_name = "职责委托"
        constraints = [
            CheckConstraint(condition=Q(until_on__gte=F("from_on")), name="delegation_has_a_span"),
            CheckConstraint(condition=~Q(absent=F("delegate")), name="delegation_to_another"),
        ]
        indexes = [models.Index(fields=["absent", "until_on"], name="delegation_absent_idx")]

    def __str__(self) -> str:
        return f"{self.absent} → {self.delegate}"

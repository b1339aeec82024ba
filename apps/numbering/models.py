"""Series of numbers and the numbers given out. A number is never deleted: what is not used is voided."""

from __future__ import annotations

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from apps.core.models import ScopedModel
from apps.core.scoping import Scope
from apps.numbering.kinds import DOCUMENT, KINDS, Register


class NumberSeries(ScopedModel):
    """One run of numbers in one year, such as 苏工信节能〔2026〕; its row lock keeps the numbers without gaps.

    `start`: the first number given here (earlier ones were given on paper). `last`: all up to this one are given.
    `ahead`: numbers beyond `last` that were in use before they came from here. `district`: empty for the city.
    `joint`: kept by the city, other bureaus take from it too.
    """

    kind = models.CharField("种类", max_length=20, choices=list(KINDS.items()), default=DOCUMENT)
    word = models.CharField("代字", max_length=30)
    year = models.PositiveSmallIntegerField("年份")
    start = models.PositiveIntegerField("起号", default=1)
    last = models.PositiveIntegerField("最后号")
    ahead = ArrayField(models.PositiveIntegerField(), default=list, verbose_name="提前使用的号")
    joint = models.BooleanField("各部门共用", default=False)
    district = models.ForeignKey(
        "accounts.District", models.PROTECT, null=True, related_name="+", verbose_name="属地"
    )

    scope = Scope(district="district_id", everyone=Q(joint=True))

    class Meta:
        verbose_name = "编号系列"
        constraints = [
            UniqueConstraint(fields=["kind", "word", "year"], name="number_series_once"),
            CheckConstraint(
                condition=Q(start__gte=1) & Q(last__gte=models.F("start") - 1), name="number_series_start"
            ),
            CheckConstraint(condition=Q(joint=False) | Q(district=None), name="number_series_joint_is_citys"),
        ]

    def __str__(self) -> str:
        return f"{KINDS[self.kind]}{self.register.text(self.last + 1)}"

    @property
    def register(self) -> Register:
        """What the row keeps, as rooms above name it."""
        return Register(self.kind, self.word, self.year, self.district_id, self.joint)


class IssuedNumber(ScopedModel):
    """One number: given out for something, or voided with a reason; it is never given again."""

    series = models.ForeignKey(NumberSeries, models.PROTECT, related_name="numbers")
    ordinal = models.PositiveIntegerField("序号")
    text = models.CharField("编号", max_length=60, unique=True)
    purpose = models.CharField("用途", max_length=100)
    district = models.ForeignKey(
        "accounts.District", models.PROTECT, null=True, related_name="+", verbose_name="属地"
    )
    issued_at = models.DateTimeField("编号时间")
    issued_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    voided_at = models.DateTimeField("作废时间", null=True)
    voided_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    void_reason = models.CharField("作废原因", max_length=200, blank=True)

    scope = Scope(district="district_id")

    class Meta:
        verbose_name = "编号"
        constraints = [
            UniqueConstraint(fields=["series", "ordinal"], name="issued_number_once"),
            CheckConstraint(
                condition=Q(voided_at=None, void_reason="") | Q(voided_at__isnull=False) & ~Q(void_reason=""),
                name="issued_number_voided_with_reason",
            ),
        ]
        triggers = [pgtrigger.Protect(name="issued_number_kept", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.text

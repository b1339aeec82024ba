"""The enterprise file over the years (一企一档): yearly figures with energy by carrier, certificates and permits."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from apps.core.models import ScopedModel
from apps.core.scoping import Scope

FIRST_YEAR, LAST_YEAR = 2000, 2100


class YearRecord(ScopedModel):
    """The figures of one year, in the form a score sheet keeps its measurements.

    `energy` is a list of {"carrier", "amount", "unit"}; `energy_tce` what they come to as standard coal. Nobody but
    the enterprise reads it: bureaus see what was filed.
    """

    enterprise = models.ForeignKey(
        "accounts.Enterprise", models.PROTECT, related_name="+", verbose_name="企业"
    )
    year = models.PositiveSmallIntegerField("年度")
    figures = models.JSONField("年度数据", default=dict)
    energy = models.JSONField("分品种能源消费", default=list)
    energy_tce = models.DecimalField("折标煤合计", max_digits=20, decimal_places=6, null=True)
    version = models.PositiveIntegerField("版本", default=1)
    changed_at = models.DateTimeField("变更时间")
    changed_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, related_name="+", verbose_name="变更人"
    )

    scope = Scope(enterprise="enterprise_id", citywide=False)

    class Meta:
        verbose_name = "企业年度数据"
        constraints = [
            UniqueConstraint(fields=["enterprise", "year"], name="year_record_once"),
            CheckConstraint(
                condition=Q(year__gte=FIRST_YEAR, year__lte=LAST_YEAR), name="year_record_year_range"
            ),
            CheckConstraint(
                condition=Q(energy_tce=None) | Q(energy_tce__gte=0), name="year_record_energy_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} 年度数据"


class Holding(ScopedModel):
    """A certificate or permit of the enterprise with its validity; no end date means 长期."""

    KINDS: ClassVar[list[tuple[str, str]]] = [
        ("pollution_permit", "排污许可证"),
        ("quality", "质量管理体系认证"),
        ("environment", "环境管理体系认证"),
        ("energy", "能源管理体系认证"),
        ("safety", "职业健康安全管理体系认证"),
        ("cleaner_production", "清洁生产审核验收"),
        ("product", "绿色（节能、环保）产品认证"),
        ("water_permit", "取水许可证"),
        ("carbon", "碳排放核查或碳足迹核算报告"),
        ("other", "其他证照"),
    ]
    enterprise = models.ForeignKey(
        "accounts.Enterprise", models.PROTECT, related_name="+", verbose_name="企业"
    )
    kind = models.CharField("类别", max_length=20, choices=KINDS)
    number = models.CharField("编号", max_length=60)
    issuer = models.CharField("发证机构", max_length=80, blank=True)
    coverage = models.CharField("范围", max_length=200, blank=True)
    valid_from = models.DateField("起始日期", null=True)
    valid_until = models.DateField("截止日期", null=True)
    # by public id: the scan is a file of the library, which the evidence room keeps
    file_public_id = models.CharField("扫描件公开编号", max_length=14, blank=True)
    file_name = models.CharField("扫描件名", max_length=120, blank=True)
    version = models.PositiveIntegerField("版本", default=1)
    changed_at = models.DateTimeField("变更时间")
    changed_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, related_name="+", verbose_name="变更人"
    )

    scope = Scope(enterprise="enterprise_id", citywide=False)

    class Meta:
        verbose_name = "企业证照"
        constraints = [
            UniqueConstraint(fields=["enterprise", "kind", "number"], name="holding_once"),
            CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="holding_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"

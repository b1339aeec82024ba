"""Evaluation systems as versioned data, and the industry benchmark table."""

from __future__ import annotations

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from apps.core.models import PublicIdModel
from apps.policy.evaluation.spec import BenchmarkKind
from apps.scoring.states import DRAFT, PUBLISHED, RETIRED, SCHEME_LIFE

#: A published scheme may only be retired: everything else about it stays for ever, also against raw SQL.
_SCHEME_FROZEN = """
if tg_op = 'DELETE' then
    raise exception 'scoring: a published evaluation system cannot be deleted';
end if;
if (to_jsonb(new) - array['status','effective_to','retired_by_id','retired_at','retire_reason'])
   is distinct from
   (to_jsonb(old) - array['status','effective_to','retired_by_id','retired_at','retire_reason'])
   or new.status = 'draft' or (old.status = 'retired' and new.status <> 'retired') then
    raise exception 'scoring: a published evaluation system cannot be changed';
end if;
return new;
"""
_BENCHMARK_FROZEN = """
if tg_op = 'DELETE' then
    raise exception 'scoring: benchmark values are retired, never deleted';
end if;
if old.retired_on is not null or (to_jsonb(new) - 'retired_on') is distinct from (to_jsonb(old) - 'retired_on') then
    raise exception 'scoring: a benchmark value cannot be changed, only retired';
end if;
return new;
"""


class Scheme(PublicIdModel):
    """One version of an evaluation system (附件1 or a sector standard): self-contained, immutable once published."""

    code = models.CharField("体系编号", max_length=40)
    version = models.PositiveSmallIntegerField("版本")
    name = models.CharField("名称", max_length=120)
    status = models.CharField("状态", max_length=10, choices=SCHEME_LIFE.choices)
    spec = models.JSONField("内容")
    digest = models.CharField("摘要", max_length=64)
    effective_from = models.DateField("施行日期", null=True)
    effective_to = models.DateField("停止日期", null=True)
    industries = ArrayField(models.CharField(max_length=4), verbose_name="适用行业代码前缀", default=list)
    reconstruction = models.BooleanField("重构版", default=False)
    made_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField("编制时间")
    published_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField("发布时间", null=True)
    publish_reason = models.CharField("发布说明", max_length=200, blank=True)
    retired_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    retired_at = models.DateTimeField("停用时间", null=True)
    retire_reason = models.CharField("停用说明", max_length=200, blank=True)

    class Meta:
        verbose_name = "评价体系"
        constraints = [
            UniqueConstraint(fields=["code", "version"], name="scheme_version_once"),
            UniqueConstraint(fields=["code"], condition=Q(status=PUBLISHED), name="scheme_one_published"),
            UniqueConstraint(fields=["code"], condition=Q(status=DRAFT), name="scheme_one_draft"),
            CheckConstraint(condition=Q(status__in=[DRAFT, PUBLISHED, RETIRED]), name="scheme_status_known"),
            CheckConstraint(
                condition=Q(published_by=None) | Q(made_by=None) | ~Q(published_by=F("made_by")),
                name="scheme_second_person",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="scheme_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__status__in=[PUBLISHED, RETIRED]),
                func=_SCHEME_FROZEN,
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} 第 {self.version} 版"


class BenchmarkValue(models.Model):
    """One industry value a metric is compared with; a new value retires the old one (DECISIONS 2)."""

    metric = models.CharField("指标", max_length=40)
    subject = models.CharField("污染物或对象", max_length=40, blank=True)
    industry_code = models.CharField("行业代码", max_length=5)
    kind = models.CharField(
        "类别", max_length=10, choices=[(kind.value, kind.label) for kind in BenchmarkKind]
    )
    value = models.DecimalField("数值", max_digits=30, decimal_places=12)
    unit = models.CharField("单位", max_length=40)
    source = models.CharField("出处", max_length=200)
    period = models.CharField("时期", max_length=40)
    approved_by = models.CharField("批准", max_length=80)
    is_example = models.BooleanField("示例", default=False)
    valid_from = models.DateField("启用日期")
    retired_on = models.DateField("停用日期", null=True)
    recorded_at = models.DateTimeField("录入时间")
    recorded_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "行业基准值"
        constraints = [
            UniqueConstraint(
                fields=["metric", "subject", "industry_code", "kind"],
                condition=Q(retired_on=None),
                name="benchmark_one_in_force",
            ),
            CheckConstraint(condition=Q(value__gte=0), name="benchmark_not_negative"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="benchmark_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=_BENCHMARK_FROZEN,
            )
        ]

    def __str__(self) -> str:
        return f"{self.metric} {self.industry_code} {self.subject}{self.get_kind_display()}"

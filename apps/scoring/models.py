"""Evaluation systems as versioned data, the industry benchmark table, and score sheets."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, Exists, F, OuterRef, Q, UniqueConstraint

from apps.core.actor import Actor, Role
from apps.core.models import ScopedModel
from apps.core.scoping import Scope, ScopedQuerySet
from apps.policy.evaluation.results import ItemState
from apps.policy.evaluation.spec import BenchmarkKind
from apps.scoring.impact_models import SchemeImpact, SchemeImpactRow
from apps.scoring.states import (
    DISTRICT,
    DRAFT,
    EXPERT,
    OPEN,
    PUBLISHED,
    RECHECK,
    RETIRED,
    SCHEME_LIFE,
    SELF,
    SHEET_KINDS,
    SHEET_LIFE,
    SIGNED,
)

__all__ = [
    "BenchmarkValue",
    "Scheme",
    "SchemeImpact",
    "SchemeImpactRow",
    "ScoreEntry",
    "ScoreSheet",
    "TrialSheet",
]

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


class CatalogueScope(Scope):
    """The city's catalogue: everybody reads what is published, only the city what is not (`wall` in migration 0004)."""

    def condition(self, actor: Actor) -> Q | None:
        """Return the filter for *actor*: the city sees every row, anybody else those of `everyone`."""
        return Q() if actor.role in {Role.MUNICIPAL, Role.SYSTEM} else self.everyone


class Scheme(ScopedModel):
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
    edited_by = ArrayField(models.BigIntegerField(), verbose_name="参与编制的人员", default=list)
    published_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField("发布时间", null=True)
    publish_reason = models.CharField("发布说明", max_length=200, blank=True)
    retired_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    retired_at = models.DateTimeField("停用时间", null=True)
    retire_reason = models.CharField("停用说明", max_length=200, blank=True)

    scope = CatalogueScope(everyone=~Q(status=DRAFT))

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

    scope: ClassVar[Scope] = CatalogueScope(everyone=Q(retired_on=None))
    objects = ScopedQuerySet.as_manager()

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


#: What may still change on a sheet that is signed or closed: who may read it, where it belongs, which turn is current.
_SHEET_FROZEN = """
if tg_op = 'DELETE' then
    raise exception 'scoring: a signed score sheet cannot be deleted';
end if;
if (to_jsonb(new) - array['is_current','released_to_enterprise','released_to_panel','district_id'])
   is distinct from
   (to_jsonb(old) - array['is_current','released_to_enterprise','released_to_panel','district_id']) then
    raise exception 'scoring: a signed score sheet cannot be changed';
end if;
return new;
"""
_ENTRY_FROZEN = """
if exists (select 1 from scoring_scoresheet sheet
            where sheet.id = case when tg_op = 'INSERT' then new.sheet_id else old.sheet_id end
              and sheet.state <> 'open') then
    raise exception 'scoring: the entries of a signed score sheet cannot be changed';
end if;
if tg_op = 'DELETE' then
    return old;
end if;
return new;
"""


class SheetScope(Scope):
    """Blind scoring (R-19, R-20): who may see which kind of sheet; the wall in migration 0003 says the same.

    The enterprise: its own self sheets and what was released to it. The district: self sheets once handed in, its
    own sheets, the experts' once the panel has concluded. An expert, on granted applications only: its own sheet,
    the signed self and district sheets, and the other experts' once the panel has concluded. The city: everything
    but unfinished drafts.
    """

    def _by_role(self, actor: Actor) -> Q | None:
        handed_in = Q(kind=SELF) & (Q(state=SIGNED) | Q(turn__gt=1))
        match actor.role:
            case Role.SYSTEM | Role.AUDITOR:
                return Q()
            case Role.MUNICIPAL:
                return handed_in | ~Q(kind=SELF)
            case Role.DISTRICT if actor.district:
                return Q(district_id=actor.district) & (
                    handed_in | Q(kind__in=[DISTRICT, RECHECK]) | Q(kind=EXPERT, released_to_panel=True)
                )
            case Role.ENTERPRISE if actor.enterprise_id:
                return Q(enterprise_id=actor.enterprise_id) & (Q(kind=SELF) | Q(released_to_enterprise=True))
            case Role.EXPERT if actor.user_id:
                shown = Q(kind__in=[SELF, DISTRICT], state=SIGNED) | Q(kind=EXPERT, released_to_panel=True)
                return Exists(_grants(actor.user_id)) & (shown | Q(kind=EXPERT, owner_id=actor.user_id))
        return None


def _grants(user_id: int) -> models.QuerySet[models.Model]:
    """Grants of one person on the sheet's application (guardian's direct table, a room above: named, not imported)."""
    grant = apps.get_model("applications", "ApplicationUserObjectPermission")
    return grant._default_manager.filter(content_object_id=OuterRef("application_id"), user_id=user_id)


class ScoreSheet(ScopedModel):
    """One person's or bureau's scores of one application under one scheme.

    `turn` counts a sheet's renewals (a supplement, a returned preliminary score); only the newest is current.
    `context` pins what scoring depends on beside the figures: benchmark rows, industry code, rounding.
    `open_items` limits a renewed sheet to the items that were returned; null leaves all of them open.
    """

    application = models.ForeignKey("applications.Application", models.PROTECT, related_name="score_sheets")
    enterprise = models.ForeignKey("accounts.Enterprise", models.PROTECT, related_name="+")
    district = models.ForeignKey("accounts.District", models.PROTECT, related_name="+")
    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="+")
    kind = models.CharField("类别", max_length=10, choices=list(SHEET_KINDS.items()))
    owner = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    turn = models.PositiveSmallIntegerField("轮次", default=1)
    is_current = models.BooleanField("现行", default=True)
    state = models.CharField("状态", max_length=10, choices=SHEET_LIFE.choices, default=OPEN)
    measurements = models.JSONField("填报数据", default=dict)
    context = models.JSONField("计分依据", default=dict)
    open_items = ArrayField(models.CharField(max_length=20), verbose_name="可修改条目", null=True)
    total = models.DecimalField("总分", max_digits=5, decimal_places=2, null=True)
    answered = models.PositiveSmallIntegerField("已填条目", default=0)
    item_count = models.PositiveSmallIntegerField("条目数")
    result = models.JSONField("签定结果", default=dict)
    digest = models.CharField("签定摘要", max_length=64, blank=True)
    version = models.PositiveIntegerField("数据版本", default=1)
    opened_at = models.DateTimeField("建立时间")
    opened_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField("变更时间")
    signed_at = models.DateTimeField("签定时间", null=True)
    signed_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    released_to_enterprise = models.BooleanField("企业可见", default=False)
    released_to_panel = models.BooleanField("专家组可见", default=False)

    scope = SheetScope()

    class Meta:
        verbose_name = "评分表"
        constraints = [
            CheckConstraint(
                condition=Q(total=None) | Q(total__gte=0, total__lte=100), name="sheet_total_range"
            ),
            CheckConstraint(condition=Q(kind__in=list(SHEET_KINDS)), name="sheet_kind_known"),
            CheckConstraint(condition=Q(state__in=list(SHEET_LIFE.states)), name="sheet_state_known"),
            CheckConstraint(
                condition=~Q(state=SIGNED)
                | (Q(signed_at__isnull=False, total__isnull=False) & Q(digest__regex=r"^[0-9a-f]{64}$")),
                name="sheet_signed_complete",
            ),
            CheckConstraint(condition=~Q(kind=EXPERT) | Q(owner__isnull=False), name="sheet_expert_owned"),
            UniqueConstraint(
                fields=["application", "kind"],
                condition=Q(is_current=True, kind__in=[SELF, DISTRICT]),
                name="sheet_one_current",
            ),
            UniqueConstraint(
                fields=["application", "owner"],
                condition=Q(is_current=True, kind=EXPERT),
                name="sheet_one_per_expert",
            ),
            UniqueConstraint(
                fields=["application"], condition=Q(kind=RECHECK, state=OPEN), name="sheet_one_open_recheck"
            ),
        ]
        indexes = [models.Index(fields=["enterprise", "kind", "-signed_at"], name="sheet_enterprise_idx")]
        triggers = [
            pgtrigger.Trigger(
                name="sheet_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=~pgtrigger.Q(old__state=OPEN),
                func=_SHEET_FROZEN,
            )
        ]

    def __str__(self) -> str:
        return f"{SHEET_KINDS[self.kind]} {self.public_id}"


class ScoreEntry(models.Model):
    """One item of a sheet. `version` is the row's own: two people save different items without disturbing each other.

    `answer` is `policy.evaluation.answers.Answer` as a mapping; `points` and `item_state` are what the one scoring
    function makes of it, kept for lists and comparisons.
    """

    sheet = models.ForeignKey(ScoreSheet, models.CASCADE, related_name="entries")
    item_code = models.CharField("条目", max_length=20)
    answer = models.JSONField("填写内容", default=dict)
    judged_points = models.DecimalField("评定分值", max_digits=5, decimal_places=2, null=True)
    reason = models.CharField("理由", max_length=500, blank=True)
    points = models.DecimalField("得分", max_digits=5, decimal_places=2, null=True)
    item_state = models.CharField("状态", max_length=20, default=ItemState.UNANSWERED.value)
    evidence_count = models.PositiveSmallIntegerField("佐证数", null=True)
    # a note to those who fill in, no part of what is declared: it neither counts nor raises the version
    later = models.BooleanField("稍后处理", default=False)
    version = models.PositiveIntegerField("版本", default=1)
    updated_at = models.DateTimeField("变更时间", null=True)
    updated_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "评分条目"
        constraints = [
            UniqueConstraint(fields=["sheet", "item_code"], name="entry_item_once"),
            CheckConstraint(
                condition=Q(points=None) | Q(points__gte=0, points__lte=100), name="entry_points_range"
            ),
            CheckConstraint(
                condition=Q(judged_points=None) | Q(judged_points__gte=0, judged_points__lte=100),
                name="entry_judged_range",
            ),
            CheckConstraint(
                condition=Q(item_state__in=[state.value for state in ItemState]), name="entry_state_known"
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="entry_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=_ENTRY_FROZEN,
            )
        ]

    def __str__(self) -> str:
        return f"{self.sheet_id} {self.item_code}"


class TrialSheet(ScopedModel):
    """A self-test (自测): figures and answers scored like a self sheet, without an application; it never files.

    Nobody but the enterprise reads it. `answers` goes from item codes to
    {"answer": …, "reason": …, "version": …}; `version` of the row is that of its figures.
    """

    enterprise = models.ForeignKey("accounts.Enterprise", models.PROTECT, related_name="+")
    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="+")
    title = models.CharField("名称", max_length=40)
    measurements = models.JSONField("填报数据", default=dict)
    answers = models.JSONField("填写内容", default=dict)
    context = models.JSONField("计分依据", default=dict)
    total = models.DecimalField("总分", max_digits=5, decimal_places=2, null=True)
    answered = models.PositiveSmallIntegerField("已填条目", default=0)
    item_count = models.PositiveSmallIntegerField("条目数")
    version = models.PositiveIntegerField("版本", default=1)
    opened_at = models.DateTimeField("建立时间")
    opened_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField("变更时间")
    changed_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")

    scope = Scope(enterprise="enterprise_id", citywide=False)

    class Meta:
        verbose_name = "自测表"
        constraints = [
            CheckConstraint(
                condition=Q(total=None) | Q(total__gte=0, total__lte=100), name="trial_total_range"
            ),
        ]
        indexes = [models.Index(fields=["enterprise", "-changed_at"], name="trial_enterprise_idx")]

    def __str__(self) -> str:
        return self.title

"""The register of titles, the bans that follow a cancellation, marks on standing, and the lists that give 4A and 5A."""

from __future__ import annotations

import secrets
from typing import ClassVar

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeBoundary, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import CheckConstraint, F, Func, Q, UniqueConstraint

from apps.core.models import PublicIdModel, ScopedModel
from apps.core.scoping import Scope
from apps.titles.states import ENDED, LIVE, TITLE_LIFE
from apps.titles.upward_models import UpwardEntry, UpwardList

__all__ = [
    "Ban",
    "DateRange",
    "ExternalList",
    "ExternalListRow",
    "StandingMark",
    "Title",
    "UpwardEntry",
    "UpwardList",
    "VerificationCount",
    "new_verify_token",
]

SCORED_LEVELS, LISTED_LEVELS = [1, 2, 3], [4, 5]


def new_verify_token() -> str:
    """Return the secret of a certificate's QR code: 128 bits, so that certificates cannot be enumerated."""
    return secrets.token_urlsafe(16)


class DateRange(Func):
    """PostgreSQL's `daterange(lower, upper, bounds)`."""

    function = "DATERANGE"
    output_field = DateRangeField()


class Title(ScopedModel):
    """One level held by one enterprise. Names are frozen as awarded: the public reads them, not the enterprise row."""

    DISTRICT, CITY, PROVINCE, NATION = "district", "city", "province", "nation"
    ORIGINS: ClassVar[list[tuple[str, str]]] = [
        (DISTRICT, "属地评定"),
        (CITY, "市级评定"),
        (PROVINCE, "省级名单"),
        (NATION, "国家级名单"),
    ]
    enterprise = models.ForeignKey(
        "accounts.Enterprise", models.PROTECT, related_name="titles", verbose_name="企业"
    )
    district = models.ForeignKey("accounts.District", models.PROTECT, verbose_name="属地")
    level = models.PositiveSmallIntegerField("等级")
    origin = models.CharField("来源", max_length=10, choices=ORIGINS)
    enterprise_name = models.CharField("企业名称", max_length=100)
    former_names = ArrayField(models.CharField(max_length=100), verbose_name="曾用名", default=list)
    uscc = models.CharField("统一社会信用代码", max_length=18)
    industry_code = models.CharField("行业四位代码", max_length=4)
    industry_name = models.CharField("行业", max_length=60)
    district_name = models.CharField("属地名称", max_length=40)
    awarded_on = models.DateField("评定日期")
    valid_from = models.DateField("生效日期")
    state = models.CharField("状态", max_length=12, choices=TITLE_LIFE.choices)
    version = models.PositiveIntegerField("版本", default=1)
    certificate_no = models.CharField("证书编号", max_length=30, unique=True, null=True)  # noqa: DJ001  (listed levels have none)
    document_no = models.CharField("文号", max_length=60)
    source_type = models.CharField("来源类别", max_length=40)
    source_public_id = models.CharField("来源编号", max_length=40)
    verify_token = models.CharField(
        "核验码", max_length=32, unique=True, default=new_verify_token, editable=False
    )
    recorded_at = models.DateTimeField("登记时间")
    changed_at = models.DateTimeField("变更时间")
    ended_on = models.DateField("终止日期", null=True)
    end_document_no = models.CharField("终止文号", max_length=60, blank=True)
    end_reason = models.TextField("终止原因", blank=True)

    scope = Scope(enterprise="enterprise_id", district="district_id", public=Q())

    class Meta:
        verbose_name = "称号"
        constraints = [
            CheckConstraint(condition=Q(level__gte=1, level__lte=5), name="title_level_known"),
            CheckConstraint(condition=Q(state__in=sorted(TITLE_LIFE.states)), name="title_state_known"),
            CheckConstraint(
                condition=Q(state__in=sorted(LIVE), ended_on=None)
                | Q(state__in=sorted(ENDED), ended_on__isnull=False),
                name="title_end_iff_ended",
            ),
            CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("valid_from")),
                name="title_end_not_before_start",
            ),
            CheckConstraint(
                condition=Q(level__in=SCORED_LEVELS, certificate_no__isnull=False)
                | Q(level__in=LISTED_LEVELS, certificate_no=None),
                name="title_certificate_iff_scored",
            ),
            CheckConstraint(
                condition=Q(level__in=[1, 2], origin="district")
                | Q(level=3, origin="city")
                | Q(level=4, origin="province")
                | Q(level=5, origin="nation"),
                name="title_origin_by_level",
            ),
            UniqueConstraint(
                fields=["enterprise", "level"],
                condition=Q(state__in=sorted(LIVE)),
                name="title_one_live_per_level",
            ),
            UniqueConstraint(
                fields=["source_type", "source_public_id", "level"], name="title_once_per_source"
            ),
            ExclusionConstraint(
                name="title_no_overlap",
                expressions=[
                    (F("enterprise"), RangeOperators.EQUAL),
                    (F("level"), RangeOperators.EQUAL),
                    (DateRange("valid_from", "ended_on", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
            ),
        ]
        indexes = [
            models.Index(fields=["district", "level", "state"], name="title_district_idx"),
            models.Index(fields=["-awarded_on", "-id"], name="title_newest_idx"),
            models.Index(fields=["uscc"], name="title_uscc_idx"),
            GinIndex(fields=["enterprise_name"], opclasses=["gin_trgm_ops"], name="title_name_trgm"),
        ]
        triggers = [pgtrigger.Protect(name="title_never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.enterprise_name} {self.level}A"


class Ban(ScopedModel):
    """三年内不得重新申报 (R-41): follows the enterprise's credit code; one per cancelled title."""

    enterprise = models.ForeignKey(
        "accounts.Enterprise", models.PROTECT, related_name="bans", verbose_name="企业"
    )
    district = models.ForeignKey("accounts.District", models.PROTECT, verbose_name="属地")
    title = models.OneToOneField(Title, models.PROTECT, related_name="ban", verbose_name="被取消的称号")
    cancelled_level = models.PositiveSmallIntegerField("被取消等级")
    from_on = models.DateField("禁报起始日")
    until_on = models.DateField("可重新申报日")
    document_no = models.CharField("取消文号", max_length=60)
    recorded_at = models.DateTimeField("登记时间")

    scope = Scope(enterprise="enterprise_id", district="district_id")

    class Meta:
        verbose_name = "禁报"
        constraints = [CheckConstraint(condition=Q(until_on__gt=F("from_on")), name="ban_end_after_start")]
        indexes = [models.Index(fields=["enterprise", "until_on"], name="ban_enterprise_idx")]
        triggers = [
            pgtrigger.Protect(name="ban_append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.title} 禁报至 {self.until_on}"


class StandingMark(ScopedModel):
    """What an enterprise owes, written by monitoring and read by eligibility: the annual form of one year (R-31)."""

    enterprise = models.ForeignKey(
        "accounts.Enterprise", models.PROTECT, related_name="marks", verbose_name="企业"
    )
    district = models.ForeignKey("accounts.District", models.PROTECT, verbose_name="属地")
    year = models.PositiveSmallIntegerField("年度")
    due_on = models.DateField("报送截止日")
    submitted_on = models.DateField("报送日", null=True)
    accepted_on = models.DateField("审核通过日", null=True)
    recorded_at = models.DateTimeField("登记时间")

    scope = Scope(enterprise="enterprise_id", district="district_id")

    class Meta:
        verbose_name = "年度报送情况"
        constraints = [
            UniqueConstraint(fields=["enterprise", "year"], name="standing_mark_once_a_year"),
            CheckConstraint(
                condition=Q(accepted_on=None) | Q(submitted_on__isnull=False),
                name="standing_mark_accepted_after_filing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} 年度"


class ExternalList(PublicIdModel):
    """A published provincial or national list, as imported (F-19)."""

    PROVINCIAL, NATIONAL = "provincial", "national"
    KINDS: ClassVar[list[tuple[str, str]]] = [
        (PROVINCIAL, "省级绿色工厂名单"),
        (NATIONAL, "国家级绿色工厂名单"),
    ]
    kind = models.CharField("名单", max_length=12, choices=KINDS)
    title = models.CharField("标题", max_length=120)
    document_no = models.CharField("来源文号", max_length=60)
    published_on = models.DateField("发布日期")
    digest = models.CharField("内容摘要", max_length=64)
    imported_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="导入人")
    imported_at = models.DateTimeField("导入时间")

    class Meta:
        verbose_name = "外部名单"
        constraints = [
            UniqueConstraint(fields=["kind", "document_no", "digest"], name="external_list_once"),
            CheckConstraint(condition=~Q(document_no=""), name="external_list_has_document"),
        ]

    def __str__(self) -> str:
        return f"{self.title}（{self.document_no}）"


class ExternalListRow(PublicIdModel):
    """One line of a list: as printed, what it was matched with, and what it did."""

    ADD, REMOVE, RENAME = "add", "remove", "rename"
    ACTIONS: ClassVar[list[tuple[str, str]]] = [(ADD, "新增"), (REMOVE, "移出"), (RENAME, "更名")]
    BY_USCC, BY_NAME, BY_HAND = "uscc", "name", "hand"
    MATCHES: ClassVar[list[tuple[str, str]]] = [
        (BY_USCC, "信用代码"),
        (BY_NAME, "企业名称"),
        (BY_HAND, "人工核对"),
    ]
    UNMATCHED, APPLIED, WITHOUT_EFFECT, DISMISSED = "unmatched", "applied", "without_effect", "dismissed"
    STATES: ClassVar[list[tuple[str, str]]] = [
        (UNMATCHED, "待人工核对"),
        (APPLIED, "已生效"),
        (WITHOUT_EFFECT, "无需变更"),
        (DISMISSED, "非本市企业"),
    ]
    list = models.ForeignKey(ExternalList, models.PROTECT, related_name="rows", verbose_name="名单")
    position = models.PositiveIntegerField("序号")
    action = models.CharField("动作", max_length=8, choices=ACTIONS)
    printed_name = models.CharField("原始名称", max_length=100)
    printed_uscc = models.CharField("原始信用代码", max_length=18, blank=True)
    new_name = models.CharField("更名后", max_length=100, blank=True)
    enterprise = models.ForeignKey(
        "accounts.Enterprise", models.PROTECT, null=True, related_name="+", verbose_name="企业"
    )
    match = models.CharField("匹配方式", max_length=6, choices=MATCHES, blank=True)
    state = models.CharField("状态", max_length=16, choices=STATES)
    note = models.TextField("说明", blank=True)
    title = models.ForeignKey(Title, models.PROTECT, null=True, related_name="+", verbose_name="称号")
    decided_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, related_name="+", verbose_name="核对人"
    )
    decided_at = models.DateTimeField("核对时间", null=True)

    class Meta:
        verbose_name = "名单行"
        constraints = [
            UniqueConstraint(fields=["list", "position"], name="external_row_once"),
            CheckConstraint(
                condition=Q(action__in=["add", "remove", "rename"]), name="external_row_action_known"
            ),
            CheckConstraint(
                condition=~Q(state__in=["applied", "without_effect"])
                | (Q(enterprise__isnull=False) & ~Q(match="")),
                name="external_row_decided_has_match",
            ),
            CheckConstraint(
                condition=~Q(action="rename") | ~Q(new_name=""), name="external_row_rename_has_name"
            ),
        ]
        indexes = [models.Index(fields=["state", "list", "position"], name="external_row_queue_idx")]

    def __str__(self) -> str:
        return f"{self.position} {self.printed_name}"


class VerificationCount(models.Model):
    """How often a certificate has been verified: a certificate copied many times shows by its number."""

    title = models.OneToOneField(Title, models.PROTECT, primary_key=True, related_name="+")
    scans = models.PositiveIntegerField("查验次数")
    first_at = models.DateTimeField("首次查验")
    last_at = models.DateTimeField("最近查验")

    class Meta:
        verbose_name = "查验次数"

    def __str__(self) -> str:
        return f"{self.title_id} {self.scans}"

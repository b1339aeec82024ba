"""Rounds, applications with their frozen versions, exemptions, and the items a district returned."""

from __future__ import annotations

from typing import ClassVar, Self

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from guardian.models import UserObjectPermissionBase

from apps.applications.states import (
    ABANDONED,
    APPLICATION_LIFE,
    APPROVED,
    DRAFT,
    ENDORSED,
    EXEMPTION_LIFE,
    ROUND_DRAFT,
    ROUND_LIFE,
    WITHDRAWN,
)
from apps.core.actor import Actor, Role
from apps.core.models import PublicIdModel, ScopedModel
from apps.core.scoping import Scope, ScopedQuerySet

#: Permission an expert holds on the single application it was assigned.
SCORE_APPLICATION = "score_application"


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


class GrantedScope(Scope):
    """The usual scope, and experts by a grant on the single row."""

    def _by_role(self, actor: Actor) -> Q | None:
        if actor.role is Role.EXPERT and actor.expert_id:
            return Q(grants__user_id=actor.expert_id, grants__permission__codename=SCORE_APPLICATION) & (
                self.staff or Q()
            )
        return super()._by_role(actor)


class Application(ScopedModel):
    """One enterprise's application for one level in one round. `district` is frozen at submission (R-13)."""

    number = models.CharField("申报编号", max_length=40, unique=True, null=True)  # noqa: DJ001  (drafts have none)
    enterprise = models.ForeignKey(
        "accounts.Enterprise", models.PROTECT, related_name="applications", verbose_name="企业"
    )
    district = models.ForeignKey("accounts.District", models.PROTECT, related_name="+", verbose_name="属地")
    round = models.ForeignKey(Round, models.PROTECT, related_name="applications", verbose_name="批次")
    level = models.PositiveSmallIntegerField("申报等级")
    scheme = models.ForeignKey(
        "scoring.Scheme", models.PROTECT, null=True, related_name="+", verbose_name="评价体系"
    )
    state = models.CharField("状态", max_length=20, choices=APPLICATION_LIFE.choices)
    version = models.PositiveIntegerField("版本", default=1)
    turn = models.PositiveSmallIntegerField("补正轮次", default=0)
    profile = models.JSONField("基本信息表", default=dict, blank=True)
    basics = models.JSONField("基本要求", default=dict, blank=True)
    report = models.JSONField("评价报告", default=dict, blank=True)
    #: part → version of the row at its last change: two tabs on different parts are no conflict
    part_versions = models.JSONField("各部分版本", default=dict, blank=True)
    scheme_note = models.TextField("评价体系变更理由", blank=True)
    created_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, related_name="+", verbose_name="创建人"
    )
    created_at = models.DateTimeField("创建时间")
    changed_at = models.DateTimeField("变更时间")
    submitted_at = models.DateTimeField("提交时间", null=True)
    submitted_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, related_name="+", verbose_name="提交人"
    )
    submission_token = models.CharField("提交令牌", max_length=64, unique=True, null=True)  # noqa: DJ001  (drafts have none)
    submission_digest = models.CharField("提交请求摘要", max_length=64, blank=True)
    receipt_no = models.CharField("回执号", max_length=60, unique=True, null=True)  # noqa: DJ001  (drafts have none)
    content_digest = models.CharField("内容摘要", max_length=64, blank=True)
    accepted_at = models.DateTimeField("受理时间", null=True)
    accepted_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, related_name="+", verbose_name="受理人"
    )
    closed_at = models.DateTimeField("办结时间", null=True)
    # facts of the decisions, written through `advance(facts=…)` and kept when the case is refused
    self_total = models.DecimalField("自评得分", max_digits=5, decimal_places=2, null=True)
    prelim_total = models.DecimalField("初评得分", max_digits=5, decimal_places=2, null=True)
    prelim_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, related_name="+", verbose_name="初评人"
    )
    prelim_signed_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, related_name="+", verbose_name="初评签批人"
    )
    panel_total = models.DecimalField("专家组得分", max_digits=5, decimal_places=2, null=True)
    decided_level = models.PositiveSmallIntegerField("评定等级", null=True)
    decided_on = models.DateField("评定日期", null=True)
    decision_note = models.TextField("结论说明", blank=True)
    document_no = models.CharField("文号", max_length=60, blank=True)

    scope = GrantedScope(
        enterprise="enterprise_id", district="district_id", staff=Q(submitted_at__isnull=False)
    )

    class Meta:
        verbose_name = "申报"
        permissions = [(SCORE_APPLICATION, "评审打分")]
        constraints = [
            CheckConstraint(condition=Q(level__gte=1, level__lte=3), name="application_level_scored"),
            CheckConstraint(
                condition=Q(state__in=sorted(APPLICATION_LIFE.states)), name="application_state_known"
            ),
            CheckConstraint(
                condition=Q(state=DRAFT, submitted_at=None)
                | Q(state=WITHDRAWN)
                | (~Q(state__in=[DRAFT, WITHDRAWN]) & Q(submitted_at__isnull=False)),
                name="application_draft_iff_unsubmitted",
            ),
            CheckConstraint(
                condition=Q(
                    submitted_at=None, number=None, receipt_no=None, submission_token=None, content_digest=""
                )
                | (
                    Q(submitted_at__isnull=False, number__isnull=False)
                    & Q(receipt_no__isnull=False, submission_token__isnull=False)
                    & ~Q(content_digest="")
                ),
                name="application_receipt_iff_submitted",
            ),
            CheckConstraint(
                condition=Q(submitted_at=None) | Q(scheme__isnull=False),
                name="application_submitted_has_scheme",
            ),
            CheckConstraint(
                condition=~Q(state__in=["draft", "submitted"]) | Q(accepted_at=None),
                name="application_accepted_after_intake",
            ),
            CheckConstraint(
                condition=Q(state__in=["draft", "submitted", "withdrawn", "rejected"])
                | Q(accepted_at__isnull=False),
                name="application_past_intake_accepted",
            ),
            CheckConstraint(
                condition=~Q(state__in=["to_file", "filed", "filing_acknowledged", "awarded"])
                | (Q(decided_level__isnull=False) & Q(decided_on__isnull=False)),
                name="application_titled_has_level",
            ),
            CheckConstraint(
                condition=~Q(state="awarded") | Q(level=3, decided_level=3), name="application_awarded_is_3a"
            ),
            CheckConstraint(
                condition=~Q(
                    state__in=[
                        "recommended",
                        "city_accepted",
                        "expert_review",
                        "panel_concluded",
                        "credit_check",
                        "on_notice",
                        "objection",
                        "confirmable",
                        "awarded",
                    ]
                )
                | Q(level=3, prelim_total__gte=80),
                name="application_recommended_from_80",
            ),
            *[
                CheckConstraint(
                    condition=Q(**{f"{column}__isnull": True})
                    | Q(**{f"{column}__gte": 0, f"{column}__lte": 100}),
                    name=f"application_{column}_range",
                )
                for column in ("self_total", "prelim_total", "panel_total")
            ],
            UniqueConstraint(
                fields=["enterprise", "round", "level"],
                condition=~Q(state__in=sorted(ABANDONED)),
                name="application_one_per_round_level",
            ),
        ]
        indexes = [
            models.Index(fields=["district", "state", "-submitted_at"], name="application_inbox_idx"),
            models.Index(fields=["state", "-submitted_at"], name="application_city_idx"),
            models.Index(fields=["round", "level", "state"], name="application_round_idx"),
            models.Index(fields=["enterprise", "-id"], name="application_mine_idx"),
        ]
        triggers = [
            pgtrigger.Protect(name="application_never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.number or f"草稿 {self.public_id}"


class ApplicationUserObjectPermission(UserObjectPermissionBase):
    """A grant on one application to one person (an expert); guardian's direct foreign key, so it can be joined."""

    content_object = models.ForeignKey(Application, models.CASCADE, related_name="grants")

    class Meta(UserObjectPermissionBase.Meta):
        abstract = False
        verbose_name = "申报授权"


class ApplicationVersion(PublicIdModel):
    """What was handed in, word for word: canonical content, its digest and the platform's seal (R79)."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="versions", verbose_name="申报")
    turn = models.PositiveSmallIntegerField("轮次")
    snapshot = models.JSONField("内容")
    digest = models.CharField("摘要", max_length=64)
    seal = models.CharField("签封", max_length=64)
    receipt_no = models.CharField("回执号", max_length=60, unique=True)
    at = models.DateTimeField("时间")
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="提交人")

    class Meta:
        verbose_name = "申报版本"
        constraints = [UniqueConstraint(fields=["application", "turn"], name="application_version_once")]
        triggers = [
            pgtrigger.Protect(name="version_append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return self.receipt_no


class Exemption(ScopedModel):
    """豁免审批单 (F-20): from a rule the plan states 原则上, for one application."""

    RULES: ClassVar[list[tuple[str, str]]] = [
        ("R-08", "申报3A级须已获评2A级"),
        ("R-31", "未按时报送年度动态管理表"),
    ]
    application = models.ForeignKey(
        Application, models.PROTECT, related_name="exemptions", verbose_name="申报"
    )
    enterprise = models.ForeignKey(
        "accounts.Enterprise", models.PROTECT, related_name="+", verbose_name="企业"
    )
    district = models.ForeignKey("accounts.District", models.PROTECT, related_name="+", verbose_name="属地")
    # beside the application: bureaus decide on exemptions of drafts, which they do not see
    application_public_id = models.CharField("申报公开编号", max_length=14)
    round = models.ForeignKey(Round, models.PROTECT, related_name="+", verbose_name="批次")
    level = models.PositiveSmallIntegerField("申报等级")
    rule = models.CharField("规则", max_length=5, choices=RULES)
    reason = models.TextField("理由")
    basis = models.TextField("依据", blank=True)
    state = models.CharField("状态", max_length=10, choices=EXEMPTION_LIFE.choices)
    requested_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="申请人")
    requested_at = models.DateTimeField("申请时间")
    endorsed_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, related_name="+", verbose_name="经办人"
    )
    endorsed_at = models.DateTimeField("经办时间", null=True)
    opinion = models.TextField("经办意见", blank=True)
    decided_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, related_name="+", verbose_name="批准人"
    )
    decided_at = models.DateTimeField("批准时间", null=True)
    decision_note = models.TextField("批准意见", blank=True)

    scope = Scope(enterprise="enterprise_id", district="district_id")

    class Meta:
        verbose_name = "豁免"
        constraints = [
            CheckConstraint(
                condition=Q(state__in=sorted(EXEMPTION_LIFE.states)), name="exemption_state_known"
            ),
            CheckConstraint(condition=Q(rule__in=["R-08", "R-31"]), name="exemption_rule_in_principle"),
            CheckConstraint(
                condition=~Q(state__in=[ENDORSED, APPROVED]) | Q(endorsed_by__isnull=False),
                name="exemption_endorsed",
            ),
            CheckConstraint(
                condition=~Q(state=APPROVED)
                | (Q(decided_by__isnull=False) & ~Q(decided_by=F("endorsed_by"))),
                name="exemption_second_person",
            ),
            UniqueConstraint(
                fields=["application", "rule"], condition=~Q(state="declined"), name="exemption_one_per_rule"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.level}A"


class ReturnedItem(PublicIdModel):
    """One thing to be supplemented: what, why, what is wanted, by when; only these parts open for the enterprise."""

    PARTS: ClassVar[list[tuple[str, str]]] = [
        ("item", "评价条目"),
        ("basic", "基本要求"),
        ("profile", "基本信息"),
        ("report", "评价报告"),
        ("evidence", "证明材料"),
        ("scheme", "评价体系"),
    ]
    application = models.ForeignKey(
        Application, models.PROTECT, related_name="returned_items", verbose_name="申报"
    )
    turn = models.PositiveSmallIntegerField("轮次")
    part = models.CharField("部分", max_length=10, choices=PARTS)
    code = models.CharField("代码", max_length=40, blank=True)
    label = models.CharField("名称", max_length=200)
    reason = models.TextField("问题")
    wanted = models.TextField("补正要求")
    due_on = models.DateField("补正期限")
    returned_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="退回人")
    returned_at = models.DateTimeField("退回时间")
    answer = models.TextField("补正说明", blank=True)
    answered_at = models.DateTimeField("答复时间", null=True)

    class Meta:
        verbose_name = "退回补正项"
        constraints = [
            UniqueConstraint(fields=["application", "turn", "part", "code"], name="returned_item_once"),
            CheckConstraint(condition=~Q(reason="") & ~Q(wanted=""), name="returned_item_named"),
        ]
        indexes = [models.Index(fields=["application", "turn"], name="returned_item_idx")]

    def __str__(self) -> str:
        return self.label


class NumberSeries(models.Model):
    """The last number given in a series (round, district, level); its row lock makes application numbers gapless."""

    key = models.CharField("系列", max_length=40, primary_key=True)
    last = models.PositiveIntegerField("最后号")

    class Meta:
        verbose_name = "申报编号系列"

    def __str__(self) -> str:
        return f"{self.key} {self.last}"

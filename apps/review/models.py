"""What districts and experts do with an application."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from apps.core.models import ScopedModel
from apps.core.personal import Personal
from apps.core.scoping import Scope
from apps.review import states
from apps.review.bases import CaseRow, closed_range
from apps.review.casework_models import CaseHolder, CaseRemark, ReturnMark, SitePhoto
from apps.review.expert_models import (
    Absence,
    ConflictOverride,
    Draw,
    RoundArrangement,
    SiteSignature,
    VisitPhoto,
)
from apps.review.notice_models import DistrictNotice, DistrictNoticeEntry, DistrictObjection

__all__ = [
    "Absence",
    "Assignment",
    "CaseHolder",
    "CaseRemark",
    "ConflictOverride",
    "DistrictNotice",
    "DistrictNoticeEntry",
    "DistrictObjection",
    "Draw",
    "Filing",
    "FilingItem",
    "FormCheck",
    "Panel",
    "PreliminaryReview",
    "Recommendation",
    "RecommendationItem",
    "ReturnMark",
    "RoundArrangement",
    "Ruling",
    "SitePhoto",
    "SiteSignature",
    "SiteVisit",
    "VisitPhoto",
]


class FormCheck(CaseRow):
    """形式审查表 (F-04): what the district found when it checked the material for completeness."""

    application = models.ForeignKey("applications.Application", models.PROTECT, related_name="form_checks")
    turn = models.PositiveSmallIntegerField("次数")
    rows = models.JSONField("审查项", default=list)
    complete = models.BooleanField("是否齐全")
    checked_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    checked_at = models.DateTimeField("审查时间")

    scope = Scope(district="district_id")

    class Meta:
        verbose_name = "形式审查"
        constraints = [UniqueConstraint(fields=["application", "turn"], name="form_check_once_a_turn")]

    def __str__(self) -> str:
        return f"形式审查 {self.turn}"


class PreliminaryReview(CaseRow):
    """初评: who scores, who signs, the signed total. The points themselves are a score sheet."""

    application = models.OneToOneField("applications.Application", models.PROTECT, related_name="preliminary")
    sheet = models.OneToOneField("scoring.ScoreSheet", models.PROTECT, related_name="preliminary")
    state = models.CharField("状态", max_length=20, choices=states.PRELIMINARY_LIFE.choices)
    scorer = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    claimed_at = models.DateTimeField("认领时间", null=True)
    submitted_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField("提交时间", null=True)
    signed_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField("签批时间", null=True)
    signed_total = models.DecimalField("初评总分", null=True, max_digits=5, decimal_places=2)
    vetoes = ArrayField(models.CharField(max_length=10), verbose_name="查实的否决项", default=list)
    opinion = models.TextField("初评意见", blank=True)
    return_note = models.TextField("退回重评原因", blank=True)
    version = models.PositiveIntegerField("版本", default=1)

    scope = Scope(district="district_id")

    class Meta:
        verbose_name = "初评"
        constraints = [
            CheckConstraint(
                condition=Q(state__in=list(states.PRELIMINARY_LIFE.states)), name="prelim_state_known"
            ),
            CheckConstraint(
                condition=Q(state="signed", signed_by__isnull=False, signed_total__isnull=False)
                | (~Q(state="signed") & Q(signed_by=None)),
                name="prelim_signed_iff_signer",
            ),
            CheckConstraint(
                condition=Q(signed_by=None) | ~Q(signed_by=models.F("submitted_by")),
                name="prelim_second_person",
            ),
            closed_range("signed_total", "prelim_total_range"),
        ]
        indexes = [models.Index(fields=["district", "state", "id"], name="prelim_queue_idx")]

    def __str__(self) -> str:
        return f"初评 {self.public_id}"


class Ruling(CaseRow):
    """属地评定 (1A/2A): proposed by the 经办, decided by the signer."""

    application = models.OneToOneField("applications.Application", models.PROTECT, related_name="ruling")
    state = models.CharField("状态", max_length=20, choices=states.RULING_LIFE.choices)
    level = models.PositiveSmallIntegerField("等级", null=True)
    total = models.DecimalField("得分", max_digits=5, decimal_places=2)
    converted = models.BooleanField("由 3A 申报转为本级评定", default=False)
    reason = models.TextField("理由", blank=True)
    document_no = models.CharField("文号", max_length=60, blank=True)
    proposed_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField("提出时间")
    decided_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    decided_on = models.DateField("评定日期", null=True)

    scope = Scope(district="district_id", enterprise="enterprise_id", owner=~Q(state="proposed"))

    class Meta:
        verbose_name = "属地评定"
        constraints = [
            CheckConstraint(
                condition=Q(state__in=list(states.RULING_LIFE.states)), name="ruling_state_known"
            ),
            CheckConstraint(condition=Q(level=None) | Q(level__in=[1, 2]), name="ruling_level_of_district"),
            CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=models.F("proposed_by")),
                name="ruling_second_person",
            ),
            closed_range("total", "ruling_total_range"),
        ]

    def __str__(self) -> str:
        return f"属地评定 {self.public_id}"


class Filing(ScopedModel):
    """备案表 (F-06): one report of a district's decisions to the city."""

    district = models.ForeignKey("accounts.District", models.PROTECT, related_name="+")
    round = models.ForeignKey("applications.Round", models.PROTECT, related_name="filings")
    state = models.CharField("状态", max_length=20, choices=states.FILING_LIFE.choices)
    number = models.CharField("备案号", max_length=40, blank=True)
    opened_at = models.DateTimeField("建立时间")
    sent_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    sent_at = models.DateTimeField("报送时间", null=True)
    answered_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField("市局处理时间", null=True)
    return_reason = models.TextField("退回原因", blank=True)
    concern = models.TextField("市局关注", blank=True)
    contact = models.CharField("联系人", max_length=60, blank=True)

    scope = Scope(district="district_id")

    personal: ClassVar[dict[str, Personal]] = {
        "contact": Personal("备案工作联系", "与备案档案同（10 年）", "属地、市局"),
    }

    class Meta:
        verbose_name = "备案"
        constraints = [
            CheckConstraint(
                condition=Q(state__in=list(states.FILING_LIFE.states)), name="filing_state_known"
            ),
            UniqueConstraint(fields=["number"], condition=~Q(number=""), name="filing_number_once"),
            UniqueConstraint(
                fields=["district", "round"], condition=Q(state="draft"), name="filing_one_draft"
            ),
        ]

    def __str__(self) -> str:
        return f"备案 {self.number or self.public_id}"


class FilingItem(models.Model):
    """One decision in a filing; a decision is filed once."""

    filing = models.ForeignKey(Filing, models.PROTECT, related_name="items")
    ruling = models.OneToOneField(Ruling, models.PROTECT, related_name="filing_item")
    note = models.CharField("备注", max_length=200, blank=True)

    class Meta:
        verbose_name = "备案条目"

    def __str__(self) -> str:
        return f"备案条目 {self.pk}"


class Recommendation(ScopedModel):
    """3A 推荐汇总表 (F-07) and its letter: a district's list for one round."""

    district = models.ForeignKey("accounts.District", models.PROTECT, related_name="+")
    round = models.ForeignKey("applications.Round", models.PROTECT, related_name="recommendations")
    state = models.CharField("状态", max_length=20, choices=states.RECOMMENDATION_LIFE.choices)
    letter_no = models.CharField("推荐函文号", max_length=60, blank=True)
    prepared_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField("拟稿时间")
    sent_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    sent_at = models.DateTimeField("上报时间", null=True)
    accepted_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    accepted_at = models.DateTimeField("受理时间", null=True)

    scope = Scope(district="district_id")

    class Meta:
        verbose_name = "3A 推荐"
        constraints = [
            CheckConstraint(
                condition=Q(state__in=list(states.RECOMMENDATION_LIFE.states)),
                name="recommendation_state_known",
            ),
            CheckConstraint(
                condition=Q(sent_by=None) | ~Q(sent_by=models.F("prepared_by")),
                name="recommendation_second_person",
            ),
            UniqueConstraint(
                fields=["district", "round"], condition=Q(state="draft"), name="recommendation_one_draft"
            ),
        ]

    def __str__(self) -> str:
        return f"推荐 {self.letter_no or self.public_id}"


class RecommendationItem(models.Model):
    """One enterprise at 80 or more: ticked beforehand, left off only with a reason."""

    recommendation = models.ForeignKey(Recommendation, models.PROTECT, related_name="items")
    application = models.ForeignKey("applications.Application", models.PROTECT, related_name="recommended_in")
    ticked = models.BooleanField("推荐", default=True)
    reason = models.TextField("不列入原因", blank=True)

    class Meta:
        verbose_name = "推荐条目"
        constraints = [
            UniqueConstraint(fields=["recommendation", "application"], name="recommendation_item_once"),
            CheckConstraint(condition=Q(ticked=True) | ~Q(reason=""), name="recommendation_off_needs_reason"),
        ]

    def __str__(self) -> str:
        return f"推荐条目 {self.pk}"


class Panel(CaseRow):
    """专家组: the experts of one application and their opinion (F-09)."""

    application = models.OneToOneField("applications.Application", models.PROTECT, related_name="panel")
    state = models.CharField("状态", max_length=20, choices=states.PANEL_LIFE.choices)
    leader = models.ForeignKey("accounts.Expert", models.PROTECT, null=True, related_name="+")
    due_on = models.DateField("评审截止", null=True)
    formed_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    formed_at = models.DateTimeField("组建时间")
    total = models.DecimalField("组评得分", null=True, max_digits=5, decimal_places=2)
    spread = models.DecimalField("分差", null=True, max_digits=5, decimal_places=2)
    deviation = models.DecimalField("标准差", null=True, max_digits=5, decimal_places=2)
    outliers = models.JSONField("偏离的专家", default=list)
    disputed_items = models.JSONField("分歧条目", default=list)
    aggregation = models.TextField("计分规则", blank=True)
    drawn = models.BooleanField("随机抽取产生", default=False)
    reconsider_reason = models.TextField("复议原因", blank=True)
    reconsidered = models.BooleanField("经过复议", default=False)
    opinion = models.CharField("意见", max_length=20, blank=True)
    reasons = models.TextField("意见理由", blank=True)
    site_visited = models.BooleanField("是否现场核实", null=True)
    site_reason = models.TextField("现场核实理由", blank=True)
    concluded_at = models.DateTimeField("出具时间", null=True)
    version = models.PositiveIntegerField("版本", default=1)

    scope = Scope(expert="assignments__expert_id", staff=None)

    class Meta:
        verbose_name = "专家组"
        constraints = [
            CheckConstraint(condition=Q(state__in=list(states.PANEL_LIFE.states)), name="panel_state_known"),
            closed_range("total", "panel_total_range"),
            closed_range("spread", "panel_spread_range"),
            closed_range("deviation", "panel_deviation_range"),
        ]
        indexes = [models.Index(fields=["state", "-spread"], name="panel_disagreement_idx")]

    def __str__(self) -> str:
        return f"专家组 {self.public_id}"


class Assignment(CaseRow):
    """One expert's task on one application; the right to see the case is a django-guardian grant."""

    panel = models.ForeignKey(Panel, models.PROTECT, related_name="assignments")
    application = models.ForeignKey("applications.Application", models.PROTECT, related_name="assignments")
    expert = models.ForeignKey("accounts.Expert", models.PROTECT, related_name="assignments")
    state = models.CharField("状态", max_length=20, choices=states.ASSIGNMENT_LIFE.choices)
    sheet = models.OneToOneField("scoring.ScoreSheet", models.PROTECT, null=True, related_name="assignment")
    invited_at = models.DateTimeField("邀请时间")
    declared_at = models.DateTimeField("签署声明时间", null=True)
    submitted_at = models.DateTimeField("提交时间", null=True)
    seat = models.PositiveSmallIntegerField("席位", null=True)
    blocked_from = models.CharField("暂停前状态", max_length=20, blank=True)
    blocked_reason = models.TextField("冲突情形", blank=True)
    ended_reason = models.TextField("回避或调整原因", blank=True)
    override_reason = models.TextField("冲突豁免理由", blank=True)
    strengths = models.TextField("优点", blank=True)
    problems = models.TextField("问题", blank=True)
    advice = models.TextField("建议", blank=True)
    wants_site_visit = models.BooleanField("建议现场核实", default=False)
    site_visit_reason = models.TextField("建议现场核实的理由", blank=True)
    opinion_signed_at = models.DateTimeField("签署组意见时间", null=True)
    dissent = models.TextField("不同意见", blank=True)

    scope = Scope(expert="expert_id")

    class Meta:
        verbose_name = "专家评审任务"
        constraints = [
            CheckConstraint(
                condition=Q(state__in=list(states.ASSIGNMENT_LIFE.states)), name="assignment_state_known"
            ),
            CheckConstraint(
                condition=(Q(state="blocked") & ~Q(blocked_from=""))
                | (~Q(state="blocked") & Q(blocked_from="")),
                name="assignment_blocked_from",
            ),
            UniqueConstraint(
                fields=["panel", "expert"], condition=~Q(state="recused"), name="assignment_once_a_panel"
            ),
        ]
        indexes = [models.Index(fields=["expert", "state"], name="assignment_desk_idx")]

    def __str__(self) -> str:
        return f"评审任务 {self.public_id}"


class SiteVisit(CaseRow):
    """现场核实记录 (F-10): at least two people, what was found, photos as evidence."""

    application = models.ForeignKey("applications.Application", models.PROTECT, related_name="site_visits")
    panel = models.ForeignKey(Panel, models.PROTECT, null=True, related_name="site_visits")
    visited_on = models.DateField("日期")
    place = models.CharField("地点", max_length=200)
    people = models.JSONField("核实人员", default=list)
    accompanied_by = models.CharField("企业陪同", max_length=100, blank=True)
    opening_at = models.TimeField("首次会议时间", null=True)
    closing_at = models.TimeField("末次会议时间", null=True)
    findings = models.JSONField("核查条目", default=list)
    problems = models.TextField("问题", blank=True)
    conclusion = models.TextField("结论")
    recorded_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField("登记时间")

    scope = Scope(expert="panel__assignments__expert_id")

    class Meta:
        verbose_name = "现场核实"

    def __str__(self) -> str:
        return f"现场核实 {self.visited_on}"

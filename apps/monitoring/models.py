"""What happens to a title after it is awarded."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from apps.core.models import ScopedModel
from apps.core.scoping import Scope
from apps.monitoring import states
from apps.monitoring.checklist_models import RecheckCheck, RecheckPhoto
from apps.monitoring.incident_models import IncidentPaper, IncidentReport
from apps.monitoring.spot_check_models import SpotCheck, SpotCheckDraw


class TitleRow(ScopedModel):
    """A row about one title; jurisdiction columns are the title's."""

    title = models.ForeignKey("titles.Title", models.PROTECT, related_name="+")
    enterprise = models.ForeignKey("accounts.Enterprise", models.PROTECT, related_name="+")
    district = models.ForeignKey("accounts.District", models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class AnnualForm(TitleRow):
    """年度动态管理表 (F-15) owed in one calendar year at the highest level held; once a year and enterprise (R-30).

    `content` holds parts B to F as `monitoring.annual_content` reads and writes them; `returned` the named parts of the
    last return with their reasons, until it is filed again; `before_return` that return with what stood in the form
    then (`parts`, `content`, `receipt_name`), for whoever reviews it again. `filed_on` is the day of the first filing:
    it decides whether the form was late.
    """

    year = models.PositiveSmallIntegerField("年度")
    level = models.PositiveSmallIntegerField("报送级别")
    due_on = models.DateField("报送截止日")
    state = models.CharField("状态", max_length=10, choices=states.ANNUAL_LIFE.choices)
    version = models.PositiveIntegerField("版本", default=1)
    content = models.JSONField("填报内容", default=dict)
    receipt = models.CharField("国家平台回执", max_length=40, blank=True)
    receipt_name = models.CharField("回执文件名", max_length=120, blank=True)
    opened_at = models.DateTimeField("生成时间")
    filed_on = models.DateField("首次报送日", null=True)
    filed_at = models.DateTimeField("最近报送时间", null=True)
    filed_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField("审核时间", null=True)
    reviewed_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    review_note = models.TextField("审核意见", blank=True)
    returned = models.JSONField("退回事项", default=dict)
    before_return = models.JSONField("退回时的内容", default=dict)

    scope = Scope(district="district_id", enterprise="enterprise_id")

    class Meta:
        verbose_name = "年度动态管理表"
        constraints = [
            UniqueConstraint(fields=["enterprise", "year"], name="annual_form_once_a_year"),
            CheckConstraint(
                condition=Q(state__in=list(states.ANNUAL_LIFE.states)), name="annual_state_known"
            ),
            CheckConstraint(condition=Q(level__range=(1, 5)), name="annual_level_known"),
            CheckConstraint(
                condition=Q(state="to_file", filed_on=None) | ~Q(state="to_file") & Q(filed_on__isnull=False),
                name="annual_filed_has_day",
            ),
        ]
        indexes = [models.Index(fields=["year", "district", "state"], name="annual_queue_idx")]

    def __str__(self) -> str:
        return f"{self.year} 年度动态管理表"


class Recheck(TitleRow):
    """现场复核 (F-10): planned by cycle or trigger, recorded by at least two people, signed, reported to the city."""

    CYCLE, RISK, REPORT, CHANGE, SPOT = "cycle", "risk", "report", "change", "spot"
    AFTER_SUSPENSION = "suspended"
    TRIGGERS: ClassVar[list[tuple[str, str]]] = [
        (CYCLE, "定期复核"),
        (RISK, "风险触发"),
        (REPORT, "举报线索"),
        (CHANGE, "重大事项变更"),
        (SPOT, "抽查"),
        (AFTER_SUSPENSION, "暂停后复核"),
    ]
    #: What a bureau may give as the reason by hand; a spot check comes from a draw only.
    BY_HAND: ClassVar[frozenset[str]] = frozenset({CYCLE, RISK, REPORT, CHANGE})
    trigger = models.CharField("来源", max_length=10, choices=TRIGGERS)
    trigger_note = models.TextField("来源说明", blank=True)
    state = models.CharField("状态", max_length=10, choices=states.RECHECK_LIFE.choices)
    planned_on = models.DateField("计划日期")
    planned_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    planned_at = models.DateTimeField("安排时间")
    visited_on = models.DateField("复核日期", null=True)
    place = models.CharField("地点", max_length=200, blank=True)
    people = models.JSONField("复核人员", default=list)
    accompanied_by = models.CharField("企业陪同", max_length=100, blank=True)
    opening_at = models.TimeField("首次会议时间", null=True)
    closing_at = models.TimeField("末次会议时间", null=True)
    # What the checklist starts from where no application here stands behind the title: system, industry, settings.
    starting_from = models.JSONField("核查依据", default=dict)
    findings = models.JSONField("核查条目", default=list)
    score = models.DecimalField("复核得分", max_digits=5, decimal_places=2, null=True)
    vetoes = ArrayField(models.CharField(max_length=10), verbose_name="不符合的基本要求", default=list)
    conclusion = models.TextField("结论", blank=True)
    passed = models.BooleanField("是否合格", null=True)
    recorded_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField("登记时间", null=True)
    signed_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField("签批时间", null=True)
    return_note = models.TextField("退回意见", blank=True)
    # The score item by item as it was computed from the checklist (`monitoring.checklists`); empty: typed by hand.
    scored = models.JSONField("逐项得分", default=dict)
    # The city's own visit: only the city records and signs it.
    by_city = models.BooleanField("市局复查", default=False)

    scope = Scope(
        district="district_id", enterprise="enterprise_id", owner=Q(state__in=["planned", "reported"])
    )

    class Meta:
        verbose_name = "现场复核"
        constraints = [
            CheckConstraint(
                condition=Q(state__in=list(states.RECHECK_LIFE.states)), name="recheck_state_known"
            ),
            CheckConstraint(condition=Q(score=None) | Q(score__range=(0, 100)), name="recheck_score_range"),
            CheckConstraint(
                condition=Q(signed_by=None) | ~Q(signed_by=F("recorded_by")), name="recheck_second_person"
            ),
            UniqueConstraint(
                fields=["title"], condition=~Q(state="reported"), name="recheck_one_open_a_title"
            ),
        ]
        indexes = [models.Index(fields=["district", "state", "planned_on"], name="recheck_queue_idx")]

    def __str__(self) -> str:
        return f"复核 {self.public_id}"


class Rectification(TitleRow):
    """整改 (F-16, F-17): three months from service by Civil Code arithmetic; unused days resume after a failure."""

    recheck = models.OneToOneField(Recheck, models.PROTECT, related_name="rectification")
    state = models.CharField("状态", max_length=10, choices=states.RECTIFICATION_LIFE.choices)
    number = models.CharField("文号", max_length=60)
    ordered_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    ordered_at = models.DateTimeField("责令时间")
    served_on = models.DateField("送达日期", null=True)
    service = models.CharField("送达方式", max_length=100, blank=True)
    deadline = models.DateField("整改期限", null=True)
    deadline_text = models.TextField("期限说明", blank=True)
    extended_days = models.PositiveSmallIntegerField("延长天数", default=0)
    extension_note = models.TextField("延长理由", blank=True)
    version = models.PositiveIntegerField("版本", default=1)

    scope = Scope(district="district_id", enterprise="enterprise_id")

    class Meta:
        verbose_name = "整改"
        constraints = [
            CheckConstraint(
                condition=Q(state__in=list(states.RECTIFICATION_LIFE.states)),
                name="rectification_state_known",
            ),
            CheckConstraint(
                condition=Q(state="ordered", served_on=None)
                | Q(served_on__isnull=False, deadline__isnull=False),
                name="rectification_served_has_deadline",
            ),
        ]

    def __str__(self) -> str:
        return f"整改 {self.number}"


class RectificationItem(models.Model):
    """One thing to put right: problem, requirement, what proves it, and the enterprise's answer."""

    rectification = models.ForeignKey(Rectification, models.PROTECT, related_name="items")
    position = models.PositiveSmallIntegerField("序号")
    code = models.CharField("条目", max_length=20, blank=True)
    problem = models.TextField("问题")
    requirement = models.TextField("整改要求")
    evidence_wanted = models.CharField("证明材料要求", max_length=200, blank=True)
    answer = models.TextField("整改措施与完成情况", blank=True)
    answered_at = models.DateTimeField("填写时间", null=True)
    # [{"public_id", "name"}]: files of the enterprise's library, kept for good once the report is handed in.
    files = models.JSONField("证明材料", default=list)

    class Meta:
        verbose_name = "整改事项"
        constraints = [
            UniqueConstraint(fields=["rectification", "position"], name="rectification_item_once"),
            CheckConstraint(condition=~Q(problem="") & ~Q(requirement=""), name="rectification_item_named"),
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.problem[:20]}"


class RectificationAttempt(models.Model):
    """One submission and its verification (R-38)."""

    rectification = models.ForeignKey(Rectification, models.PROTECT, related_name="attempts")
    submitted_on = models.DateField("提交日期")
    submitted_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    verified_on = models.DateField("验收日期", null=True)
    verified_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    passed = models.BooleanField("是否通过", null=True)
    note = models.TextField("验收意见", blank=True)

    class Meta:
        verbose_name = "整改提交"

    def __str__(self) -> str:
        return f"{self.submitted_on}"


class Cancellation(TitleRow):
    """取消称号 (F-18): drafted by the system at expiry, statement and defence, decided by a leader (R-40)."""

    rectification = models.OneToOneField(Rectification, models.PROTECT, related_name="cancellation")
    state = models.CharField("状态", max_length=10, choices=states.CANCELLATION_LIFE.choices)
    facts = models.TextField("事实")
    proposed_at = models.DateTimeField("提出时间")
    statement_due_on = models.DateField("陈述申辩截止")
    statement = models.TextField("陈述申辩", blank=True)
    stated_at = models.DateTimeField("陈述时间", null=True)
    document_no = models.CharField("文号", max_length=60, blank=True)
    decided_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    decided_on = models.DateField("决定日期", null=True)
    decision_note = models.TextField("决定理由", blank=True)
    ban_until = models.DateField("可重新申报日", null=True)

    scope = Scope(district="district_id", enterprise="enterprise_id")

    class Meta:
        verbose_name = "取消称号"
        constraints = [
            CheckConstraint(
                condition=Q(state__in=list(states.CANCELLATION_LIFE.states)), name="cancellation_state_known"
            ),
            CheckConstraint(
                condition=Q(state="proposed", decided_by=None)
                | ~Q(state="proposed") & Q(decided_by__isnull=False),
                name="cancellation_decided_iff_leader",
            ),
        ]

    def __str__(self) -> str:
        return f"取消 {self.public_id}"


__all__ = [
    "AnnualForm",
    "Cancellation",
    "IncidentPaper",
    "IncidentReport",
    "Recheck",
    "RecheckCheck",
    "RecheckPhoto",
    "Rectification",
    "RectificationAttempt",
    "RectificationItem",
    "SpotCheck",
    "SpotCheckDraw",
]

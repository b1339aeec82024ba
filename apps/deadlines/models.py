"""The one table of everything that falls due, and the working calendar it is computed with."""

from __future__ import annotations

from datetime import date, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from apps.core.models import ScopedModel
from apps.core.scoping import Scope
from apps.deadlines.states import LIVE, OBLIGATION_STATES, Party

#: Mark of a row whose next reminder the sweep has yet to find.
UNPLANNED = 0


class CalendarNotice(models.Model):
    """The paper behind a year of the calendar: the State Council's notice as a file of the evidence room."""

    year = models.PositiveSmallIntegerField("年份", primary_key=True)
    document = models.CharField("依据文件", max_length=14)
    document_name = models.CharField("依据文件名", max_length=120)
    attached_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    attached_at = models.DateTimeField("上传时间")

    class Meta:
        verbose_name = "日历依据"

    def __str__(self) -> str:
        return f"{self.year} {self.document_name}"


class CalendarDay(models.Model):
    """One day of a year whose holidays are published; a day that is missing here is provisional (暂定)."""

    date = models.DateField("日期", primary_key=True)
    is_workday = models.BooleanField("工作日")
    name = models.CharField("节假日", max_length=40, blank=True)
    source = models.CharField("依据", max_length=200)
    recorded_at = models.DateTimeField("录入时间")
    # A random number shared by the rows of one change: readers keep the calendar in memory until the sum differs.
    # Not a counter: a transaction that is rolled back would give its number to another content.
    revision = models.BigIntegerField("修订号")

    class Meta:
        verbose_name = "工作日历"

    def __str__(self) -> str:
        return f"{self.date} {'工作日' if self.is_workday else '休息日'}"


class Obligation(ScopedModel):
    """Something a party owes about a subject by an instant. The sweeper and all reminders are driven by this table.

    What an expert owes carries no enterprise and no district: neither may learn who reviews (SECURITY R05).
    """

    kind = models.CharField("事项", max_length=40)
    subject_type = models.CharField("对象类别", max_length=60)
    subject_id = models.BigIntegerField("对象")
    subject_public_id = models.CharField("对象公开编号", max_length=40, blank=True)
    subject_number = models.CharField("办件编号", max_length=60, blank=True)
    subject_label = models.CharField("对象名称", max_length=200, blank=True)
    enterprise_name = models.CharField("企业名称", max_length=100, blank=True)
    party = models.CharField("责任方", max_length=10, choices=[(party.value, party.label) for party in Party])
    enterprise = models.ForeignKey("accounts.Enterprise", models.PROTECT, null=True, related_name="+")
    district = models.ForeignKey("accounts.District", models.PROTECT, null=True, related_name="+")
    expert = models.ForeignKey("accounts.Expert", models.PROTECT, null=True, related_name="+")
    rule = models.CharField("规则", max_length=40)
    basis = models.CharField("期限说明", max_length=500)
    started_on = models.DateField("起算日")
    due_on = models.DateField("截止日")
    # The legal instant, exclusive: 24:00 of `due_on` unless a time of day was set.
    due_at = models.DateTimeField("截止时刻")
    provisional = models.BooleanField("暂定", default=False)
    computed_by = models.JSONField("计算方式", default=dict)
    state = models.CharField("状态", max_length=10, choices=list(OBLIGATION_STATES.items()))
    opened_at = models.DateTimeField("设立时间")
    overdue_at = models.DateTimeField("逾期时间", null=True)
    closed_at = models.DateTimeField("结束时间", null=True)
    # How often it changed since it was opened, for calendar programs: they keep the highest they have seen.
    changes = models.PositiveIntegerField("变更次数", default=0)
    # Last Shanghai day whose reminders were dealt with when a reminder was last due.
    reminded_through = models.DateField("已提醒至")
    # The next day with a reminder, and by which ladders and calendar it was found.
    remind_on = models.DateField("下次提醒日", null=True)
    remind_plan = models.BigIntegerField("提醒计划", default=UNPLANNED)
    hook_due_at = models.DateTimeField("逾期处理时间", null=True)
    hook_token = models.CharField("逾期处理租约", max_length=32, blank=True)
    hook_attempts = models.PositiveSmallIntegerField("逾期处理次数", default=0)
    hook_error = models.CharField("逾期处理错误", max_length=300, blank=True)

    scope: ClassVar[Scope] = Scope(enterprise="enterprise_id", district="district_id", expert="expert_id")

    class Meta:
        verbose_name = "期限事项"
        constraints = [
            UniqueConstraint(
                fields=["kind", "subject_type", "subject_id"],
                condition=Q(state__in=LIVE),
                name="obligation_one_live_per_subject",
            ),
            CheckConstraint(name="obligation_state_known", condition=Q(state__in=list(OBLIGATION_STATES))),
            CheckConstraint(name="obligation_party_known", condition=Q(party__in=[p.value for p in Party])),
            CheckConstraint(
                name="obligation_closed_has_time",
                condition=Q(state__in=LIVE, closed_at=None)
                | (~Q(state__in=LIVE) & Q(closed_at__isnull=False)),
            ),
            CheckConstraint(
                name="obligation_party_is_named",
                condition=(~Q(party="enterprise") | Q(enterprise__isnull=False))
                & (~Q(party="district") | Q(district__isnull=False))
                & (~Q(party="expert") | Q(expert__isnull=False, enterprise=None, district=None)),
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="obligation_due_idx", condition=Q(state="open")),
            models.Index(
                fields=["remind_on", "id"], name="obligation_reminder_idx", condition=Q(state__in=LIVE)
            ),
            models.Index(fields=["remind_plan"], name="obligation_plan_idx", condition=Q(state__in=LIVE)),
            models.Index(
                fields=["hook_due_at"], name="obligation_hook_idx", condition=Q(hook_due_at__isnull=False)
            ),
            models.Index(
                fields=["district", "due_on"], name="obligation_district_idx", condition=Q(state__in=LIVE)
            ),
            models.Index(
                fields=["enterprise", "due_on"], name="obligation_enterprise_idx", condition=Q(state__in=LIVE)
            ),
            models.Index(fields=["subject_type", "subject_id"], name="obligation_subject_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_label} {self.due_on}"

    def dealt_with(self, on: date) -> date:
        """Return the last day whose reminders need no more thought on *on*: yesterday, unless the plan is behind."""
        behind = self.remind_plan == UNPLANNED or (self.remind_on is not None and self.remind_on <= on)
        return self.reminded_through if behind else max(self.reminded_through, on - timedelta(days=1))

"""Tables of the room: events, who takes part, building plans, service bodies and whom they help."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from apps.core.models import PublicIdModel, ScopedModel
from apps.core.personal import Personal
from apps.core.scoping import Scope
from apps.cultivation.states import BODY_KINDS, EVENT_KINDS, EVENT_LIFE, PLAN_LIFE


class Event(ScopedModel):
    """A training or publicity event of the city (no district) or of a district; published ones are public."""

    kind = models.CharField("类别", max_length=20, choices=list(EVENT_KINDS.items()))
    title = models.CharField("名称", max_length=100)
    district = models.ForeignKey(
        "accounts.District", models.PROTECT, null=True, related_name="+", verbose_name="主办属地"
    )
    place = models.CharField("地点", max_length=120)
    starts_at = models.DateTimeField("开始时间")
    ends_at = models.DateTimeField("结束时间")
    seats = models.PositiveIntegerField("名额", null=True)
    sign_up_until = models.DateTimeField("报名截止")
    summary = models.TextField("内容")
    material = models.TextField("资料", blank=True)
    state = models.CharField("状态", max_length=12, choices=EVENT_LIFE.choices)
    made_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    made_at = models.DateTimeField("登记时间")
    note = models.CharField("说明", max_length=200, blank=True)

    scope = Scope(district="district_id", everyone=~Q(state="draft"))

    class Meta:
        verbose_name = "培训宣传活动"
        constraints = [
            CheckConstraint(condition=Q(state__in=sorted(EVENT_LIFE.states)), name="event_state_known"),
            CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="event_has_a_span"),
            CheckConstraint(condition=Q(sign_up_until__lte=F("ends_at")), name="event_sign_up_in_time"),
        ]
        indexes = [models.Index(fields=["-starts_at"], name="event_newest_idx")]

    def __str__(self) -> str:
        return self.title


class EventFile(ScopedModel):
    """Course material of an event: a file of its bureau, read by whoever sees the event."""

    event = models.ForeignKey(Event, models.PROTECT, related_name="files", verbose_name="活动")
    district = models.ForeignKey("accounts.District", models.PROTECT, null=True, related_name="+")
    document = models.CharField("文件", max_length=14, unique=True)
    name = models.CharField("文件名", max_length=120)
    size_text = models.CharField("大小", max_length=20)
    added_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    added_at = models.DateTimeField("上传时间")
    removed_at = models.DateTimeField("移除时间", null=True)

    # What is public is the event's to say: the selector asks for the event first, the wall does the same.
    scope = Scope(district="district_id", everyone=~Q(event__state="draft"))

    class Meta:
        verbose_name = "活动资料"
        indexes = [models.Index(fields=["event", "id"], name="event_file_idx")]

    def __str__(self) -> str:
        return self.name


class Participation(ScopedModel):
    """One enterprise at one event: how many come, who leads them, whether they came."""

    event = models.ForeignKey(Event, models.PROTECT, related_name="participations", verbose_name="活动")
    enterprise = models.ForeignKey(
        "accounts.Enterprise", models.PROTECT, related_name="+", verbose_name="企业"
    )
    district = models.ForeignKey("accounts.District", models.PROTECT, related_name="+", verbose_name="属地")
    host = models.CharField("主办属地", max_length=10, blank=True)
    person = models.CharField("参加人", max_length=50)
    people = models.PositiveSmallIntegerField("人数", default=1)
    signed_up_at = models.DateTimeField("报名时间")
    signed_up_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField("取消时间", null=True)
    came = models.BooleanField("到场", null=True)

    scope = Scope(enterprise="enterprise_id", district="host")
    personal: ClassVar[dict[str, Personal]] = {
        "person": Personal("签到、联系", "活动结束后 2 年", "本企业、主办单位"),
    }

    class Meta:
        verbose_name = "活动报名"
        constraints = [
            UniqueConstraint(fields=["event", "enterprise"], name="participation_once"),
            CheckConstraint(condition=Q(people__gte=1, people__lte=20), name="participation_people"),
        ]

    def __str__(self) -> str:
        return f"{self.enterprise_id} {self.event_id}"


class BuildingPlan(ScopedModel):
    """建设计划: the level an enterprise means to reach by a year, and whether its district lists it for cultivation."""

    enterprise = models.ForeignKey(
        "accounts.Enterprise", models.PROTECT, related_name="+", verbose_name="企业"
    )
    district = models.ForeignKey("accounts.District", models.PROTECT, related_name="+", verbose_name="属地")
    target_level = models.PositiveSmallIntegerField("目标等级")
    target_year = models.PositiveSmallIntegerField("目标年度")
    measures = models.TextField("主要措施")
    state = models.CharField("状态", max_length=12, choices=PLAN_LIFE.choices)
    sent_at = models.DateTimeField("报送时间")
    sent_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    decided_at = models.DateTimeField("办理时间", null=True)
    decided_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    opinion = models.CharField("属地意见", max_length=200, blank=True)

    scope = Scope(enterprise="enterprise_id", district="district_id")

    class Meta:
        verbose_name = "建设计划"
        constraints = [
            UniqueConstraint(fields=["enterprise", "target_year"], name="plan_once_a_year"),
            CheckConstraint(condition=Q(state__in=sorted(PLAN_LIFE.states)), name="plan_state_known"),
            CheckConstraint(condition=Q(target_level__gte=1, target_level__lte=5), name="plan_level_known"),
            CheckConstraint(
                condition=Q(target_year__gte=2020, target_year__lte=2100), name="plan_year_known"
            ),
        ]
        indexes = [models.Index(fields=["district", "state", "target_year"], name="plan_list_idx")]

    def __str__(self) -> str:
        return f"{self.enterprise_id} {self.target_year}"


class ServiceBody(PublicIdModel):
    """A registered service or third-party body; registration is no recommendation, and it is free to use none."""

    name = models.CharField("名称", max_length=100)
    uscc = models.CharField("统一社会信用代码", max_length=18, unique=True)
    kinds = models.JSONField("服务类别", default=list)
    qualification = models.CharField("资质", max_length=200, blank=True)
    registered_at = models.DateTimeField("登记时间")
    registered_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    removed_at = models.DateTimeField("移出时间", null=True)
    removal_reason = models.CharField("移出原因", max_length=200, blank=True)

    KINDS: ClassVar[dict[str, str]] = BODY_KINDS

    class Meta:
        verbose_name = "服务机构"

    def __str__(self) -> str:
        return self.name


class Engagement(ScopedModel):
    """An enterprise is, or was, helped by a body: ground for recusal of its experts (R-20)."""

    enterprise = models.ForeignKey(
        "accounts.Enterprise", models.PROTECT, related_name="+", verbose_name="企业"
    )
    district = models.ForeignKey("accounts.District", models.PROTECT, related_name="+", verbose_name="属地")
    body = models.ForeignKey(ServiceBody, models.PROTECT, related_name="engagements", verbose_name="服务机构")
    since = models.DateField("开始日期")
    declared_at = models.DateTimeField("登记时间")
    declared_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")

    scope = Scope(enterprise="enterprise_id", district="district_id")

    class Meta:
        verbose_name = "服务关系"
        constraints = [UniqueConstraint(fields=["enterprise", "body"], name="engagement_once")]

    def __str__(self) -> str:
        return f"{self.enterprise_id} {self.body_id}"

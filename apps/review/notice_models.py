"""属地公示 of proposed 1A/2A decisions: the notice, its enterprises, and the objections the district received."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import CheckConstraint, F, Q

from apps.core.models import ScopedModel
from apps.core.personal import Personal
from apps.core.scoping import Scope
from apps.review import states
from apps.review.bases import CaseRow


class DistrictNotice(ScopedModel):
    """One notice of a district; published when it is made, and never changed."""

    district = models.ForeignKey("accounts.District", models.PROTECT, related_name="+")
    title = models.CharField("标题", max_length=120)
    contact_person = models.CharField("联系人", max_length=50)
    contact_phone = models.CharField("联系电话", max_length=40)
    contact_address = models.CharField("地址", max_length=200, blank=True)
    supervision_phone = models.CharField("监督电话", max_length=40)
    starts_on = models.DateField("公示起")
    ends_on = models.DateField("公示止")
    period_text = models.TextField("期限说明")
    digest = models.CharField("摘要", max_length=64)
    published_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    published_at = models.DateTimeField("发布时间")

    scope = Scope(district="district_id")

    personal: ClassVar[dict[str, Personal]] = {
        "contact_person": Personal("公示依法公开的工作联系人", "公示长期公开", "公开（职务联系方式）"),
        "contact_phone": Personal("公示依法公开的工作电话", "公示长期公开", "公开（职务联系方式）"),
        "contact_address": Personal("公示依法公开的办公地址", "公示长期公开", "公开（职务联系方式）"),
        "supervision_phone": Personal("公示依法公开的监督电话", "公示长期公开", "公开（职务联系方式）"),
    }

    class Meta:
        verbose_name = "属地公示"
        constraints = [
            CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="district_notice_period"),
            CheckConstraint(condition=Q(digest__regex=r"^[0-9a-f]{64}$"), name="district_notice_digest"),
        ]
        indexes = [models.Index(fields=["-published_at", "-id"], name="district_notice_newest_idx")]
        triggers = [
            pgtrigger.Protect(name="district_notice_frozen", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return self.title


class DistrictNoticeEntry(ScopedModel):
    """One proposed decision on a notice, with the names as published."""

    notice = models.ForeignKey(DistrictNotice, models.PROTECT, related_name="entries")
    ruling = models.OneToOneField("review.Ruling", models.PROTECT, related_name="notice_entry")
    position = models.PositiveSmallIntegerField("序号")
    enterprise_name = models.CharField("企业名称", max_length=100)
    uscc = models.CharField("统一社会信用代码", max_length=18)
    industry_name = models.CharField("行业", max_length=60)
    level = models.PositiveSmallIntegerField("拟评定等级")

    scope = Scope(district="notice__district_id")

    class Meta:
        verbose_name = "属地公示条目"
        constraints = [CheckConstraint(condition=Q(level__in=[1, 2]), name="district_entry_level")]
        triggers = [
            pgtrigger.Protect(name="district_entry_frozen", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return self.enterprise_name


class DistrictObjection(CaseRow):
    """An objection filed on the public site, or received in writing and registered; concluded by somebody else."""

    PARTIES: ClassVar[list[tuple[str, str]]] = [("person", "个人（实名）"), ("unit", "单位（加盖公章）")]
    application = models.ForeignKey("applications.Application", models.PROTECT, related_name="+")
    entry = models.ForeignKey(DistrictNoticeEntry, models.PROTECT, related_name="objections")
    state = models.CharField("状态", max_length=10, choices=states.DISTRICT_OBJECTION_LIFE.choices)
    party = models.CharField("提出人类别", max_length=6, choices=PARTIES)
    person_sealed = models.TextField("姓名或单位（加密）")
    contact_sealed = models.TextField("联系方式（加密）")
    matter = models.TextField("异议事项与依据")
    received_on = models.DateField("收到日期")
    #: Who registered it; nobody when it was filed on the public site.
    recorded_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField("登记时间")
    #: Of one filed on the public site: what the objector looks it up with.
    receipt_no = models.CharField("回执号", max_length=30, unique=True, null=True)  # noqa: DJ001  (written ones have none)
    query_code = models.CharField("查询码", max_length=12, blank=True, default="")
    conclusion = models.TextField("核查结论", blank=True)
    concluded_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    concluded_at = models.DateTimeField("办结时间", null=True)

    scope = Scope(district="district_id")

    personal: ClassVar[dict[str, Personal]] = {
        "party": Personal("区分个人与单位提出的异议", "办结后 10 年", "属地经办"),
        "person_sealed": Personal("核实异议", "办结后 10 年", "属地经办", masked=True),
        "contact_sealed": Personal("答复异议", "办结后 10 年", "属地经办", masked=True),
    }

    class Meta:
        verbose_name = "属地公示异议"
        constraints = [
            CheckConstraint(
                condition=Q(recorded_by__isnull=False, receipt_no=None, query_code="")
                | (Q(recorded_by=None, receipt_no__isnull=False) & ~Q(query_code="")),
                name="district_objection_registered_or_filed",
            ),
            CheckConstraint(
                condition=Q(state__in=list(states.DISTRICT_OBJECTION_LIFE.states)),
                name="district_objection_state_known",
            ),
            CheckConstraint(
                condition=Q(state="open", concluded_by=None)
                | (~Q(state="open") & Q(concluded_by__isnull=False) & ~Q(conclusion="")),
                name="district_objection_concluded",
            ),
            CheckConstraint(
                condition=Q(concluded_by=None) | ~Q(concluded_by=F("recorded_by")),
                name="district_objection_second_person",
            ),
        ]

    def __str__(self) -> str:
        return f"属地公示异议 {self.public_id}"

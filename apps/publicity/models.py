"""From credit check to recognition."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from apps.core.models import PublicIdModel, ScopedModel
from apps.core.personal import Personal
from apps.core.scoping import Scope
from apps.policy.award import CreditResult
from apps.policy.provisional import Provisional
from apps.publicity import states
from apps.publicity.correction_models import MarkCorrection, ObjectionPaper
from apps.publicity.credit_models import CreditDelivery, CreditInquiry, CreditStatementFile, CreditTask

__all__ = [
    "CreditCheck",
    "CreditDelivery",
    "CreditInquiry",
    "CreditStatementFile",
    "CreditTask",
    "MarkCorrection",
    "Notice",
    "NoticeEntry",
    "Objection",
    "ObjectionPaper",
    "ProvisionalDecision",
    "Recognition",
    "RecognitionEntry",
    "SavedView",
]

#: What was published stays as it was published, also against raw SQL (SECURITY R77).
_NOTICE_FROZEN = """
if tg_op = 'DELETE' then
    raise exception 'publicity: a published notice cannot be deleted';
end if;
if (to_jsonb(new) - 'state') is distinct from (to_jsonb(old) - 'state') or new.state not in ('published', 'closed') then
    raise exception 'publicity: a published notice cannot be changed';
end if;
return new;
"""
#: Of a published entry only the state moves: withdrawn, elapsed.
_ENTRY_FROZEN = """
if (to_jsonb(new) - 'state') is distinct from (to_jsonb(old) - 'state') then
    raise exception 'publicity: a published entry cannot be changed';
end if;
return new;
"""


class CaseRow(ScopedModel):
    """A row about one application."""

    application = models.ForeignKey("applications.Application", models.PROTECT, related_name="+")
    enterprise = models.ForeignKey("accounts.Enterprise", models.PROTECT, related_name="+")
    district = models.ForeignKey("accounts.District", models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class CreditCheck(CaseRow):
    """征信查询记录 (F-11): the newest one of an application counts."""

    NORMAL, ADVERSE, EXPLANATION, EXPLAINED = "normal", "adverse", "explanation", "explained"
    RESULTS: ClassVar[list[tuple[str, str]]] = [(one.value, one.label) for one in CreditResult]
    platform = models.CharField("查询平台", max_length=60)
    checked_on = models.DateField("查询日期")
    report_no = models.CharField("报告编号", max_length=60)
    result = models.CharField("结果", max_length=12, choices=RESULTS)
    matters = models.TextField("异常事项", blank=True)
    valid_until = models.DateField("有效期至")
    recorded_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField("登记时间")

    scope = Scope()

    class Meta:
        verbose_name = "征信查询"
        indexes = [models.Index(fields=["application", "-id"], name="credit_newest_idx")]
        constraints = [
            CheckConstraint(
                condition=Q(result="normal") | ~Q(matters=""), name="credit_adverse_names_matters"
            ),
            CheckConstraint(condition=Q(valid_until__gte=F("checked_on")), name="credit_valid_after_check"),
        ]
        triggers = [
            pgtrigger.Protect(name="credit_append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"征信查询 {self.report_no}"


class CreditAttachment(PublicIdModel):
    """A file kept with a credit check: the report as the platform gave it out, for the city alone."""

    check_record = models.ForeignKey(CreditCheck, models.PROTECT, related_name="attachments")
    file = models.ForeignKey("evidence.EvidenceFile", models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "征信查询附件"
        constraints = [UniqueConstraint(fields=["check_record", "file"], name="credit_attachment_once")]
        triggers = [
            pgtrigger.Protect(
                name="credit_attachment_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.check_record_id} {self.file_id}"


class ProvisionalDecision(CaseRow):
    """暂定意见: what the city intends with a candidate before the notice; the newest one of an application counts."""

    decision = models.CharField(
        "暂定意见", max_length=8, choices=[(one.value, one.label) for one in Provisional]
    )
    reason = models.TextField("理由", blank=True)
    made_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    made_at = models.DateTimeField("作出时间")

    scope = Scope()

    class Meta:
        verbose_name = "暂定意见"
        indexes = [models.Index(fields=["application", "-id"], name="provisional_newest_idx")]
        constraints = [
            CheckConstraint(condition=Q(decision="propose") | ~Q(reason=""), name="provisional_has_reason")
        ]
        triggers = [
            pgtrigger.Protect(name="provisional_append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.get_decision_display()} {self.application_id}"


class SavedView(ScopedModel):
    """保存的视图: filters of the decision board that one person has given a name; nobody else's business."""

    owner = models.ForeignKey("accounts.User", models.CASCADE, related_name="+")
    name = models.CharField("名称", max_length=20)
    filters = models.JSONField("筛选条件")
    saved_at = models.DateTimeField("保存时间")

    scope = Scope(user="owner_id", citywide=False)

    class Meta:
        verbose_name = "保存的视图"
        constraints = [UniqueConstraint(fields=["owner", "name"], name="saved_view_name_once")]

    def __str__(self) -> str:
        return self.name


class Notice(ScopedModel):
    """公示 (F-12): drafted, reviewed, approved, published; frozen from then on."""

    NOTICE, CORRECTION = "notice", "correction"
    KINDS: ClassVar[list[tuple[str, str]]] = [(NOTICE, "公示"), (CORRECTION, "更正公示")]
    round = models.ForeignKey("applications.Round", models.PROTECT, related_name="notices")
    kind = models.CharField("类别", max_length=12, choices=KINDS, default=NOTICE)
    corrects = models.ForeignKey("self", models.PROTECT, null=True, related_name="corrections")
    state = models.CharField("状态", max_length=12, choices=states.NOTICE_LIFE.choices)
    title = models.CharField("标题", max_length=120)
    basis = models.TextField("依据与程序")
    reason = models.TextField("更正原因", blank=True)
    contact_person = models.CharField("联系人", max_length=50)
    contact_phone = models.CharField("联系电话", max_length=40)
    contact_email = models.CharField("邮箱", max_length=80, blank=True)
    contact_address = models.CharField("地址", max_length=200, blank=True)
    supervision_phone = models.CharField("监督电话", max_length=40)
    starts_on = models.DateField("公示起", null=True)
    ends_on = models.DateField("公示止", null=True)
    period_text = models.TextField("期限说明", blank=True)
    days = models.PositiveSmallIntegerField("公示天数", null=True)
    snapshot = models.JSONField("名单快照", default=list)
    removed = models.JSONField("移出名单的企业", default=list)
    digest = models.CharField("摘要", max_length=64, blank=True)
    drafted_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField("拟稿时间")
    reviewed_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField("审核时间", null=True)
    approved_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField("签批时间", null=True)
    published_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField("发布时间", null=True)
    return_note = models.TextField("退回意见", blank=True)
    version = models.PositiveIntegerField("版本", default=1)

    scope = Scope(everyone=Q(state__in=states.PUBLIC_NOTICES))

    personal: ClassVar[dict[str, Personal]] = {
        "contact_person": Personal("公示依法公开的工作联系人", "公示长期公开", "公开（职务联系方式）"),
        "contact_phone": Personal("公示依法公开的工作电话", "公示长期公开", "公开（职务联系方式）"),
        "contact_email": Personal("公示依法公开的工作邮箱", "公示长期公开", "公开（职务联系方式）"),
        "supervision_phone": Personal("公示依法公开的监督电话", "公示长期公开", "公开（职务联系方式）"),
    }

    class Meta:
        verbose_name = "公示"
        constraints = [
            CheckConstraint(
                condition=Q(state__in=list(states.NOTICE_LIFE.states)), name="notice_state_known"
            ),
            CheckConstraint(
                condition=~Q(state__in=states.PUBLIC_NOTICES)
                | (Q(starts_on__isnull=False, ends_on__isnull=False) & ~Q(digest="")),
                name="notice_published_has_period",
            ),
            CheckConstraint(
                condition=Q(reviewed_by=None) | ~Q(reviewed_by=F("drafted_by")), name="notice_second_person"
            ),
            CheckConstraint(
                condition=Q(approved_by=None)
                | (~Q(approved_by=F("drafted_by")) & ~Q(approved_by=F("reviewed_by"))),
                name="notice_third_person",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="notice_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__state__in=list(states.PUBLIC_NOTICES)),
                func=_NOTICE_FROZEN,
            )
        ]
        indexes = [models.Index(fields=["state", "-published_at"], name="notice_public_idx")]

    def __str__(self) -> str:
        return self.title


class NoticeEntry(CaseRow):
    """One enterprise on a notice: names as published, with a period of its own (a correction restarts it)."""

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="entries")
    position = models.PositiveSmallIntegerField("序号")
    enterprise_name = models.CharField("企业名称", max_length=100)
    uscc = models.CharField("统一社会信用代码", max_length=18)
    district_name = models.CharField("所在地区", max_length=40)
    industry_name = models.CharField("行业", max_length=60)
    starts_on = models.DateField("公示起", null=True)
    ends_on = models.DateField("公示止", null=True)
    state = models.CharField("状态", max_length=12, choices=states.ENTRY_LIFE.choices)

    scope = Scope(everyone=Q(notice__state__in=states.PUBLIC_NOTICES))

    class Meta:
        verbose_name = "公示条目"
        constraints = [
            CheckConstraint(
                condition=Q(state__in=list(states.ENTRY_LIFE.states)), name="notice_entry_state_known"
            ),
            UniqueConstraint(fields=["notice", "application"], name="entry_once_a_notice"),
        ]
        triggers = [
            pgtrigger.Protect(name="entry_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="entry_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                # the period is written at publication
                condition=pgtrigger.Q(old__starts_on__isnull=False),
                func=_ENTRY_FROZEN,
            ),
        ]

    def __str__(self) -> str:
        return self.enterprise_name


class Objection(CaseRow):
    """异议登记与处理 (F-13): real name or stamped unit; the contact is encrypted and never shown outside the city."""

    PERSON, UNIT, ANONYMOUS = "person", "unit", "anonymous"
    PARTIES: ClassVar[list[tuple[str, str]]] = [
        (PERSON, "个人（实名）"),
        (UNIT, "单位（加盖公章）"),
        (ANONYMOUS, "匿名"),
    ]
    entry = models.ForeignKey(NoticeEntry, models.PROTECT, related_name="objections")
    receipt_no = models.CharField("回执号", max_length=30, unique=True)
    query_code = models.CharField("查询码", max_length=12)
    state = models.CharField("状态", max_length=14, choices=states.OBJECTION_LIFE.choices)
    party = models.CharField("提出人类别", max_length=12, choices=PARTIES)
    person_sealed = models.TextField("姓名（加密）")
    unit = models.CharField("单位", max_length=100, blank=True)
    contact_sealed = models.TextField("联系方式（加密）")
    matter = models.TextField("异议事项与依据")
    filed_at = models.DateTimeField("提出时间")
    handled_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    handled_at = models.DateTimeField("受理时间", null=True)
    handling_note = models.TextField("受理意见", blank=True)
    statement = models.TextField("企业说明", blank=True)
    stated_at = models.DateTimeField("说明时间", null=True)
    concluded_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    concluded_at = models.DateTimeField("办结时间", null=True)
    conclusion = models.TextField("核查结论", blank=True)

    scope = Scope(
        enterprise="enterprise_id",
        owner=Q(state__in=[states.ACCEPTED, states.UPHELD, states.DISMISSED, states.CORRECTED]),
    )

    personal: ClassVar[dict[str, Personal]] = {
        "person_sealed": Personal("核实异议", "办结后 10 年", "市局经办", masked=True),
        "contact_sealed": Personal("答复异议", "办结后 10 年", "市局经办", masked=True),
        "unit": Personal("核实异议", "办结后 10 年", "市局经办"),
    }

    class Meta:
        verbose_name = "异议"
        constraints = [
            CheckConstraint(
                condition=Q(state__in=list(states.OBJECTION_LIFE.states)), name="objection_state_known"
            ),
            CheckConstraint(
                condition=Q(concluded_by=None) | ~Q(concluded_by=F("handled_by")),
                name="objection_second_person",
            ),
        ]
        indexes = [models.Index(fields=["state", "-id"], name="objection_queue_idx")]

    def __str__(self) -> str:
        return f"异议 {self.receipt_no}"


class Recognition(ScopedModel):
    """评定 (F-14): one list of enterprises awarded 3A, proposed by the 经办 and signed by the leader."""

    round = models.ForeignKey("applications.Round", models.PROTECT, related_name="recognitions")
    state = models.CharField("状态", max_length=12, choices=states.RECOGNITION_LIFE.choices)
    document_no = models.CharField("文号", max_length=60, unique=True)
    decided_on = models.DateField("评定日期", null=True)
    proposed_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField("提出时间")
    signed_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField("签发时间", null=True)

    scope = Scope(everyone=Q(state=states.SIGNED))

    class Meta:
        verbose_name = "评定"
        constraints = [
            CheckConstraint(
                condition=Q(state__in=list(states.RECOGNITION_LIFE.states)), name="recognition_state_known"
            ),
            CheckConstraint(
                condition=Q(signed_by=None) | ~Q(signed_by=F("proposed_by")), name="recognition_second_person"
            ),
            CheckConstraint(
                condition=Q(state="proposed", signed_by=None)
                | Q(state="signed", signed_by__isnull=False, decided_on__isnull=False),
                name="recognition_signed_iff_signer",
            ),
        ]

    def __str__(self) -> str:
        return self.document_no


class RecognitionEntry(models.Model):
    """One enterprise of a recognition, with the title it was given."""

    recognition = models.ForeignKey(Recognition, models.PROTECT, related_name="entries")
    application = models.OneToOneField(
        "applications.Application", models.PROTECT, related_name="recognition_entry"
    )
    title_public_id = models.CharField("称号编号", max_length=14, blank=True)
    certificate_no = models.CharField("证书编号", max_length=30, blank=True)

    class Meta:
        verbose_name = "评定条目"

    def __str__(self) -> str:
        return self.certificate_no or str(self.pk)

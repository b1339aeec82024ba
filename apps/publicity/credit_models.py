"""Credit queries sent to a service, the files that answer them, and what an enterprise says to an adverse result."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from apps.core.models import ScopedModel
from apps.core.personal import Personal
from apps.core.scoping import Scope


class CreditTask(ScopedModel):
    """征信查询任务: one question about one candidate, sent to a service under a number of its own."""

    application = models.ForeignKey("applications.Application", models.PROTECT, related_name="+")
    enterprise = models.ForeignKey("accounts.Enterprise", models.PROTECT, related_name="+")
    district = models.ForeignKey("accounts.District", models.PROTECT, related_name="+")
    query_no = models.CharField("查询编号", max_length=30, unique=True)
    uscc = models.CharField("统一社会信用代码", max_length=18)
    sent_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    sent_at = models.DateTimeField("发出时间")
    file_name = models.CharField("查询文件", max_length=120)
    check_made = models.OneToOneField(
        "publicity.CreditCheck", models.PROTECT, null=True, related_name="task", verbose_name="查询结果"
    )

    scope = Scope()

    class Meta:
        verbose_name = "征信查询任务"
        constraints = [
            UniqueConstraint(
                fields=["application"], condition=Q(check_made=None), name="credit_task_one_open"
            )
        ]

    def __str__(self) -> str:
        return self.query_no


class CreditDelivery(ScopedModel):
    """A file of results that was read: its digest makes reading it again harmless, `problems` names its faulty lines.

    `problems`: [{line, query_no, message}], line counted from 1 with the heading.
    """

    file_name = models.CharField("文件名", max_length=120)
    digest = models.CharField("SHA-256", max_length=64, unique=True)
    taken = models.PositiveIntegerField("登记条数")
    problems = models.JSONField("未登记的行", default=list)
    read_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    read_at = models.DateTimeField("读取时间")

    scope = Scope()

    class Meta:
        verbose_name = "征信结果文件"

    def __str__(self) -> str:
        return self.file_name


class CreditInquiry(ScopedModel):
    """征信说明: what an adverse result says to its enterprise, and what the enterprise answers."""

    application = models.ForeignKey("applications.Application", models.PROTECT, related_name="+")
    enterprise = models.ForeignKey("accounts.Enterprise", models.PROTECT, related_name="+")
    district = models.ForeignKey("accounts.District", models.PROTECT, related_name="+")
    check_made = models.OneToOneField("publicity.CreditCheck", models.PROTECT, related_name="inquiry")
    platform = models.CharField("查询平台", max_length=60)
    result = models.CharField("结果", max_length=12)
    matters = models.TextField("异常或说明事项")
    asked_at = models.DateTimeField("告知时间")
    statement = models.TextField("企业说明", blank=True)
    stated_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    stated_at = models.DateTimeField("说明时间", null=True)

    scope = Scope(enterprise="enterprise_id")

    class Meta:
        verbose_name = "征信说明"
        constraints = [
            CheckConstraint(
                condition=Q(statement="", stated_at=None) | (~Q(statement="") & Q(stated_at__isnull=False)),
                name="credit_inquiry_stated_whole",
            )
        ]

    def __str__(self) -> str:
        return f"征信说明 {self.public_id}"


class CreditStatementFile(ScopedModel):
    """征信说明附件: what an enterprise puts with its explanation; between the city and the enterprise alone.

    Kept beside the evidence, not in the library, because the 属地 reads the library. `scan_state` is what the scanner
    said when the file came; one that it has not passed is scanned again on opening.
    """

    inquiry = models.ForeignKey(CreditInquiry, models.PROTECT, related_name="files")
    position = models.PositiveSmallIntegerField("序号")
    display_name = models.CharField("文件名", max_length=120)
    kind = models.CharField("类别", max_length=8)
    content_type = models.CharField("媒体类型", max_length=100)
    size = models.PositiveBigIntegerField("字节数")
    digest = models.CharField("SHA-256", max_length=64)
    pages = models.PositiveIntegerField("页数", null=True)
    stored_name = models.CharField("存储名", max_length=80, unique=True)
    scan_state = models.CharField("检查", max_length=10)
    added_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    added_at = models.DateTimeField("上传时间")

    scope = Scope(enterprise="inquiry__enterprise_id")

    personal: ClassVar[dict[str, Personal]] = {
        "display_name": Personal("核实征信情况", "办结后 10 年", "本企业成员、市局征信核查"),
        "stored_name": Personal("核实征信情况（说明附件原件）", "办结后 10 年", "本企业成员、市局征信核查"),
    }

    class Meta:
        verbose_name = "征信说明附件"
        constraints = [
            UniqueConstraint(fields=["inquiry", "position"], name="credit_statement_file_place"),
            UniqueConstraint(fields=["inquiry", "digest"], name="credit_statement_file_once"),
            CheckConstraint(
                condition=Q(digest__regex=r"^[0-9a-f]{64}$"), name="credit_statement_file_digest"
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="credit_statement_file_kept", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return self.display_name

"""Papers that were made and workbooks that are to be imported: what they say, where they lie, whose they are."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from apps.core.fields import SealedPartsField
from apps.core.models import ScopedModel
from apps.core.scoping import Scope
from apps.documents.kinds import KINDS, NOTICE, PDF, RECOGNITION
from apps.documents.states import APPLIED, CHECKING, IMPORT_LIFE


class StoredDocument(ScopedModel):
    """One issued paper. The same content about the same subject is stored once; other content is the next version.

    `enterprise` and `district` name whose eyes it is meant for: empty where the paper stays with the bureaus, or with
    the city. Drafts are not here: they belong to the job of the person who asked for them.
    """

    kind = models.CharField(
        "文书", max_length=20, choices=[(kind.code, kind.label) for kind in KINDS.values()]
    )
    subject_type = models.CharField("对象类别", max_length=40)
    subject_id = models.CharField("对象公开编号", max_length=14)
    title = models.CharField("标题", max_length=200)
    number = models.CharField("文号", max_length=80, blank=True)
    fingerprint = models.CharField("内容校验码", max_length=64)
    sha256 = models.CharField("文件摘要", max_length=64, db_index=True)
    size = models.PositiveIntegerField("字节数")
    pages = models.PositiveSmallIntegerField("页数")
    stored_name = models.CharField("存储名", max_length=100)
    content_type = models.CharField("类型", max_length=60, default=PDF)
    version = models.PositiveSmallIntegerField("版本")
    made_at = models.DateTimeField("生成时间")
    made_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, related_name="+", verbose_name="生成人"
    )
    enterprise = models.ForeignKey(
        "accounts.Enterprise", models.PROTECT, null=True, related_name="+", verbose_name="可查阅企业"
    )
    district = models.ForeignKey(
        "accounts.District", models.PROTECT, null=True, related_name="+", verbose_name="可查阅属地"
    )
    public = models.BooleanField("公开", default=False)

    scope = Scope(enterprise="enterprise_id", district="district_id", everyone=Q(public=True))

    class Meta:
        verbose_name = "文书"
        constraints = [
            CheckConstraint(condition=Q(kind__in=sorted(KINDS)), name="document_kind_known"),
            CheckConstraint(
                condition=Q(public=False) | Q(kind__in=[NOTICE, RECOGNITION]), name="document_public_kinds"
            ),
            UniqueConstraint(fields=["kind", "subject_id", "fingerprint"], name="document_content_once"),
            UniqueConstraint(fields=["kind", "subject_id", "version"], name="document_version_once"),
        ]
        indexes = [models.Index(fields=["subject_id", "kind", "-version"], name="document_subject_idx")]
        triggers = [
            pgtrigger.Protect(name="document_append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return self.title


class ImportBatch(ScopedModel):
    """One uploaded workbook on its way into the platform; it belongs to the person who sent it.

    Findings and preview are kept until the import is settled; the file a little longer (`services.sweep_imports`).
    """

    kind = models.CharField("种类", max_length=30)
    owner = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="上传人")
    state = models.CharField("状态", max_length=12, choices=IMPORT_LIFE.choices, default=CHECKING)
    version = models.PositiveIntegerField("版本", default=1)
    params = models.JSONField("填写项", default=dict)
    display_name = models.CharField("文件名", max_length=200)
    size = models.PositiveIntegerField("字节数")
    digest = models.CharField("文件摘要", max_length=64)
    stored_name = models.CharField("存储名", max_length=100, blank=True)
    marked_name = models.CharField("标注副本", max_length=100, blank=True)
    job = models.CharField("任务", max_length=14, blank=True)
    refusal = models.CharField("不能读取的规则", max_length=8, blank=True)
    error = models.CharField("原因", max_length=500, blank=True)
    rows = models.PositiveIntegerField("行数", default=0)
    changes = models.PositiveIntegerField("变更数", default=0)
    faults = models.PositiveIntegerField("问题数", default=0)
    # Cells of the workbook may be telephone numbers and names: sealed for the days an import may wait.
    findings = SealedPartsField("问题", default=list, parts=["value"])
    preview = SealedPartsField("预览", default=dict, parts=["cells"])
    summary = models.CharField("说明", max_length=500, blank=True)
    link = models.CharField("结果页", max_length=200, blank=True)
    uploaded_at = models.DateTimeField("上传时间")
    checked_at = models.DateTimeField("检查时间", null=True)
    confirmed_at = models.DateTimeField("确认时间", null=True)
    applied_at = models.DateTimeField("导入时间", null=True)
    once = models.BooleanField("同一文件只导入一次", default=True)

    scope = Scope(user="owner_id", citywide=False)

    class Meta:
        verbose_name = "数据导入"
        constraints = [
            CheckConstraint(condition=Q(state__in=sorted(IMPORT_LIFE.states)), name="import_state_known"),
            CheckConstraint(
                condition=~Q(state=APPLIED) | Q(applied_at__isnull=False, faults=0),
                name="import_applied_clean",
            ),
            UniqueConstraint(
                fields=["kind", "digest"], condition=Q(state=APPLIED, once=True), name="import_applied_once"
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "-id"], name="import_owner_idx"),
            models.Index(fields=["state", "uploaded_at"], name="import_sweep_idx"),
        ]

    def __str__(self) -> str:
        return self.display_name

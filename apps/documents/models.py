"""Papers that were made: what they are about, what they say (fingerprint), where the file lies, who may read them."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from apps.core.models import ScopedModel
from apps.core.scoping import Scope
from apps.documents.kinds import KINDS, NOTICE, PDF, RECOGNITION


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
    sha256 = models.CharField("文件摘要", max_length=64)
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

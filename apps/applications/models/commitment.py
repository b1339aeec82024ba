"""The stamped commitment: a scan that belongs to one state of an application's content (附件2)."""

from __future__ import annotations

from django.db import models
from django.db.models import CheckConstraint, Q

from apps.applications.models.cases import Application
from apps.core.models import PublicIdModel


class CommitmentScan(PublicIdModel):
    """One uploaded scan; `content_digest` is the content it was stamped for. A newer one stands before older ones."""

    application = models.ForeignKey(
        Application, models.PROTECT, related_name="commitment_scans", verbose_name="申报"
    )
    content_digest = models.CharField("内容摘要", max_length=64)
    file_public_id = models.CharField("文件", max_length=14)
    file_name = models.CharField("文件名", max_length=120)
    uploaded_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="上传人")
    uploaded_at = models.DateTimeField("上传时间")

    class Meta:
        verbose_name = "盖章承诺书"
        constraints = [
            CheckConstraint(
                condition=Q(content_digest__regex=r"^[0-9a-f]{64}$"), name="commitment_digest_shape"
            ),
        ]
        indexes = [models.Index(fields=["application", "-id"], name="commitment_newest_idx")]

    def __str__(self) -> str:
        return self.file_name

"""Files a bureau brings in for others to read: course material, the notice behind a calendar year."""

from __future__ import annotations

from django.db import models
from django.db.models import CheckConstraint, Q

from apps.core.models import ScopedModel
from apps.core.scoping import Scope
from apps.evidence.states import KINDS, SCAN_STATES


class BureauFile(ScopedModel):
    """A stored file of the city (no district) or of a district; who else may read it is for the room that uses it."""

    district = models.ForeignKey("accounts.District", models.PROTECT, null=True, related_name="+")
    digest = models.CharField("SHA-256", max_length=64)
    size = models.PositiveBigIntegerField("字节数")
    display_name = models.CharField("文件名", max_length=120)
    kind = models.CharField(
        "类别", max_length=8, choices=[(kind.code, kind.label) for kind in KINDS.values()]
    )
    content_type = models.CharField("媒体类型", max_length=100)
    stored_name = models.CharField("存储名", max_length=80, unique=True)
    uploaded_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField("上传时间")
    scan_state = models.CharField("检查", max_length=10, choices=list(SCAN_STATES.items()))
    scanned_at = models.DateTimeField("病毒检查时间", null=True)

    scope = Scope(district="district_id")

    class Meta:
        verbose_name = "主管部门文件"
        constraints = [
            CheckConstraint(condition=Q(digest__regex=r"^[0-9a-f]{64}$"), name="bureau_file_digest_shape"),
            CheckConstraint(condition=Q(size__gt=0), name="bureau_file_not_empty"),
        ]

    def __str__(self) -> str:
        return self.display_name

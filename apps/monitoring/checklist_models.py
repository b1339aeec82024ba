"""What a recheck finds item by item, entered on a phone at the site: values beside the filed ones, and photos."""

from __future__ import annotations

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from apps.core.models import PublicIdModel


class RecheckCheck(models.Model):
    """One looked-at item: points or figures found, or that it does not apply (`absent`), and a note.

    The newest `version` wins only over the one it saw.

    `figures` maps input codes to decimal text; `noted_at` is the phone's time, which may lie hours before it was
    received.
    """

    recheck = models.ForeignKey("monitoring.Recheck", models.CASCADE, related_name="checks")
    item_code = models.CharField("条目", max_length=40)
    points = models.DecimalField("现场得分", max_digits=5, decimal_places=2, null=True)
    figures = models.JSONField("现场数值", default=dict)
    absent = models.BooleanField("不适用", default=False)
    note = models.CharField("现场情况", max_length=500, blank=True)
    version = models.PositiveIntegerField("版本", default=1)
    noted_at = models.DateTimeField("现场记录时间")
    saved_at = models.DateTimeField("收到时间")
    saved_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "现场核查条目"
        constraints = [
            UniqueConstraint(fields=["recheck", "item_code"], name="recheck_check_once"),
            CheckConstraint(condition=Q(points=None) | Q(points__gte=0), name="recheck_check_points"),
            CheckConstraint(
                condition=Q(absent=False) | Q(points=None), name="recheck_check_absent_no_points"
            ),
        ]

    def __str__(self) -> str:
        return self.item_code


class RecheckPhoto(PublicIdModel):
    """A photo taken at the site for one item; `key` is made on the phone, so that one sent twice is kept once."""

    recheck = models.ForeignKey("monitoring.Recheck", models.PROTECT, related_name="photos")
    item_code = models.CharField("条目", max_length=40)
    file = models.ForeignKey("evidence.EvidenceFile", models.PROTECT, related_name="+")
    taken_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    taken_at = models.DateTimeField("拍摄时间")
    received_at = models.DateTimeField("收到时间")
    latitude = models.DecimalField("纬度", null=True, max_digits=8, decimal_places=5)
    longitude = models.DecimalField("经度", null=True, max_digits=8, decimal_places=5)
    accuracy_m = models.PositiveIntegerField("定位精度（米）", null=True)
    key = models.CharField("幂等键", max_length=64)

    class Meta:
        verbose_name = "复核照片"
        constraints = [
            UniqueConstraint(fields=["recheck", "taken_by", "key"], name="recheck_photo_once"),
            CheckConstraint(
                condition=Q(latitude=None, longitude=None)
                | Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="recheck_photo_place",
            ),
        ]
        indexes = [models.Index(fields=["recheck", "item_code", "id"], name="recheck_photo_item_idx")]

    def __str__(self) -> str:
        return f"复核照片 {self.public_id}"

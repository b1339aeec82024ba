"""What an office keeps beside a case while it works on it: who is on it, remarks, the return list, on-site photos."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from apps.core.models import ScopedModel
from apps.core.personal import Personal
from apps.core.scoping import Scope

#: Whom a remark is for: key → label.
TO_ENTERPRISE, INTERNAL = "enterprise", "internal"
AUDIENCES: dict[str, str] = {TO_ENTERPRISE: "企业可见", INTERNAL: "仅内部"}


class CaseHolder(ScopedModel):
    """承办人: who is on a case before its scoring; from the scoring on, the review's scorer says it."""

    application = models.OneToOneField("applications.Application", models.PROTECT, related_name="holder")
    enterprise = models.ForeignKey("accounts.Enterprise", models.PROTECT, related_name="+")
    district = models.ForeignKey("accounts.District", models.PROTECT, related_name="+")
    holder = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    given_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    since = models.DateTimeField("承办起始")

    scope = Scope(district="district_id")

    class Meta:
        verbose_name = "承办"

    def __str__(self) -> str:
        return f"承办 {self.public_id}"


class CaseRemark(ScopedModel):
    """意见: something said about an item (or, without a code, the case) – to the enterprise, or inside the bureaus."""

    application = models.ForeignKey("applications.Application", models.PROTECT, related_name="remarks")
    enterprise = models.ForeignKey("accounts.Enterprise", models.PROTECT, related_name="+")
    district = models.ForeignKey("accounts.District", models.PROTECT, related_name="+")
    item_code = models.CharField("条目", max_length=40, blank=True)
    audience = models.CharField("可见范围", max_length=12, choices=list(AUDIENCES.items()))
    text = models.TextField("内容")
    author = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    author_name = models.CharField("姓名", max_length=50)
    author_role = models.CharField("角色", max_length=20)
    written_at = models.DateTimeField("时间")
    settled_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField("解决时间", null=True)
    key = models.CharField("幂等键", max_length=64)

    scope = Scope(district="district_id", enterprise="enterprise_id", owner=Q(audience=TO_ENTERPRISE))

    personal: ClassVar[dict[str, Personal]] = {
        "author_name": Personal("意见署名", "与申报档案同（10 年）", "属地、市局；对企业公开的意见可见署名"),
    }

    class Meta:
        verbose_name = "意见"
        constraints = [
            UniqueConstraint(fields=["application", "author", "key"], name="remark_written_once"),
            CheckConstraint(condition=Q(audience__in=list(AUDIENCES)), name="remark_audience_known"),
            CheckConstraint(condition=~Q(text=""), name="remark_says_something"),
        ]
        indexes = [models.Index(fields=["application", "item_code", "id"], name="remark_thread_idx")]

    def __str__(self) -> str:
        return f"意见 {self.public_id}"


class ReturnMark(ScopedModel):
    """One line of the 退回清单 as it is being gathered; it goes out with all the others, then the line is done."""

    application = models.ForeignKey("applications.Application", models.PROTECT, related_name="return_marks")
    enterprise = models.ForeignKey("accounts.Enterprise", models.PROTECT, related_name="+")
    district = models.ForeignKey("accounts.District", models.PROTECT, related_name="+")
    part = models.CharField("部分", max_length=10)
    code = models.CharField("代码", max_length=40, blank=True)
    reason = models.TextField("问题", blank=True)
    wanted = models.TextField("补正要求", blank=True)
    added_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    added_at = models.DateTimeField("加入时间")

    scope = Scope(district="district_id")

    class Meta:
        verbose_name = "退回清单项"
        constraints = [UniqueConstraint(fields=["application", "part", "code"], name="return_mark_once")]

    def __str__(self) -> str:
        return f"{self.part}:{self.code}"


class SitePhoto(ScopedModel):
    """现场照片: a photo taken at the factory for one item, with the time and, if allowed, the place of taking.

    The picture itself is an evidence file of the bureau; `key` is made on the phone, so that a photo sent twice
    after a lost connection is kept once.
    """

    application = models.ForeignKey("applications.Application", models.PROTECT, related_name="site_photos")
    enterprise = models.ForeignKey("accounts.Enterprise", models.PROTECT, related_name="+")
    district = models.ForeignKey("accounts.District", models.PROTECT, related_name="+")
    item_code = models.CharField("条目", max_length=40)
    file = models.ForeignKey("evidence.EvidenceFile", models.PROTECT, related_name="+")
    taken_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    taken_at = models.DateTimeField("拍摄时间")
    received_at = models.DateTimeField("收到时间")
    latitude = models.DecimalField("纬度", null=True, max_digits=8, decimal_places=5)
    longitude = models.DecimalField("经度", null=True, max_digits=8, decimal_places=5)
    accuracy_m = models.PositiveIntegerField("定位精度（米）", null=True)
    note = models.CharField("说明", max_length=200, blank=True)
    key = models.CharField("幂等键", max_length=64)

    scope = Scope(district="district_id")

    class Meta:
        verbose_name = "现场照片"
        constraints = [
            UniqueConstraint(fields=["application", "taken_by", "key"], name="site_photo_once"),
            CheckConstraint(
                condition=Q(latitude=None, longitude=None)
                | Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="site_photo_place",
            ),
        ]
        indexes = [models.Index(fields=["application", "item_code", "id"], name="site_photo_item_idx")]

    def __str__(self) -> str:
        return f"现场照片 {self.public_id}"

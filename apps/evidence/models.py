"""Files an enterprise brings as proof: stored once per digest, used in many places."""

from __future__ import annotations

from django.apps import apps
from django.db import models
from django.db.models import CheckConstraint, Exists, F, OuterRef, Q, UniqueConstraint

from apps.core.actor import Actor, Role
from apps.core.models import PublicIdModel, ScopedModel
from apps.core.scoping import Scope
from apps.evidence.bureau_models import BureauFile
from apps.evidence.states import BY_CITY, BY_ENTERPRISE, KINDS, MARKS, ORIGINS, PLACES, SCAN_STATES

__all__ = ["BureauFile", "EvidenceFile", "EvidenceMark", "EvidenceReading", "EvidenceUse"]


def _grants(user_id: int, application: str) -> models.QuerySet[models.Model]:
    """Grants of one person on an application (guardian's direct table, a room above: named, not imported)."""
    grant = apps.get_model("applications", "ApplicationUserObjectPermission")
    return grant._default_manager.filter(content_object_id=OuterRef(application), user_id=user_id)


class FileScope(Scope):
    """A file is its enterprise's; others see it where it is used in a case they may see. The city has its own."""

    def _by_role(self, actor: Actor) -> Q | None:
        match actor.role:
            case Role.SYSTEM | Role.AUDITOR | Role.MUNICIPAL:
                return Q()
            case Role.ENTERPRISE if actor.enterprise_id:
                return Q(enterprise_id=actor.enterprise_id, origin=BY_ENTERPRISE)
            case Role.DISTRICT if actor.district:
                used = EvidenceUse._default_manager.filter(file_id=OuterRef("pk"), district_id=actor.district)
                return (Q(district_id=actor.district) | Q(Exists(used))) & ~Q(origin=BY_CITY)
            case Role.EXPERT if actor.user_id:
                used = EvidenceUse._default_manager.filter(file_id=OuterRef("pk"))
                granted = Exists(used.filter(Exists(_grants(actor.user_id, "application_id"))))
                # A photo taken on site is the expert's own before it is put to its place (as the wall has it).
                return (Q(granted) | Q(uploaded_by_id=actor.user_id)) & ~Q(origin=BY_CITY)
        return None


class UseScope(Scope):
    """A use belongs to its application: the enterprise, the application's 属地, the city, granted experts."""

    def _by_role(self, actor: Actor) -> Q | None:
        match actor.role:
            case Role.SYSTEM | Role.AUDITOR | Role.MUNICIPAL:
                return Q()
            case Role.ENTERPRISE if actor.enterprise_id:
                return Q(enterprise_id=actor.enterprise_id, origin=BY_ENTERPRISE)
            case Role.DISTRICT if actor.district:
                return Q(district_id=actor.district) & ~Q(origin=BY_CITY)
            case Role.EXPERT if actor.user_id:
                return Q(Exists(_grants(actor.user_id, "application_id"))) & ~Q(origin=BY_CITY)
        return None


class EvidenceFile(ScopedModel):
    """A stored file. `district` is the enterprise's 属地 when it was uploaded; `stored_name` is ours, never theirs."""

    enterprise = models.ForeignKey("accounts.Enterprise", models.PROTECT, related_name="+")
    district = models.ForeignKey("accounts.District", models.PROTECT, related_name="+")
    origin = models.CharField("来源", max_length=10, choices=list(ORIGINS.items()), default=BY_ENTERPRISE)
    digest = models.CharField("SHA-256", max_length=64)
    size = models.PositiveBigIntegerField("字节数")
    display_name = models.CharField("文件名", max_length=120)
    kind = models.CharField(
        "类别", max_length=8, choices=[(kind.code, kind.label) for kind in KINDS.values()]
    )
    content_type = models.CharField("媒体类型", max_length=100)
    pages = models.PositiveIntegerField("页数", null=True)
    width = models.PositiveIntegerField("像素宽", null=True)
    height = models.PositiveIntegerField("像素高", null=True)
    stored_name = models.CharField("存储名", max_length=80, unique=True)
    uploaded_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    uploaded_at = models.DateTimeField("上传时间")
    scan_state = models.CharField("检查", max_length=10, choices=list(SCAN_STATES.items()))
    scanned_at = models.DateTimeField("病毒检查时间", null=True)
    valid_until = models.DateField("有效期至", null=True)
    kept = models.BooleanField("已随申报提交", default=False)

    scope = FileScope()

    class Meta:
        verbose_name = "证明材料"
        constraints = [
            UniqueConstraint(fields=["enterprise", "origin", "digest"], name="evidence_digest_once"),
            CheckConstraint(condition=Q(digest__regex=r"^[0-9a-f]{64}$"), name="evidence_digest_shape"),
            CheckConstraint(condition=Q(size__gt=0), name="evidence_not_empty"),
        ]
        indexes = [
            models.Index(fields=["enterprise", "-id"], name="evidence_library_idx"),
            models.Index(fields=["digest"], name="evidence_same_bytes_idx"),
        ]

    def __str__(self) -> str:
        return self.display_name


class EvidenceUse(ScopedModel):
    """Where a file proves something: an item, a basic requirement or a section of one application."""

    file = models.ForeignKey(EvidenceFile, models.PROTECT, related_name="uses")
    application = models.ForeignKey("applications.Application", models.PROTECT, related_name="evidence_uses")
    enterprise = models.ForeignKey("accounts.Enterprise", models.PROTECT, related_name="+")
    district = models.ForeignKey("accounts.District", models.PROTECT, related_name="+")
    origin = models.CharField("来源", max_length=10, choices=list(ORIGINS.items()), default=BY_ENTERPRISE)
    place = models.CharField("用于", max_length=12, choices=list(PLACES.items()))
    code = models.CharField("代码", max_length=40)
    page_from = models.PositiveIntegerField("起始页", null=True)
    page_to = models.PositiveIntegerField("终止页", null=True)
    note = models.CharField("说明", max_length=200, blank=True)
    added_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField("添加时间")

    scope = UseScope()

    class Meta:
        verbose_name = "材料使用"
        constraints = [
            UniqueConstraint(fields=["file", "application", "place", "code"], name="evidence_use_once"),
            CheckConstraint(condition=Q(place__in=list(PLACES)), name="evidence_use_place_known"),
            CheckConstraint(
                condition=Q(page_from=None, page_to=None) | Q(page_from__gte=1, page_to__gte=F("page_from")),
                name="evidence_use_pages",
            ),
        ]
        indexes = [models.Index(fields=["application", "place", "code"], name="evidence_use_place_idx")]

    def __str__(self) -> str:
        return f"{PLACES[self.place]} {self.code}"


class EvidenceReading(PublicIdModel):
    """That an official has looked at pages of a file on a day: one audit row for it, not one a page."""

    file = models.ForeignKey(EvidenceFile, models.CASCADE, related_name="readings")
    user = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    on = models.DateField("日期")

    class Meta:
        verbose_name = "材料查阅"
        constraints = [UniqueConstraint(fields=["file", "user", "on"], name="evidence_reading_once")]

    def __str__(self) -> str:
        return f"{self.file_id} {self.on}"


class EvidenceMark(PublicIdModel):
    """What one scorer says about one use (F-05 佐证核验 √/×). Experts do not see each other's marks."""

    use = models.ForeignKey(EvidenceUse, models.CASCADE, related_name="marks")
    mark = models.CharField("核验", max_length=10, choices=list(MARKS.items()))
    note = models.CharField("说明", max_length=200, blank=True)
    role = models.CharField("角色", max_length=20)
    marked_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    marked_at = models.DateTimeField("核验时间")

    class Meta:
        verbose_name = "材料核验"
        constraints = [
            UniqueConstraint(fields=["use", "marked_by"], name="evidence_mark_once"),
            CheckConstraint(condition=Q(mark__in=list(MARKS)), name="evidence_mark_known"),
        ]

    def __str__(self) -> str:
        return f"{self.use_id} {self.mark}"

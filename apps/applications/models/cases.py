"""Applications, the grants of experts on single ones, the versions handed in, and their numbers."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from guardian.models import UserObjectPermissionBase

from apps.applications.models.rounds import Round
from apps.applications.profile_fields import CONTACTS
from apps.applications.states import ABANDONED, APPLICATION_LIFE, DRAFT, WITHDRAWN
from apps.core.actor import Actor, Role
from apps.core.fields import SealedPartsField
from apps.core.models import PublicIdModel, ScopedModel
from apps.core.personal import Personal
from apps.core.scoping import Scope

#: Permission an expert holds on the single application it was assigned.
SCORE_APPLICATION = "score_application"


class GrantedScope(Scope):
    """The usual scope, and experts by a grant on the single row."""

    def _by_role(self, actor: Actor) -> Q | None:
        if actor.role is Role.EXPERT and actor.expert_id:
            return Q(grants__user_id=actor.expert_id, grants__permission__codename=SCORE_APPLICATION) & (
                self.staff or Q()
            )
        return super()._by_role(actor)


class Application(ScopedModel):
    """One enterprise's application for one level in one round. `district` is frozen at submission (R-13)."""

    number = models.CharField("申报编号", max_length=40, unique=True, null=True)  # noqa: DJ001  (drafts have none)
    enterprise = models.ForeignKey(
        "accounts.Enterprise", models.PROTECT, related_name="applications", verbose_name="企业"
    )
    district = models.ForeignKey("accounts.District", models.PROTECT, related_name="+", verbose_name="属地")
    #: 板块 whose opinion the district asks for; the enterprise's own at submission, else the one the district names
    sub_area = models.CharField("板块", max_length=40, blank=True, default="")
    round = models.ForeignKey(Round, models.PROTECT, related_name="applications", verbose_name="批次")
    level = models.PositiveSmallIntegerField("申报等级")
    scheme = models.ForeignKey(
        "scoring.Scheme", models.PROTECT, null=True, related_name="+", verbose_name="评价体系"
    )
    state = models.CharField("状态", max_length=20, choices=APPLICATION_LIFE.choices)
    version = models.PositiveIntegerField("版本", default=1)
    turn = models.PositiveSmallIntegerField("补正轮次", default=0)
    profile = SealedPartsField("基本信息表", parts=CONTACTS, default=dict, blank=True)
    basics = models.JSONField("基本要求", default=dict, blank=True)
    report = models.JSONField("评价报告", default=dict, blank=True)
    #: part → version of the row at its last change: two tabs on different parts are no conflict
    part_versions = models.JSONField("各部分版本", default=dict, blank=True)
    scheme_note = models.TextField("评价体系变更理由", blank=True)
    created_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, related_name="+", verbose_name="创建人"
    )
    created_at = models.DateTimeField("创建时间")
    changed_at = models.DateTimeField("变更时间")
    submitted_at = models.DateTimeField("提交时间", null=True)
    submitted_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, related_name="+", verbose_name="提交人"
    )
    submission_token = models.CharField("提交令牌", max_length=64, unique=True, null=True)  # noqa: DJ001  (drafts have none)
    submission_digest = models.CharField("提交请求摘要", max_length=64, blank=True)
    receipt_no = models.CharField("回执号", max_length=60, unique=True, null=True)  # noqa: DJ001  (drafts have none)
    content_digest = models.CharField("内容摘要", max_length=64, blank=True)
    accepted_at = models.DateTimeField("受理时间", null=True)
    accepted_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, related_name="+", verbose_name="受理人"
    )
    closed_at = models.DateTimeField("办结时间", null=True)
    # facts of the decisions, written through `advance(facts=…)` and kept when the case is refused
    self_total = models.DecimalField("自评得分", max_digits=5, decimal_places=2, null=True)
    prelim_total = models.DecimalField("初评得分", max_digits=5, decimal_places=2, null=True)
    prelim_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, related_name="+", verbose_name="初评人"
    )
    prelim_signed_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, related_name="+", verbose_name="初评签批人"
    )
    panel_total = models.DecimalField("专家组得分", max_digits=5, decimal_places=2, null=True)
    decided_level = models.PositiveSmallIntegerField("评定等级", null=True)
    decided_on = models.DateField("评定日期", null=True)
    decision_note = models.TextField("结论说明", blank=True)
    document_no = models.CharField("文号", max_length=60, blank=True)

    scope = GrantedScope(
        enterprise="enterprise_id",
        district="district_id",
        sub_area="sub_area",
        staff=Q(submitted_at__isnull=False),
    )

    personal: ClassVar[dict[str, Personal]] = {
        "profile": Personal(
            "申报主体和联系人（概况表）、第三方机构人员", "与申报档案同（10 年）", "本企业、属地、市局"
        ),
    }

    class Meta:
        verbose_name = "申报"
        permissions = [(SCORE_APPLICATION, "评审打分")]
        constraints = [
            CheckConstraint(condition=Q(level__gte=1, level__lte=3), name="application_level_scored"),
            CheckConstraint(
                condition=Q(state__in=sorted(APPLICATION_LIFE.states)), name="application_state_known"
            ),
            CheckConstraint(
                condition=Q(state=DRAFT, submitted_at=None)
                | Q(state=WITHDRAWN)
                | (~Q(state__in=[DRAFT, WITHDRAWN]) & Q(submitted_at__isnull=False)),
                name="application_draft_iff_unsubmitted",
            ),
            CheckConstraint(
                condition=Q(
                    submitted_at=None, number=None, receipt_no=None, submission_token=None, content_digest=""
                )
                | (
                    Q(submitted_at__isnull=False, number__isnull=False)
                    & Q(receipt_no__isnull=False, submission_token__isnull=False)
                    & ~Q(content_digest="")
                ),
                name="application_receipt_iff_submitted",
            ),
            CheckConstraint(
                condition=Q(submitted_at=None) | Q(scheme__isnull=False),
                name="application_submitted_has_scheme",
            ),
            CheckConstraint(
                condition=~Q(state__in=["draft", "submitted"]) | Q(accepted_at=None),
                name="application_accepted_after_intake",
            ),
            CheckConstraint(
                condition=Q(state__in=["draft", "submitted", "withdrawn", "rejected"])
                | Q(accepted_at__isnull=False),
                name="application_past_intake_accepted",
            ),
            CheckConstraint(
                condition=~Q(state__in=["to_file", "filed", "filing_acknowledged", "awarded"])
                | (Q(decided_level__isnull=False) & Q(decided_on__isnull=False)),
                name="application_titled_has_level",
            ),
            CheckConstraint(
                condition=~Q(state="awarded") | Q(level=3, decided_level=3), name="application_awarded_is_3a"
            ),
            CheckConstraint(
                condition=~Q(
                    state__in=[
                        "recommended",
                        "city_accepted",
                        "expert_review",
                        "panel_concluded",
                        "credit_check",
                        "on_notice",
                        "objection",
                        "confirmable",
                        "awarded",
                    ]
                )
                | Q(level=3, prelim_total__gte=80),
                name="application_recommended_from_80",
            ),
            *[
                CheckConstraint(
                    condition=Q(**{f"{column}__isnull": True})
                    | Q(**{f"{column}__gte": 0, f"{column}__lte": 100}),
                    name=f"application_{column}_range",
                )
                for column in ("self_total", "prelim_total", "panel_total")
            ],
            UniqueConstraint(
                fields=["enterprise", "round", "level"],
                condition=~Q(state__in=sorted(ABANDONED)),
                name="application_one_per_round_level",
            ),
        ]
        indexes = [
            models.Index(fields=["district", "state", "-submitted_at"], name="application_inbox_idx"),
            models.Index(fields=["state", "-submitted_at"], name="application_city_idx"),
            models.Index(fields=["round", "level", "state"], name="application_round_idx"),
            models.Index(fields=["enterprise", "-id"], name="application_mine_idx"),
        ]
        triggers = [
            pgtrigger.Protect(name="application_never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.number or f"草稿 {self.public_id}"


class ApplicationUserObjectPermission(UserObjectPermissionBase):
    """A grant on one application to one person (an expert); guardian's direct foreign key, so it can be joined."""

    content_object = models.ForeignKey(Application, models.CASCADE, related_name="grants")

    class Meta(UserObjectPermissionBase.Meta):
        abstract = False
        verbose_name = "申报授权"


class ApplicationVersion(PublicIdModel):
    """What was handed in, word for word: canonical content, its digest and the platform's seal (R79)."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="versions", verbose_name="申报")
    turn = models.PositiveSmallIntegerField("轮次")
    #: The digest is that of the opened content: sealing and a change of keys leave it as it is.
    snapshot = SealedPartsField("内容", parts=CONTACTS)
    digest = models.CharField("摘要", max_length=64)
    seal = models.CharField("签封", max_length=64)
    receipt_no = models.CharField("回执号", max_length=60, unique=True)
    at = models.DateTimeField("时间")
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="提交人")

    personal: ClassVar[dict[str, Personal]] = {
        "snapshot": Personal(
            "提交内容原样留存（含联系人、第三方机构人员）", "与申报档案同（10 年）", "本企业、属地、市局"
        ),
    }

    class Meta:
        verbose_name = "申报版本"
        constraints = [UniqueConstraint(fields=["application", "turn"], name="application_version_once")]
        triggers = [
            pgtrigger.Protect(name="version_append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return self.receipt_no

"""What a district decides beside the case itself: exemptions, and the items it returned."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from apps.applications.models.cases import Application
from apps.applications.models.rounds import Round
from apps.applications.states import APPROVED, ENDORSED, EXEMPTION_LIFE
from apps.core.models import PublicIdModel, ScopedModel
from apps.core.scoping import Scope


class Exemption(ScopedModel):
    """豁免审批单 (F-20): from a rule the plan states 原则上, for one application."""

    RULES: ClassVar[list[tuple[str, str]]] = [
        ("R-08", "申报3A级须已获评2A级"),
        ("R-31", "未按时报送年度动态管理表"),
    ]
    application = models.ForeignKey(
        Application, models.PROTECT, related_name="exemptions", verbose_name="申报"
    )
    enterprise = models.ForeignKey(
        "accounts.Enterprise", models.PROTECT, related_name="+", verbose_name="企业"
    )
    district = models.ForeignKey("accounts.District", models.PROTECT, related_name="+", verbose_name="属地")
    # beside the application: bureaus decide on exemptions of drafts, which they do not see
    application_public_id = models.CharField("申报公开编号", max_length=14)
    round = models.ForeignKey(Round, models.PROTECT, related_name="+", verbose_name="批次")
    level = models.PositiveSmallIntegerField("申报等级")
    rule = models.CharField("规则", max_length=5, choices=RULES)
    reason = models.TextField("理由")
    basis = models.TextField("依据", blank=True)
    # by public id: the evidence room keeps the file, this row only says which one was handed in with it
    file_public_id = models.CharField("附件公开编号", max_length=14, blank=True)
    file_name = models.CharField("附件名", max_length=120, blank=True)
    state = models.CharField("状态", max_length=10, choices=EXEMPTION_LIFE.choices)
    requested_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="申请人")
    requested_at = models.DateTimeField("申请时间")
    endorsed_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, related_name="+", verbose_name="经办人"
    )
    endorsed_at = models.DateTimeField("经办时间", null=True)
    opinion = models.TextField("经办意见", blank=True)
    decided_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, related_name="+", verbose_name="批准人"
    )
    decided_at = models.DateTimeField("批准时间", null=True)
    decision_note = models.TextField("批准意见", blank=True)

    scope = Scope(enterprise="enterprise_id", district="district_id")

    class Meta:
        verbose_name = "豁免"
        constraints = [
            CheckConstraint(
                condition=Q(state__in=sorted(EXEMPTION_LIFE.states)), name="exemption_state_known"
            ),
            CheckConstraint(condition=Q(rule__in=["R-08", "R-31"]), name="exemption_rule_in_principle"),
            CheckConstraint(
                condition=~Q(state__in=[ENDORSED, APPROVED]) | Q(endorsed_by__isnull=False),
                name="exemption_endorsed",
            ),
            CheckConstraint(
                condition=~Q(state=APPROVED)
                | (Q(decided_by__isnull=False) & ~Q(decided_by=F("endorsed_by"))),
                name="exemption_second_person",
            ),
            UniqueConstraint(
                fields=["application", "rule"], condition=~Q(state="declined"), name="exemption_one_per_rule"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.level}A"


class ReturnedItem(PublicIdModel):
    """One thing to be supplemented: what, why, what is wanted, by when; only these parts open for the enterprise."""

    PARTS: ClassVar[list[tuple[str, str]]] = [
        ("item", "评价条目"),
        ("basic", "基本要求"),
        ("profile", "基本信息"),
        ("report", "评价报告"),
        ("evidence", "证明材料"),
        ("scheme", "评价体系"),
    ]
    application = models.ForeignKey(
        Application, models.PROTECT, related_name="returned_items", verbose_name="申报"
    )
    turn = models.PositiveSmallIntegerField("轮次")
    notice_no = models.CharField("补正通知编号", max_length=60)
    part = models.CharField("部分", max_length=10, choices=PARTS)
    code = models.CharField("代码", max_length=40, blank=True)
    label = models.CharField("名称", max_length=200)
    reason = models.TextField("问题")
    wanted = models.TextField("补正要求")
    due_on = models.DateField("补正期限")
    returned_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="退回人")
    returned_at = models.DateTimeField("退回时间")
    answer = models.TextField("补正说明", blank=True)
    answered_at = models.DateTimeField("答复时间", null=True)

    class Meta:
        verbose_name = "退回补正项"
        constraints = [
            UniqueConstraint(fields=["application", "turn", "part", "code"], name="returned_item_once"),
            CheckConstraint(condition=~Q(reason="") & ~Q(wanted=""), name="returned_item_named"),
        ]
        indexes = [models.Index(fields=["application", "turn"], name="returned_item_idx")]

    def __str__(self) -> str:
        return self.label

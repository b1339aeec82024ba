"""What an objection may bring with it and lead to: the stamped letter, and the traced correction of marks."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from apps.core.models import ScopedModel
from apps.core.personal import Personal
from apps.core.scoping import Scope
from apps.publicity.states import CORRECTION_APPROVED, CORRECTION_LIFE, CORRECTION_PROPOSED


class ObjectionPaper(ScopedModel):
    """异议材料: a stamped letter that came with an objection; kept outside the web root, read by the city alone.

    `scan_state` is what the scanner said when the file came; one that it has not passed is scanned again on opening.
    """

    objection = models.ForeignKey("publicity.Objection", models.PROTECT, related_name="papers")
    position = models.PositiveSmallIntegerField("序号")
    display_name = models.CharField("文件名", max_length=120)
    kind = models.CharField("类别", max_length=8)
    content_type = models.CharField("媒体类型", max_length=100)
    size = models.PositiveBigIntegerField("字节数")
    digest = models.CharField("SHA-256", max_length=64)
    pages = models.PositiveIntegerField("页数", null=True)
    stored_name = models.CharField("存储名", max_length=80, unique=True)
    scan_state = models.CharField("检查", max_length=10)
    received_at = models.DateTimeField("收到时间")

    scope = Scope()

    personal: ClassVar[dict[str, Personal]] = {
        "display_name": Personal("核实异议", "办结后 10 年", "市局经办"),
        "stored_name": Personal("核实异议（异议材料原件）", "办结后 10 年", "市局经办"),
    }

    class Meta:
        verbose_name = "异议材料"
        constraints = [
            UniqueConstraint(fields=["objection", "position"], name="objection_paper_once"),
            CheckConstraint(condition=Q(digest__regex=r"^[0-9a-f]{64}$"), name="objection_paper_digest"),
        ]
        triggers = [
            pgtrigger.Protect(name="objection_paper_kept", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return self.display_name


class MarkCorrection(ScopedModel):
    """评分更正: items of the experts' sheets whose points an objection has shown to be wrong.

    `changes`: [{code, name, points, before: {sheet: points}}]; `base`: sheet → digest at the proposal, so that the
    second person approves exactly what was previewed; `renewed`: [{expert, old, new, before, after}] once approved.
    """

    objection = models.ForeignKey("publicity.Objection", models.PROTECT, related_name="mark_corrections")
    application = models.ForeignKey("applications.Application", models.PROTECT, related_name="+")
    enterprise = models.ForeignKey("accounts.Enterprise", models.PROTECT, related_name="+")
    district = models.ForeignKey("accounts.District", models.PROTECT, related_name="+")
    state = models.CharField("状态", max_length=10, choices=CORRECTION_LIFE.choices)
    changes = models.JSONField("更正条目")
    base = models.JSONField("更正前评分表")
    reason = models.TextField("更正理由")
    total_before = models.DecimalField("更正前得分", max_digits=5, decimal_places=2)
    total_after = models.DecimalField("更正后得分", max_digits=5, decimal_places=2)
    stays = models.BooleanField("更正后仍达到80分")
    proposed_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField("提出时间")
    decided_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField("批准时间", null=True)
    decision_note = models.TextField("批准意见", blank=True)
    renewed = models.JSONField("更正后评分表", default=list)

    scope = Scope(enterprise="enterprise_id", owner=Q(state=CORRECTION_APPROVED))

    class Meta:
        verbose_name = "评分更正"
        constraints = [
            CheckConstraint(
                condition=Q(state__in=list(CORRECTION_LIFE.states)), name="mark_correction_state_known"
            ),
            CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by")),
                name="mark_correction_second_person",
            ),
            UniqueConstraint(
                fields=["application"],
                condition=Q(state=CORRECTION_PROPOSED),
                name="mark_correction_one_proposed",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="mark_correction_decided",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=~pgtrigger.Q(old__state=CORRECTION_PROPOSED),
            )
        ]

    def __str__(self) -> str:
        return f"评分更正 {self.public_id}"

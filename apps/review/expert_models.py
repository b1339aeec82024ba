"""Tables around the panels: draws, absences of experts, overridden conflicts, arrangements of a round, signatures."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from apps.core.models import PublicIdModel, ScopedModel
from apps.core.personal import Personal
from apps.core.scoping import Scope
from apps.review import states
from apps.review.bases import CaseRow

#: What was committed to never changes, and a public value is entered once.
_DRAW_FROZEN = """
IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a draw is kept for good';
END IF;
IF (NEW.application_id, NEW.turn, NEW.content, NEW.commitment, NEW.secret, NEW.source, NEW.known_from,
    NEW.committed_by_id, NEW.committed_at)
   IS DISTINCT FROM
   (OLD.application_id, OLD.turn, OLD.content, OLD.commitment, OLD.secret, OLD.source, OLD.known_from,
    OLD.committed_by_id, OLD.committed_at) THEN
    RAISE EXCEPTION 'what a draw committed to cannot change';
END IF;
IF OLD.seed <> '' AND (NEW.public_value, NEW.seed, NEW.picks, NEW.reserves)
   IS DISTINCT FROM (OLD.public_value, OLD.seed, OLD.picks, OLD.reserves) THEN
    RAISE EXCEPTION 'the result of a draw cannot change';
END IF;
RETURN NEW;
"""


class Draw(CaseRow):
    """A verifiable draw of one panel: the committed pool, the public value, the result (docs/policy/draw.md).

    `content` is what `commitment` is the SHA-256 of. Commitment and result never change (trigger); `changes` grows
    with everybody who steps in later.
    """

    application = models.ForeignKey("applications.Application", models.PROTECT, related_name="draws")
    turn = models.PositiveSmallIntegerField("次数")
    state = models.CharField("状态", max_length=20, choices=states.DRAW_LIFE.choices)
    previous = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    reason = models.TextField("重新抽取原因", blank=True)
    due_on = models.DateField("评审截止")
    content = models.JSONField("封存内容")
    commitment = models.CharField("封存摘要", max_length=64)
    secret = models.CharField("随机数", max_length=64)
    source = models.CharField("公开数值来源", max_length=200)
    known_from = models.DateTimeField("公开数值公布时间")
    committed_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    committed_at = models.DateTimeField("封存时间")
    public_value = models.CharField("公开数值", max_length=200, blank=True)
    revealed_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    revealed_at = models.DateTimeField("抽取时间", null=True)
    seed = models.CharField("种子", max_length=64, blank=True)
    picks = models.JSONField("抽取结果", default=list)
    reserves = models.JSONField("递补顺序", default=list)
    changes = models.JSONField("递补记录", default=list)
    voided_at = models.DateTimeField("作废时间", null=True)

    scope = Scope()

    class Meta:
        verbose_name = "专家抽取"
        constraints = [
            CheckConstraint(condition=Q(state__in=list(states.DRAW_LIFE.states)), name="draw_state_known"),
            CheckConstraint(
                condition=Q(revealed_by=None) | ~Q(revealed_by=models.F("committed_by")),
                name="draw_second_person",
            ),
            CheckConstraint(
                condition=Q(seed="", revealed_at=None, revealed_by=None)
                | (~Q(seed="") & Q(revealed_at__isnull=False, revealed_by__isnull=False)),
                name="draw_result_whole",
            ),
            UniqueConstraint(fields=["application", "turn"], name="draw_turn_once"),
            UniqueConstraint(
                fields=["application"], condition=~Q(state=states.VOID), name="draw_one_standing"
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="draw_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=_DRAW_FROZEN,
            )
        ]

    def __str__(self) -> str:
        return f"专家抽取 {self.public_id}"


class Absence(PublicIdModel):
    """A time in which an expert cannot review, kept by the expert; both days included."""

    expert = models.ForeignKey("accounts.Expert", models.PROTECT, related_name="absences")
    from_on = models.DateField("开始日期")
    until_on = models.DateField("结束日期")
    note = models.CharField("说明", max_length=100, blank=True)
    declared_at = models.DateTimeField("登记时间")
    withdrawn_at = models.DateTimeField("撤销时间", null=True)

    class Meta:
        verbose_name = "专家不可评审时段"
        constraints = [
            CheckConstraint(condition=Q(until_on__gte=models.F("from_on")), name="absence_in_order")
        ]
        indexes = [models.Index(fields=["until_on", "expert"], name="absence_running_idx")]

    def __str__(self) -> str:
        return f"{self.from_on}—{self.until_on}"


class ConflictOverride(CaseRow):
    """回避豁免: a conflict set aside with a reason, asked for by one person and approved by another (R-20)."""

    application = models.ForeignKey("applications.Application", models.PROTECT, related_name="overrides")
    expert = models.ForeignKey("accounts.Expert", models.PROTECT, related_name="overrides")
    state = models.CharField("状态", max_length=20, choices=states.OVERRIDE_LIFE.choices)
    grounds = models.JSONField("冲突情形", default=list)
    reason = models.TextField("豁免理由")
    requested_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    requested_at = models.DateTimeField("申请时间")
    decided_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField("处理时间", null=True)
    note = models.TextField("处理意见", blank=True)

    scope = Scope()

    class Meta:
        verbose_name = "回避豁免"
        constraints = [
            CheckConstraint(
                condition=Q(state__in=list(states.OVERRIDE_LIFE.states)), name="override_state_known"
            ),
            CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=models.F("requested_by")),
                name="override_second_person",
            ),
            UniqueConstraint(
                fields=["application", "expert"],
                condition=Q(state=states.REQUESTED),
                name="override_one_request",
            ),
        ]

    def __str__(self) -> str:
        return f"回避豁免 {self.public_id}"


class RoundArrangement(ScopedModel):
    """What the city decided for the expert review of one round; where a value is None the setting in force counts."""

    round = models.OneToOneField("applications.Round", models.PROTECT, related_name="expert_arrangement")
    shows_scores = models.BooleanField("专家可见自评和初评", null=True)
    cases_max = models.PositiveSmallIntegerField("专家评审件数上限", null=True)
    decided_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    decided_at = models.DateTimeField("设定时间")

    scope = Scope()

    class Meta:
        verbose_name = "专家评审安排"
        constraints = [
            CheckConstraint(
                condition=Q(cases_max=None) | Q(cases_max__range=(1, 200)), name="arrangement_cases_max"
            )
        ]

    def __str__(self) -> str:
        return f"专家评审安排 {self.public_id}"


class SiteSignature(PublicIdModel):
    """A signature under an on-site record: a typed name with a drawn line or an uploaded scan (F-10)."""

    CHECKERS, FACTORY = "checkers", "factory"
    SIDES = {CHECKERS: "核实人员", FACTORY: "企业"}

    visit = models.ForeignKey("review.SiteVisit", models.PROTECT, related_name="signatures")
    side = models.CharField("签名方", max_length=10, choices=list(SIDES.items()))
    name = models.CharField("姓名", max_length=50)
    position = models.CharField("职务", max_length=50, blank=True)
    strokes = models.JSONField("手写签名", default=list)
    scan = models.ForeignKey("evidence.EvidenceFile", models.PROTECT, null=True, related_name="+")
    refused = models.BooleanField("拒绝签名", default=False)
    note = models.CharField("说明", max_length=200, blank=True)
    taken_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    signed_at = models.DateTimeField("签名时间")

    personal: ClassVar[dict[str, Personal]] = {
        "name": Personal("现场核实记录署名", "与申报档案同（10 年）", "属地、市局、专家"),
    }

    class Meta:
        verbose_name = "现场核实签名"
        constraints = [
            CheckConstraint(condition=Q(side__in=["checkers", "factory"]), name="site_signature_side"),
            CheckConstraint(
                condition=Q(refused=False) | (Q(side="factory") & ~Q(note="")), name="site_signature_refused"
            ),
            CheckConstraint(
                condition=Q(refused=True) | ~Q(strokes=[]) | Q(scan__isnull=False),
                name="site_signature_drawn_or_scanned",
            ),
            UniqueConstraint(fields=["visit", "side", "name"], name="site_signature_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_side_display()} {self.name}"


class VisitPhoto(PublicIdModel):
    """A photo taken on site, kept as evidence of the case."""

    visit = models.ForeignKey("review.SiteVisit", models.PROTECT, related_name="photos")
    file = models.ForeignKey("evidence.EvidenceFile", models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "现场照片"
        constraints = [UniqueConstraint(fields=["visit", "file"], name="visit_photo_once")]

    def __str__(self) -> str:
        return f"现场照片 {self.public_id}"

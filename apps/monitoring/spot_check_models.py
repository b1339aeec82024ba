"""抽查: verifiable draws from the districts' recheck results, and what became of each result drawn (R-35)."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from apps.core.models import ScopedModel
from apps.core.scoping import Scope
from apps.monitoring import states

_FROZEN = """
IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a draw is kept for good';
END IF;
IF (NEW.from_on, NEW.until_on, NEW.content, NEW.commitment, NEW.secret, NEW.source, NEW.known_from,
    NEW.committed_by_id, NEW.committed_at)
   IS DISTINCT FROM
   (OLD.from_on, OLD.until_on, OLD.content, OLD.commitment, OLD.secret, OLD.source, OLD.known_from,
    OLD.committed_by_id, OLD.committed_at) THEN
    RAISE EXCEPTION 'what a draw committed to cannot change';
END IF;
IF OLD.seed <> '' AND (NEW.public_value, NEW.seed, NEW.drawn)
   IS DISTINCT FROM (OLD.public_value, OLD.seed, OLD.drawn) THEN
    RAISE EXCEPTION 'the result of a draw cannot change';
END IF;
RETURN NEW;
"""


class SpotCheckDraw(ScopedModel):
    """One draw: the committed pool by district, the public value, the codes drawn (docs/policy/draw.md).

    `content` is what `commitment` is the SHA-256 of; commitment and result never change (trigger).
    """

    state = models.CharField("状态", max_length=10, choices=states.SAMPLE_LIFE.choices)
    from_on = models.DateField("报送时段起")
    until_on = models.DateField("报送时段止")
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
    drawn = models.JSONField("抽取结果", default=dict)
    void_reason = models.TextField("作废原因", blank=True)
    voided_at = models.DateTimeField("作废时间", null=True)

    scope = Scope()

    class Meta:
        verbose_name = "抽查抽取"
        constraints = [
            CheckConstraint(
                condition=Q(state__in=list(states.SAMPLE_LIFE.states)), name="sample_state_known"
            ),
            CheckConstraint(
                condition=Q(revealed_by=None) | ~Q(revealed_by=F("committed_by")), name="sample_second_person"
            ),
            CheckConstraint(
                condition=Q(seed="", revealed_at=None, revealed_by=None)
                | (~Q(seed="") & Q(revealed_at__isnull=False, revealed_by__isnull=False)),
                name="sample_result_whole",
            ),
            UniqueConstraint(
                models.Value(1), condition=Q(state=states.COMMITTED), name="sample_one_waiting_for_its_value"
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="sample_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=_FROZEN,
            )
        ]

    def __str__(self) -> str:
        return f"抽查 {self.public_id}"


class SpotCheck(ScopedModel):
    """One drawn result of a district: revisited by the city as a recheck of its own, or set aside with a reason."""

    draw = models.ForeignKey(SpotCheckDraw, models.PROTECT, related_name="checks")
    result = models.OneToOneField("monitoring.Recheck", models.PROTECT, related_name="spot_check")
    visit = models.OneToOneField(
        "monitoring.Recheck", models.PROTECT, null=True, related_name="spot_check_of"
    )
    enterprise = models.ForeignKey("accounts.Enterprise", models.PROTECT, related_name="+")
    district = models.ForeignKey("accounts.District", models.PROTECT, related_name="+")
    state = models.CharField("状态", max_length=10, choices=states.SPOT_CHECK_LIFE.choices)
    agrees = models.BooleanField("与属地结果一致", null=True)
    difference = models.DecimalField("得分差", max_digits=5, decimal_places=2, null=True)
    reasons = models.JSONField("不一致之处", default=list)
    waived_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    waived_at = models.DateTimeField("决定不复查时间", null=True)
    waive_reason = models.TextField("不复查原因", blank=True)

    scope = Scope(district="district_id")

    class Meta:
        verbose_name = "抽查"
        constraints = [
            CheckConstraint(
                condition=Q(state__in=list(states.SPOT_CHECK_LIFE.states)), name="spot_check_state_known"
            ),
            CheckConstraint(
                condition=~Q(state=states.CONCLUDED) | Q(visit__isnull=False, agrees__isnull=False),
                name="spot_check_concluded_by_a_visit",
            ),
            CheckConstraint(
                condition=~Q(state=states.WAIVED) | Q(waived_by__isnull=False) & ~Q(waive_reason=""),
                name="spot_check_waived_with_reason",
            ),
        ]
        indexes = [models.Index(fields=["draw", "state"], name="spot_check_draw_idx")]

    def __str__(self) -> str:
        return f"抽查 {self.public_id}"

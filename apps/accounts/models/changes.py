"""Dated changes of an enterprise: a new name, another site, a successor, closure (R-43)."""

from __future__ import annotations

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from apps.accounts.models.people import District, Enterprise, User
from apps.accounts.states import CHANGE_LIFE, CHANGES, CONFIRMED_CHANGE, REQUESTED
from apps.core.actor import Actor, Role
from apps.core.models import ScopedModel
from apps.core.scoping import Scope


class ChangeScope(Scope):
    """A change is seen by its enterprise, the district that decides on it and, after a move, the one it left."""

    def _by_role(self, actor: Actor) -> Q | None:
        if actor.role is Role.DISTRICT and actor.district:
            return Q(district_id=actor.district) | Q(from_district_id=actor.district)
        return super()._by_role(actor)


class EnterpriseChange(ScopedModel):
    """What changed on which day, by which paper, and who confirmed it. `before` and `after` are the columns changed."""

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="changes", verbose_name="企业")
    district = models.ForeignKey(District, models.PROTECT, related_name="+", verbose_name="确认的属地")
    from_district = models.ForeignKey(
        District, models.PROTECT, null=True, related_name="+", verbose_name="迁出的属地"
    )
    kind = models.CharField("事项", max_length=12, choices=list(CHANGES.items()))
    before = models.JSONField("变更前")
    after = models.JSONField("变更后")
    effective_on = models.DateField("变更日期")
    reason = models.TextField("说明", blank=True)
    #: public ids of the other room's file and of the account that takes over: only named here
    document = models.CharField("证明材料", max_length=14, blank=True)
    document_name = models.CharField("材料名称", max_length=120, blank=True)
    successor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="接任账户")
    state = models.CharField("状态", max_length=10, choices=CHANGE_LIFE.choices, default=REQUESTED)
    requested_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="申报人")
    requested_at = models.DateTimeField("申报时间")
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="确认人")
    decided_at = models.DateTimeField("确认时间", null=True)
    decision_note = models.TextField("确认意见", blank=True)

    scope = ChangeScope(enterprise="enterprise_id", district="district_id")

    class Meta:
        verbose_name = "企业变更"
        constraints = [
            CheckConstraint(condition=Q(state__in=sorted(CHANGE_LIFE.states)), name="change_state_known"),
            CheckConstraint(condition=Q(kind__in=sorted(CHANGES)), name="change_kind_known"),
            CheckConstraint(
                condition=~Q(state=CONFIRMED_CHANGE) | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="change_confirmed_by_somebody",
            ),
            UniqueConstraint(
                fields=["enterprise", "kind"], condition=Q(state=REQUESTED), name="change_one_open_per_kind"
            ),
        ]
        indexes = [
            models.Index(fields=["enterprise", "-effective_on"], name="change_history_idx"),
            models.Index(fields=["district", "state"], name="change_inbox_idx"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()

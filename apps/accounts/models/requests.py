"""What people ask about their own data: to see it, have it corrected, have it deleted."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import CheckConstraint, Q

from apps.accounts.models.people import User
from apps.accounts.states import PERSONAL_REQUEST_LIFE, PERSONAL_REQUESTS
from apps.core.models import ScopedModel
from apps.core.personal import Personal
from apps.core.scoping import Scope


class PersonalRequest(ScopedModel):
    """个人信息请求: one request of one person, answered by the security administrator (个人信息保护法 44–50)."""

    user = models.ForeignKey(User, models.PROTECT, related_name="personal_requests", verbose_name="账户")
    kind = models.CharField("类别", max_length=12, choices=list(PERSONAL_REQUESTS.items()))
    detail = models.TextField("说明")
    state = models.CharField("状态", max_length=12, choices=PERSONAL_REQUEST_LIFE.choices)
    made_at = models.DateTimeField("提出时间")
    due_on = models.DateField("答复期限")
    answer = models.TextField("答复", blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="答复人")
    answered_at = models.DateTimeField("答复时间", null=True)

    scope = Scope(user="user_id", citywide=False)
    personal: ClassVar[dict[str, Personal]] = {
        "detail": Personal("办理本人请求", "办结后 3 年删除", "本人、安全管理员"),
        "answer": Personal("办理本人请求", "办结后 3 年删除", "本人、安全管理员"),
    }

    class Meta:
        verbose_name = "个人信息请求"
        constraints = [
            CheckConstraint(
                condition=Q(state__in=sorted(PERSONAL_REQUEST_LIFE.states)),
                name="personal_request_state_known",
            ),
            CheckConstraint(
                condition=Q(state="asked", answered_at=None)
                | (~Q(state="asked") & Q(answered_at__isnull=False)),
                name="personal_request_answered",
            ),
        ]
        indexes = [models.Index(fields=["state", "due_on"], name="personal_request_open_idx")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.public_id}"

"""Long work as rows: owner, progress, result, error; and the pulse of the processes that do it."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q

from apps.core.models import ScopedModel
from apps.core.scoping import Scope
from apps.jobs.states import JOB_STATES, QUEUED


class Job(ScopedModel):
    """One piece of long work. A worker holds it by a lease; the token makes sure only the holder can finish it."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="发起人"
    )
    kind = models.CharField("类别", max_length=60)
    key = models.CharField("幂等键", max_length=200, unique=True, null=True)  # noqa: DJ001  (NULL = may run any number of times)
    params = models.JSONField("参数", default=dict)
    state = models.CharField("状态", max_length=10, choices=list(JOB_STATES.items()), default=QUEUED)
    done = models.PositiveIntegerField("已完成数", default=0)
    total = models.PositiveIntegerField("总数", default=0)
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    cancel_requested = models.BooleanField("要求取消", default=False)
    result_name = models.CharField("结果文件名", max_length=200, blank=True)
    result_path = models.CharField("结果路径", max_length=300, blank=True)
    result_type = models.CharField("结果类型", max_length=100, blank=True)
    result = models.JSONField("结果", default=dict)
    error = models.CharField("错误", max_length=500, blank=True)
    lease_token = models.CharField("租约", max_length=32, blank=True)
    lease_until = models.DateTimeField("租约到期", null=True)
    created_at = models.DateTimeField("提交时间")
    started_at = models.DateTimeField("开始时间", null=True)
    finished_at = models.DateTimeField("结束时间", null=True)

    scope: ClassVar[Scope] = Scope(user="owner_id", citywide=False)

    class Meta:
        verbose_name = "后台任务"
        constraints = [
            CheckConstraint(name="job_state_known", condition=Q(state__in=list(JOB_STATES))),
            CheckConstraint(name="job_progress_in_range", condition=Q(done__lte=F("total"))),
            CheckConstraint(
                name="job_finished_has_time",
                condition=Q(state__in=["queued", "running"]) | Q(finished_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["id"], name="job_due_idx", condition=Q(state__in=["queued", "running"])),
            models.Index(fields=["owner", "-id"], name="job_owner_idx"),
            models.Index(fields=["finished_at"], name="job_result_idx", condition=~Q(result_path="")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.get_state_display()}"


class Heartbeat(models.Model):
    """When a kind of process last showed that it lives."""

    name = models.CharField("名称", primary_key=True, max_length=40)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "心跳"

    def __str__(self) -> str:
        return self.name

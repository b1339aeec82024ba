"""Audit events and the chain that makes tampering visible.

The chain is written by a deferred constraint trigger at commit (migration 0002): the advisory lock that orders the
chain is held only while committing, so two use-cases can never dead-lock over it, and the application role needs no
right on the chain at all.
"""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q

from apps.core.personal import Personal
from apps.core.scoping import Scope, ScopedQuerySet


class AuditEvent(models.Model):
    """Who did what to which object, when, from where, under which rule, with what before and after."""

    at = models.DateTimeField("时间")
    actor_role = models.CharField("角色", max_length=20)
    actor_user_id = models.BigIntegerField("账户", null=True)
    actor_name = models.CharField("姓名", max_length=100)
    actor_district = models.CharField("经办属地", max_length=10, blank=True)
    address = models.CharField("来源地址", max_length=45, blank=True)
    request_id = models.CharField("请求编号", max_length=32, blank=True)
    event = models.CharField("事项", max_length=80)
    outcome = models.CharField("结果", max_length=10, default="done")
    subject_type = models.CharField("对象类别", max_length=60)
    subject_id = models.BigIntegerField("对象", null=True)
    subject_label = models.CharField("对象名称", max_length=200, blank=True)
    rule = models.CharField("依据", max_length=40, blank=True)
    before = models.JSONField("变更前", default=dict)
    after = models.JSONField("变更后", default=dict)
    note = models.TextField("说明", blank=True)
    enterprise_id = models.BigIntegerField("所涉企业", null=True)
    district_id = models.CharField("所涉属地", max_length=10, null=True)  # noqa: DJ001  (NULL = no jurisdiction)
    canonical = models.TextField("规范文本")

    scope: ClassVar[Scope] = Scope(district="district_id", enterprise="enterprise_id", owner=Q(pk__in=[]))
    objects = ScopedQuerySet.as_manager()
    personal: ClassVar[dict[str, Personal]] = {
        "actor_name": Personal("办理留痕", "长期，不删除（不少于六个月）", "审计管理员"),
        "address": Personal("办理留痕", "长期，不删除（不少于六个月）", "审计管理员"),
    }

    class Meta:
        verbose_name = "审计事件"
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "id"], name="audit_subject_idx"),
            models.Index(fields=["at"], name="audit_at_idx"),
            models.Index(fields=["actor_user_id", "at"], name="audit_actor_idx"),
        ]
        triggers = [
            pgtrigger.Protect(name="audit_append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.event}"


class AuditLink(models.Model):
    """One link of the chain: `digest = sha256(previous digest ‖ canonical text)`; written by the database only."""

    event = models.OneToOneField(AuditEvent, models.PROTECT, related_name="link")
    sequence = models.BigIntegerField("序号", unique=True)
    previous = models.CharField("前值", max_length=64)
    digest = models.CharField("摘要", max_length=64)

    class Meta:
        verbose_name = "审计链"

    def __str__(self) -> str:
        return f"{self.sequence} {self.digest[:12]}"

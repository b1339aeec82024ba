"""Where an account is signed in, as its owner sees it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from apps.accounts.models.people import User
from apps.core.models import ScopedModel
from apps.core.personal import Personal
from apps.core.scoping import Scope


class SignIn(ScopedModel):
    """One sign-in that succeeded: from where, with what; the session itself lives in the session table."""

    user = models.ForeignKey(User, models.CASCADE, related_name="sign_ins", verbose_name="账户")
    session_key = models.CharField("会话", max_length=40, unique=True)
    at = models.DateTimeField("登录时间")
    address = models.CharField("来源地址", max_length=45, blank=True)
    network = models.CharField("来源网段", max_length=45, blank=True)
    device = models.CharField("设备", max_length=60)
    ended_at = models.DateTimeField("结束时间", null=True)

    scope = Scope(user="user_id", citywide=False)
    personal: ClassVar[dict[str, Personal]] = {
        "address": Personal("发现异常登录", "180 日后删除", "本人"),
        "network": Personal("发现异常登录", "180 日后删除", "本人"),
        "device": Personal("发现异常登录", "180 日后删除", "本人"),
    }

    class Meta:
        verbose_name = "登录"
        indexes = [models.Index(fields=["user", "-at"], name="sign_in_mine_idx")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.device}"

"""What must be true of the outbox, checked by `manage.py verify`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import F, Max

from apps.core.moment import DatabaseClock
from apps.notifications.catalogue import CATALOGUE
from apps.notifications.models import Delivery, Message, MessageRead
from apps.notifications.states import LEASED, SENDING

#: A sweep runs every fifteen seconds; what is this old has been forgotten.
_PATIENCE = timedelta(hours=1)


def problems() -> Iterator[str]:
    """Yield a sentence for every inconsistency: unknown templates, forgotten messages, stuck leases."""
    now = DatabaseClock().now().at
    for code in (
        Message.objects.exclude(template__in=list(CATALOGUE)).values_list("template", flat=True).distinct()
    ):
        yield f"消息使用了未知的模板 {code}。"
    # The oldest goes first: one that is passed over while a later one went out has been forgotten.
    reached = Message.objects.exclude(expanded_at=None).aggregate(last=Max("pk"))["last"] or 0
    waiting = Message.objects.filter(expanded_at=None, pk__lt=reached, created_at__lt=now - _PATIENCE).count()
    if waiting:
        yield f"有 {waiting} 条消息在更晚的消息之后仍未分发，请检查后台进程。"
    stuck = Delivery.objects.filter(state__in=[LEASED, SENDING], lease_until__lt=now - _PATIENCE).count()
    if stuck:
        yield f"有 {stuck} 封邮件的投递租约早已到期，请检查后台进程。"
    early = MessageRead.objects.filter(at__lt=F("message__created_at")).count()
    if early:
        yield f"有 {early} 条阅读记录早于消息本身。"

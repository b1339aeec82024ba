"""Messages of the person who calls: the inbox, what comes by mail, the private calendar of deadlines."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from rest_framework import serializers

from apps.accounts import membership
from apps.accounts import services as account_services
from apps.api.base import SIGNED_IN, Act, Body, Flag, Paging, Query, Reading, Text
from apps.notifications import selectors, services


class InboxQuery(Query):
    """Which messages."""

    unread_only = serializers.BooleanField(required=False, default=False)


class MessageLine(serializers.Serializer[Any]):
    """One message; `mandatory` ones always come by mail, too."""

    public_id = serializers.CharField()
    title = serializers.CharField()
    body = serializers.CharField()
    link = serializers.CharField()
    mandatory = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    is_read = serializers.BooleanField()
    why = serializers.CharField()


class Messages(Paging):
    """本人的消息，新的在前。"""

    audience = SIGNED_IN
    reading = MessageLine
    query = InboxQuery

    def rows(self, *, unread_only: bool, page: int, per_page: int) -> Any:
        """Return one page."""
        return selectors.inbox(actor=self.actor, unread_only=unread_only, page=page, per_page=per_page)


class ReadMessage(Act):
    """标记一条消息为已读。"""

    audience = SIGNED_IN

    def act(self, *, public_id: str) -> None:
        """Mark it."""
        services.mark_read(actor=self.actor, clock=self.clock, public_id=public_id)


class ReadAllMessages(Act):
    """全部标为已读。"""

    audience = SIGNED_IN

    def act(self) -> None:
        """Mark all."""
        services.mark_all_read(actor=self.actor, clock=self.clock)


class SettingsAnswer(serializers.Serializer[Any]):
    """Progress messages by mail; deadlines, tasks and results always are. `muted`: kinds left out."""

    progress_by_mail = serializers.BooleanField()
    muted = serializers.ListField(child=serializers.CharField())
    digest = serializers.BooleanField()
    sms = serializers.ListField(child=serializers.CharField())
    phone = serializers.CharField(help_text="接收短信的手机号，只显示一部分。")
    calendar_made_at = serializers.DateTimeField(allow_null=True)


class SettingsBody(Body):
    """What is chosen; a kind that cannot be switched off is refused."""

    progress_by_mail = Flag()
    muted = serializers.ListField(child=Text(max_length=60), required=False, default=list, max_length=100)
    digest = Flag(required=False, default=False, help_text="进度和待办消息合并成一封邮件。")
    sms = serializers.ListField(
        child=Text(max_length=20),
        required=False,
        default=list,
        max_length=3,
        help_text="发短信的消息：deadline、task、result；全不选则删除手机号。",
    )
    phone = Text(required=False, default="", allow_blank=True, max_length=20, help_text="留空为不更换。")


class MessageSettings(Reading, Act):
    """消息设置：进度类消息是否发邮件；时限、待办、结果类不能退订；可合并邮件、可加收短信。"""

    audience = SIGNED_IN
    reading = SettingsAnswer
    body = SettingsBody

    def read(self) -> dict[str, Any]:
        """Return what is chosen."""
        chosen = selectors.mail_choices(actor=self.actor)
        return {
            "progress_by_mail": chosen.progress_by_mail,
            "muted": sorted(chosen.muted),
            "digest": chosen.digest,
            "sms": sorted(chosen.sms),
            "phone": chosen.phone,
            "calendar_made_at": membership.calendar_made_at(actor=self.actor),
        }

    def act(
        self, *, progress_by_mail: bool, muted: list[str], digest: bool, sms: list[str], phone: str
    ) -> None:
        """Keep the choice."""
        services.set_mail_preference(
            actor=self.actor,
            clock=self.clock,
            progress_by_mail=progress_by_mail,
            muted=muted,
            digest=digest,
            sms=sms,
            phone=phone,
        )


class CalendarAnswer(serializers.Serializer[Any]):
    """The secret address of the calendar feed (ICS); it is told only here."""

    address = serializers.CharField()


class OpenCalendar(Act):
    """建立日历订阅地址；再次建立则原地址失效。"""

    audience = SIGNED_IN
    answer = CalendarAnswer
    status = 201

    def act(self) -> dict[str, str]:
        """Make the address."""
        token = account_services.open_calendar(actor=self.actor, clock=self.clock)
        return {"address": f"{settings.PUBLIC_URL}{reverse('calendar_feed', args=[token])}"}


class CloseCalendar(Act):
    """停止日历订阅。"""

    audience = SIGNED_IN

    def act(self) -> None:
        """End the address."""
        account_services.close_calendar(actor=self.actor, clock=self.clock)

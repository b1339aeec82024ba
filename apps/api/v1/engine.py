"""The deadline engine for the system administrator: what it will do and when; deliveries and jobs once more (R-39)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from rest_framework import serializers

from apps.api.base import Act, Paging, Query
from apps.core.actor import Role
from apps.core.errors import NotVisible
from apps.deadlines.asked import asked_days
from apps.deadlines.forecast import Deed
from apps.deadlines.timeline import Line, Wanted, told
from apps.jobs.services.retrying import retry_job
from apps.notifications import services as notifications

_LONGEST_KEY = 18
SYSTEM_ADMIN = frozenset({Role.SYSTEM_ADMIN})


class TimelineQuery(Query):
    """From which day to which (both included; default thirty days from today), and what of it."""

    start = serializers.DateField(required=False, default=None, allow_null=True)
    end = serializers.DateField(required=False, default=None, allow_null=True)
    deed = serializers.ChoiceField([(deed.value, deed.label) for deed in Deed], required=False, default="")
    kind = serializers.CharField(required=False, default="", max_length=40)
    district = serializers.CharField(required=False, default="", max_length=10)
    q = serializers.CharField(required=False, default="", max_length=50)


class HappeningTold(serializers.Serializer[Any]):
    """One message that goes out: to whom, by which channels."""

    whom = serializers.CharField()
    channels = serializers.CharField()


class HappeningLine(serializers.Serializer[Any]):
    """One thing the engine will do on a day."""

    on = serializers.DateField()
    at = serializers.TimeField()
    deed = serializers.CharField()
    what = serializers.CharField()
    kind = serializers.CharField()
    kind_label = serializers.CharField()
    number = serializers.CharField()
    name = serializers.CharField()
    district = serializers.CharField()
    provisional = serializers.BooleanField()
    follows = serializers.CharField()
    told = HappeningTold(many=True)


class EngineTimeline(Paging):
    """时间线：系统将在哪一天办理什么、告知谁。"""

    audience = SYSTEM_ADMIN
    reading = HappeningLine
    query = TimelineQuery

    def rows(self, *, start: date | None, end: date | None, page: int, per_page: int, **wanted: str) -> _Page:
        """Return one page of what will happen, as things stand today."""
        today = self.clock.now().on
        first, last = asked_days(start, end, today=today)
        found = told(
            actor=self.actor,
            start=first,
            end=last,
            on=today,
            wanted=Wanted(**wanted),
            page=page,
            per_page=per_page,
        )
        lines = [_line(line) for _, lines in found.days for line in lines]
        return _Page(lines, found.total, found.page, found.pages)


@dataclass(frozen=True, slots=True)
class _Page:
    """One page as the interface hands it out."""

    rows: Sequence[Mapping[str, Any]]
    total: int
    page: int
    pages: int


def _line(line: Line) -> Mapping[str, Any]:
    event = line.event
    return {
        "on": event.on,
        "at": event.at,
        "deed": event.deed.value,
        "what": event.what,
        "kind": event.kind,
        "kind_label": event.kind_label,
        "number": event.number,
        "name": event.name,
        "district": line.district,
        "provisional": event.provisional,
        "follows": event.follows,
        "told": [{"whom": whom, "channels": ways} for whom, ways in line.told],
    }


class ResendDelivery(Act):
    """重发未能送达或结果不明的邮件、短信。"""

    audience = SYSTEM_ADMIN

    def act(self, *, delivery: str) -> None:
        """Put it back into the outbox."""
        if not (delivery.isascii() and delivery.isdigit() and len(delivery) <= _LONGEST_KEY):
            raise NotVisible
        notifications.resend(actor=self.actor, clock=self.clock, delivery_id=int(delivery))


class RetryJob(Act):
    """重试未完成的后台任务。"""

    audience = SYSTEM_ADMIN

    def act(self, *, public_id: str) -> None:
        """Queue it again, for its owner."""
        retry_job(actor=self.actor, clock=self.clock, public_id=public_id)

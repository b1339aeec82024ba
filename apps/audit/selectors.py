"""Reading the audit trail: the history of an object, and the verification of the chain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import Model

from apps.audit.chain import GENESIS, canonical_text, chained
from apps.audit.models import AuditEvent, AuditLink
from apps.core.actor import Actor

_SIGNED_COLUMNS = (
    "actor_role",
    "actor_user_id",
    "actor_name",
    "actor_district",
    "address",
    "request_id",
    "event",
    "outcome",
    "subject_type",
    "subject_id",
    "subject_label",
    "rule",
    "before",
    "after",
    "note",
    "enterprise_id",
    "district_id",
)


@dataclass(frozen=True, slots=True)
class TrailEntry:
    """One line of an object's history as a page shows it."""

    at: datetime
    who: str
    event: str
    rule: str
    before: dict[str, Any]
    after: dict[str, Any]
    note: str


def history_of(*, actor: Actor, subject: Model, limit: int = 200) -> list[TrailEntry]:
    """Return the newest *limit* events about *subject* that *actor* may see, newest first."""
    rows = AuditEvent.objects.visible_to(actor).filter(
        subject_type=subject._meta.label_lower, subject_id=subject.pk
    )
    return [
        TrailEntry(
            row.at, f"{row.actor_name}", row.event, row.rule, dict(row.before), dict(row.after), row.note
        )
        for row in rows.order_by("-id")[:limit]
    ]


def chain_problems() -> Iterator[str]:
    """Walk the whole chain and yield a Chinese sentence for every break; nothing means it is intact."""
    previous = GENESIS
    expected = 1
    links = AuditLink.objects.select_related("event").order_by("sequence")
    for link in links.iterator(chunk_size=2000):
        event = link.event
        if link.sequence != expected:
            yield f"审计链第 {expected} 节缺失（下一节为第 {link.sequence} 节）。"
            expected = link.sequence
        row = {name: getattr(event, name) for name in _SIGNED_COLUMNS}
        row["at"] = event.at.astimezone(UTC).isoformat()
        if canonical_text(row) != event.canonical:
            yield f"审计事件 {event.pk} 的内容与规范文本不一致。"
        if link.previous != previous or link.digest != chained(previous, event.canonical):
            yield f"审计链第 {link.sequence} 节（事件 {event.pk}）的摘要不符。"
        previous = link.digest
        expected += 1
    missing = AuditEvent.objects.filter(link=None).count()
    if missing:
        yield f"有 {missing} 条审计事件不在链上。"

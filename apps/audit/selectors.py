"""Reading the audit trail: the history of an object, and the verification of the chain."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import Model

from apps.audit.chain import GENESIS, canonical_text, chained
from apps.audit.models import AuditEvent, AuditLink
from apps.core.actor import Actor

_PER_PAGE = 50
#: Links read at once while the chain is walked.
PACE = 2_000
_LONGEST_SEARCH = 50
#: Result of an act → Chinese.
OUTCOMES = {"done": "已办", "denied": "未准许"}
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


def signed_columns(event: AuditEvent) -> dict[str, Any]:
    """Return the columns of an event that its canonical text repeats."""
    row = {name: getattr(event, name) for name in _SIGNED_COLUMNS}
    row["at"] = event.at.astimezone(UTC).isoformat()
    return row


def chain_problems(progress: Callable[[int], object] = int, *, newest: int | None = None) -> Iterator[str]:
    """Walk the chain and yield a Chinese sentence for every break; nothing means it is intact.

    *progress* is called with the links walked so far, every `PACE` links. With *newest* only about that many links
    at the end of the chain are walked, for the frequent look between two walks of the whole.
    """
    previous = GENESIS
    expected = 1
    links = AuditLink.objects.select_related("event").order_by("sequence")
    last = links.values_list("sequence", flat=True).last() or 0
    if newest is not None and last > newest:
        links = links.filter(sequence__gt=last - newest)
        before = AuditLink.objects.filter(sequence=last - newest).first()
        expected = last - newest + 1
        previous = before.digest if before is not None else ""
    for link in links.iterator(chunk_size=PACE):
        event = link.event
        if link.sequence != expected:
            yield f"审计链第 {expected} 节缺失（下一节为第 {link.sequence} 节）。"
            expected = link.sequence
        if canonical_text(signed_columns(event)) != event.canonical:
            yield f"审计事件 {event.pk} 的内容与规范文本不一致。"
        if link.previous != previous or link.digest != chained(previous, event.canonical):
            yield f"审计链第 {link.sequence} 节（事件 {event.pk}）的摘要不符。"
        previous = link.digest
        expected += 1
        if expected % PACE == 0:
            progress(expected)
    missing = AuditEvent.objects.filter(link=None).count()
    if missing:
        yield f"有 {missing} 条审计事件不在链上。"


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event of the search; `changes` are the fields that differ: name, before, after."""

    id: int
    at: datetime
    role: str
    who: str
    address: str
    event: str
    outcome: str
    subject_type: str
    subject_id: int | None
    subject_label: str
    district: str | None
    rule: str
    note: str
    changes: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class EventPage:
    """One page of events, newest first; `older` and `newer` are the keys of the pages beside it (None: no more)."""

    rows: Sequence[EventRow]
    older: int | None
    newer: bool


@dataclass(frozen=True, slots=True)
class EventFilter:
    """What to look for; empty fields do not narrow. `since` and `until` are aware, `until` exclusive.

    `event` is the beginning of a code, `codes` are whole ones (an empty tuple finds nothing).
    """

    who: str = ""
    event: str = ""
    codes: tuple[str, ...] | None = None
    subject: str = ""
    district: str = ""
    rule: str = ""
    outcome: str = ""
    since: datetime | None = None
    until: datetime | None = None


def events_page(
    *, actor: Actor, wanted: EventFilter, before: int | None = None, per_page: int = _PER_PAGE
) -> EventPage:
    """Return one page of the events *actor* may see; one query, paged by key, so that page 1,000 costs like page 1.

    Args:
        actor: who looks; without a jurisdiction only the auditor sees all.
        wanted: filters; names and labels match anywhere.
        before: show events older than this key.
        per_page: rows a page.
    """
    rows = AuditEvent.objects.visible_to(actor)
    for lookup, value in (
        ("actor_name__icontains", wanted.who.strip()[:_LONGEST_SEARCH]),
        ("event__startswith", wanted.event.strip()[:_LONGEST_SEARCH]),
        ("subject_label__icontains", wanted.subject.strip()[:_LONGEST_SEARCH]),
        ("district_id", wanted.district),
        ("rule", wanted.rule.strip().upper()[:_LONGEST_SEARCH]),
        ("outcome", wanted.outcome if wanted.outcome in OUTCOMES else ""),
        ("at__gte", wanted.since),
        ("at__lt", wanted.until),
        ("pk__lt", before),
    ):
        if value:
            rows = rows.filter(**{lookup: value})
    if wanted.codes is not None:
        rows = rows.filter(event__in=wanted.codes)
    found = list(rows.defer("canonical").order_by("-id")[: per_page + 1])
    older = found[per_page - 1].pk if len(found) > per_page else None
    return EventPage([event_row(row) for row in found[:per_page]], older, before is not None)


def event_row(row: AuditEvent) -> EventRow:
    """Return an event as it is shown: the fields that differ with their texts before and after."""
    names = [*row.before, *(name for name in row.after if name not in row.before)]
    return EventRow(
        id=row.pk,
        at=row.at,
        role=row.actor_role,
        who=row.actor_name,
        address=row.address,
        event=row.event,
        outcome=row.outcome,
        subject_type=row.subject_type,
        subject_id=row.subject_id,
        subject_label=row.subject_label,
        district=row.district_id,
        rule=row.rule,
        note=row.note,
        changes=tuple(
            (name, _shown(row.before.get(name)), _shown(row.after.get(name)))
            for name in names
            if row.before.get(name) != row.after.get(name)
        ),
    )


def _shown(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else canonical_text({"": value})[4:-1]


def events_about(
    *, actor: Actor, subject_type: str, subject_ids: Sequence[int], limit: int = 2_000
) -> list[EventRow]:
    """Return the events about several objects of one type, oldest first; one query.

    Args:
        actor: who looks.
        subject_type: label such as "scoring.scoresheet".
        subject_ids: keys of the objects.
        limit: most rows, the newest of them.
    """
    rows = AuditEvent.objects.visible_to(actor).filter(
        subject_type=subject_type, subject_id__in=list(subject_ids)
    )
    return [event_row(row) for row in reversed(rows.defer("canonical").order_by("-id")[:limit])]


@dataclass(frozen=True, slots=True)
class ChainHead:
    """The newest link: how many there are and the digest that seals them all."""

    length: int
    digest: str
    at: datetime | None


def chain_head() -> ChainHead:
    """Return the newest link of the chain; one query."""
    link = AuditLink.objects.select_related("event").order_by("-sequence").first()
    return ChainHead(link.sequence, link.digest, link.event.at) if link else ChainHead(0, GENESIS, None)

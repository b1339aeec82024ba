"""Writing the audit trail: one row per act, in the transaction of the act."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any

from django.db.models import Model

from apps.audit.chain import canonical_text, plain
from apps.audit.models import AuditEvent
from apps.core.actor import Actor, Role
from apps.core.errors import DomainError, Forbidden, NotVisible, RuleBroken
from apps.core.moment import Moment
from apps.policy.separation import refused_own_work


def record(  # noqa: PLR0913  (an audit row has many columns, all named)
    *,
    actor: Actor,
    event: str,
    subject: Model | None,
    moment: Moment,
    rule: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    note: str = "",
    outcome: str = "done",
) -> AuditEvent:
    """Append one event about *subject* inside the caller's transaction.

    Args:
        actor: who acts.
        event: dotted code such as `application.submit`.
        subject: the row acted on; its `enterprise_id` / `district_id` place the event in a jurisdiction.
        moment: when.
        rule: rule of the plan ("R-18").
        before: values before, only what changed.
        after: values after.
        note: reason given by the person.
        outcome: `done` or `denied`.

    Returns:
        The stored event.
    """
    event_row = _event(
        actor=actor,
        event=event,
        moment=moment,
        entry=Entry(subject, rule=rule, before=before or {}, after=after or {}, note=note),
        outcome=outcome,
    )
    event_row.save(force_insert=True)
    return event_row


@dataclass(frozen=True, slots=True)
class Entry:
    """What differs between the events of one kind: the subject, and what is said about it (see `record`)."""

    subject: Model | None
    rule: str = ""
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""


def record_each(*, actor: Actor, event: str, moment: Moment, entries: Iterable[Entry]) -> None:
    """Append one event for each entry in one statement, inside the caller's transaction; chained at commit as ever."""
    AuditEvent.objects.bulk_create(
        [_event(actor=actor, event=event, moment=moment, entry=entry, outcome="done") for entry in entries]
    )


def _event(*, actor: Actor, event: str, moment: Moment, entry: Entry, outcome: str) -> AuditEvent:
    subject = entry.subject
    row: dict[str, Any] = {
        "at": moment.at.astimezone(UTC).isoformat(),
        "actor_role": actor.role.value,
        "actor_user_id": actor.user_id,
        "actor_name": actor.name,
        "actor_district": actor.district or "",
        "address": actor.address,
        "request_id": actor.request_id,
        "event": event,
        "outcome": outcome,
        "subject_type": subject._meta.label_lower if subject is not None else "",
        "subject_id": subject.pk if subject is not None else None,
        "subject_label": str(subject)[:200] if subject is not None else "",
        "rule": entry.rule,
        "before": plain(entry.before),
        "after": plain({**entry.after, **_standing_in(actor)}),
        "note": entry.note,
        "enterprise_id": _jurisdiction(subject, "enterprise_id", "accounts.enterprise"),
        "district_id": _jurisdiction(subject, "district_id", ""),
    }
    return AuditEvent(**{**row, "at": moment.at}, canonical=canonical_text(row))


def record_refusal(*, actor: Actor, act: str, refusal: DomainError, moment: Moment) -> None:
    """Append the refusal of an act that the person had no right to: another's duty, another's row, one's own work.

    Refusals that are part of daily work (a field left empty, a step taken by a colleague first) leave no trace, and
    neither does the public, which may ask for anything.

    Args:
        actor: who tried.
        act: name of the use-case, or the path of the page.
        refusal: why not.
        moment: when.
    """
    reason = _reason(refusal)
    if reason is None or actor.user_id is None or actor.role in {Role.PUBLIC, Role.SYSTEM}:
        return
    record(
        actor=actor,
        event="access.refused",
        subject=None,
        moment=moment,
        rule="R-15" if reason == "own_work" else "",
        after={"act": act[:200], "reason": reason},
        note=refusal.message[:200],
        outcome="denied",
    )


def _standing_in(actor: Actor) -> dict[str, Any]:
    """Whose duties the person may be using: an act during a delegation must show it (R-44)."""
    return {"standing_in_for": list(actor.standing_in_for)} if actor.standing_in_for else {}


def _reason(refusal: DomainError) -> str | None:
    match refusal:
        case RuleBroken() if refused_own_work(refusal.verdict):
            return "own_work"
        case Forbidden():
            return "duty"
        case NotVisible():
            return "out_of_sight"
    return None


def _jurisdiction(subject: Model | None, attribute: str, self_label: str) -> Any:
    if subject is not None and subject._meta.label_lower == self_label:
        return subject.pk
    return getattr(subject, attribute, None)

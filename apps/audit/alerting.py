"""What the trail says about security: counts for the alert rules, and the alerts already raised (they are events)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, IntegerField, Max, QuerySet, Sum
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from apps.audit.models import AuditEvent
from apps.audit.selectors import PACE, chain_problems
from apps.core.actor import Actor, Role
from apps.core.errors import NotVisible
from apps.core.scoping import acting_as
from apps.policy.alerts import Observed, Tally

#: The event that an alert is kept as.
ALERT = "security.alert"
#: The event of a backup that did not come about.
BACKUP_FAILED = "backup.failed"
#: Names counted at most in one look, the most frequent ones: an attack from many addresses is one alert each.
_MOST = 20
_READERS = frozenset({Role.SECURITY_ADMIN, Role.SYSTEM_ADMIN, Role.AUDITOR, Role.SYSTEM})


@dataclass(frozen=True, slots=True)
class AlertRow:
    """One alert as a page shows it."""

    at: datetime
    text: str


def observed(*, since: datetime, until: datetime, silent: Sequence[str], whole_chain: bool) -> Observed:
    """Return what happened from *since* to *until* (aware), for the system; a fixed number of queries.

    Args:
        since: from.
        until: to (inclusive).
        silent: names of the processes that do not report (Chinese).
        whole_chain: whether to walk the whole chain of events or only its end.
    """
    system = Actor.system()
    rows = AuditEvent.objects.visible_to(system).filter(at__gte=since, at__lte=until).order_by()
    failed = rows.filter(event="account.sign_in", outcome="denied")
    refused = rows.filter(event="access.refused", outcome="denied")
    exported = rows.filter(event__in=("document.export", "audit.package"), after__rows__isnull=False)
    return Observed(
        failed_sign_ins=[
            *_counted(failed, "after__username", "用户名“{}”"),
            *_counted(failed.exclude(address=""), "address", "地址{}"),
        ],
        refused=_counted(refused, "actor_name", "{}"),
        exported=_exported(exported),
        chain=list(chain_problems(newest=None if whole_chain else PACE)),
        silent=silent,
        viruses=list(
            rows.filter(event="evidence.infected").values_list("subject_label", flat=True).distinct()[:_MOST]
        ),
        failed_backups=rows.filter(event=BACKUP_FAILED).count(),
    )


def _counted(rows: QuerySet[AuditEvent], by: str, words: str) -> list[Tally]:
    # Two people may share a name: they are counted by account where there is one.
    found = rows.values("actor_user_id", by).annotate(times=Count("pk")).order_by("-times")[:_MOST]
    return [Tally(words.format(row[by] or "不明"), row["times"]) for row in found]


def _exported(rows: QuerySet[AuditEvent]) -> list[Tally]:
    number = Cast(KeyTextTransform("rows", "after"), IntegerField())
    found = (
        rows.values("actor_user_id")
        .annotate(name=Max("actor_name"), total=Sum(number))
        .order_by("-total")[:_MOST]
    )
    return [Tally(row["name"], row["total"]) for row in found]


def keys_raised(*, since: datetime) -> set[str]:
    """Return the keys of the alerts raised from *since* on (for the system)."""
    rows = AuditEvent.objects.visible_to(Actor.system()).filter(event=ALERT, at__gte=since)
    return {str(row) for row in rows.values_list("after__key", flat=True)}


@dataclass(frozen=True, slots=True)
class AlertPage:
    """One page of alerts, newest first; `older` is the key before which the next page begins, None on the last."""

    rows: Sequence[AlertRow]
    older: int | None
    newer: bool


def alerts_page(*, actor: Actor, before: int | None = None, per_page: int = 50) -> AlertPage:
    """Return one page of the alerts raised so far; one query, paged by key.

    Args:
        actor: who looks.
        before: show alerts older than this key.
        per_page: rows a page.

    Raises:
        NotVisible: neither an administrator nor the auditor.
    """
    found = _raised(actor, before, per_page + 1)
    older = found[per_page - 1].pk if len(found) > per_page else None
    rows = [AlertRow(row.at, row.note) for row in found[:per_page]]
    return AlertPage(rows, older, before is not None)


def raised(*, actor: Actor, limit: int = 50) -> list[AlertRow]:
    """Return the newest *limit* alerts; one query.

    Raises:
        NotVisible: neither an administrator nor the auditor.
    """
    return [AlertRow(row.at, row.note) for row in _raised(actor, None, limit)]


def _raised(actor: Actor, before: int | None, limit: int) -> list[AuditEvent]:
    if actor.role not in _READERS:
        raise NotVisible
    # Administrators read no trail; that the system is in danger concerns them, and an alert says no more than that.
    with acting_as(Actor.system(), then=actor):
        rows = AuditEvent.objects.visible_to(Actor.system()).filter(event=ALERT)
        if before is not None:
            rows = rows.filter(pk__lt=before)
        return list(rows.only("at", "note").order_by("-pk")[:limit])

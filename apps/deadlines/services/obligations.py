"""Opening, meeting and cancelling obligations, in the transaction of the act that causes it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.db.models import F, Model

from apps.audit.services import record
from apps.core.actor import Actor
from apps.core.moment import SHANGHAI, Moment, end_of_day
from apps.deadlines.counting import Counting
from apps.deadlines.models import UNPLANNED, Obligation
from apps.deadlines.registry import KINDS
from apps.deadlines.selectors import work_calendar
from apps.deadlines.services.access import as_system
from apps.deadlines.states import CANCELLED, LIVE, MET, OPEN, OVERDUE, Party
from apps.policy.calendar import chinese

#: Key of the stored recipe under which the caller's own sentence is kept.
PREFACE = "preface"


@dataclass(frozen=True, slots=True)
class Subject:
    """A row of a lower room, for rooms that know it by its selector only.

    `type`: its `app_label.model`; `number` and `enterprise`: business number and name shown in reminders.
    """

    type: str
    pk: int
    public_id: str = ""
    number: str = ""
    enterprise: str = ""

    def __str__(self) -> str:
        return self.enterprise


def type_of(subject: Model | Subject) -> str:
    """Return the stored name of what kind of row *subject* is."""
    return subject.type if isinstance(subject, Subject) else str(subject._meta.label_lower)


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline as it was stored.

    `due_on` is its last Shanghai day, `due_at` the exclusive instant, `basis` the sentence that explains it.
    """

    public_id: str
    due_on: date
    due_at: datetime
    provisional: bool
    basis: str


@dataclass(frozen=True, slots=True)
class Dated:
    """A computed deadline, before it is stored."""

    started_on: date
    due_on: date
    due_at: datetime
    provisional: bool
    basis: str
    computed_by: dict[str, Any]


def dated(
    *, counting: Counting | None, due_on: date | None, due_at: datetime | None, basis: str, started_on: date
) -> Dated:
    """Compute a deadline from exactly one of a recipe, a day or an instant.

    Raises:
        ValueError: none or several given, or a naive instant.
    """
    if [counting is not None, due_on is not None, due_at is not None].count(True) != 1:
        msg = "a deadline is given by a counting, a day or an instant: exactly one of them"
        raise ValueError(msg)
    if counting is not None:
        term = counting.term(work_calendar())
        text = f"{basis}{term.explanation}"
        ends_at = end_of_day(term.ends_on)
        return Dated(
            counting.start,
            term.ends_on,
            ends_at,
            term.provisional,
            text,
            {**counting.stored(), PREFACE: basis},
        )
    if due_at is not None:
        return Dated(started_on, _last_day(due_at), due_at, False, basis, {})
    day = due_on or started_on
    return Dated(started_on, day, end_of_day(day), False, basis or f"截至{chinese(day)}24时。", {})


def _last_day(due_at: datetime) -> date:
    """Return the last Shanghai day before an exclusive instant: 24:00 belongs to the day that ends."""
    local = due_at.astimezone(SHANGHAI)
    if local.time() == time(0):
        return local.date() - timedelta(days=1)
    return local.date()


def _require_transaction() -> None:
    if not connection.in_atomic_block:
        msg = "an obligation is written in the transaction of the act that causes it"
        raise ValueError(msg)


def open_obligation(  # noqa: PLR0913  (the columns of one row, all named)
    *,
    kind: str,
    subject: Model | Subject,
    rule: str,
    moment: Moment,
    enterprise: int | None = None,
    district: str | None = None,
    expert: int | None = None,
    counting: Counting | None = None,
    due_on: date | None = None,
    due_at: datetime | None = None,
    started_on: date | None = None,
    basis: str = "",
    number: str | None = None,
    label: str | None = None,
) -> Due:
    """Store that something is owed about *subject*; re-dates it when it is owed already.

    Args:
        kind: a registered kind; it says who owes it.
        subject: the row it is about; `public_id`, `number` and `enterprise` are read from it where it has them.
        rule: rule of the plan ("R-14").
        moment: when the act happened.
        enterprise: enterprise id, or None.
        district: district code, or None.
        expert: expert id, for what an expert owes; enterprise and district are then not stored.
        counting: recipe; or
        due_on: the last day, through 24:00 Shanghai; or
        due_at: the exclusive instant.
        started_on: from when a given day runs (default: today); what came before is not made up for.
        basis: a sentence before the explanation of the recipe, or instead of it.
        number: business number shown in reminders (default: the subject's).
        label: name shown in lists (default: the subject's `str`).

    Returns:
        The stored deadline.

    Raises:
        KeyError: unknown kind. ValueError: not exactly one deadline, the party is not named, no transaction.
    """
    _require_transaction()
    row = KINDS[kind]
    when = dated(
        counting=counting, due_on=due_on, due_at=due_at, basis=basis, started_on=started_on or moment.on
    )
    subject_type = type_of(subject)
    with as_system():
        existing = (
            Obligation.objects.select_for_update(of=("self",))
            .filter(kind=kind, subject_type=subject_type, subject_id=subject.pk, state__in=LIVE)
            .first()
        )
        if existing is not None:
            redate(existing, when, moment=moment, event="obligation.redate", actor=Actor.system())
            return _due(existing)
        hidden = row.party is Party.EXPERT
        created = Obligation.objects.create(
            kind=kind,
            subject_type=subject_type,
            subject_id=subject.pk,
            subject_public_id=getattr(subject, "public_id", ""),
            subject_number=(getattr(subject, "number", "") or "") if number is None else number,
            subject_label=(str(subject) if label is None else label)[:200],
            enterprise_name=_enterprise_name(subject, enterprise),
            party=row.party,
            enterprise_id=None if hidden else enterprise,
            district_id=None if hidden else district,
            expert_id=expert if hidden else None,
            rule=rule,
            basis=when.basis[:500],
            started_on=when.started_on,
            due_on=when.due_on,
            due_at=when.due_at,
            provisional=when.provisional,
            computed_by=when.computed_by,
            state=OPEN,
            opened_at=moment.at,
            reminded_through=moment.on,
        )
        return _due(created)


def _enterprise_name(subject: Model | Subject, enterprise: int | None) -> str:
    """Return the name to show in reminders: of the subject's enterprise, which is usually loaded already."""
    found = getattr(subject, "enterprise", None)
    if found is None and enterprise is not None:
        found = Obligation(enterprise_id=enterprise).enterprise
    return "" if found is None else str(found)


def _due(row: Obligation) -> Due:
    return Due(row.public_id, row.due_on, row.due_at, row.provisional, row.basis)


def redate(row: Obligation, when: Dated, *, moment: Moment, event: str, actor: Actor) -> bool:
    """Give a live, locked obligation another deadline; return whether anything changed. Audited when it did.

    An overdue one whose new deadline has not passed is open again, and what would have followed does not.
    """
    before = {"due_at": row.due_at, "provisional": row.provisional, "state": row.state}
    row.reminded_through = row.dealt_with(moment.on)
    row.remind_on, row.remind_plan = None, UNPLANNED
    row.started_on, row.due_on, row.due_at = when.started_on, when.due_on, when.due_at
    row.provisional, row.basis, row.computed_by = when.provisional, when.basis[:500], when.computed_by
    if row.state == OVERDUE and row.due_at > moment.at:
        row.state = OPEN
        row.overdue_at = row.hook_due_at = None
        row.hook_token = row.hook_error = ""
        row.hook_attempts = 0
    after = {"due_at": row.due_at, "provisional": row.provisional, "state": row.state}
    row.changes += before != after
    row.save()
    if before == after:
        return False
    record(
        actor=actor,
        event=event,
        subject=row,
        moment=moment,
        rule=row.rule,
        before=before,
        after=after,
        note=row.basis,
    )
    return True


def meet_obligation(*, kind: str, subject: Model | Subject, moment: Moment) -> bool:
    """Close the live obligation of *kind* about *subject* as done; return whether there was one."""
    return bool(_close(MET, subject=subject, moment=moment, kinds=[kind]))


def cancel_obligations(
    *, subject: Model | Subject, moment: Moment, kinds: Collection[str] | None = None
) -> int:
    """Close every live obligation about *subject* (of these *kinds*) as no longer owed; return how many."""
    return _close(CANCELLED, subject=subject, moment=moment, kinds=kinds)


def _close(state: str, *, subject: Model | Subject, moment: Moment, kinds: Collection[str] | None) -> int:
    _require_transaction()
    with as_system():
        rows = Obligation.objects.filter(subject_type=type_of(subject), subject_id=subject.pk, state__in=LIVE)
        if kinds is not None:
            rows = rows.filter(kind__in=kinds)
        # The token stays: an overdue hook that closes its own obligation must still find its claim.
        return rows.update(state=state, closed_at=moment.at, hook_due_at=None, changes=F("changes") + 1)

"""The sweeper: what is due becomes overdue, reminders go out, and what follows is started. Driven by rows only.

Safe with any number of sweepers: rows are taken with `SKIP LOCKED`, messages have unique keys, and an overdue hook is
claimed before it runs and settled in the transaction of its own effects. A hook runs while no row of this room is
locked, because every other use-case locks its subject first and its obligations afterwards.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, time, timedelta
from itertools import chain

import structlog
from django.db import transaction
from django.db.models import Case, F, Q, Value, When

from apps.audit.services import Entry, record_each
from apps.core.actor import Actor
from apps.core.moment import SHANGHAI, Clock, Moment
from apps.core.scoping import enter
from apps.deadlines.models import Obligation
from apps.deadlines.registry import KINDS, OverdueObligation
from apps.deadlines.selectors import calendar_coverage
from apps.deadlines.services.planning import ladders, plan_all, span_of, store
from apps.deadlines.services.reminding import due_by, reminders
from apps.deadlines.states import LIVE, OPEN, OVERDUE
from apps.notifications.services import enqueue, enqueue_all
from apps.parameters.selectors import in_force

_log = structlog.get_logger(__name__)
#: Obligations in one transaction: few enough for its locks to be short, enough for a statement to be worth its while.
BATCH = 1000
#: Reminders go out from this time of day in Shanghai.
REMIND_FROM = time(9)
#: A hook whose process died is claimed again after this long (F11).
HOOK_LEASE = timedelta(minutes=2)
#: Follow-ups in one sweep; the rest is for the next one, within the time a task may take.
MOST_HOOKS = 1000
_FIRST_WAIT = timedelta(minutes=1)
_LONGEST_WAIT = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Swept:
    """What one sweep did."""

    overdue: int = 0
    reminded: int = 0
    hooks: int = 0
    failed_hooks: int = 0


class _LostClaim(Exception):
    """Another sweeper has taken over the hook: everything done here is rolled back."""


def sweep(*, clock: Clock) -> Swept:
    """Do everything that is due now."""
    overdue = _flip_all(clock)
    # What follows comes first: a sweep after a standstill must not call to mind what a follow-up has ended.
    hooks, failed = _run_hooks(clock)
    reminded = _remind_all(clock)
    _check_calendar(clock)
    return Swept(overdue, reminded, hooks, failed)


def _flip_all(clock: Clock) -> int:
    total = 0
    while True:
        count = _flip(clock)
        total += count
        if count < BATCH:
            return total


@transaction.atomic
def _flip(clock: Clock) -> int:
    """Mark a batch of obligations whose instant has passed."""
    enter(Actor.system())
    moment = clock.now()
    rows = list(
        Obligation.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(state=OPEN, due_at__lte=moment.at, kind__in=list(KINDS))
        .order_by("due_at", "pk")[:BATCH]
    )
    following = [code for code, kind in KINDS.items() if kind.on_overdue is not None]
    Obligation.objects.filter(pk__in=[row.pk for row in rows]).update(
        state=OVERDUE,
        overdue_at=moment.at,
        changes=F("changes") + 1,
        hook_due_at=Case(When(kind__in=following, then=Value(moment.at)), default=None),
    )
    record_each(
        actor=Actor.system(),
        event="obligation.overdue",
        moment=moment,
        entries=[
            Entry(
                row,
                rule=row.rule,
                before={"state": OPEN},
                after={"state": OVERDUE, "due_at": row.due_at},
                note=row.basis,
            )
            for row in rows
        ],
    )
    return len(rows)


def _remind_all(clock: Clock) -> int:
    plan_all(clock)
    if clock.now().at.astimezone(SHANGHAI).time() < REMIND_FROM:
        return 0
    total = 0
    after: tuple[date, int] = (date.min, 0)
    while True:
        looked_at, sent, after = _remind_batch(clock, after=after)
        total += sent
        if looked_at < BATCH:
            return total


@transaction.atomic
def _remind_batch(clock: Clock, *, after: tuple[date, int]) -> tuple[int, int, tuple[date, int]]:
    """Remind of a batch of live obligations whose next day has come, and plan the day after that.

    Args:
        clock: the legal clock.
        after: day and primary key of the last one of the batch before: each begins where that one ended, not at the
            rows it left.

    Returns:
        How many were looked at, how many were reminded, and the last day and primary key.
    """
    enter(Actor.system())
    moment = clock.now()
    day, key = after
    rows = list(
        Obligation.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(
            Q(remind_on=day, pk__gt=key) | Q(remind_on__gt=day),
            state__in=LIVE,
            remind_on__lte=moment.on,
            kind__in=[code for code, kind in KINDS.items() if kind.reminds],
        )
        .order_by("remind_on", "pk")[:BATCH]
    )
    if not rows:
        return 0, 0, after
    now = ladders(moment.on)
    spans = {span_of(row) for row in rows}
    come = {span: due_by(span, on=moment.on, work=now.work, parameters=now.parameters) for span in spans}
    later = {span: now.next_day(span, after=moment.on) for span in spans}
    notes = [reminders(row, come[span_of(row)], moment=moment) for row in rows]
    enqueue_all(moment=moment, notes=chain.from_iterable(notes))
    store([(row.pk, later[span_of(row)], moment.on) for row in rows], mark=now.mark)
    last = rows[-1]
    return len(rows), sum(map(bool, notes)), (last.remind_on or day, last.pk)


def _run_hooks(clock: Clock) -> tuple[int, int]:
    done = failed = 0
    while done + failed < MOST_HOOKS and (claim := _claim_hook(clock)) is not None:
        row, token = claim
        if _run_hook(row, token, clock):
            done += 1
        else:
            failed += 1
    return done, failed


@transaction.atomic
def _claim_hook(clock: Clock) -> tuple[Obligation, str] | None:
    """Take one hook that is due; its lease ends by itself."""
    enter(Actor.system())
    moment = clock.now()
    row = (
        Obligation.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(state=OVERDUE, hook_due_at__lte=moment.at, kind__in=list(KINDS))
        .order_by("hook_due_at", "pk")
        .first()
    )
    if row is None:
        return None
    row.hook_token = secrets.token_hex(16)
    row.hook_due_at = moment.at + HOOK_LEASE
    row.hook_attempts += 1
    row.save(update_fields=["hook_token", "hook_due_at", "hook_attempts"])
    return row, row.hook_token


def _run_hook(row: Obligation, token: str, clock: Clock) -> bool:
    """Run one claimed hook; its effects and the end of the claim are one transaction."""
    hook = KINDS[row.kind].on_overdue
    try:
        with transaction.atomic():
            enter(Actor.system())
            claimed = Obligation.objects.filter(pk=row.pk, hook_token=token, state=OVERDUE)
            if hook is not None and claimed.exists():
                hook(_told(row), clock=clock)
            enter(Actor.system())
            _settle_hook(row, token)
    except _LostClaim:
        return False
    except Exception as error:  # noqa: BLE001  (the boundary: one case's fault must not stop the others)
        _log.exception("overdue_hook_failed", obligation=row.public_id, kind=row.kind)
        _postpone_hook(row, token, clock.now(), str(error))
        return False
    return True


def _settle_hook(row: Obligation, token: str) -> None:
    claimed = Obligation.objects.filter(pk=row.pk, hook_token=token)
    if not claimed.update(hook_due_at=None, hook_token="", hook_error=""):
        raise _LostClaim


@transaction.atomic
def _postpone_hook(row: Obligation, token: str, moment: Moment, error: str) -> None:
    enter(Actor.system())
    wait = min(_FIRST_WAIT * 2 ** (row.hook_attempts - 1), _LONGEST_WAIT)
    Obligation.objects.filter(pk=row.pk, hook_token=token, hook_due_at__isnull=False).update(
        hook_due_at=moment.at + wait, hook_token="", hook_error=error[:300]
    )


def _told(row: Obligation) -> OverdueObligation:
    return OverdueObligation(
        row.public_id,
        row.kind,
        row.subject_type,
        row.subject_id,
        row.due_on,
        row.due_at,
        row.enterprise_id,
        row.district_id,
        row.rule,
    )


@transaction.atomic
def _check_calendar(clock: Clock) -> None:
    """Remind the city and the administrators weekly that a year is missing: this one, or from mid-November the next."""
    enter(Actor.system())
    moment = clock.now()
    coverage = calendar_coverage(on=moment.on)
    check_on = in_force(on=moment.on).calendar_check_on.in_year(moment.on.year)
    year = coverage.first_missing
    if year > moment.on.year + 1 or (year == moment.on.year + 1 and moment.on < check_on):
        return
    iso = moment.on.isocalendar()
    for name, to_municipal in (("city", True), ("admins", False)):
        enqueue(
            key=f"calendar-missing:{year}:{iso.year}-{iso.week}:{name}",
            template="calendar_missing",
            context={"year": str(year)},
            moment=moment,
            to_municipal=to_municipal,
            to_admins=not to_municipal,
        )

"""The end of a notice: nothing closes early, and only the enterprise concerned waits for its objection (R-25)."""

from __future__ import annotations

from django.db import transaction

from apps.applications import services as applications
from apps.audit.services import record
from apps.core.actor import Actor
from apps.core.errors import NotVisible, WrongStep, require
from apps.core.moment import Clock
from apps.core.scoping import enter
from apps.deadlines.services import meet_obligation
from apps.notifications.services import enqueue
from apps.policy.award import may_close_notice
from apps.publicity.models import Notice, NoticeEntry, Objection
from apps.publicity.selectors.standing import term_of_entry, term_of_notice
from apps.publicity.states import (
    ELAPSED,
    NOTICE_LIFE,
    OPEN_OBJECTIONS,
    PUBLIC_NOTICES,
    PUBLISHED,
    STANDING,
)

_ON_NOTICE = "on_notice"


@transaction.atomic
def close_notice(*, actor: Actor, clock: Clock, notice_id: int) -> int:
    """Close a notice whose period has fully elapsed: every entry without an open objection becomes 可评定.

    Safe to call again: entries already closed are left alone, waiting ones are looked at anew.

    Returns:
        How many cases became 可评定 now.

    Raises:
        RuleBroken: the period has not ended (R-24).
        WrongStep: the notice is not published.
        NotVisible: no such notice.
    """
    row: Notice | None = (
        Notice.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk=notice_id).first()
    )
    if row is None:
        raise NotVisible
    if row.state not in PUBLIC_NOTICES:
        raise WrongStep("公示尚未发布。")
    moment = clock.now()
    if row.state == PUBLISHED:
        # Every entry may have been taken off; the notice itself still runs to its last day.
        require(may_close_notice(term_of_notice(row), on=moment.on))
    waiting = set(
        Objection.objects.visible_to(actor)
        .filter(entry__notice=row, state__in=OPEN_OBJECTIONS)
        .values_list("entry_id", flat=True)
    )
    closed = 0
    standing = list(row.entries.filter(state=STANDING).order_by("application_id"))
    for entry in standing:
        require(may_close_notice(term_of_entry(entry), on=moment.on))
        if entry.pk in waiting:
            continue
        case = applications.lock_application(actor=actor, application_id=entry.application_id)
        if case.state != _ON_NOTICE:
            continue
        applications.advance(application_id=case.id, event="close_notice", actor=actor, moment=moment)
        entry.state = ELAPSED
        entry.save(update_fields=["state"])
        closed += 1
    if row.state == PUBLISHED:
        step = NOTICE_LIFE.step(row.state, "close", actor)
        row.state = step.target
        row.save(update_fields=["state"])
        meet_obligation(kind="publicity.notice", subject=row, moment=moment)
        record(
            actor=actor,
            event="notice.close",
            subject=row,
            moment=moment,
            rule=step.rule,
            after={"confirmable": closed, "waiting": len(waiting)},
        )
    if closed:
        enqueue(
            key=f"award-due:{row.public_id}:{moment.on}",
            template="award_due",
            context={"count": closed},
            to_municipal=True,
            subject=row,
            moment=moment,
        )
    return closed


def close_due_notices(*, clock: Clock) -> int:
    """Close every notice whose last day has passed; each in its own transaction. Returns how many cases moved."""
    moment = clock.now()
    with transaction.atomic():
        enter(Actor.system())
        ids = list(
            NoticeEntry.objects.visible_to(Actor.system())
            .filter(state=STANDING, notice__state__in=PUBLIC_NOTICES, ends_on__lt=moment.on)
            .order_by("notice_id")
            .values_list("notice_id", flat=True)
            .distinct()
        )
    moved = 0
    for notice_id in ids:
        with transaction.atomic():
            enter(Actor.system())
            moved += close_notice(actor=Actor.system(), clock=clock, notice_id=notice_id)
    return moved

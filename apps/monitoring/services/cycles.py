"""The end of each title's recheck cycle as something its district owes: one row a title, from the award on (R-33)."""

from __future__ import annotations

from django.db import connection, transaction

from apps.core.actor import Actor
from apps.core.moment import Clock, Moment
from apps.core.scoping import enter
from apps.deadlines import selectors as deadlines
from apps.deadlines.services import Subject, cancel_obligations, meet_obligation, open_obligation
from apps.monitoring.planning import PlanRow, recheck_plan
from apps.policy.calendar import chinese

CYCLE = "monitoring.cycle"
#: How a title is named in the table of obligations.
TITLE = "titles.title"
_LOCK = 7396


@transaction.atomic
def watch_recheck_cycles(*, clock: Clock) -> int:
    """Bring the table of obligations in line with the recheck plan; return how many rows changed. Run by the beat.

    A title that came under dynamic management is owed a visit by the end of its cycle; one rechecked since, by the end
    of the next; a title that has ended, or is no longer managed, nothing. A changed cycle (a setting) moves the day.
    Two workers at once wait for each other; the second finds nothing to do.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [_LOCK])
    system = Actor.system()
    enter(system)
    moment = clock.now()
    plan = {row.title_id: row for row in recheck_plan(actor=system, on=moment.on)}
    owed = deadlines.live_by_subject(kind=CYCLE)
    changed = 0
    for title, row in plan.items():
        there = owed.get(title)
        if there is not None and (there.due_on, there.district) == (row.due_on, row.district):
            continue
        if there is not None and there.district != row.district:
            cancel_obligations(subject=_subject(row), moment=moment, kinds=[CYCLE])
        elif there is not None and row.last_on is not None and row.last_on > there.started_on:
            meet_obligation(kind=CYCLE, subject=_subject(row), moment=moment)
        _owe(row, moment)
        changed += 1
    for title in owed.keys() - plan.keys():
        cancel_obligations(subject=Subject(TITLE, title), moment=moment, kinds=[CYCLE])
        changed += 1
    return changed


def _subject(row: PlanRow) -> Subject:
    return Subject(TITLE, row.title_id, row.title_public_id, row.certificate_no, row.enterprise_name)


def _owe(row: PlanRow, moment: Moment) -> None:
    """Store the end of the cycle; the enterprise is not told of it: a visit is announced when it is planned."""
    since = row.last_on or row.awarded_on
    what = "上次现场复核" if row.last_on else "获评"
    open_obligation(
        kind=CYCLE,
        subject=_subject(row),
        rule="R-33",
        moment=moment,
        district=row.district,
        due_on=row.due_on,
        started_on=since,
        basis=f"{row.level_label}级称号自{what}（{chinese(since)}）起一个复核周期，{chinese(row.due_on)}前须现场复核。",
    )

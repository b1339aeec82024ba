"""Raising security alerts: counted over the period the bureau chose, kept in the trail, told once a day each."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.db import connection, transaction

from apps.accounts.selectors import enabled_people
from apps.audit.alerting import ALERT, keys_raised, observed
from apps.audit.services import record
from apps.core.actor import Actor, Role
from apps.core.moment import SHANGHAI, Clock
from apps.core.scoping import enter
from apps.jobs.selectors import PROCESSES, pulses
from apps.notifications.services import Note, enqueue_all
from apps.parameters.selectors import in_force
from apps.policy.alerts import Thresholds, alerts

_TOLD = frozenset({Role.SECURITY_ADMIN, Role.AUDITOR})
#: Transaction-long advisory lock under which alerts are raised: two looks at once must not tell twice.
_RAISING = 7396


@transaction.atomic
def raise_alerts(*, clock: Clock, whole_chain: bool = False) -> int:
    """Look at the system once and raise what is new today; returns how many alerts that were.

    The security administrators and the auditors are told each matter once a (Shanghai) day.

    Args:
        clock: the time.
        whole_chain: walk the whole audit chain instead of its end.
    """
    system = Actor.system()
    enter(system)
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [_RAISING])
    moment = clock.now()
    chosen = in_force(on=moment.on)
    seen = observed(
        since=moment.at - timedelta(minutes=chosen.alert_minutes),
        until=moment.at,
        silent=[PROCESSES[pulse.name] for pulse in pulses(clock=clock) if pulse.silent],
        whole_chain=whole_chain,
    )
    limits = Thresholds(chosen.alert_failed_sign_ins, chosen.alert_refused, chosen.alert_export_rows)
    known = keys_raised(since=datetime.combine(moment.on, time.min, SHANGHAI))
    fresh = {
        key: alert
        for alert in alerts(seen, limits)
        if (key := f"{moment.on.isoformat()}:{alert.kind}:{alert.about}") not in known
    }
    if not fresh:
        return 0
    told = [person.actor.account for person in enabled_people() if person.actor.role in _TOLD]
    when = moment.at
    for key, alert in fresh.items():
        event = record(
            actor=system,
            event=ALERT,
            subject=None,
            moment=moment,
            rule="R-44",
            after={"key": key, "kind": alert.kind.value, "about": alert.about},
            note=alert.text,
        )
        enqueue_all(
            moment=moment,
            notes=[
                Note(
                    f"security-alert:{event.pk}:{account}",
                    "security_alert",
                    {"text": alert.text, "when": when},
                    to_user=account,
                )
                for account in told
            ],
        )
    return len(fresh)

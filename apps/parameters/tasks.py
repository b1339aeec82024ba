"""Periodic work that only needs a choice of the bureau: accounts nobody uses any more, security alerts."""

from __future__ import annotations

from celery import shared_task

from apps.accounts import services as accounts
from apps.core.moment import DatabaseClock
from apps.parameters import alerting, selectors


@shared_task(name="apps.parameters.tasks.disable_dormant_accounts")
def disable_dormant_accounts() -> int:
    """Disable staff accounts not signed in to for as many days as the parameter says; returns how many."""
    clock = DatabaseClock()
    days = selectors.in_force(on=clock.now().on).dormant_days
    return accounts.disable_dormant(clock=clock, days=days)


@shared_task(name="apps.parameters.tasks.sweep_sign_ins")
def sweep_sign_ins() -> int:
    """Remove sign-ins, sessions and answered personal requests past their time; returns how many rows went."""
    clock = DatabaseClock()
    return accounts.sweep_sign_ins(clock=clock) + accounts.sweep_requests(clock=clock)


@shared_task(name="apps.parameters.tasks.raise_alerts")
def raise_alerts() -> int:
    """Raise the security alerts that are new today; returns how many. The end of the audit chain is walked."""
    return alerting.raise_alerts(clock=DatabaseClock())


@shared_task(name="apps.parameters.tasks.verify_audit_chain")
def verify_audit_chain() -> int:
    """Walk the whole audit chain and raise an alert when it is broken; returns how many alerts are new."""
    return alerting.raise_alerts(clock=DatabaseClock(), whole_chain=True)

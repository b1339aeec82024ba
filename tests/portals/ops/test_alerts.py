"""SECURITY alerts: found by the periodic look, told once a day, shown to the administrators and the auditor."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.urls import reverse

from apps.audit.services import record
from apps.core.actor import Actor, Role
from apps.core.moment import DatabaseClock, FixedClock
from apps.core.scoping import enter
from apps.jobs import services as jobs
from apps.notifications.models import Message
from apps.parameters.alerting import raise_alerts
from tests import worlds
from tests.portals.scenes import signed_in


def _look(clock: DatabaseClock) -> int:
    """Look once; the events so far are put on the chain first, as their commits would have done."""
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("set constraints all deferred")
    return raise_alerts(clock=clock)


@pytest.mark.rule("R-44")
def test_alerts_are_told_once_and_shown(clock: FixedClock, db: None) -> None:
    security = worlds.staff_member(clock, "anquan", "安全甲", role=Role.SECURITY_ADMIN, duties=[])
    system = worlds.staff_member(clock, "xitong", "系统甲", role=Role.SYSTEM_ADMIN, duties=[])
    auditor = worlds.staff_member(clock, "shenji", "审计甲", role=Role.AUDITOR, duties=[])
    jobs.beat(clock=DatabaseClock(), names=("beat", "worker"))
    now = DatabaseClock()
    assert _look(now) == 0
    with transaction.atomic():
        enter(Actor.system())
        for _ in range(10):
            record(
                actor=Actor.system(),
                event="account.sign_in",
                subject=None,
                moment=now.now(),
                after={"username": "someone"},
                outcome="denied",
            )
        record(actor=system, event="document.export", subject=None, moment=now.now(), after={"rows": 1200})
        record(actor=system, event="document.export", subject=None, moment=now.now(), after={"rows": 800})
        record(actor=Actor.system(), event="backup.failed", subject=None, moment=now.now(), outcome="denied")
    assert _look(now) == 3
    assert _look(now) == 0
    enter(Actor.system())
    told = Message.objects.filter(template="security_alert").values_list("to_user_id", flat=True)
    assert sorted(told) == sorted([security.account, auditor.account] * 3)
    for actor, name in ((security, "ops:alerts"), (system, "ops:home"), (auditor, "audit:home")):
        text = signed_in(actor).get(reverse(name)).content.decode()
        assert "用户名“someone”登录失败10次" in text
        assert "系统甲导出2000行" in text
        assert "备份失败1次" in text
    assert signed_in(system).get(reverse("ops:alerts")).status_code == 403

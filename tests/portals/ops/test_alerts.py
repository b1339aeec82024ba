"""SECURITY alerts: found by the periodic look, told once a day, shown to the administrators and the auditor."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from apps.audit.alerting import ALERT
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


def test_alerts_turn_pages_and_a_silent_beat_is_told_by_the_web(clock: FixedClock, db: None) -> None:
    """SECURITY R56, R67: the beat that stands still raises no alert; whoever opens a page or asks `/workz` learns it."""
    security = worlds.staff_member(clock, "anquan", "安全甲", role=Role.SECURITY_ADMIN, duties=[])
    handler = worlds.district_staff(clock).handler
    now = DatabaseClock()
    with transaction.atomic():
        enter(Actor.system())
        for number in range(51):
            record(
                actor=Actor.system(),
                event=ALERT,
                subject=None,
                moment=now.now(),
                note=f"第{number:03d}号告警",
            )
    client, probe = signed_in(security), Client()
    first = client.get(reverse("ops:alerts"))
    assert "第050号告警" in first.content.decode()
    assert "第000号告警" not in first.content.decode()
    older = first.context["found"].older
    last = client.get(reverse("ops:alerts"), {"before": older}).content.decode()
    assert "第000号告警" in last
    assert "第050号告警" not in last
    assert "更早" not in last
    assert client.get(reverse("ops:alerts"), {"before": "9" * 40}).status_code == 200
    assert "定时调度、后台处理已停止" in last
    assert "已停止" not in signed_in(handler).get("/d/").content.decode()
    answer = probe.get("/workz")
    assert (answer.status_code, answer.content) == (503, b"unavailable")
    jobs.beat(clock=now, names=("beat", "worker"))
    assert "已停止" not in client.get(reverse("ops:alerts")).content.decode()
    # Messages that wait for a worker are not late yet.
    answer = probe.get("/workz")
    assert (answer.status_code, answer.content) == (200, b"ok")
    worlds.enterprise(clock, 1)
    enter(Actor.system())
    Message.objects.update(created_at=now.now().at - timedelta(minutes=11))
    assert probe.get("/workz").status_code == 503, "beat and worker report, and the mail lies about"

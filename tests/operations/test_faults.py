"""What breaks in operation loses nothing and doubles nothing; docs/operations/faults.md lists every fault and its test."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from smtplib import SMTPRecipientsRefused
from typing import Any

import psycopg2
import pytest
from django.conf import settings as django_settings
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import DatabaseError, InterfaceError, connection, transaction
from django.utils import timezone

from apps.core import wake
from apps.core.actor import Actor
from apps.core.moment import DatabaseClock, FixedClock, Moment
from apps.core.scoping import enter
from apps.deadlines import services as deadlines
from apps.deadlines import tasks as deadline_tasks
from apps.deadlines.models import Obligation
from apps.deadlines.services import sweeping
from apps.deadlines.states import OPEN, OVERDUE
from apps.monitoring import services as monitoring
from apps.monitoring.models import AnnualForm
from apps.notifications import services as notifications
from apps.notifications.models import Delivery, Message
from apps.notifications.services import leasing
from apps.notifications.states import FAILED, SENT, UNKNOWN
from suzhou_greenfactory.bootstrap.fault_report import SCRATCH
from suzhou_greenfactory.bootstrap.faults import FAULTS, verdicts
from tests import worlds
from tests.unit.foundation import at_once, member
from tests.unit.monitoring import annual_scenes

ROOT = Path(__file__).resolve().parents[2]
_CONTEXT = {"reason": "得分不足", "public_id": "abc", "enterprise": "示例", "score": "70.00"}


def queued(clock: FixedClock | DatabaseClock, count: int, address: str = "firm{}@example.invalid") -> None:
    """Put one message to each of *count* firms' worth of keys into the outbox; the address is the first firm's."""
    firm = member(FixedClock(clock.now()), 0, mail=address.format(0))
    enter(Actor.system())
    Message.objects.all().delete()
    for number in range(count):
        notifications.enqueue(
            key=f"fault:{number}",
            template="not_awarded",
            context=_CONTEXT,
            moment=clock.now(),
            to_enterprise=firm.enterprise_id,
        )


def outcomes() -> Counter[str]:
    """Return how many mails are in which state."""
    with transaction.atomic():
        enter(Actor.system())
        return Counter(Delivery.objects.values_list("state", flat=True))


def keys_sent() -> list[str]:
    """Return the keys of the mails the gateway of this process took."""
    return [message.extra_headers["X-Message-Key"] for message in mail.outbox]


_WORKER = """
import os, signal, sys
import django
from django.conf import settings
os.environ["DJANGO_SETTINGS_MODULE"] = "suzhou_greenfactory.settings.test"
os.environ["GF_DATABASE_ROLE"] = "app"
django.setup()
settings.DATABASES["default"]["NAME"] = sys.argv[1]
from django.core.mail.backends.base import BaseEmailBackend
class Fatal(BaseEmailBackend):
    def send_messages(self, messages):
        for message in messages:
            print(message.extra_headers["X-Message-Key"], flush=True)
            Fatal.taken += 1
            if Fatal.taken == 3:
                os.kill(os.getpid(), signal.SIGKILL)
        return len(messages)
Fatal.taken = 0
sys.modules["fatal_gateway"] = sys.modules["__main__"]
settings.EMAIL_BACKEND = "fatal_gateway.Fatal"
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("set role gf_app")
from apps.core.moment import DatabaseClock
from apps.notifications import services
services.deliver(clock=DatabaseClock())
"""


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_while_sending_loses_and_doubles_nothing(clock: FixedClock) -> None:
    """Killed after the gateway took the third mail and before that was stored: the next worker sends the other seven."""
    real = DatabaseClock()
    with transaction.atomic():
        enter(Actor.system())
        queued(real, 10)
    name = str(django_settings.DATABASES["default"]["NAME"])
    done = subprocess.run(  # noqa: S603  (our own interpreter)
        [sys.executable, "-c", _WORKER, name],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=60,
        check=False,
        env=dict(os.environ),
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    taken = done.stdout.split()
    assert len(taken) == 3
    later = FixedClock(real.now().plus(leasing.LEASE + timedelta(seconds=1)))
    assert notifications.deliver(clock=later).sent == 7
    assert Counter(taken + keys_sent()) == Counter(f"fault:{number}" for number in range(10))
    assert outcomes() == {SENT: 9, UNKNOWN: 1}


class Cutting(EmailBackend):
    """A gateway during whose third mail the database goes away under the worker."""

    taken = 0

    def send_messages(self, messages: Any) -> int:
        Cutting.taken += 1
        if Cutting.taken == 3:
            cut_own_session()
        return super().send_messages(messages)


def cut_own_session() -> None:
    """End this thread's session with the database from another one, as a restart does."""
    assert connection.connection is not None
    pid = connection.connection.info.backend_pid
    with as_owner() as owner:
        owner.execute("select pg_terminate_backend(%s)", [pid])


@contextmanager
def as_owner() -> Iterator[Any]:
    """Give a cursor of another session, as the role that owns the test database."""
    parameters = connection.get_connection_params()
    parameters.pop("cursor_factory", None)
    other = psycopg2.connect(**{key: value for key, value in parameters.items() if key != "context"})
    try:
        with other, other.cursor() as cursor:
            yield cursor
    finally:
        other.close()


def _interrupted(work: Any) -> bool:
    """Run *work* in a thread with its own session; return whether it was cut off."""

    def run(_: int) -> bool:
        try:
            work()
        except (DatabaseError, InterfaceError):
            return True
        return False

    [cut] = at_once(1, run)
    return bool(cut)


@pytest.mark.django_db(transaction=True)
def test_a_database_restart_while_sending_and_sweeping(
    clock: FixedClock, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.Cutting"
    Cutting.taken = 0
    with transaction.atomic():
        enter(Actor.system())
        queued(clock, 10)
    assert _interrupted(lambda: notifications.deliver(clock=clock))
    clock.advance(leasing.LEASE + timedelta(seconds=1))
    notifications.deliver(clock=clock)
    assert Counter(keys_sent()) == Counter(f"fault:{number}" for number in range(10))
    # the worker found the database again in time to store what became of the mail it had in hand
    assert outcomes() == {SENT: 10}

    # the sweep is cut off in its second batch: the first stays done, the rest is done by the next sweep, once
    with transaction.atomic():
        enter(Actor.system())
        for number in range(1, 7):
            firm = member(clock, number)
            deadlines.open_obligation(
                kind="monitoring.annual_review",
                subject=worlds.enterprise_row(firm),
                rule="R-32",
                moment=clock.now(),
                district=worlds.KUNSHAN,
                due_on=clock.now().on,
            )
    clock.advance(timedelta(days=1))
    monkeypatch.setattr(sweeping, "BATCH", 3)
    real, calls = sweeping.record_each, iter(range(9))

    def cutting(**arguments: Any) -> None:
        real(**arguments)
        if next(calls) == 1:
            cut_own_session()

    monkeypatch.setattr(sweeping, "record_each", cutting)
    assert _interrupted(lambda: deadlines.sweep(clock=clock))
    monkeypatch.setattr(sweeping, "record_each", real)
    assert states() == {OVERDUE: 3, OPEN: 3}
    assert deadlines.sweep(clock=clock).overdue == 3
    assert states() == {OVERDUE: 6}


@pytest.mark.skipif(
    SCRATCH not in os.environ, reason="stops the database server: only that of `manage.py faults`"
)
@pytest.mark.django_db(transaction=True)
def test_the_database_server_itself_goes_down_and_comes_back(
    clock: FixedClock, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server is killed while a worker sends, and again while one sweeps; the command starts it each time."""
    # The scratch cluster commits lazily for speed; a crash is to lose what it would lose in operation: nothing.
    with as_owner() as owner:
        owner.execute("select format('alter database %I set synchronous_commit to on', current_database())")
        owner.execute(str((owner.fetchone() or [""])[0]))
    connection.close()
    settings.EMAIL_BACKEND = f"{__name__}.Crashing"
    Crashing.taken = 0
    with transaction.atomic():
        enter(Actor.system())
        queued(clock, 10)
    _interrupted(lambda: notifications.deliver(clock=clock))
    assert Crashing.taken >= 3
    server_is_back()
    clock.advance(leasing.LEASE + timedelta(seconds=1))
    notifications.deliver(clock=clock)
    assert Counter(keys_sent()) == Counter(f"fault:{number}" for number in range(10))
    found = outcomes()
    assert found[SENT] + found[UNKNOWN] == 10
    assert found[UNKNOWN] <= 1

    with transaction.atomic():
        enter(Actor.system())
        for number in range(1, 7):
            firm = member(clock, number)
            deadlines.open_obligation(
                kind="monitoring.annual_review",
                subject=worlds.enterprise_row(firm),
                rule="R-32",
                moment=clock.now(),
                district=worlds.KUNSHAN,
                due_on=clock.now().on,
            )
    clock.advance(timedelta(days=1))
    monkeypatch.setattr(sweeping, "BATCH", 3)
    real, calls = sweeping.record_each, iter(range(9))

    def crashing(**arguments: Any) -> None:
        real(**arguments)
        if next(calls) == 1:
            crash_server()

    monkeypatch.setattr(sweeping, "record_each", crashing)
    assert _interrupted(lambda: deadlines.sweep(clock=clock))
    monkeypatch.setattr(sweeping, "record_each", real)
    server_is_back()
    assert states() == {OVERDUE: 3, OPEN: 3}
    assert deadlines.sweep(clock=clock).overdue == 3
    assert states() == {OVERDUE: 6}


class Crashing(EmailBackend):
    """A gateway during whose third mail the database server dies."""

    taken = 0

    def send_messages(self, messages: Any) -> int:
        Crashing.taken += 1
        if Crashing.taken == 3:
            crash_server()
        return super().send_messages(messages)


def crash_server() -> None:
    """End the scratch server at once, without a checkpoint, and wait until it is gone."""
    pid = int(Path(os.environ[SCRATCH]).read_text(encoding="utf-8").splitlines()[0])
    os.kill(pid, signal.SIGQUIT)
    for _ in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)


def server_is_back() -> None:
    """Wait until the server answers again: whoever owns it has started it."""
    for _ in range(200):
        connection.close()
        try:
            connection.ensure_connection()
        except DatabaseError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("the database server was not started again")


def states() -> Counter[str]:
    """Return how many of the test's obligations are in which state."""
    with transaction.atomic():
        enter(Actor.system())
        rows = Obligation.objects.filter(kind="monitoring.annual_review")
        return Counter(rows.values_list("state", flat=True))


@pytest.mark.django_db(transaction=True)
def test_two_beats_open_one_form_and_remind_once(clock: FixedClock) -> None:
    with transaction.atomic():
        scene = annual_scenes.build(FixedClock(Moment.in_shanghai(date(2026, 11, 23), 10)))
    for day in (annual_scenes.OPENS, date(2027, 3, 16)):
        scene.clock.set(Moment.in_shanghai(day, 10))

        def beat(_: int) -> None:
            monitoring.open_annual_forms(clock=scene.clock)
            deadlines.sweep(clock=scene.clock)

        at_once(2, beat)
    with transaction.atomic():
        enter(Actor.system())
        assert AnnualForm.objects.count() == 1
        told = Message.objects.filter(to_enterprise=scene.enterprise.enterprise_id, created_at__year=2027)
        assert Counter(told.values_list("template", flat=True)) == {
            "annual_form_due": 1,
            "deadline_reminder": 1,
        }


class Refusing(EmailBackend):
    """A gateway that refuses one mail of a hundred for good."""

    def send_messages(self, messages: Any) -> int:
        for message in messages:
            if message.extra_headers["X-Message-Key"] == "fault:57":
                raise SMTPRecipientsRefused({message.to[0]: (550, b"no such user")})
        return super().send_messages(messages)


@pytest.mark.django_db
def test_one_mail_of_a_hundred_is_refused(clock: FixedClock, settings: Any) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"
    queued(clock, 100)
    done = notifications.deliver(clock=clock)
    assert (done.sent, done.failed, done.postponed) == (99, 1, 0)
    assert Counter(keys_sent()) == Counter(f"fault:{number}" for number in range(100) if number != 57)
    enter(Actor.system())
    assert Counter(Delivery.objects.values_list("state", flat=True)) == {SENT: 99, FAILED: 1}


@pytest.mark.django_db
@pytest.mark.parametrize("days", [3, -3])
def test_the_clock_of_a_worker_or_of_beat_decides_nothing(days: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database's clock is the legal one: a process whose own clock is wrong acts on the right day."""
    enter(Actor.system())
    now = DatabaseClock().now()
    subject = worlds.enterprise_row(member(FixedClock(now)))
    for kind, day in (
        ("monitoring.annual_review", now.on),
        ("monitoring.verification", now.on - timedelta(days=1)),
    ):
        deadlines.open_obligation(
            kind=kind, subject=subject, rule="R-38", moment=now, district=worlds.KUNSHAN, due_on=day
        )
    wrong, clock = timedelta(days=days), time.time
    monkeypatch.setattr(timezone, "now", lambda: now.at + wrong)
    monkeypatch.setattr(time, "time", lambda: clock() + wrong.total_seconds())
    deadline_tasks.sweep()
    enter(Actor.system())
    found = dict(Obligation.objects.filter(subject_id=subject.pk).values_list("kind", "state"))
    assert found == {"monitoring.annual_review": OPEN, "monitoring.verification": OVERDUE}


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_loses_everything_delays_and_loses_nothing(
    clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The wake-up is taken by the broker and never seen again: the periodic run sends, once."""
    asked: list[str] = []
    monkeypatch.setattr(wake._WAKER, "request", asked.append)
    with transaction.atomic():
        enter(Actor.system())
        queued(clock, 3)
    assert "apps.notifications.tasks.deliver_outbox" in asked
    assert keys_sent() == []
    notifications.deliver(clock=clock)
    notifications.deliver(clock=clock)
    assert Counter(keys_sent()) == Counter({"fault:0": 1, "fault:1": 1, "fault:2": 1})


def test_the_list_of_faults_names_tests_that_exist() -> None:
    for fault in FAULTS:
        for test in fault.tests:
            file, _, name = test.partition("::")
            assert f"def {name}(" in (ROOT / file).read_text(encoding="utf-8"), test


def test_a_fault_whose_test_failed_or_did_not_run_is_said_so(tmp_path: Path) -> None:
    report = tmp_path / "faults.txt"
    assert {one.label for one in verdicts(report)} == {"没有检验"}
    lines = [f"{test}\tpassed\t0.1" for fault in FAULTS for test in fault.tests]
    report.write_text("\n".join(lines), encoding="utf-8")
    assert all(one.ok for one in verdicts(report))
    report.write_text("\n".join([*lines, lines[0].replace("passed", "failed")]), encoding="utf-8")
    assert [one.label for one in verdicts(report) if not one.ok] == ["未通过"]

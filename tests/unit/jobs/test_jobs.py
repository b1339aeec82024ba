"""Long work runs once, survives its worker, tells how far it is, and stops when asked."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection, transaction

from apps.core.actor import Actor
from apps.core.errors import DomainError, Forbidden, NotVisible, WrongStep
from apps.core.moment import DatabaseClock, FixedClock
from apps.core.scoping import enter
from apps.jobs import registry, selectors, services
from apps.jobs.models import Job
from apps.jobs.registry import JobCancelled, JobContext, JobResult, job
from apps.jobs.services import running
from apps.jobs.states import CANCELLED, DONE, EXPIRED, FAILED, QUEUED, RUNNING
from apps.jobs.verification import problems
from tests.unit.foundation import at_once, member, rows

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def a_room_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: Any) -> None:
    """Handlers registered by a test end with it; results go to a folder of its own."""
    kinds: dict[str, registry.Kind] = {}
    monkeypatch.setattr(registry, "_KINDS", kinds)
    for module in (registry, selectors, running, services.lifecycle, services.upkeep):
        monkeypatch.setattr(module, "KINDS", kinds)
    settings.STATE_DIR = tmp_path


@pytest.fixture
def runs() -> list[str]:
    return []


def greeting(runs: list[str]) -> Any:
    @job("test.greeting", label="生成问候", attempts=2)
    def greet(ctx: JobContext) -> JobResult:
        runs.append(ctx.public_id)
        ctx.progress(1, 2)
        path = ctx.folder / "a.txt"
        path.write_text(f"您好，{ctx.params['name']}", encoding="utf-8")
        ctx.progress(2, 2)
        return JobResult(path, "问候.txt", "text/plain", {"lines": 1})

    return greet


def start(actor: Actor, clock: FixedClock, kind: str = "test.greeting", key: str | None = None) -> str:
    enter(actor)
    return services.start_job(actor=actor, clock=clock, kind=kind, params={"name": "周敏"}, key=key)


def stored(public_id: str) -> Job:
    enter(Actor.system())
    return Job.objects.get(public_id=public_id)


def run(clock: FixedClock) -> int:
    return services.run_due(clock=clock, keep_lease=False)


def test_a_job_is_done_and_its_file_is_the_owners(clock: FixedClock, runs: list[str]) -> None:
    greeting(runs)
    owner, other = member(clock, 0), member(clock, 1)
    public_id = start(owner, clock)
    assert selectors.job(actor=owner, public_id=public_id).state == QUEUED
    assert run(clock) == 1
    enter(owner)
    found = selectors.job(actor=owner, public_id=public_id)
    assert (found.state, found.done, found.total, found.label) == (DONE, 2, 2, "生成问候")
    assert found.result == {"lines": 1}
    assert found.has_file
    file = selectors.result_file(actor=owner, public_id=public_id)
    assert (file.name, file.path.read_text(encoding="utf-8")) == ("问候.txt", "您好，周敏")
    assert [row.public_id for row in selectors.my_jobs(actor=owner)] == [public_id]
    enter(other)
    for look in (selectors.job, selectors.result_file):
        with pytest.raises(NotVisible):
            look(actor=other, public_id=public_id)
    assert rows("select 1 from jobs_job") == [], "behind the wall, too"


def test_the_public_starts_nothing(clock: FixedClock, runs: list[str]) -> None:
    greeting(runs)
    with pytest.raises(Forbidden):
        start(Actor.public(), clock)
    with pytest.raises(KeyError):
        start(Actor.system(), clock, kind="unknown")


def test_the_same_key_is_the_same_job(clock: FixedClock, runs: list[str]) -> None:
    greeting(runs)
    owner, other = member(clock, 0), member(clock, 1)
    first = start(owner, clock, key="certificate:1")
    assert start(owner, clock, key="certificate:1") == first
    run(clock)
    assert start(owner, clock, key="certificate:1") == first
    assert run(clock) == 0
    assert runs == [first]
    with pytest.raises(NotVisible):
        start(other, clock, key="certificate:1")


def test_a_refusal_becomes_the_jobs_error(clock: FixedClock) -> None:
    @job("test.refused", label="被拒")
    def refuse(ctx: JobContext) -> JobResult:
        raise DomainError("第 9 行属地不符，请更正后重新导入。")

    public_id = start(member(clock), clock, "test.refused")
    run(clock)
    row = stored(public_id)
    assert (row.state, row.error) == (FAILED, "第 9 行属地不符，请更正后重新导入。")
    assert not list(selectors.results_root().glob("*/*")), "nothing is left behind"


def test_a_fault_is_told_without_its_details_and_does_not_stop_the_worker(
    clock: FixedClock, runs: list[str]
) -> None:
    greeting(runs)

    @job("test.broken", label="出错")
    def broken(ctx: JobContext) -> JobResult:
        raise RuntimeError("secret detail")

    owner = member(clock)
    bad, good = start(owner, clock, "test.broken"), start(owner, clock)
    assert run(clock) == 2
    assert "secret" not in stored(bad).error
    assert "请稍后重试" in stored(bad).error
    assert stored(good).state == DONE


def test_a_waiting_job_is_cancelled_at_once_and_a_finished_one_not_at_all(
    clock: FixedClock, runs: list[str]
) -> None:
    greeting(runs)
    owner = member(clock)
    first, second = start(owner, clock), start(owner, clock)
    services.cancel_job(actor=owner, clock=clock, public_id=first)
    run(clock)
    assert (stored(first).state, runs) == (CANCELLED, [second])
    enter(owner)
    with pytest.raises(WrongStep):
        services.cancel_job(actor=owner, clock=clock, public_id=second)
    stranger = member(clock, 1)
    enter(stranger)
    with pytest.raises(NotVisible):
        services.cancel_job(actor=stranger, clock=clock, public_id=second)


def test_progress_out_of_range_is_an_error_of_the_handler(clock: FixedClock) -> None:
    @job("test.range", label="越界")
    def out_of_range(ctx: JobContext) -> JobResult:
        ctx.progress(3, 2)
        return JobResult()

    public_id = start(member(clock), clock, "test.range")
    run(clock)
    assert stored(public_id).state == FAILED


def test_a_dead_workers_job_begins_again_and_then_gives_up(clock: FixedClock, runs: list[str]) -> None:
    """F11, F31: taken over after two minutes, closed with a plain message when started too often."""
    greeting(runs)
    public_id = start(member(clock), clock)
    assert running._lease(clock) is not None
    clock.advance(timedelta(seconds=119))
    assert run(clock) == 0, "the lease still holds"
    clock.advance(timedelta(seconds=1))
    assert running._lease(clock) is not None
    clock.advance(timedelta(minutes=2))
    assert run(clock) == 0
    row = stored(public_id)
    assert (row.state, row.attempts, runs) == (FAILED, 2, [])
    assert "多次中断" in row.error


def test_a_worker_believed_dead_changes_nothing(clock: FixedClock, runs: list[str]) -> None:
    greeting(runs)
    public_id = start(member(clock), clock)
    slow = running._lease(clock)
    assert slow is not None
    clock.advance(timedelta(minutes=2))
    assert run(clock) == 1
    running._run(slow, keep_lease=False)
    row = stored(public_id)
    assert row.state == DONE
    assert (selectors.results_root() / row.result_path).is_file()
    assert len(list((selectors.results_root() / public_id).iterdir())) == 1, "the late result is thrown away"


def test_a_kind_of_a_newer_release_is_left_alone(clock: FixedClock, runs: list[str]) -> None:
    greeting(runs)
    public_id = start(member(clock), clock)
    registry._KINDS.clear()
    assert run(clock) == 0
    assert stored(public_id).state == QUEUED


def test_results_are_not_kept_for_ever(clock: FixedClock, runs: list[str]) -> None:
    greeting(runs)
    owner = member(clock)
    public_id = start(owner, clock)
    run(clock)
    clock.advance(timedelta(days=7))
    assert services.sweep_results(clock=clock) == 0
    clock.advance(timedelta(seconds=1))
    assert services.sweep_results(clock=clock) == 1
    assert stored(public_id).state == EXPIRED
    assert not (selectors.results_root() / public_id).exists()
    enter(owner)
    with pytest.raises(NotVisible):
        selectors.result_file(actor=owner, public_id=public_id)
    enter(Actor.system())
    assert services.sweep_results(clock=clock) == 0


def test_a_silent_process_is_noticed_after_five_minutes(clock: FixedClock) -> None:
    """F14."""
    assert all(pulse.silent for pulse in selectors.pulses(clock=clock))
    services.beat(clock=clock, names=("beat", "worker"))
    clock.advance(timedelta(minutes=5))
    services.beat(clock=clock, names=("worker",))
    assert not any(pulse.silent for pulse in selectors.pulses(clock=clock))
    clock.advance(timedelta(seconds=1))
    assert {pulse.name: pulse.silent for pulse in selectors.pulses(clock=clock)} == {
        "beat": True,
        "worker": False,
    }


def test_verification_names_what_is_wrong(clock: FixedClock, runs: list[str]) -> None:
    greeting(runs)
    owner = member(clock)
    done, stuck = start(owner, clock), start(owner, clock)
    services.run_job(clock=clock, public_id=done, keep_lease=False)
    enter(Actor.system())
    assert list(problems()) == []
    Job.objects.filter(public_id=stuck).update(state=RUNNING, lease_until="2020-01-01T00:00Z")
    (selectors.results_root() / stored(done).result_path).unlink()
    found = list(problems())
    assert len(found) == 2
    assert stuck in found[0]
    assert done in found[1]


def test_two_handlers_for_one_kind_are_a_mistake(runs: list[str]) -> None:
    greeting(runs)
    with pytest.raises(ValueError, match="two handlers"):

        @job("test.greeting", label="另一个")
        def other(ctx: JobContext) -> JobResult:
            return JobResult()


@pytest.mark.django_db(transaction=True)
def test_four_workers_run_each_job_once(clock: FixedClock, runs: list[str]) -> None:
    greeting(runs)
    with transaction.atomic():
        owner = member(clock)
        ids = [start(owner, clock) for _ in range(12)]
    done = at_once(4, lambda _: services.run_due(clock=clock))
    assert sorted(runs) == sorted(ids)
    assert sum(done) == 12


@pytest.mark.django_db(transaction=True)
def test_eight_who_ask_at_once_get_the_same_job(clock: FixedClock, runs: list[str]) -> None:
    greeting(runs)
    with transaction.atomic():
        owner = member(clock)

    def ask(number: int) -> str:
        with transaction.atomic():
            return start(owner, clock, key="export:1")

    assert len(set(at_once(8, ask))) == 1
    with transaction.atomic():
        enter(Actor.system())
        assert Job.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_running_job_shows_its_progress_and_stops_when_asked(
    clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "KEEP_EVERY", 0.05)
    seen = threading.Event()

    @job("test.endless", label="很长的任务")
    def endless(ctx: JobContext) -> JobResult:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            ctx.progress(3, 10)
            seen.set()
            time.sleep(0.01)
        return JobResult()

    with transaction.atomic():
        owner = member(clock)
        public_id = start(owner, clock, "test.endless")

    def worker() -> None:
        services.run_due(clock=clock)
        connection.close()

    thread = threading.Thread(target=worker)
    thread.start()
    try:
        assert seen.wait(timeout=10)
        deadline = time.monotonic() + 10
        while stored_now(public_id).done != 3 and time.monotonic() < deadline:
            time.sleep(0.02)
        assert (stored_now(public_id).done, stored_now(public_id).total) == (3, 10)
        with transaction.atomic():
            enter(owner)
            services.cancel_job(actor=owner, clock=clock, public_id=public_id)
    finally:
        thread.join(timeout=15)
    assert stored_now(public_id).state == CANCELLED


def stored_now(public_id: str) -> Job:
    with transaction.atomic():
        return stored(public_id)


_WORKER = """
import os, sys, time
import django
from django.conf import settings
os.environ["DJANGO_SETTINGS_MODULE"] = "suzhou_greenfactory.settings.test"
os.environ["GF_DATABASE_ROLE"] = "app"
django.setup()
settings.DATABASES["default"]["NAME"] = sys.argv[1]
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("set role gf_app")
from apps.core.moment import DatabaseClock
from apps.jobs import services
from apps.jobs.registry import JobResult, job
@job("test.killed", label="会被终止", attempts=2)
def killed(ctx):
    print("running", flush=True)
    time.sleep(60)
services.run_due(clock=DatabaseClock())
"""


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_kill_minus_nine_and_the_next_worker_finishes(clock: FixedClock) -> None:
    """A real process is killed in the middle of a job; after the lease another one does it."""
    done: list[str] = []

    @job("test.killed", label="会被终止", attempts=2)
    def takes_over(ctx: JobContext) -> JobResult:
        done.append(ctx.public_id)
        return JobResult()

    real = DatabaseClock()
    with transaction.atomic():
        owner = member(clock)
        enter(owner)
        public_id = services.start_job(actor=owner, clock=real, kind="test.killed", params={})
    name = django_settings.DATABASES["default"]["NAME"]
    worker = subprocess.Popen(  # noqa: S603  (our own interpreter)
        [sys.executable, "-c", _WORKER, str(name)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=django_settings.BASE_DIR,
    )
    try:
        assert worker.stdout is not None
        assert worker.stdout.readline().strip() == "running"
    finally:
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait(timeout=10)
        if worker.stdout is not None:
            worker.stdout.close()
    assert stored_now(public_id).state == RUNNING
    later = FixedClock(real.now().plus(running.LEASE))
    assert services.run_due(clock=later, keep_lease=False) == 1
    assert (stored_now(public_id).state, stored_now(public_id).attempts, done) == (DONE, 2, [public_id])


def test_cancelled_is_what_handlers_may_raise_themselves(clock: FixedClock) -> None:
    @job("test.gives-up", label="自行停止")
    def gives_up(ctx: JobContext) -> JobResult:
        raise JobCancelled

    public_id = start(member(clock), clock, "test.gives-up")
    run(clock)
    assert stored(public_id).state == CANCELLED

"""The supervisor: what ends is started again, but not for ever; stopping leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from suzhou_greenfactory.bootstrap import processes as module
from suzhou_greenfactory.bootstrap.console import Console, Interrupted, SetUpError
from suzhou_greenfactory.bootstrap.processes import Processes, Service, end_orphans
from suzhou_greenfactory.bootstrap.state import State, birth

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[Processes]:
    state = State(tmp_path / "state")
    state.open()
    made = Processes(state, Console())
    yield made
    made.stop()


def service(command: list[str], **more: object) -> Service:
    return Service("worker", "后台任务", command, dict(os.environ), **more)  # type: ignore[arg-type]


def pid_of(processes: Processes) -> int:
    return processes._running["worker"].process.pid


def test_a_killed_service_is_started_again(processes: Processes) -> None:
    processes.start(service(SLEEPER))
    first = pid_of(processes)
    os.kill(first, signal.SIGKILL)
    deadline = time.monotonic() + 5
    while pid_of(processes) == first and time.monotonic() < deadline:
        processes.check()
        time.sleep(0.02)
    assert pid_of(processes) != first
    assert birth(first) is None
    assert processes.state.orphans() == [pid_of(processes)]


def test_a_service_that_always_ends_is_given_up(
    processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_PAUSES_SECONDS", (0.0,) * module.MOST_RESTARTS)
    processes.start(service([sys.executable, "-c", "import sys; sys.exit('no configuration')"]))
    deadline = time.monotonic() + 20

    def check_until_given_up() -> None:
        while time.monotonic() < deadline:
            processes.check()
            time.sleep(0.01)

    with pytest.raises(SetUpError, match="不再重启") as caught:
        check_until_given_up()
    assert caught.value.log is not None
    assert caught.value.log.read_text(encoding="utf-8").count("no configuration") == module.MOST_RESTARTS + 1


def test_pauses_between_restarts_grow() -> None:
    assert list(module._PAUSES_SECONDS) == sorted(module._PAUSES_SECONDS)
    assert len(module._PAUSES_SECONDS) == module.MOST_RESTARTS


def test_grandchildren_end_with_a_killed_service(processes: Processes) -> None:
    code = "import subprocess, sys, time; p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])"
    processes.start(service([sys.executable, "-c", f"{code}; print(p.pid, flush=True); time.sleep(60)"]))
    log = processes.state.log("worker")
    deadline = time.monotonic() + 10
    while not log.read_text(encoding="utf-8").strip() and time.monotonic() < deadline:
        time.sleep(0.02)
    grandchild = int(log.read_text(encoding="utf-8"))
    os.kill(pid_of(processes), signal.SIGKILL)
    while birth(grandchild) is not None and time.monotonic() < deadline:
        processes.check()
        time.sleep(0.02)
    assert birth(grandchild) is None


def test_a_service_that_does_not_start_is_explained_with_its_log(processes: Processes) -> None:
    failing = service([sys.executable, "-c", "import sys; sys.exit('port in use')"], ready=lambda: False)
    processes.start(failing)
    with pytest.raises(SetUpError, match="后台任务没有启动") as caught:
        processes.await_ready("worker", 10)
    assert caught.value.log is not None
    assert "port in use" in caught.value.log.read_text(encoding="utf-8")


def test_waiting_has_a_limit(processes: Processes) -> None:
    processes.start(service(SLEEPER, ready=lambda: False))
    with pytest.raises(SetUpError, match="没有就绪"):
        processes.await_ready("worker", 0.1)


def test_patience_tries_an_early_end_again(processes: Processes, tmp_path: Path) -> None:
    flag = tmp_path / "second"
    code = f"import pathlib, sys, time; f = pathlib.Path({str(flag)!r}); e = f.exists(); f.touch(); e or sys.exit(1)"
    processes.start(
        service(
            [sys.executable, "-c", f"{code}; pathlib.Path({str(flag)!r} + 'up').touch(); time.sleep(60)"],
            ready=Path(f"{flag}up").exists,
            patience=10.0,
        )
    )
    processes.await_ready("worker", 10)


def test_stopping_uses_force_on_those_that_do_not_listen(
    processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_STOP_SECONDS", 0.2)
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(60)"
    log = processes.state.log("worker")
    processes.start(
        service([sys.executable, "-c", deaf], ready=lambda: "ready" in log.read_text(encoding="utf-8"))
    )
    processes.await_ready("worker", 10)
    pid = pid_of(processes)
    processes.stop()
    assert birth(pid) is None


def test_a_step_that_fails_names_itself(processes: Processes) -> None:
    with pytest.raises(SetUpError, match="prepare") as caught:
        processes.run("prepare", [sys.executable, "-c", "raise SystemExit(3)"], os.environ, remedy="看日志")
    assert caught.value.remedy == "看日志"


def test_the_first_signal_interrupts_and_the_second_only_hurries(processes: Processes) -> None:
    with pytest.raises(Interrupted):
        processes._on_signal(signal.SIGTERM, None)
    processes._on_signal(signal.SIGTERM, None)
    assert processes._hurry


def test_orphans_are_ended_even_when_they_ignore_the_polite_signal() -> None:
    code = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(60)"
    orphan = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)  # noqa: S603
    assert orphan.stdout is not None
    orphan.stdout.readline()
    end_orphans([orphan.pid], seconds=0.2)
    assert orphan.wait(5) == -signal.SIGKILL
    orphan.stdout.close()


@pytest.mark.skipif(sys.platform != "linux", reason="the tie between runner and child is Linux's")
def test_children_die_with_a_runner_that_is_killed(tmp_path: Path) -> None:
    code = f"""
import os, sys, time
from pathlib import Path
sys.path.insert(0, {str(module.ROOT)!r})
from suzhou_greenfactory.bootstrap.console import Console
from suzhou_greenfactory.bootstrap.processes import Processes, Service
from suzhou_greenfactory.bootstrap.state import State
state = State(Path({str(tmp_path / "state")!r})); state.open()
processes = Processes(state, Console())
processes.start(Service("worker", "w", [sys.executable, "-c", "import time; time.sleep(60)"], dict(os.environ)))
print(processes._running["worker"].process.pid, flush=True); time.sleep(60)
"""
    runner = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)  # noqa: S603
    assert runner.stdout is not None
    child = int(runner.stdout.readline())
    assert birth(child) is not None
    runner.kill()
    runner.wait()
    runner.stdout.close()
    deadline = time.monotonic() + 5
    while birth(child) is not None and time.monotonic() < deadline:
        time.sleep(0.02)
    assert birth(child) is None

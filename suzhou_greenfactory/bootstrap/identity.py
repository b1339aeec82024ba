"""The identity PostgreSQL runs under: it refuses to run as uid 0, whatever the machine.

As root there are two ways, tried in this order: a user namespace in which root's own uid is shown as 1000
(files stay root's, nothing is copied), and the user `nobody` with a copy of the binaries and the data where
it can reach them. An ordinary user needs neither.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_CLONE_NEWUSER: Final = 0x10000000
_PR_SET_PDEATHSIG: Final = 1
_LINUX: Final = sys.platform == "linux"
# Loaded once in the parent: nothing may be imported between fork and exec.
_LIBC: Final = ctypes.CDLL(None, use_errno=True) if _LINUX else None


@dataclass(frozen=True)
class Identity:
    """How a child becomes somebody else: a step before exec, or another uid and gid."""

    before_exec: Callable[[], None] | None = None
    uid: int | None = None
    gid: int | None = None

    def give(self, path: Path) -> None:
        """Make *path* belong to this identity."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)


OURSELVES: Final = Identity()


def _enter_user_namespace() -> None:
    """Become uid 1000 of a new user namespace that maps to our own uid (runs in the child before exec)."""
    uid, gid = os.geteuid(), os.getegid()
    if _LIBC is None or _LIBC.unshare(_CLONE_NEWUSER):
        raise OSError(ctypes.get_errno(), "unshare")
    for name, value in (("setgroups", "deny"), ("uid_map", f"1000 {uid} 1"), ("gid_map", f"1000 {gid} 1")):
        descriptor = os.open(f"/proc/self/{name}", os.O_WRONLY)
        os.write(descriptor, value.encode())
        os.close(descriptor)


def for_postgres() -> Identity:
    """Return the identity for PostgreSQL. `GF_PG_IDENTITY=nobody` skips the user namespace."""
    if os.geteuid() != 0:
        return OURSELVES
    if _LINUX and os.environ.get("GF_PG_IDENTITY") != "nobody":
        try:
            subprocess.run(["/bin/true"], preexec_fn=_enter_user_namespace, check=True, capture_output=True)
        except (OSError, subprocess.SubprocessError):
            pass  # containers and hardened kernels forbid it
        else:
            return Identity(before_exec=_enter_user_namespace)
    nobody = pwd.getpwnam("nobody")
    return Identity(uid=nobody.pw_uid, gid=nobody.pw_gid)


def reachable_copy(folders: list[tuple[Path, str]], destination: Path) -> None:
    """Copy each folder to its place below *destination*, readable by all, unless that was done before."""
    complete = destination / "complete"
    if not complete.exists():
        shutil.rmtree(destination, ignore_errors=True)
        destination.mkdir(mode=0o755)
        for folder, place in folders:
            if folder.exists():
                shutil.copytree(folder, destination / place, symlinks=True)
        subprocess.run(["chmod", "-R", "a+rX", str(destination)], check=True)
        complete.touch()


def before_exec(identity: Identity, death_signal: signal.Signals) -> Callable[[], None]:
    """Return what a child does between fork and exec: take its identity, then tie its life to the runner's.

    The kernel sends *death_signal* when the runner dies, even by SIGKILL (Linux; elsewhere the next run ends
    the orphans by their recorded process ids). The tie comes last: a change of identity would undo it.
    """
    parent = os.getpid()

    def prepare() -> None:
        if identity.before_exec is not None:
            identity.before_exec()
        if identity.uid is not None and identity.gid is not None:
            os.setgroups([])
            os.setgid(identity.gid)
            os.setuid(identity.uid)
        if _LIBC is not None:
            _LIBC.prctl(_PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
            if os.getppid() != parent:  # it died before the tie was made
                os._exit(1)

    return prepare

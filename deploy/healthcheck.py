"""Container health: exit 0 when the named service works. Only the standard library; asks nothing outside."""  # noqa: INP001

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path

#: Beat writes its schedule at least every three minutes.
BEAT_SECONDS = 600


def web() -> bool:
    """Whether the site can serve: database reachable and migrated."""
    return _answers("/readyz")


def work() -> bool:
    """Whether beat and workers report and nothing due lies about: for the monitoring system."""
    return _answers("/workz")


def _answers(address: str) -> bool:
    host = os.environ.get("GF_ALLOWED_HOSTS", "localhost").split(",")[0].strip()
    connection = http.client.HTTPConnection("127.0.0.1", 8000, timeout=8)
    connection.request("GET", address, headers={"Host": host})
    return connection.getresponse().status == HTTPStatus.OK


def worker() -> bool:
    """Whether this container's worker answers."""
    command = ["celery", "-A", "suzhou_greenfactory", "inspect", "ping", "--timeout", "10"]
    command += ["--destination", f"celery@{socket.gethostname()}"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0  # noqa: S603


def beat() -> bool:
    """Whether beat has written its schedule lately."""
    folder = Path(os.environ.get("GF_STATE_DIR", "/srv/state"))
    return any(time.time() - path.stat().st_mtime < BEAT_SECONDS for path in folder.glob("beat-schedule*"))


CHECKS: dict[str, Callable[[], bool]] = {"web": web, "work": work, "worker": worker, "beat": beat}


def main(arguments: list[str]) -> int:
    """Run the check named by the only argument."""
    try:
        return 0 if CHECKS[arguments[0]]() else 1
    except (OSError, http.client.HTTPException, KeyError, IndexError) as error:
        print(f"unhealthy: {error}", file=sys.stderr)  # noqa: T201
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

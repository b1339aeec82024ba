"""Starts a program with hard limits: `python -I limited.py CPU-SECONDS FILE-BYTES PROGRAM ARGUMENT…`.

A process of its own sets them, because a worker with threads must not run Python code between fork and exec.
"""

from __future__ import annotations

import os
import resource
import sys


def main(arguments: list[str]) -> None:
    """Set the limits and become the program."""
    seconds, size = int(arguments[0]), int(arguments[1])
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    os.execv(arguments[2], arguments[2:])  # noqa: S606  (no shell; the program is named in the settings)


if __name__ == "__main__":
    main(sys.argv[1:])

"""What the set-up commands say: one line per step with its seconds, and errors that tell what to do."""

from __future__ import annotations

import os
import re
import signal
import sys
import time
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

#: Seconds between two signs of life of a long step.
HEARTBEAT: Final = 10.0
_AUTHORITY = re.compile(r"(?P<scheme>\b[a-z][a-z0-9+.-]*://)[^\s/'\"]+", re.IGNORECASE)


class SetUpError(Exception):
    """A step that failed: what went wrong, what the reader can do, and the end of the log if there is one."""

    def __init__(self, problem: str, remedy: str, *, log: Path | None = None) -> None:
        super().__init__(problem)
        self.problem = problem
        self.remedy = remedy
        self.log = log


class Interrupted(BaseException):
    """A signal asked us to stop. Not an `Exception`: nothing on the way out may swallow it."""

    def __init__(self, signal_number: int) -> None:
        super().__init__(signal_number)
        self.signal_number = signal_number


def without_hosts(text: str) -> str:
    """Return *text* with the host (and any credentials) of every address replaced: mirrors stay private."""
    return _AUTHORITY.sub(lambda match: f"{match['scheme']}…", text)


def last_lines(path: Path, count: int = 15) -> list[str]:
    """Return the last *count* lines of a log, without hosts; an unreadable log has none."""
    try:
        data = path.read_bytes()[-16384:]
    except OSError:
        return []
    return without_hosts(data.decode("utf-8", "replace")).splitlines()[-count:]


def width(text: str) -> int:
    """Return the columns *text* takes in a terminal (a Chinese character takes two)."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return *rows* as lines with aligned columns."""
    columns = list(zip(*rows, strict=True))
    widths = [max(map(width, column)) for column in columns]
    return [
        "  ".join(cell + " " * (size - width(cell)) for cell, size in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


class Console:
    """Writes progress to standard output. A step's line stays open until the step ends."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.seconds: dict[str, float] = {}
        self._open = False
        self._beat = 0.0
        for stream in (sys.stdout, sys.stderr):
            reconfigure = getattr(stream, "reconfigure", None)
            if reconfigure is not None:  # a terminal that cannot show Chinese must not stop the set-up
                reconfigure(errors="replace")

    def say(self, text: str = "") -> None:
        """Print one whole line."""
        if self._open:
            self._write("\n")
            self._open = False
        self._write(f"{text}\n")

    @staticmethod
    def _write(text: str) -> None:
        """Write to standard output; a reader that has gone (`| head`) means stop, as Ctrl-C does."""
        try:
            sys.stdout.write(text)
            sys.stdout.flush()
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise Interrupted(signal.SIGPIPE) from None

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Show *title* while its block runs, then the seconds it took."""
        start = self._beat = time.monotonic()
        self._write(f"  {title} …")
        self._open = True
        done = False
        try:
            yield
            done = True
        finally:
            took = time.monotonic() - start
            self.seconds[title] = round(took, 2)
            mark = f" {took:.1f} 秒" if done else f" 未完成（{took:.1f} 秒）"
            self._write(f"{mark}\n" if self._open else f"  {title}{mark}\n")
            self._open = False

    def alive(self) -> None:
        """Show that a long step still runs; call it as often as convenient."""
        now = time.monotonic()
        if now - self._beat >= HEARTBEAT:
            self._beat = now
            self._write("…")

    def error(self, error: SetUpError) -> None:
        """Print what failed, what to do, and the end of the log."""
        self.say()
        print(f"✗ {error.problem}", file=sys.stderr)
        for line in error.remedy.splitlines():
            print(f"  {line}", file=sys.stderr)
        lines = last_lines(error.log) if error.log else []
        if error.log and lines:
            print(f"  日志末尾（{error.log}）：", file=sys.stderr)
            for line in lines:
                print(f"    {line}", file=sys.stderr)
        sys.stderr.flush()

    @property
    def elapsed(self) -> float:
        """Seconds since the command began."""
        return time.monotonic() - self.began

"""What every measurement uses: a figure, the median of several runs, an opened page, peak memory."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

_FRAME = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO")


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the result."""

    what: str
    value: str


def statements(captured: CaptureQueriesContext) -> int:
    """Return how many statements ran, without the frame of the transaction (BEGIN, COMMIT and savepoints)."""
    return sum(not row["sql"].startswith(_FRAME) for row in captured.captured_queries)


@dataclass(frozen=True, slots=True)
class Opened:
    """A page opened several times: SQL statements of one opening, median seconds, bytes of the answer."""

    queries: int
    seconds: float
    size: int

    def __str__(self) -> str:
        return f"{self.queries} 条 SQL，{self.seconds * 1000:.1f} 毫秒，{self.size / 1024:.1f} KB"


def median_seconds(act: Callable[[], object], runs: int) -> float:
    """Return the median wall-clock seconds of `runs` calls of `act`."""
    times = []
    for _ in range(runs):
        started = time.perf_counter()
        act()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def open_page(username: str | None, path: str, *, runs: int = 15) -> Opened:
    """Open `path` as a demo user (None: the public) and measure; RuntimeError when it does not answer 200."""
    client = Client()
    if username is not None:
        client.force_login(get_user_model()._default_manager.get(username=username))
    client.get(path, HTTP_HOST="localhost")
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(path, HTTP_HOST="localhost")
    queries = statements(captured)  # the next request empties the log it is counted in
    if answer.status_code != 200:  # noqa: PLR2004  (HTTP OK)
        msg = f"{path} 返回 {answer.status_code}"
        raise RuntimeError(msg)
    seconds = median_seconds(lambda: client.get(path, HTTP_HOST="localhost"), runs)
    return Opened(queries, seconds, len(answer.content))

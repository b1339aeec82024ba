"""Telling the workers that something is due without ever making a request wait for the broker.

All due work is a row in PostgreSQL and a periodic task sweeps it; a wake-up only makes it happen sooner. A broker that
refuses costs 0.7 s and one that hangs costs more than four (SECURITY M8, M9), so the message is published by a daemon
thread of the process: the request is answered meanwhile, and a failure is logged and forgotten.
"""

from __future__ import annotations

import os
import threading
import time
from functools import partial

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

_log = structlog.get_logger(__name__)
#: Seconds without trying after the broker failed; the periodic sweep does the work meanwhile.
_REST = 30.0
#: A wake-up nobody took within this many seconds is worth nothing: the sweep has run since.
_EXPIRES = 30
#: Seconds between two publications, so that a burst of commits becomes one message.
_PAUSE = 0.2


class _Waker:
    """Publishes task names from one daemon thread per process (forked servers get their own)."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ready = threading.Event()
        self._names: set[str] = set()
        self._process = 0
        self._resting_until = 0.0

    def request(self, name: str) -> None:
        """Ask for task *name*; returns at once."""
        with self._lock:
            if time.monotonic() < self._resting_until:
                return
            self._names.add(name)
            if self._process != os.getpid():
                self._process = os.getpid()
                self._ready = threading.Event()
                threading.Thread(target=self._run, name="wake", daemon=True).start()
        self._ready.set()

    def _run(self) -> None:
        ready = self._ready
        while True:
            ready.wait()
            ready.clear()
            with self._lock:
                names, self._names = sorted(self._names), set()
            self.publish(names)
            time.sleep(_PAUSE)

    def publish(self, names: list[str]) -> None:
        """Send the wake-ups; a broker that is down is left alone for a while."""
        try:
            for name in names:
                current_app.send_task(name, retry=False, ignore_result=True, expires=_EXPIRES)
        except (OperationalError, OSError) as error:
            with self._lock:
                self._resting_until = time.monotonic() + _REST
            _log.warning("broker_unreachable", tasks=names, error=str(error)[:200])


_WAKER = _Waker()


def after_commit(task: str) -> None:
    """Wake a worker for *task* (dotted name) once the current transaction has committed.

    Never raises and never waits: when the broker is down the periodic sweep finds the rows.
    """
    transaction.on_commit(partial(_WAKER.request, task), robust=True)

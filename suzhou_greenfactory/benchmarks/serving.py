"""Requests a second of public pages against a page without database, all from the same gunicorn server on loopback."""

from __future__ import annotations

import http.client
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from django.db import transaction

from apps.core.actor import Actor
from apps.core.scoping import enter
from apps.titles import selectors as titles
from suzhou_greenfactory.benchmarks.measuring import Figure

#: Answers without database, session and template: what Django and the server cost themselves.
_BARE = "/robots.txt"
_SECONDS = 4.0
_CLIENTS = 4
_STARTS_WITHIN_SECONDS = 60.0
_OK = 200


def figures() -> Iterator[Figure]:
    """Yield requests a second of the bare view, the directory and the verification page, and their shares of it."""
    with transaction.atomic():
        enter(Actor.public())
        token = titles.public_directory(levels={3}, per_page=1).rows[0].verify_token
    with _server() as port:
        bare = _rate(port, _BARE)
        yield Figure("同一服务器上的空白视图", f"{bare:.0f} 次/秒")
        for what, path in (
            ("首页", "/"),
            ("公开名录", "/directory/"),
            ("证书查验（计入查验次数）", f"/verify/{token}/"),
        ):
            rate = _rate(port, path)
            yield Figure(what, f"{rate:.0f} 次/秒，为空白视图的 {rate / bare:.0%}")


@contextmanager
def _server() -> Iterator[int]:
    """Run gunicorn with one process of four threads on a free port of the loopback interface."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "gunicorn", "suzhou_greenfactory.wsgi", "--bind", f"127.0.0.1:{port}"]
    command += ["--workers", "1", "--threads", "4", "--log-level", "error"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:  # noqa: S603  (own server)
        try:
            _wait(port)
            yield port
        finally:
            process.terminate()


def _wait(port: int) -> None:
    until = time.monotonic() + _STARTS_WITHIN_SECONDS
    while time.monotonic() < until:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", _BARE)
            connection.getresponse().read()
        except OSError:
            time.sleep(0.2)
        else:
            return
    msg = f"服务器在 {_STARTS_WITHIN_SECONDS:.0f} 秒内没有启动"
    raise RuntimeError(msg)


def _rate(port: int, path: str) -> float:
    """Return requests a second over a few seconds of several clients that keep their connections."""
    _asked(port, path, time.monotonic() + 0.5)
    until = time.monotonic() + _SECONDS
    started = time.monotonic()
    with ThreadPoolExecutor(_CLIENTS) as pool:
        done = sum(pool.map(lambda _: _asked(port, path, until), range(_CLIENTS)))
    return done / (time.monotonic() - started)


def _asked(port: int, path: str, until: float) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    done = 0
    while time.monotonic() < until:
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        if answer.status != _OK:
            msg = f"{path} 返回 {answer.status}"
            raise RuntimeError(msg)
        done += 1
    connection.close()
    return done

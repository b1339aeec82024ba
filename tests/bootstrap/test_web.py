"""A free port is found and held; readiness is the site's own word."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import ClassVar

import pytest

from suzhou_greenfactory.bootstrap import web


def test_a_taken_port_gives_way_to_the_next_free_one() -> None:
    with web.reserve(0) as taken:
        wanted = web.port_of(taken)
        with web.reserve(wanted) as other:
            assert wanted < web.port_of(other) <= wanted + web.NEXT_PORTS


def test_a_reserved_port_is_held() -> None:
    with web.reserve(0) as listener, socket.socket() as rival:
        rival.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with pytest.raises(OSError, match="in use"):
            rival.bind((web.HOST, web.port_of(listener)))


def test_the_last_ports_do_not_overflow() -> None:
    with web.reserve(65535) as one, web.reserve(65535) as two:
        assert web.port_of(one) != web.port_of(two)


class Site(BaseHTTPRequestHandler):
    answers: ClassVar[dict[str, int]] = {}

    def do_GET(self) -> None:
        self.send_response(self.answers.get(self.path, 404))
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def port() -> Iterator[int]:
    server = HTTPServer((web.HOST, 0), Site)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    ("answers", "ready"),
    [
        ({"/readyz": 200}, True),
        ({"/readyz": 503, "/healthz": 200}, False),
        ({"/healthz": 200}, True),
        ({}, False),
    ],
)
def test_ready_is_what_the_site_says(
    port: int, monkeypatch: pytest.MonkeyPatch, *, answers: dict[str, int], ready: bool
) -> None:
    monkeypatch.setattr(Site, "answers", answers)
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert web.is_ready(port) is ready


def test_nobody_there_is_not_ready() -> None:
    with web.reserve(0) as listener:
        port = web.port_of(listener)
    assert not web.is_ready(port)

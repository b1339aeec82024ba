"""The web server's address: a port held from the first moment, and whether the site answers."""

from __future__ import annotations

import http.client
import socket
from http import HTTPStatus
from typing import Final

from suzhou_greenfactory.bootstrap.console import SetUpError

HOST: Final = "127.0.0.1"
DEFAULT_PORT: Final = 8000
#: How many ports after the wanted one are tried before the system chooses one.
NEXT_PORTS: Final = 20
_BACKLOG: Final = 256


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen(_BACKLOG)
    except BaseException:
        listener.close()
        raise
    return listener


def reserve(wanted: int = DEFAULT_PORT) -> socket.socket:
    """Return a listening socket on *wanted* or the next free port.

    The runner keeps it and hands it to the server, so no other program can take the port between choosing and
    using it, and a restarted server goes on with the connections that waited.

    Raises:
        SetUpError: the port may not be opened by this user.
    """
    candidates = [*range(wanted, min(wanted + NEXT_PORTS, 65536)), 0] if wanted else [0]
    for port in candidates:
        try:
            return _listen(port)
        except PermissionError as error:
            raise SetUpError(
                f"当前用户不能使用端口 {port}。", "请用 --port 指定 1024 以上的端口，例如 --port 8000。"
            ) from error
        except OSError:
            continue
    raise SetUpError("没有空闲的端口。", "请关闭占用端口的程序，或用 --port 指定其他端口。")


def port_of(listener: socket.socket) -> int:
    """Return the port a socket listens on."""
    return int(listener.getsockname()[1])


def status(port: int, path: str, seconds: float = 2.0) -> int | None:
    """Return the status of `GET path` on our own server (no proxy is asked); None when it does not answer."""
    connection = http.client.HTTPConnection(HOST, port, timeout=seconds)
    try:
        connection.request("GET", path, headers={"Accept": "application/json"})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def is_ready(port: int) -> bool:
    """Whether the site can serve: `/readyz` says 200, or, where there is none, `/healthz` does."""
    answer = status(port, "/readyz")
    if answer == HTTPStatus.NOT_FOUND:
        answer = status(port, "/healthz")
    return answer == HTTPStatus.OK

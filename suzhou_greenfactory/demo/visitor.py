"""A visitor of the running server: one session over HTTP, as a browser would hold it (standard library only)."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urlencode, urljoin
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

_TIMEOUT_SECONDS = 60


class Refused(Exception):
    """The server answered with an error status."""

    def __init__(self, status: int, body: str, what: str) -> None:
        super().__init__(f"{what}：HTTP {status} {body[:600]}")
        self.status = status
        self.body = body


@dataclass
class Visitor:
    """One person's session: cookies are kept, the CSRF token is sent along."""

    base_url: str
    name: str = "公众"
    _jar: CookieJar = field(default_factory=CookieJar)
    _opener: OpenerDirector = field(init=False)

    def __post_init__(self) -> None:
        self._opener = build_opener(HTTPCookieProcessor(self._jar))

    def sign_in(self, username: str, password: str) -> Visitor:
        """Sign in through the login page, as a browser does."""
        self.page("/accounts/login/")
        self._send(
            "POST",
            "/accounts/login/",
            urlencode(
                {"login": username, "password": password, "csrfmiddlewaretoken": self._token()}
            ).encode(),
            "application/x-www-form-urlencoded",
        )
        self.name = str(self.get("me/")["name"])
        return self

    def page(self, path: str) -> str:
        """Return the text of a page."""
        return self._send("GET", path, None, "")

    def get(self, path: str) -> Any:
        """Return what the API says at *path* (below /api/v1/)."""
        return json.loads(self._send("GET", f"/api/v1/{path}", None, ""))

    def post(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Do an act of the API; return its answer (None when it has none)."""
        text = self._send(
            "POST", f"/api/v1/{path}", json.dumps(body or {}, ensure_ascii=False).encode(), "application/json"
        )
        return json.loads(text) if text else None

    def upload(self, path: str, name: str, content: bytes) -> Any:
        """Send one file to the API."""
        boundary = secrets.token_hex(12)
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            "Content-Type: application/pdf\r\n\r\n"
        ).encode()
        body = head + content + f"\r\n--{boundary}--\r\n".encode()
        return json.loads(
            self._send("POST", f"/api/v1/{path}", body, f"multipart/form-data; boundary={boundary}")
        )

    def _token(self) -> str:
        return next((cookie.value or "" for cookie in self._jar if cookie.name.endswith("csrftoken")), "")

    def _send(self, method: str, path: str, body: bytes | None, content_type: str) -> str:
        url = urljoin(self.base_url, quote(path, safe="/?&=%"))
        headers = {"X-CSRFToken": self._token(), "Referer": url}
        if content_type:
            headers["Content-Type"] = content_type
        request = Request(url, data=body, headers=headers, method=method)  # noqa: S310  (the base URL is ours)
        try:
            with self._opener.open(request, timeout=_TIMEOUT_SECONDS) as answer:
                return str(answer.read().decode("utf-8"))
        except HTTPError as error:
            raise Refused(error.code, error.read().decode("utf-8", "replace"), f"{method} {path}") from None

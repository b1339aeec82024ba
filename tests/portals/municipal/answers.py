"""Tables of requests: who asks what, in order, and the status that answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from apps.core.actor import Actor
from apps.core.scoping import enter
from tests.portals.scenes import signed_in

API = "/api/v1/"


@dataclass(frozen=True)
class Line:
    """One request and its answer.

    `who` names a person of the table; `asks` is "GET /path/" or "POST /path/", with `{names}` filled in from what
    the scene and earlier lines made; paths under `/api/v1/` are sent as JSON, others as forms (a file as multipart).
    `keep` names what a line gave: `name` the `public_id` of an answer in JSON, or the last part of the page the
    browser is sent to; `name=a.b` a field inside the JSON. `says`: words the body must hold. "DO name" runs one
    of the table's acts (what has no address, such as a job's work).
    """

    who: str
    asks: str
    status: int
    data: Mapping[str, Any] = field(default_factory=dict)
    keep: str = ""
    says: str = ""


def L(who: str, asks: str, status: int, *, keep: str = "", says: str = "", **data: Any) -> Line:  # noqa: N802
    """Return a line of a table; the named arguments are the body."""
    return Line(who, asks, status, data, keep, says)


class Table:
    """Sends the lines of a table as its people, and remembers what was made."""

    def __init__(
        self,
        people: Mapping[str, Actor | None],
        names: Mapping[str, str],
        acts: Mapping[str, Callable[[dict[str, str]], None]],
    ) -> None:
        """*people*: by the names the lines use, None for the public; *names*: what stands for `{name}`."""
        self.people, self.names, self.acts = people, dict(names), acts
        self._browsers: dict[str, Client] = {}

    def holds(self, lines: Iterable[Line]) -> None:
        """Send every line in order; the first answer that differs is named with its line."""
        for number, line in enumerate(lines, start=1):
            if line.asks.startswith("DO "):
                self.acts[line.asks.removeprefix("DO ")](self.names)
                continue
            answer = self._send(line)
            body = (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode(
                errors="replace"
            )
            told = f"line {number}: {line.who} {line.asks}: {answer.status_code}, expected {line.status}"
            assert answer.status_code == line.status, f"{told}\n{body[:2000]}"
            assert line.says in body, f"{told}, but not {line.says}"

            if line.keep:
                name, _, inside = line.keep.partition("=")
                self.names[name] = self._made(answer, inside)

    def _send(self, line: Line) -> Any:
        enter(Actor.system())
        method, path = line.asks.format(**self.names).split(" ", 1)
        client = self._browser(line.who)
        if method == "GET":
            return client.get(path, self._filled(dict(line.data)))
        sent: dict[str, Any] = self._filled(dict(line.data))
        has_file = any(hasattr(value, "read") for value in sent.values())
        if path.startswith(API) and not has_file:
            return client.post(path, json.dumps(sent), content_type="application/json")
        return client.post(path, sent)

    def _filled(self, value: Any) -> Any:
        if isinstance(value, str):
            return value.format(**self.names)
        if isinstance(value, list):
            return [self._filled(one) for one in value]
        if isinstance(value, dict):
            return {self._filled(key): self._filled(one) for key, one in value.items()}
        if hasattr(value, "seek"):
            value.seek(0)
        return value

    def _browser(self, who: str) -> Client:
        if who not in self._browsers:
            actor = self.people[who]
            self._browsers[who] = signed_in(actor) if actor is not None else Client()
        return self._browsers[who]

    @staticmethod
    def _made(answer: Any, inside: str) -> str:
        if answer.status_code == 302:
            return str(answer["Location"].split("?", 1)[0].rstrip("/").rsplit("/", 1)[1])
        found = answer.json()
        for part in (inside or "public_id").split("."):
            found = found[int(part) if part.isdigit() else part]
        return str(found)

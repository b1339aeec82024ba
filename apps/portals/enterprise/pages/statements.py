"""What the pages have in common on which an enterprise gives its own words about a question that was put to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from apps.applications.selectors import CaseRow
from apps.core.actor import Actor
from apps.core.audience import actor_of
from apps.core.errors import DomainError
from apps.core.moment import DatabaseClock
from apps.portals.base.http import attempt, page, say
from apps.portals.base.visible import must_be_visible, seen


class Question(Protocol):
    """A question about a case, with the words given so far ("" for none)."""

    @property
    def case(self) -> CaseRow:
        """The case it is about."""

    @property
    def statement(self) -> str:
        """The enterprise's words."""


def _nothing_more(actor: Actor, row: Any) -> dict[str, object]:
    del actor, row
    return {}


@dataclass(frozen=True, slots=True)
class Asked:
    """One kind of question and its page.

    `read` is a selector with `actor` and `public_id` (NotVisible is a 404); `write` a service with `actor`, `clock`,
    `public_id` and `statement`, and `uploads` where `with_files`; `done` what is said after success; the page at
    `url_name` is shown again then. The template gets `row`, `typed`, `crumbs` (ending in `title`), `chosen` (the
    names of files just sent) and what `more` returns.
    """

    title: str
    template: str
    url_name: str
    read: Callable[..., Question]
    write: Callable[..., None]
    done: str
    more: Callable[[Actor, Any], dict[str, object]] = _nothing_more
    with_files: bool = False


def answered(request: HttpRequest, asked: Asked, public_id: str) -> HttpResponseBase:
    """Show a question (GET), or hand the posted `statement` to the service (POST)."""
    actor = actor_of(request)
    refusal: DomainError | None = None
    if request.method == "POST":
        statement = request.POST.get("statement", "")
        files = request.FILES.getlist("files") if asked.with_files else []
        sent: dict[str, Any] = {"statement": statement, **({"uploads": files} if asked.with_files else {})}
        _, refusal = attempt(asked.write, actor=actor, clock=DatabaseClock(), public_id=public_id, **sent)
        must_be_visible(refusal)
        if refusal is None:
            say(request, asked.done)
            return redirect(asked.url_name, public_id)
    row = seen(asked.read, actor=actor, public_id=public_id)
    context = {
        "row": row,
        "typed": request.POST.get("statement", row.statement),
        "crumbs": [
            ("我的申报", reverse("enterprise:applications")),
            (row.case.number or "申报", reverse("enterprise:application", args=[row.case.public_id])),
            (asked.title, ""),
        ],
        "chosen": [upload.name for upload in request.FILES.getlist("files")],
        **asked.more(actor, row),
    }
    return page(request, asked.template, context, refusal=refusal)

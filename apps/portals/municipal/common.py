"""What the city's pages share: the moment shown, one act per form, the choices of a filter."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from apps.accounts import selectors as accounts
from apps.core.audience import actor_of
from apps.core.errors import DomainError
from apps.core.moment import DatabaseClock, Moment, shown_at
from apps.portals.base.http import attempt, say
from apps.portals.base.posted import whole
from apps.portals.base.visible import must_be_visible

Result = TypeVar("Result")
#: Shown again with the refusal when an act is refused; the form keeps what was typed.
Again = Callable[[DomainError], HttpResponseBase]


def shown_now() -> Moment:
    """Return the web server's present moment, for pages that only show; acts ask the database clock."""
    return Moment.of(shown_at())


def act(
    request: HttpRequest,
    deed: Callable[..., Result],
    *,
    done: str | Callable[[Result], str],
    to: str | Callable[[Result], str],
    again: Again,
) -> HttpResponseBase:
    """Carry out one act of the person; go on with a message, or show the form again with what stands against it.

    Args:
        request: a POST.
        deed: takes `actor` and `clock`; whatever it raises of the domain's errors is shown.
        done: the message, or how to say it from the result.
        to: the address to go on to, or how to find it from the result.
        again: shows the page with the refusal.

    Raises:
        Http404: the row does not exist for this actor.
    """
    result, refusal = attempt(deed, actor=actor_of(request), clock=DatabaseClock())
    must_be_visible(refusal)
    if refusal is not None:
        return again(refusal)
    say(request, done(result) if callable(done) else done)  # type: ignore[arg-type]  # set when nothing was refused
    return redirect(to(result) if callable(to) else to)  # type: ignore[arg-type]


def page_number(request: HttpRequest) -> int:
    """Return the page asked for, 1 when none or nonsense was."""
    return max(1, whole(request.GET.get("page"), 1))


@cache
def _districts() -> tuple[tuple[str, str], ...]:
    return tuple((row.code, row.short_name) for row in accounts.districts())


def district_options() -> list[tuple[str, str]]:
    """Return the ten 属地 (code, short name); reference data, read once a process."""
    found = _districts()
    if not found:
        _districts.cache_clear()
    return list(found)


def tabs(name: str, current: str, choices: list[tuple[str, str, int | None]]) -> list[dict[str, Any]]:
    """Return the options of a segmented filter by state: code ("" for all), label and count."""
    address = reverse(name)
    return [
        {
            "label": label,
            "url": f"{address}?state={code}" if code else address,
            "count": count,
            "current": code == current,
        }
        for code, label, count in choices
    ]

"""Gate 2 at the edge: what an actor may not see does not exist."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.http import Http404

from apps.core.errors import DomainError, NotVisible

Found = TypeVar("Found")


class OutOfSight(Http404):
    """A row that may exist but not for this person; the 404 page leaves a trace of the attempt."""


def seen(selector: Callable[..., Found], **arguments: object) -> Found:
    """Call *selector* and return what it found.

    Raises:
        Http404: the row does not exist for this actor.
    """
    try:
        return selector(**arguments)
    except NotVisible as refusal:
        raise OutOfSight(refusal.message) from None


def must_be_visible(refusal: DomainError | None) -> None:
    """Turn a service's "no such row" into the 404 page; every other refusal is for the page to show.

    Raises:
        Http404: *refusal* says that the row does not exist for this actor.
    """
    if isinstance(refusal, NotVisible):
        raise Http404(refusal.message)

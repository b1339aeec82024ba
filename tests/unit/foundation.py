"""Small scenes for the rooms below the cases: people without a story, and threads with real transactions."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib.auth import get_user_model
from django.db import connection

from apps.core.actor import Actor
from apps.core.moment import FixedClock
from tests import worlds

T = TypeVar("T")


def with_mail(actor: Actor, address: str) -> Actor:
    """Give an account a mail address."""
    get_user_model().objects.filter(pk=actor.user_id).update(email=address)
    return actor


def member(clock: FixedClock, serial: int = 0, *, mail: str = "") -> Actor:
    """Register an enterprise and return its responsible person."""
    actor = worlds.enterprise(clock, serial)
    return with_mail(actor, mail) if mail else actor


def at_once(count: int, work: Callable[[int], T]) -> list[T]:
    """Run *work* in *count* threads that start together, each with its own connection; return the results."""
    barrier = threading.Barrier(count)
    results: dict[int, T] = {}
    errors: list[BaseException] = []

    def run(number: int) -> None:
        try:
            barrier.wait(timeout=10)
            results[number] = work(number)
        except BaseException as error:  # noqa: BLE001  (carried to the test's own thread)
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    if errors:
        raise errors[0]
    return [results[number] for number in range(count)]


def rows(statement: str, *params: Any) -> list[tuple[Any, ...]]:
    """Return the rows of a statement, as row-level security lets the current actor see them."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return list(cursor.fetchall())

"""Scenes that cost seconds are built once a module (or package); every test plays on in a savepoint that is undone.

The transaction of the module never commits. Deferred triggers (the audit chain, foreign keys) run at the end of each test,
`on_commit` hooks do not; tests of those use `django_db(transaction=True)` in a module of their own.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any, Literal, TypeVar

import pytest
from django.db import connection, transaction

from apps.core.actor import Actor
from apps.core.scoping import enter

T = TypeVar("T")


def built_once(build: Callable[[], T], scope: Literal["module", "package"] = "module") -> Any:
    """Return a fixture that builds a scene in a transaction of the module's (or the whole package's) own.

    A package must have no test that commits: its rows would be gone with the transaction around them.
    """

    @pytest.fixture(scope=scope)
    def stage(django_db_setup: None, django_db_blocker: Any) -> Iterator[T]:
        with django_db_blocker.unblock():
            block = transaction.atomic()
            block.__enter__()
            try:
                yield build()
            finally:
                transaction.set_rollback(True)
                block.__exit__(None, None, None)
                connection.close()

    return stage


def played() -> Any:
    """Return a function-scoped fixture: a copy of the module's `stage`; what the test does to it is undone."""

    @pytest.fixture
    def scene(stage: Any, db: None) -> Any:
        enter(Actor.system())
        return copy.deepcopy(stage)

    return scene

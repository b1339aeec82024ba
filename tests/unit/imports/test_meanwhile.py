"""What happens while an import is under way: the owner stops it, the work itself breaks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from apps.core.scoping import enter
from apps.documents.imports.importer import IMPORTERS, Context, Outcome, Rows
from apps.documents.services.importing import checking
from apps.jobs import selectors as jobs
from apps.jobs.registry import JobCancelled
from tests.unit.imports import books
from tests.unit.imports.conftest import Desk
from tests.unit.imports.test_bad_files import row
from tests.unit.imports.test_flow import enterprises


def stopping(when: Callable[[str], bool]) -> Callable[..., None]:
    """Return a progress report that finds the owner has asked to stop."""

    def progress(self: Any, done: int, total: int) -> None:
        self.done, self.total = done, total
        if when(f"{self.kind}:{done}"):
            raise JobCancelled

    return progress


@pytest.mark.parametrize("step", ["documents.import.apply:1", "documents.import.apply:2"])
def test_stopped_in_the_middle_nothing_of_it_remains(
    city: Desk, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    found = city.checked(books.filled("enterprises", [row(0), row(1)]))
    with monkeypatch.context() as patched:
        patched.setattr("apps.jobs.services.running._Work.progress", stopping(lambda at: at == step))
        stopped = city.confirm(found.row.public_id)
    assert (stopped.row.state, stopped.error) == ("ready", checking._STOPPED)
    assert enterprises() == 0
    enter(city.actor)
    assert jobs.job(actor=city.actor, public_id=stopped.job).state == "cancelled"
    assert city.confirm(found.row.public_id).row.state == "applied"
    assert enterprises() == 2


def test_stopped_while_it_is_checked_it_can_be_sent_again(
    city: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = books.filled("enterprises", [row(0)])
    with monkeypatch.context() as patched:
        patched.setattr(
            "apps.jobs.services.running._Work.progress", stopping(lambda at: at.endswith("check:1"))
        )
        found = city.checked(content)
    assert (found.row.state, found.error) == ("unreadable", checking._CHECK_STOPPED)
    assert city.imported(content).row.state == "applied"


def test_work_that_breaks_is_told_on_the_page_at_once(city: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(context: Context, rows: Rows) -> Outcome:
        raise ZeroDivisionError

    content = books.filled("enterprises", [row(0)])
    ready = city.checked(content)
    with monkeypatch.context() as patched:
        patched.setattr(checking, "importer_of", lambda _actor, kind: replace(IMPORTERS[kind], act=broken))
        failed = city.confirm(ready.row.public_id)
        assert (failed.row.state, failed.error) == ("ready", checking._FAILED)
        unread = city.checked(books.filled("enterprises", [row(1)]))
        assert (unread.row.state, unread.error) == ("unreadable", checking._CHECK_FAILED)
    assert enterprises() == 0


def test_an_empty_template_of_every_import_is_said_to_be_empty(city: Desk) -> None:
    for code, importer in IMPORTERS.items():
        if not importer.listed:
            continue
        found = city.checked(books.filled(code, []), kind=code, params=PARAMS.get(code, {}))
        assert found.row.state == "faulty", (code, found.error)
        assert "表中没有数据。" in {one["reason"] for one in found.findings}


PARAMS = {
    "lists": {
        "kind": "provincial",
        "title": "省级绿色工厂名单",
        "document_no": "苏工信节能〔2026〕12号",
        "published_on": "2026-11-01",
    },
    "calendar": {"source": "国办发明电〔2026〕7号"},
}

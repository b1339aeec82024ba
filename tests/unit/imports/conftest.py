"""People of a bureau, files in a folder of their own, and an import carried through to its end."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from apps.core.actor import Actor
from apps.core.moment import FixedClock
from apps.core.scoping import enter
from apps.documents import selectors, services
from apps.documents.selectors import ImportFile
from apps.jobs import services as jobs
from tests import worlds


@dataclass
class Desk:
    """One person at the import pages."""

    actor: Actor
    clock: FixedClock

    def send(
        self,
        content: bytes,
        *,
        kind: str = "enterprises",
        name: str = "企业.xlsx",
        params: dict[str, str] | None = None,
    ) -> services.Uploaded:
        enter(self.actor)
        return services.receive_import(
            actor=self.actor,
            clock=self.clock,
            kind=kind,
            name=name,
            size=len(content),
            chunks=[content],
            params=params or {},
        )

    def look(self, public_id: str) -> ImportFile:
        enter(self.actor)
        return selectors.import_file(actor=self.actor, public_id=public_id)

    def work(self) -> None:
        """Let a worker do everything that waits."""
        jobs.run_due(clock=self.clock, keep_lease=False)
        enter(self.actor)

    def checked(self, content: bytes, **more: Any) -> ImportFile:
        """Send a file and return what the check found."""
        public_id = self.send(content, **more).public_id
        self.work()
        return self.look(public_id)

    def confirm(self, public_id: str) -> ImportFile:
        enter(self.actor)
        services.confirm_import(actor=self.actor, clock=self.clock, public_id=public_id)
        self.work()
        return self.look(public_id)

    def imported(self, content: bytes, **more: Any) -> ImportFile:
        """Send, check, confirm."""
        found = self.checked(content, **more)
        assert found.may_confirm, (found.error, found.findings)
        return self.confirm(found.row.public_id)


@pytest.fixture(autouse=True)
def _own_folders(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.STATE_DIR = tmp_path / "state"


@pytest.fixture
def city(db: None, clock: FixedClock) -> Desk:
    """The city's 经办."""
    return Desk(worlds.municipal_staff(clock).handler, clock)


@pytest.fixture
def district(db: None, clock: FixedClock) -> Desk:
    """The 经办 of 昆山."""
    return Desk(worlds.district_staff(clock).handler, clock)

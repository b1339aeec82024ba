"""A small city is played once for all tests of papers; every test plays on in a savepoint that is rolled back.

Everything comes from the services with a moving clock: a 3A title under rectification, a cancelled one, a 2A title that
was filed, cases on notice and ready for award, one in supplement, one just submitted, one draft.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction

from apps.accounts import selectors as accounts
from apps.applications import selectors as applications
from apps.applications.selectors import CaseRow
from apps.core.actor import Actor, Role
from apps.core.moment import FixedClock
from apps.core.scoping import enter
from apps.documents.rendering.engine import RenderedPdf, Renderer, RenderOptions
from apps.documents.rendering.paper import render_paper
from apps.documents.rendering.papers import Paper
from apps.documents.services import storing
from suzhou_greenfactory.demo import cast, world
from suzhou_greenfactory.demo.acts import Acts
from suzhou_greenfactory.demo.afterlives import AFTER
from suzhou_greenfactory.demo.cast import Company
from suzhou_greenfactory.demo.director import Director
from suzhou_greenfactory.demo.lives import LIVES
from suzhou_greenfactory.demo.people import People, make_people
from suzhou_greenfactory.demo.stage import Stage

TODAY = date(2026, 11, 20)
#: One enterprise of each of these lives.
WANTED = ("rectifying", "cancelled", "confirmable", "objection", "supplementing", "submitted", "draft")
CITY = Actor(role=Role.MUNICIPAL, name="测试")
AUDITOR = Actor(role=Role.AUDITOR, name="测试")


@dataclass(frozen=True)
class City:
    """The played city: the clock at its last day, the people, one company of each life."""

    clock: FixedClock
    people: People
    companies: dict[str, Company]

    def be(self, actor: Actor) -> Actor:
        """Let PostgreSQL know who acts from here on."""
        enter(actor)
        return actor

    @property
    def handler(self) -> Actor:
        """The city's 经办."""
        return self.be(self.people.city.handler)

    def bureau(self, life: str) -> Actor:
        """The 经办 of the district of a company."""
        return self.be(self.people.bureaus[self.companies[life].district].handler)

    def other_bureau(self, life: str) -> Actor:
        """The 经办 of a district that has nothing to do with a company."""
        own = self.companies[life].district
        code = next(code for code in self.people.bureaus if code != own)
        return self.be(self.people.bureaus[code].handler)

    def enterprise(self, life: str) -> Actor:
        """The responsible person of a company."""
        enter(Actor.system())
        return self.be(accounts.actor_by_username(username=self.companies[life].username))

    def public(self) -> Actor:
        """Anybody."""
        return self.be(Actor.public())

    def case(self, life: str, level: int | None = None) -> CaseRow:
        """The newest application of a company (of a level)."""
        actor = self.enterprise(life)
        rows = applications.my_applications(actor=actor)
        return next(row for row in rows if level is None or row.level == level)


def _play() -> City:
    stage = Stage(anchor=TODAY)
    people = make_people(stage.clock, "Tests-Only-2026")
    director = Director(Acts(stage, people, world.benchmarks()), "Tests-Only-2026", LIVES, AFTER)
    stage.cast(director.city_calendar())
    companies = {life: next(row for row in cast.companies() if row.life == life) for life in WANTED}
    for company in companies.values():
        stage.cast(director.life_of(company))
    stage.play()
    return City(stage.clock, people, companies)


@pytest.fixture(scope="package")
def played(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[City]:
    """The city, in a transaction that never commits; its files in a folder of their own."""
    before = settings.MEDIA_ROOT
    settings.MEDIA_ROOT = tmp_path_factory.mktemp("files")
    with django_db_blocker.unblock():
        block = transaction.atomic()
        block.__enter__()
        try:
            yield _play()
        finally:
            transaction.set_rollback(True)
            block.__exit__(None, None, None)
            connection.close()
            settings.MEDIA_ROOT = before


@pytest.fixture(scope="session")
def renderer() -> Iterator[Renderer]:
    """One real renderer for all tests: its child process is started once."""
    with Renderer(RenderOptions(prefer_installed_fonts=False)) as made:
        yield made


@pytest.fixture(autouse=True)
def _one_child(renderer: Renderer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storing, "render_paper", partial(_rendered, shared=renderer))


def _rendered(paper: Paper, *, renderer: Renderer | None = None, shared: Renderer) -> RenderedPdf:
    del renderer
    return render_paper(paper, renderer=shared)


@pytest.fixture
def city(played: City, db: None, settings: Any, tmp_path: Path) -> Iterator[City]:
    """The city for one test: what the test does is undone."""
    settings.STATE_DIR = tmp_path
    settings.PUBLIC_URL = "https://green.example.cn"
    moment = played.clock.now()
    enter(Actor.system())
    yield played
    played.clock.set(moment)

"""A 3A application before a panel of three, and browsers of its people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from apps.core.actor import Actor
from apps.review import selectors as review
from apps.review import services
from tests import worlds
from tests.portals.district import scenes
from tests.unit.staging import built_once, played


@dataclass
class Panel:
    """The scene of the district, three experts (the first leads) and their tasks."""

    scene: scenes.Scene
    application: str
    experts: list[Actor]
    tasks: list[str]

    def declared(self, *numbers: int) -> None:
        """These experts have signed the declaration."""
        for number in numbers:
            actor = self.scene.act_as(self.experts[number])
            services.declare_no_conflict(actor=actor, clock=self.scene.clock, public_id=self.tasks[number])

    def submitted(self, *numbers: int) -> None:
        """These experts have adopted the district's points and handed in."""
        self.declared(*numbers)
        for number in numbers:
            actor = self.scene.act_as(self.experts[number])
            services.adopt_district_scores(actor=actor, clock=self.scene.clock, public_id=self.tasks[number])
            services.submit_assessment(
                actor=actor,
                clock=self.scene.clock,
                public_id=self.tasks[number],
                assessment=services.Assessment(strengths="管理规范。"),
            )


def _convened() -> Panel:
    """A panel that has been invited and has not declared anything."""
    clock = scenes.autumn()
    scene = scenes.build(clock)
    experts = [worlds.expert(clock, number) for number in (1, 2, 3)]
    application = scene.with_panel(1, experts, target="86")
    tasks = []
    for expert in experts:
        scene.act_as(expert)
        tasks += [row.public_id for row in review.my_tasks(actor=expert)]
    return Panel(scene, application, experts, tasks)


stage = built_once(_convened, "package")
panel = played()


@pytest.fixture
def browser() -> Callable[[Actor], Client]:
    """Return a browser in which *actor* is signed in."""

    def sign_in(actor: Actor) -> Client:
        client = Client()
        client.force_login(
            get_user_model()._default_manager.get(pk=actor.user_id),
            backend="allauth.account.auth_backends.AuthenticationBackend",
        )
        client.get("/home/")
        return client

    return sign_in

"""Kinds of obligations that exist for these tests only."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db.models import Model

from apps.core.actor import Actor
from apps.core.moment import Clock, FixedClock
from apps.core.scoping import enter
from apps.deadlines import registry, selectors, services
from apps.deadlines.models import Obligation
from apps.deadlines.registry import OverdueObligation, register_kind
from apps.deadlines.states import Party
from apps.notifications.models import Message
from tests import worlds
from tests.unit.foundation import member


@dataclass
class Hooks:
    """What the overdue hook was told, and how it should behave."""

    told: list[OverdueObligation] = field(default_factory=list)
    fault: Exception | None = None
    act: Any = None

    def __call__(self, obligation: OverdueObligation, *, clock: Clock) -> None:
        if self.act is not None:
            self.act(obligation, clock)
        if self.fault is not None:
            raise self.fault
        self.told.append(obligation)


@pytest.fixture
def hooks() -> Hooks:
    return Hooks()


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch, hooks: Hooks) -> dict[str, registry.Kind]:
    found: dict[str, registry.Kind] = {}
    monkeypatch.setattr(registry, "_KINDS", found)
    for module in (
        selectors,
        services.obligations,
        services.planning,
        services.recomputing,
        services.reminding,
        services.sweeping,
        __import__("apps.deadlines.verification", fromlist=["KINDS"]),
    ):
        monkeypatch.setattr(module, "KINDS", found)
    both = frozenset({Party.DISTRICT, Party.MUNICIPAL})
    register_kind(
        "t.supplement",
        label="补正材料",
        party=Party.ENTERPRISE,
        path="applications/{public_id}/",
        on_overdue=hooks,
        outcome="告知。",
    )
    register_kind(
        "t.rectify", label="完成整改", party=Party.ENTERPRISE, path="rectify/{public_id}/", copies=both
    )
    register_kind("t.filing", label="报送备案", party=Party.DISTRICT, copies=frozenset({Party.MUNICIPAL}))
    register_kind("t.answer", label="答复异议", party=Party.MUNICIPAL)
    register_kind("t.review", label="提交评审意见", party=Party.EXPERT, path="reviews/{public_id}/")
    register_kind(
        "t.quiet", label="公示期满", party=Party.MUNICIPAL, reminds=False, on_overdue=hooks, outcome="告知。"
    )
    return found


@dataclass
class Scene:
    """A firm with its row as the subject of obligations."""

    clock: FixedClock
    firm: Actor
    subject: Model

    def open(self, kind: str = "t.supplement", **arguments: Any) -> services.Due:
        enter(Actor.system())
        return services.open_obligation(
            kind=kind,
            subject=arguments.pop("subject", self.subject),
            rule=arguments.pop("rule", "R-14"),
            enterprise=self.firm.enterprise_id,
            district=worlds.KUNSHAN,
            moment=self.clock.now(),
            number="GF3A-2026B-320583-0137",
            **arguments,
        )

    def row(self, due: services.Due) -> Obligation:
        enter(Actor.system())
        return Obligation.objects.get(public_id=due.public_id)

    def messages(self) -> list[Message]:
        enter(Actor.system())
        return list(Message.objects.exclude(template="calendar_missing").order_by("id"))


@pytest.fixture
def scene(clock: FixedClock, db: None) -> Scene:
    firm = member(clock)
    subject = worlds.enterprise_row(firm)
    Message.objects.all().delete()
    return Scene(clock, firm, subject)

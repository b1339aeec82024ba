"""Annual forms brought to any step, and a filled one as a browser would send it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from apps.core.actor import Actor
from apps.core.moment import FixedClock, Moment
from apps.core.scoping import enter
from apps.deadlines import services as deadlines
from apps.monitoring import services as monitoring
from apps.monitoring.models import AnnualForm
from apps.policy.annual_form import CHANGES, COMPLIANCE
from tests.policy.test_annual_form import _VALUES as VALUES
from tests.unit.titles import scenes as titles

YEAR = 2027
OPENS, DUE = date(2027, 1, 1), date(2027, 4, 15)


def typed(year: int = YEAR, **changed: str) -> dict[str, str]:
    """Return a completely filled form, some fields changed ("" empties one)."""
    fields = {f"answer-{question.code}": "no" for question in (*CHANGES, *COMPLIANCE)}
    for one in (year - 2, year - 1):
        fields |= {f"figure-{code}-{one}": value for code, value in VALUES.items()}
    fields |= {"summary": "全年综合能耗下降 3%。", "plan": "实施余热回收。", "project-0-name": "屋顶光伏二期"}
    return fields | {name.replace("__", "-"): text for name, text in changed.items()}


@dataclass
class Forms(titles.Scene):
    """The scene of titles with the enterprise's form of the year."""

    form: str = ""

    def move(self, on: date, hour: int = 10) -> None:
        """Set the clock."""
        self.clock.set(Moment.in_shanghai(on, hour))

    def sweep(self) -> None:
        """Let forms open and deadlines take effect."""
        monitoring.open_annual_forms(clock=self.clock)
        deadlines.sweep(clock=self.clock)
        enter(Actor.system())

    def opened(self, on: date = OPENS) -> str:
        """Play to the opened form."""
        self.move(on)
        self.sweep()
        self.form = self.row().public_id if not self.form else self.form
        return self.form

    def row(self) -> AnnualForm:
        """Return the stored form of the enterprise of the scene."""
        enter(Actor.system())
        return AnnualForm.objects.get(
            enterprise_id=self.enterprise.enterprise_id, year=self.clock.now().on.year
        )

    def save(self, *, by: Actor | None = None, **changed: str) -> int:
        """Save the filled form."""
        version = self.row().version
        return monitoring.save_annual_form(
            actor=self.be(by or self.enterprise),
            clock=self.clock,
            public_id=self.form,
            typed=typed(self.clock.now().on.year, **changed),
            version=version,
        )

    def file(self, *, committed: bool = True) -> bool:
        """Let the responsible person file."""
        return monitoring.file_annual_form(
            actor=self.be(self.enterprise), clock=self.clock, public_id=self.form, committed=committed
        )

    def filed(self, on: date = date(2027, 3, 10)) -> str:
        """Play to the filed form."""
        if not self.form:
            self.opened()
        self.move(on)
        self.save()
        self.file()
        return self.form


def build(clock: FixedClock) -> Forms:
    """Make the people, award a 3A title, and a 2A title which owes nothing to the neighbour."""
    scene = Forms(**vars(titles.build(clock)))
    scene.award(3)
    scene.award(2, to=scene.neighbour, district="320506")
    return scene

"""People, enterprises and titles for the tests of the register."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from apps.core.actor import Actor
from apps.core.moment import FixedClock
from apps.core.scoping import enter
from apps.titles import services as titles
from apps.titles.models import Title
from tests import worlds


@dataclass
class Scene:
    """Two districts, the city, and an enterprise in each district."""

    clock: FixedClock
    district: worlds.Staff
    other_district: worlds.Staff
    city: worlds.Staff
    enterprise: Actor
    neighbour: Actor
    given: int = 0

    def be(self, actor: Actor | None) -> Actor:
        """Let PostgreSQL know who acts from here on."""
        assert actor is not None
        enter(actor)
        return actor

    def award(
        self,
        level: int,
        *,
        by: Actor | None = None,
        to: Actor | None = None,
        district: str = worlds.KUNSHAN,
        on: date = date(2026, 11, 20),
        source: str = "",
    ) -> titles.Awarded:
        """Enter one title as the competent authority would."""
        signer = self.district.signer if district == worlds.KUNSHAN else self.other_district.signer
        competent = by or (self.city.leader if level >= 3 else signer)
        self.given += 1
        return titles.award_title(
            actor=self.be(competent),
            moment=self.clock.now(),
            enterprise_id=(to or self.enterprise).enterprise_id or 0,
            district=district,
            level=level,
            awarded_on=on,
            document_no="苏工信节能〔2026〕58号",
            source_type="test",
            source_public_id=source or f"source-{self.given}",
        )

    def step(self, title_public_id: str, *events: str, by: Actor | None = None) -> None:
        """Take steps in the life of a title."""
        for event in events:
            titles.change_title_state(
                actor=self.be(by or self.district.signer),
                moment=self.clock.now(),
                title_public_id=title_public_id,
                event=event,
            )

    def cancelled(self, level: int = 3) -> titles.Cancelled:
        """Award, let rectification fail, and cancel."""
        title = self.award(level)
        self.step(title.public_id, "order_rectification", "propose_cancellation")
        return titles.cancel_title(
            actor=self.be(self.city.leader if level == 3 else self.district.signer),
            moment=self.clock.now(),
            title_public_id=title.public_id,
            decided_on=self.clock.now().on,
            document_no="苏工信节能〔2026〕60号",
            reason="整改逾期未完成。",
        )

    def row(self, public_id: str) -> Title:
        """Return the stored row."""
        enter(Actor.system())
        return Title.objects.get(public_id=public_id)


def build(clock: FixedClock) -> Scene:
    """Make the people."""
    district = worlds.district_staff(clock, worlds.KUNSHAN)
    other = worlds.district_staff(clock, worlds.WUZHONG)
    city = worlds.municipal_staff(clock)
    enterprise = worlds.enterprise(clock, 1, confirmed_by=district.handler)
    neighbour = worlds.enterprise(
        clock, 2, district=worlds.WUZHONG, confirmed_by=other.handler, industry_code="3911"
    )
    return Scene(clock, district, other, city, enterprise, neighbour)

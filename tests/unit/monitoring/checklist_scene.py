"""A 3A title awarded on a case of 85 points, and the visit planned to its site."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from apps.core.actor import Actor
from apps.monitoring import services
from apps.monitoring.checklists import CheckLine, Checklist, checklist
from apps.monitoring.models import Recheck
from apps.monitoring.services import Entry
from apps.titles import services as titles
from tests import worlds
from tests.unit.review import scenes


@dataclass
class Visited:
    """A 3A title awarded on a case of 85 points, and the visit planned to its site."""

    flow: scenes.Flow
    recheck: str

    @property
    def handler(self) -> Actor:
        """Who visits."""
        return self.flow.be(self.flow.district.handler)

    def save(self, *entries: Entry) -> list[services.Kept]:
        flow = self.flow
        return services.save_checks(
            actor=self.handler, clock=flow.clock, public_id=self.recheck, entries=entries
        )

    def list(self) -> Checklist:
        flow = self.flow
        return checklist(actor=self.handler, public_id=self.recheck, on=flow.clock.now().on)

    def lines(self) -> dict[str, CheckLine]:
        return {line.code: line for part in self.list().sections for line in part.lines}

    def record(self, score: Decimal | None = None) -> Recheck:
        flow = self.flow
        services.record_recheck(
            actor=self.handler,
            clock=flow.clock,
            public_id=self.recheck,
            result=services.RecheckResult(
                visited_on=flow.clock.now().on,
                place="厂区",
                people=["顾晓岚", "陆志远"],
                score=score,
                conclusion="见核查表。",
                findings=[services.Finding("J1-01", "标识缺失。", "补齐。")],
            ),
        )
        return Recheck.objects.get(public_id=self.recheck)


def build() -> Visited:
    """Award a 3A title on a case of 85 points and plan the visit."""
    flow = scenes.build(scenes.morning(), experts=0)
    case = flow.signed("85.00")
    row = flow.row(case)
    title = titles.award_title(
        actor=flow.be(flow.city.leader or flow.city.signer),
        moment=flow.clock.now(),
        enterprise_id=row.enterprise_id,
        district=worlds.KUNSHAN,
        level=3,
        awarded_on=flow.clock.now().on,
        document_no="苏工信节能〔2026〕58号",
        source_type="recognition",
        source_public_id=case,
    )
    recheck = services.plan_recheck(
        actor=flow.be(flow.district.handler),
        clock=flow.clock,
        title_public_id=title.public_id,
        planned_on=flow.clock.now().on,
        trigger="cycle",
    )
    return Visited(flow, recheck)

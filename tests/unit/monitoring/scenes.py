"""A 3A title brought to any step of its watching, by the people who would bring it there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from apps.core.actor import Actor, Duty
from apps.core.moment import FixedClock, Moment
from apps.core.scoping import enter
from apps.deadlines import services as deadlines
from apps.monitoring import services as monitoring
from apps.monitoring.models import Cancellation, Recheck, Rectification
from tests.unit.titles import scenes as titles

ORDER_NO = "昆工信整〔2026〕3号"
FINDING = monitoring.Finding("K5-01", "能耗计量缺两台电表。", "补装并接入平台。", "安装照片")


@dataclass
class Watch(titles.Scene):
    """The scene of titles with what is being played."""

    title: str = ""
    recheck: str = ""
    order: str = ""
    proposal: str = ""

    def plan(self, *, by: Actor | None = None, trigger: str = "cycle", note: str = "") -> str:
        """Plan a recheck ten days ahead."""
        self.recheck = monitoring.plan_recheck(
            actor=self.be(by or self.district.handler),
            clock=self.clock,
            title_public_id=self.title,
            planned_on=self.clock.now().on + timedelta(days=10),
            trigger=trigger,
            note=note,
        )
        return self.recheck

    def result(
        self, score: str = "75.00", *, vetoes: Sequence[str] = (), good: bool = False
    ) -> monitoring.RecheckResult:
        """Return what a visit found."""
        return monitoring.RecheckResult(
            visited_on=self.clock.now().on,
            place="昆山厂区",
            people=["顾晓岚", "陆志远"],
            score=Decimal(score),
            conclusion="见核查条目。",
            vetoes=vetoes,
            findings=[] if good else [FINDING, FINDING],
        )

    def recorded(self, score: str = "75.00", *, by: Actor | None = None) -> str:
        """Plan and record."""
        self.plan(by=by)
        monitoring.record_recheck(
            actor=self.be(by or self.district.handler),
            clock=self.clock,
            public_id=self.recheck,
            result=self.result(score, good=Decimal(score) >= 80),
        )
        return self.recheck

    def passed(self, score: str = "86.00") -> str:
        """Play to a passed recheck, reported."""
        self.recorded(score)
        monitoring.sign_recheck(actor=self.be(self.district.signer), clock=self.clock, public_id=self.recheck)
        return self.recheck

    def ordered(self, score: str = "75.00") -> str:
        """Play to the ordered rectification."""
        self.recorded(score)
        order = monitoring.sign_recheck(
            actor=self.be(self.district.signer), clock=self.clock, public_id=self.recheck, order_no=ORDER_NO
        )
        assert order is not None
        self.order = order
        return order

    def served(self) -> date:
        """Play to the served notice: the enterprise reads it."""
        self.ordered()
        return monitoring.serve_rectification(
            actor=self.be(self.enterprise), clock=self.clock, public_id=self.order
        )

    def answer(self) -> None:
        """Let the enterprise answer every item."""
        monitoring.answer_items(
            actor=self.be(self.enterprise),
            clock=self.clock,
            public_id=self.order,
            answers={1: "已补装。", 2: "已补装。"},
        )

    def hand_in(self) -> None:
        """Answer and submit."""
        self.answer()
        monitoring.submit_rectification(
            actor=self.be(self.enterprise), clock=self.clock, public_id=self.order
        )

    def verify(self, *, passed: bool) -> None:
        """Let the signer verify."""
        monitoring.verify_rectification(
            actor=self.be(self.district.signer),
            clock=self.clock,
            public_id=self.order,
            passed=passed,
            note="已核对现场。",
        )

    def move(self, on: date, hour: int = 9) -> None:
        """Set the clock."""
        self.clock.set(Moment.in_shanghai(on, hour))

    def sweep(self) -> None:
        """Let the deadlines take effect."""
        deadlines.sweep(clock=self.clock)
        enter(Actor.system())

    def proposed(self) -> str:
        """Play to the system's proposal of cancellation."""
        deadline = self.served()
        self.move(deadline + timedelta(days=1))
        self.sweep()
        self.proposal = self.cancellation_row().public_id
        return self.proposal

    def decide(self, decision: str = "cancel", *, by: Actor | None = None) -> date | None:
        """Let the leader decide."""
        return monitoring.decide_cancellation(
            actor=self.be(by or self.city.leader),
            clock=self.clock,
            public_id=self.proposal,
            decision=decision,
            document_no="苏工信节能〔2027〕9号",
            note="整改逾期未完成。",
        )

    def order_deadline(self, public_id: str) -> date:
        """Return the last day of a rectification."""
        enter(Actor.system())
        found = Rectification.objects.get(public_id=public_id).deadline
        assert found is not None
        return found

    def recheck_row(self) -> Recheck:
        """Return the stored recheck."""
        enter(Actor.system())
        return Recheck.objects.get(public_id=self.recheck)

    def order_row(self) -> Rectification:
        """Return the stored rectification."""
        enter(Actor.system())
        return Rectification.objects.get(public_id=self.order)

    def cancellation_row(self) -> Cancellation:
        """Return the stored proposal."""
        enter(Actor.system())
        return Cancellation.objects.get(rectification__public_id=self.order)

    def title_state(self) -> str:
        """Return the title's state."""
        return str(self.row(self.title).state)


def build(clock: FixedClock, *, level: int = 3) -> Watch:
    """Make the people and award one title."""
    watch = Watch(**vars(titles.build(clock)))
    watch.title = watch.award(level).public_id
    return watch


def both_duties(actor: Actor) -> Actor:
    """Return the same person as 经办 and 签批 at once."""
    return Actor(
        role=actor.role,
        user_id=actor.user_id,
        name=actor.name,
        district=actor.district,
        duties=frozenset({Duty.HANDLER, Duty.SIGNER}),
    )


def clock() -> FixedClock:
    """Return the clock of every scene: Monday 2026-11-23, 10:00 in Shanghai."""
    return FixedClock(Moment.in_shanghai(date(2026, 11, 23), 10))

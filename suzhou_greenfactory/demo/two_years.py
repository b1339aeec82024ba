"""The whole life of one title, played on a moving clock: forms, a missed one, a failed recheck, the end, the ban.

What happens by itself (forms that open, reminders, what turns overdue and what follows) is left to the engine; only
what people do is written here, each act on its day. The clock goes from one day on which the stored rows say that
something will happen to the next (`apps.deadlines.timeline`), so nothing is sent late and nothing is skipped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction

from apps.core.actor import Actor, Role
from apps.core.moment import FixedClock, Moment
from apps.core.scoping import enter
from apps.deadlines.registry import KINDS
from apps.deadlines.services import sweep
from apps.deadlines.timeline import timeline
from apps.monitoring import annual_forms
from apps.monitoring import selectors as monitoring_read
from apps.monitoring import services as monitoring
from apps.notifications.selectors import InboxRow, inbox
from apps.policy.annual_form import CHANGES, COMPLIANCE
from apps.policy.calendar import add_months
from apps.titles import selectors as titles_read

#: Acts happen after the hour from which reminders go out.
_SWEEP_HOUR, _ACT_HOUR = 10, 14
_MESSAGES_A_PAGE = 500
_FIGURES = {
    "output_value": "12000",
    "energy_tce": "1800",
    "energy_per_product": "15",
    "energy_per_output": "0.15",
    "co2_t": "4200",
    "renewable_share": "12.5",
    "water_intake_m3": "26000",
    "water_reuse_share": "88",
    "solid_waste_share": "97",
    "pollutants_t": "1.2",
    "green_product_share": "40",
    "research_share": "3.4",
}


@dataclass(frozen=True, slots=True)
class Players:
    """Who acts, and the public id of the title whose life it is (3A or above, standing)."""

    enterprise: Actor
    handler: Actor
    signer: Actor
    leader: Actor
    title: str


@dataclass
class Journey:
    """Moves *clock* through the life; `on_day` is told each day before anything happens on it."""

    players: Players
    clock: FixedClock
    on_day: Callable[[date], None] = lambda _day: None
    tell: Callable[[str], None] = lambda _text: None
    _recheck: str = ""
    _order: str = ""
    _acts: dict[date, Callable[[], None]] = field(default_factory=dict)

    def play(self, *, through_ban: bool) -> date:
        """Play until the title is cancelled, and on to the day on which the ban is over when asked; return that day."""
        start = self.clock.now().on
        filed, missed = start.year + 1, start.year + 2
        self._acts = {
            # Nothing is stored yet of forms to come: the beat opens them every day from the first of January.
            date(filed, 1, 1): lambda: None,
            date(filed, 3, 10): self._file,
            date(filed, 3, 16): self._approve,
            date(missed, 1, 1): lambda: None,
            date(missed, 4, 20): self._plan,
            date(missed, 4, 25): self._record,
            date(missed, 4, 27): self._sign,
            date(missed, 5, 4): self._read_notice,
        }
        end = date(missed, 5, 4)
        self._go_through(end)
        end = self._deadline() + timedelta(days=1)
        self._go_through(end)
        decided = self._statement_over()
        self._acts[decided] = self._cancel
        self._go_through(decided)
        if through_ban:
            end = add_months(decided, 36)
            self._acts = {date(year, 1, 1): lambda: None for year in range(missed + 1, end.year + 1)}
            self._go_through(end)
        return self.clock.now().on

    def _go_through(self, end: date) -> None:
        while (today := self.clock.now().on) < end:
            self._live(self._next_day(today, end))

    def _next_day(self, today: date, end: date) -> date:
        """Return the next day on which somebody acts or the stored rows say that something happens."""
        tomorrow = today + timedelta(days=1)
        acts = [day for day in self._acts if tomorrow <= day <= end]
        until = min([*acts, end])
        with transaction.atomic():
            enter(Actor.system())
            coming = timeline(actor=Actor.system(), start=tomorrow, end=until, on=today)
        return next((event.on for event in coming if event.kind in KINDS), until)

    def _live(self, day: date) -> None:
        self.on_day(day)
        self.clock.set(Moment.in_shanghai(day, _SWEEP_HOUR))
        monitoring.open_annual_forms(clock=self.clock)
        monitoring.watch_recheck_cycles(clock=self.clock)
        sweep(clock=self.clock)
        self.clock.set(Moment.in_shanghai(day, _ACT_HOUR))
        if (deed := self._acts.get(day)) is not None:
            deed()

    def _file(self) -> None:
        """The enterprise fills in this year's form and files it."""
        on = self.clock.now().on
        with self._acting(self.players.enterprise, f"企业报送{on.year}年度动态管理表") as actor:
            form = annual_forms.annual_file(actor=actor, on=on, year=on.year)
            monitoring.save_annual_form(
                actor=actor,
                clock=self.clock,
                public_id=form.row.public_id,
                typed=filled_form(on.year),
                version=form.version,
            )
            monitoring.file_annual_form(
                actor=actor, clock=self.clock, public_id=form.row.public_id, committed=True
            )

    def _approve(self) -> None:
        on = self.clock.now().on
        with self._acting(self.players.handler, "属地审核通过") as actor:
            form = annual_forms.annual_form_of(actor=actor, title_public_id=self.players.title, year=on.year)
            monitoring.approve_annual_form(actor=actor, clock=self.clock, public_id=form)

    def _plan(self) -> None:
        with self._acting(self.players.handler, "年度表逾期未报，属地安排现场复核") as actor:
            self._recheck = monitoring.plan_recheck(
                actor=actor,
                clock=self.clock,
                title_public_id=self.players.title,
                planned_on=self.clock.now().on + timedelta(days=5),
                trigger="risk",
                note="年度动态管理表逾期未报。",
            )

    def _record(self) -> None:
        with self._acting(self.players.handler, "两人现场复核，得分 74.60") as actor:
            monitoring.record_recheck(
                actor=actor,
                clock=self.clock,
                public_id=self._recheck,
                result=monitoring.RecheckResult(
                    visited_on=self.clock.now().on,
                    place="厂区",
                    people=[self.players.handler.name, self.players.signer.name],
                    score=Decimal("74.60"),
                    conclusion="二级计量器具缺失，危险废物台账不完整，复核得分低于 80 分。",
                    findings=[
                        monitoring.Finding(
                            "J3-04", "二级能源计量器具配备率不足。", "按 GB 17167 配齐。", "器具一览表"
                        )
                    ],
                ),
            )

    def _sign(self) -> None:
        number = f"示例工信整〔{self.clock.now().on.year}〕901号"
        with self._acting(self.players.signer, "属地签批并报送，责令整改") as actor:
            order = monitoring.sign_recheck(
                actor=actor, clock=self.clock, public_id=self._recheck, order_no=number
            )
        assert order is not None  # noqa: S101  (the recheck failed: a rectification was ordered)
        self._order = order

    def _read_notice(self) -> None:
        with self._acting(self.players.enterprise, "企业在平台阅读整改通知，三个月起算") as actor:
            monitoring.serve_rectification(actor=actor, clock=self.clock, public_id=self._order)

    def _cancel(self) -> None:
        number = f"苏工信节能〔{self.clock.now().on.year}〕901号"
        with self._acting(self.players.leader, "局领导决定取消称号") as actor:
            monitoring.decide_cancellation(
                actor=actor,
                clock=self.clock,
                public_id=self._proposal(actor).public_id,
                decision="cancel",
                document_no=number,
                note="整改期限届满未完成整改，经告知未提出陈述申辩。",
            )

    def _proposal(self, actor: Actor) -> monitoring_read.CancellationRow:
        order = monitoring_read.rectification(actor=actor, public_id=self._order)
        return monitoring_read.cancellation(actor=actor, public_id=order.cancellation_public_id)

    def _deadline(self) -> date:
        """Return the last day of the rectification."""
        with self._acting(self.players.handler) as actor:
            found = monitoring_read.rectification(actor=actor, public_id=self._order).deadline
        assert found is not None  # noqa: S101  (a served rectification has a deadline)
        return found

    def _statement_over(self) -> date:
        """Return the day on which the leader decides: two weeks after the time for defence."""
        with self._acting(self.players.leader) as actor:
            return self._proposal(actor).statement_due_on + timedelta(days=14)

    @contextmanager
    def _acting(self, actor: Actor, deed: str = "") -> Iterator[Actor]:
        """Let *actor* act in a transaction of its own, and say what was done."""
        with transaction.atomic():
            enter(actor)
            yield actor
        if deed:
            self.tell(f"{self.clock.now().on}  {deed}")


def filled_form(year: int) -> Mapping[str, str]:
    """Return a completely filled form of *year*, as a browser would send it; nothing in it raises a question."""
    fields = {f"answer-{question.code}": "no" for question in (*CHANGES, *COMPLIANCE)}
    for one in (year - 2, year - 1):
        fields |= {f"figure-{code}-{one}": value for code, value in _FIGURES.items()}
    return fields | {"summary": "全年单位产值能耗下降 3%。", "plan": "实施空压机余热回收。"}


def told(*, actor: Actor, name: str, since: date) -> list[tuple[date, str]]:
    """Return day and title of the messages about *name* in the actor's inbox since a day, the oldest first."""
    rows: list[InboxRow] = []
    with transaction.atomic():
        enter(actor)
        # An office hears of all its enterprises: the messages of years fill many pages.
        page = pages = 1
        while page <= pages:
            found = inbox(actor=actor, page=page, per_page=_MESSAGES_A_PAGE)
            rows += found.rows
            page, pages = page + 1, found.pages
    return [
        (day, row.title)
        for row in reversed(rows)
        if (day := Moment.of(row.created_at).on) >= since
        and (name in row.title or name in row.body or actor.role is Role.ENTERPRISE)
    ]


def standing(*, title: str) -> str:
    """Return the title's state as the public register shows it at this moment."""
    public = Actor.public()
    with transaction.atomic():
        enter(public)
        return titles_read.verify(public_id=title).label

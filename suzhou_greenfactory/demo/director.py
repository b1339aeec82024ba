"""The director of the demo: leads the lives through what they have in common, and acts for the city on fixed days.

Days count from the anchor (today = 0). A life that needs company on a notice or a list puts its case into one of
the director's baskets; the director's own life (`city_calendar`) acts for the city on fixed days.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from django.db import transaction

from apps.applications import services as applications
from apps.core.actor import Actor
from apps.deadlines.selectors import work_calendar
from apps.publicity import selectors as publicity_read
from apps.publicity import services as publicity
from apps.review import services as review
from suzhou_greenfactory.demo import draws
from suzhou_greenfactory.demo.acts import Acts
from suzhou_greenfactory.demo.cast import Company
from suzhou_greenfactory.demo.differences import panel_cuts
from suzhou_greenfactory.demo.people import register
from suzhou_greenfactory.demo.stage import Life, Stretch

#: Days of the earlier round and of the present one.
OLD_OPENS, OLD_CLOSES = -440, -400
NOW_OPENS, NOW_CLOSES = -62, 9
OLD, NOW = "old", "now"
#: When the city acts for whole baskets.
OLD_NOTICE, OLD_AWARD = -378, -366
NOTICE_ONE, NOTICE_TWO = -17, -9
LEVEL_3 = Decimal(80)


#: A life told from some point on: the director, the company, its responsible person.
Tell = Callable[["Director", Company, Actor], Life]


@dataclass
class Director:
    """Leads the lives; knows the rounds and the baskets."""

    acts: Acts
    password: str
    present: Mapping[str, Tell]
    after: Mapping[str, Tell]
    rounds: dict[str, str] = field(default_factory=dict)
    baskets: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    owners: dict[str, Company] = field(default_factory=dict)

    # ------------------------------------------------------------- common stretches
    def hour(self, company: Company) -> tuple[int, int]:
        """Return the time of day at which a company and those who serve it like to act."""
        return (9, 10, 13, 14)[company.serial % 4], (company.serial * 13) % 60

    def enrol(self, company: Company) -> tuple[Actor, str]:
        """Register a company at the present hour."""
        actor, public_id = register(self.acts.stage.clock, self.password, company)
        return actor, public_id

    def confirm(self, company: Company, public_id: str) -> None:
        """Let the district confirm it."""
        from apps.accounts import services as accounts

        handler = self.acts.people.bureaus[company.district].handler
        with self.acts.stage.acting(handler):
            accounts.confirm_enterprise(actor=handler, clock=self.acts.stage.clock, public_id=public_id)

    def life_of(self, company: Company) -> Life:
        """Return the whole life of a company."""
        stage = self.acts.stage
        hour, minute = self.hour(company)
        early = company.life in {"registered", "registration_returned", "confirmed"}
        yield stage.at((-6 if early else -455) + company.serial % 4, hour, minute)
        actor, public_id = self.enrol(company)
        if company.life == "registered":
            return
        yield stage.at((-3 if early else -449) + company.serial % 3, hour, minute)
        if company.life == "registration_returned":
            from apps.accounts import services as accounts

            handler = self.acts.people.bureaus[company.district].handler
            with stage.acting(handler):
                accounts.return_enterprise(
                    actor=handler,
                    clock=stage.clock,
                    public_id=public_id,
                    reason="厂区地址与不动产权证不一致，请核对后重新提交。",
                )
            return
        self.confirm(company, public_id)
        if company.life in {"confirmed", "provincial", "national"}:
            return
        if company.life in {"awarded_3a", *self.after}:
            yield from self._historic(company, actor)
            return
        yield from self._present(company, actor)

    def to_signed(
        self, company: Company, actor: Actor, *, which: str, level: int, target: Decimal, day: int
    ) -> Stretch:
        """Draft, submit, accept, check, score, sign; the case's public id is left in `owners`."""
        stage, acts = self.acts.stage, self.acts
        hour, minute = self.hour(company)
        public_id = yield from self.to_submitted(
            company, actor, which=which, level=level, target=target, day=day
        )
        yield stage.at(day + 7, hour, minute)
        acts.accept(company, public_id)
        yield stage.at(day + 9, hour, minute)
        acts.check(company, public_id)
        yield stage.at(day + 12, hour, minute)
        acts.score(company, public_id, target)
        stage.pause(150)
        acts.hand_to_signer(company, public_id)
        yield stage.at(day + 14, hour, minute)
        acts.sign(company, public_id)
        return public_id

    def to_submitted(
        self, company: Company, actor: Actor, *, which: str, level: int, target: Decimal, day: int
    ) -> Stretch:
        """Draft, fill in, submit."""
        stage, acts = self.acts.stage, self.acts
        hour, minute = self.hour(company)
        yield stage.at(day, hour, minute)
        public_id = acts.start(actor, self.rounds[which], level)
        yield stage.at(day + 1, hour, minute)
        acts.fill(company, actor, public_id, level, target)
        yield stage.at(day + 4, hour, minute)
        acts.submit(company, actor, public_id)
        self.owners[public_id] = company
        return public_id

    def to_panel(
        self, company: Company, actor: Actor, *, which: str, target: Decimal, day: int, gap: int
    ) -> Stretch:
        """From a draft to a formed panel of a 3A case."""
        stage, acts = self.acts.stage, self.acts
        hour, minute = self.hour(company)
        public_id = yield from self.to_signed(company, actor, which=which, level=3, target=target, day=day)
        yield stage.at(day + 15 + gap, hour, minute)
        acts.recommend(company, public_id, self.rounds[which])
        yield stage.at(day + 17 + gap, hour, minute)
        acts.accept_by_city(public_id)
        yield stage.at(day + 19 + gap, hour, minute)
        if draws.is_drawn(company):
            return (yield from draws.drawn_panel(self, public_id, day=day + 19 + gap))
        acts.form_panel(public_id)
        return public_id

    # ------------------------------------------------------------- the earlier round
    def _historic(self, company: Company, actor: Actor) -> Life:
        stage, acts = self.acts.stage, self.acts
        day = OLD_OPENS + 1 + company.serial % 9
        hour, minute = self.hour(company)
        public_id = yield from self.to_panel(company, actor, which=OLD, target=company.target, day=day, gap=2)
        yield stage.at(day + 27, hour, minute)
        acts.assess(public_id, panel_cuts(company.serial))
        yield stage.at(day + 33, hour, minute)
        acts.conclude(public_id)
        yield stage.at(day + 36, hour, minute)
        acts.credit(company, public_id)
        self.baskets["old"].append(public_id)
        yield stage.at(OLD_AWARD + 5, hour, minute)
        tell = self.after.get(company.life)
        if tell is not None:
            yield from tell(self, company, actor)

    # ------------------------------------------------------------- the present round
    def _present(self, company: Company, actor: Actor) -> Life:
        """A 3A applicant first earns its 2A in the earlier round (R-08), unless its life is to be exempted."""
        if company.target >= LEVEL_3 or company.life == "expert_review":
            yield from self._earn_2a(company, actor)
        yield from self.present[company.life](self, company, actor)

    def _earn_2a(self, company: Company, actor: Actor) -> Life:
        stage, acts = self.acts.stage, self.acts
        hour, minute = self.hour(company)
        day = OLD_OPENS + 3 + company.serial % 11
        target = Decimal(72) + company.serial % 6
        public_id = yield from self.to_signed(company, actor, which=OLD, level=2, target=target, day=day)
        yield stage.at(day + 16, hour, minute)
        acts.propose(company, public_id)
        stage.pause(200)
        acts.rule(company, public_id)
        self.baskets[f"file-{company.district}"].append(public_id)

    def day(self, company: Company) -> int:
        """Return the day on which a company begins in the present round."""
        return NOW_OPENS + 2 + company.serial % 5

    # ------------------------------------------------------------- the city's own calendar
    def announce(self, code: str, name: str, opens: int, closes: int, *, prerequisite: bool) -> str:
        """Draft and announce a round."""
        stage, city = self.acts.stage, self.acts.people.city
        with stage.acting(city.handler):
            public_id = applications.create_round(
                actor=city.handler,
                clock=stage.clock,
                data=applications.RoundData(
                    code=code,
                    name=name,
                    year=stage.at(opens).year,
                    levels=[1, 2, 3],
                    opens_at=stage.at(opens, 9),
                    closes_at=stage.at(closes, 17),
                    scheme_codes=["SZGF-2023R1", "GBT36132-2025"],
                    prerequisite_required=prerequisite,
                    notice="自愿申报，不收取任何费用；请在截止时间前完成自评并提交。",
                    prelim_due_on=stage.at(closes + 20).date(),
                ),
            )
        stage.pause(30)
        with stage.acting(city.signer) as actor:
            applications.open_round(actor=actor, clock=stage.clock, public_id=public_id)
        return public_id

    def city_calendar(self) -> Life:
        """What the city does on fixed days: rounds, filings, notices, recognitions, lists."""
        stage, acts = self.acts.stage, self.acts
        old_year = stage.at(OLD_OPENS).year
        yield stage.at(OLD_OPENS - 1, 8, 30)
        self.rounds[OLD] = self.announce(
            f"{old_year}A", f"{old_year} 年第一批绿色工厂申报", OLD_OPENS, OLD_CLOSES, prerequisite=False
        )
        yield stage.at(OLD_CLOSES + 20, 10)
        self._file_all(self.rounds[OLD])
        yield stage.at(OLD_NOTICE, 9, 10)
        notice = acts.publish(
            self.rounds[OLD],
            self.baskets["old"],
            f"关于{old_year}年第一批苏州市3A级绿色工厂拟评定名单的公示",
        )
        # A holiday may lie in the period: the award waits for the day after its end, whenever that is.
        over = self._days_until_over(notice)
        yield stage.at(over, 8, 40)
        stage.sweep_now()
        yield stage.at(over, 9, 30)
        acts.award(self.rounds[OLD], self.baskets["old"], f"苏工信节能〔{stage.at(over).year}〕58号")
        yield stage.at(NOW_OPENS - 1, 8, 30)
        year = stage.at(NOW_OPENS).year
        self.rounds[NOW] = self.announce(
            f"{year}B", f"{year} 年第二批绿色工厂申报", NOW_OPENS, NOW_CLOSES, prerequisite=True
        )
        yield stage.at(-21, 10)
        self._file_all(self.rounds[NOW])
        yield stage.at(NOTICE_ONE, 9, 10)
        title = f"关于{year}年第二批苏州市3A级绿色工厂拟评定名单的公示"
        acts.publish(self.rounds[NOW], self.baskets["one"], f"{title}（一）")
        yield stage.at(-9, 8, 45)
        stage.sweep_now()
        second = self._last_workday()
        yield stage.at(second, 9, 10)
        notice = acts.publish(self.rounds[NOW], self.baskets["two"], f"{title}（二）")
        yield stage.at(second, 15)
        self._object(notice)
        yield stage.at(-1, 17, 30)
        stage.sweep_now()

    def _days_until_over(self, notice: str) -> int:
        """Return the day (from the anchor) after a notice's last one."""
        public = Actor.public()
        with self.acts.stage.acting(public):
            ends_on = publicity_read.notice_file(actor=public, public_id=notice).row.ends_on
        assert ends_on is not None  # noqa: S101  (a published notice has a period)
        return (ends_on - self.acts.stage.anchor).days + 1

    def _last_workday(self) -> int:
        """Return the newest working day before the anchor: a notice published then runs at once."""
        with transaction.atomic():
            work = work_calendar()
        days = -1
        while not work.is_workday(self.acts.stage.anchor + timedelta(days=days)):
            days -= 1
        return days

    def _file_all(self, round_id: str) -> None:
        """Each district files its decisions; the city acknowledges all but the present round's last."""
        stage, people = self.acts.stage, self.acts.people
        for code, bureau in people.bureaus.items():
            if not self.baskets[f"file-{code}"]:
                continue
            with stage.acting(bureau.handler) as actor:
                filing = review.prepare_filing(
                    actor=actor,
                    clock=stage.clock,
                    round_public_id=round_id,
                    contact=f"{actor.name} 0512-00000002",
                )
            stage.pause(20)
            with stage.acting(bureau.signer) as actor:
                review.send_filing(actor=actor, clock=stage.clock, public_id=filing)
            stage.pause(20)
            with stage.acting(people.city.handler) as actor:
                review.acknowledge_filing(actor=actor, clock=stage.clock, public_id=filing)
            self.baskets[f"file-{code}"].clear()

    def _object(self, notice: str) -> None:
        """The public objects to one enterprise; the city accepts the objection."""
        stage, city = self.acts.stage, self.acts.people.city
        public = Actor.public()
        wanted = {self.owners[case].name for case in self.baskets["objected"]}
        with stage.acting(public):
            entries = publicity_read.notice_file(actor=public, public_id=notice).entries
            entry = next(row for row in entries if row.enterprise_name in wanted)
            publicity.file_objection(
                actor=public,
                clock=stage.clock,
                entry_public_id=entry.public_id,
                form=publicity.ObjectionForm(
                    party="person",
                    person="示例市民",
                    unit="",
                    contact="0512-00000009",
                    matter="该企业东侧厂界夜间噪声较大，请核查其噪声达标情况。",
                ),
            )
        stage.pause(60)
        with stage.acting(city.handler) as actor:
            row = publicity_read.objections(actor=actor, state="filed")[0]
            publicity.accept_objection(
                actor=actor, clock=stage.clock, public_id=row.public_id, note="反映事项具体，予以受理。"
            )

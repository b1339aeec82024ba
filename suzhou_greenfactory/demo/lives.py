"""The lives of the demo's enterprises: generators that say when they next act, and act through the services.

Days count from the anchor (today = 0). A life that needs company on a notice or a list puts its case into one of
the director's baskets; the director's own life (`city_calendar`) acts for the city on fixed days.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from apps.applications import services as applications
from apps.applications.services import ReturnItem
from apps.core.actor import Actor
from apps.monitoring import services as monitoring
from apps.publicity import selectors as publicity_read
from apps.publicity import services as publicity
from apps.review import services as review
from apps.titles import selectors as titles_read
from suzhou_greenfactory.demo.acts import Acts
from suzhou_greenfactory.demo.cast import Company
from suzhou_greenfactory.demo.people import register
from suzhou_greenfactory.demo.stage import Life

#: Days of the earlier round and of the present one.
OLD_OPENS, OLD_CLOSES = -440, -400
NOW_OPENS, NOW_CLOSES = -62, 9
OLD, NOW = "old", "now"
#: When the city acts for whole baskets.
OLD_NOTICE, OLD_AWARD = -378, -366
NOTICE_ONE, NOTICE_TWO = -17, -2
LEVEL_3 = Decimal(80)


@dataclass
class Director:
    """Leads the lives; knows the rounds and the baskets."""

    acts: Acts
    password: str
    rounds: dict[str, str] = field(default_factory=dict)
    baskets: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    owners: dict[str, Company] = field(default_factory=dict)

    # ------------------------------------------------------------- common stretches
    def _hour(self, company: Company) -> tuple[int, int]:
        return 9 + company.serial % 8, (company.serial * 13) % 60

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
        hour, minute = self._hour(company)
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
        if company.life in _HISTORIC:
            yield from self._historic(company, actor)
            return
        yield from self._present(company, actor)

    def _to_signed(self, company: Company, actor: Actor, *, which: str, level: int, target: Decimal, day: int) -> Life:
        """Draft, submit, accept, check, score, sign; the case's public id is left in `owners`."""
        stage, acts = self.acts.stage, self.acts
        hour, minute = self._hour(company)
        public_id = yield from self._to_submitted(
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
        return public_id  # noqa: B901  (the value of `yield from`)

    def _to_submitted(
        self, company: Company, actor: Actor, *, which: str, level: int, target: Decimal, day: int
    ) -> Life:
        stage, acts = self.acts.stage, self.acts
        hour, minute = self._hour(company)
        yield stage.at(day, hour, minute)
        public_id = acts.start(company, actor, self.rounds[which], level)
        yield stage.at(day + 1, hour, minute)
        acts.fill(company, actor, public_id, level, target)
        yield stage.at(day + 4, hour, minute)
        acts.submit(company, actor, public_id)
        self.owners[public_id] = company
        return public_id  # noqa: B901  (the value of `yield from`)

    def _to_panel(self, company: Company, actor: Actor, *, which: str, target: Decimal, day: int, gap: int) -> Life:
        """From a draft to a formed panel of a 3A case."""
        stage, acts = self.acts.stage, self.acts
        hour, minute = self._hour(company)
        public_id = yield from self._to_signed(
            company, actor, which=which, level=3, target=target, day=day
        )
        yield stage.at(day + 15 + gap, hour, minute)
        acts.recommend(company, public_id, self.rounds[which])
        yield stage.at(day + 17 + gap, hour, minute)
        acts.accept_by_city(public_id)
        yield stage.at(day + 19 + gap, hour, minute)
        acts.form_panel(company, public_id)
        return public_id  # noqa: B901  (the value of `yield from`)

    # ------------------------------------------------------------- the earlier round
    def _historic(self, company: Company, actor: Actor) -> Life:
        stage, acts = self.acts.stage, self.acts
        day = OLD_OPENS + 1 + company.serial % 9
        hour, minute = self._hour(company)
        public_id = yield from self._to_panel(
            company, actor, which=OLD, target=company.target, day=day, gap=2
        )
        yield stage.at(day + 27, hour, minute)
        acts.assess(public_id, [Decimal(0), Decimal("0.40"), Decimal("0.85")])
        yield stage.at(day + 33, hour, minute)
        acts.conclude(company, public_id)
        yield stage.at(day + 36, hour, minute)
        acts.credit(company, public_id)
        self.baskets["old"].append(public_id)
        yield stage.at(OLD_AWARD + 5, hour, minute)
        tell = _AFTER.get(company.life)
        if tell is not None:
            yield from tell(self, company, actor)

    # ------------------------------------------------------------- the present round
    def _present(self, company: Company, actor: Actor) -> Life:
        """A 3A applicant first earns its 2A in the earlier round (R-08), unless its life is to be exempted."""
        if company.target >= LEVEL_3 or company.life == "expert_review":
            yield from self._earn_2a(company, actor)
        yield from _LIVES[company.life](self, company, actor)

    def _earn_2a(self, company: Company, actor: Actor) -> Life:
        stage, acts = self.acts.stage, self.acts
        hour, minute = self._hour(company)
        day = OLD_OPENS + 3 + company.serial % 11
        target = Decimal(72) + company.serial % 6
        public_id = yield from self._to_signed(
            company, actor, which=OLD, level=2, target=target, day=day
        )
        yield stage.at(day + 16, hour, minute)
        acts.propose(company, public_id)
        stage.pause(200)
        acts.rule(company, public_id)
        self.baskets[f"file-{company.district}"].append(public_id)

    def _day(self, company: Company) -> int:
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
        acts.publish(self.rounds[OLD], self.baskets["old"], f"关于{old_year}年第一批苏州市3A级绿色工厂拟评定名单的公示")
        yield stage.at(OLD_AWARD - 1, 8, 40)
        stage.sweep_now()
        yield stage.at(OLD_AWARD, 9, 30)
        acts.award(self.rounds[OLD], self.baskets["old"], f"苏工信节能〔{stage.at(OLD_AWARD).year}〕58号")
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
        yield stage.at(-5, 8, 45)
        stage.sweep_now()
        yield stage.at(NOTICE_TWO, 9, 10)
        notice = acts.publish(self.rounds[NOW], self.baskets["two"], f"{title}（二）")
        yield stage.at(NOTICE_TWO, 15)
        self._object(notice)
        yield stage.at(-1, 17, 30)
        stage.sweep_now()

    def _file_all(self, round_id: str) -> None:
        """Each district files its decisions; the city acknowledges all but the present round's last."""
        stage, people = self.acts.stage, self.acts.people
        for code, bureau in people.bureaus.items():
            if not self.baskets[f"file-{code}"]:
                continue
            with stage.acting(bureau.handler) as actor:
                filing = review.prepare_filing(
                    actor=actor, clock=stage.clock, round_public_id=round_id, contact="顾晓岚 0512-00000002"
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


# ----------------------------------------------------------------- lives in the present round
Tell = Callable[[Director, Company, Actor], Life]


def _level(company: Company) -> int:
    if company.life in {"conversion_offered", "converted", "not_recommended"} or company.target >= LEVEL_3:
        return 3
    return 2 if company.target >= 70 else 1  # noqa: PLR2004  (the plan's line of 2A)


def _draft(d: Director, company: Company, actor: Actor) -> Life:
    stage = d.acts.stage
    yield stage.at(-9 + company.serial % 4, *d._hour(company))  # noqa: SLF001  (lives belong to the director)
    public_id = d.acts.start(company, actor, d.rounds[NOW], _level(company))
    if company.serial % 2:
        yield stage.at(-3, 14, 20)
        d.acts.answer(company, actor, public_id, company.target)


def _submitted(d: Director, company: Company, actor: Actor) -> Life:
    yield from d._to_submitted(  # noqa: SLF001
        company, actor, which=NOW, level=_level(company), target=company.target, day=-8
    )


def _supplementing(d: Director, company: Company, actor: Actor) -> Life:
    stage, day = d.acts.stage, -14
    public_id = yield from d._to_submitted(  # noqa: SLF001
        company, actor, which=NOW, level=_level(company), target=company.target, day=day
    )
    yield stage.at(day + 7, 10, 20)
    d.acts.accept(company, public_id)
    yield stage.at(day + 9, 10, 20)
    _return(d, company, public_id)


def _return(d: Director, company: Company, public_id: str) -> None:
    handler = d.acts.people.bureaus[company.district].handler
    with d.acts.stage.acting(handler):
        applications.return_items(
            actor=handler,
            clock=d.acts.stage.clock,
            public_id=public_id,
            items=[
                ReturnItem("item", "H5-01", "温室气体核算未纳入外购热力。", "请补充外购热力排放后重新核算，并附核算表。"),
                ReturnItem("report", "next_steps", "未写明重大项目的时间安排。", "请补充项目名称、投资和完成时间。"),
            ],
        )


def _lapsed(d: Director, company: Company, actor: Actor) -> Life:
    stage, day = d.acts.stage, d._day(company)  # noqa: SLF001
    public_id = yield from d._to_submitted(  # noqa: SLF001
        company, actor, which=NOW, level=_level(company), target=company.target, day=day
    )
    yield stage.at(day + 7, 10, 20)
    d.acts.accept(company, public_id)
    yield stage.at(day + 9, 10, 20)
    _return(d, company, public_id)


def _withdrawn(d: Director, company: Company, actor: Actor) -> Life:
    stage = d.acts.stage
    public_id = yield from d._to_submitted(  # noqa: SLF001
        company, actor, which=NOW, level=_level(company), target=company.target, day=-20
    )
    yield stage.at(-15, 11)
    with stage.acting(actor):
        applications.withdraw(
            actor=actor, clock=stage.clock, public_id=public_id, reason="补充能源数据后重新申报。"
        )


def _rejected(d: Director, company: Company, actor: Actor) -> Life:
    stage = d.acts.stage
    public_id = yield from d._to_submitted(  # noqa: SLF001
        company, actor, which=NOW, level=_level(company), target=company.target, day=-24
    )
    yield stage.at(-18, 11)
    signer = d.acts.people.bureaus[company.district].signer
    with stage.acting(signer):
        applications.refuse_intake(
            actor=signer,
            clock=stage.clock,
            public_id=public_id,
            rule="R-10",
            reason="近三年受到生态环境行政处罚且尚未完成整改，不符合基本要求。",
        )


def _scoring(d: Director, company: Company, actor: Actor) -> Life:
    stage, day = d.acts.stage, -18
    public_id = yield from d._to_submitted(  # noqa: SLF001
        company, actor, which=NOW, level=_level(company), target=company.target, day=day
    )
    yield stage.at(day + 6, 9, 30)
    d.acts.accept(company, public_id)
    yield stage.at(day + 8, 9, 30)
    d.acts.check(company, public_id)
    if company.serial % 2:
        yield stage.at(day + 10, 14)
        d.acts.score(company, public_id, company.target, partly=True)


def _to_sign(d: Director, company: Company, actor: Actor) -> Life:
    stage, day = d.acts.stage, -24
    public_id = yield from d._to_submitted(  # noqa: SLF001
        company, actor, which=NOW, level=_level(company), target=company.target, day=day
    )
    yield stage.at(day + 6, 9, 30)
    d.acts.accept(company, public_id)
    yield stage.at(day + 8, 9, 30)
    d.acts.check(company, public_id)
    yield stage.at(day + 12, 9, 30)
    d.acts.score(company, public_id, company.target)
    stage.pause(100)
    d.acts.hand_to_signer(company, public_id)


def _signed(d: Director, company: Company, actor: Actor, day: int | None = None) -> Life:
    public_id = yield from d._to_signed(  # noqa: SLF001
        company,
        actor,
        which=NOW,
        level=_level(company),
        target=company.target,
        day=d._day(company) if day is None else day,  # noqa: SLF001
    )
    return public_id  # noqa: B901  (the value of `yield from`)


def _proposed(d: Director, company: Company, actor: Actor) -> Life:
    public_id = yield from _signed(d, company, actor, -22)
    yield d.acts.stage.at(-5, 10)
    d.acts.propose(company, public_id)


def _ruled(d: Director, company: Company, actor: Actor) -> Life:
    public_id = yield from _signed(d, company, actor)
    yield d.acts.stage.at(d._day(company) + 17, 10)  # noqa: SLF001
    d.acts.propose(company, public_id)
    d.acts.stage.pause(180)
    d.acts.rule(company, public_id)
    if company.life == "filed":
        d.baskets[f"file-{company.district}"].append(public_id)


def _exempted(d: Director, company: Company, actor: Actor) -> Life:
    """A 3A application without 2A, by a recorded exemption (R-08), that scores below 80 (R-18)."""
    stage, acts = d.acts.stage, d.acts
    day = d._day(company)  # noqa: SLF001
    hour, minute = d._hour(company)  # noqa: SLF001
    bureau = acts.people.bureaus[company.district]
    yield stage.at(day, hour, minute)
    public_id = acts.start(company, actor, d.rounds[NOW], 3)
    yield stage.at(day + 1, hour, minute)
    acts.fill(company, actor, public_id, 3, company.target)
    with stage.acting(actor):
        exemption = applications.request_exemption(
            actor=actor,
            clock=stage.clock,
            public_id=public_id,
            rule="R-08",
            reason="企业 2026 年完成整体搬迁改造，未能参加上一批 2A 评定。",
            basis="属地重点技改项目批复。",
        )
    stage.pause(200)
    with stage.acting(bureau.handler) as handler:
        applications.endorse_exemption(
            actor=handler,
            clock=stage.clock,
            exemption_public_id=exemption,
            opinion="情况属实，建议豁免前置等级要求。",
        )
    stage.pause(120)
    with stage.acting(bureau.signer) as signer:
        applications.approve_exemption(
            actor=signer, clock=stage.clock, exemption_public_id=exemption, note="同意。"
        )
    yield stage.at(day + 4, hour, minute)
    acts.submit(company, actor, public_id)
    yield stage.at(day + 7, hour, minute)
    acts.accept(company, public_id)
    yield stage.at(day + 9, hour, minute)
    acts.check(company, public_id)
    yield stage.at(day + 12, hour, minute)
    acts.score(company, public_id, company.target)
    stage.pause(100)
    acts.hand_to_signer(company, public_id)
    yield stage.at(day + 14, hour, minute)
    acts.sign(company, public_id)
    yield stage.at(day + 16, hour, minute)
    if company.life == "not_recommended":
        with stage.acting(bureau.signer) as signer:
            review.close_below_80(actor=signer, clock=stage.clock, public_id=public_id)
        return
    acts.propose(company, public_id)
    if company.life == "conversion_offered":
        return
    yield stage.at(day + 18, hour, minute)
    with stage.acting(actor):
        applications.answer_conversion(actor=actor, clock=stage.clock, public_id=public_id, consent=True)
    yield stage.at(day + 20, hour, minute)
    acts.propose(company, public_id)
    stage.pause(180)
    acts.rule(company, public_id)


def _recommended(d: Director, company: Company, actor: Actor) -> Life:
    public_id = yield from _signed(d, company, actor, -24)
    yield d.acts.stage.at(-7, 10)
    d.acts.recommend(company, public_id, d.rounds[NOW])


def _reviewing(d: Director, company: Company, actor: Actor) -> Life:
    stage = d.acts.stage
    public_id = yield from d._to_panel(  # noqa: SLF001
        company, actor, which=NOW, target=company.target, day=-30, gap=1
    )
    yield stage.at(-7, 14)
    if company.serial % 3 == 0:
        d.acts.assess(public_id, [Decimal("0.60"), Decimal(0)])
    elif company.serial % 3 == 1:
        d.acts.declare_only(public_id, 2)


def _assessed(d: Director, company: Company, actor: Actor) -> Life:
    stage = d.acts.stage
    public_id = yield from d._to_panel(  # noqa: SLF001
        company, actor, which=NOW, target=company.target, day=NOW_OPENS + 1, gap=1
    )
    yield stage.at(NOW_OPENS + 29, *d._hour(company))  # noqa: SLF001
    d.acts.assess(public_id, [Decimal("0.20"), Decimal(0), Decimal("0.70")])
    yield stage.at(NOW_OPENS + 34, *d._hour(company))  # noqa: SLF001
    d.acts.conclude(company, public_id)
    return public_id  # noqa: B901  (the value of `yield from`)


def _panel_refused(d: Director, company: Company, actor: Actor) -> Life:
    stage = d.acts.stage
    public_id = yield from d._to_panel(  # noqa: SLF001
        company, actor, which=NOW, target=company.target, day=NOW_OPENS + 1, gap=1
    )
    yield stage.at(NOW_OPENS + 29, *d._hour(company))  # noqa: SLF001
    d.acts.assess(public_id, [Decimal("4.5"), Decimal("6.0"), Decimal("5.2")])
    yield stage.at(NOW_OPENS + 34, *d._hour(company))  # noqa: SLF001
    d.acts.conclude(company, public_id, recommend=False)


def _credit_check(d: Director, company: Company, actor: Actor) -> Life:
    public_id = yield from _assessed(d, company, actor)
    if company.serial % 2:
        yield d.acts.stage.at(-6, 10)
        d.acts.credit(
            company, public_id, result="explanation", matters="企业信用报告载有一条行政处罚记录，需说明整改情况。"
        )


def _credit_refused(d: Director, company: Company, actor: Actor) -> Life:
    stage, city = d.acts.stage, d.acts.people.city
    public_id = yield from _assessed(d, company, actor)
    yield stage.at(-20, 10)
    d.acts.credit(company, public_id, result="adverse", matters="被列入失信被执行人名单。")
    yield stage.at(-18, 10)
    with stage.acting(city.signer) as actor_:
        publicity.refuse_for_credit(
            actor=actor_, clock=stage.clock, public_id=public_id, reason="征信查询发现列入失信被执行人，不予评定。"
        )


def _noticed(d: Director, company: Company, actor: Actor) -> Life:
    public_id = yield from _assessed(d, company, actor)
    first = company.life == "confirmable"
    yield d.acts.stage.at((NOTICE_ONE if first else NOTICE_TWO) - 3, 10)
    d.acts.credit(company, public_id)
    d.baskets["one" if first else "two"].append(public_id)
    if company.life == "objection":
        d.baskets["objected"].append(public_id)


_LIVES: dict[str, Tell] = {
    "draft": _draft,
    "submitted": _submitted,
    "supplementing": _supplementing,
    "withdrawn": _withdrawn,
    "lapsed": _lapsed,
    "rejected": _rejected,
    "scoring": _scoring,
    "to_sign": _to_sign,
    "district_proposed": _proposed,
    "awarded_1a": _ruled,
    "awarded_2a": _ruled,
    "filed": _ruled,
    "refused_district": _ruled,
    "conversion_offered": _exempted,
    "converted": _exempted,
    "not_recommended": _exempted,
    "recommended": _recommended,
    "expert_review": _reviewing,
    "panel_refused": _panel_refused,
    "credit_check": _credit_check,
    "credit_refused": _credit_refused,
    "on_notice": _noticed,
    "objection": _noticed,
    "confirmable": _noticed,
}


# ----------------------------------------------------------------- lives after a title
def _title(d: Director, company: Company) -> str:
    with d.acts.stage.acting(d.acts.people.city.handler) as actor:
        found = titles_read.titles_page(actor=actor, q=company.uscc, level=3, state="", district="", page=1).rows
    return found[0].public_id


def _plan(d: Director, company: Company, *, trigger: str, note: str) -> str:
    handler = d.acts.people.bureaus[company.district].handler
    title = _title(d, company)
    with d.acts.stage.acting(handler):
        return monitoring.plan_recheck(
            actor=handler,
            clock=d.acts.stage.clock,
            title_public_id=title,
            planned_on=d.acts.stage.clock.now().on + timedelta(days=3),
            trigger=trigger,
            note=note,
        )


def _rechecking(d: Director, company: Company, actor: Actor) -> Life:
    del actor
    yield d.acts.stage.at(-4, 10)
    _plan(d, company, trigger="report", note="实名举报反映厂区废水处理设施间歇停运，附照片。")


def _failed(d: Director, company: Company, day: int) -> Life:
    """A recheck that finds faults, signed; returns the rectification."""
    stage, bureau = d.acts.stage, d.acts.people.bureaus[company.district]
    yield stage.at(day, 10)
    recheck = _plan(d, company, trigger="cycle", note="")
    yield stage.at(day + 3, 15)
    with stage.acting(bureau.handler) as handler:
        monitoring.record_recheck(
            actor=handler,
            clock=stage.clock,
            public_id=recheck,
            result=monitoring.RecheckResult(
                visited_on=stage.clock.now().on,
                place=company.address,
                people=["顾晓岚", "陆志远"],
                score=Decimal("74.60"),
                conclusion="现场核查与申报材料不一致，复核得分低于 80 分。",
                findings=[
                    monitoring.Finding(
                        "H3-02",
                        "危险废物暂存间未按要求分区，台账缺少 6—8 月记录。",
                        "完善分区和标识，补齐台账并上传信息系统。",
                        "整改照片、台账",
                    ),
                    monitoring.Finding(
                        "J3-04", "二级能源计量器具配备率不足。", "按 GB 17167 配齐次级用能单位计量器具。", "器具一览表"
                    ),
                ],
            ),
        )
    yield stage.at(day + 5, 10)
    with stage.acting(bureau.signer) as signer:
        order = monitoring.sign_recheck(
            actor=signer,
            clock=stage.clock,
            public_id=recheck,
            order_no=f"示例工信整〔{stage.clock.now().on.year}〕{company.serial}号",
        )
    return order  # noqa: B901  (the value of `yield from`)


def _rectifying(d: Director, company: Company, actor: Actor) -> Life:
    stage = d.acts.stage
    order = yield from _failed(d, company, -60 + company.serial % 5)
    yield stage.at(-50, 9, 20)
    with stage.acting(actor):
        monitoring.serve_rectification(actor=actor, clock=stage.clock, public_id=order)
    if company.serial % 2:
        yield stage.at(-9, 16)
        with stage.acting(actor):
            monitoring.answer_items(
                actor=actor,
                clock=stage.clock,
                public_id=order,
                answers={1: "已重新分区并补齐台账，照片见附件。", 2: "已新增 14 台电能表，配备率达到 96%。"},
            )
            monitoring.submit_rectification(actor=actor, clock=stage.clock, public_id=order)


def _cancelled(d: Director, company: Company, actor: Actor) -> Life:
    stage, city = d.acts.stage, d.acts.people.city
    order = yield from _failed(d, company, -250)
    yield stage.at(-240, 9, 20)
    with stage.acting(actor):
        monitoring.serve_rectification(actor=actor, clock=stage.clock, public_id=order)
    yield stage.at(-110, 9)
    stage.sweep_now()
    yield stage.at(-90, 10)
    stage.sweep_now()
    from apps.monitoring import selectors as monitoring_read

    with stage.acting(city.leader) as leader:
        row = next(r for r in monitoring_read.cancellations(actor=leader, state="proposed"))
        monitoring.decide_cancellation(
            actor=leader,
            clock=stage.clock,
            public_id=row.public_id,
            decision="cancel",
            document_no=f"苏工信节能〔{stage.clock.now().on.year}〕31号",
            note="整改期限届满未完成整改，经告知未提出陈述申辩。",
        )


_AFTER: dict[str, Tell] = {"rechecking": _rechecking, "rectifying": _rectifying, "cancelled": _cancelled}
_HISTORIC = frozenset({"awarded_3a", *_AFTER})

"""The lives in the present round: generators that say when they next act, and act through the services.

Days count from the anchor (today = 0). A life that needs company on a notice puts its case into a basket of the
director's, who acts for the city.
"""

from __future__ import annotations

from decimal import Decimal

from apps.applications import services as applications
from apps.applications.services import ReturnItem
from apps.core.actor import Actor
from apps.publicity import services as publicity
from apps.review import services as review
from suzhou_greenfactory.demo.cast import Company
from suzhou_greenfactory.demo.differences import panel_cuts
from suzhou_greenfactory.demo.director import LEVEL_3, NOTICE_ONE, NOTICE_TWO, NOW, NOW_OPENS, Director, Tell
from suzhou_greenfactory.demo.second_looks import slip_and_correct
from suzhou_greenfactory.demo.stage import Life, Stretch


def _level(company: Company) -> int:
    if company.life in {"conversion_offered", "converted", "not_recommended"} or company.target >= LEVEL_3:
        return 3
    return 2 if company.target >= 70 else 1  # noqa: PLR2004  (the plan's line of 2A)


def _draft(d: Director, company: Company, actor: Actor) -> Life:
    stage = d.acts.stage
    yield stage.at(-9 + company.serial % 4, *d.hour(company))
    public_id = d.acts.start(actor, d.rounds[NOW], _level(company))
    if company.serial % 2:
        yield stage.at(-3, 14, 20)
        d.acts.answer(company, actor, public_id, company.target)


def _submitted(d: Director, company: Company, actor: Actor) -> Life:
    yield from d.to_submitted(company, actor, which=NOW, level=_level(company), target=company.target, day=-8)


def _supplementing(d: Director, company: Company, actor: Actor) -> Life:
    stage, day = d.acts.stage, -14
    public_id = yield from d.to_submitted(
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
                ReturnItem(
                    part="item",
                    code="H5-01",
                    reason="温室气体核算未纳入外购热力。",
                    wanted="请补充后重新核算，并附核算表。",
                ),
                ReturnItem(
                    part="report",
                    code="next_steps",
                    reason="未写明重大项目的时间安排。",
                    wanted="请补充项目名称、投资和完成时间。",
                ),
            ],
        )


def _lapsed(d: Director, company: Company, actor: Actor) -> Life:
    stage, day = d.acts.stage, d.day(company)
    public_id = yield from d.to_submitted(
        company, actor, which=NOW, level=_level(company), target=company.target, day=day
    )
    yield stage.at(day + 7, 10, 20)
    d.acts.accept(company, public_id)
    yield stage.at(day + 9, 10, 20)
    _return(d, company, public_id)


def _withdrawn(d: Director, company: Company, actor: Actor) -> Life:
    stage = d.acts.stage
    public_id = yield from d.to_submitted(
        company, actor, which=NOW, level=_level(company), target=company.target, day=-20
    )
    yield stage.at(-15, 11)
    with stage.acting(actor):
        applications.withdraw(
            actor=actor, clock=stage.clock, public_id=public_id, reason="补充能源数据后重新申报。"
        )


def _rejected(d: Director, company: Company, actor: Actor) -> Life:
    stage = d.acts.stage
    public_id = yield from d.to_submitted(
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
    public_id = yield from d.to_submitted(
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
    public_id = yield from d.to_submitted(
        company, actor, which=NOW, level=_level(company), target=company.target, day=day
    )
    yield stage.at(day + 6, 9, 30)
    d.acts.accept(company, public_id)
    yield stage.at(day + 8, 9, 30)
    d.acts.check(company, public_id)
    yield stage.at(day + 12, 9, 30)
    d.acts.score(company, public_id, company.target)
    if company.serial % 2 == 0:
        slip_and_correct(d.acts, company, public_id)
    stage.pause(100)
    d.acts.hand_to_signer(company, public_id)


def _signed(d: Director, company: Company, actor: Actor, day: int | None = None) -> Stretch:
    public_id = yield from d.to_signed(
        company,
        actor,
        which=NOW,
        level=_level(company),
        target=company.target,
        day=d.day(company) if day is None else day,
    )
    return public_id


def _proposed(d: Director, company: Company, actor: Actor) -> Life:
    public_id = yield from _signed(d, company, actor, -22)
    yield d.acts.stage.at(-5, 10)
    d.acts.propose(company, public_id)


def _ruled(d: Director, company: Company, actor: Actor) -> Life:
    public_id = yield from _signed(d, company, actor)
    yield d.acts.stage.at(d.day(company) + 17, 10)
    d.acts.propose(company, public_id)
    d.acts.stage.pause(180)
    d.acts.rule(company, public_id)
    if company.life == "filed":
        d.baskets[f"file-{company.district}"].append(public_id)


def _exempted(d: Director, company: Company, actor: Actor) -> Life:
    """A 3A application without 2A, by a recorded exemption (R-08), that scores below 80 (R-18)."""
    stage, acts = d.acts.stage, d.acts
    day = d.day(company)
    hour, minute = d.hour(company)
    bureau = acts.people.bureaus[company.district]
    yield stage.at(day, hour, minute)
    public_id = acts.start(actor, d.rounds[NOW], 3)
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
    public_id = yield from d.to_panel(company, actor, which=NOW, target=company.target, day=-30, gap=1)
    yield stage.at(-7, 14)
    if company.serial % 3 == 0:
        d.acts.assess(public_id, [Decimal("0.60"), Decimal(0)])
    elif company.serial % 3 == 1:
        d.acts.declare_only(public_id, 2)


def _assessed(d: Director, company: Company, actor: Actor) -> Stretch:
    stage = d.acts.stage
    public_id = yield from d.to_panel(
        company, actor, which=NOW, target=company.target, day=NOW_OPENS + 1, gap=1
    )
    yield stage.at(NOW_OPENS + 29, *d.hour(company))
    d.acts.assess(public_id, panel_cuts(company.serial))
    yield stage.at(NOW_OPENS + 34, *d.hour(company))
    d.acts.conclude(public_id)
    return public_id


def _panel_refused(d: Director, company: Company, actor: Actor) -> Life:
    stage = d.acts.stage
    public_id = yield from d.to_panel(
        company, actor, which=NOW, target=company.target, day=NOW_OPENS + 1, gap=1
    )
    yield stage.at(NOW_OPENS + 29, *d.hour(company))
    d.acts.assess(public_id, [Decimal("4.5"), Decimal("6.0"), Decimal("5.2")])
    yield stage.at(NOW_OPENS + 34, *d.hour(company))
    d.acts.conclude(public_id, recommend=False)


def _credit_check(d: Director, company: Company, actor: Actor) -> Life:
    public_id = yield from _assessed(d, company, actor)
    if company.serial % 2:
        yield d.acts.stage.at(-6, 10)
        d.acts.credit(
            company,
            public_id,
            result="explanation",
            matters="企业信用报告载有一条行政处罚记录，需说明整改情况。",
        )


def _credit_refused(d: Director, company: Company, actor: Actor) -> Life:
    stage, city = d.acts.stage, d.acts.people.city
    public_id = yield from _assessed(d, company, actor)
    yield stage.at(-20, 10)
    d.acts.credit(company, public_id, result="adverse", matters="被列入失信被执行人名单。")
    yield stage.at(-18, 10)
    with stage.acting(city.signer) as actor_:
        publicity.refuse_for_credit(
            actor=actor_,
            clock=stage.clock,
            public_id=public_id,
            reason="征信查询发现列入失信被执行人，不予评定。",
        )


def _noticed(d: Director, company: Company, actor: Actor) -> Life:
    public_id = yield from _assessed(d, company, actor)
    first = company.life == "confirmable"
    yield d.acts.stage.at((NOTICE_ONE if first else NOTICE_TWO) - 3, 10)
    d.acts.credit(company, public_id)
    d.baskets["one" if first else "two"].append(public_id)
    if company.life == "objection":
        d.baskets["objected"].append(public_id)


LIVES: dict[str, Tell] = {
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

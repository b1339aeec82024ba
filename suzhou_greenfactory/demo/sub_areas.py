"""A district that asks its 板块 first: one opinion given, one waiting, and the account that gives them (R-14)."""

from __future__ import annotations

from django.db import transaction

from apps.accounts import selectors as accounts_read
from apps.accounts import services as accounts
from apps.applications import selectors as applications_read
from apps.applications import services as applications
from apps.core.actor import Actor, Role
from apps.core.scoping import enter
from suzhou_greenfactory.demo.acts import Acts
from suzhou_greenfactory.demo.cast import Company
from suzhou_greenfactory.demo.stage import Life, Stage

#: 相城区, its 板块, and who answers for the first of them.
DISTRICT = "320507"
SUB_AREAS = ("相城经济技术开发区", "苏州高铁新城")
USERNAME, NAME = f"bankuai_{DISTRICT}", "何静怡"
#: The days on which it looks for a case that waits to be accepted: the district's companies hand in one by one.
_LOOKS = range(-16, -9)
_REASON = "近两年在板块内组织的节能诊断中整改到位，无环保和安全投诉。"


def ask_sub_areas(acts: Acts, companies: list[Company], password: str) -> Life:
    """Name the 板块 of one district; one case is accepted with an opinion, and from today each needs one."""
    stage, bureau = acts.stage, acts.people.bureaus[DISTRICT]
    yield stage.at(-30, 9, 10)
    clerk = _open_account(stage, password)
    given = ""
    for day in _LOOKS:
        yield stage.at(day, 10, 40)
        given = _handed_in(stage, bureau.handler, companies)
        if given:
            break
    if given:
        _ask(stage, bureau.handler, given)
        stage.pause(95)
        with stage.acting(clerk):
            applications.give_sub_area_opinion(
                actor=clerk, clock=stage.clock, public_id=given, recommends=True, reason=_REASON
            )
    yield stage.at(-1, 15, 20)
    with stage.acting(bureau.signer) as signer:
        applications.choose_practice(
            actor=signer,
            clock=stage.clock,
            sub_area_opinion=True,
            effective_from=stage.clock.now().on,
            reason="申报企业的日常情况由板块掌握，受理前先听取板块意见。",
        )
    waiting = _handed_in(stage, bureau.handler, companies)
    if waiting:
        stage.pause(12)
        _ask(stage, bureau.handler, waiting)


def _handed_in(stage: Stage, handler: Actor, companies: list[Company]) -> str:
    """Return an application of the district that is not accepted yet, the first company's by serial; "" for none."""
    order = {company.name: company.serial for company in companies}
    with stage.acting(handler) as actor:
        found = applications_read.cases_in_state(actor=actor, states=["submitted"])
    ours = sorted(found, key=lambda case: order.get(case.enterprise_name, 0))
    return ours[0].public_id if ours else ""


def _ask(stage: Stage, handler: Actor, public_id: str) -> None:
    with stage.acting(handler) as actor:
        applications.ask_sub_area(actor=actor, clock=stage.clock, public_id=public_id, sub_area=SUB_AREAS[0])


def _open_account(stage: Stage, password: str) -> Actor:
    """Write the 板块 into the district's file and make the account, as the security administrator does."""
    with transaction.atomic():
        enter(Actor.system())
        keeper = accounts_read.actor_by_username(username="anquan")
        row = next(one for one in accounts_read.districts() if one.code == DISTRICT)
    with stage.acting(keeper):
        accounts.change_bureau(
            actor=keeper,
            clock=stage.clock,
            code=DISTRICT,
            authority=row.authority,
            phone=row.phone,
            sub_areas=SUB_AREAS,
            reason="登记本属地的板块。",
        )
    with transaction.atomic():
        enter(Actor.system())
        accounts.create_staff(
            actor=Actor.system(),
            clock=stage.clock,
            username=USERNAME,
            name=NAME,
            role=Role.SUB_AREA,
            password=password,
            district=DISTRICT,
            position="经济发展局 经办",
            sub_area=SUB_AREAS[0],
        )
        return accounts_read.actor_by_username(username=USERNAME)

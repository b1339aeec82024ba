"""One spot check of the demo: rechecks the districts reported, drawn verifiably, one of them visited by the city.

Each district reports one result, so the draw takes every one of them whatever its random secret is: the world stays
the same from one making to the next. Days count from the anchor (today = 0).
"""

from __future__ import annotations

from datetime import time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from apps.core.actor import Actor
from apps.monitoring import services as monitoring
from apps.monitoring import spot_checks as monitoring_read
from apps.titles import selectors as titles_read

if TYPE_CHECKING:
    from suzhou_greenfactory.demo.cast import Company
    from suzhou_greenfactory.demo.director import Director
    from suzhou_greenfactory.demo.stage import Life

_SOURCE = "中国福利彩票双色球第{issue}期开奖号码（示例）"
_VALUE = "红05 08 13 20 26 31 蓝11"
#: The districts plan, visit and report; the city commits, draws and visits.
_PLANNED, _VISITED, _REPORTED = -60, -56, -54
_COMMITTED, _DRAWN, _ARRANGED, _CITY_VISIT, _SIGNED = -24, -23, -21, -16, -15
#: The city's second visit is still ahead.
_AHEAD_DAYS = 6
#: The first ones with a title keep it at rest for whoever tries the product as an enterprise.
_LEFT_ALONE, _RECHECKED = 2, 4


def spot_check(director: Director, companies: list[Company]) -> Life:
    """Report four rechecks, draw from them, visit one, arrange another; the others wait."""
    stage, city = director.acts.stage, director.acts.people.city
    titled = [company for company in companies if company.life == "awarded_3a"]
    chosen = titled[_LEFT_ALONE : _LEFT_ALONE + _RECHECKED]
    yield from _reported(director, chosen)
    yield stage.at(_COMMITTED, 14, 10)
    with stage.acting(city.handler) as actor:
        on = stage.clock.now().on
        draw = monitoring.commit_spot_checks(
            actor=actor,
            clock=stage.clock,
            from_on=stage.at(_PLANNED).date(),
            until_on=on,
            source=_SOURCE.format(issue=f"{on.year}{on.timetuple().tm_yday // 3:03d}"),
            known_from=stage.at(_COMMITTED, 21, 30),
        )
    yield stage.at(_DRAWN, 9, 20)
    with stage.acting(city.signer) as actor:
        monitoring.reveal_spot_checks(actor=actor, clock=stage.clock, public_id=draw, public_value=_VALUE)
    yield stage.at(_ARRANGED, 10, 40)
    with stage.acting(city.handler) as actor:
        checks = {
            row.enterprise_name: row.public_id
            for row in monitoring_read.sample_file(actor=actor, public_id=draw).checks
        }
        visit, _ = (
            monitoring.arrange_spot_check(
                actor=actor,
                clock=stage.clock,
                public_id=checks[company.name],
                planned_on=stage.at(day).date(),
            )
            for company, day in zip(chosen, (_CITY_VISIT, _AHEAD_DAYS), strict=False)
        )
    yield from _visited(director, chosen[0], visit)


def _reported(director: Director, chosen: list[Company]) -> Life:
    """Let each district recheck its enterprise and report that the title stands."""
    stage, bureaus = director.acts.stage, director.acts.people.bureaus
    yield stage.at(_PLANNED, 10, 5)
    rechecks = [_planned(director, company) for company in chosen]
    yield stage.at(_VISITED, 16, 5)
    for company, recheck in zip(chosen, rechecks, strict=True):
        score = Decimal("84.20") + company.serial % 4
        bureau = bureaus[company.district]
        with stage.acting(bureau.handler) as handler:
            _record(director, handler, company, recheck, score, [handler.name, bureau.signer.name])
        stage.pause(9)
    yield stage.at(_REPORTED, 10, 5)
    for company, recheck in zip(chosen, rechecks, strict=True):
        with stage.acting(bureaus[company.district].signer) as signer:
            monitoring.sign_recheck(actor=signer, clock=stage.clock, public_id=recheck)
        stage.pause(6)


def _planned(director: Director, company: Company) -> str:
    stage, handler = director.acts.stage, director.acts.people.bureaus[company.district].handler
    with stage.acting(handler) as actor:
        page = titles_read.titles_page(actor=actor, q=company.uscc, level=3, state="", district="", page=1)
        return monitoring.plan_recheck(
            actor=actor,
            clock=stage.clock,
            title_public_id=page.rows[0].public_id,
            planned_on=stage.clock.now().on + timedelta(days=_VISITED - _PLANNED),
            trigger="cycle",
            note="",
        )


def _visited(director: Director, company: Company, visit: str) -> Life:
    """Let the city visit, and find about the same as the district."""
    stage, city = director.acts.stage, director.acts.people.city
    yield stage.at(_CITY_VISIT, 16, 30)
    with stage.acting(city.handler) as actor:
        _record(director, actor, company, visit, Decimal("83.60"), [actor.name, city.credit.name])
    yield stage.at(_SIGNED, 11, 15)
    with stage.acting(city.signer) as actor:
        monitoring.sign_recheck(actor=actor, clock=stage.clock, public_id=visit)


def _record(
    director: Director, actor: Actor, company: Company, recheck: str, score: Decimal, people: list[str]
) -> None:
    monitoring.record_recheck(
        actor=actor,
        clock=director.acts.stage.clock,
        public_id=recheck,
        result=monitoring.RecheckResult(
            visited_on=director.acts.stage.clock.now().on,
            place=company.address,
            people=people,
            accompanied_by="安环部负责人",
            opening_at=time(9, 30),
            closing_at=time(15, 30),
            score=score,
            conclusion="现场核查与申报材料基本一致，符合3A级绿色工厂要求。",
            findings=[],
        ),
    )

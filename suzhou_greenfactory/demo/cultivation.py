"""Cultivation in the demo: events held and to come, building plans and lists, registered service bodies (R-45).

Days count from the anchor (today = 0). Who takes part lives elsewhere too; nothing here touches their applications.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from apps.accounts.selectors import actor_by_username
from apps.core.actor import Actor
from apps.cultivation import selectors as cultivation_read
from apps.cultivation import services as cultivation
from suzhou_greenfactory.demo import cast

if TYPE_CHECKING:
    from suzhou_greenfactory.demo.director import Director
    from suzhou_greenfactory.demo.stage import Life, Stage

#: Lives whose companies have been here for long and may well aim higher.
_ASPIRING = frozenset({"awarded_1a", "awarded_2a", "refused_district", "not_recommended"})
_BODIES_DAY, _PLANS_DAY, _LISTED_DAY, _CAMPAIGN_DAY, _TRAINING_DAY, _NOW_DAY = -200, -120, -100, -161, -40, -9
#: The next training is this many days ahead.
_AHEAD_DAYS = 12
_CAME = 4
_BODIES = (
    ("苏州示例绿色制造评价有限公司", "third_party", "国家绿色制造第三方评价机构（示例）", 901),
    ("苏州示例节能咨询有限公司", "consultant", "节能诊断服务（示例）", 902),
    ("江苏示例绿色金融服务有限公司", "finance", "绿色信贷评价（示例）", 903),
)
_MEASURES = (
    "建设 2 MW 屋顶光伏；更换一级能效空压机 6 台；能源管理系统上线。",
    "中水回用改造，取水量下降 15%；挥发性有机物收集治理升级。",
    "开展产品碳足迹核算，主要产品完成绿色设计产品评价。",
    "老旧电机淘汰更新 42 台，余热回收用于车间供暖。",
)
#: What the districts answer to the plans in turn; "" leaves the plan waiting.
_ANSWERS = (
    ("list", "措施具体，列入培育名单。"),
    ("list", "基础较好，列入培育名单。"),
    ("leave_out", "请补充能源管理制度后再报。"),
    ("", ""),
)


def cultivate(director: Director, companies: Sequence[cast.Company]) -> Life:
    """Register bodies, hold a campaign week and a training, list plans, announce the next training."""
    stage, city = director.acts.stage, director.acts.people.city
    firms = [company for company in companies if company.life in _ASPIRING]
    yield stage.at(_BODIES_DAY, 10, 20)
    with stage.acting(city.handler) as actor:
        bodies = [
            cultivation.register_body(
                actor=actor,
                clock=stage.clock,
                name=name,
                uscc=cast.made_up_credit_code(firms[0].district, number),
                kinds=[kind],
                qualification=qualification,
            )
            for name, kind, qualification, number in _BODIES
        ]
    yield stage.at(_CAMPAIGN_DAY, 9, 40)
    week = _announced(stage, city.handler, "energy_week", "节能宣传周：绿色工厂开放日（示例）", ahead=6)
    yield from _held(stage, city.handler, week, firms[:2], days=7, since=_CAMPAIGN_DAY)
    yield stage.at(_PLANS_DAY, 14, 30)
    plans = [_plan(stage, firm, turn) for turn, firm in enumerate(firms)]
    for turn, firm in enumerate(firms[:2]):
        with stage.acting(_of(stage, firm)) as actor:
            cultivation.declare_engagement(
                actor=actor, clock=stage.clock, body=bodies[turn], since=stage.at(_PLANS_DAY - 30).date()
            )
    yield stage.at(_LISTED_DAY, 16, 10)
    for turn, (firm, plan) in enumerate(zip(firms, plans, strict=True)):
        event, opinion = _ANSWERS[turn % len(_ANSWERS)]
        if event:
            with stage.acting(director.acts.people.bureaus[firm.district].handler) as actor:
                cultivation.decide_plan(
                    actor=actor, clock=stage.clock, public_id=plan, event=event, opinion=opinion
                )
    yield stage.at(_TRAINING_DAY, 10, 15)
    training = _announced(stage, city.handler, "training", "绿色工厂评价办法专题培训（示例）", ahead=12)
    yield from _held(stage, city.handler, training, firms, days=13, since=_TRAINING_DAY)
    yield stage.at(_NOW_DAY, 11, 5)
    host = director.acts.people.bureaus[firms[0].district].handler
    coming = _announced(
        stage, host, "training", "申报材料和评价报告编写辅导（示例）", ahead=_AHEAD_DAYS - _NOW_DAY
    )
    _sign_up(stage, coming, firms[:3])


def _of(stage: Stage, firm: cast.Company) -> Actor:
    with stage.acting(Actor.system()):
        return actor_by_username(username=firm.username)


def _announced(stage: Stage, host: Actor, kind: str, title: str, *, ahead: int) -> str:
    """Draft and publish an event of *host* that begins in *ahead* days; returns its public id."""
    today = stage.clock.now().at
    starts = today.replace(minute=0, second=0, microsecond=0) + timedelta(days=ahead)
    with stage.acting(host) as actor:
        event = cultivation.make_event(
            actor=actor,
            clock=stage.clock,
            data=cultivation.EventData(
                kind=kind,
                title=title,
                place="示例会议中心二楼报告厅（虚构）",
                starts_at=starts,
                ends_at=starts + timedelta(hours=3),
                sign_up_until=starts - timedelta(days=1),
                summary="讲解评价办法、评价指标和申报材料要求，现场答疑。自愿参加，不收费。",
                seats=120,
                material="一、评价办法要点\n二、常见补正事项\n三、佐证材料清单",
            ),
        )
        cultivation.move_event(actor=actor, clock=stage.clock, public_id=event, event="open")
    return event


def _sign_up(stage: Stage, event: str, firms: Sequence[cast.Company]) -> None:
    for turn, firm in enumerate(firms):
        with stage.acting(_of(stage, firm)) as actor:
            cultivation.sign_up(
                actor=actor, clock=stage.clock, public_id=event, person=firm.contact, people=1 + turn % 3
            )


def _held(
    stage: Stage, host: Actor, event: str, firms: Sequence[cast.Company], *, days: int, since: int
) -> Life:
    """Let *firms* sign up two days later, and the host note who came *days* after the announcement."""
    yield stage.at(since + 2, 15, 25)
    _sign_up(stage, event, firms)
    yield stage.at(since + days, 17, 20)
    with stage.acting(host) as actor:
        there = [row.public_id for row in cultivation_read.participants(actor=actor, public_id=event)[:_CAME]]
        cultivation.mark_attendance(actor=actor, clock=stage.clock, public_id=event, came=there)
        cultivation.move_event(actor=actor, clock=stage.clock, public_id=event, event="hold")


def _plan(stage: Stage, firm: cast.Company, turn: int) -> str:
    """Send the building plan of a company: one level higher, this year or next; returns its public id."""
    level = 2 if firm.life == "awarded_1a" else 3
    with stage.acting(_of(stage, firm)) as actor:
        return cultivation.send_plan(
            actor=actor,
            clock=stage.clock,
            level=level,
            year=stage.clock.now().on.year + 1 - turn % 2,
            measures=_MEASURES[turn % len(_MEASURES)],
        )

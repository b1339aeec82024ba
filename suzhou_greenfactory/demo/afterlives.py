"""Lives after a title: rechecked, rectifying, cancelled and banned."""

from __future__ import annotations

from datetime import time, timedelta
from decimal import Decimal

from apps.core.actor import Actor
from apps.monitoring import selectors as monitoring_read
from apps.monitoring import services as monitoring
from apps.titles import selectors as titles_read
from suzhou_greenfactory.demo.cast import Company
from suzhou_greenfactory.demo.director import Director, Tell
from suzhou_greenfactory.demo.stage import Life, Stretch


def _title(d: Director, company: Company) -> str:
    with d.acts.stage.acting(d.acts.people.city.handler) as actor:
        found = titles_read.titles_page(
            actor=actor, q=company.uscc, level=3, state="", district="", page=1
        ).rows
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


def _failed(d: Director, company: Company, day: int) -> Stretch:
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
                people=[bureau.handler.name, bureau.signer.name],
                accompanied_by="安环部负责人",
                opening_at=time(9, 30),
                closing_at=time(15, 30),
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
                        "J3-04",
                        "二级能源计量器具配备率不足。",
                        "按 GB 17167 配齐次级用能单位计量器具。",
                        "器具一览表",
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
    assert order is not None  # noqa: S101  (the recheck failed: a rectification was ordered)
    return order


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


AFTER: dict[str, Tell] = {"rechecking": _rechecking, "rectifying": _rectifying, "cancelled": _cancelled}

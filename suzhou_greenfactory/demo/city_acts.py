"""What the city and its experts do in the demo, from acceptance to recognition; each act one call of a service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import time, timedelta
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile

from apps.core.actor import Actor
from apps.publicity import services as publicity
from apps.review import selectors as review_read
from apps.review import services as review
from apps.scoring import selectors as scoring
from suzhou_greenfactory.demo.cast import Company
from suzhou_greenfactory.demo.props import Props

#: A line drawn by hand, as far as a demo has a hand.
_LINE = [[[60 * step, 500 + 40 * (step % 3)] for step in range(1, 13)]]
#: What experts write in their forms: strengths, problems, advice.
_REMARKS = (
    (
        "能源管理基础较好，计量数据在线采集。",
        "部分供应商绿色评价资料不完整。",
        "完善产品碳足迹核算。",
    ),
    (
        "清洁生产方案落实到位，中水回用率较高。",
        "无组织排放点的收集记录不连续。",
        "补齐废气收集设施的运行台账，开展水平衡测试复核。",
    ),
    (
        "主要用能设备能效达到先进水平，屋顶光伏已并网。",
        "次级用能单位的计量器具配备率偏低。",
        "按 GB 17167 完善二级、三级计量，并接入能源管理系统。",
    ),
)


def _own(expert: Actor) -> int:
    """Return a number that differs from expert to expert and stays the same for one."""
    return sum(map(ord, expert.name))


class CityActs(Props):
    """Acts of the municipal bureau and the experts."""

    def accept_by_city(self, public_id: str) -> None:
        """Accept a recommended case."""
        with self.stage.acting(self.people.city.handler) as actor:
            review.accept_case(actor=actor, clock=self.stage.clock, public_id=public_id)

    def form_panel(self, public_id: str, days: int = 12) -> None:
        """Invite three experts, the first of them leads."""
        with self.stage.acting(self.people.city.handler) as actor:
            on = self.stage.clock.now().on
            free = [
                row
                for row in review_read.candidates(actor=actor, public_id=public_id, on=on)
                if not row.conflicts
            ]
            ids = [row.expert.id for row in free[:3]]
            review.form_panel(
                actor=actor,
                clock=self.stage.clock,
                public_id=public_id,
                expert_ids=ids,
                leader_id=ids[0],
                due_on=on + timedelta(days=days),
            )

    def assess(self, public_id: str, cuts: Sequence[Decimal]) -> None:
        """Let the experts declare, score and submit; each takes its own *cut* off some items."""
        members = self._members(public_id)
        for (expert, task), cut in zip(members, cuts, strict=False):
            strengths, problems, advice = _REMARKS[_own(expert) % len(_REMARKS)]
            self.stage.pause(50)
            with self.stage.acting(expert):
                review.declare_no_conflict(actor=expert, clock=self.stage.clock, public_id=task)
                review.adopt_district_scores(actor=expert, clock=self.stage.clock, public_id=task)
                if cut:
                    review.score_items_as_expert(
                        actor=expert,
                        clock=self.stage.clock,
                        public_id=task,
                        answers=self._cut(expert, task, cut),
                    )
                review.submit_assessment(
                    actor=expert,
                    clock=self.stage.clock,
                    public_id=task,
                    assessment=review.Assessment(strengths=strengths, problems=problems, advice=advice),
                )

    def declare_only(self, public_id: str, count: int) -> None:
        """Let the first *count* experts sign the declaration and begin."""
        for expert, task in self._members(public_id)[:count]:
            with self.stage.acting(expert):
                review.declare_no_conflict(actor=expert, clock=self.stage.clock, public_id=task)

    def _members(self, public_id: str) -> list[tuple[Actor, str]]:
        by_id = {expert.expert_id: expert for expert in self.people.experts}
        with self.stage.acting(self.people.city.handler) as actor:
            panel = review_read.panel_of(actor=actor, public_id=public_id)
        leader_first = sorted(panel.members, key=lambda row: not row.is_leader)
        return [(by_id[row.expert_id], row.public_id) for row in leader_first]

    def _cut(self, expert: Actor, task: str, cut: Decimal) -> Mapping[str, Mapping[str, str]]:
        sheet = review_read.my_task(actor=expert, public_id=task).sheet_public_id
        assert sheet is not None  # noqa: S101  (declared)
        desk = scoring.compare_view(actor=expert, public_id=sheet)
        rows = [row for part in desk.dimensions for group in part.groups for row in group.rows]
        answers: dict[str, dict[str, str]] = {}
        left = cut
        first = _own(expert) % len(rows)  # each looks hardest at another part
        for row in rows[first:] + rows[:first]:
            points = row.own.points or Decimal(0)
            if left <= 0 or points < Decimal("0.5"):
                continue
            off = min(left, points / 2).quantize(Decimal("0.01"))
            answers[row.code] = {"judged_points": f"{points - off:.2f}", "reason": "现场材料支撑不足。"}
            left -= off
        return answers

    def conclude(self, public_id: str, *, recommend: bool = True) -> None:
        """Let the leader draft, the members sign, the leader issue; the city acts on it."""
        members = self._members(public_id)
        leader = members[0][0]
        if not recommend:
            self._visit(public_id, leader)
        with self.stage.acting(leader):
            review.draft_opinion(
                actor=leader,
                clock=self.stage.clock,
                public_id=public_id,
                opinion="recommend" if recommend else "not_recommend",
                reasons="材料完整，指标真实，符合评价要求。"
                if recommend
                else "多项指标佐证不足，未达到评价要求。",
                site_visited=not recommend,
                site_reason="初评与专家评分接近，材料充分，不需要现场核实。"
                if recommend
                else "材料与计量数据不一致，已到现场核实。",
            )
        for expert, task in members[1:]:
            self.stage.pause(15)
            with self.stage.acting(expert):
                review.sign_opinion(actor=expert, clock=self.stage.clock, public_id=task)
        self.stage.pause(15)
        with self.stage.acting(leader):
            review.conclude_panel(actor=leader, clock=self.stage.clock, public_id=public_id)
        self.stage.pause(90)
        taker = self.people.city.handler if recommend else self.people.city.signer
        with self.stage.acting(taker):
            review.take_opinion(actor=taker, clock=self.stage.clock, public_id=public_id)

    def _visit(self, public_id: str, leader: Actor) -> None:
        """Let the city go and see what the papers do not prove."""
        with self.stage.acting(self.people.city.handler) as actor:
            record = review.record_site_visit(
                actor=actor,
                clock=self.stage.clock,
                public_id=public_id,
                visit=review.Visit(
                    visited_on=self.stage.clock.now().on,
                    place="企业厂区、能源管理中心、危险废物暂存间",
                    people=[actor.name, leader.name],
                    accompanied_by="企业安环部负责人",
                    opening_at=time(9, 30),
                    closing_at=time(16, 0),
                    findings=[
                        {
                            "item": "能源计量器具配备",
                            "filed": "配备率 100%",
                            "found": "三级计量缺 6 台",
                            "agrees": False,
                        },
                        {"item": "主要耗能设备", "filed": "12 台", "found": "12 台", "agrees": True},
                    ],
                    problems="三级能源计量器具配备不全，部分台账缺少签字。",
                    conclusion="现场情况与申报材料部分不一致，按现场情况评分。",
                ),
            )
            for side, name in (
                ("checkers", actor.name),
                ("checkers", leader.name),
                ("factory", "企业安环部负责人"),
            ):
                review.sign_site_visit(
                    actor=actor,
                    clock=self.stage.clock,
                    public_id=record,
                    signing=review.Signing(side=side, name=name, strokes=_LINE),
                )

    def credit(self, company: Company, public_id: str, *, result: str = "normal", matters: str = "") -> None:
        """Record the credit check."""
        with self.stage.acting(self.people.city.credit) as actor:
            on = self.stage.clock.now().on
            publicity.record_credit_report(
                actor=actor,
                clock=self.stage.clock,
                public_id=public_id,
                report=publicity.CreditReport(
                    "信用中国", on, f"XY{on:%Y%m%d}{company.serial:03d}", result, matters
                ),
                attachments=[SimpleUploadedFile("信用报告.pdf", self.evidence_of(company) + b"% credit\n")],
            )

    def publish(self, round_id: str, public_ids: Sequence[str], title: str) -> str:
        """Draft, review, approve and publish a notice of these cases."""
        city, clock = self.people.city, self.stage.clock
        with self.stage.acting(city.handler):
            notice = publicity.draft_notice(
                actor=city.handler,
                clock=clock,
                round_public_id=round_id,
                application_public_ids=public_ids,
                text=publicity.NoticeText(
                    title=title,
                    contact_person="沈先生",
                    contact_phone="0512-00000000",
                    supervision_phone="0512-00000001",
                    contact_address="苏州市示例路 1 号",
                ),
            )
            publicity.sign_notice(actor=city.handler, clock=clock, public_id=notice, event="submit")
        for actor, event in ((city.signer, "review"), (city.leader, "approve")):
            self.stage.pause(40)
            with self.stage.acting(actor):
                publicity.sign_notice(actor=actor, clock=clock, public_id=notice, event=event)
        self.stage.pause(20)
        with self.stage.acting(city.publisher) as actor:
            publicity.publish_notice(actor=actor, clock=clock, public_id=notice)
        return notice

    def award(self, round_id: str, public_ids: Sequence[str], number: str) -> None:
        """Propose and sign a recognition."""
        city, clock = self.people.city, self.stage.clock
        with self.stage.acting(city.handler):
            listed = publicity.propose_recognition(
                actor=city.handler,
                clock=clock,
                round_public_id=round_id,
                application_public_ids=public_ids,
                document_no=number,
            )
        self.stage.pause(120)
        with self.stage.acting(city.leader) as actor:
            publicity.sign_recognition(actor=actor, clock=clock, public_id=listed)

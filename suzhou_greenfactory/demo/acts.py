"""What people do in the demo, each act one call of a service: from a draft to a title, and after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from functools import cached_property
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.applications import report_sections
from apps.applications import selectors as applications_read
from apps.applications import services as applications
from apps.core.actor import Actor
from apps.evidence import services as evidence
from apps.policy.basic_requirements import requirements_for
from apps.policy.evaluation.benchmarks import BenchmarkTable
from apps.policy.evaluation.spec import SchemeSpec
from apps.policy.levels import Level
from apps.publicity import services as publicity
from apps.review import selectors as review_read
from apps.review import services as review
from apps.scoring import selectors as scoring
from suzhou_greenfactory.demo.cast import Company
from suzhou_greenfactory.demo.figures import Factory, SelfEvaluation, self_evaluation
from suzhou_greenfactory.demo.people import People
from suzhou_greenfactory.demo.stage import Stage

_EVIDENCE = "能源消费统计表（示例）.pdf"
SCHEME = "SZGF-2023R1"


@dataclass
class Acts:
    """The acts, sharing the stage, the people and the scheme."""

    stage: Stage
    people: People
    benchmarks: BenchmarkTable
    figures: dict[tuple[int, Decimal], SelfEvaluation] = field(default_factory=dict)

    @cached_property
    def scheme(self) -> SchemeSpec:
        """The evaluation system every demo application uses."""
        found = next(row for row in scoring.schemes() if row.code == SCHEME)
        return scoring.scheme_spec(scheme_id=found.id)

    @cached_property
    def evidence_bytes(self) -> bytes:
        """A small sample PDF."""
        path = Path(settings.BASE_DIR) / "fixtures" / "demo_evidence" / "energy-statistics-sample.pdf"
        return path.read_bytes()

    def evaluation(self, company: Company, target: Decimal) -> SelfEvaluation:
        """Return the self-evaluation of a company that aims at *target* (computed once)."""
        key = (company.serial, target)
        if key not in self.figures:
            factory = Factory(company.industry_code, company.output_wan, company.land_m2, target, company.serial)
            self.figures[key] = self_evaluation(self.scheme, self.benchmarks, factory)
        return self.figures[key]

    # ------------------------------------------------------------------ the enterprise
    def start(self, company: Company, by: Actor, round_id: str, level: int) -> str:
        """Start a draft."""
        with self.stage.acting(by):
            return applications.create_application(
                actor=by, clock=self.stage.clock, round_public_id=round_id, level=level, scheme_code=SCHEME
            )

    def fill(self, company: Company, by: Actor, public_id: str, level: int, target: Decimal) -> None:
        """Fill in everything: profile, requirements, figures, answers, evidence, report."""
        clock = self.stage.clock
        with self.stage.acting(by):
            case = applications_read.case(actor=by, public_id=public_id)
            version = case.version
            applications.save_profile(
                actor=by, clock=clock, public_id=public_id, values=_profile(company), version=version
            )
            applications.save_basics(
                actor=by,
                clock=clock,
                public_id=public_id,
                answers={
                    item.code: {"conforms": True, "explanation": "见证明材料。"}
                    for item in requirements_for(Level(level))
                },
                version=version,
            )
            for section in report_sections.REPORT_SECTIONS:
                applications.save_report_section(
                    actor=by,
                    clock=clock,
                    public_id=public_id,
                    section=section.code,
                    text=_section(company, section.title),
                    version=version,
                )
        self.stage.pause(35)
        self.answer(company, by, public_id, target)

    def answer(self, company: Company, by: Actor, public_id: str, target: Decimal) -> None:
        """Fill in figures and answers, with a file where a claim needs one."""
        clock = self.stage.clock
        plan = self.evaluation(company, target)
        figures = plan.measurements.as_mapping()
        with self.stage.acting(by):
            case = applications_read.case(actor=by, public_id=public_id)
            sheet = scoring.current_sheet(actor=by, application_id=case.id, kind="self")
            assert sheet is not None  # noqa: S101  (a draft has one)
            applications.save_measurements(
                actor=by,
                clock=clock,
                public_id=public_id,
                version=sheet.version,
                values=figures["values"],
                rows=figures["rows"],
                units=figures["units"],
                period=figures["period"],
            )
            applications.save_answers(
                actor=by,
                clock=clock,
                public_id=public_id,
                answers={code: _answer(answer.as_mapping()) for code, answer in plan.answers.items()},
            )
            stored = evidence.store_upload(
                actor=by,
                clock=clock,
                upload=SimpleUploadedFile(_EVIDENCE, self.evidence_bytes, "application/pdf"),
                case=applications.case_for_upload(actor=by, public_id=public_id),
            )
            claimed = [code for code, answer in plan.answers.items() if answer.claimed_ratio is not None]
            for code in claimed or ["K5-01"]:
                applications.attach_evidence(
                    actor=by,
                    clock=clock,
                    public_id=public_id,
                    file_public_id=stored.public_id,
                    place="item",
                    code=code,
                    page_from=1,
                    page_to=1,
                )

    def submit(self, company: Company, by: Actor, public_id: str) -> None:
        """Hand in."""
        with self.stage.acting(by):
            applications.submit(
                actor=by,
                clock=self.stage.clock,
                public_id=public_id,
                token=f"demo-{public_id}",
                pledge=True,
                signatory=company.legal,
            )

    # ------------------------------------------------------------------ the district
    def accept(self, company: Company, public_id: str) -> None:
        """Accept an application for form check."""
        with self.stage.acting(self.people.bureaus[company.district].handler) as actor:
            applications.accept(actor=actor, clock=self.stage.clock, public_id=public_id)

    def check(self, company: Company, public_id: str) -> None:
        """Pass the form check."""
        with self.stage.acting(self.people.bureaus[company.district].handler) as actor:
            review.pass_form_check(
                actor=actor,
                clock=self.stage.clock,
                public_id=public_id,
                rows=[
                    {"item": "申报书及真实性承诺", "complete": True, "problem": ""},
                    {"item": "评价报告", "complete": True, "problem": ""},
                    {"item": "证明材料", "complete": True, "problem": ""},
                ],
            )

    def score(self, company: Company, public_id: str, target: Decimal, *, partly: bool = False) -> None:
        """Score: take over what agrees, cut what the evidence does not carry, judge what has no benchmark."""
        clock = self.stage.clock
        with self.stage.acting(self.people.bureaus[company.district].handler) as actor:
            review.claim_preliminary(actor=actor, clock=clock, public_id=public_id)
            found = review_read.preliminary_of(actor=actor, public_id=public_id)
            desk = scoring.compare_view(actor=actor, public_id=found.sheet_public_id)
            rows = [row for part in desk.dimensions for group in part.groups for row in group.rows]
            open_ones = {row.code: row.max_points for row in rows if row.needs_judgement}
            claims = self.evaluation(company, target).answers
            judged = {
                code: {
                    "judged_points": f"{points * (claims[code].claimed_ratio or Decimal(0)):.2f}",
                    "reason": "暂无行业基准，按佐证判定。",
                }
                for code, points in open_ones.items()
            }
            cut = [row for row in rows if row.baseline is not None and (row.baseline.points or 0) >= Decimal("0.6")]
            for row in cut[company.serial % 5 :: 31][:2]:
                assert row.baseline is not None and row.baseline.points is not None  # noqa: S101, PT018  (filtered)
                judged[row.code] = {
                    "judged_points": f"{row.baseline.points - Decimal('0.20'):.2f}",
                    "reason": "佐证材料仅覆盖部分车间。",
                }
            if partly:
                some = [row.code for row in rows[:58] if row.code not in judged]
                review.adopt_self_scores(actor=actor, clock=clock, public_id=public_id, item_codes=some)
                return
            review.adopt_self_scores(
                actor=actor,
                clock=clock,
                public_id=public_id,
                item_codes=[row.code for row in rows if row.code not in judged],
            )
            if judged:
                review.score_items(actor=actor, clock=clock, public_id=public_id, answers=judged)

    def hand_to_signer(self, company: Company, public_id: str) -> None:
        """Submit the finished sheet."""
        with self.stage.acting(self.people.bureaus[company.district].handler) as actor:
            review.submit_preliminary(
                actor=actor,
                clock=self.stage.clock,
                public_id=public_id,
                opinion="经逐项核对自评材料和佐证，得分如表，差异项已说明理由。",
            )

    def sign(self, company: Company, public_id: str) -> None:
        """Sign the sheet as the second person."""
        with self.stage.acting(self.people.bureaus[company.district].signer) as actor:
            review.sign_preliminary(actor=actor, clock=self.stage.clock, public_id=public_id)

    def propose(self, company: Company, public_id: str) -> None:
        """Propose what the signed score gives."""
        with self.stage.acting(self.people.bureaus[company.district].handler) as actor:
            review.propose_ruling(actor=actor, clock=self.stage.clock, public_id=public_id)

    def rule(self, company: Company, public_id: str) -> None:
        """Sign the ruling."""
        year = self.stage.clock.now().on.year
        with self.stage.acting(self.people.bureaus[company.district].signer) as actor:
            review.sign_ruling(
                actor=actor,
                clock=self.stage.clock,
                public_id=public_id,
                document_no=f"示例工信〔{year}〕{company.serial}号",
            )

    def recommend(self, company: Company, public_id: str, round_id: str) -> None:
        """Draw up the district's list and send it, unless another case of the district has taken it along."""
        bureau = self.people.bureaus[company.district]
        with self.stage.acting(bureau.handler) as actor:
            if applications_read.case(actor=actor, public_id=public_id).state != "prelim_signed":
                return
        with self.stage.acting(bureau.handler) as actor:
            listed = review.prepare_recommendation(
                actor=actor, clock=self.stage.clock, round_public_id=round_id
            )
        self.stage.pause(60)
        with self.stage.acting(bureau.signer) as actor:
            review.send_recommendation(
                actor=actor,
                clock=self.stage.clock,
                public_id=listed,
                letter_no=f"示例工信函〔{self.stage.clock.now().on.year}〕{company.serial}号",
            )

    # ------------------------------------------------------------------ the city and the experts
    def accept_by_city(self, public_id: str) -> None:
        """Accept a recommended case."""
        with self.stage.acting(self.people.city.handler) as actor:
            review.accept_case(actor=actor, clock=self.stage.clock, public_id=public_id)

    def form_panel(self, company: Company, public_id: str, days: int = 12) -> None:
        """Invite three experts, the first of them leads."""
        with self.stage.acting(self.people.city.handler) as actor:
            on = self.stage.clock.now().on
            free = [row for row in review_read.candidates(actor=actor, public_id=public_id, on=on) if not row.conflicts]
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
                    assessment=review.Assessment(
                        strengths="能源管理基础较好，计量数据在线采集。",
                        problems="部分供应商绿色评价资料不完整。",
                        advice="完善产品碳足迹核算。",
                    ),
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
        for row in rows:
            points = row.own.points or Decimal(0)
            if left <= 0 or points < Decimal("0.5"):
                continue
            off = min(left, points / 2).quantize(Decimal("0.01"))
            answers[row.code] = {"judged_points": f"{points - off:.2f}", "reason": "现场材料支撑不足。"}
            left -= off
        return answers

    def conclude(self, company: Company, public_id: str, *, recommend: bool = True) -> None:
        """Let the leader draft, the members sign, the leader issue; the city acts on it."""
        members = self._members(public_id)
        leader = members[0][0]
        with self.stage.acting(leader):
            review.draft_opinion(
                actor=leader,
                clock=self.stage.clock,
                public_id=public_id,
                opinion="recommend" if recommend else "not_recommend",
                reasons="材料完整，指标真实，符合评价要求。" if recommend else "多项指标佐证不足，未达到评价要求。",
                site_visited=False,
                site_reason="初评与专家评分接近，材料充分，不需要现场核实。",
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

    def credit(self, company: Company, public_id: str, *, result: str = "normal", matters: str = "") -> None:
        """Record the credit check."""
        with self.stage.acting(self.people.city.credit) as actor:
            publicity.record_credit_check(
                actor=actor,
                clock=self.stage.clock,
                public_id=public_id,
                platform="信用中国",
                checked_on=self.stage.clock.now().on,
                report_no=f"XY{self.stage.clock.now().on:%Y%m%d}{company.serial:03d}",
                result=result,
                matters=matters,
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


def _profile(company: Company) -> dict[str, str]:
    return {
        "factory_name": company.name,
        "mailing_address": company.address,
        "site_address": company.address,
        "ownership": "民营",
        "registry": "属地市场监督管理局",
        "founded_on": f"{2000 + company.serial % 18}-05-18",
        "registered_capital_wan": str(1000 + company.serial * 137),
        "legal_representative": company.legal,
        "legal_phone": company.phone,
        "contact_department": "安环部",
        "contact_name": company.contact,
        "contact_mobile": company.phone,
        "contact_email": f"{company.username}@example.invalid",
        "main_products": company.products,
        "process_intro": "原料检验、成型加工、检测、包装入库；主要耗能工序配备在线计量。",
        "green_intro": "建有屋顶光伏和余热回收装置，运行能源管理体系，逐年核算温室气体排放。",
        "evaluation_mode": "self",
    }


def _section(company: Company, title: str) -> str:
    return (
        f"{title}：{company.name}主要生产{company.products}，年产值约 {company.output_wan} 万元。"
        "有关数据来自统计报表、计量台账和检测报告，证明材料见附件目录。"
    )


def _answer(mapping: Mapping[str, object]) -> dict[str, object]:
    """Return an answer in the words of the self sheet (evidence is counted from attached files)."""
    return {key: value for key, value in mapping.items() if key != "evidence_count"}

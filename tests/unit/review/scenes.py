"""One application brought to any step of the main flow in one call, by the people who would bring it there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import cycle

from apps.applications import selectors as applications_read
from apps.applications import services as applications
from apps.applications.models import Application
from apps.core.actor import Actor, Duty, Role
from apps.core.moment import FixedClock, Moment
from apps.core.scoping import enter
from apps.deadlines import services as deadlines
from apps.publicity import selectors as publicity_read
from apps.publicity import services as publicity
from apps.review import selectors as review_read
from apps.review import services as review
from apps.review.models import Assignment, Panel, PreliminaryReview
from apps.scoring import selectors as scoring
from tests import worlds
from tests.unit.applications import scenes as cases

CENT = Decimal("0.01")
FORM_ROWS = [{"item": "申报书及真实性承诺", "complete": True, "problem": ""}]
OPINION = "经逐项核对自评材料和佐证，得分如表。"
TEXT = publicity.NoticeText(
    title="关于2026年第二批苏州市3A级绿色工厂拟评定名单的公示",
    contact_person="沈先生",
    contact_phone="0512-00000000",
    supervision_phone="0512-00000001",
)


def spread(maxima: Mapping[str, Decimal], total: Decimal) -> dict[str, Decimal]:
    """Share *total* among items in proportion to their maxima, exactly, in steps of 0.01, none at zero."""
    whole = sum(maxima.values(), Decimal(0))
    points = {
        code: (top * total / whole).quantize(CENT, rounding="ROUND_DOWN") for code, top in maxima.items()
    }
    left = total - sum(points.values(), Decimal(0))
    for code in cycle(sorted(maxima)):
        if left <= 0:
            break
        if points[code] + CENT <= maxima[code]:
            points[code] += CENT
            left -= CENT
    return points


@dataclass
class Flow(cases.Scene):
    """The scene of applications with a second handler, experts, and the case that is played."""

    second_handler: Actor = field(default_factory=Actor.public)
    third: Actor = field(default_factory=Actor.public)
    experts: list[Actor] = field(default_factory=list)
    case: str = ""
    ready: dict[tuple[int, int], str] = field(default_factory=dict)
    notice: str = ""
    recognition: str = ""

    # ------------------------------------------------------------------ district
    def in_check(self, level: int = 3, *, by: Actor | None = None) -> str:
        """Submit and accept: the district checks the form."""
        public_id = self.submitted(level, by=by)
        staff = self.staff_of(public_id)
        applications.accept(actor=self.be(staff.handler), clock=self.clock, public_id=public_id)
        self.case = self.case or public_id
        return public_id

    def prepare(self, level: int = 3, *, by: Actor | None = None) -> None:
        """Bring a case to the open scoring ahead of time; the next `in_prelim` takes it (for scenes built once)."""
        key = ((by or self.enterprise).user_id or 0, level)
        self.ready[key] = self.in_prelim(level, by=by)
        self.case = ""

    def in_prelim(self, level: int = 3, *, by: Actor | None = None) -> str:
        """Pass the form check: scoring is open, nobody has claimed the case."""
        waiting = self.ready.pop(((by or self.enterprise).user_id or 0, level), "")
        if waiting:
            self.case = self.case or waiting
            return waiting
        public_id = self.in_check(level, by=by)
        review.pass_form_check(
            actor=self.be(self.staff_of(public_id).handler),
            clock=self.clock,
            public_id=public_id,
            rows=FORM_ROWS,
        )
        return public_id

    def staff_of(self, public_id: str) -> worlds.Staff:
        """Return the staff of the case's district."""
        return self.district if self.row(public_id).district_id == worlds.KUNSHAN else self.other_district

    def maxima(self, sheet_public_id: str, actor: Actor) -> dict[str, Decimal]:
        """Return each item's highest points."""
        desk = scoring.compare_view(actor=self.be(actor), public_id=sheet_public_id)
        return {
            row.code: row.max_points
            for part in desk.dimensions
            for group in part.groups
            for row in group.rows
        }

    def answers(self, sheet_public_id: str, actor: Actor, total: Decimal) -> dict[str, dict[str, object]]:
        """Return judged points that add up to *total*."""
        points = spread(self.maxima(sheet_public_id, actor), total)
        return {
            code: {"judged_points": f"{value:.2f}", "reason": "按佐证判定。"}
            for code, value in points.items()
        }

    def score(self, total: str, *, case: str = "") -> None:
        """Claim the case and judge every item so that the sheet shows *total*."""
        public_id = case or self.case
        handler = self.be(self.staff_of(public_id).handler)
        review.claim_preliminary(actor=handler, clock=self.clock, public_id=public_id)
        sheet = review_read.preliminary_of(actor=handler, public_id=public_id).sheet_public_id
        review.score_items(
            actor=self.be(handler),
            clock=self.clock,
            public_id=public_id,
            answers=self.answers(sheet, handler, Decimal(total)),
        )

    def hand_over(self, *, case: str = "", vetoes: Sequence[str] = ()) -> None:
        """Give the finished sheet to the signer."""
        public_id = case or self.case
        review.submit_preliminary(
            actor=self.be(self.staff_of(public_id).handler),
            clock=self.clock,
            public_id=public_id,
            opinion=OPINION,
            vetoes=vetoes,
        )

    def signed(
        self, total: str = "85.00", level: int = 3, *, by: Actor | None = None, vetoes: Sequence[str] = ()
    ) -> str:
        """Play to the signed preliminary score."""
        public_id = self.in_prelim(level, by=by)
        self.score(total, case=public_id)
        self.hand_over(case=public_id, vetoes=vetoes)
        review.sign_preliminary(
            actor=self.be(self.staff_of(public_id).signer), clock=self.clock, public_id=public_id
        )
        return public_id

    def ruled(self, total: str = "75.00", level: int = 2, *, by: Actor | None = None) -> str:
        """Play to the district's signed decision."""
        public_id = self.signed(total, level, by=by)
        staff = self.staff_of(public_id)
        review.propose_ruling(actor=self.be(staff.handler), clock=self.clock, public_id=public_id)
        review.sign_ruling(
            actor=self.be(staff.signer),
            clock=self.clock,
            public_id=public_id,
            document_no="昆工信〔2026〕12号",
        )
        return public_id

    def listed(self) -> str:
        """Draw up the recommendation of the case's district; return its id."""
        return review.prepare_recommendation(
            actor=self.be(self.district.handler), clock=self.clock, round_public_id=self.round_id
        )

    def recommended(self, total: str = "85.00") -> str:
        """Play to the list sent to the city."""
        public_id = self.signed(total)
        review_list = self.listed()
        review.send_recommendation(
            actor=self.be(self.district.signer),
            clock=self.clock,
            public_id=review_list,
            letter_no="昆工信函〔2026〕8号",
        )
        return public_id

    # ------------------------------------------------------------------ experts
    def accepted_by_city(self, total: str = "85.00") -> str:
        """Play to the city's acceptance."""
        public_id = self.recommended(total)
        review.accept_case(actor=self.be(self.city.handler), clock=self.clock, public_id=public_id)
        return public_id

    def form(self, size: int = 3, *, case: str = "") -> str:
        """Invite the first *size* experts; the first leads."""
        ids = [expert.expert_id or 0 for expert in self.experts[:size]]
        return review.form_panel(
            actor=self.be(self.city.handler),
            clock=self.clock,
            public_id=case or self.case,
            expert_ids=ids,
            leader_id=ids[0],
            due_on=self.clock.now().on + timedelta(days=20),
        )

    def panel(self, size: int = 3) -> str:
        """Play to the formed panel."""
        public_id = self.accepted_by_city()
        self.form(size)
        return public_id

    def task(self, expert: Actor, *, case: str = "") -> str:
        """Return the expert's open task on the case."""
        enter(Actor.system())
        rows = Assignment.objects.filter(
            expert_id=expert.expert_id, application__public_id=case or self.case
        ).exclude(state="recused")
        return str(rows.get().public_id)

    def declare(self, expert: Actor, *, case: str = "") -> str:
        """Sign the declaration; return the task."""
        task = self.task(expert, case=case)
        review.declare_no_conflict(actor=self.be(expert), clock=self.clock, public_id=task)
        return task

    def judge(self, expert: Actor, total: str, *, case: str = "") -> None:
        """Take over the district's points of a declared task, then move some items until it shows *total*."""
        task = self.task(expert, case=case)
        self.be(expert)
        sheet = review_read.my_task(actor=expert, public_id=task).sheet_public_id or ""
        review.adopt_district_scores(actor=expert, clock=self.clock, public_id=task)
        desk = scoring.compare_view(actor=expert, public_id=sheet)
        rows = [row for part in desk.dimensions for group in part.groups for row in group.rows]
        gap = Decimal(total) - sum((row.own.points or Decimal(0) for row in rows), Decimal(0))
        answers: dict[str, dict[str, object]] = {}
        for row in rows:
            own = row.own.points or Decimal(0)
            move = min(gap, row.max_points - own) if gap > 0 else max(gap, CENT - own)
            if move:
                answers[row.code] = {"judged_points": f"{own + move:.2f}", "reason": "按佐证判定。"}
                gap -= move
            if not gap:
                break
        if answers:
            review.score_items_as_expert(actor=expert, clock=self.clock, public_id=task, answers=answers)

    def assess(self, expert: Actor, total: str, *, case: str = "", again: bool = False) -> None:
        """Declare (unless *again*), score to *total* and hand in."""
        task = self.task(expert, case=case) if again else self.declare(expert, case=case)
        self.judge(expert, total, case=case)
        review.submit_assessment(
            actor=self.be(expert),
            clock=self.clock,
            public_id=task,
            assessment=review.Assessment(strengths="计量完善。", problems="", advice=""),
        )

    def assessed(self, totals: Sequence[str] = ("84.00", "86.00", "88.00")) -> str:
        """Play to the complete set of expert sheets."""
        public_id = self.panel(len(totals))
        for expert, total in zip(self.experts, totals, strict=False):
            self.assess(expert, total)
        return public_id

    def draft_opinion(self, opinion: str = "recommend", *, visited: bool = False) -> None:
        """Let the leader draft the opinion."""
        review.draft_opinion(
            actor=self.be(self.experts[0]),
            clock=self.clock,
            public_id=self.case,
            opinion=opinion,
            reasons="材料完整，指标真实。",
            site_visited=visited,
            site_reason="材料充分。",
        )

    def sign_all(self, size: int = 3, *, case: str = "") -> None:
        """Let the other members sign the opinion."""
        for expert in self.experts[1:size]:
            task = self.task(expert, case=case)
            review.sign_opinion(actor=self.be(expert), clock=self.clock, public_id=task)

    def concluded(
        self, totals: Sequence[str] = ("84.00", "86.00", "88.00"), opinion: str = "recommend"
    ) -> str:
        """Play to the issued opinion."""
        public_id = self.assessed(totals)
        self.opine(opinion, size=len(totals))
        return public_id

    def opine(self, opinion: str = "recommend", *, size: int = 3) -> None:
        """Draft, sign and issue the opinion."""
        self.draft_opinion(opinion)
        self.sign_all(size)
        review.conclude_panel(actor=self.be(self.experts[0]), clock=self.clock, public_id=self.case)

    # ------------------------------------------------------------------ city
    def in_credit(self) -> str:
        """Play to the credit check."""
        public_id = self.concluded()
        review.take_opinion(actor=self.be(self.city.handler), clock=self.clock, public_id=public_id)
        return public_id

    def credit(
        self, *, case: str = "", on: date | None = None, result: str = "normal", matters: str = ""
    ) -> date:
        """Record a credit check."""
        return publicity.record_credit_check(
            actor=self.be(self.city.handler),
            clock=self.clock,
            public_id=case or self.case,
            platform="信用中国",
            checked_on=on or self.clock.now().on,
            report_no="XY2026112201",
            result=result,
            matters=matters,
        )

    def explain(self) -> None:
        """Ask the enterprise about a credit result and let it answer."""
        self.credit(result="explanation", matters="有一条行政处罚，已整改。")
        actor = self.be(self.enterprise)
        case = applications_read.case(actor=actor, public_id=self.case)
        (newest, *_) = publicity_read.credit_inquiries(actor=actor, application_id=case.id)
        publicity.explain_credit(
            actor=actor, clock=self.clock, public_id=newest.public_id, statement="已完成信用修复。"
        )

    def second(self, total: str = "82.00") -> str:
        """Bring a second enterprise (of the other district) to the credit check, with a check on record."""
        public_id = self.signed(total, by=self.neighbour)
        review_list = review.prepare_recommendation(
            actor=self.be(self.other_district.handler), clock=self.clock, round_public_id=self.round_id
        )
        review.send_recommendation(
            actor=self.be(self.other_district.signer),
            clock=self.clock,
            public_id=review_list,
            letter_no="吴工信函〔2026〕3号",
        )
        review.accept_case(actor=self.be(self.city.handler), clock=self.clock, public_id=public_id)
        first, self.case = self.case, public_id
        self.form()
        for expert, figure in zip(self.experts[:3], ("82.00", "83.00", "84.00"), strict=True):
            self.assess(expert, figure)
        self.opine()
        review.take_opinion(actor=self.be(self.city.handler), clock=self.clock, public_id=public_id)
        self.credit()
        self.case = first
        return public_id

    def drafted(self, *public_ids: str) -> str:
        """Draft a notice of the named cases (default: the case)."""
        self.notice = publicity.draft_notice(
            actor=self.be(self.city.handler),
            clock=self.clock,
            round_public_id=self.round_id,
            application_public_ids=public_ids or (self.case,),
            text=TEXT,
        )
        return self.notice

    def approve(self, notice: str = "") -> None:
        """Take a draft through the signing chain."""
        for actor, event in (
            (self.city.handler, "submit"),
            (self.city.signer, "review"),
            (self.city.leader, "approve"),
        ):
            publicity.sign_notice(
                actor=self.be(actor or Actor.public()),
                clock=self.clock,
                public_id=notice or self.notice,
                event=event,
            )

    def publisher(self) -> Actor:
        """Let the one who publishes act: never who drafted."""
        return self.be(self.city.publisher or Actor.public())

    def publish(self, *public_ids: str, starts_on: date | None = None) -> str:
        """Draft, sign and publish."""
        self.drafted(*public_ids)
        self.approve()
        publicity.publish_notice(
            actor=self.publisher(), clock=self.clock, public_id=self.notice, starts_on=starts_on
        )
        return self.notice

    def on_notice(self) -> str:
        """Play to the running notice."""
        public_id = self.in_credit()
        self.credit()
        self.publish()
        return public_id

    def entry(self, case: str = "", *, notice: str = "") -> str:
        """Return the public id of the case's entry on the notice."""
        enterprise = self.row(case or self.case).enterprise.name
        public = self.be(Actor.public())
        found = publicity_read.notice_file(actor=public, public_id=notice or self.notice).entries
        return next(row.public_id for row in found if row.enterprise_name == enterprise)

    def object(self, case: str = "", *, party: str = "person", notice: str = "") -> str:
        """File an objection as the public; return its public id."""
        entry = self.entry(case, notice=notice)
        receipt = publicity.file_objection(
            actor=self.be(Actor.public()),
            clock=self.clock,
            entry_public_id=entry,
            form=publicity.ObjectionForm(
                party=party,
                person="" if party == "anonymous" else "示例市民",
                unit="示例单位" if party == "unit" else "",
                contact="" if party == "anonymous" else "0512-00000009",
                matter="厂界夜间噪声较大，请核查。",
            ),
        )
        found = publicity_read.objections(actor=self.be(self.city.handler))
        return next(row.public_id for row in found if row.receipt_no == receipt.receipt_no)

    def after_notice(self) -> None:
        """Move the clock to the morning after the last day."""
        enter(Actor.system())
        ends = publicity_read.notice_file(actor=Actor.system(), public_id=self.notice).row.ends_on
        assert ends is not None
        self.clock.set(Moment.in_shanghai(ends + timedelta(days=1), 8, 30))

    def sweep(self) -> None:
        """Let the deadlines take effect, as beat would."""
        deadlines.sweep(clock=self.clock)
        enter(Actor.system())

    def confirmable(self) -> str:
        """Play to the end of the notice."""
        public_id = self.on_notice()
        self.after_notice()
        self.sweep()
        return public_id

    def propose(self, *public_ids: str, document_no: str = "苏工信节能〔2026〕58号") -> str:
        """Propose the recognition."""
        self.recognition = publicity.propose_recognition(
            actor=self.be(self.city.handler),
            clock=self.clock,
            round_public_id=self.round_id,
            application_public_ids=public_ids or (self.case,),
            document_no=document_no,
        )
        return self.recognition

    def awarded(self) -> str:
        """Play to the title."""
        public_id = self.confirmable()
        self.propose()
        publicity.sign_recognition(
            actor=self.be(self.city.leader or Actor.public()), clock=self.clock, public_id=self.recognition
        )
        return public_id

    # ------------------------------------------------------------------ looking
    def state(self, public_id: str = "") -> str:
        """Return the state of the case."""
        return str(self.row(public_id or self.case).state)

    def prelim_row(self) -> PreliminaryReview:
        """Return the stored preliminary review of the case."""
        enter(Actor.system())
        return PreliminaryReview.objects.get(application__public_id=self.case)

    def panel_row(self) -> Panel:
        """Return the stored panel of the case."""
        enter(Actor.system())
        return Panel.objects.get(application__public_id=self.case)

    def case_row(self) -> Application:
        """Return the stored case."""
        return self.row(self.case)


def build(clock: FixedClock, *, experts: int = 6, round_changes: dict[str, object] | None = None) -> Flow:
    """Make the people (with a second handler in the district and a pool of experts) and announce a round."""
    base = cases.build(clock, round_changes=round_changes)
    second = worlds.staff_member(
        clock, "d320583h2", "朱莉", role=Role.DISTRICT, duties=[Duty.HANDLER], district=worlds.KUNSHAN
    )
    pool = [worlds.expert(clock, number) for number in range(1, experts + 1)]
    return Flow(**vars(base), second_handler=second, experts=pool)


def morning() -> FixedClock:
    """Return the clock of every scene: Monday 2026-11-23, 10:00 in Shanghai."""
    return FixedClock(cases.at(2026, 11, 23))

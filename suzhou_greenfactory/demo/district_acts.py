"""What districts do in the demo: accept, check, score, sign, rule, recommend; each act one call of a service."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from apps.applications import selectors as applications_read
from apps.applications import services as applications
from apps.review import selectors as review_read
from apps.review import services as review
from apps.scoring import selectors as scoring
from suzhou_greenfactory.demo.cast import Company
from suzhou_greenfactory.demo.differences import district_cuts
from suzhou_greenfactory.demo.props import Props


class DistrictActs(Props):
    """Acts of the districts."""

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
            judged: dict[str, Mapping[str, str]] = {
                code: {
                    "judged_points": f"{points * (claims[code].claimed_ratio or Decimal(0)):.2f}",
                    "reason": "暂无行业基准，按佐证判定。",
                }
                for code, points in open_ones.items()
            }
            given = {
                row.code: row.baseline.points
                for row in rows
                if row.baseline is not None and row.baseline.points is not None and row.code not in open_ones
            }
            judged |= district_cuts(company.serial, self.evaluation(company, target).result.total, given)
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

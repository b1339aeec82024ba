"""What all acts share: the stage, the people, the scheme, the planned figures."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from pathlib import Path

from django.conf import settings

from apps.core.actor import Actor
from apps.policy.evaluation.benchmarks import BenchmarkTable
from apps.policy.evaluation.spec import SchemeSpec
from apps.scoring import selectors as scoring
from suzhou_greenfactory.demo.cast import Company
from suzhou_greenfactory.demo.figures import Factory, SelfEvaluation, self_evaluation
from suzhou_greenfactory.demo.people import People
from suzhou_greenfactory.demo.stage import Stage

SCHEME = "SZGF-2023R1"
#: Company → the company whose file it hands in as its own.
_BORROWED = {10: 22}


@dataclass
class Props:
    """The stage, the people and the scheme."""

    stage: Stage
    people: People
    benchmarks: BenchmarkTable
    figures: dict[tuple[int, Decimal], SelfEvaluation] = field(default_factory=dict)

    @cached_property
    def scheme(self) -> SchemeSpec:
        """The evaluation system every demo application uses."""
        public = Actor.public()
        found = next(row for row in scoring.schemes(actor=public) if row.code == SCHEME)
        return scoring.scheme_spec(actor=public, scheme_id=found.id)

    def evidence_of(self, company: Company) -> bytes:
        """Return a small sample PDF of the company's own; one company hands in another's, to be noticed."""
        path = Path(settings.BASE_DIR) / "fixtures" / "demo_evidence" / "factory-evidence-sample.pdf"
        owner = _BORROWED.get(company.serial, company.serial)
        return (
            path.read_bytes() + f"% demo company {owner}\n".encode()
        )  # a comment changes the bytes, not the page

    def evaluation(self, company: Company, target: Decimal) -> SelfEvaluation:
        """Return the self-evaluation of a company that aims at *target* (computed once)."""
        key = (company.serial, target)
        if key not in self.figures:
            factory = Factory(
                company.industry_code, company.output_wan, company.land_m2, target, company.serial
            )
            self.figures[key] = self_evaluation(self.scheme, self.benchmarks, factory)
        return self.figures[key]

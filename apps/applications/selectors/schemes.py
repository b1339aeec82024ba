"""Which evaluation systems a round offers to an enterprise, and which is suggested (R-07)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from apps.applications.models import Round
from apps.core.actor import Actor
from apps.policy.parameters import Parameters
from apps.policy.schemes import may_use_scheme, suggested_scheme
from apps.policy.verdict import Verdict
from apps.scoring import selectors as scoring


@dataclass(frozen=True, slots=True)
class SchemeOption:
    """One evaluation system as a choice."""

    code: str
    label: str
    is_reconstruction: bool
    suggested: bool
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Offer:
    """The published systems and the codes a round offers; newer versions of an offered code count.

    Read once by a use-case and asked as often as it likes.
    """

    published: Sequence[scoring.SchemeRow]
    offered: frozenset[str]

    def published_row(self, code: str) -> scoring.SchemeRow | None:
        """Return the published version of *code*."""
        return next((row for row in self.published if row.code == code), None)

    def verdict(self, code: str, *, industry_code: str, parameters: Parameters) -> Verdict:
        """May an enterprise of this industry use *code* in this round?"""
        return may_use_scheme(
            code,
            industry_code=industry_code,
            published=scoring.choices_of(self.published),
            offered=self.offered,
            parameters=parameters,
        )

    def suggested(self, *, industry_code: str, parameters: Parameters) -> str:
        """Return the code suggested to an enterprise of this industry, offered or not."""
        return suggested_scheme(industry_code, scoring.choices_of(self.published), parameters)

    def options(self, *, industry_code: str, parameters: Parameters) -> list[SchemeOption]:
        """Return every published system the round offers, the suggested one first."""
        suggestion = self.suggested(industry_code=industry_code, parameters=parameters)
        options = [
            SchemeOption(
                row.code,
                row.label,
                row.is_reconstruction,
                row.code == suggestion,
                self.verdict(row.code, industry_code=industry_code, parameters=parameters),
            )
            for row in self.published
            if row.code in self.offered
        ]
        return sorted(options, key=lambda option: (not option.suggested, not option.verdict.ok, option.code))


def offer_of(actor: Actor, round_: Round, offered: Iterable[str] | None = None) -> Offer:
    """Return what *round_* offers: two statements, one when the *offered* codes are read already."""
    codes = round_.schemes.values_list("code", flat=True) if offered is None else offered
    return Offer(published=scoring.schemes(actor=actor), offered=frozenset(codes))

"""Which evaluation systems a round offers to an enterprise, and which is suggested (R-07)."""

from __future__ import annotations

from dataclasses import dataclass

from apps.applications.models import Round
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


def offered_codes(round_: Round) -> set[str]:
    """Return the codes of the published systems the round offers; newer versions of an offered code count."""
    return set(round_.schemes.values_list("code", flat=True))


def scheme_verdict(round_: Round, code: str, *, industry_code: str, parameters: Parameters) -> Verdict:
    """May an enterprise of this industry use *code* in this round?"""
    return may_use_scheme(
        code,
        industry_code=industry_code,
        published=scoring.scheme_choices(),
        offered=offered_codes(round_),
        parameters=parameters,
    )


def scheme_options(round_: Round, *, industry_code: str, parameters: Parameters) -> list[SchemeOption]:
    """Return every published system the round offers, the suggested one first."""
    offered = offered_codes(round_)
    suggestion = suggested_scheme(industry_code, scoring.scheme_choices(), parameters)
    options = [
        SchemeOption(
            row.code,
            row.label,
            row.is_reconstruction,
            row.code == suggestion,
            scheme_verdict(round_, row.code, industry_code=industry_code, parameters=parameters),
        )
        for row in scoring.schemes()
        if row.code in offered
    ]
    return sorted(options, key=lambda option: (not option.suggested, not option.verdict.ok, option.code))

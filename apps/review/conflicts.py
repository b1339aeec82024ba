"""Conflicts of interest between an expert of the pool and a case (R-20)."""

from __future__ import annotations

from datetime import date

from apps.accounts import selectors as accounts
from apps.applications.selectors import CaseRow
from apps.parameters.selectors import in_force
from apps.policy.conflicts import Link, LinkKind, Party, may_review
from apps.policy.verdict import Verdict

#: How the pool's kinds of tie translate into the kinds the rule knows.
_KINDS = {
    "past_employer": LinkKind.EMPLOYER,
    "shareholding": LinkKind.SHAREHOLDING,
    "consultant": LinkKind.CONSULTANT,
    "third_party": LinkKind.THIRD_PARTY_EVALUATOR,
    "group": LinkKind.SHAREHOLDING,
    "family": LinkKind.RELATIVE,
}


def conflict_of(*, expert: accounts.ExpertRow, case: CaseRow, on: date) -> Verdict:
    """Return whether *expert* may review *case* on a day, one refusal for each tie (R-20)."""
    links = [Link(_KINDS[link.kind], link.uscc, until=link.ended_on) for link in expert.links if link.uscc]
    if expert.employer_uscc:
        links.append(Link(LinkKind.EMPLOYER, expert.employer_uscc))
    return may_review(
        links,
        Party(uscc=case.uscc, helper_usccs=frozenset({case.third_party_uscc} - {""})),
        on=on,
        parameters=in_force(on=on),
    )

"""Conflicts of interest between an expert of the pool and a case (R-20)."""

from __future__ import annotations

from datetime import date

from apps.accounts import selectors as accounts
from apps.applications.selectors import CaseRow
from apps.cultivation import selectors as cultivation
from apps.parameters.selectors import in_force
from apps.policy.conflicts import Link, LinkKind, Party, may_review
from apps.policy.verdict import Verdict

#: How the pool's kinds of tie translate into the kinds the rule knows.
_KINDS = {
    "past_employer": LinkKind.EMPLOYER,
    "shareholding": LinkKind.SHAREHOLDING,
    "consultant": LinkKind.CONSULTANT,
    "third_party": LinkKind.THIRD_PARTY_EVALUATOR,
    "group": LinkKind.GROUP,
    "family": LinkKind.RELATIVE,
}


def party_of(case: CaseRow) -> Party:
    """Return the applicant as the rule sees it; its group's other enterprises are read from the register.

    The bodies that help it are the one named in the application and those it has declared.
    The caller must be somebody who sees every enterprise.
    """
    declared = cultivation.helpers_of(enterprise_id=case.enterprise_id)
    return Party(
        uscc=case.uscc,
        name=case.enterprise_name,
        group_name=case.group_name,
        related_usccs=accounts.group_usccs(group_name=case.group_name) - {case.uscc},
        helper_usccs=frozenset({case.third_party_uscc, *declared} - {""}),
        helper_names=frozenset({case.third_party_name, *declared.values()} - {""}),
    )


def conflict_of(*, expert: accounts.ExpertRow, party: Party, on: date) -> Verdict:
    """Return whether *expert* may review the applicant on a day, one refusal for each tie (R-20)."""
    links = [
        Link(_KINDS[link.kind], link.uscc, until=link.ended_on, name=link.organisation)
        for link in expert.links
    ]
    links.append(Link(LinkKind.EMPLOYER, expert.employer_uscc, name=expert.employer_name))
    return may_review(links, party, on=on, parameters=in_force(on=on))

"""Separation of duties: nobody approves their own work, and the three administrators are three persons."""

from __future__ import annotations

from collections.abc import Collection, Hashable
from enum import StrEnum

from apps.policy.rules import implements
from apps.policy.verdict import Verdict, when


class AdminRole(StrEnum):
    """三员分立: the administrators that exclude each other."""

    SYSTEM = "system"
    SECURITY = "security"
    AUDIT = "audit"


#: The sentence of the refusal; the audit trail knows attempts at signing one's own work by it.
OWN_WORK = "经办人不能签批自己办理的事项。"


@implements("R-15")
def may_sign(*, prepared_by: Collection[Hashable], signer: Hashable) -> Verdict:
    """May ``signer`` sign off what the persons ``prepared_by`` prepared?

    Only when none of them is the signer.

    Used for every second-person act: district scores, levels, notices, awards, cancellations, exemptions,
    dated parameters. ValueError when nobody is named as having prepared it: an act without an author cannot
    be signed.
    """
    if not prepared_by:
        raise ValueError("It must be known who prepared what is signed")
    return when(signer in prepared_by, "R-15", OWN_WORK, "请由另一位有签批权限的人员办理。")


def refused_own_work(verdict: Verdict) -> bool:
    """Whether *verdict* refuses because the person prepared what was to be signed."""
    return OWN_WORK in verdict.reasons


@implements("R-44")
def may_hold_admin_roles(roles: Collection[AdminRole], *, has_case_duties: bool) -> Verdict:
    """三员分立: one account holds at most one administrator role, and none together with duties in cases."""
    return Verdict.all_of(
        when(len(set(roles)) > 1, "R-44", "系统管理员、安全管理员、审计管理员不能由同一账号兼任。"),
        when(bool(roles) and has_case_duties, "R-44", "管理员账号不能同时承担申报、评审等业务职责。"),
    )

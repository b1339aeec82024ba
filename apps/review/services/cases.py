"""What the use-cases of review share: the case as `applications` gives it, and its score sheets."""

from __future__ import annotations

from datetime import date

from apps.applications import services as applications
from apps.applications.selectors import CaseRow
from apps.core.actor import Actor
from apps.core.errors import Invalid
from apps.parameters.selectors import in_force
from apps.policy.parameters import Parameters
from apps.scoring import selectors as schemes
from apps.scoring import services as scoring


def locked_case(*, actor: Actor, public_id: str) -> CaseRow:
    """Return the application locked for change, as far as *actor* may see it.

    Raises:
        NotVisible: not in the actor's jurisdiction.
    """
    return applications.lock_application(actor=actor, public_id=public_id)


def sheet_case(case: CaseRow) -> scoring.Case:
    """Return the case in the words of the scoring room."""
    return scoring.Case(
        application_id=case.id,
        enterprise_id=case.enterprise_id,
        district=case.district,
        industry_code=case.industry_code,
    )


def jurisdiction(case: CaseRow) -> dict[str, object]:
    """Return the jurisdiction columns of a row about *case*."""
    return {"application_id": case.id, "enterprise_id": case.enterprise_id, "district_id": case.district}


def words(case: CaseRow) -> dict[str, object]:
    """Return what every message about *case* says."""
    return {"number": case.number, "enterprise": case.enterprise_name, "public_id": case.public_id}


def choices(on: date) -> Parameters:
    """Return the bureau's choices in force on a day."""
    return in_force(on=on)


def require_item(actor: Actor, case: CaseRow, code: str) -> None:
    """Refuse a code that is no item of the case's scheme.

    Raises:
        Invalid: no such item.
    """
    if case.scheme_id is None or code not in {
        item.code for item in schemes.scheme_spec(actor=actor, scheme_id=case.scheme_id).items
    }:
        raise Invalid.of("item", "评价体系中没有这个条目。")

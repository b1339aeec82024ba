"""What the use-cases of publicity share."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from apps.applications.selectors import CaseRow
from apps.parameters.selectors import in_force
from apps.policy.award import CreditCheck as CreditFacts
from apps.policy.award import CreditResult
from apps.policy.parameters import Parameters
from apps.publicity.models import CreditCheck


def choices(on: date) -> Parameters:
    """Return the bureau's choices in force on a day."""
    return in_force(on=on)


def jurisdiction(case: CaseRow) -> dict[str, object]:
    """Return the jurisdiction columns of a row about *case*."""
    return {"application_id": case.id, "enterprise_id": case.enterprise_id, "district_id": case.district}


def words(case: CaseRow) -> dict[str, object]:
    """Return what every message about *case* says."""
    return {"number": case.number, "enterprise": case.enterprise_name, "public_id": case.public_id}


def credit_facts(application_ids: Iterable[int]) -> dict[int, CreditFacts]:
    """Return the newest credit check of each application, as the policy reads it; one query."""
    rows = (
        CreditCheck.objects.filter(application_id__in=list(application_ids))
        .order_by("application_id", "-id")
        .distinct("application_id")
    )
    return {row.application_id: CreditFacts(row.checked_on, CreditResult(row.result)) for row in rows}

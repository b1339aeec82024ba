"""What the use-cases of publicity share."""

from __future__ import annotations

from datetime import date

from apps.applications.selectors import CaseRow
from apps.parameters.selectors import in_force
from apps.policy.parameters import Parameters


def choices(on: date) -> Parameters:
    """Return the bureau's choices in force on a day."""
    return in_force(on=on)


def jurisdiction(case: CaseRow) -> dict[str, object]:
    """Return the jurisdiction columns of a row about *case*."""
    return {"application_id": case.id, "enterprise_id": case.enterprise_id, "district_id": case.district}


def words(case: CaseRow) -> dict[str, object]:
    """Return what every message about *case* says."""
    return {"number": case.number, "enterprise": case.enterprise_name, "public_id": case.public_id}

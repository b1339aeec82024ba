"""What the use-cases of monitoring share."""

from __future__ import annotations

from datetime import date

from apps.parameters.selectors import in_force
from apps.policy.parameters import Parameters
from apps.titles.selectors import TitleRow


def choices(on: date) -> Parameters:
    """Return the bureau's choices in force on a day."""
    return in_force(on=on)


def words(title: TitleRow) -> dict[str, object]:
    """Return what every message about *title* says."""
    return {"enterprise": title.enterprise_name, "number": title.certificate_no}

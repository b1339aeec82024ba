"""The edition of the plan on a page: from when to when it is on trial, and what follows (R-28)."""

from __future__ import annotations

from datetime import date

from apps.parameters.selectors import in_force
from apps.policy.obligations import TrialPeriod, trial_period


def edition(on: date) -> TrialPeriod:
    """Return the trial period as it stands on the Shanghai day *on*; one query."""
    return trial_period(on=on, parameters=in_force(on=on))

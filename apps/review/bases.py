"""What the tables of review share: the jurisdiction columns of a row about one application, and closed ranges."""

from __future__ import annotations

from django.db import models
from django.db.models import CheckConstraint, Q

from apps.core.models import ScopedModel

_RANGE = (0, 100)


def closed_range(column: str, name: str) -> CheckConstraint:
    """Return a closed range: `'NaN'::numeric >= 80` is true in PostgreSQL, `between` is not (SECURITY M17)."""
    return CheckConstraint(condition=Q(**{f"{column}__range": _RANGE}) | Q(**{column: None}), name=name)


class CaseRow(ScopedModel):
    """A row about one application; jurisdiction columns are those of the application at that time."""

    enterprise = models.ForeignKey("accounts.Enterprise", models.PROTECT, related_name="+")
    district = models.ForeignKey("accounts.District", models.PROTECT, related_name="+")

    class Meta:
        abstract = True

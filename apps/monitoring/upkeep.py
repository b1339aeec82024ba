"""动态管理, as everybody may know it: which years' forms of a title's holder are in, and that on-site rechecks passed.

No figures, no persons, no wording of a review: what is not settled is a bare state, a recheck that found faults is
told by the state of the title itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from apps.core.actor import Actor
from apps.core.scoping import acting_as
from apps.monitoring.models import AnnualForm, Recheck
from apps.monitoring.states import APPROVED, REPORTED, TO_FILE

_MOST_YEARS = 5


class FormState(StrEnum):
    """How far the yearly form of one year has come."""

    DONE = "已完成"
    FILED = "已报送，审核中"
    DUE = "报送期内"
    MISSING = "未按期报送"


@dataclass(frozen=True, slots=True)
class UpkeepYear:
    """One year of dynamic management: the yearly form (None: none owed), the last day a recheck was passed."""

    year: int
    form: FormState | None
    recheck_passed_on: date | None

    @property
    def form_done(self) -> bool:
        """Whether the year's form was reviewed and accepted."""
        return self.form is FormState.DONE


def upkeep_of(*, actor: Actor, title_public_id: str, on: date) -> tuple[UpkeepYear, ...]:
    """Return the newest five years of a title's holder in which a form was owed or a recheck passed, newest first.

    Two queries, read as the system: the public has no sight of forms and rechecks, only of these few words.

    Args:
        actor: who asks; anybody.
        title_public_id: of the title that is verified.
        on: today in Shanghai, to tell a form that is late from one that is not.
    """
    with acting_as(Actor.system(), then=actor):
        forms = {
            row.year: row
            for row in AnnualForm.objects.filter(enterprise__titles__public_id=title_public_id).only(
                "year", "state", "due_on"
            )
        }
        visits = dict(
            Recheck.objects.filter(
                enterprise__titles__public_id=title_public_id,
                state=REPORTED,
                passed=True,
                visited_on__isnull=False,
            )
            .order_by("visited_on")
            .values_list("visited_on__year", "visited_on")
        )
    years = sorted({*forms, *visits}, reverse=True)[:_MOST_YEARS]
    return tuple(UpkeepYear(year, _form(forms.get(year), on), visits.get(year)) for year in years)


def _form(row: AnnualForm | None, on: date) -> FormState | None:
    if row is None:
        return None
    if row.state == APPROVED:
        return FormState.DONE
    if row.state != TO_FILE:
        return FormState.FILED
    return FormState.DUE if on <= row.due_on else FormState.MISSING

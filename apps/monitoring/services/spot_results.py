"""What a finished visit of the city says about the district's result it was drawn from (R-35)."""

from __future__ import annotations

from apps.audit.services import record
from apps.core.actor import Actor
from apps.core.errors import WrongStep
from apps.core.moment import Moment
from apps.monitoring.models import Recheck, SpotCheck
from apps.monitoring.services.shared import choices
from apps.monitoring.states import SPOT_CHECK_LIFE
from apps.policy.spot_check import compare_results


def settle_spot_check(visit: Recheck, *, actor: Actor, moment: Moment) -> None:
    """Compare a signed visit with the district's result; does nothing for a visit that was not drawn.

    The comparison is kept with the rules of the day and never changes: a later recheck is another matter.

    Raises:
        WrongStep: the visit was not recorded, or the comparison is made already.
    """
    row = (
        SpotCheck.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("result")
        .filter(visit_id=visit.pk)
        .first()
    )
    if row is None:
        return
    if visit.score is None or visit.passed is None:
        raise WrongStep("复查结果尚未登记。")
    step = SPOT_CHECK_LIFE.step(row.state, "conclude", actor)
    found = compare_results(
        district_score=row.result.score,
        district_passed=row.result.passed,
        city_score=visit.score,
        city_passed=visit.passed,
        parameters=choices(moment.on),
    )
    row.state, row.agrees = step.target, found.agrees
    row.difference, row.reasons = found.difference, list(found.reasons)
    row.save(update_fields=["state", "agrees", "difference", "reasons"])
    record(
        actor=actor,
        event="spot_check.conclude",
        subject=row,
        moment=moment,
        rule=step.rule,
        after={"agrees": found.agrees, "difference": found.difference},
        note="".join(found.reasons),
    )

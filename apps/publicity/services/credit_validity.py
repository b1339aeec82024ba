"""Until when a credit result can be used: an obligation of the city, because a notice must start in time (R-23)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from apps.applications.selectors import CaseRow
from apps.core.moment import Moment
from apps.deadlines.services import cancel_obligations, meet_obligation, open_obligation
from apps.policy.award import CreditResult, credit_asks_explanation
from apps.policy.calendar import chinese
from apps.publicity.models import CreditCheck

CREDIT_VALIDITY: Final = "publicity.credit"


def watch_validity(*, case: CaseRow, check: CreditCheck, moment: Moment) -> None:
    """Have the city reminded before *check* runs out; the results it replaces are watched no longer.

    A result that asks for an explanation stops the case by itself, and one that is too old serves nothing: neither
    can run out. Without a 属地: what a credit check found is between the city and the enterprise.
    """
    for older in CreditCheck.objects.filter(application_id=case.id).exclude(pk=check.pk):
        cancel_obligations(subject=older, moment=moment, kinds=[CREDIT_VALIDITY])
    asks = credit_asks_explanation(CreditResult(check.result))
    if not asks and check.valid_until >= moment.on:
        open_obligation(
            kind=CREDIT_VALIDITY,
            subject=check,
            rule="R-23",
            moment=moment,
            due_on=check.valid_until,
            basis=f"{chinese(check.checked_on)}查询，公示须在有效期内开始。",
            number=case.number,
            label=case.enterprise_name,
        )


def validity_used(*, application_ids: Collection[int], moment: Moment) -> None:
    """The notice has started while the results were valid."""
    for check in _newest(application_ids):
        meet_obligation(kind=CREDIT_VALIDITY, subject=check, moment=moment)


def validity_void(*, application_ids: Collection[int], moment: Moment) -> None:
    """The cases have ended: their results are needed no longer."""
    for check in _newest(application_ids):
        cancel_obligations(subject=check, moment=moment, kinds=[CREDIT_VALIDITY])


def _newest(application_ids: Collection[int]) -> Collection[CreditCheck]:
    return (
        CreditCheck.objects.filter(application_id__in=application_ids)
        .order_by("application_id", "-pk")
        .distinct("application_id")
    )

"""What stands against a notice or an award, case by case: the same answers the services insist on (R-23, R-25)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from apps.applications.selectors import CaseRow
from apps.core.actor import Actor
from apps.parameters.selectors import in_force
from apps.policy.award import CreditCheck as CreditFacts
from apps.policy.award import CreditResult, ObjectionState, may_award, may_start_notice
from apps.policy.calendar import Term
from apps.policy.provisional import Provisional, may_be_listed, may_intend
from apps.policy.verdict import Verdict
from apps.publicity.models import (
    CreditCheck,
    Notice,
    NoticeEntry,
    Objection,
    ProvisionalDecision,
    RecognitionEntry,
)
from apps.publicity.states import (
    ACCEPTED,
    CORRECTED,
    DISMISSED,
    FILED,
    NOT_ACCEPTED,
    PUBLIC_NOTICES,
    STANDING,
    UPHELD,
    WITHDRAWN,
)

_CREDIT, _CONFIRMABLE = "credit_check", "confirmable"
_OBJECTION_STATES = {
    FILED: ObjectionState.OPEN,
    ACCEPTED: ObjectionState.OPEN,
    UPHELD: ObjectionState.UPHELD,
    DISMISSED: ObjectionState.DISMISSED,
    NOT_ACCEPTED: ObjectionState.NOT_ACCEPTED,
    CORRECTED: ObjectionState.CORRECTED,
}


@dataclass(frozen=True, slots=True)
class Precheck:
    """One case before a batch: `obstacle` is a step that does not fit, `verdict` what the rules say."""

    case: CaseRow
    obstacle: str
    verdict: Verdict

    @property
    def ok(self) -> bool:
        """Whether the case may be taken along."""
        return not self.obstacle and self.verdict.ok


def credit_facts(application_ids: Iterable[int]) -> dict[int, CreditFacts]:
    """Return the newest credit check of each application, as the policy reads it; one query."""
    rows = (
        CreditCheck.objects.filter(application_id__in=list(application_ids))
        .order_by("application_id", "-id")
        .distinct("application_id")
    )
    return {row.application_id: CreditFacts(row.checked_on, CreditResult(row.result)) for row in rows}


def term_of_entry(entry: NoticeEntry) -> Term:
    """Return the stored period of a published entry as the policy reads it."""
    return _term(entry.starts_on, entry.ends_on)


def term_of_notice(notice: Notice) -> Term:
    """Return the stored period of a published notice as the policy reads it."""
    return _term(notice.starts_on, notice.ends_on)


def _term(starts_on: date | None, ends_on: date | None) -> Term:
    assert starts_on is not None and ends_on is not None  # noqa: S101, PT018  (set at publication)
    return Term(starts_on=starts_on, ends_on=ends_on, nominal=ends_on, provisional=False, explanation="")


def notice_verdicts(*, cases: Collection[CaseRow], starts_on: date) -> dict[int, Verdict]:
    """Return by application whether its credit lets a notice start on a day (R-23), and the bureau means to list it.

    Three queries.
    """
    parameters = in_force(on=starts_on)
    facts = credit_facts(case.id for case in cases)
    intended = newest_decisions(case.id for case in cases)
    return {
        case.id: Verdict.all_of(
            may_be_listed(intended.get(case.id)),
            may_start_notice(
                credit=facts.get(case.id), starts_on=starts_on, special_meeting_on=None, parameters=parameters
            ),
        )
        for case in cases
    }


def newest_decisions(application_ids: Iterable[int]) -> dict[int, Provisional]:
    """Return by application the newest provisional decision, as the policy reads it; one query."""
    rows = (
        ProvisionalDecision.objects.filter(application_id__in=list(application_ids))
        .order_by("application_id", "-id")
        .distinct("application_id")
        .values_list("application_id", "decision")
    )
    return {application_id: Provisional(decision) for application_id, decision in rows}


def award_verdicts(*, actor: Actor, cases: Collection[CaseRow], on: date) -> dict[int, Verdict]:
    """Return by application whether it may be awarded on a day: notice over, objections settled, credit clear, ≥ 80.

    Cases without a completed notice or a panel's score are left out. Four queries.
    """
    ids = [case.id for case in cases]
    entries = {
        entry.application_id: entry
        for entry in NoticeEntry.objects.visible_to(actor)
        .filter(application_id__in=ids)
        .exclude(state=WITHDRAWN)
        .order_by("id")
    }
    objections: dict[int, list[ObjectionState]] = defaultdict(list)
    for application_id, state in (
        Objection.objects.visible_to(actor)
        .filter(application_id__in=ids)
        .values_list("application_id", "state")
    ):
        objections[application_id].append(_OBJECTION_STATES[state])
    facts = credit_facts(ids)
    parameters = in_force(on=on)
    return {
        case.id: may_award(
            term=term_of_entry(entries[case.id]),
            on=on,
            objections=objections[case.id],
            credit=facts.get(case.id),
            panel_total=case.panel_total,
            parameters=parameters,
        )
        for case in cases
        if case.id in entries and entries[case.id].ends_on is not None and case.panel_total is not None
    }


def on_a_draft(application_ids: Collection[int]) -> dict[int, str]:
    """Return by application the name of those that stand on a notice not published yet; one query."""
    return dict(
        NoticeEntry.objects.filter(application_id__in=list(application_ids), state=STANDING)
        .exclude(notice__state__in=PUBLIC_NOTICES)
        .values_list("application_id", "enterprise_name")
    )


def notice_prechecks(*, cases: Sequence[CaseRow], on: date) -> list[Precheck]:
    """Return for each case whether it may go on a notice drafted today, and why not; four queries."""
    verdicts = notice_verdicts(cases=cases, starts_on=on)
    drafted = on_a_draft([case.id for case in cases])
    return [
        Precheck(
            case,
            _misplaced(case, _CREDIT) or ("已列入另一份正在拟稿的公示。" if case.id in drafted else ""),
            verdicts[case.id],
        )
        for case in cases
    ]


def decision_prechecks(*, cases: Sequence[CaseRow], decision: Provisional, on: date) -> list[Precheck]:
    """Return for each case whether the bureau may note *decision* today, and why not; two queries."""
    facts = credit_facts([case.id for case in cases])
    parameters = in_force(on=on)
    return [
        Precheck(
            case,
            _misplaced(case, _CREDIT),
            may_intend(
                decision,
                panel_total=case.panel_total,
                credit=facts.get(case.id),
                on=on,
                parameters=parameters,
            ),
        )
        for case in cases
    ]


def award_prechecks(*, actor: Actor, cases: Sequence[CaseRow], on: date) -> list[Precheck]:
    """Return for each case whether it may be proposed for the award today, and why not; five queries."""
    verdicts = award_verdicts(actor=actor, cases=cases, on=on)
    listed = set(
        RecognitionEntry.objects.filter(application_id__in=[case.id for case in cases]).values_list(
            "application_id", flat=True
        )
    )
    return [
        Precheck(
            case,
            _misplaced(case, _CONFIRMABLE)
            or ("" if case.id in verdicts else "没有完成公示或专家评估。")
            or ("已列入待签发的评定名单。" if case.id in listed else ""),
            verdicts.get(case.id, Verdict()),
        )
        for case in cases
    ]


def _misplaced(case: CaseRow, wanted: str) -> str:
    return "" if case.state == wanted else f"当前状态为「{case.state_label}」。"

"""不予评定 after the notice: the leader ends a case that may not, or must not, become a title (R-25, R-27)."""

from __future__ import annotations

from django.db import transaction

from apps.applications import services as applications
from apps.applications.selectors import CaseRow
from apps.audit.services import record
from apps.core.actor import Actor
from apps.core.errors import Invalid, WrongStep
from apps.core.moment import Clock, Moment
from apps.core.text import clean_text
from apps.notifications.services import enqueue
from apps.policy.award import AWARD_REFUSAL_GROUNDS
from apps.policy.rules import rule as rule_of
from apps.publicity.models import RecognitionEntry
from apps.publicity.services.cases import words
from apps.publicity.states import PROPOSED
from apps.scoring import services as scoring

_TEXT = 1000


@transaction.atomic
def refuse_award(*, actor: Actor, clock: Clock, public_id: str, rule: str, reason: str) -> None:
    """The city's leader decides against a case whose notice is over: 不予评定, with the clause and the reason.

    The case leaves a list that waits for signature; a list nobody is left on is withdrawn. The published notice stays
    as it was published.

    Args:
        actor: 局领导 of the city's bureau.
        clock: the legal clock.
        public_id: of the application, 可评定.
        rule: one of `policy.award.AWARD_REFUSAL_GROUNDS`; its clause is told to the enterprise.
        reason: what was found, told to the enterprise.

    Raises:
        Invalid: no ground, an unknown one, or no reason.
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    errors: dict[str, list[str]] = {}
    why = clean_text(reason, field="reason", label="理由", limit=_TEXT, multiline=True)
    if rule not in AWARD_REFUSAL_GROUNDS:
        errors["rule"] = ["请选择不予评定所依据的规定。"]
    if not why:
        errors["reason"] = ["请写明不予评定的理由。"]
    if errors:
        raise Invalid(errors)
    case = applications.lock_application(actor=actor, public_id=public_id)
    moment = clock.now()
    note = f"{why}（依据：{rule_of(rule).clause}，{rule}）"
    applications.advance(
        application_id=case.id,
        event="refuse_award",
        actor=actor,
        moment=moment,
        note=note,
        facts={"decision_note": note},
    )
    _leave_list(actor=actor, case=case, moment=moment)
    scoring.release_sheets(
        actor=actor, clock=clock, application_id=case.id, kinds={"district"}, to="enterprise"
    )
    enqueue(
        key=f"not-awarded:{case.public_id}",
        template="not_awarded",
        context={**words(case), "reason": note},
        to_enterprise=case.enterprise_id,
        moment=moment,
    )


def _leave_list(*, actor: Actor, case: CaseRow, moment: Moment) -> None:
    """Take the case off a list that waits for the leader's signature."""
    entry = (
        RecognitionEntry.objects.select_related("recognition")
        .select_for_update()
        .filter(application_id=case.id)
        .first()
    )
    if entry is None:
        return
    listed = entry.recognition
    if listed.state != PROPOSED:
        raise WrongStep("该企业已列入签发的评定名单。")
    entry.delete()
    if listed.entries.exists():
        record(
            actor=actor,
            event="recognition.strike",
            subject=listed,
            moment=moment,
            rule="R-27",
            note=f"{case.enterprise_name}不予评定，移出名单。",
        )
        return
    record(
        actor=actor,
        event="recognition.withdraw",
        subject=listed,
        moment=moment,
        rule="R-27",
        before={"document_no": listed.document_no},
        note="名单中已无企业，撤回提请。",
    )
    listed.delete()

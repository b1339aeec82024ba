"""The supplement: every returned item answered, nothing else changed, in time; else deemed withdrawn (R-14)."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from apps.applications.models import Application, ApplicationVersion, ReturnedItem
from apps.applications.selectors.commitment import commitment_is_current
from apps.applications.selectors.completeness import content_blockers, waived_rules
from apps.applications.services.advance import locked, take_step
from apps.applications.services.editing import is_returned
from apps.applications.services.handing_in import HandingIn, declared, hand_over, request_digest, sent_before
from apps.applications.services.snapshot import Receipt
from apps.applications.states import APPLICATION_LIFE, SUPPLEMENTING
from apps.audit import services as audit
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Forbidden, Invalid, WrongStep, require
from apps.core.moment import Clock, FixedClock, Moment
from apps.core.text import clean_text
from apps.deadlines.registry import OverdueObligation
from apps.notifications.services import enqueue
from apps.parameters.selectors import in_force
from apps.policy.eligibility import commitment_is_stamped
from apps.policy.evaluation.results import Blocker as SheetBlocker
from apps.policy.review import deemed_withdrawn, may_resubmit
from apps.policy.verdict import Verdict, refuse
from apps.scoring import services as scoring_services


@transaction.atomic
def resubmit(
    *, actor: Actor, clock: Clock, public_id: str, token: str, pledge: bool, signatory: str
) -> Receipt:
    """Hand in the supplement: every returned item answered, nothing else changed, in time (R-14).

    Where the bureau demands the stamped commitment, it must have been stamped for what is handed in now (R-12).

    Raises:
        NotVisible, WrongStep, Forbidden, Conflict, Invalid: as `submit`.
        RuleBroken: overdue, items unanswered, parts changed that were not returned, the report incomplete, or
            the commitment stamped for other content.
    """
    row = locked(actor, public_id=public_id)
    request = request_digest(public_id, token, pledge=pledge, signatory=signatory)
    again = sent_before(row, token, request)
    if again is not None:
        return again
    step = APPLICATION_LIFE.step(row.state, "resubmit", actor)
    moment = clock.now()
    name = declared(pledge=pledge, signatory=signatory)
    items = list(ReturnedItem.objects.filter(application=row, turn=row.turn).order_by("pk"))
    previous = ApplicationVersion.objects.filter(application=row).order_by("-turn").first()
    changed = _changed_parts(row, previous.snapshot if previous else {})
    returned = [part for part in changed if is_returned(items, *part)]
    unanswered = [item.label for item in items if item.answered_at is None]
    parameters = in_force(on=moment.on)
    stamped = parameters.commitment_scan_required and commitment_is_current(row, actor)

    def decide(lacking: Sequence[SheetBlocker] | None) -> None:
        require(
            Verdict.all_of(
                may_resubmit(
                    due_on=max(item.due_on for item in items),
                    on=moment.on,
                    changed=[_named(part) for part in changed],
                    returned=[_named(part) for part in returned],
                ),
                Verdict(
                    tuple(
                        refuse("R-14", f"“{label}”尚未说明补正情况。", "请逐项填写补正说明后再提交。")
                        for label in unanswered
                    )
                ),
                Verdict(
                    tuple(
                        refuse("R-12", blocker.reason, blocker.remedy)
                        for blocker in content_blockers(row, lacking)
                    )
                ),
                commitment_is_stamped(current=stamped, parameters=parameters),
            )
        )

    sheet = scoring_services.hand_in(actor=actor, clock=clock, application_id=row.pk, decide=decide)
    receipt = hand_over(
        row,
        step,
        sheet,
        HandingIn(token, request, name, waived_rules(row)),
        actor=actor,
        clock=FixedClock(moment),
        parameters=parameters,
    )
    enqueue(
        key=f"application_resubmitted:{row.public_id}:{row.turn}",
        template="application_resubmitted",
        context={"enterprise": row.enterprise.name, "public_id": row.public_id, "number": row.number},
        to_district=row.district_id,
        subject=row,
        moment=moment,
    )
    return receipt


@transaction.atomic
def answer_item(*, actor: Actor, clock: Clock, item_public_id: str, answer: str) -> None:
    """State what was done about one returned item.

    Raises:
        Forbidden: not a member of an enterprise with a duty.
        NotVisible: no such item of this enterprise.
        WrongStep: the application is not being supplemented, or the item belongs to an earlier turn.
        Invalid: no answer.
        RuleBroken: the supplement is overdue.
    """
    if actor.role is not Role.ENTERPRISE or not actor.has(Duty.RESPONSIBLE, Duty.CLERK):
        msg = "补正说明由企业的负责人或申报经办人填写。"
        raise Forbidden(msg)
    found = (
        ReturnedItem.objects.filter(public_id=item_public_id).values_list("application_id", flat=True).first()
    )
    row = locked(actor, application_id=found or 0)
    item = ReturnedItem.objects.select_for_update().get(public_id=item_public_id)
    moment = clock.now()
    if row.state != SUPPLEMENTING or item.turn != row.turn:
        msg = "该申报当前不在补正中。"
        raise WrongStep(msg)
    require(may_resubmit(due_on=item.due_on, on=moment.on, changed=[], returned=[]))
    text = clean_text(answer, field="answer", label="补正说明", limit=1000, multiline=True)
    if not text:
        raise Invalid.of("answer", "请说明补正情况。")
    item.answer, item.answered_at = text, moment.at
    item.save(update_fields=["answer", "answered_at"])
    audit.record(
        actor=actor,
        event="application.save_answer_item",
        subject=row,
        moment=moment,
        rule="R-14",
        after={"item": item.label},
        note=text,
    )


@transaction.atomic
def lapse_overdue(*, actor: Actor, moment: Moment, application_id: int) -> bool:
    """Deem an application withdrawn whose supplement did not come in time (R-14); returns whether it was.

    Called by the deadline's hook as the system; a supplement handed in meanwhile is left alone.

    Raises:
        NotVisible, Forbidden: not the system.
    """
    row = locked(actor, application_id=application_id)
    if row.state != SUPPLEMENTING:
        return False
    due_on = max(ReturnedItem.objects.filter(application=row, turn=row.turn).values_list("due_on", flat=True))
    if not deemed_withdrawn(due_on=due_on, on=moment.on):
        return False
    step = APPLICATION_LIFE.step(row.state, "lapse", actor)
    take_step(row, step, actor=actor, moment=moment, note=f"补正期限至{due_on:%Y-%m-%d}，未重新提交。")
    for recipient in ({"to_enterprise": row.enterprise_id}, {"to_district": row.district_id}):
        enqueue(
            key=f"application_lapsed:{row.public_id}:{next(iter(recipient))}",
            template="application_lapsed",
            context={"enterprise": row.enterprise.name, "public_id": row.public_id, "number": row.number},
            subject=row,
            moment=moment,
            **recipient,
        )
    return True


def supplement_overdue(obligation: OverdueObligation, *, clock: Clock) -> None:
    """Act on an overdue supplement; registered with the deadline's kind."""
    lapse_overdue(actor=Actor.system(), moment=clock.now(), application_id=obligation.subject_id)


def _changed_parts(row: Application, snapshot: dict[str, object]) -> list[tuple[str, str]]:
    changed: list[tuple[str, str]] = []
    for part, column in (("profile", "profile"), ("basic", "basics"), ("report", "report")):
        before = snapshot.get(column) or {}
        after = getattr(row, column)
        if not isinstance(before, dict):
            continue
        changed += [(part, code) for code in sorted({*before, *after}) if before.get(code) != after.get(code)]
    return changed


def _named(part: tuple[str, str]) -> str:
    labels = dict(ReturnedItem.PARTS)
    return f"{labels[part[0]]}{part[1]}"

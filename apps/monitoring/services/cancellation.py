"""取消称号 is decided by a leader after statement and defence; the ban follows (R-40, R-41). See `proposal`."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from apps.audit.services import record
from apps.core.actor import Actor
from apps.core.errors import Invalid, NotVisible, require
from apps.core.moment import Clock, Moment
from apps.core.text import clean_text
from apps.deadlines.selectors import work_calendar
from apps.deadlines.services import cancel_obligations, meet_obligation
from apps.monitoring.models import AnnualForm, Cancellation
from apps.monitoring.services.proposal import DECISION_KINDS, locked_cancellation
from apps.monitoring.services.shared import choices
from apps.monitoring.states import (
    CANCELLATION_LIFE,
    SENT_BACK,
    TO_FILE,
)
from apps.notifications.services import enqueue
from apps.numbering.services import settle_number
from apps.policy.levels import Level, Tier
from apps.policy.rectification import (
    cancellation_decider,
    cancellation_scope,
    defence_heard,
    may_decide_cancellation,
    statement_term,
)
from apps.policy.verdict import Verdict
from apps.titles import selectors as titles
from apps.titles import services as title_services

_TEXT = 2000
#: What the register of document numbers says each decision was for.
_PURPOSES = {"cancel": "取消称号", "suspend": "暂停称号并报上级", "drop": "不予取消称号"}


@transaction.atomic
def decide_cancellation(
    *, actor: Actor, clock: Clock, public_id: str, decision: str, document_no: str, note: str
) -> date | None:
    """The competent bureau decides: `cancel`, `suspend` (4A/5A, reported upward) or `drop`.

    On a 1A or 2A title the district's 签批 decides, on a 3A, 4A or 5A title the city's leader (R-06).

    Returns:
        The first day on which the enterprise may apply again, when the title was cancelled.

    Raises:
        RuleBroken: the time for defence has not ended; 4A/5A are not the city's to cancel (R-40).
        Invalid: no document number or reason.
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    row = locked_cancellation(actor=actor, public_id=public_id)
    level = Level(row.title.level)
    decider = cancellation_decider(level)
    local = decider is Tier.DISTRICT and decision in {"cancel", "drop"}
    step = CANCELLATION_LIFE.step(row.state, f"{decision}_by_district" if local else decision, actor)
    moment = clock.now()
    number = clean_text(document_no, field="document_no", label="文号", limit=60)
    text = clean_text(note, field="note", label="决定理由", limit=_TEXT, multiline=True)
    errors = {
        name: [message]
        for name, value, message in (
            ("document_no", number, "请填写决定文号。"),
            ("note", text, "请写明决定的事实和理由。"),
        )
        if not value
    }
    if errors:
        raise Invalid(errors)
    number = settle_number(
        actor=actor, moment=moment, text=number, purpose=_PURPOSES[decision], field="document_no"
    )
    ban_until: date | None = None
    require(_decision_open(row, decision, on=moment.on))
    if decision == "cancel":
        done = title_services.cancel_title(
            actor=actor,
            moment=moment,
            title_public_id=row.title.public_id,
            decided_on=moment.on,
            document_no=number,
            reason=text,
        )
        ban_until = done.ban_until
    else:
        title_services.change_title_state(
            actor=actor,
            moment=moment,
            title_public_id=row.title.public_id,
            event="suspend" if decision == "suspend" else "keep",
            note=text,
            document_no=number,
        )
    row.state, row.document_no, row.decision_note = step.target, number, text
    row.decided_by_id, row.decided_on, row.ban_until = actor.user_id, moment.on, ban_until
    row.save()
    meet_obligation(kind=DECISION_KINDS[decider], subject=row, moment=moment)
    cancel_obligations(subject=row, moment=moment)
    if decision == "cancel":
        _release_forms(row.title_id, moment)
        _point_to_lower_titles(row, actor=actor, moment=moment)
    record(
        actor=actor,
        event=f"cancellation.{decision}",
        subject=row,
        moment=moment,
        rule=step.rule,
        after={"level": row.title.level, "document_no": number, "ban_until": ban_until},
        note=text,
    )
    _tell_decision(row, decision, moment=moment)
    return ban_until


def may_decide_now(*, actor: Actor, public_id: str, decision: str, on: date) -> Verdict:
    """Return whether `cancel`, `suspend` or `drop` may be decided on day *on*, by whoever is competent (for pages).

    Raises:
        NotVisible: not in the actor's jurisdiction.
    """
    row = Cancellation.objects.visible_to(actor).select_related("title").filter(public_id=public_id).first()
    if row is None:
        raise NotVisible
    return _decision_open(row, decision, on=on)


def _decision_open(row: Cancellation, decision: str, *, on: date) -> Verdict:
    """Whether `cancel`, `suspend` or `drop` may be decided on day *on*: a title is touched after the defence only."""
    if decision == "drop":
        return Verdict()
    level, heard = Level(row.title.level), row.stated_at is not None
    term = statement_term(_day(row), choices(on), work_calendar())
    if decision == "suspend":
        return defence_heard(statement=term, statement_received=heard, on=on)
    return may_decide_cancellation(
        level=level, tier=cancellation_decider(level), statement=term, statement_received=heard, on=on
    )


#: Decision → message to the enterprise, and what the district reads.
_TOLD = {
    "cancel": ("cancellation_decided", "已取消"),
    "suspend": ("title_suspended", "已暂停，由市工业和信息化局报上级主管部门"),
    "drop": ("cancellation_dropped", "决定不予取消"),
}


def _tell_decision(row: Cancellation, decision: str, *, moment: Moment) -> None:
    """Tell the enterprise and the district what was decided."""
    template, done = _TOLD[decision]
    level, ban_until = Level(row.title.level).label, row.ban_until
    order, until = row.rectification.public_id, ban_until or ""
    enqueue(
        key=f"cancellation-decided:{row.public_id}",
        template=template,
        context={"level": level, "document_number": row.document_no, "reapply_on": until, "public_id": order},
        to_enterprise=row.enterprise_id,
        subject=row,
        moment=moment,
    )
    ended = f"{row.title.enterprise_name}的{level}级称号{done}"
    enqueue(
        key=f"cancellation-decided:{row.public_id}:district",
        template="cancellation_district",
        context={"what": ended, "detail": f"文号{row.document_no}。", "public_id": order},
        to_district=row.district_id,
        subject=row,
        moment=moment,
    )


def _release_forms(title_id: int, moment: Moment) -> None:
    """A title that has ended owes no yearly form any more; what was late stays on the enterprise's standing (R-31)."""
    open_forms = AnnualForm.objects.filter(title_id=title_id, state__in=[TO_FILE, SENT_BACK])
    for form in open_forms.order_by("pk"):
        cancel_obligations(subject=form, moment=moment)


def lower_titles_missed(*, actor: Actor, public_id: str) -> list[int]:
    """Return the lower levels the enterprise holds whose own threshold the recheck missed as well (R-40: 相应级别).

    They are not ended with the level that failed: who decides on them is told.

    Raises:
        NotVisible: not in the actor's jurisdiction.
    """
    row = (
        Cancellation.objects.visible_to(actor)
        .select_related("title", "rectification__recheck")
        .filter(public_id=public_id)
        .first()
    )
    if row is None:
        raise NotVisible
    return _missed(row, actor)


def _missed(row: Cancellation, actor: Actor) -> list[int]:
    visit = row.rectification.recheck
    if visit.score is None:
        return []
    scope = cancellation_scope(
        titles.standing_of(actor=actor, enterprise_id=row.enterprise_id).titles,
        failed_level=Level(row.title.level),
        recheck_score=visit.score,
        vetoes=visit.vetoes,
        parameters=choices(_day(row)),
    )
    return sorted(level.value for level in scope.cancelled if level < row.title.level)


def _point_to_lower_titles(row: Cancellation, *, actor: Actor, moment: Moment) -> None:
    """Tell the district which lower titles did not hold either: a recheck of theirs is due, not their end."""
    missed = _missed(row, actor)
    if not missed:
        return
    enqueue(
        key=f"lower-titles-missed:{row.public_id}",
        template="lower_titles_missed",
        context={
            "enterprise": row.title.enterprise_name,
            "levels": "、".join(Level(level).label for level in missed),
        },
        to_district=row.district_id,
        subject=row,
        moment=moment,
    )


def _day(row: Cancellation) -> date:
    """Return the Shanghai date on which the proposal was served."""
    return Moment.of(row.proposed_at).on

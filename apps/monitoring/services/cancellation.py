"""取消称号: the system only proposes; after statement and defence a leader decides; the ban follows (R-40, R-41)."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from apps.audit.services import record
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Forbidden, Invalid, NotVisible, WrongStep, require
from apps.core.moment import Clock, Moment
from apps.core.text import clean_text
from apps.deadlines.counting import Counting
from apps.deadlines.selectors import work_calendar
from apps.deadlines.services import cancel_obligations, meet_obligation, open_obligation
from apps.monitoring.models import AnnualForm, Cancellation, Rectification
from apps.monitoring.services.rectification import countdown
from apps.monitoring.services.shared import choices
from apps.monitoring.states import (
    CANCELLATION_LIFE,
    PROPOSED,
    RECTIFICATION_LIFE,
    SENT_BACK,
    SERVED,
    TO_FILE,
)
from apps.notifications.services import enqueue
from apps.numbering.services import settle_number
from apps.policy.levels import Level, Tier
from apps.policy.rectification import (
    cancellation_decider,
    cancellation_scope,
    may_decide_cancellation,
    may_propose_cancellation,
    statement_term,
)
from apps.titles import selectors as titles
from apps.titles import services as title_services

_TEXT = 2000
#: What the register of document numbers says each decision was for.
_PURPOSES = {"cancel": "取消称号", "suspend": "暂停称号并报上级", "drop": "不予取消称号"}
#: What the decider owes once the time for defence is over.
DECISION_KINDS = {
    Tier.DISTRICT: "monitoring.cancellation_district",
    Tier.MUNICIPAL: "monitoring.cancellation",
}


@transaction.atomic
def propose_cancellation(*, actor: Actor, clock: Clock, rectification_id: int) -> str | None:
    """Draft the proposal when a rectification is overdue; idempotent (hook of its deadline).

    Returns:
        The cancellation's public id; None when the rectification is no longer waiting.

    Raises:
        RuleBroken: it is not overdue.
        NotVisible: no such rectification.
    """
    row: Rectification | None = (
        Rectification.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("title", "recheck")
        .filter(pk=rectification_id)
        .first()
    )
    if row is None:
        raise NotVisible
    if row.state != SERVED:
        return None
    step = RECTIFICATION_LIFE.step(row.state, "overdue", actor)
    moment = clock.now()
    where = countdown(row, moment.on)
    require(may_propose_cancellation(where))
    row.state = step.target
    row.version += 1
    row.save()
    title_services.change_title_state(
        actor=actor,
        moment=moment,
        title_public_id=row.title.public_id,
        event="propose_cancellation",
        note=where.explanation,
    )
    # What follows the missed deadline has begun: it is not called to mind any more.
    cancel_obligations(subject=row, moment=moment)
    parameters = choices(moment.on)
    term = statement_term(moment.on, parameters, work_calendar())
    proposal = Cancellation.objects.create(
        rectification=row,
        title_id=row.title_id,
        enterprise_id=row.enterprise_id,
        district_id=row.district_id,
        state=PROPOSED,
        facts=(
            f"{row.recheck.visited_on:%Y年%-m月%-d日}复核得分{row.recheck.score:.2f}分，不符合评价要求；"
            f"整改通知（{row.number}）于{row.served_on:%Y年%-m月%-d日}送达。{where.explanation}"
        ),
        proposed_at=moment.at,
        statement_due_on=term.ends_on,
    )
    record(
        actor=actor,
        event="cancellation.propose",
        subject=proposal,
        moment=moment,
        rule=step.rule,
        after={"level": row.title.level, "statement_due_on": term.ends_on},
        note=proposal.facts,
    )
    open_obligation(
        kind="monitoring.statement",
        subject=proposal,
        rule="R-40",
        moment=moment,
        enterprise=row.enterprise_id,
        district=row.district_id,
        counting=Counting.workdays(moment.on, parameters.statement_workdays),
        label=row.title.enterprise_name,
    )
    level = Level(row.title.level)
    enqueue(
        key=f"cancellation-proposed:{proposal.public_id}",
        template="cancellation_proposed",
        context={"level": level.label, "public_id": row.public_id, "due": term.ends_on},
        to_enterprise=row.enterprise_id,
        subject=proposal,
        moment=moment,
    )
    enqueue(
        key=f"cancellation-proposed:{proposal.public_id}:district",
        template="cancellation_district",
        context={
            "what": f"{row.title.enterprise_name}整改逾期未完成，拟取消{level.label}级称号",
            "detail": f"企业可在{term.ends_on:%Y年%-m月%-d日}前提交陈述申辩意见，之后由有权机关决定。",
            "public_id": row.public_id,
        },
        to_district=row.district_id,
        subject=proposal,
        moment=moment,
    )
    return str(proposal.public_id)


@transaction.atomic
def ask_for_decision(*, actor: Actor, clock: Clock, cancellation_id: int) -> None:
    """The time for statement and defence is over: the decider has twenty working days (hook of the deadline)."""
    row: Cancellation | None = (
        Cancellation.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("title")
        .filter(pk=cancellation_id, state=PROPOSED)
        .first()
    )
    if row is None:
        return
    moment = clock.now()
    decider = cancellation_decider(Level(row.title.level))
    local = decider is Tier.DISTRICT
    # To state a defence is a right: who let it pass is not late with anything.
    cancel_obligations(subject=row, moment=moment, kinds=["monitoring.statement"])
    open_obligation(
        kind=DECISION_KINDS[decider],
        subject=row,
        rule="R-40",
        moment=moment,
        enterprise=None,
        district=row.district_id if local else None,
        counting=Counting.workdays(row.statement_due_on, choices(moment.on).cancellation_workdays),
        label=row.title.enterprise_name,
    )
    enqueue(
        key=f"cancellation-to-decide:{row.public_id}",
        template="cancellation_to_decide_district" if local else "cancellation_to_decide",
        context={"enterprise": row.title.enterprise_name, "public_id": row.public_id},
        to_municipal=not local,
        to_district=row.district_id if local else None,
        subject=row,
        moment=moment,
    )


def locked_cancellation(*, actor: Actor, public_id: str) -> Cancellation:
    """Return a proposal locked for change.

    Raises:
        NotVisible: not in the actor's jurisdiction.
    """
    row: Cancellation | None = (
        Cancellation.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("title", "rectification")
        .filter(public_id=public_id)
        .first()
    )
    if row is None:
        raise NotVisible
    return row


@transaction.atomic
def state_defence(*, actor: Actor, clock: Clock, public_id: str, statement: str) -> None:
    """The enterprise states its defence.

    Raises:
        Invalid: empty.
        WrongStep: already decided, or the time is over.
        NotVisible, Forbidden: gates 1–2.
    """
    text = clean_text(statement, field="statement", label="陈述申辩", limit=_TEXT, multiline=True)
    if not text:
        raise Invalid.of("statement", "请填写陈述申辩意见。")
    row = locked_cancellation(actor=actor, public_id=public_id)
    if actor.role is not Role.ENTERPRISE or not actor.has(Duty.RESPONSIBLE, Duty.CLERK):
        raise Forbidden("陈述申辩由企业提出。")
    moment = clock.now()
    if row.state != PROPOSED or moment.on > row.statement_due_on:
        raise WrongStep("陈述申辩期已过，或已经作出决定。")
    row.statement, row.stated_at = text, moment.at
    row.save(update_fields=["statement", "stated_at"])
    record(actor=actor, event="cancellation.state", subject=row, moment=moment, rule="R-40", note=text)


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
    if decision == "cancel":
        term = statement_term(_day(row), choices(moment.on), work_calendar())
        require(
            may_decide_cancellation(
                level=level,
                tier=decider,
                statement=term,
                statement_received=row.stated_at is not None,
                on=moment.on,
            )
        )
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
    if decision != "suspend":
        _tell_decision(row, moment=moment)
    return ban_until


def _tell_decision(row: Cancellation, *, moment: Moment) -> None:
    """Tell the enterprise and the district what was decided."""
    level, ban_until = Level(row.title.level).label, row.ban_until
    order, until = row.rectification.public_id, f"{ban_until:%Y-%m-%d}" if ban_until else ""
    enqueue(
        key=f"cancellation-decided:{row.public_id}",
        template="cancellation_decided" if ban_until else "cancellation_dropped",
        context={"level": level, "document_number": row.document_no, "reapply_on": until, "public_id": order},
        to_enterprise=row.enterprise_id,
        subject=row,
        moment=moment,
    )
    ended = f"{row.title.enterprise_name}的{level}级称号已{'取消' if ban_until else '决定不予取消'}"
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

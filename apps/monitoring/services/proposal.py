"""取消称号 before it is decided: the system proposes at expiry; the enterprise states its defence (R-40)."""

from __future__ import annotations

from django.db import transaction

from apps.audit.services import record
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Forbidden, Invalid, NotVisible, WrongStep, require
from apps.core.moment import Clock, Moment
from apps.core.text import clean_text
from apps.deadlines.counting import Counting
from apps.deadlines.selectors import work_calendar
from apps.deadlines.services import Subject, cancel_obligations, meet_obligation, open_obligation
from apps.monitoring.models import Cancellation, Rectification
from apps.monitoring.services.rectification import countdown
from apps.monitoring.services.shared import choices
from apps.monitoring.states import PROPOSED, RECTIFICATION_LIFE, SERVED
from apps.notifications.services import enqueue
from apps.policy.levels import Level, Tier
from apps.policy.rectification import cancellation_decider, may_propose_cancellation, statement_term
from apps.titles import services as title_services

_TEXT = 2000
STATEMENT = "monitoring.statement"
#: What the decider owes once the defence is made or the time for it over.
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
        kind=STATEMENT,
        # The page of the defence is that of the rectification.
        subject=Subject(
            "monitoring.cancellation", proposal.pk, row.public_id, enterprise=row.title.enterprise_name
        ),
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
    # To state a defence is a right: who let it pass is not late with anything.
    cancel_obligations(subject=row, moment=moment, kinds=[STATEMENT])
    decider = _owe_decision(row, moment)
    _ask(row, decider, moment, key="", why="陈述申辩期已满。")


def _owe_decision(row: Cancellation, moment: Moment) -> Tier:
    """Open the decision that is owed so many working days after the time for defence; return by whom."""
    decider = cancellation_decider(Level(row.title.level))
    open_obligation(
        kind=DECISION_KINDS[decider],
        subject=row,
        rule="R-40",
        moment=moment,
        enterprise=None,
        district=row.district_id if decider is Tier.DISTRICT else None,
        counting=Counting.workdays(row.statement_due_on, choices(moment.on).cancellation_workdays),
        label=row.title.enterprise_name,
    )
    return decider


def _ask(row: Cancellation, decider: Tier, moment: Moment, *, key: str, why: str) -> None:
    """Tell whoever decides that it may, and why now."""
    local = decider is Tier.DISTRICT
    enqueue(
        key=f"cancellation-to-decide:{row.public_id}{key}",
        template="cancellation_to_decide_district" if local else "cancellation_to_decide",
        context={"enterprise": row.title.enterprise_name, "why": why, "public_id": row.public_id},
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
    """The enterprise states its defence; whoever decides is told, the district too. The last one stated counts.

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
    # Heard before the term is over: the decision may be made, and nothing is called to mind any more.
    meet_obligation(kind=STATEMENT, subject=row, moment=moment)
    decider = _owe_decision(row, moment)
    stated = f":stated:{moment.at.isoformat()}"
    _ask(row, decider, moment, key=stated, why="企业已提交陈述申辩意见。")
    if decider is not Tier.DISTRICT:
        enqueue(
            key=f"cancellation-stated:{row.public_id}{stated}",
            template="cancellation_district",
            context={
                "what": f"{row.title.enterprise_name}已提交陈述申辩意见",
                "detail": "由市工业和信息化局决定。",
                "public_id": row.rectification.public_id,
            },
            to_district=row.district_id,
            subject=row,
            moment=moment,
        )

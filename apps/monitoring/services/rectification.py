"""整改: served, answered item by item, verified; the clock stops while it is verified (R-37, R-38)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db import transaction

from apps.audit.services import record
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Forbidden, Invalid, NotVisible, WrongStep, require
from apps.core.moment import Clock, Moment
from apps.core.text import clean_text
from apps.deadlines.counting import Counting
from apps.deadlines.selectors import work_calendar
from apps.deadlines.services import meet_obligation, open_obligation
from apps.evidence import services as evidence
from apps.monitoring.models import Rectification, RectificationAttempt
from apps.monitoring.services.shared import choices
from apps.monitoring.states import RECTIFICATION_LIFE, SERVED
from apps.notifications.services import enqueue
from apps.policy.rectification import (
    Attempt,
    extended_term,
    may_submit_rectification,
    rectification_clock,
    rectification_term,
)
from apps.policy.rectification import Clock as Countdown
from apps.policy.separation import may_sign
from apps.titles import services as title_services

_TEXT = 2000
_MONTHS = 3


def locked_rectification(*, actor: Actor, public_id: str) -> Rectification:
    """Return a rectification locked for change.

    Raises:
        NotVisible: not in the actor's jurisdiction.
    """
    row: Rectification | None = (
        Rectification.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("title", "recheck")
        .filter(public_id=public_id)
        .first()
    )
    if row is None:
        raise NotVisible
    return row


def first_counting(row: Rectification) -> Counting:
    """Return how the first deadline is counted: three months from service, or the extension from their nominal end."""
    assert row.served_on is not None  # noqa: S101  (a served rectification; a database constraint repeats it)
    if row.extended_days:
        return Counting.days(rectification_term(row.served_on, work_calendar()).nominal, row.extended_days)
    return Counting.months(row.served_on, _MONTHS)


def first_deadline(row: Rectification) -> date:
    """Return the last day of the three months from service, extensions included, before any stop of the clock."""
    assert row.served_on is not None  # noqa: S101  (a served rectification; a database constraint repeats it)
    term = rectification_term(row.served_on, work_calendar())
    if row.extended_days:
        term = extended_term(term, row.extended_days, work_calendar())
    return term.ends_on


def run_on(row: Rectification, where: Countdown, moment: Moment, *, why: str) -> None:
    """Store the deadline as it is now counted, with the rule and its 暂定, on the row and among what is owed.

    `why`: what has happened, a sentence before the explanation of the count.
    """
    resumed = where.resumed
    counting = first_counting(row) if resumed is None else Counting.days(resumed.verified_on, resumed.days)
    due = open_obligation(
        kind="monitoring.rectification",
        subject=row,
        rule="R-37" if resumed is None else "R-38",
        moment=moment,
        enterprise=row.enterprise_id,
        district=row.district_id,
        counting=counting,
        basis=why,
        number=row.number,
        label=row.title.enterprise_name,
    )
    row.deadline, row.deadline_text = due.due_on, due.basis


def countdown(row: Rectification, on: date) -> Countdown:
    """Return where the clock of a served rectification stands on a day."""
    attempts = [
        Attempt(item.submitted_on, item.verified_on, item.passed) for item in row.attempts.order_by("id")
    ]
    return rectification_clock(first_deadline(row), attempts, on=on, work=work_calendar())


@transaction.atomic
def serve_rectification(
    *, actor: Actor, clock: Clock, public_id: str, served_on: date | None = None, service: str = ""
) -> date:
    """The notice reaches the enterprise: by its reading it here, or by recorded delivery of the bureau.

    Args:
        actor: a member of the enterprise (reads), or the bureau (records a delivery).
        clock: the legal clock.
        public_id: of the rectification.
        served_on: day of delivery, for the bureau; default today.
        service: how it was delivered, required from the bureau.

    Returns:
        The last day of the three months.

    Raises:
        Invalid: a date in the future or before the order, no means of delivery.
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    row = locked_rectification(actor=actor, public_id=public_id)
    step = RECTIFICATION_LIFE.step(row.state, "serve", actor)
    moment = clock.now()
    day = moment.on if actor.role is Role.ENTERPRISE or served_on is None else served_on
    means = clean_text(service, field="service", label="送达方式", limit=100)
    if actor.role is Role.ENTERPRISE:
        means = "企业在平台阅读整改通知"
    errors: dict[str, list[str]] = {}
    if not means:
        errors["service"] = ["请填写送达方式和回执情况。"]
    if not Moment.of(row.ordered_at).on <= day <= moment.on:
        errors["served_on"] = ["送达日期应在整改通知作出之后，且不晚于今天。"]
    if errors:
        raise Invalid(errors)
    term = rectification_term(day, work_calendar())
    row.served_on, row.service = day, means
    row.deadline, row.deadline_text = term.ends_on, term.explanation
    row.state = step.target
    row.version += 1
    row.save()
    open_obligation(
        kind="monitoring.rectification",
        subject=row,
        rule="R-37",
        moment=moment,
        enterprise=row.enterprise_id,
        district=row.district_id,
        counting=Counting.months(day, _MONTHS),
        number=row.number,
        label=row.title.enterprise_name,
    )
    record(
        actor=actor,
        event="rectification.serve",
        subject=row,
        moment=moment,
        rule=step.rule,
        after={"served_on": day, "deadline": term.ends_on},
        note=means,
    )
    return term.ends_on


@transaction.atomic
def answer_items(*, actor: Actor, clock: Clock, public_id: str, answers: Mapping[int, str]) -> None:
    """The enterprise writes what it did, item by item (position → text); may be saved any number of times.

    Raises:
        Invalid: a text too long, no such item in the notice.
        WrongStep: not in rectification.
        NotVisible, Forbidden: gates 1–2.
    """
    row = locked_rectification(actor=actor, public_id=public_id)
    if actor.role is not Role.ENTERPRISE or not actor.has(Duty.RESPONSIBLE, Duty.CLERK):
        raise Forbidden("整改措施由企业填写。")
    if row.state != SERVED:
        raise WrongStep(f"当前状态为「{RECTIFICATION_LIFE.label(row.state)}」，不能填写整改措施。")
    moment = clock.now()
    items = {item.position: item for item in row.items.filter(position__in=list(answers))}
    unknown = sorted(set(answers) - set(items))
    if unknown:
        raise Invalid({f"answer-{at}": [f"整改通知中没有第 {at} 项。"] for at in unknown})
    for _, item in sorted(items.items()):
        item.answer = clean_text(
            answers[item.position],
            field=f"answer-{item.position}",
            label="整改措施",
            limit=_TEXT,
            multiline=True,
        )
        item.answered_at = moment.at if item.answer else None
        item.save(update_fields=["answer", "answered_at"])
    record(
        actor=actor,
        event="rectification.answer",
        subject=row,
        moment=moment,
        rule="R-38",
        after={"items": sorted(answers)},
    )


@transaction.atomic
def submit_rectification(*, actor: Actor, clock: Clock, public_id: str) -> None:
    """The enterprise hands in its report: the clock stops, also on the last day (R-38).

    Raises:
        RuleBroken: overdue, or items without an answer.
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    row = locked_rectification(actor=actor, public_id=public_id)
    step = RECTIFICATION_LIFE.step(row.state, "submit", actor)
    moment = clock.now()
    unanswered = [
        f"第 {position} 项"
        for position in row.items.filter(answer="").order_by("position").values_list("position", flat=True)
    ]
    require(may_submit_rectification(countdown(row, moment.on), unanswered=unanswered))
    files = {file["public_id"] for item in row.items.all() for file in item.files}
    if not evidence.keep_library_files(actor=actor, public_ids=files):
        raise Invalid.of("", "有证明材料已从材料库删除，请移除后重新上传。")
    RectificationAttempt.objects.create(
        rectification=row, submitted_on=moment.on, submitted_by_id=actor.account
    )
    row.state = step.target
    row.version += 1
    row.save()
    meet_obligation(kind="monitoring.rectification", subject=row, moment=moment)
    open_obligation(
        kind="monitoring.verification",
        subject=row,
        rule="R-38",
        moment=moment,
        enterprise=None,
        district=row.district_id,
        counting=Counting.workdays(moment.on, choices(moment.on).verification_workdays),
        number=row.number,
        label=row.title.enterprise_name,
    )
    record(actor=actor, event="rectification.submit", subject=row, moment=moment, rule=step.rule)
    enqueue(
        key=f"rectification-submitted:{row.public_id}:{row.version}",
        template="rectification_submitted",
        context={"enterprise": row.title.enterprise_name, "public_id": row.public_id},
        to_district=row.district_id,
        subject=row,
        moment=moment,
    )


@transaction.atomic
def verify_rectification(*, actor: Actor, clock: Clock, public_id: str, passed: bool, note: str) -> None:
    """The bureau's signer verifies: the title stands again, or the unused days run on (none left: overdue).

    Raises:
        RuleBroken: the signer submitted it (cannot happen across roles; kept for delegates).
        Invalid: no opinion.
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    text = clean_text(note, field="note", label="验收意见", limit=_TEXT, multiline=True)
    if not text:
        raise Invalid.of("note", "请填写验收意见。")
    row = locked_rectification(actor=actor, public_id=public_id)
    step = RECTIFICATION_LIFE.step(row.state, "accept" if passed else "reject", actor)
    attempt = row.attempts.order_by("-id").first()
    if attempt is None:
        raise WrongStep("企业尚未提交整改报告。")
    require(may_sign(prepared_by={attempt.submitted_by_id}, signer=actor.user_id))
    moment = clock.now()
    attempt.verified_on, attempt.verified_by_id = moment.on, actor.user_id
    attempt.passed, attempt.note = passed, text
    attempt.save()
    row.state = step.target
    row.version += 1
    meet_obligation(kind="monitoring.verification", subject=row, moment=moment)
    if passed:
        title_services.change_title_state(
            actor=actor,
            moment=moment,
            title_public_id=row.title.public_id,
            event="accept_rectification",
            note=text,
        )
    else:
        clock_now = countdown(row, moment.on)
        if clock_now.resumed is not None and not clock_now.overdue:
            run_on(row, clock_now, moment, why=clock_now.resumed.why)
        else:
            row.deadline, row.deadline_text = clock_now.deadline, clock_now.explanation
            open_obligation(
                kind="monitoring.rectification",
                subject=row,
                rule="R-38",
                moment=moment,
                enterprise=row.enterprise_id,
                district=row.district_id,
                due_on=clock_now.deadline,
                basis=clock_now.explanation,
                number=row.number,
                label=row.title.enterprise_name,
            )
    row.save()
    record(
        actor=actor,
        event=f"rectification.{step.event}",
        subject=row,
        moment=moment,
        rule=step.rule,
        after={"passed": passed, "deadline": row.deadline},
        note=text,
    )
    enqueue(
        key=f"rectification-verified:{row.public_id}:{row.version}",
        template="rectification_accepted" if passed else "rectification_failed",
        context={"number": row.number, "reason": text, "public_id": row.public_id},
        to_enterprise=row.enterprise_id,
        subject=row,
        moment=moment,
    )

"""Handing in: decided by the database clock under the row's lock, idempotent by token, frozen with a digest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from apps.accounts.states import CONFIRMED
from apps.applications.models import Application
from apps.applications.selectors.completeness import Reading, content_blockers, read, submission_verdict
from apps.applications.selectors.subareas import asks_sub_area
from apps.applications.services.advance import locked, take_step
from apps.applications.services.drafts import put_scheme
from apps.applications.services.handing_in import HandingIn, declared, hand_over, request_digest, sent_before
from apps.applications.services.snapshot import Receipt, next_number
from apps.applications.services.subareas import tell_sub_area
from apps.applications.states import APPLICATION_LIFE
from apps.core.actor import Actor
from apps.core.errors import RuleBroken, WrongStep, require
from apps.core.moment import SHANGHAI, Clock, FixedClock, Moment
from apps.core.text import clean_text
from apps.notifications.services import enqueue
from apps.policy.eligibility import Window, window_is_open
from apps.policy.evaluation.results import Blocker as SheetBlocker
from apps.policy.levels import Level
from apps.policy.verdict import Verdict, refuse
from apps.scoring import services as scoring_services


@transaction.atomic
def submit(
    *, actor: Actor, clock: Clock, public_id: str, token: str, pledge: bool, signatory: str
) -> Receipt:
    """Submit a draft (方案五（三）, R-08, R-10 … R-13, R-31).

    Whether it is in time is decided by *clock* after the row is locked. The same *token* sent again returns the same
    receipt, whatever has become of the case since; with other content it is a conflict.

    Args:
        actor: the enterprise's responsible person.
        clock: the legal clock.
        public_id: which draft.
        token: made by the page when it was shown (8 to 64 characters).
        pledge: the declaration that everything is true was accepted.
        signatory: name of the legal representative who gives it.

    Raises:
        NotVisible, WrongStep, Forbidden: gates 2, 3 and 1.
        Conflict: this token has been used for something else.
        Invalid: declaration missing, or the self-evaluation cannot be signed.
        RuleBroken: every rule that stands against it, with its clause; late: both times.
    """
    row = locked(actor, public_id=public_id)
    request = request_digest(public_id, token, pledge=pledge, signatory=signatory)
    again = sent_before(row, token, request)
    if again is not None:
        return again
    step = APPLICATION_LIFE.step(row.state, "submit", actor)
    moment = clock.now()
    name = declared(pledge=pledge, signatory=signatory)
    if row.enterprise.state != CONFIRMED:
        msg = "企业登记信息未经属地核实，不能提交申报。"
        raise WrongStep(msg)
    reading = read(row, actor, moment)
    _must_be_in_time(reading.window, moment)
    _follow_scheme(row, reading, actor, clock, moment)

    def decide(lacking: Sequence[SheetBlocker] | None) -> None:
        missing = [blocker.reason.rstrip("。") for blocker in content_blockers(row, lacking)]
        require(submission_verdict(row, reading, actor, moment, missing=missing))

    sheet = scoring_services.hand_in(actor=actor, clock=clock, application_id=row.pk, decide=decide)
    row.number = next_number(row, actor=actor, moment=moment)
    receipt = hand_over(
        row,
        step,
        sheet,
        HandingIn(token, request, name, reading.waived),
        actor=actor,
        clock=FixedClock(moment),
        changes={
            "number": row.number,
            "submitted_at": moment.at,
            "submitted_by_id": actor.user_id,
            "sub_area": row.enterprise.sub_area,
        },
        parameters=reading.parameters,
    )
    _tell_submitted(row, receipt, moment)
    if row.sub_area and asks_sub_area(district=row.district_id, on=moment.on):
        tell_sub_area(row, moment)
    return receipt


@transaction.atomic
def withdraw(*, actor: Actor, clock: Clock, public_id: str, reason: str = "") -> None:
    """Withdraw a draft, or an application the district has not yet accepted.

    Raises:
        NotVisible, WrongStep, Forbidden: gates 2, 3 and 1.
    """
    row = locked(actor, public_id=public_id)
    moment = clock.now()
    step = APPLICATION_LIFE.step(row.state, "withdraw", actor)
    note = clean_text(reason, field="reason", label="撤回原因", limit=500, multiline=True)
    take_step(row, step, actor=actor, moment=moment, note=note)
    if row.submitted_at is not None:
        enqueue(
            key=f"application_withdrawn:{row.public_id}",
            template="application_withdrawn",
            context={"enterprise": row.enterprise.name, "public_id": row.public_id, "number": row.number},
            to_district=row.district_id,
            subject=row,
            moment=moment,
        )


@transaction.atomic
def answer_conversion(*, actor: Actor, clock: Clock, public_id: str, consent: bool) -> None:
    """The enterprise agrees, or not, to a 1A/2A evaluation instead of 3A (R-18, DECISIONS 6).

    Raises:
        NotVisible, WrongStep, Forbidden: gates 2, 3 and 1.
    """
    row = locked(actor, public_id=public_id)
    moment = clock.now()
    step = APPLICATION_LIFE.step(row.state, "accept_conversion" if consent else "decline_conversion", actor)
    take_step(row, step, actor=actor, moment=moment)
    enqueue(
        key=f"conversion_answered:{row.public_id}:{row.version}",
        template="conversion_answered" if consent else "conversion_declined",
        context={
            "enterprise": row.enterprise.name,
            "public_id": row.public_id,
            "number": row.number,
        },
        to_district=row.district_id,
        subject=row,
        moment=moment,
    )


def _must_be_in_time(window: Window, moment: Moment) -> None:
    """Refuse with both times, so that nobody has to guess by how much (SECURITY R13)."""
    if window_is_open(window, at=moment.at).ok:
        return
    early = moment.at < window.opens_at
    limit = window.opens_at if early else window.ends_at
    words = "开始受理" if early else "截止受理"
    raise RuleBroken(
        Verdict.refused(
            refuse(
                "R-12",
                f"本批次于{_shown(limit)}{words}，本次提交时间为{_shown(moment.at)}，不能提交。",
                "请在受理时间内提交。" if early else "请等待下一批次；确有特殊情况的，可向属地申请延长。",
            )
        )
    )


def _follow_scheme(row: Application, reading: Reading, actor: Actor, clock: Clock, moment: Moment) -> None:
    """Move to the published version when the pinned one was replaced while drafting: submission pins it (R-07)."""
    if row.scheme is None or row.scheme.status == "published":
        return
    put_scheme(row, row.scheme.code, reading.offer, actor=actor, clock=clock, moment=moment)
    row.save(update_fields=["scheme"])


def _tell_submitted(row: Application, receipt: Receipt, moment: Moment) -> None:
    context = {
        "enterprise": row.enterprise.name,
        "level": Level(row.level).label,
        "public_id": row.public_id,
        "number": row.number,
        "receipt": receipt.receipt_no,
    }
    enqueue(
        key=f"application_submitted:{row.public_id}",
        template="application_submitted",
        context=context,
        to_enterprise=row.enterprise_id,
        subject=row,
        moment=moment,
    )
    enqueue(
        key=f"application_received:{row.public_id}:{row.district_id}",
        template="application_received",
        context=context,
        to_district=row.district_id,
        subject=row,
        moment=moment,
    )


def _shown(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%Y年%-m月%-d日 %H:%M:%S}"

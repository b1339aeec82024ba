"""抽查: drawn verifiably from the reported results, arranged as visits of the city, or set aside (R-35).

The method is the one of the panels' draw (`apps.policy.spot_check`, docs/policy/draw.md).
"""

from __future__ import annotations

import secrets
from datetime import date, datetime

from django.db import transaction

from apps.audit.services import record
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Forbidden, Invalid, NotVisible, require
from apps.core.moment import Clock, Moment
from apps.core.text import clean_text
from apps.monitoring.models import Recheck, SpotCheck, SpotCheckDraw
from apps.monitoring.services.recheck_plan import planned_visit
from apps.monitoring.services.shared import choices
from apps.monitoring.spot_checks import commitment_of, pool_between
from apps.monitoring.states import COMMITTED, DRAWN, SAMPLE_LIFE, SPOT_CHECK_LIFE
from apps.notifications.services import enqueue
from apps.policy.draw import may_redraw, may_reveal, sha256
from apps.policy.spot_check import (
    SampleCommitment,
    draw_spot_checks,
    may_commit_sample,
    strata_of,
)
from apps.titles import selectors as titles

_SOURCE, _VALUE, _TEXT = 200, 200, 500


@transaction.atomic
def commit_spot_checks(
    *, actor: Actor, clock: Clock, from_on: date, until_on: date, source: str, known_from: datetime
) -> str:
    """Freeze the results to draw from, and how many of each district, before the deciding value is known (封存).

    Args:
        actor: municipal 经办.
        clock: the legal clock.
        from_on: results reported from this day on.
        until_on: through this day; not in the future.
        source: name and issue of the public value.
        known_from: when that value becomes known; must lie ahead.

    Returns:
        The draw's public id.

    Raises:
        RuleBroken: nothing to draw from, no source (R-35).
        Invalid: dates that contradict, another draw still waits for its value.
        Forbidden: gate 1.
    """
    _need(actor, Duty.HANDLER)
    moment = clock.now()
    named = clean_text(source, field="source", label="公开数值来源", limit=_SOURCE)
    errors: dict[str, list[str]] = {}
    if until_on < from_on:
        errors["until_on"] = ["报送时段的止日不能早于起日。"]
    elif until_on > moment.on:
        errors["until_on"] = ["报送时段的止日不能晚于今天。"]
    if known_from <= moment.at:
        errors["known_from"] = ["公布时间应晚于现在：封存须在数值公布之前。"]
    if SpotCheckDraw.objects.visible_to(actor).filter(state=COMMITTED).exists():
        errors[""] = ["已有一次抽查封存了名单、尚未抽取；请先录入公开数值，或由签批人作废。"]
    if errors:
        raise Invalid(errors)
    secret = secrets.token_hex(32)
    row = SpotCheckDraw(
        state=COMMITTED,
        from_on=from_on,
        until_on=until_on,
        secret=secret,
        source=named,
        known_from=known_from,
        committed_by_id=actor.account,
        committed_at=moment.at,
    )
    commitment = SampleCommitment(
        number=row.public_id,
        strata=strata_of(pool_between(actor=actor, from_on=from_on, until_on=until_on), choices(moment.on)),
        source=named,
        secret_digest=sha256(secret),
    )
    require(may_commit_sample(commitment))
    row.content, row.commitment = commitment.as_mapping(), commitment.digest
    row.save(force_insert=True)
    record(
        actor=actor,
        event="spot_check.commit",
        subject=row,
        moment=moment,
        rule="R-35",
        after={"commitment": row.commitment, "source": named, "known_from": known_from},
    )
    enqueue(
        key=f"spot-check-committed:{row.public_id}",
        template="spot_check_committed",
        context={"source": named, "public_id": row.public_id},
        to_municipal=True,
        subject=row,
        moment=moment,
    )
    return str(row.public_id)


@transaction.atomic
def reveal_spot_checks(*, actor: Actor, clock: Clock, public_id: str, public_value: str) -> int:
    """A second person enters the public value; the draw is done at once and cannot be repeated.

    Returns:
        How many results were drawn.

    Raises:
        RuleBroken: the person who committed, too early, no value (R-35).
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    row = _locked_draw(actor=actor, public_id=public_id)
    step = SAMPLE_LIFE.step(row.state, "reveal", actor)
    moment = clock.now()
    value = clean_text(public_value, field="public_value", label="公开数值", limit=_VALUE)
    require(
        may_reveal(
            committed_by=row.committed_by_id,
            revealed_by=actor.account,
            known_from=row.known_from,
            at=moment.at,
            public_value=value,
            rule="R-35",
        )
    )
    sample = draw_spot_checks(commitment_of(row), secret=row.secret, public_value=value)
    row.state, row.public_value, row.seed = step.target, value, sample.seed
    row.drawn = {district: list(codes) for district, codes in sample.drawn.items()}
    row.revealed_by_id, row.revealed_at = actor.account, moment.at
    row.save()
    codes = [code for drawn in row.drawn.values() for code in drawn]
    for result in Recheck.objects.visible_to(actor).filter(public_id__in=codes).order_by("pk"):
        _drawn(row, result, moment)
    record(
        actor=actor,
        event="spot_check.reveal",
        subject=row,
        moment=moment,
        rule=step.rule,
        after={"public_value": value, "seed": row.seed, "drawn": row.drawn},
    )
    return len(codes)


def _drawn(draw: SpotCheckDraw, result: Recheck, moment: Moment) -> None:
    """Store one drawn result and tell its district."""
    SpotCheck.objects.create(
        draw=draw,
        result=result,
        enterprise_id=result.enterprise_id,
        district_id=result.district_id,
        state=DRAWN,
    )
    enqueue(
        key=f"spot-check-drawn:{result.public_id}",
        template="spot_check_drawn",
        context={"enterprise": result.title.enterprise_name, "public_id": result.public_id},
        to_district=result.district_id,
        subject=result,
        moment=moment,
    )


@transaction.atomic
def void_spot_checks(*, actor: Actor, clock: Clock, public_id: str, reason: str) -> None:
    """Set a committed draw aside before its value is entered; the record keeps it and the reason.

    Raises:
        RuleBroken: no reason (R-35).
        NotVisible, Forbidden, WrongStep: gates 1–3; a draw that was done stays.
    """
    text = clean_text(reason, field="reason", label="作废原因", limit=_TEXT, multiline=True)
    row = _locked_draw(actor=actor, public_id=public_id)
    step = SAMPLE_LIFE.step(row.state, "void", actor)
    require(may_redraw(reason=text, rule="R-35"))
    moment = clock.now()
    row.state, row.void_reason, row.voided_at = step.target, text, moment.at
    row.save(update_fields=["state", "void_reason", "voided_at"])
    record(actor=actor, event="spot_check.void", subject=row, moment=moment, rule=step.rule, note=text)


@transaction.atomic
def arrange_spot_check(*, actor: Actor, clock: Clock, public_id: str, planned_on: date) -> str:
    """Plan the city's visit to a drawn enterprise; it is recorded and signed like every recheck.

    Returns:
        The public id of the planned recheck.

    Raises:
        Invalid: a day in the past.
        WrongStep: arranged already, or the title does not stand at rest (then it is waived with the reason).
        NotVisible, Forbidden: gates 1–2.
    """
    row = _locked_check(actor=actor, public_id=public_id)
    step = SPOT_CHECK_LIFE.step(row.state, "arrange", actor)
    moment = clock.now()
    if planned_on < moment.on:
        raise Invalid.of("planned_on", "计划日期不能早于今天。")
    title = titles.title_file(actor=actor, public_id=row.result.title.public_id).row
    visit = planned_visit(
        actor=actor,
        moment=moment,
        title=title,
        planned_on=planned_on,
        trigger=Recheck.SPOT,
        note=f"抽查{row.result.visited_on:%Y年%-m月%-d日}的属地复核结果，抽取编号{row.draw.public_id}。",
    )
    row.state, row.visit = step.target, visit
    row.save(update_fields=["state", "visit"])
    record(
        actor=actor,
        event="spot_check.arrange",
        subject=row,
        moment=moment,
        rule=step.rule,
        after={"planned_on": planned_on},
    )
    return str(visit.public_id)


@transaction.atomic
def waive_spot_check(*, actor: Actor, clock: Clock, public_id: str, reason: str) -> None:
    """Set a drawn result aside (the title has ended, the site is closed); on record with who decided and why.

    Raises:
        Invalid: no reason.
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    text = clean_text(reason, field="reason", label="不再复查的原因", limit=_TEXT, multiline=True)
    if not text:
        raise Invalid.of("reason", "请写明不再复查的原因，该原因随抽取记录公开。")
    row = _locked_check(actor=actor, public_id=public_id)
    step = SPOT_CHECK_LIFE.step(row.state, "waive", actor)
    moment = clock.now()
    row.state, row.waive_reason = step.target, text
    row.waived_by_id, row.waived_at = actor.account, moment.at
    row.save(update_fields=["state", "waive_reason", "waived_by", "waived_at"])
    record(actor=actor, event="spot_check.waive", subject=row, moment=moment, rule=step.rule, note=text)


def _need(actor: Actor, duty: Duty) -> None:
    if actor.role is not Role.MUNICIPAL or not actor.has(duty):
        raise Forbidden("抽查由市工业和信息化局组织。")


def _locked_draw(*, actor: Actor, public_id: str) -> SpotCheckDraw:
    row: SpotCheckDraw | None = (
        SpotCheckDraw.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .filter(public_id=public_id)
        .first()
    )
    if row is None:
        raise NotVisible
    return row


def _locked_check(*, actor: Actor, public_id: str) -> SpotCheck:
    row: SpotCheck | None = (
        SpotCheck.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("draw", "result__title")
        .filter(public_id=public_id)
        .first()
    )
    if row is None:
        raise NotVisible
    return row

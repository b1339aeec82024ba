"""Choosing a parameter: proposed by one person, approved by another, in force from a day that has not passed."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection, transaction

from apps.audit.services import record
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Forbidden, Invalid, NotVisible, WrongStep, require
from apps.core.faults import Faults
from apps.core.moment import SHANGHAI, Clock, Moment
from apps.core.text import clean_text
from apps.parameters.models import ParameterValue
from apps.parameters.selectors import values_on
from apps.parameters.states import IN_FORCE, PROPOSED, VALUE_LIFE, WITHDRAWN
from apps.policy.calendar import chinese
from apps.policy.parameter_spec import ParameterErrors, ParameterSpec
from apps.policy.parameters import SPECS, Parameters
from apps.policy.separation import may_sign

_REASON_LIMIT = 500
#: Transaction-long advisory lock under which values are approved: whether two contradict is asked of both.
_APPROVING = 7395


@transaction.atomic
def propose_value(
    *, actor: Actor, clock: Clock, key: str, value: object, effective_from: date | None, reason: str
) -> str:
    """Propose that parameter *key* has *value* from *effective_from*; return the proposal's public id.

    Args:
        actor: 经办 or 签批 of the city's bureau.
        clock: the time.
        key: attribute of `policy.parameters.Parameters`.
        value: typed, or as typed into the form.
        effective_from: first Shanghai day; today or later, so that no decision already taken changes; None when
            no day was given, which is refused.
        reason: why.

    Raises:
        Forbidden: another role or duty.
        Invalid: every fault by field: unknown key, a value the parameter cannot have, a contradiction with the
            others, no day or a past one, no reason.
    """
    if actor.role is not Role.MUNICIPAL or not actor.has(Duty.HANDLER, Duty.SIGNER) or actor.user_id is None:
        raise Forbidden("裁量参数由市工业和信息化局经办或签批人员提出。")
    moment = clock.now()
    spec = SPECS.get(key)
    if spec is None:
        raise Invalid.of("key", "没有这个参数。")
    with Faults() as faults:
        stored = faults.read(lambda: _stored(spec, value), None)
        if effective_from is None:
            faults.note("effective_from", "请填写生效日期。")
        first = effective_from or moment.on
        faults.read(lambda: _check_day(first, moment), None)
        text = faults.read(
            lambda: clean_text(reason, field="reason", label="理由", limit=_REASON_LIMIT, multiline=True), ""
        )
        if not text:
            faults.note("reason", "请填写理由。")
    _check_together(key, stored, first)
    row = ParameterValue.objects.create(
        key=key,
        value=stored,
        effective_from=first,
        reason=text,
        state=PROPOSED,
        proposed_by_id=actor.user_id,
        proposed_at=moment.at,
    )
    record(
        actor=actor,
        event="parameter.propose",
        subject=row,
        moment=moment,
        rule=spec.rule or "",
        before={key: values_on(on=first).get(key, spec.dump(spec.default))},
        after={key: stored, "effective_from": first},
        note=text,
    )
    return str(row.public_id)


@transaction.atomic
def approve_value(*, actor: Actor, clock: Clock, public_id: str) -> None:
    """Approve a proposal; the value holds from its day on.

    Raises:
        NotVisible: no such proposal.
        WrongStep / Forbidden: not open, or not for this duty.
        RuleBroken: the approver is the proposer (R-15).
        Invalid: its day has passed meanwhile, or it contradicts what was approved meanwhile.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [_APPROVING])
    row = _locked(actor, public_id)
    moment = clock.now()
    _not_approved_already(row)
    step = VALUE_LIFE.step(row.state, "approve", actor)
    require(may_sign(prepared_by=[row.proposed_by_id], signer=actor.user_id))
    _check_day(row.effective_from, moment)
    _check_together(row.key, row.value, row.effective_from)
    taken = ParameterValue.objects.filter(key=row.key, effective_from=row.effective_from, state=IN_FORCE)
    if taken.exists():
        raise Invalid.of("effective_from", "该参数同一天已有批准的值，请先撤回或换一个生效日期。")
    before = row.state
    row.state = step.target
    row.approved_by_id = actor.user_id
    row.approved_at = moment.at
    row.save(update_fields=["state", "approved_by", "approved_at"])
    record(
        actor=actor,
        event="parameter.approve",
        subject=row,
        moment=moment,
        rule=step.rule,
        before={"state": before},
        after={"state": row.state, row.key: row.value, "effective_from": row.effective_from},
    )


@transaction.atomic
def withdraw_value(*, actor: Actor, clock: Clock, public_id: str, reason: str) -> None:
    """Withdraw a proposal, or an approved value that is not in force yet.

    Raises:
        NotVisible: no such row.
        WrongStep: withdrawn already, or in force: then propose another value instead.
        Forbidden: not for this duty; an approved value is withdrawn by 签批 or 局领导.
        Invalid: no reason.
    """
    row = _locked(actor, public_id)
    moment = clock.now()
    step = VALUE_LIFE.step(row.state, "withdraw", actor)
    if row.state == IN_FORCE:
        if row.effective_from <= moment.on:
            raise WrongStep(f"该值已于{chinese(row.effective_from)}生效，不能撤回；请提出新的值。")
        if not actor.has(Duty.SIGNER, Duty.LEADER):
            raise Forbidden("已批准的值由签批人员或局领导撤回。")
    text = clean_text(reason, field="reason", label="理由", limit=_REASON_LIMIT, multiline=True)
    if not text:
        raise Invalid.of("reason", "请填写撤回理由。")
    before = row.state
    row.state = WITHDRAWN
    row.withdrawn_by_id = actor.user_id
    row.withdrawn_at = moment.at
    row.save(update_fields=["state", "withdrawn_by", "withdrawn_at"])
    record(
        actor=actor,
        event="parameter.withdraw",
        subject=row,
        moment=moment,
        rule=step.rule,
        before={"state": before},
        after={"state": row.state},
        note=text,
    )


def _locked(actor: Actor, public_id: str) -> ParameterValue:
    if actor.role is not Role.MUNICIPAL:
        raise Forbidden("裁量参数由市工业和信息化局管理。")
    row = ParameterValue.objects.select_for_update(of=("self",)).filter(public_id=public_id).first()
    if row is None:
        raise NotVisible
    return row


def _not_approved_already(row: ParameterValue) -> None:
    """Tell the second of two approvers who was first."""
    if row.state == IN_FORCE and row.approved_by is not None and row.approved_at is not None:
        at = row.approved_at.astimezone(SHANGHAI)
        raise WrongStep(f"{row.approved_by.name}已于{chinese(at.date())} {at:%H:%M} 批准，无须再次批准。")


def _stored(spec: ParameterSpec, value: object) -> Any:
    try:
        return spec.dump(spec.parse(value))
    except ValueError as error:
        raise Invalid.of("value", f"{error}。") from None


def _check_day(effective_from: date, moment: Moment) -> None:
    if effective_from < moment.on:
        raise Invalid.of(
            "effective_from",
            f"生效日期不能早于今天（{chinese(moment.on)}），当前为{chinese(effective_from)}。",
        )


def _check_together(key: str, stored: Any, effective_from: date) -> None:
    """Refuse a value that contradicts the others, on its first day and on every later day something changes."""
    later = ParameterValue.objects.filter(state=IN_FORCE, effective_from__gt=effective_from)
    days = [effective_from, *later.order_by("effective_from").values_list("effective_from", flat=True)]
    replaced_on = (
        later.filter(key=key).order_by("effective_from").values_list("effective_from", flat=True).first()
    )
    for day in sorted(set(days)):
        if replaced_on is not None and day >= replaced_on:
            break
        try:
            Parameters.from_values({**values_on(on=day), key: stored})
        except ParameterErrors as error:
            raise Invalid(
                {field or "": [f"{text}。" for text in texts] for field, texts in error.errors.items()}
            ) from None

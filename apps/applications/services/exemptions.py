"""Exemptions from what the plan states 原则上 (F-20): asked by the enterprise, endorsed by one, approved by another."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from apps.applications.models import Exemption
from apps.applications.services.advance import locked, person
from apps.applications.services.library import library_document
from apps.applications.states import (
    APPLICATION_LIFE,
    APPROVED,
    DECLINED,
    DRAFT,
    ENDORSED,
    EXEMPTION_LIFE,
    REQUESTED,
)
from apps.audit import services as audit
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Forbidden, Invalid, NotVisible, RuleBroken, WrongStep, require
from apps.core.lifecycle import Transition
from apps.core.moment import Clock, Moment
from apps.core.text import clean_text
from apps.notifications.services import enqueue
from apps.policy.rules import rule as policy_rule
from apps.policy.separation import may_sign
from apps.policy.verdict import Verdict, refuse

_LIMIT = 1000


@transaction.atomic
def request_exemption(
    *,
    actor: Actor,
    clock: Clock,
    public_id: str,
    rule: str,
    reason: str,
    basis: str = "",
    upload: UploadedFile[Any] | None = None,
    file: str = "",
) -> str:
    """Ask for an exemption for a draft; returns its public id. Asking twice returns the one that is pending.

    Args:
        actor: a member of the enterprise with a duty.
        clock: when.
        public_id: which draft.
        rule: the rule that holds 原则上.
        reason: why it should not hold here.
        basis: what that rests on, in words.
        upload: the document it rests on, newly uploaded; or
        file: public id of a document of the enterprise's library ("" for none).

    Raises:
        Forbidden: not a member of the enterprise with a duty.
        NotVisible: not this enterprise's application.
        WrongStep: submitted already.
        RuleBroken: a rule that does not hold 原则上 can never be waived.
        Invalid: no reason, or what is wrong with the document (at `document`).
    """
    if actor.role is not Role.ENTERPRISE or not actor.has(Duty.RESPONSIBLE, Duty.CLERK):
        msg = "例外情形由企业的负责人或申报经办人提出。"
        raise Forbidden(msg)
    row = locked(actor, public_id=public_id)
    moment = clock.now()
    if row.state != DRAFT:
        msg = f"当前状态为「{APPLICATION_LIFE.label(row.state)}」，不能再申请例外情形。"
        raise WrongStep(msg)
    _must_be_waivable(rule)
    why = clean_text(reason, field="reason", label="理由", limit=_LIMIT, multiline=True)
    if not why:
        raise Invalid.of("reason", "请填写申请例外情形的理由。")
    pending = Exemption.objects.filter(application=row, rule=rule).exclude(state=DECLINED).first()
    if pending is not None:
        return str(pending.public_id)
    document = library_document(actor=actor, clock=clock, upload=upload, file=file, field="document")
    exemption = Exemption.objects.create(
        application=row,
        application_public_id=row.public_id,
        enterprise_id=row.enterprise_id,
        district_id=row.district_id,
        round_id=row.round_id,
        level=row.level,
        rule=rule,
        reason=why,
        basis=clean_text(basis, field="basis", label="依据", limit=_LIMIT, multiline=True),
        file_public_id=document.public_id,
        file_name=document.name,
        state=REQUESTED,
        requested_by_id=person(actor),
        requested_at=moment.at,
    )
    audit.record(
        actor=actor,
        event="exemption.request",
        subject=exemption,
        moment=moment,
        rule=rule,
        after={"state": REQUESTED, "file": document.public_id},
        note=why,
    )
    enqueue(
        key=f"exemption_requested:{exemption.public_id}",
        template="exemption_requested",
        context={
            "enterprise": row.enterprise.name,
            "rule": rule,
            "reason": why,
            "public_id": exemption.public_id,
        },
        to_district=row.district_id,
        subject=exemption,
        moment=moment,
    )
    return str(exemption.public_id)


@transaction.atomic
def endorse_exemption(*, actor: Actor, clock: Clock, exemption_public_id: str, opinion: str) -> None:
    """The district's handler states, with reasons, that the exemption should be granted.

    Raises:
        NotVisible, WrongStep, Forbidden: gates 2, 3 and 1.
        Invalid: no opinion.
    """
    row, moment, step = _stepping(actor, clock, exemption_public_id, "endorse")
    said = clean_text(opinion, field="opinion", label="经办意见", limit=_LIMIT, multiline=True)
    if not said:
        raise Invalid.of("opinion", "请填写经办意见。")
    row.state, row.opinion = step.target, said
    row.endorsed_by_id, row.endorsed_at = actor.user_id, moment.at
    row.save(update_fields=["state", "opinion", "endorsed_by", "endorsed_at"])
    _audit(row, step, REQUESTED, actor=actor, moment=moment, note=said)
    enqueue(
        key=f"exemption_endorsed:{row.public_id}",
        template="exemption_endorsed",
        context={
            "enterprise": row.enterprise.name,
            "rule": row.rule,
            "reason": said,
            "public_id": row.public_id,
        },
        to_district=row.district_id,
        subject=row,
        moment=moment,
    )


@transaction.atomic
def approve_exemption(*, actor: Actor, clock: Clock, exemption_public_id: str, note: str = "") -> None:
    """A second person of the district grants the exemption.

    Raises:
        NotVisible, WrongStep, Forbidden: gates 2, 3 and 1.
        RuleBroken: the person who endorsed it (separation of duties).
    """
    row, moment, step = _stepping(actor, clock, exemption_public_id, "approve")
    require(may_sign(prepared_by=[row.requested_by_id, row.endorsed_by_id], signer=actor.user_id))
    _decide(row, step, ENDORSED, note, actor=actor, moment=moment)


@transaction.atomic
def decline_exemption(*, actor: Actor, clock: Clock, exemption_public_id: str, note: str) -> None:
    """The district does not grant the exemption, with a reason.

    Raises:
        NotVisible, WrongStep, Forbidden: gates 2, 3 and 1.
        Invalid: no reason.
    """
    row, moment, step = _stepping(actor, clock, exemption_public_id, "decline")
    if not note.strip():
        raise Invalid.of("note", "请填写不予豁免的理由。")
    _decide(row, step, row.state, note, actor=actor, moment=moment)


def _must_be_waivable(rule: str) -> None:
    try:
        row = policy_rule(rule)
    except KeyError:
        raise Invalid.of("rule", "没有这条规定。") from None
    if not row.in_principle or rule not in dict(Exemption.RULES):
        raise RuleBroken(Verdict.refused(refuse(rule, f"{row.title}不适用例外情形，不能豁免。")))


def _stepping(actor: Actor, clock: Clock, public_id: str, event: str) -> tuple[Exemption, Moment, Transition]:
    row: Exemption | None = (
        Exemption.objects.visible_to(actor)
        .select_related("enterprise")
        .select_for_update(of=("self",))
        .filter(public_id=public_id)
        .first()
    )
    if row is None:
        raise NotVisible
    return row, clock.now(), EXEMPTION_LIFE.step(row.state, event, actor)


def _decide(
    row: Exemption, step: Transition, before: str, note: str, *, actor: Actor, moment: Moment
) -> None:
    row.state = step.target
    row.decided_by_id, row.decided_at = actor.user_id, moment.at
    row.decision_note = clean_text(note, field="note", label="审批意见", limit=_LIMIT, multiline=True)
    row.save(update_fields=["state", "decided_by", "decided_at", "decision_note"])
    _audit(row, step, before, actor=actor, moment=moment, note=row.decision_note)
    enqueue(
        key=f"exemption_decided:{row.public_id}",
        template="exemption_decided",
        context={
            "enterprise": row.enterprise.name,
            "decision": "已批准" if row.state == APPROVED else "未获批准",
            "rule": row.rule,
            "public_id": row.application_public_id,
        },
        to_enterprise=row.enterprise_id,
        subject=row,
        moment=moment,
    )


def _audit(row: Exemption, step: Transition, before: str, *, actor: Actor, moment: Moment, note: str) -> None:
    audit.record(
        actor=actor,
        event=f"exemption.{step.event}",
        subject=row,
        moment=moment,
        rule=row.rule,
        before={"state": before},
        after={"state": row.state},
        note=note,
    )

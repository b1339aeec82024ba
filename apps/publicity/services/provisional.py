"""暂定意见: noted by the 经办, refusals carried out by the 签批 in one step, views of the board saved (R-22 … R-24)."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from apps.applications import selectors as applications_read
from apps.applications import services as applications
from apps.audit.services import record
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Forbidden, Invalid, NotVisible, WrongStep, require
from apps.core.moment import Clock
from apps.core.text import clean_text
from apps.policy.provisional import Provisional, may_intend
from apps.policy.separation import may_sign
from apps.publicity.models import ProvisionalDecision, SavedView
from apps.publicity.selectors.provisional import DECIDABLE, decisions_of, intended_in_round
from apps.publicity.selectors.standing import credit_facts
from apps.publicity.services.cases import choices, jurisdiction
from apps.publicity.services.credit import end_for_reason

_TEXT = 1000
_NAME = 20
#: A person keeps at most this many views.
MOST_VIEWS = 20
_FILTERS = ("stage", "district", "q", "sort", "decision")
_LONGEST_FILTER = 50


def read_decision(text: str) -> Provisional:
    """Return the decision named by a form.

    Raises:
        Invalid: none of the three.
    """
    if text not in set(Provisional):
        raise Invalid.of("decision", "请选择拟评定、暂缓或不予评定。")
    return Provisional(text)


def checked_reason(decision: Provisional, reason: str) -> str:
    """Return the cleaned reason; 暂缓 and 不予评定 cannot do without.

    Raises:
        Invalid: none given, or too long.
    """
    text = clean_text(reason, field="reason", label="理由", limit=_TEXT, multiline=True)
    if decision is not Provisional.PROPOSE and not text:
        raise Invalid.of("reason", f"暂定意见为“{decision.label}”的，请写明理由。")
    return text


@transaction.atomic
def note_decision(*, actor: Actor, clock: Clock, public_id: str, decision: str, reason: str = "") -> None:
    """Note what the bureau intends with one candidate; the newest note counts, the earlier ones stay on record.

    Args:
        actor: municipal 经办.
        clock: the legal clock.
        public_id: of the application, in the credit stage.
        decision: `propose`, `defer` or `refuse`.
        reason: required unless 拟评定; with 不予评定 the enterprise will read it.

    Raises:
        Invalid: an unknown decision, no reason.
        RuleBroken: 拟评定 without the panel's 80 points or a credit result that allows it (R-22, R-23).
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    if actor.role is not Role.MUNICIPAL or not actor.has(Duty.HANDLER):
        raise Forbidden("暂定意见由市局经办提出。")
    wanted = read_decision(decision)
    text = checked_reason(wanted, reason)
    case = applications.lock_application(actor=actor, public_id=public_id)
    if case.state != DECIDABLE:
        raise WrongStep(f"{case.enterprise_name}当前状态为「{case.state_label}」，不能提出暂定意见。")
    moment = clock.now()
    require(
        may_intend(
            wanted,
            panel_total=case.panel_total,
            credit=credit_facts([case.id]).get(case.id),
            on=moment.on,
            parameters=choices(moment.on),
        )
    )
    row = ProvisionalDecision.objects.create(
        **jurisdiction(case),
        decision=wanted.value,
        reason=text,
        made_by_id=actor.account,
        made_at=moment.at,
    )
    record(
        actor=actor,
        event="provisional.note",
        subject=row,
        moment=moment,
        rule="R-22",
        after={"decision": wanted.label, "enterprise": case.enterprise_name},
        note=text,
    )


@transaction.atomic
def settle_refusals(*, actor: Actor, clock: Clock, round_public_id: str) -> int:
    """End every case of a round whose newest provisional decision is 不予评定: one act, one transaction.

    Each enterprise is told the reason that was noted for it. A case that gets another decision meanwhile is not
    touched: the cases are locked before the decisions are read.

    Returns:
        How many cases were ended.

    Raises:
        RuleBroken: the signer noted one of the decisions (R07).
        Invalid: none is waiting.
        NotVisible, Forbidden: gates 1–2.
    """
    if actor.role is not Role.MUNICIPAL or not actor.has(Duty.SIGNER):
        raise Forbidden("不予评定由市局签批人员决定。")
    batch = applications_read.round_file(actor=actor, public_id=round_public_id)
    waiting = [
        row.case
        for row in intended_in_round(actor=actor, round_public_id=round_public_id)
        if row.decision is not None and row.decision.decision is Provisional.REFUSE
    ]
    cases = [
        applications.lock_application(actor=actor, application_id=case.id)
        for case in sorted(waiting, key=lambda case: case.id)
    ]
    newest = decisions_of(actor=actor, application_ids=[case.id for case in cases])
    ending = [
        case for case in cases if case.state == DECIDABLE and newest[case.id].decision is Provisional.REFUSE
    ]
    if not ending:
        raise Invalid.of("", "没有暂定为“不予评定”的企业。")
    require(may_sign(prepared_by={newest[case.id].made_by_id for case in ending}, signer=actor.user_id))
    for case in ending:
        end_for_reason(actor=actor, clock=clock, case=case, reason=newest[case.id].reason)
    record(
        actor=actor,
        event="provisional.settle",
        subject=None,
        moment=clock.now(),
        rule="R-23",
        after={"round": batch.code, "refused": [case.enterprise_name for case in ending]},
    )
    return len(ending)


@transaction.atomic
def save_view(*, actor: Actor, clock: Clock, name: str, filters: Mapping[str, str]) -> str:
    """Keep the board's filters under a name; the same name again replaces them.

    Returns:
        The view's public id.

    Raises:
        Invalid: no name, too long, or too many views.
        Forbidden: not of the city.
    """
    if actor.role is not Role.MUNICIPAL:
        raise Forbidden("只有市局人员可以保存视图。")
    title = clean_text(name, field="name", label="视图名称", limit=_NAME)
    if not title:
        raise Invalid.of("name", "请填写视图名称。")
    kept = {key: filters[key][:_LONGEST_FILTER] for key in _FILTERS if filters.get(key)}
    moment = clock.now()
    mine = SavedView.objects.visible_to(actor)
    found = mine.select_for_update(of=("self",)).filter(name=title).first()
    if found is None and mine.count() >= MOST_VIEWS:
        raise Invalid.of("name", f"最多保存 {MOST_VIEWS} 个视图，请先删除不用的。")
    row = found or SavedView(owner_id=actor.account, name=title)
    row.filters, row.saved_at = kept, moment.at
    row.save()
    return str(row.public_id)


@transaction.atomic
def delete_view(*, actor: Actor, clock: Clock, public_id: str) -> None:
    """Forget one of the actor's own views.

    Raises:
        NotVisible: no such view of the actor.
    """
    del clock
    deleted, _ = SavedView.objects.visible_to(actor).filter(public_id=public_id).delete()
    if not deleted:
        raise NotVisible

"""专家组评估意见: drafted by the leader, signed by the members, issued, acted on by the city (R-21, R-22)."""

from __future__ import annotations

from django.db import transaction

from apps.applications import services as applications
from apps.applications.selectors import CaseRow
from apps.audit.services import record
from apps.core.actor import Actor, Role
from apps.core.errors import Forbidden, Invalid, WrongStep, require
from apps.core.moment import Clock
from apps.core.scoping import acting_as
from apps.core.text import clean_text
from apps.notifications.services import enqueue
from apps.policy.panel import Opinion, OpinionFacts, may_give_opinion, panel_score, passes_panel
from apps.review.models import Panel, SiteSignature
from apps.review.services.cases import choices, locked_case, words
from apps.review.services.completion import locked_panel
from apps.review.services.seating import locked_task
from apps.review.states import ASSESSED, CONCLUDED, PANEL_LIFE, RECUSED, SCORED
from apps.scoring import services as scoring

_TEXT = 1000


def _leader_panel(*, actor: Actor, public_id: str) -> tuple[CaseRow, Panel]:
    case = locked_case(actor=actor, public_id=public_id)
    panel = locked_panel(actor=actor, application_id=case.id)
    if actor.role is not Role.EXPERT or panel.leader_id != actor.expert_id:
        raise Forbidden("评估意见由专家组组长起草和出具。")
    return case, panel


@transaction.atomic
def draft_opinion(
    *,
    actor: Actor,
    clock: Clock,
    public_id: str,
    opinion: str,
    reasons: str,
    site_visited: bool,
    site_reason: str,
) -> None:
    """The leader drafts the panel's opinion; members then sign it. A new draft needs new signatures.

    Raises:
        Invalid: an unknown opinion, no reasons.
        Forbidden: not the leader.
        WrongStep: scores are missing or the opinion is out.
        NotVisible: gate 2.
    """
    _, panel = _leader_panel(actor=actor, public_id=public_id)
    if panel.state != ASSESSED:
        PANEL_LIFE.step(panel.state, "conclude", actor)
    if opinion not in {choice.value for choice in Opinion}:
        raise Invalid.of("opinion", "请选择建议评定、不建议评定或需补充。")
    text = clean_text(reasons, field="reasons", label="意见理由", limit=_TEXT * 2, multiline=True)
    if not text:
        raise Invalid.of("reasons", "请填写评估意见的理由。")
    moment = clock.now()
    panel.opinion, panel.reasons, panel.site_visited = opinion, text, site_visited
    panel.site_reason = clean_text(
        site_reason, field="site_reason", label="现场核实理由", limit=_TEXT, multiline=True
    )
    panel.version += 1
    panel.save()
    with acting_as(Actor.system(), then=actor):
        panel.assignments.update(opinion_signed_at=None, dissent="")
        panel.assignments.filter(expert_id=actor.expert_id).update(opinion_signed_at=moment.at)
    record(
        actor=actor,
        event="panel.draft_opinion",
        subject=panel,
        moment=moment,
        rule="R-22",
        after={"opinion": opinion, "site_visited": site_visited},
        note=text,
    )


@transaction.atomic
def sign_opinion(*, actor: Actor, clock: Clock, public_id: str, dissent: str = "") -> None:
    """A member signs the drafted opinion of its panel (public id of the assignment).

    A member who thinks otherwise signs with *dissent*; it is recorded and printed with the opinion.

    Raises:
        Invalid: the text is too long.
        WrongStep: nothing drafted yet, or already concluded.
        NotVisible, Forbidden: gates 1–2.
    """
    _, panel, row = locked_task(actor=actor, public_id=public_id)
    if actor.role is not Role.EXPERT:
        raise Forbidden("评估意见由专家本人签署。")
    if row.state != SCORED or panel.state != ASSESSED or not panel.opinion:
        raise WrongStep("组长尚未起草评估意见，或意见已经出具。")
    moment = clock.now()
    row.opinion_signed_at = moment.at
    row.dissent = clean_text(dissent, field="dissent", label="不同意见", limit=_TEXT, multiline=True)
    row.save(update_fields=["opinion_signed_at", "dissent"])
    record(
        actor=actor,
        event="assignment.sign_opinion",
        subject=row,
        moment=moment,
        rule="R-22",
        note=row.dissent,
    )


@transaction.atomic
def conclude_panel(*, actor: Actor, clock: Clock, public_id: str) -> None:
    """The leader issues the signed opinion; the panel's score becomes the case's (R-22).

    Raises:
        RuleBroken: signatures missing, below 80 with 建议评定, no site answer, spread not reconsidered.
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    case, panel = _leader_panel(actor=actor, public_id=public_id)
    step = PANEL_LIFE.step(panel.state, "conclude", actor)
    if not panel.opinion:
        raise WrongStep("请先起草评估意见。")
    moment = clock.now()
    parameters = choices(moment.on)
    with acting_as(Actor.system(), then=actor):
        members = list(panel.assignments.exclude(state=RECUSED).select_related("sheet").order_by("id"))
        sides = SiteSignature.objects.filter(visit__panel=panel).values_list("visit_id", "side").distinct()
        signed: dict[int, set[str]] = {}
        for visit_id, side in sides:
            signed.setdefault(visit_id, set()).add(side)
        has_record = any(len(found) == len(SiteSignature.SIDES) for found in signed.values())
    score = panel_score([row.sheet.total for row in members], parameters)
    require(
        may_give_opinion(
            OpinionFacts(
                opinion=Opinion(panel.opinion),
                score=score,
                reasons=panel.reasons,
                site_visited=panel.site_visited,
                site_reason=panel.site_reason,
                site_record=has_record,
                reconsidered=panel.reconsidered,
                unsigned_members=sum(row.opinion_signed_at is None for row in members),
            )
        )
    )
    panel.state, panel.concluded_at = step.target, moment.at
    panel.version += 1
    panel.save()
    scoring.release_sheets(actor=actor, clock=clock, application_id=case.id, kinds={"expert"}, to="panel")
    applications.advance(
        application_id=case.id,
        event="conclude_panel",
        actor=actor,
        moment=moment,
        facts={"panel_total": score.total},
    )
    record(
        actor=actor,
        event="panel.conclude",
        subject=panel,
        moment=moment,
        rule=step.rule,
        after={"opinion": panel.opinion, "total": score.total, "aggregation": score.explanation},
    )
    enqueue(
        key=f"panel-concluded:{panel.public_id}",
        template="panel_concluded",
        context={**words(case), "opinion": Opinion(panel.opinion).label, "score": f"{score.total:.2f}"},
        to_municipal=True,
        subject=panel,
        moment=moment,
    )


@transaction.atomic
def take_opinion(*, actor: Actor, clock: Clock, public_id: str, note: str = "") -> str:
    """The city acts on the opinion: on to the credit check, or 不予评定 with the reasons (by a signer).

    需补充 decides nothing: the panel is reopened (`reopen_panel`) once the enterprise has supplemented.

    Returns:
        The application event taken.

    Raises:
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    case = locked_case(actor=actor, public_id=public_id)
    panel = locked_panel(actor=actor, application_id=case.id)
    if panel.state != CONCLUDED or panel.total is None:
        raise WrongStep("专家组尚未出具评估意见。")
    if panel.opinion == Opinion.SUPPLEMENT:
        raise WrongStep("专家组意见为「需补充」，请在企业补充后重新评估。")
    moment = clock.now()
    verdict = passes_panel(
        opinion=Opinion(panel.opinion), panel_total=panel.total, parameters=choices(moment.on)
    )
    event = "start_credit_check" if verdict.ok else "refuse_after_panel"
    reason = note or "".join(verdict.reasons)
    applications.advance(
        application_id=case.id,
        event=event,
        actor=actor,
        moment=moment,
        note=reason,
        facts={} if verdict.ok else {"decision_note": reason},
    )
    if not verdict.ok:
        scoring.release_sheets(
            actor=actor, clock=clock, application_id=case.id, kinds={"district"}, to="enterprise"
        )
        enqueue(
            key=f"not-awarded:{case.public_id}",
            template="not_awarded",
            context={**words(case), "reason": reason},
            to_enterprise=case.enterprise_id,
            subject=panel,
            moment=moment,
        )
    return event

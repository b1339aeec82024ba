"""The panel as a whole: its figure once every member has submitted, and opening its sheets again (R-19, R-22)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from apps.applications import services as applications
from apps.applications.selectors import CaseRow
from apps.audit.services import record
from apps.core.actor import Actor
from apps.core.errors import Invalid, NotVisible, WrongStep, require
from apps.core.lifecycle import Transition
from apps.core.moment import Clock
from apps.core.scoping import acting_as
from apps.core.text import clean_text
from apps.deadlines.services import open_obligation
from apps.notifications.services import enqueue
from apps.policy.dispersion import dispersion_of, reconsideration_grounds
from apps.policy.panel import Opinion, may_close_panel, may_reconsider, panel_score
from apps.policy.parameters import Parameters
from apps.review.models import Assignment, Panel
from apps.review.services.cases import choices, locked_case, words
from apps.review.states import ASSIGNMENT_LIFE, OPEN_PANELS, PANEL_LIFE, RECUSED, SCORED
from apps.scoring import selectors as sheets
from apps.scoring import services as scoring

_TEXT = 1000


def complete_panel(*, actor: Actor, clock: Clock, panel_id: int) -> None:
    """Compute the panel's figure when every member has submitted; experts cannot see one another's totals."""
    moment = clock.now()
    with acting_as(Actor.system(), then=actor):
        application_id = Panel.objects.values_list("application_id", flat=True).get(pk=panel_id)
        case = applications.lock_application(actor=Actor.system(), application_id=application_id)
        panel = Panel.objects.select_for_update(of=("self",)).get(pk=panel_id)
        members = list(
            panel.assignments.exclude(state=RECUSED).select_related("sheet", "expert").order_by("id")
        )
        totals = [
            row.sheet.total if row.sheet is not None and row.state == SCORED else None for row in members
        ]
        parameters = choices(moment.on)
        if panel.state not in OPEN_PANELS or not may_close_panel(totals, parameters).ok:
            return
        score = panel_score([total for total in totals if total is not None], parameters)
        step = PANEL_LIFE.step(panel.state, "complete", Actor.system())
        panel.state = step.target
        panel.total, panel.spread, panel.aggregation = score.total, score.spread, score.explanation
        describe(panel, members, parameters)
        panel.version += 1
        panel.save()
        record(
            actor=Actor.system(),
            event="panel.complete",
            subject=panel,
            moment=moment,
            rule=step.rule,
            after={"total": score.total, "spread": score.spread, "deviation": panel.deviation},
            note=score.explanation,
        )
        enqueue(
            key=f"expert-sheets-complete:{panel.public_id}:{panel.version}",
            template="expert_sheets_complete",
            context=words(case),
            to_municipal=True,
            subject=panel,
            moment=moment,
        )


def describe(panel: Panel, members: Sequence[Assignment], parameters: Parameters) -> None:
    """Put down how far the members are apart; their sheets are signed and do not change any more."""
    scored = [row.sheet for row in members if row.sheet is not None]
    found = sheets.panel_points(
        actor=Actor.system(), sheet_ids=[sheet.pk for sheet in scored], scheme_id=scored[0].scheme_id
    )
    apart = dispersion_of(
        {
            row.expert.number: row.sheet.total
            for row in members
            if row.sheet is not None and row.sheet.total is not None
        },
        {code: list(given.values()) for code, given in found.points.items()},
        found.maxima,
        parameters,
    )
    panel.deviation = apart.deviation
    panel.outliers, panel.disputed_items = list(apart.outliers), list(apart.items)


def void_opinion(panel: Panel) -> None:
    """Take back a drafted opinion: the scores it rested on are open again. Saves the panel."""
    panel.opinion, panel.reasons, panel.site_reason, panel.site_visited = "", "", "", None
    panel.version += 1
    panel.save()


def locked_panel(*, actor: Actor, application_id: int) -> Panel:
    """Return the panel of an application locked for change.

    Raises:
        NotVisible: none in sight.
    """
    row: Panel | None = (
        Panel.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .filter(application_id=application_id)
        .first()
    )
    if row is None:
        raise NotVisible
    return row


@transaction.atomic
def reconsider(*, actor: Actor, clock: Clock, public_id: str, due_on: date, reason: str = "") -> None:
    """The city asks the panel to reconsider (spread too large, near the line): every sheet opens as a new turn.

    A drafted opinion falls with the scores it rested on. Where the figures give no ground, *reason* says why.

    Raises:
        RuleBroken: no ground and no reason (R-19).
        Invalid: a date in the past.
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    case = locked_case(actor=actor, public_id=public_id)
    panel = locked_panel(actor=actor, application_id=case.id)
    step = PANEL_LIFE.step(panel.state, "reconsider", actor)
    text = clean_text(reason, field="reason", label="复议原因", limit=_TEXT, multiline=True)
    with acting_as(Actor.system(), then=actor):
        totals = list(panel.assignments.filter(state=SCORED).values_list("sheet__total", flat=True))
    parameters = choices(clock.now().on)
    grounds = reconsideration_grounds(panel_score(totals, parameters), parameters)
    require(may_reconsider(grounds=grounds, reason=text))
    panel.reconsidered, panel.reconsider_reason = True, text or "".join(grounds)
    note = panel.reconsider_reason
    _open_again(actor=actor, clock=clock, case=case, panel=panel, step=step, due_on=due_on, note=note)


@transaction.atomic
def reopen_panel(*, actor: Actor, clock: Clock, public_id: str, due_on: date, reason: str) -> None:
    """The city takes a case back to its panel after 需补充: the supplement is judged on new sheets (R-22).

    Raises:
        Invalid: a date in the past, no reason.
        WrongStep: the opinion is not 需补充, or the case is elsewhere.
        NotVisible, Forbidden: gates 1–2.
    """
    text = clean_text(reason, field="reason", label="重新评估的原因", limit=_TEXT, multiline=True)
    if not text:
        raise Invalid.of("reason", "请写明补充了什么、为什么重新评估。")
    case = locked_case(actor=actor, public_id=public_id)
    panel = locked_panel(actor=actor, application_id=case.id)
    step = PANEL_LIFE.step(panel.state, "reopen", actor)
    if panel.opinion != Opinion.SUPPLEMENT:
        raise WrongStep("专家组意见不是「需补充」，不能重新评估。")
    applications.advance(
        application_id=case.id, event="reopen_panel", actor=actor, moment=clock.now(), note=text
    )
    panel.concluded_at = None
    _open_again(actor=actor, clock=clock, case=case, panel=panel, step=step, due_on=due_on, note=text)


def _open_again(
    *, actor: Actor, clock: Clock, case: CaseRow, panel: Panel, step: Transition, due_on: date, note: str
) -> None:
    """Renew every submitted sheet, void the opinion, tell the experts until when."""
    moment = clock.now()
    if due_on <= moment.on:
        raise Invalid.of("due_on", "复议截止日应晚于今天。")
    panel.state, panel.due_on = step.target, due_on
    void_opinion(panel)
    for row in panel.assignments.filter(state=SCORED).select_related("sheet").order_by("id"):
        reopening = ASSIGNMENT_LIFE.step(row.state, "reopen", actor)
        renewed = scoring.renew_sheet(
            actor=actor, clock=clock, public_id=row.sheet.public_id, item_codes=None
        )
        row.state, row.sheet_id = reopening.target, renewed.id
        row.opinion_signed_at, row.dissent = None, ""
        row.save()
        enqueue(
            key=f"panel-reconsider:{row.public_id}:{panel.version}",
            template="panel_reconsider",
            context={
                **words(case),
                "what": "企业已补充，请重新评估" if step.event == "reopen" else "请复议",
                "reason": note,
                "public_id": row.public_id,
                "due": due_on,
            },
            to_expert=row.expert_id,
            subject=row,
            moment=moment,
        )
        open_obligation(
            kind="review.assessment",
            subject=row,
            due_on=due_on,
            rule="R-19",
            basis="复议截止日由市局确定。",
            enterprise=None,
            district=None,
            expert=row.expert_id,
            moment=moment,
        )
    record(actor=actor, event=f"panel.{step.event}", subject=panel, moment=moment, rule=step.rule, note=note)

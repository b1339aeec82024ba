"""Correcting marks of a concluded panel: every member's sheet in a new turn, and the panel's figure with it (R-25)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from apps.audit.services import record
from apps.core.actor import Actor
from apps.core.errors import WrongStep
from apps.core.moment import Clock
from apps.core.scoping import acting_as
from apps.policy.panel import panel_score
from apps.review.services.cases import choices
from apps.review.services.completion import describe, locked_panel
from apps.review.states import CONCLUDED, RECUSED
from apps.scoring import services as scoring


@dataclass(frozen=True, slots=True)
class RenewedSheet:
    """A member's sheet before and after: whose it is, public ids and totals."""

    expert: str
    old: str
    new: str
    before: Decimal
    after: Decimal


@dataclass(frozen=True, slots=True)
class CorrectedPanel:
    """The panel's figure before and after, and the sheets it now rests on."""

    before: Decimal
    after: Decimal
    sheets: tuple[RenewedSheet, ...]


@transaction.atomic
def correct_panel(
    *, actor: Actor, clock: Clock, application_id: int, points: Mapping[str, Decimal], reason: str
) -> CorrectedPanel:
    """Give the named items the corrected points on every member's sheet, and compute the panel's figure anew.

    For the room above, inside its transaction: the application is locked, the second person has approved. The
    opinion as the experts signed it stays; what follows from the figure is the room's above to decide.

    Raises:
        NotVisible: no panel in sight.
        WrongStep: the panel has not concluded.
        Invalid: impossible points, keyed by item code.
    """
    panel = locked_panel(actor=actor, application_id=application_id)
    if panel.state != CONCLUDED or panel.total is None:
        raise WrongStep("专家组尚未出具评估意见，不能更正评分。")
    moment = clock.now()
    before = panel.total
    with acting_as(Actor.system(), then=actor):
        members = list(
            panel.assignments.exclude(state=RECUSED).select_related("sheet", "expert__user").order_by("id")
        )
    renewed = []
    for member in members:
        old = member.sheet
        signed = scoring.correct_sheet(
            actor=actor, clock=clock, public_id=old.public_id, points=points, reason=reason
        )
        renewed.append(
            RenewedSheet(member.expert.user.name, old.public_id, signed.public_id, old.total, signed.total)
        )
        member.sheet_id = signed.id
        member.save(update_fields=["sheet"])
    scoring.release_sheets(
        actor=actor, clock=clock, application_id=application_id, kinds={"expert"}, to="panel"
    )
    parameters = choices(moment.on)
    score = panel_score([sheet.after for sheet in renewed], parameters)
    panel.total, panel.spread, panel.aggregation = score.total, score.spread, score.explanation
    with acting_as(Actor.system(), then=actor):
        describe(
            panel,
            list(panel.assignments.exclude(state=RECUSED).select_related("sheet", "expert").order_by("id")),
            parameters,
        )
    panel.version += 1
    panel.save()
    record(
        actor=actor,
        event="panel.correct",
        subject=panel,
        moment=moment,
        rule="R-25",
        before={"total": before, "sheets": [sheet.old for sheet in renewed]},
        after={"total": score.total, "sheets": [sheet.new for sheet in renewed]},
        note=reason,
    )
    return CorrectedPanel(before, score.total, tuple(renewed))

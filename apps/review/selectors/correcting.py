"""What corrected marks would make of a concluded panel's figure: the preview a second person approves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from apps.core.actor import Actor
from apps.core.errors import NotVisible
from apps.core.moment import Moment
from apps.parameters.selectors import in_force
from apps.policy.panel import panel_score
from apps.review.models import Assignment, Panel
from apps.review.states import CONCLUDED, RECUSED
from apps.scoring import selectors as scoring


@dataclass(frozen=True, slots=True)
class MarkedItem:
    """One item of a panel: its maximum and what each sheet gave (public id of the sheet → points)."""

    code: str
    name: str
    maximum: Decimal
    given: dict[str, Decimal | None]


@dataclass(frozen=True, slots=True)
class MemberAfter:
    """One expert's total before and after the correction; `digest` is that of the sheet as it is signed."""

    sheet: str
    digest: str
    expert: str
    before: Decimal
    after: Decimal
    given: dict[str, Decimal | None]


@dataclass(frozen=True, slots=True)
class PanelAfter:
    """The panel's figure before and after; `explanation` is how the figure after is made."""

    before: Decimal
    after: Decimal
    explanation: str
    members: tuple[MemberAfter, ...]


def panel_marks(*, actor: Actor, application_id: int) -> tuple[tuple[str, ...], list[MarkedItem]]:
    """Return the experts' numbers and every item with what each of them gave; four queries.

    Raises:
        NotVisible: no concluded panel in sight.
    """
    members = _members(actor, application_id)
    sheets = [row.sheet for row in members if row.sheet is not None]
    found = scoring.panel_points(
        actor=actor, sheet_ids=[sheet.pk for sheet in sheets], scheme_id=sheets[0].scheme_id
    )
    items = [
        MarkedItem(
            code,
            found.names[code],
            maximum,
            {sheet.public_id: found.points.get(code, {}).get(sheet.pk) for sheet in sheets},
        )
        for code, maximum in found.maxima.items()
    ]
    return tuple(row.expert.number for row in members), items


def panel_after(
    *, actor: Actor, application_id: int, points: Mapping[str, Decimal], moment: Moment
) -> PanelAfter:
    """Return what giving *points* to the named items on every member's sheet would make of the panel's figure.

    Raises:
        NotVisible: no concluded panel in sight.
        Invalid: impossible points, keyed by item code.
    """
    members = _members(actor, application_id)
    after = {
        row.id: row
        for row in scoring.sheets_after(
            actor=actor,
            sheet_ids=[member.sheet_id for member in members if member.sheet_id is not None],
            points=points,
        )
    }
    found = [
        MemberAfter(
            sheet=after[member.sheet_id].public_id,
            digest=after[member.sheet_id].digest,
            expert=member.expert.number,
            before=after[member.sheet_id].before,
            after=after[member.sheet_id].after,
            given=after[member.sheet_id].given,
        )
        for member in members
        if member.sheet_id is not None
    ]
    score = panel_score([member.after for member in found], in_force(on=moment.on))
    return PanelAfter(
        before=members[0].panel.total or Decimal(0),
        after=score.total,
        explanation=score.explanation,
        members=tuple(found),
    )


def _members(actor: Actor, application_id: int) -> Sequence[Assignment]:
    members = list(
        Assignment.objects.visible_to(actor)
        .filter(
            panel__in=Panel.objects.visible_to(actor).filter(application_id=application_id, state=CONCLUDED),
            sheet__isnull=False,
        )
        .exclude(state=RECUSED)
        .select_related("panel", "sheet", "expert")
        .order_by("pk")
    )
    if not members:
        raise NotVisible("没有已出具评估意见的专家组。")
    return members

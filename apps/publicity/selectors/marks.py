"""评分更正 as pages show it: the preview, one proposal, those of an objection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from apps.accounts import selectors as accounts
from apps.applications import selectors as applications
from apps.applications.selectors import CaseRow
from apps.core.actor import Actor, Role
from apps.core.errors import NotVisible, WrongStep
from apps.core.moment import Moment
from apps.parameters.selectors import in_force
from apps.policy.award import after_correction
from apps.policy.levels import level_for_score
from apps.publicity.models import MarkCorrection, Objection
from apps.publicity.states import ACCEPTED, CORRECTION_LIFE, OBJECTION_LIFE
from apps.review import selectors as review
from apps.review.selectors import MarkedItem, MemberAfter


@dataclass(frozen=True, slots=True)
class ChangedItem:
    """One corrected item: what each sheet gave, and the points it is to have."""

    code: str
    name: str
    points: Decimal
    given: dict[str, Decimal | None]

    @property
    def unchanged(self) -> bool:
        """Whether every sheet has these points already."""
        return all(value == self.points for value in self.given.values())


@dataclass(frozen=True, slots=True)
class CorrectionPreview:
    """What a correction does: totals, levels ("" below 1A), each expert's total, whether the candidate goes on."""

    before: Decimal
    after: Decimal
    level_before: str
    level_after: str
    stays: bool
    explanation: str
    lines: tuple[ChangedItem, ...]
    members: tuple[MemberAfter, ...]


@dataclass(frozen=True, slots=True)
class CorrectionRow:
    """One correction as stored; names of officers only for the city and the auditor."""

    public_id: str
    objection_public_id: str
    receipt_no: str
    case: CaseRow
    state: str
    state_label: str
    lines: tuple[ChangedItem, ...]
    reason: str
    total_before: Decimal
    total_after: Decimal
    stays: bool
    proposed_by_id: int
    proposed_by: str
    proposed_at: datetime
    decided_by: str
    decided_at: datetime | None
    decision_note: str
    renewed: tuple[dict[str, str], ...]


def correction_preview(
    *, actor: Actor, application_id: int, points: Mapping[str, Decimal], moment: Moment
) -> CorrectionPreview:
    """Return what giving *points* to the named items would do to a candidate.

    Raises:
        NotVisible: no concluded panel in sight.
        Invalid: impossible points, keyed by item code.
    """
    found = review.panel_after(actor=actor, application_id=application_id, points=points, moment=moment)
    _, items = review.panel_marks(actor=actor, application_id=application_id)
    parameters = in_force(on=moment.on)
    after = after_correction(found.after, parameters)
    before = level_for_score(found.before, parameters.rounding)
    return CorrectionPreview(
        before=found.before,
        after=after.total,
        level_before=before.label if before is not None else "",
        level_after=after.level.label if after.level is not None else "",
        stays=after.stays,
        explanation=found.explanation,
        lines=tuple(
            ChangedItem(item.code, item.name, points[item.code], item.given)
            for item in items
            if item.code in points
        ),
        members=found.members,
    )


def correctable_items(*, actor: Actor, objection_public_id: str) -> tuple[tuple[str, ...], list[MarkedItem]]:
    """Return the experts' numbers and the items of the candidate's panel, for the proposer's form.

    Raises:
        NotVisible: no such objection, or no concluded panel.
        WrongStep: it is not under inquiry.
    """
    row = _objection(actor, objection_public_id)
    if actor.role is not Role.MUNICIPAL:
        raise NotVisible
    if row.state != ACCEPTED:
        raise WrongStep(f"这件异议{OBJECTION_LIFE.label(row.state)}，只有核查中的异议可以更正评分。")
    return review.panel_marks(actor=actor, application_id=row.application_id)


def corrections(*, actor: Actor, objection_public_id: str) -> list[CorrectionRow]:
    """Return the corrections of one objection, newest first; the enterprise sees approved ones.

    Raises:
        NotVisible: no such objection for *actor*.
    """
    objection = _objection(actor, objection_public_id)
    rows = (
        MarkCorrection.objects.visible_to(actor)
        .select_related("objection")
        .filter(objection=objection)
        .order_by("-pk")
    )
    return _rows(actor, list(rows))


def correction(*, actor: Actor, public_id: str) -> CorrectionRow:
    """Return one correction.

    Raises:
        NotVisible: not in sight.
    """
    rows = list(
        MarkCorrection.objects.visible_to(actor).select_related("objection").filter(public_id=public_id)
    )
    if not rows:
        raise NotVisible
    return _rows(actor, rows)[0]


def _objection(actor: Actor, public_id: str) -> Objection:
    row: Objection | None = Objection.objects.visible_to(actor).filter(public_id=public_id).first()
    if row is None:
        raise NotVisible
    return row


def _rows(actor: Actor, rows: Sequence[MarkCorrection]) -> list[CorrectionRow]:
    if not rows:
        return []
    cases = applications.cases(actor=actor, ids=[row.application_id for row in rows])
    named = actor.role in {Role.MUNICIPAL, Role.AUDITOR}
    ids = {pk for row in rows for pk in (row.proposed_by_id, row.decided_by_id) if pk is not None}
    people = accounts.names_of(user_ids=sorted(ids)) if named else {}
    return [
        CorrectionRow(
            public_id=row.public_id,
            objection_public_id=row.objection.public_id,
            receipt_no=row.objection.receipt_no,
            case=cases[row.application_id],
            state=row.state,
            state_label=CORRECTION_LIFE.label(row.state),
            lines=tuple(_line(change) for change in row.changes),
            reason=row.reason,
            total_before=row.total_before,
            total_after=row.total_after,
            stays=row.stays,
            proposed_by_id=row.proposed_by_id,
            proposed_by=people.get(row.proposed_by_id, ""),
            proposed_at=row.proposed_at,
            decided_by=people.get(row.decided_by_id, "") if row.decided_by_id is not None else "",
            decided_at=row.decided_at,
            decision_note=row.decision_note,
            renewed=tuple(row.renewed),
        )
        for row in rows
    ]


def _line(change: Mapping[str, object]) -> ChangedItem:
    before = change["before"]
    given = dict(before) if isinstance(before, dict) else {}
    return ChangedItem(
        str(change["code"]),
        str(change["name"]),
        Decimal(str(change["points"])),
        {sheet: None if value is None else Decimal(str(value)) for sheet, value in given.items()},
    )

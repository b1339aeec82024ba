"""The scoring desk as data: self, district and own scores side by side, item by item."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from apps.core.actor import Actor
from apps.core.errors import NotVisible
from apps.policy.evaluation.comparing import upper_bound_with
from apps.policy.evaluation.decimals import points_text
from apps.policy.evaluation.results import ItemResult, ItemState, SheetPurpose, SheetResult
from apps.policy.evaluation.spec import ItemSpec
from apps.scoring.models import ScoreEntry, ScoreSheet
from apps.scoring.selectors.computing import result_of, rules_of
from apps.scoring.selectors.heads import SheetHead, head_of, rows_for, scores_hidden_from
from apps.scoring.selectors.page_records import BlockerView
from apps.scoring.selectors.schemes import spec_of_digest
from apps.scoring.selectors.views import METHOD_LABELS
from apps.scoring.states import DISTRICT, EXPERT, REASON_PHRASES, SCORE_NAMES, SELF, SIGNED


@dataclass(frozen=True, slots=True)
class CellView:
    """One score of one item: figure, state, reason and how it came about."""

    points: Decimal | None
    text: str
    state: str
    state_label: str
    not_applicable: bool
    reason: str
    message: str
    steps: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ColumnView:
    """A sheet that stands beside the one being written."""

    kind: str
    name: str
    public_id: str
    total_text: str
    signed_at: datetime | None


@dataclass(frozen=True, slots=True)
class RowView:
    """One item on the desk. `baseline` is the cell one is compared with; `difference` own minus baseline."""

    code: str
    name: str
    requirement: str
    mandatory: bool
    max_points: Decimal
    max_text: str
    guidance: str
    evidence_wanted: tuple[str, ...]
    onsite_check: bool
    na_allowed: bool
    method_label: str
    cells: Mapping[str, CellView]
    baseline: CellView | None
    own: CellView
    own_value: str
    answered: bool
    difference: Decimal | None
    difference_text: str
    differs: bool
    needs_judgement: bool
    claims_not_applicable: bool
    evidence_count: int | None
    editable: bool
    version: int
    updated_at: datetime | None
    updated_by: str


@dataclass(frozen=True, slots=True)
class DeskGroup:
    """A second-level indicator on the desk."""

    code: str
    name: str
    implicit: bool
    own_text: str
    max_text: str
    rows: tuple[RowView, ...]


@dataclass(frozen=True, slots=True)
class DeskDimension:
    """A first-level indicator on the desk, with the printed points of every sheet."""

    code: str
    name: str
    weight_text: str
    own_text: str
    other_texts: Mapping[str, str]
    answered: int
    count: int
    groups: tuple[DeskGroup, ...]


@dataclass(frozen=True, slots=True)
class CompareView:
    """The whole desk. `upper_text` is what can still be reached: scored items as scored, the rest as self-scored."""

    head: SheetHead
    own_name: str
    columns: tuple[ColumnView, ...]
    dimensions: tuple[DeskDimension, ...]
    total_text: str
    upper_text: str
    answered: int
    item_count: int
    differing: int
    unanswered: tuple[str, ...]
    needs_judgement: tuple[str, ...]
    blockers: tuple[BlockerView, ...]
    phrases: tuple[str, ...]
    scores_hidden: bool


@dataclass(slots=True)
class _Loaded:
    sheet: ScoreSheet
    entries: dict[str, ScoreEntry]
    result: SheetResult


def compare_view(*, actor: Actor, public_id: str) -> CompareView:
    """Return the desk of an official sheet: at most four queries, whatever the number of items.

    Raises:
        NotVisible: there is no such sheet for this actor.
    """
    loaded = _load(actor, public_id)
    own = next(one for one in loaded.values() if one.sheet.public_id == public_id)
    hidden = scores_hidden_from(actor, own.sheet.application_id)
    others = {kind: one for kind, one in loaded.items() if one is not own}
    shown = {} if hidden else others
    head = head_of(own.sheet, actor)
    dimensions = tuple(
        DeskDimension(
            code=row.code,
            name=row.name,
            weight_text=points_text(row.weight),
            own_text=points_text(row.points),
            other_texts={
                kind: points_text(one.result.dimensions[place].points) for kind, one in shown.items()
            },
            answered=row.answered,
            count=len(row.item_codes),
            groups=tuple(
                DeskGroup(
                    code=part.code,
                    name=part.name,
                    implicit=part.code == row.code,
                    own_text=points_text(part.points),
                    max_text=points_text(part.max_points),
                    rows=tuple(_row(code, own, others, head, hidden=hidden) for code in part.item_codes),
                )
                for part in row.secondaries
            ),
        )
        for place, row in enumerate(own.result.dimensions)
    )
    rows = [row for part in dimensions for group in part.groups for row in group.rows]
    start = shown.get(SELF)
    upper = (
        own.result.reachable_max
        if start is None
        else upper_bound_with(start.result, own.result, rules_of(own.sheet))
    )
    return CompareView(
        head=head,
        own_name=SCORE_NAMES[own.sheet.kind],
        columns=tuple(
            ColumnView(
                kind,
                SCORE_NAMES[kind],
                one.sheet.public_id,
                points_text(one.result.total),
                one.sheet.signed_at,
            )
            for kind, one in shown.items()
        ),
        dimensions=dimensions,
        total_text=points_text(own.result.total),
        upper_text=points_text(upper),
        answered=own.result.answered,
        item_count=len(own.result.items),
        differing=sum(row.differs for row in rows),
        unanswered=tuple(row.code for row in rows if not row.answered),
        needs_judgement=tuple(row.code for row in rows if row.needs_judgement and not row.answered),
        blockers=_blockers(own.result),
        phrases=REASON_PHRASES,
        scores_hidden=hidden,
    )


def _load(actor: Actor, public_id: str) -> dict[str, _Loaded]:
    """Load the sheet, the signed self and district sheets beside it, and all their entries: two queries."""
    application = ScoreSheet.objects.visible_to(actor).filter(public_id=public_id).values("application_id")
    rows = list(rows_for(actor).filter(application_id__in=application))
    own = next((sheet for sheet in rows if sheet.public_id == public_id), None)
    if own is None:
        raise NotVisible
    beside = (SELF, DISTRICT) if own.kind == EXPERT else (SELF,) if own.kind == DISTRICT else (SELF, DISTRICT)
    chosen = [own] + [
        sheet
        for sheet in rows
        if sheet.pk != own.pk
        and sheet.is_current
        and sheet.state == SIGNED
        and sheet.kind in beside
        and sheet.scheme_id == own.scheme_id
    ]
    entries: dict[int, dict[str, ScoreEntry]] = {sheet.pk: {} for sheet in chosen}
    for entry in ScoreEntry.objects.filter(sheet__in=chosen).select_related("updated_by"):
        entries[entry.sheet_id][entry.item_code] = entry
    spec = spec_of_digest(own.scheme.digest)
    order = {SELF: 0, DISTRICT: 1}
    return {
        sheet.kind: _Loaded(sheet, entries[sheet.pk], result_of(sheet, entries[sheet.pk].values(), spec))
        for sheet in sorted(chosen, key=lambda sheet: order.get(sheet.kind, 2))
    }


def _row(code: str, own: _Loaded, others: Mapping[str, _Loaded], head: SheetHead, *, hidden: bool) -> RowView:
    item: ItemSpec = own.result.scheme.item(code)
    entry = own.entries[code]
    scored = own.result.item(code)
    cells = {
        kind: _cell(one.result.item(code), one.entries[code], hidden=hidden) for kind, one in others.items()
    }
    from_self = others[SELF].result.item(code) if SELF in others else None
    baseline = None if hidden else cells.get(DISTRICT, cells.get(SELF))
    difference, differs = _difference(scored, baseline)
    opened = head.open_items is None or code in head.open_items
    start = others[SELF].entries[code] if SELF in others else None
    return RowView(
        code=code,
        name=item.name,
        requirement=item.requirement.value,
        mandatory=item.mandatory,
        max_points=item.max_points,
        max_text=points_text(item.max_points),
        guidance=item.guidance,
        evidence_wanted=item.evidence,
        onsite_check=item.onsite_check,
        na_allowed=item.na_allowed,
        method_label=METHOD_LABELS[item.method.name],
        cells=cells,
        baseline=baseline,
        own=_cell(scored, entry, hidden=False),
        own_value="" if entry.judged_points is None else points_text(entry.judged_points),
        answered=scored.answered,
        difference=difference,
        difference_text="" if difference is None else f"{difference:+.2f}" if difference else "0.00",
        differs=differs,
        needs_judgement=from_self is not None and from_self.state is ItemState.NEEDS_JUDGEMENT,
        claims_not_applicable=from_self is not None and from_self.state is ItemState.NOT_APPLICABLE,
        evidence_count=None if start is None else start.evidence_count,
        editable=head.editable and opened,
        version=entry.version,
        updated_at=entry.updated_at,
        updated_by=entry.updated_by.name if entry.updated_by is not None else "",
    )


def _cell(scored: ItemResult, entry: ScoreEntry, *, hidden: bool) -> CellView:
    """A cell; where scores are withheld the enterprise's reason and warnings stay, figures and working do not."""
    absent = scored.state is ItemState.NOT_APPLICABLE
    figure = "不适用" if absent else "" if scored.points is None else points_text(scored.points)
    return CellView(
        points=None if hidden else scored.points,
        text="" if hidden else figure,
        state="" if hidden else scored.state.value,
        state_label="" if hidden else scored.state.label,
        not_applicable=absent,
        reason=entry.reason,
        message="" if hidden else scored.message,
        steps=() if hidden else tuple((step.label, step.text) for step in scored.steps),
        warnings=scored.warnings,
    )


def _difference(scored: ItemResult, baseline: CellView | None) -> tuple[Decimal | None, bool]:
    if baseline is None or scored.state is ItemState.UNANSWERED:
        return None, False
    if (scored.state is ItemState.NOT_APPLICABLE) != baseline.not_applicable:
        return None, True
    if scored.points is None:
        return None, False
    delta = scored.points - (baseline.points or Decimal(0))
    return delta, delta != 0


def _blockers(result: SheetResult) -> tuple[BlockerView, ...]:
    found: Iterable[BlockerView] = (
        BlockerView(row.code, row.message) for row in result.blockers_for(SheetPurpose.OFFICIAL)
    )
    return tuple(found)

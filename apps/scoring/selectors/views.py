"""The self-evaluation page as data: every value formatted, nothing left to compute in a template."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from apps.core.actor import Actor, Role
from apps.policy.evaluation.answers import Measurements
from apps.policy.evaluation.decimals import plain, points_text
from apps.policy.evaluation.results import DimensionResult, ItemResult, ItemState, SheetPurpose, SheetResult
from apps.policy.evaluation.sanity import check_measurements
from apps.policy.evaluation.spec import Count, Graded, InputSpec, ItemSpec, MetricSpec, SchemeSpec, metrics_of
from apps.scoring.models import ScoreEntry, ScoreSheet
from apps.scoring.selectors.computing import result_of
from apps.scoring.selectors.heads import SheetHead, current_rows, find, head_of, scores_hidden_from
from apps.scoring.selectors.page_records import (
    BlockerView,
    ChoiceView,
    DimensionView,
    GroupView,
    InputView,
    ItemView,
    MarkView,
    MetricView,
    SheetView,
)
from apps.scoring.selectors.questioned import previous_figures
from apps.scoring.selectors.schemes import spec_of_digest
from apps.scoring.selectors.trials import as_sheet, find_trial
from apps.scoring.states import SELF

METHOD_LABELS = {
    "binary": "是否符合",
    "graded": "分档",
    "tiered": "按指标值分档",
    "count": "按项数计",
    "benchmark": "对照行业基准",
    "benchmark_multiple": "对照要求值",
    "linear_benchmark": "基准值至引领值",
}


@dataclass(slots=True)
class _Around:
    """What is the same for every item of the page."""

    sheet: ScoreSheet
    spec: SchemeSpec
    head: SheetHead
    hidden: bool
    names_shown: bool


def sheet_view(*, actor: Actor, public_id: str) -> SheetView:
    """Return a sheet for its page: at most four queries, whatever the number of items.

    Raises:
        NotVisible: there is no such sheet for this actor.
    """
    return _view_of(actor, find(actor, public_id))


def current_view(*, actor: Actor, application_id: int, kind: str) -> SheetView | None:
    """Return the sheet `current_sheet` would find, for its page, read once; None while there is none."""
    sheet = current_rows(actor, application_id, kind).first()
    return None if sheet is None else _view_of(actor, sheet)


def _view_of(actor: Actor, sheet: ScoreSheet) -> SheetView:
    spec = spec_of_digest(sheet.scheme.digest)
    hidden = scores_hidden_from(actor, sheet.application_id) and sheet.owner_id != actor.user_id
    entries = {
        entry.item_code: entry
        for entry in ScoreEntry.objects.filter(sheet=sheet).select_related("updated_by")
    }
    result = result_of(sheet, entries.values(), spec)
    head = head_of(sheet, actor, hidden=hidden)
    around = _Around(sheet, spec, head, hidden, actor.role is not Role.ENTERPRISE or sheet.kind == SELF)
    previous = previous_figures(actor, [sheet]).get(sheet.pk) if sheet.kind == SELF else None
    return _view(around, entries, result, previous)


def trial_view(*, actor: Actor, public_id: str) -> SheetView:
    """Return a self-test for its page, as a self sheet is shown.

    Raises:
        NotVisible: there is no such self-test for this actor.
    """
    trial = find_trial(actor, public_id)
    spec = spec_of_digest(trial.scheme.digest)
    sheet, entries = as_sheet(trial, spec)
    result = result_of(sheet, entries.values(), spec)
    return _view(_Around(sheet, spec, head_of(sheet, actor), hidden=False, names_shown=True), entries, result)


def _view(
    around: _Around,
    entries: Mapping[str, ScoreEntry],
    result: SheetResult,
    previous: Measurements | None = None,
) -> SheetView:
    sheet, spec, hidden = around.sheet, around.spec, around.hidden
    measurements = Measurements.from_mapping(sheet.measurements)
    warnings = check_measurements(spec.metrics, measurements, previous) if sheet.kind == SELF else ()
    purpose = SheetPurpose.SELF if sheet.kind == SELF else SheetPurpose.OFFICIAL
    return SheetView(
        head=around.head,
        dimensions=tuple(_dimension(row, entries, result, around) for row in result.dimensions),
        total_text="" if hidden else points_text(result.total),
        reachable_text="" if hidden else points_text(result.reachable_max),
        steps=() if hidden else tuple((step.label, step.text) for step in result.steps),
        blockers=tuple(BlockerView(row.code, row.message) for row in result.blockers_for(purpose)),
        warnings=tuple(warning.message for warning in warnings),
        mandatory_zero=() if hidden else result.mandatory_zero,
        inputs=tuple(_input(entry, sheet.measurements, ()) for entry in spec.inputs() if not entry.options),
        units=sheet.measurements.get("units", {}),
        period=sheet.measurements.get("period", ""),
        scores_hidden=hidden,
    )


def _dimension(
    row: DimensionResult, entries: Mapping[str, ScoreEntry], result: SheetResult, around: _Around
) -> DimensionView:
    spec = next(dimension for dimension in around.spec.dimensions if dimension.code == row.code)
    hidden = around.hidden
    groups = tuple(
        GroupView(
            code=part.code,
            name=part.name,
            implicit=group.implicit,
            points_text="" if hidden else points_text(part.points),
            max_text=points_text(part.max_points),
            answered=part.answered,
            count=len(part.item_codes),
            items=tuple(
                _item(around.spec.item(code), entries[code], result.item(code), around)
                for code in part.item_codes
            ),
        )
        for part, group in zip(row.secondaries, spec.secondaries, strict=True)
    )
    count = len(row.item_codes)
    return DimensionView(
        code=row.code,
        name=row.name,
        weight_text=plain(row.weight),
        points_text="" if hidden else points_text(row.points),
        got_text="" if hidden else points_text(row.got),
        reachable_text="" if hidden else points_text(row.reachable),
        rebased=row.rebased,
        steps=() if hidden else tuple((step.label, step.text) for step in row.steps),
        answered=row.answered,
        count=count,
        complete=row.answered == count,
        groups=groups,
    )


def _item(item: ItemSpec, entry: ScoreEntry, scored: ItemResult, around: _Around) -> ItemView:
    hidden = around.hidden
    opened = around.sheet.open_items is None or item.code in around.sheet.open_items
    return ItemView(
        code=item.code,
        name=item.name,
        requirement=item.requirement.value,
        mandatory=item.mandatory,
        max_points=item.max_points,
        max_text=points_text(item.max_points),
        guidance=item.guidance,
        evidence_wanted=item.evidence,
        onsite_check=item.onsite_check,
        na_allowed=item.na_allowed,
        method=item.method.name,
        method_label=METHOD_LABELS[item.method.name],
        choices=_choices(item, entry, around.spec),
        metrics=tuple(_metric(around, item, entry, code, scored.missing) for code in metrics_of(item)),
        claims=_claims(entry, scored),
        answer=entry.answer,
        reason=entry.reason,
        not_applicable=scored.state is ItemState.NOT_APPLICABLE,
        points=None if hidden else scored.points,
        points_text="" if hidden or scored.points is None else points_text(scored.points),
        state=scored.state.value,
        state_label=scored.state.label,
        answered=scored.answered,
        message=scored.message,
        steps=() if hidden else tuple((step.label, step.text) for step in scored.steps),
        warnings=scored.warnings,
        benchmarks=tuple(
            MarkView(mark.label, plain(mark.value), mark.unit, mark.source, mark.example)
            for mark in scored.benchmarks
        ),
        value_text=""
        if scored.value is None
        else f"{plain(scored.value.quantize(_SHOWN))} {scored.unit}".strip(),
        evidence_count=entry.evidence_count,
        editable=around.head.editable and opened,
        version=entry.version,
        updated_at=entry.updated_at,
        updated_by=entry.updated_by.name if around.names_shown and entry.updated_by is not None else "",
        later=entry.later and around.names_shown,
    )


_SHOWN = Decimal("0.0001")


def _choices(item: ItemSpec, entry: ScoreEntry, spec: SchemeSpec) -> tuple[ChoiceView, ...]:
    """The radios or ticks of a judged item."""
    method = item.method
    if method.name == "binary":
        met = entry.answer.get("met")
        return (ChoiceView("true", "符合", met is True), ChoiceView("false", "不符合", met is False))
    if isinstance(method, Graded):
        chosen = entry.answer.get("option")
        return tuple(
            ChoiceView(str(place), option.label, place == chosen)
            for place, option in enumerate(method.options)
        )
    if isinstance(method, Count):
        checklist = spec.metric(method.metric).checklist
        ticked = set(entry.answer.get("selected") or ())
        options = checklist.options if checklist is not None else ()
        return tuple(ChoiceView(option, option, option in ticked) for option in options)
    return ()


def _claims(entry: ScoreEntry, scored: ItemResult) -> tuple[ChoiceView, ...]:
    """The steps an enterprise may claim where industry values are lacking."""
    claimed = entry.answer.get("claimed_ratio")
    return tuple(
        ChoiceView(plain(ratio), f"满分的 {plain(ratio * 100)}%", plain(ratio) == claimed)
        for ratio in scored.claimable
    )


def _metric(
    around: _Around, item: ItemSpec, entry: ScoreEntry, code: str, missing: tuple[str, ...]
) -> MetricView:
    metric: MetricSpec = around.spec.metric(code)
    figures = around.sheet.measurements
    by_rows = set(metric.row_inputs or ()) if metric.worst_of_rows else set()
    return MetricView(
        code=code,
        name=metric.name,
        unit=metric.unit,
        formula=metric.in_words,
        chosen=code == (entry.answer.get("metric") or item.metric),
        inputs=tuple(
            _input(part, figures, missing)
            for part in metric.inputs
            if not part.options and part.code not in by_rows
        ),
        by_rows=metric.worst_of_rows,
        row_name=metric.row_name,
        row_inputs=tuple(_input(part, figures, missing) for part in metric.inputs if part.code in by_rows),
        rows=tuple(figures.get("rows", {}).get(code, ())),
        note=metric.note,
    )


def _input(part: InputSpec, figures: Mapping[str, Any], missing: tuple[str, ...]) -> InputView:
    return InputView(
        code=part.code,
        name=part.name,
        unit=part.unit,
        source_form=part.source_form,
        value=str(figures.get("values", {}).get(part.code, "")),
        missing=part.code in missing,
    )

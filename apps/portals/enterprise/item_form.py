"""The open item of the workspace as data: what is asked, what stands in the fields, what the rule says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from apps.policy.evaluation.serialising import benchmark_fields
from apps.policy.evaluation.spec import Graded, ItemSpec, SchemeSpec
from apps.portals.enterprise import answers, figures, wording
from apps.scoring.selectors import ItemView, SheetView
from apps.scoring.selectors.page_records import MetricView

NOTHING_TYPED = figures.Typed()


@dataclass(frozen=True, slots=True)
class Choice:
    """A radio or tick with the points it earns."""

    value: str
    label: str
    points: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class EnteredValue:
    """A comparison value the enterprise may enter, with its source."""

    field: str
    label: str
    value: str
    source: str


@dataclass(frozen=True, slots=True)
class MetricForm:
    """The inputs of one metric: a quotient of two is drawn as a sum, anything else as a list."""

    code: str
    name: str
    unit: str
    formula: str
    note: str
    chosen: bool
    inputs: tuple[figures.Figure, ...]
    quotient: bool
    table: figures.RowTable | None


@dataclass(frozen=True, slots=True)
class ItemForm:
    """The open item: what the centre of the page shows and asks."""

    item: ItemView
    place: str
    kind_tag: str
    rules: tuple[str, ...]
    metrics: tuple[MetricForm, ...]
    units: tuple[figures.Figure, ...]
    metric_default: str
    choices: tuple[Choice, ...]
    none_ticked: bool
    claims: tuple[Choice, ...]
    entered: tuple[EnteredValue, ...]
    not_applicable: bool
    reason: str
    metric_name: str
    value: str
    value_unit: str
    scale: Mapping[str, object] | None
    figures_mark: str
    answer_mark: str
    previous: str
    following: str


def items_of(view: SheetView) -> list[ItemView]:
    """Return every item of the sheet in order."""
    return [item for part in view.dimensions for group in part.groups for item in group.items]


def item_form(
    view: SheetView,
    spec: SchemeSpec,
    code: str,
    typed: figures.Typed = NOTHING_TYPED,
    subjects: Mapping[str, Sequence[str]] | None = None,
) -> ItemForm:
    """Return the form of the item *code* with what was typed, if a save has just been refused.

    Args:
        view: the self sheet.
        spec: its scheme.
        code: the item; KeyError when the scheme has none such.
        typed: the refused post.
        subjects: metric → pollutants that have industry values.
    """
    item, its = view.item(code), spec.item(code)
    stored = answers.stored_answer(item)
    answer = stored if typed.data is None else answers.posted_answer(typed.data)
    metrics = _metric_forms(item, view, typed, subjects or {})
    # Pollutants carry their unit row by row; the others are asked here until they are known.
    asked = figures.placeholders_in(metric.unit for metric in item.metrics if not metric.by_rows)
    units = figures.unit_figures(view, [one for one in asked if not view.units.get(one)], typed)
    inputs = [figure for metric in metrics for figure in metric.inputs]
    codes = [one.code for one in items_of(view)]
    here = codes.index(code)
    own = next((one for one in metrics if one.chosen), None)
    value, _, unit = item.value_text.partition(" ")
    if typed.data is None:
        figures_mark = figures.mark_of([*inputs, *units], [one.table for one in metrics if one.table])
        answer_mark = answers.mark_of_answer(stored)
    else:
        figures_mark, answer_mark = typed.text("figures_mark", ""), typed.text("answer_mark", "")
    return ItemForm(
        item=item,
        place=_place(view, code),
        kind_tag=wording.KIND_TAGS[item.method],
        rules=tuple(wording.rule_lines(its, spec, own.unit if own else "")),
        metrics=metrics,
        units=tuple(units),
        metric_default=its.metric or "",
        choices=_choices(item, its, answer),
        none_ticked=answer.get("selected") == [],
        claims=tuple(
            Choice(
                one.value,
                one.label,
                wording.points_at(its, Decimal(one.value)),
                one.value == str(answer.get("claimed_ratio", "")),
            )
            for one in item.claims
        ),
        entered=_entered(its, item, answer),
        not_applicable=bool(answer.get("not_applicable")),
        reason=str(answer.get("reason", "")),
        metric_name=own.name if own else "",
        value=value,
        value_unit=figures.with_units(unit, view.units),
        scale=_scale(item),
        figures_mark=figures_mark,
        answer_mark=answer_mark,
        previous=codes[here - 1] if here else "",
        following=codes[here + 1] if here + 1 < len(codes) else "",
    )


def _place(view: SheetView, code: str) -> str:
    for part in view.dimensions:
        for group in part.groups:
            if any(item.code == code for item in group.items):
                return f"{part.code} {part.name}" + ("" if group.implicit else f" · {group.name}")
    raise KeyError(code)


def _metric_forms(
    item: ItemView, view: SheetView, typed: figures.Typed, subjects: Mapping[str, Sequence[str]]
) -> tuple[MetricForm, ...]:
    """Return the forms of an item's metrics, the chosen one first; a figure two of them need is asked once."""
    forms: list[MetricForm] = []
    asked: set[str] = set()
    for metric in sorted(item.metrics, key=lambda one: not one.chosen):
        form = _metric_form(metric, view, typed, subjects.get(metric.code, ()))
        fresh = tuple(figure for figure in form.inputs if figure.name not in asked)
        asked |= {figure.name for figure in fresh}
        forms.append(replace(form, inputs=fresh))
    return tuple(forms)


def _metric_form(
    metric: MetricView, view: SheetView, typed: figures.Typed, subjects: Sequence[str]
) -> MetricForm:
    inputs = tuple(figures.figure_of(one, view.units, typed) for one in metric.inputs)
    names = [one.name for one in metric.inputs]
    quotient = len(names) == 2 and f"= {names[0]} ÷ {names[1]}" in metric.formula  # noqa: PLR2004  (a ÷ b)
    return MetricForm(
        code=metric.code,
        name=metric.name,
        unit=figures.with_units(metric.unit, view.units),
        formula=metric.formula,
        note=metric.note,
        chosen=metric.chosen,
        inputs=inputs,
        quotient=quotient and not metric.by_rows,
        table=figures.row_table(metric, view.units, typed, subjects) if metric.by_rows else None,
    )


def _choices(item: ItemView, its: ItemSpec, answer: Mapping[str, object]) -> tuple[Choice, ...]:
    if item.method == "count":
        ticked = answer.get("selected") or ()
        return tuple(
            Choice(one.value, one.label, "", isinstance(ticked, list | tuple) and one.value in ticked)
            for one in item.choices
        )
    key = {"binary": "met", "graded": "option"}.get(item.method)
    if key is None:
        return ()
    said = answer.get(key)
    chosen = "" if said is None else str(said).lower()
    ratios = (
        [option.ratio for option in its.method.options]
        if isinstance(its.method, Graded)
        else [Decimal(1), Decimal(0)]
    )
    return tuple(
        Choice(one.value, one.label, wording.points_at(its, ratio), one.value == chosen)
        for one, ratio in zip(item.choices, ratios, strict=True)
    )


def _entered(its: ItemSpec, item: ItemView, answer: Mapping[str, object]) -> tuple[EnteredValue, ...]:
    said = answer.get("benchmarks")
    given = said if isinstance(said, Mapping) else {}
    fields = benchmark_fields(its.method)
    # Steps the table already settles need no values of the enterprise's own.
    if item.method != "benchmark_multiple" and not (item.claims or given):
        return ()
    return tuple(
        EnteredValue(
            field,
            answers.benchmark_label(field),
            str(given.get(field, {}).get("value", "")),
            str(given.get(field, {}).get("source", "")),
        )
        for field in fields
    )


def _scale(item: ItemView) -> Mapping[str, object] | None:
    """Return the ruler of a linear item: base, lead and the enterprise's own value."""
    if item.method != "linear_benchmark" or not item.value_text:
        return None
    marks = {mark.label: Decimal(mark.value) for mark in item.benchmarks}
    values = list(marks.values())
    if len(values) != 2:  # noqa: PLR2004  (base and lead)
        return None
    value = Decimal(item.value_text.split(" ", 1)[0])
    return {"base": values[0], "lead": values[1], "value": value}

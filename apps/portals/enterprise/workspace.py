"""The self-evaluation workspace as data: the indicator tree, the open item, the live result, the list of blockers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from apps.policy.evaluation.serialising import benchmark_fields
from apps.policy.evaluation.spec import Graded, ItemSpec, SchemeSpec
from apps.policy.levels import THRESHOLDS, Level, level_for_score
from apps.portals.enterprise import answers, figures, wording
from apps.scoring.selectors import ItemView, SheetView
from apps.scoring.selectors.page_records import MetricView

DONE, PARTIAL, EVIDENCE, RETURNED, NONE = "done", "partial", "evidence", "returned", "none"
#: State → icon, colour class, words for screen readers.
MARKS: dict[str, tuple[str, str, str]] = {
    DONE: ("circle-check", "st-ok", "已完成"),
    PARTIAL: ("circle-half-2", "st-half", "填写中"),
    EVIDENCE: ("alert-triangle", "st-warn", "缺佐证"),
    RETURNED: ("arrow-back-up", "st-bad", "退回补正"),
    NONE: ("circle-dashed", "st-none", "未填"),
}
FILTERS: tuple[tuple[str, str, frozenset[str]], ...] = (
    ("", "全部", frozenset(MARKS)),
    ("open", "未填", frozenset({NONE, PARTIAL})),
    ("evidence", "缺佐证", frozenset({EVIDENCE})),
    ("returned", "退回", frozenset({RETURNED})),
)
NOTHING_TYPED = figures.Typed()


@dataclass(frozen=True, slots=True)
class Leaf:
    """One item of the tree."""

    code: str
    name: str
    state: str
    icon: str
    tone: str
    words: str
    points: str
    full: str
    current: bool


@dataclass(frozen=True, slots=True)
class Branch:
    """A dimension of the tree with the items the filter lets through."""

    code: str
    name: str
    points: str
    weight: str
    open: bool
    leaves: tuple[Leaf, ...]


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


@dataclass(frozen=True, slots=True)
class Concern:
    """One line of "提交前还需处理"."""

    code: str
    text: str
    note: str
    icon: str
    tone: str


@dataclass(frozen=True, slots=True)
class Live:
    """The right column: total, level, what is still reachable, groups, concerns."""

    total: Decimal
    reachable: Decimal
    level: int
    target_label: str
    gap: Decimal
    open_count: int
    bars: tuple[Mapping[str, object], ...]
    concerns: tuple[Concern, ...]
    answered: int
    count: int
    steps: tuple[str, ...]


def items_of(view: SheetView) -> list[ItemView]:
    """Return every item of the sheet in order."""
    return [item for part in view.dimensions for group in part.groups for item in group.items]


def state_of(item: ItemView, returned: Collection[str], evidence: Mapping[str, int]) -> str:
    """Return which of the five states an item is in."""
    if item.code in returned:
        return RETURNED
    if item.answered:
        wanting = item.evidence_wanted and not item.not_applicable and not evidence.get(item.code)
        return EVIDENCE if wanting else DONE
    touched = item.state == "invalid" or item.answer or item.reason or evidence.get(item.code)
    return PARTIAL if touched else NONE


def tree(view: SheetView, states: Mapping[str, str], current: str, chosen: str = "") -> list[Branch]:
    """Return the indicator tree narrowed to the filter *chosen*; the branch of the current item is open."""
    shown = next((kinds for key, _, kinds in FILTERS if key == chosen), FILTERS[0][2])
    branches = []
    for part in view.dimensions:
        items = [item for group in part.groups for item in group.items]
        leaves = tuple(
            leaf(item, states[item.code], current)
            for item in items
            if states[item.code] in shown or item.code == current
        )
        if leaves:
            here = any(item.code == current for item in items)
            branches.append(
                Branch(part.code, part.name, part.points_text, part.weight_text, here or bool(chosen), leaves)
            )
    return branches


def leaf(item: ItemView, state: str, current: str) -> Leaf:
    """Return one line of the tree."""
    icon, tone, words = MARKS[state]
    points = "不适用" if item.not_applicable else item.points_text or "—"
    return Leaf(item.code, item.name, state, icon, tone, words, points, item.max_text, item.code == current)


def filters(states: Mapping[str, str], chosen: str, base: str) -> list[dict[str, object]]:
    """Return the filter buttons above the tree with their counts."""
    found = list(states.values())
    options: list[dict[str, object]] = []
    for key, label, kinds in FILTERS:
        count = sum(state in kinds for state in found)
        if key == "returned" and not count and chosen != key:
            continue
        url = f"{base}&filter={key}" if key else base
        options.append(
            {"label": label, "url": url, "count": count if key else None, "current": key == chosen}
        )
    return options


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


def live(
    view: SheetView, states: Mapping[str, str], target: int, returned: Sequence[tuple[str, str, str]] = ()
) -> Live:
    """Return the right column.

    Args:
        view: the self sheet.
        states: state of every item.
        target: the level applied for.
        returned: (code, label, reason) of returned items still to be answered.
    """
    total, reachable = Decimal(view.total_text or "0"), Decimal(view.reachable_text or "0")
    level = level_for_score(total)
    concerns = [
        Concern(code, f"{label}：退回补正", reason, "arrow-back-up", "bad")
        for code, label, reason in returned
    ]
    blocked = {row.code: row.message for row in view.blockers}
    named = {item.code: item for item in items_of(view)}
    open_codes = [code for code in named if states[code] in {NONE, PARTIAL} and code in blocked]
    for code, message in blocked.items():
        if code not in open_codes:
            label = f"{code} {named[code].name}" if code in named else code
            concerns.append(Concern(code, label, message, "alert-triangle", "warn"))
    if open_codes:
        shown = "、".join(open_codes[:6]) + (" 等" if len(open_codes) > 6 else "")  # noqa: PLR2004  (one line)
        concerns.append(
            Concern(open_codes[0], f"{len(open_codes)} 项未填：{shown}", "", "circle-dashed", "none")
        )
    lacking = [code for code, state in states.items() if state == EVIDENCE]
    if lacking:
        concerns.append(
            Concern(
                lacking[0],
                f"{len(lacking)} 项尚未附佐证材料",
                "评分人员需要凭材料核实得分。",
                "alert-triangle",
                "warn",
            )
        )
    goal = THRESHOLDS[Level(target)]
    return Live(
        total=total,
        reachable=reachable,
        level=level.value if level is not None else 0,
        target_label=Level(target).label,
        gap=max(goal - total, Decimal(0)),
        open_count=view.head.item_count - view.head.answered,
        bars=tuple(
            {"label": part.name, "value": Decimal(part.points_text), "full": Decimal(part.weight_text)}
            for part in view.dimensions
        ),
        concerns=tuple(concerns),
        answered=view.head.answered,
        count=view.head.item_count,
        steps=tuple(f"{label}：{text}" for label, text in view.steps),
    )

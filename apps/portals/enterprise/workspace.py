"""The self-evaluation workspace around the open item: the indicator tree, the live result, the list of blockers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from apps.policy.levels import THRESHOLDS, Level, level_for_score
from apps.portals.enterprise.item_form import items_of
from apps.scoring.selectors import ItemView, SheetView

DONE, PARTIAL, EVIDENCE, RETURNED, NONE = "done", "partial", "evidence", "returned", "none"
NOT_APPLICABLE, LATER = "not_applicable", "later"
#: State → icon, colour class, words for screen readers.
MARKS: dict[str, tuple[str, str, str]] = {
    DONE: ("circle-check", "st-ok", "已完成"),
    PARTIAL: ("circle-half-2", "st-half", "填写中"),
    EVIDENCE: ("alert-triangle", "st-warn", "缺佐证"),
    RETURNED: ("arrow-back-up", "st-bad", "退回补正"),
    LATER: ("bookmark", "st-warn", "稍后处理"),
    NONE: ("circle-dashed", "st-none", "未填"),
    NOT_APPLICABLE: ("circle-minus", "st-half", "不适用"),
}
FILTERS: tuple[tuple[str, str, frozenset[str]], ...] = (
    ("", "全部", frozenset(MARKS)),
    ("open", "未填", frozenset({NONE, PARTIAL})),
    ("evidence", "缺佐证", frozenset({EVIDENCE})),
    ("returned", "退回", frozenset({RETURNED})),
    ("later", "稍后", frozenset({LATER})),
    ("done", "完成", frozenset({DONE})),
    ("na", "不适用", frozenset({NOT_APPLICABLE})),
)
#: Filters that are offered only while something is behind them.
_OCCASIONAL = frozenset({"returned", "later", "na"})


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


def state_of(item: ItemView, returned: Collection[str], evidence: Mapping[str, int]) -> str:
    """Return which of the states an item is in: those of filling in, put off for later, or 不适用."""
    if item.code in returned:
        return RETURNED
    if item.later:
        return LATER
    if item.not_applicable:
        return NOT_APPLICABLE
    if item.answered:
        wanting = item.evidence_wanted and not evidence.get(item.code)
        return EVIDENCE if wanting else DONE
    touched = item.state == "invalid" or item.answer or item.reason or evidence.get(item.code)
    return PARTIAL if touched else NONE


def tree(
    view: SheetView, states: Mapping[str, str], current: str, chosen: str = "", sought: str = ""
) -> list[Branch]:
    """Return the indicator tree narrowed to the filter *chosen* and to the words *sought* (code or name).

    The branch of the current item is open, and so is every branch of a narrowed tree.
    """
    shown = next((kinds for key, _, kinds in FILTERS if key == chosen), FILTERS[0][2])
    words = sought.casefold()
    branches = []
    for part in view.dimensions:
        items = [item for group in part.groups for item in group.items]
        leaves = tuple(
            leaf(item, states[item.code], current)
            for item in items
            if (states[item.code] in shown or item.code == current)
            and words in f"{item.code} {item.name}".casefold()
        )
        if leaves:
            here = any(item.code == current for item in items)
            branches.append(
                Branch(
                    part.code,
                    part.name,
                    part.points_text,
                    part.weight_text,
                    here or bool(chosen or sought),
                    leaves,
                )
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
        if key in _OCCASIONAL and not count and chosen != key:
            continue
        url = f"{base}&filter={key}" if key else base
        options.append(
            {"label": label, "url": url, "count": count if key else None, "current": key == chosen}
        )
    return options


def next_open(states: Mapping[str, str], current: str) -> str:
    """Return the next item after *current* that asks for something, wrapping round; "" when none is left.

    Items put off for later come when nothing else is open.
    """
    codes = list(states)
    here = codes.index(current)
    ahead = codes[here + 1 :] + codes[:here]
    found = [
        next((code for code in ahead if states[code] in waiting), "")
        for waiting in ({NONE, PARTIAL, RETURNED}, {LATER})
    ]
    return found[0] or found[1]


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
    put_off = [code for code, state in states.items() if state == LATER]
    if put_off:
        concerns.append(Concern(put_off[0], f"{len(put_off)} 项标记了稍后处理", "", "bookmark", "warn"))
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

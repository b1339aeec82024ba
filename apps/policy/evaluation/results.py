"""Owns what comes out of scoring: results of items, groups, dimensions and the sheet, each explained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from apps.policy.evaluation.decimals import ZERO, plain, points_text
from apps.policy.evaluation.spec import Requirement, SchemeSpec


class ItemState(StrEnum):
    """What became of an item."""

    SCORED = "scored"
    UNANSWERED = "unanswered"
    NEEDS_JUDGEMENT = "needs_judgement"
    NOT_APPLICABLE = "not_applicable"
    INVALID = "invalid"

    @property
    def label(self) -> str:
        """The word shown for the state."""
        return _STATE_LABELS[self]


_STATE_LABELS = {
    ItemState.SCORED: "已得分",
    ItemState.UNANSWERED: "未填写",
    ItemState.NEEDS_JUDGEMENT: "暂无行业基准，待判定",
    ItemState.NOT_APPLICABLE: "不适用",
    ItemState.INVALID: "填写有误",
}


class Step(NamedTuple):
    """One line of "怎么算的": a short label and the sentence."""

    label: str
    text: str

    def __str__(self) -> str:
        return f"{self.label}：{self.text}"


class SheetPurpose(StrEnum):
    """Whether a sheet is the enterprise's own or one an official, expert or inspector signs."""

    SELF = "self"
    OFFICIAL = "official"


class BlockerKind(StrEnum):
    """Why a sheet cannot be closed yet."""

    UNANSWERED = "unanswered"
    INVALID = "invalid"
    UNCLAIMED = "unclaimed"
    CLAIM_WITHOUT_EVIDENCE = "claim_without_evidence"
    EVERYTHING_NOT_APPLICABLE = "everything_not_applicable"
    JUDGEMENT_OPEN = "judgement_open"
    NOT_APPLICABLE_UNCONFIRMED = "not_applicable_unconfirmed"
    METRIC_UNCONFIRMED = "metric_unconfirmed"
    CITY_CONFIRMATION_OPEN = "city_confirmation_open"


_OFFICIAL_ONLY = frozenset(
    {
        BlockerKind.JUDGEMENT_OPEN,
        BlockerKind.NOT_APPLICABLE_UNCONFIRMED,
        BlockerKind.METRIC_UNCONFIRMED,
        BlockerKind.CITY_CONFIRMATION_OPEN,
    }
)


class Blocker(NamedTuple):
    """`code` is the item's code, or the dimension's for a matter of a whole dimension."""

    code: str
    kind: BlockerKind
    message: str


@dataclass(frozen=True, slots=True)
class UsedBenchmark:
    """A comparison value that took part: for the ruler on the page and the note under the table."""

    label: str
    value: Decimal
    unit: str
    source: str
    period: str = ""
    approved_by: str = ""
    example: bool = False
    entered: bool = False


@dataclass(frozen=True, slots=True)
class ItemResult:
    """One item's outcome. `points` is None while nothing can be said; `ratio` is the share of `max_points`.

    `claimable` lists the steps that may be claimed where industry values are lacking; `missing` the codes of
    figures still to be entered; `open_matters` what an official must still confirm.
    """

    code: str
    name: str
    requirement: Requirement
    max_points: Decimal
    state: ItemState
    points: Decimal | None = None
    ratio: Decimal | None = None
    steps: tuple[Step, ...] = ()
    warnings: tuple[str, ...] = ()
    message: str = ""
    metric: str | None = None
    value: Decimal | None = None
    unit: str = ""
    worst_row: str = ""
    missing: tuple[str, ...] = ()
    benchmarks: tuple[UsedBenchmark, ...] = ()
    claimable: tuple[Decimal, ...] = ()
    judged: bool = False
    open_matters: tuple[BlockerKind, ...] = ()

    @property
    def answered(self) -> bool:
        """Whether the enterprise or the scorer has said what is to be said here."""
        if self.state is ItemState.NEEDS_JUDGEMENT:
            return self.points is not None
        return self.state in (ItemState.SCORED, ItemState.NOT_APPLICABLE)

    @property
    def counted(self) -> Decimal:
        """Points that enter the sums: zero while there are none."""
        return ZERO if self.points is None else self.points

    @property
    def reachable(self) -> Decimal:
        """Points still possible: those given, or all while nothing is given."""
        if self.state is ItemState.NOT_APPLICABLE:
            return ZERO
        return self.max_points if self.points is None else self.points

    @property
    def reason_sentences(self) -> tuple[str, ...]:
        """The explanation as plain sentences."""
        return tuple(str(step) for step in self.steps)


@dataclass(frozen=True, slots=True)
class SecondaryResult:
    """Subtotal of a group, before any re-basing of its dimension."""

    code: str
    name: str
    points: Decimal
    max_points: Decimal
    answered: int
    item_codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DimensionResult:
    """`got` is the sum of printed item points, `points` what counts: the same, or re-based for 不适用."""

    code: str
    name: str
    weight: Decimal
    got: Decimal
    points: Decimal
    reachable: Decimal
    not_applicable_points: Decimal
    not_applicable_raw: Decimal
    answered: int
    secondaries: tuple[SecondaryResult, ...]
    steps: tuple[Step, ...]
    needs_city_confirmation: bool = False

    @property
    def rebased(self) -> bool:
        """Whether items that are 不适用 changed the weight of the rest."""
        return self.not_applicable_points > 0

    @property
    def item_codes(self) -> tuple[str, ...]:
        """Codes of the items, in order."""
        return tuple(code for secondary in self.secondaries for code in secondary.item_codes)


@dataclass(frozen=True)
class SheetResult:
    """A whole sheet: the total is the sum of the printed dimension figures (DECISIONS 1)."""

    scheme: SchemeSpec = field(repr=False, compare=False)
    items: tuple[ItemResult, ...]
    dimensions: tuple[DimensionResult, ...]
    total: Decimal
    reachable_max: Decimal
    blockers: tuple[Blocker, ...]
    steps: tuple[Step, ...]
    _by_code: Mapping[str, ItemResult] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_code", {item.code: item for item in self.items})

    def item(self, code: str) -> ItemResult:
        """Raises KeyError for a code that is not in the scheme."""
        return self._by_code[code]

    @property
    def answered(self) -> int:
        """How many items have an answer that stands."""
        return sum(item.answered for item in self.items)

    @property
    def complete(self) -> bool:
        """Whether every item has an answer that stands."""
        return all(item.answered for item in self.items)

    @property
    def mandatory_zero(self) -> tuple[str, ...]:
        """Codes of mandatory items that earned nothing; what follows from that is a setting of the bureau."""
        return tuple(
            item.code
            for item in self.items
            if item.requirement is Requirement.MANDATORY and item.points is not None and item.points == 0
        )

    @property
    def needs_judgement(self) -> tuple[str, ...]:
        """Codes of items without an industry value, claimed or not."""
        return tuple(item.code for item in self.items if item.state is ItemState.NEEDS_JUDGEMENT)

    @property
    def not_applicable(self) -> tuple[str, ...]:
        """Codes of items that are 不适用."""
        return tuple(item.code for item in self.items if item.state is ItemState.NOT_APPLICABLE)

    def blockers_for(self, purpose: SheetPurpose) -> tuple[Blocker, ...]:
        """What stands against closing the sheet; confirmations only stand against an official one."""
        if purpose is SheetPurpose.OFFICIAL:
            return self.blockers
        return tuple(blocker for blocker in self.blockers if blocker.kind not in _OFFICIAL_ONLY)

    def as_mapping(self) -> dict[str, Any]:
        """A JSON-ready record of the result: what to store with a signed sheet, and what the API answers."""
        return {
            "scheme": self.scheme.code,
            "total": points_text(self.total),
            "reachable_max": points_text(self.reachable_max),
            "answered": self.answered,
            "item_count": len(self.items),
            "dimensions": [
                {
                    "code": row.code,
                    "name": row.name,
                    "weight": plain(row.weight),
                    "got": points_text(row.got),
                    "points": points_text(row.points),
                    "reachable": points_text(row.reachable),
                    "not_applicable_raw": plain(row.not_applicable_raw),
                    "steps": [str(step) for step in row.steps],
                }
                for row in self.dimensions
            ],
            "items": [_item_mapping(item) for item in self.items],
            "mandatory_zero": list(self.mandatory_zero),
            "blockers": [[blocker.code, blocker.kind.value, blocker.message] for blocker in self.blockers],
        }


def _item_mapping(item: ItemResult) -> dict[str, Any]:
    return {
        "code": item.code,
        "max_points": points_text(item.max_points),
        "points": None if item.points is None else points_text(item.points),
        "state": item.state.value,
        "metric": item.metric,
        "value": None if item.value is None else plain(item.value),
        "unit": item.unit,
        "steps": [str(step) for step in item.steps],
        "warnings": list(item.warnings),
        "message": item.message,
    }

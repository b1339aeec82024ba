"""What a sheet's page is made of: frozen records with every value formatted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from apps.scoring.selectors.heads import SheetHead


@dataclass(frozen=True, slots=True)
class ChoiceView:
    """A radio or a tick: `value` as the form sends it."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class InputView:
    """A reported figure; `value` is what stands in the box."""

    code: str
    name: str
    unit: str
    source_form: str
    value: str
    missing: bool


@dataclass(frozen=True, slots=True)
class MetricView:
    """A metric an item uses: its formula in words, its figures, its rows where the worst counts."""

    code: str
    name: str
    unit: str
    formula: str
    chosen: bool
    inputs: tuple[InputView, ...]
    by_rows: bool
    row_name: str
    row_inputs: tuple[InputView, ...]
    rows: tuple[Mapping[str, Any], ...]
    note: str


@dataclass(frozen=True, slots=True)
class MarkView:
    """A benchmark value that took part, for the ruler and the note under it."""

    label: str
    value: str
    unit: str
    source: str
    is_example: bool


@dataclass(frozen=True, slots=True)
class ItemView:
    """One item of a sheet, complete for a page."""

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
    method: str
    method_label: str
    choices: tuple[ChoiceView, ...]
    metrics: tuple[MetricView, ...]
    claims: tuple[ChoiceView, ...]
    answer: Mapping[str, Any]
    reason: str
    not_applicable: bool
    points: Decimal | None
    points_text: str
    state: str
    state_label: str
    answered: bool
    message: str
    steps: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...]
    benchmarks: tuple[MarkView, ...]
    value_text: str
    evidence_count: int | None
    editable: bool
    version: int
    updated_at: datetime | None
    updated_by: str
    later: bool


@dataclass(frozen=True, slots=True)
class GroupView:
    """A second-level indicator with its items."""

    code: str
    name: str
    implicit: bool
    points_text: str
    max_text: str
    answered: int
    count: int
    items: tuple[ItemView, ...]


@dataclass(frozen=True, slots=True)
class DimensionView:
    """A first-level indicator: printed points, weight, progress, groups."""

    code: str
    name: str
    weight_text: str
    points_text: str
    got_text: str
    reachable_text: str
    rebased: bool
    steps: tuple[tuple[str, str], ...]
    answered: int
    count: int
    complete: bool
    groups: tuple[GroupView, ...]


@dataclass(frozen=True, slots=True)
class BlockerView:
    """What stands against handing in, with the item to go to."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class SheetView:
    """A whole sheet for a page."""

    head: SheetHead
    dimensions: tuple[DimensionView, ...]
    total_text: str
    reachable_text: str
    steps: tuple[tuple[str, str], ...]
    blockers: tuple[BlockerView, ...]
    warnings: tuple[str, ...]
    mandatory_zero: tuple[str, ...]
    inputs: tuple[InputView, ...]
    units: Mapping[str, str]
    period: str
    scores_hidden: bool

    def item(self, code: str) -> ItemView:
        """Return one item; KeyError when the scheme has no such item."""
        for dimension in self.dimensions:
            for group in dimension.groups:
                for item in group.items:
                    if item.code == code:
                        return item
        raise KeyError(code)

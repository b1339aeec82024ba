"""What the services of this room take and give back: small frozen records, never rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Case:
    """The application a sheet belongs to, as the rooms above tell it."""

    application_id: int
    enterprise_id: int
    district: str
    industry_code: str


@dataclass(frozen=True, slots=True)
class SheetRef:
    """A sheet by key (for rooms above) and public id."""

    id: int
    public_id: str
    turn: int
    version: int


@dataclass(frozen=True, slots=True)
class SavedSheet:
    """The sums after a save. `changed` maps item codes to their new printed points ("" for none)."""

    version: int
    total: Decimal | None
    total_text: str
    reachable_text: str
    answered: int
    item_count: int
    changed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SavedEntry:
    """One item after a save, and the sums of its sheet."""

    item_code: str
    version: int
    points: Decimal | None
    points_text: str
    state: str
    state_label: str
    message: str
    sheet: SavedSheet


@dataclass(frozen=True, slots=True)
class SignedSheet:
    """A frozen sheet: its printed total, digest, mandatory items with zero, and everybody who wrote in it."""

    id: int
    public_id: str
    total: Decimal
    digest: str
    mandatory_zero: tuple[str, ...]
    scorers: frozenset[int]

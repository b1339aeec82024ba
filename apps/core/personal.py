"""Personal data declared beside its columns: what for, how long kept (个人信息保护法 6, 51; SECURITY R24–R25)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.apps import apps
from django.db import models

from apps.core.fields import SealedPartsField, SealedTextField

#: Declared as a class attribute of a model: column → what it holds. A test finds columns that say nothing.
ATTRIBUTE = "personal"


@dataclass(frozen=True, slots=True)
class Personal:
    """Why a column about a person is there.

    `shown` says who reads it without asking; `masked` that pages hide it until somebody gives a reason.
    """

    purpose: str
    retention: str
    shown: str
    masked: bool = False


@dataclass(frozen=True, slots=True)
class InventoryRow:
    """One line of the field inventory."""

    table: str
    model: str
    column: str
    label: str
    encrypted: bool
    declared: Personal


def declared_by(model: type[models.Model]) -> Mapping[str, Personal]:
    """Return what *model* itself declares."""
    found: Mapping[str, Personal] = vars(model).get(ATTRIBUTE, {})
    return found


def inventory() -> Iterator[InventoryRow]:
    """Yield every declared column of the rooms, by room and table.

    Raises:
        FieldDoesNotExist: a declaration names no column (found by the test of the inventory).
    """
    for model in sorted(apps.get_models(), key=lambda one: one._meta.label):
        for column, declared in declared_by(model).items():
            field = model._meta.get_field(column)
            yield InventoryRow(
                table=str(model._meta.verbose_name),
                model=model._meta.label,
                column=column,
                label=str(getattr(field, "verbose_name", column)),
                encrypted=isinstance(field, SealedTextField | SealedPartsField) or column.endswith("_sealed"),
                declared=declared,
            )

"""Reading the register of document numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from apps.core.actor import Actor
from apps.numbering.models import IssuedNumber


@dataclass(frozen=True, slots=True)
class NumberRow:
    """One number of the register."""

    public_id: str
    text: str
    ordinal: int
    purpose: str
    issued_at: datetime
    voided_at: datetime | None
    void_reason: str


def register(*, actor: Actor, word: str, year: int) -> list[NumberRow]:
    """Return the numbers of one word and year in their order, voided ones included."""
    rows = IssuedNumber.objects.visible_to(actor).filter(series__word=word, series__year=year)
    return [
        NumberRow(
            row.public_id, row.text, row.ordinal, row.purpose, row.issued_at, row.voided_at, row.void_reason
        )
        for row in rows.order_by("ordinal")
    ]

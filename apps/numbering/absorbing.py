"""For migrations: numbers given before there was one register enter it as they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from apps.core.models import new_public_id
from apps.numbering.kinds import Register

#: What the register says of a number that nobody bears.
MISSING: Final = "并入统一登记时没有找到使用该号的事项"
_LONGEST_PURPOSE: Final = 100
_BATCH: Final = 1000


@dataclass(frozen=True, slots=True)
class Borne:
    """One number that a row bears; `district`: whose register page shows it; `by`: primary key of who acted."""

    register: Register
    ordinal: int
    text: str
    purpose: str
    at: datetime
    district: str | None = None
    by: int | None = None


def absorb(
    apps: StateApps,
    schema_editor: BaseDatabaseSchemaEditor,
    *,
    borne: Iterable[Borne],
    last: Mapping[Register, int],
) -> None:
    """Open a series for each register and enter every number with the text it has; gaps are entered as voided.

    Args:
        apps: the migration's own.
        schema_editor: the migration's own.
        borne: the numbers in use.
        last: the last number that each register gave; numbers beyond it were not given by the platform.
    """
    schema_editor.execute("select set_config('gf.role', 'system', true)")
    series_model = apps.get_model("numbering", "NumberSeries")
    number_model = apps.get_model("numbering", "IssuedNumber")
    grouped: dict[Register, dict[int, Borne]] = defaultdict(dict)
    for one in borne:
        grouped[one.register][one.ordinal] = one
    for register, rows in sorted(
        grouped.items(), key=lambda pair: (pair[0].kind, pair[0].word, pair[0].year)
    ):
        end = last.get(register, 0)
        while end + 1 in rows:
            end += 1
        series = series_model.objects.create(
            public_id=new_public_id(),
            kind=register.kind,
            word=register.word,
            year=register.year,
            last=end,
            ahead=sorted(ordinal for ordinal in rows if ordinal > end),
            joint=register.joint,
            district_id=register.district,
        )
        first = min(rows.values(), key=lambda one: one.at)
        fresh = []
        for ordinal in sorted({*range(1, end + 1), *rows}):
            row = rows.get(ordinal)
            fresh.append(
                number_model(
                    public_id=new_public_id(),
                    series=series,
                    ordinal=ordinal,
                    text=row.text if row is not None else register.text(ordinal),
                    purpose=row.purpose[:_LONGEST_PURPOSE] if row is not None else "",
                    district_id=row.district if row is not None else register.district,
                    issued_at=row.at if row is not None else first.at,
                    issued_by_id=row.by if row is not None else None,
                    voided_at=None if row is not None else first.at,
                    void_reason="" if row is not None else MISSING,
                )
            )
        number_model.objects.bulk_create(fresh, batch_size=_BATCH)

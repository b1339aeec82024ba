"""放假安排: a whole year of the working calendar from a sheet; live deadlines are counted again (R-24, F40)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from apps.core.actor import Duty, Role
from apps.core.errors import Invalid
from apps.deadlines import services as deadlines
from apps.documents.imports.columns import CellKind, ImportColumn
from apps.documents.imports.importer import Context, Field, Importer, Outcome, Rows, SheetSpec

_SHEET: Final = "放假安排"
_OFF, _WORKED = "off", "worked"
_KINDS: Final = {"放假": _OFF, "调休上班": _WORKED, "上班": _WORKED}


def _check_fields(typed: Mapping[str, str]) -> dict[str, list[str]]:
    return {} if typed["source"] else {"source": ["请填写依据（通知名称或文号）。"]}


def _act(context: Context, rows: Rows) -> Outcome:
    lines = rows[_SHEET]
    years = {line.values["day"].year for line in lines}
    if len(years) != 1:
        raise Invalid.of("file", "一次导入一个年度，请核对日期。")
    off = [line for line in lines if line.text("kind") == _OFF]
    moved = deadlines.record_year(
        actor=context.actor,
        clock=context.clock,
        year=years.pop(),
        holidays={line.values["day"]: line.text("name") for line in off},
        makeup_days=[line.values["day"] for line in lines if line.text("kind") == _WORKED],
        source=context.params["source"],
    )
    return Outcome(
        summary=f"放假 {len(off)} 天、调休上班 {len(lines) - len(off)} 天，重新计算暂定期限 {moved} 项。",
        effects=["放假" if line.text("kind") == _OFF else "上班" for line in lines],
        changes=len(lines),
        link="/m/calendar/",
    )


CALENDAR: Final = Importer(
    code="calendar",
    label="放假安排",
    lead="国务院办公厅公布下一年度放假安排后导入，暂定的期限随之重新计算，并通知当事人。",
    version="2026",
    roles=frozenset({Role.MUNICIPAL}),
    duty=Duty.HANDLER,
    act=_act,
    fields=(Field("source", "依据", help="通知名称或文号。"),),
    check_fields=_check_fields,
    notes=("只列放假的日期和调休上班的周末；平常的周末不用列。一次导入一个年度。",),
    sheets=(
        SheetSpec(
            _SHEET,
            "年度放假安排",
            (
                ImportColumn(
                    key="day",
                    label="日期",
                    kind=CellKind.DATE,
                    required=True,
                    width=14,
                    help="如 2027-10-01。",
                ),
                ImportColumn(
                    key="kind", label="类别", kind=CellKind.CHOICE, choices=_KINDS, required=True, width=12
                ),
                ImportColumn(key="name", label="节日", width=16, synonyms=("名称", "节假日")),
            ),
            unique=("day",),
        ),
    ),
    samples={
        _SHEET: (
            ("2027-01-01", "放假", "元旦"),
            ("2027-10-01", "放假", "国庆节"),
            ("2027-10-09", "调休上班", ""),
        )
    },
)

"""The district's board as a worksheet: the same numbers as the page."""

from __future__ import annotations

from datetime import date, timedelta

from apps.applications import selectors as applications
from apps.applications.states import APPLICATION_LIFE
from apps.core.actor import Actor, Role
from apps.core.errors import Forbidden
from apps.cultivation import selectors as cultivation
from apps.deadlines import selectors as deadlines
from apps.documents.sheets import Column, Kind, SheetTable
from apps.review import selectors as review


def district_board_table(actor: Actor, on: date) -> SheetTable:
    """Return every number of the board, one a line.

    Raises:
        Forbidden: not a district's staff.
    """
    if actor.role is not Role.DISTRICT:
        raise Forbidden("运行看板仅供属地使用。")
    states = applications.counts_by_state(actor=actor)
    late = deadlines.obligations_for(
        actor=actor, mine=True, due_until=on - timedelta(days=1), per_page=1
    ).total
    spread = cultivation.figures(actor=actor, year=on.year)
    rows = [
        *(("环节", APPLICATION_LIFE.label(state), "件数", count) for state, count in states.items() if count),
        ("超期", "本属地", "超期事项", late),
        *review.board(actor=actor).lines(),
        ("培育", "本年", "培训宣传活动（场）", spread.events),
        *(("培育", "本年", f"{label}（场）", count) for label, count in spread.by_kind),
        ("培育", "本年", "到场企业（家）", spread.enterprises),
        ("培育", "本年", "到场人数", spread.people),
        ("培育", "本属地", "培育名单（家）", spread.listed),
    ]
    return SheetTable(
        title="属地绿色工厂评价运行数据",
        subtitle=f"截至{on.year}年{on.month}月{on.day}日",
        sheet_name="运行数据",
        columns=(
            Column(label="部分", width=10),
            Column(label="对象", width=30),
            Column(label="指标", width=16),
            Column(label="数值", kind=Kind.NUMBER, width=12),
        ),
        rows=iter(rows),
        notes=("说明：用时为自然日；差异为初评减自评的平均分。",),
    )

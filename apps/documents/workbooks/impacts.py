"""The simulation of a draft evaluation system as a spreadsheet: every past application, before and after."""

from __future__ import annotations

from apps.core.actor import Actor, Role
from apps.core.errors import Forbidden
from apps.documents.sheets import Column, Kind, SheetTable
from apps.scoring import selectors as scoring


def impact_table(actor: Actor, public_id: str) -> SheetTable:
    """Return the table of one simulation.

    Raises:
        Forbidden: not for the actor's role.
        NotVisible: no such simulation.
    """
    if actor.role not in {Role.MUNICIPAL, Role.AUDITOR}:
        raise Forbidden("影响测算仅供市工业和信息化局使用。")
    head = scoring.impact(actor=actor, public_id=public_id)
    notes = [
        "说明：用草案重新计算已签定的评分表；采用自评分的条目按新规则重算，另行评分的按占满分的比例折算。",
    ]
    if head.unscored_items:
        notes.append(f"下列条目没有可比数据，按未得分计：{'、'.join(head.unscored_items)}。")
    return SheetTable(
        title="评价体系修改影响测算表",
        subtitle=f"{head.scheme_name}（草案），对比 {head.against}，等级有变化 {head.level_changes} 件",
        sheet_name="影响测算",
        columns=(
            Column(label="序号", kind=Kind.INTEGER, width=6),
            Column(label="申报编号", kind=Kind.CODE, width=26),
            Column(label="企业名称", width=34),
            Column(label="属地", width=12),
            Column(label="依据", width=10),
            Column(label="原总分", kind=Kind.SCORE, width=9),
            Column(label="测算总分", kind=Kind.SCORE, width=9),
            Column(label="差", kind=Kind.SCORE, width=9),
            Column(label="原等级", width=9),
            Column(label="测算等级", width=9),
            Column(label="等级有变化", width=10),
        ),
        rows=(
            (
                place,
                row.number,
                row.enterprise_name,
                row.district_name,
                row.basis,
                row.before,
                row.after,
                row.delta,
                row.level_before,
                row.level_after,
                "是" if row.changes_level else "",
            )
            for place, row in enumerate(scoring.every_impact_row(impact_id=head.id), start=1)
        ),
        notes=tuple(notes),
    )

"""历史称号: titles awarded before the platform, from the bureau's own register."""

from __future__ import annotations

from typing import Final

from apps.core.actor import Duty, Role
from apps.core.errors import Invalid
from apps.documents.imports.columns import CellKind, ImportColumn
from apps.documents.imports.importer import Context, Importer, Outcome, Rows, RowsRefused, SheetSpec
from apps.documents.imports.kinds.common import LEVELS, by_place, uscc_column
from apps.titles import services as titles

_SHEET: Final = "历史称号"
_NEEDED: Final = ("level", "awarded_on", "uscc")
_ENDS: Final = {"取消": "cancelled", "失效": "lapsed", "注销": "surrendered"}


def _act(context: Context, rows: Rows) -> Outcome:
    lines = rows[_SHEET]
    places = [place for place, row in enumerate(lines) if all(row.values.get(key) for key in _NEEDED)]
    unread = [
        (place, "", "等级、评定日期或信用代码未能读取。")
        for place in range(len(lines))
        if place not in set(places)
    ]
    past = [
        titles.PastTitle(
            uscc=row.text("uscc"),
            level=int(row.text("level")),
            awarded_on=row.values["awarded_on"],
            document_no=row.text("document_no"),
            certificate_no=row.text("certificate_no"),
            ended_as=row.text("ended_as"),
            ended_on=row.values.get("ended_on"),
            end_document_no=row.text("end_document_no"),
            end_reason=row.text("end_reason"),
        )
        for row in (lines[place] for place in places)
    ]
    try:
        done = titles.record_past_titles(
            actor=context.actor, clock=context.clock, rows=past, source=context.batch
        )
    except Invalid as refusal:
        # Lines that can be read are tried although others cannot: one reading names all that is wrong.
        told = [(places[place], name, message) for place, name, message in by_place(refusal).faults]
        raise RowsRefused([*unread, *told]) from None
    if unread:
        raise RowsRefused(unread)
    return Outcome(
        summary=f"登记称号 {done.count} 项，已在名录中未变更 {len(lines) - done.count} 项。",
        effects=[
            "已在名录中，不变更" if number is None else f"登记（{number or '以名单文号为准'}）"
            for number in done.numbers
        ],
        changes=done.count,
        link="/exports/lists/titles/",
    )


TITLES: Final = Importer(
    code="titles",
    label="历史称号",
    lead="把平台启用前评定的 1A 至 5A 级称号导入名录。企业应已登记或已导入企业名录。",
    version="2026",
    roles=frozenset({Role.MUNICIPAL}),
    duty=Duty.HANDLER,
    act=_act,
    notes=(
        "1A 至 3A 级没有证书编号的，由平台按评定年度顺序编号；4A、5A 级以名单文号为准。",
        "被取消且未满三年的，导入后按规定计入禁报期。",
    ),
    sheets=(
        SheetSpec(
            _SHEET,
            "苏州市绿色工厂历史称号",
            (
                uscc_column(),
                ImportColumn(
                    key="name", label="企业名称", width=34, synonyms=("名称", "单位名称"), help="供核对。"
                ),
                ImportColumn(
                    key="level",
                    label="等级",
                    kind=CellKind.CHOICE,
                    required=True,
                    choices=LEVELS,
                    width=8,
                    synonyms=("级别", "评定级别", "称号等级"),
                ),
                ImportColumn(
                    key="awarded_on",
                    label="评定日期",
                    kind=CellKind.DATE,
                    required=True,
                    synonyms=("认定日期", "发文日期", "公布日期"),
                ),
                ImportColumn(
                    key="document_no",
                    label="评定文号",
                    required=True,
                    limit=60,
                    width=26,
                    synonyms=("文号", "名单文号"),
                ),
                ImportColumn(key="certificate_no", label="证书编号", kind=CellKind.CODE, limit=30, width=22),
                ImportColumn(key="ended_as", label="终止方式", kind=CellKind.CHOICE, choices=_ENDS, width=10),
                ImportColumn(key="ended_on", label="终止日期", kind=CellKind.DATE),
                ImportColumn(key="end_document_no", label="终止文号", limit=60, width=26),
                ImportColumn(key="end_reason", label="终止原因", limit=500, width=30),
            ),
            unique=("uscc", "level", "awarded_on"),
        ),
    ),
    samples={
        _SHEET: (
            (
                "91320583MA0109BA4W",
                "昆山示例精密材料有限公司",
                "2A",
                "2024-06-30",
                "昆工信〔2024〕15号",
                "",
                "",
                "",
                "",
                "",
            ),
        )
    },
)

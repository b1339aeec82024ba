"""征信查询结果: the answers for all cases that wait for them, entered at once (R-23)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from apps.applications import selectors as applications
from apps.applications.selectors import CaseRow
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Invalid
from apps.documents.imports.columns import CellKind, ImportColumn
from apps.documents.imports.importer import Context, Importer, Outcome, Row, Rows, SheetSpec, each
from apps.publicity import services as publicity

_SHEET: Final = "征信结果"
_WAITING: Final = "credit_check"
_MOST: Final = 5000
_RESULTS: Final = {
    "正常": "normal",
    "无异常": "normal",
    "异常": "adverse",
    "有异常": "adverse",
    "需说明": "explanation",
    "待说明": "explanation",
    "已说明": "explained",
}


def _waiting(actor: Actor) -> list[CaseRow]:
    return applications.cases_in_state(actor=actor, states=[_WAITING], limit=_MOST)


def _prefill(
    actor: Actor, params: Mapping[str, str]
) -> tuple[Mapping[str, Iterable[Sequence[object]]], Mapping[str, Any]]:
    del params
    lines = [
        (case.number, case.enterprise_name, case.uscc, "信用中国", None, "", "", "")
        for case in _waiting(actor)
    ]
    return {_SHEET: lines}, {}


def _act(context: Context, rows: Rows) -> Outcome:
    waiting = {case.number: case for case in _waiting(context.actor)}

    def enter(row: Row) -> str:
        case = waiting.get(row.text("number"))
        if case is None:
            raise Invalid.of("number", "没有处于征信查询阶段的这一申报编号。")
        until = publicity.record_credit_check(
            actor=context.actor,
            clock=context.clock,
            public_id=case.public_id,
            platform=row.text("platform"),
            checked_on=row.values["checked_on"],
            report_no=row.text("report_no"),
            result=row.text("result"),
            matters=row.text("matters"),
        )
        return f"登记：{case.enterprise_name}，有效期至 {until:%Y-%m-%d}"

    lines = rows[_SHEET]
    unread = [row for row in lines if row.values.get("checked_on") is None]
    if unread:
        raise Invalid.of("checked_on", "查询日期未能读取。")
    effects = each(lines, enter)
    return Outcome(f"登记征信结果 {len(effects)} 项。", effects, len(effects), link="/m/credit/")


CREDIT: Final = Importer(
    code="credit",
    label="征信查询结果",
    lead="模板中已列出待查询的申报；填写查询结果后上传，一次登记。",
    version="2026",
    roles=frozenset({Role.MUNICIPAL}),
    duty=Duty.CREDIT,
    act=_act,
    prefill=_prefill,
    notes=("结果不是正常的，请在异常事项中写明。没有查询的行留空即可。",),
    sheets=(
        SheetSpec(
            _SHEET,
            "征信查询结果登记表",
            (
                ImportColumn(
                    key="number",
                    label="申报编号",
                    kind=CellKind.CODE,
                    required=True,
                    limit=40,
                    width=26,
                    prefilled=True,
                    synonyms=("编号",),
                ),
                ImportColumn(key="name", label="企业名称", width=34, read_only=True),
                ImportColumn(
                    key="uscc", label="统一社会信用代码", kind=CellKind.CODE, width=24, read_only=True
                ),
                ImportColumn(key="platform", label="查询平台", required=True, limit=60, prefilled=True),
                ImportColumn(key="checked_on", label="查询日期", kind=CellKind.DATE, required=True),
                ImportColumn(
                    key="report_no", label="报告编号", kind=CellKind.CODE, required=True, limit=60, width=24
                ),
                ImportColumn(
                    key="result",
                    label="查询结果",
                    kind=CellKind.CHOICE,
                    required=True,
                    choices=_RESULTS,
                    width=12,
                ),
                ImportColumn(key="matters", label="异常事项", limit=1000, width=40, multiline=True),
            ),
            unique=("number",),
        ),
    ),
    samples={
        _SHEET: (
            (
                "SZLC-2026B-0001",
                "昆山示例精密材料有限公司",
                "91320583MA0109BA4W",
                "信用中国",
                "2026-11-20",
                "XY20261120001",
                "正常",
                "",
            ),
        )
    },
)

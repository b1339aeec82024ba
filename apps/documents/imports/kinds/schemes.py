"""评价体系: a further sector standard or a new edition, entered as a draft that a second person publishes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Invalid
from apps.documents.imports.columns import CellKind, ImportColumn
from apps.documents.imports.importer import Context, Importer, Outcome, Rows, RowsRefused, SheetSpec
from apps.documents.imports.kinds import scheme_book as book
from apps.documents.imports.kinds.drafting import draft
from apps.documents.imports.kinds.scheme_text import YAML
from apps.policy.evaluation.serialising import scheme_to_mapping
from apps.scoring import selectors as scoring

_REQUIREMENTS: Final = {"必选": "必选", "可选": "可选"}
_PART_PATH: Final = re.compile(r"^(\w+)\[(\d+)\]")
#: Parts of a system by their name in its content, as the workbook's reader counts them.
_PARTS: Final = {
    "dimensions": "个维度",
    "metrics": "个指标",
    "basic_requirements": "条基本要求",
    "sources": "个出处",
}
_ITEM_PATH: Final = re.compile(r"^(dimensions\[\d+\](?:\.secondary\[\d+\])?\.items\[\d+\])(?:\.(\w+))?")


def _prefill(
    actor: Actor, params: Mapping[str, str]
) -> tuple[Mapping[str, Iterable[Sequence[object]]], Mapping[str, Any]]:
    """Return an existing system to start from (`scheme`), or empty sheets with the labels of the head.

    Raises:
        NotVisible: no such system.
    """
    wanted = params.get("scheme", "")
    if not wanted:
        return {book.HEAD: [(label, "") for label in book.HEAD_LABELS]}, {}
    row = scoring.scheme(actor=actor, public_id=wanted)
    content = scheme_to_mapping(scoring.scheme_spec(actor=actor, scheme_id=row.id))
    return book.to_lines(content, row.industries), {}


def _titled(actor: Actor, params: Mapping[str, str]) -> str:
    """Name the workbook of an existing system by the system and its version; "" for the empty template."""
    wanted = params.get("scheme", "")
    if not wanted:
        return ""
    row = scoring.scheme(actor=actor, public_id=wanted)
    return f"评价体系 {row.code} 第{row.version}版"


def _act(context: Context, rows: Rows) -> Outcome:
    places: Mapping[str, int] = {}
    try:
        content, industries, places = book.from_rows(rows)
        return draft(context, content, industries, items=len(rows[book.ITEMS]))
    except Invalid as refusal:
        raise _placed(refusal, places, rows) from None


def _placed(refusal: Invalid, places: Mapping[str, int], rows: Rows) -> RowsRefused:
    faults: list[tuple[int, str, str]] = []
    elsewhere: dict[str, list[tuple[int, str, str]]] = {}
    for path, messages in refusal.errors.items():
        found = _ITEM_PATH.match(path)
        own, _, name = path.partition(".")
        if found is not None and found.group(1) in places:
            place, field = places[found.group(1)], _COLUMN_OF.get(found.group(2) or "", found.group(2) or "")
        elif own.isdecimal():
            place, field = int(own), name
        else:
            sheet, place, field = book.place_of(path, rows)
            if sheet != book.ITEMS:
                elsewhere.setdefault(sheet, []).extend((place, field, _said(path, text)) for text in messages)
                continue
        faults += [(place, field, _said(path, text)) for text in messages]
    return RowsRefused(faults, elsewhere)


def _said(path: str, text: str) -> str:
    """Say a fault as a sentence; one of more than a line says which part of the system it is about."""
    found = None if _ITEM_PATH.match(path) else _PART_PATH.match(path)
    where = f"第 {int(found[2]) + 1} {_PARTS[found[1]]}：" if found is not None and found[1] in _PARTS else ""
    return f"{where}{text}" if text.endswith("。") else f"{where}{text}。"


_COLUMN_OF: Final = {"scoring": "detail"}

SCHEMES: Final = Importer(
    code="schemes",
    label="评价体系",
    lead="把行业标准或新版评价体系整理成工作簿或 YAML 文件导入，先成为草案，由第二人核对后发布。",
    version="2026",
    roles=frozenset({Role.MUNICIPAL}),
    duty=Duty.HANDLER,
    limit="import_sheet_rows",
    act=_act,
    prefill=_prefill,
    titled=_titled,
    text=YAML,
    notes=(
        f"计分规则一行一条，写成“条件 {book.ARROW} 比例”：分级写“完全满足 {book.ARROW} 1”。",
        f"分档写“>= 90 {book.ARROW} 1”；未达任何一档写“其余 {book.ARROW} 0”。",
        f"计数写“满分项数 {book.ARROW} 8”“选项数 {book.ARROW} 12”；基准类另写“方向 {book.ARROW} 越低越好”。",
        "“体系”表的性质填“正式”或“重构版”，生效日期写成 2026-01-05。",
        "证明材料一行一项。评价体系页可把已有体系导出为本模板，在其上修改。",
    ),
    sheets=(
        SheetSpec(
            book.ITEMS,
            "评价体系条目",
            (
                ImportColumn(
                    key="dimension", label="维度编码", kind=CellKind.CODE, required=True, limit=20, width=9
                ),
                ImportColumn(key="dimension_name", label="维度名称", required=True, limit=60),
                ImportColumn(key="weight", label="维度权重", kind=CellKind.NUMBER, required=True, width=9),
                ImportColumn(key="raw_total", label="维度原始总分", kind=CellKind.NUMBER, width=9),
                ImportColumn(key="mandatory_raw", label="必选原始分", kind=CellKind.NUMBER, width=9),
                ImportColumn(key="optional_raw", label="可选原始分", kind=CellKind.NUMBER, width=9),
                ImportColumn(key="group", label="二级编码", kind=CellKind.CODE, limit=20, width=9),
                ImportColumn(key="group_name", label="二级名称", limit=60),
                ImportColumn(
                    key="code", label="条目编码", kind=CellKind.CODE, required=True, limit=20, width=10
                ),
                ImportColumn(key="name", label="条目名称", required=True, limit=200, width=28),
                ImportColumn(
                    key="requirement",
                    label="要求",
                    kind=CellKind.CHOICE,
                    required=True,
                    choices=_REQUIREMENTS,
                    width=8,
                ),
                ImportColumn(key="raw_points", label="原始分", kind=CellKind.NUMBER, width=8),
                ImportColumn(key="max_points", label="满分", kind=CellKind.NUMBER, required=True, width=8),
                ImportColumn(
                    key="method",
                    label="计分方法",
                    kind=CellKind.CHOICE,
                    required=True,
                    choices=book.METHODS,
                    width=12,
                ),
                ImportColumn(key="detail", label="计分规则", limit=2000, width=34, multiline=True),
                ImportColumn(key="metric", label="指标编码", kind=CellKind.CODE, limit=40, width=18),
                ImportColumn(key="alternative_metrics", label="可替代指标", kind=CellKind.WORDS, limit=200),
                ImportColumn(key="guidance", label="评分说明", limit=2000, width=40, multiline=True),
                ImportColumn(key="evidence", label="证明材料", limit=2000, width=30, multiline=True),
                ImportColumn(key="onsite_check", label="现场核查", kind=CellKind.FLAG, width=8),
                ImportColumn(key="na_allowed", label="可不适用", kind=CellKind.FLAG, width=8),
                ImportColumn(key="unit", label="计量单位", limit=60),
                ImportColumn(key="seq", label="排序号", kind=CellKind.NUMBER, width=8),
                ImportColumn(key="indicator_type", label="指标类型", limit=60),
                ImportColumn(key="benchmark_note", label="基准说明", limit=500, width=26),
                ImportColumn(key="sources", label="出处", kind=CellKind.WORDS, limit=200),
            ),
            unique=("code",),
        ),
        SheetSpec(
            book.HEAD,
            "评价体系基本信息",
            (
                ImportColumn(key="label", label="项目", required=True, prefilled=True),
                ImportColumn(key="content", label="内容", limit=2000, width=80, multiline=True),
            ),
            unique=("label",),
        ),
        SheetSpec(
            book.BASICS,
            "基本要求（一票否决）",
            (
                ImportColumn(key="code", label="编号", kind=CellKind.CODE, required=True, limit=20),
                ImportColumn(
                    key="rule", label="要求内容", required=True, limit=2000, width=80, multiline=True
                ),
            ),
            may_be_empty=True,
        ),
        SheetSpec(
            book.SOURCES,
            "出处",
            (
                ImportColumn(key="code", label="代号", kind=CellKind.CODE, required=True, limit=40),
                ImportColumn(
                    key="text", label="出处全称", required=True, limit=2000, width=80, multiline=True
                ),
            ),
            may_be_empty=True,
        ),
        SheetSpec(
            book.METRICS,
            "指标",
            (
                ImportColumn(
                    key="code", label="指标编码", kind=CellKind.CODE, required=True, limit=40, width=20
                ),
                ImportColumn(key="name", label="指标名称", required=True, limit=100, width=24),
                ImportColumn(key="unit", label="计量单位", limit=40),
                ImportColumn(
                    key="direction",
                    label="方向",
                    kind=CellKind.CHOICE,
                    choices={"越高越好": "higher", "越低越好": "lower"},
                    width=10,
                ),
                ImportColumn(key="formula", label="计算公式", required=True, limit=1000, width=40),
                ImportColumn(key="worst_of_rows", label="按行取最不利", kind=CellKind.FLAG),
                ImportColumn(key="row_name", label="行名称", limit=60),
                ImportColumn(key="sources", label="出处", kind=CellKind.WORDS, limit=200),
                ImportColumn(key="note", label="备注", limit=2000, width=40, multiline=True),
            ),
            unique=("code",),
            may_be_empty=True,
        ),
        SheetSpec(
            book.INPUTS,
            "指标填报项",
            (
                ImportColumn(
                    key="metric", label="指标编码", kind=CellKind.CODE, required=True, limit=40, width=20
                ),
                ImportColumn(
                    key="code", label="填报项编码", kind=CellKind.CODE, required=True, limit=60, width=24
                ),
                ImportColumn(key="name", label="填报项名称", required=True, limit=100, width=24),
                ImportColumn(key="unit", label="计量单位", limit=40),
                ImportColumn(key="source_form", label="数据来源", limit=200, width=24),
                ImportColumn(key="by_row", label="按行填报", kind=CellKind.FLAG),
                ImportColumn(key="options", label="备选项", limit=2000, width=30, multiline=True),
            ),
            unique=("metric", "code"),
            may_be_empty=True,
        ),
    ),
)

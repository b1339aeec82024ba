"""省级、国家级名单 (F-19): 4A and 5A follow from them; lines that name nobody wait for matching by hand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from apps.core.actor import Duty, Role
from apps.core.errors import Invalid
from apps.documents.imports.columns import CellKind, ImportColumn
from apps.documents.imports.importer import Context, Field, Importer, Outcome, Rows, SheetSpec
from apps.documents.imports.kinds.common import by_line, uscc_column
from apps.titles import selectors
from apps.titles import services as titles

_SHEET: Final = "名单"
_ACTIONS: Final = {
    "新增": "add",
    "入选": "add",
    "移出": "remove",
    "撤销": "remove",
    "更名": "rename",
    "变更": "rename",
}
_KINDS: Final = (("provincial", "省级名单（4A）"), ("national", "国家级名单（5A）"))


def _check_fields(typed: Mapping[str, str]) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    if typed["kind"] not in dict(_KINDS):
        errors["kind"] = ["请选择省级或国家级名单。"]
    if not typed["title"]:
        errors["title"] = ["请填写名单标题。"]
    if not typed["document_no"]:
        errors["document_no"] = ["请填写名单的来源文号。"]
    try:
        date.fromisoformat(typed["published_on"])
    except ValueError:
        errors["published_on"] = ["请填写发布日期，示例：2026-03-05。"]
    return errors


def _act(context: Context, rows: Rows) -> Outcome:
    lines = rows[_SHEET]
    listed = [
        titles.ListRow(row.text("action") or "add", row.text("name"), row.text("uscc"), row.text("new_name"))
        for row in lines
    ]
    data = titles.ListData(
        kind=context.params["kind"],
        title=context.params["title"],
        document_no=context.params["document_no"],
        published_on=date.fromisoformat(context.params["published_on"]),
        rows=listed,
    )
    try:
        done = titles.import_external_list(actor=context.actor, clock=context.clock, data=data)
    except Invalid as refusal:
        found = by_line(refusal, lines, "rows")
        if found is None:
            raise
        raise found from None
    if done.already:
        return Outcome("这份名单此前已经导入，没有重复生效。", ["此前已导入"] * len(lines), 0)
    kept = selectors.external_list(actor=context.actor, public_id=done.public_id)
    near = selectors.near_names(
        actor=context.actor, names=[line.printed_name for line in kept.lines if line.state == "unmatched"]
    )
    effects = []
    for line in kept.lines:
        if line.state == "unmatched":
            hint = near.get(line.printed_name, [])
            effects.append(f"待人工匹配{'，可能是：' + '、'.join(hint) if hint else ''}")
        else:
            effects.append(f"{line.state_label}（按{line.match_label}匹配）{line.note}")
    return Outcome(
        summary=(
            f"生效 {done.applied} 行，无变化 {done.without_effect} 行，待人工匹配 {done.unmatched} 行。"
        ),
        effects=effects,
        changes=done.applied,
        link=f"/m/external/{done.public_id}/",
    )


LISTS: Final = Importer(
    code="lists",
    label="省级国家级名单",
    lead="省级、国家级绿色工厂名单发布后导入，4A、5A 级自发布之日起生效；移出名单的随之失效。",
    version="2026",
    roles=frozenset({Role.MUNICIPAL}),
    duty=Duty.HANDLER,
    act=_act,
    fields=(
        Field("kind", "类别", "radio", _KINDS),
        Field("title", "名单标题"),
        Field("document_no", "来源文号"),
        Field("published_on", "发布日期", "date", help="称号自发布之日起生效。"),
    ),
    check_fields=_check_fields,
    notes=("先按信用代码、再按企业名称（含曾用名）匹配；匹配不到的，导入后人工核对。",),
    sheets=(
        SheetSpec(
            _SHEET,
            "绿色工厂名单",
            (
                ImportColumn(
                    key="action",
                    label="动作",
                    kind=CellKind.CHOICE,
                    choices=_ACTIONS,
                    width=8,
                    help="不填为新增。",
                ),
                ImportColumn(
                    key="name",
                    label="企业名称",
                    required=True,
                    width=36,
                    synonyms=("名称", "单位名称", "工厂名称", "企业（单位）名称"),
                ),
                uscc_column(required=False),
                ImportColumn(key="new_name", label="更名后名称", width=36, synonyms=("更名后", "变更后名称")),
            ),
            unique=("name", "action"),
        ),
    ),
    samples={
        _SHEET: (
            ("新增", "昆山示例精密材料有限公司", "91320583MA0109BA4W", ""),
            ("更名", "苏州示例装备有限公司", "", "苏州示例智能装备有限公司"),
        )
    },
)

"""评分表离线填写: the open sheet of a scorer as a workbook, and back again; a change made meanwhile is never lost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from apps.applications import selectors as applications
from apps.core.actor import Actor, Role
from apps.core.errors import Conflict, Invalid, NotVisible, WrongStep
from apps.documents.imports.columns import CellKind, ImportColumn
from apps.documents.imports.importer import (
    Context,
    Importer,
    Outcome,
    Row,
    Rows,
    RowsRefused,
    SheetSpec,
)
from apps.review import selectors as review
from apps.scoring import selectors as scoring
from apps.scoring import services as scores
from apps.scoring.selectors.compare import RowView

_SHEET: Final = "评分表"


def _items(actor: Actor, sheet: str) -> dict[str, RowView]:
    view = scoring.compare_view(actor=actor, public_id=sheet)
    return {row.code: row for part in view.dimensions for group in part.groups for row in group.rows}


def _prefill(
    actor: Actor, params: Mapping[str, str]
) -> tuple[Mapping[str, Iterable[Sequence[object]]], Mapping[str, Any]]:
    """Return the present sheet: what was entered so far, beside what it is compared with.

    Raises:
        NotVisible: no such sheet for this actor.
        WrongStep: it is not open to this actor's entries.
    """
    sheet = params.get("sheet", "")
    if not scoring.sheet_head(actor=actor, public_id=sheet).editable:
        raise WrongStep("评分表已提交或不由您评分，不能离线填写。")
    items = _items(actor, sheet)
    lines = [
        (
            row.code,
            row.name,
            row.requirement,
            row.max_points,
            None if row.baseline is None else row.baseline.points,
            row.own.points if row.answered and not row.own.not_applicable else None,
            "是" if row.own.not_applicable else "",
            row.own.reason,
        )
        for row in items.values()
    ]
    return {_SHEET: lines}, {"sheet": sheet, "versions": {row.code: row.version for row in items.values()}}


def _act(context: Context, rows: Rows) -> Outcome:
    sheet, versions = str(context.key.get("sheet", "")), context.key.get("versions", {})
    if not isinstance(versions, dict) or not all(isinstance(one, int) for one in versions.values()):
        raise Invalid.of("file", "模板的隐藏标识已被改动，请重新下载评分表填写。")
    before = _items(context.actor, sheet)
    lines = rows[_SHEET]
    unknown = [
        (place, "code", "评价体系中没有这个条目。")
        for place, row in enumerate(lines)
        if row.text("code") not in before
    ]
    # Lines of the system are tried although others are not of it: one reading names all that is wrong.
    answers = {row.text("code"): _answer(row) for row in lines if row.text("code") in before}
    places = {row.text("code"): place for place, row in enumerate(lines)}
    try:
        saved = scores.save_entries(
            actor=context.actor, clock=context.clock, public_id=sheet, answers=answers, versions=versions
        )
    except Conflict as conflict:  # the service stops at the first
        place = places.get(str(conflict.current.get("item_code", "")), 0)
        raise RowsRefused([(place, "points", conflict.message)]) from None
    except Invalid as refusal:
        faults = [
            (places.get(code, 0), "points", message)
            for code, messages in refusal.errors.items()
            for message in messages
        ]
        raise RowsRefused([*unknown, *faults]) from None
    if unknown:
        raise RowsRefused(unknown)
    after = _items(context.actor, sheet)
    effects = [_effect(before[row.text("code")], after[row.text("code")]) for row in lines]
    changed = sum(effect != "未变" for effect in effects)
    return Outcome(
        summary=f"更新 {changed} 项评分，合计 {saved.total_text} 分。",
        effects=effects,
        changes=changed,
        link=_desk(context.actor, sheet),
    )


def _desk(actor: Actor, sheet: str) -> str:
    """Return the address at which the scorer goes on with the sheet; "" when its case is closed to them by now."""
    case_id = scoring.sheet_head(actor=actor, public_id=sheet).application_id
    try:
        case = applications.case(actor=actor, application_id=case_id)
    except NotVisible:
        return ""
    if actor.role is Role.DISTRICT:
        return f"/d/scoring/{case.public_id}/"
    task = next((row for row in review.my_tasks(actor=actor) if row.case.id == case_id), None)
    return f"/x/reviews/{task.public_id}/" if task else ""


def _answer(row: Row) -> dict[str, Any]:
    if row.values.get("not_applicable"):
        return {"not_applicable": True, "judged_points": _points(row), "reason": row.text("reason")}
    return {"judged_points": _points(row), "reason": row.text("reason")}


def _points(row: Row) -> Decimal | None:
    value = row.values.get("points")
    return value if isinstance(value, Decimal) else None


def _effect(before: RowView, after: RowView) -> str:
    was, now = (
        "不适用" if one.own.not_applicable else one.own.text if one.answered else "未评分"
        for one in (before, after)
    )
    if was == now:
        return "未变" if before.own.reason == after.own.reason else "更新理由"
    return f"{was} → {now}"


SCORE_SHEET: Final = Importer(
    code="score_sheet",
    label="评分表",
    lead="下载当前评分表离线填写，上传后先核对变化，再确认写入。下载后他人已改动的条目会逐条指出。",
    version="2026",
    roles=frozenset({Role.DISTRICT, Role.EXPERT}),
    limit="import_sheet_rows",
    act=_act,
    prefill=_prefill,
    needs_key=True,
    once=False,
    listed=False,
    notes=(
        "只填写“评分”“不适用”“理由”三列；没有填写的条目不变。",
        "与对照分不同的，须填写理由；评分最多两位小数，不超过满分。",
    ),
    sheets=(
        SheetSpec(
            _SHEET,
            "绿色工厂评价评分表",
            (
                ImportColumn(
                    key="code",
                    label="条目编号",
                    kind=CellKind.CODE,
                    required=True,
                    limit=20,
                    prefilled=True,
                    width=11,
                ),
                ImportColumn(key="name", label="条目", read_only=True, limit=200, width=36),
                ImportColumn(key="requirement", label="要求", read_only=True, width=8),
                ImportColumn(
                    key="max", label="满分", kind=CellKind.NUMBER, decimals=2, read_only=True, width=8
                ),
                ImportColumn(
                    key="baseline", label="对照分", kind=CellKind.NUMBER, decimals=2, read_only=True, width=8
                ),
                ImportColumn(
                    key="points",
                    label="评分",
                    kind=CellKind.NUMBER,
                    decimals=2,
                    width=9,
                    synonyms=("得分", "初评得分"),
                ),
                ImportColumn(key="not_applicable", label="不适用", kind=CellKind.FLAG, width=9),
                ImportColumn(
                    key="reason", label="理由", limit=500, width=46, multiline=True, synonyms=("说明",)
                ),
            ),
            unique=("code",),
        ),
    ),
)

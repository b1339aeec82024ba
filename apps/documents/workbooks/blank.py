"""Blank tables to collect an application's content in before typing it: asked of departments, filled in offline."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from apps.applications.report_sections import REPORT_SECTIONS, SECTION_LIMIT
from apps.core.actor import Actor
from apps.core.errors import NotVisible
from apps.documents.sheets import Column, Kind, SheetTable
from apps.parameters.selectors import in_force
from apps.policy.evaluation.spec import SchemeSpec
from apps.scoring import selectors as scoring


def preparation_tables(actor: Actor, on: date) -> tuple[SheetTable, ...]:
    """Return the blank tables of the default scheme: figures of a year, evidence by item, sections of the report.

    Raises:
        NotVisible: the default scheme is not published.
    """
    code = in_force(on=on).default_scheme
    row = next((one for one in scoring.schemes(actor=actor) if one.code == code), None)
    if row is None:
        raise NotVisible
    spec = scoring.scheme_spec(actor=actor, scheme_id=row.id)
    return _figures(spec, row.label), _evidence(spec, row.label), _report()


def _figures(spec: SchemeSpec, label: str) -> SheetTable:
    return SheetTable(
        title="绿色工厂申报准备表",
        subtitle=f"年度数据采集表，按{label}",
        sheet_name="年度数据",
        columns=(
            Column(label="序号", kind=Kind.INTEGER, width=6),
            Column(label="数据", width=34),
            Column(label="单位", width=14),
            Column(label="取自", width=30),
            Column(label="填报值", width=16),
            Column(label="填报部门、经办人", width=20),
        ),
        rows=(
            (number, entry.name, entry.unit, entry.source_form, "", "")
            for number, entry in enumerate((one for one in spec.inputs() if not one.options), start=1)
        ),
        notes=("说明：统计期为上一自然年度；不涉及的留空。汇总后在“年度数据”页一次填写，各条目自动取用。",),
    )


def _evidence(spec: SchemeSpec, label: str) -> SheetTable:
    return SheetTable(
        title="佐证材料准备清单",
        subtitle=f"按{label}，共 {len(spec.items)} 项",
        sheet_name="佐证材料",
        columns=(
            Column(label="编号", kind=Kind.CODE, width=9),
            Column(label="指标", width=32),
            Column(label="必选/可选", width=10),
            Column(label="满分", kind=Kind.SCORE, width=8),
            Column(label="评价要求", width=52),
            Column(label="建议提供的材料", width=36),
            Column(label="材料名称、页码", width=24),
            Column(label="有效期至", width=14),
        ),
        rows=_items(spec),
    )


def _items(spec: SchemeSpec) -> Iterator[tuple[object, ...]]:
    for item in spec.items:
        need = "必选" if item.mandatory else "可选"
        yield item.code, item.name, need, item.max_points, item.guidance, "、".join(item.evidence), "", ""


def _report() -> SheetTable:
    return SheetTable(
        title="评价报告提纲",
        subtitle=f"附件2 各章节，每节不超过 {SECTION_LIMIT} 字",
        sheet_name="评价报告",
        columns=(
            Column(label="章节", width=14),
            Column(label="标题", width=22),
            Column(label="写什么", width=52),
            Column(label="正文", width=60),
        ),
        rows=((one.number, one.title, one.prompt, "") for one in REPORT_SECTIONS),
        notes=("说明：得分表、指标评价表和证明材料目录由系统按自评内容列入，不必另写。",),
    )

"""Spreadsheets: the bureaus' lists and the public list, each made from the same data as its page and its paper."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from apps.applications import selectors as applications
from apps.audit.services import record
from apps.core.actor import Actor, Role
from apps.core.errors import Forbidden, NotVisible
from apps.core.moment import Clock, DatabaseClock
from apps.documents import kinds
from apps.documents.forms import BUILDERS, batch_of, build
from apps.documents.rendering.papers import (
    CreditRecord,
    ExternalListRecord,
    FilingTable,
    PublicNotice,
    RecognitionDocument,
    RecommendationLetter,
    ScoreSheet,
    UpwardLetter,
    YearlyTable,
)
from apps.documents.sheets import (
    Column,
    Kind,
    SheetTable,
    write_table_xlsx,
)
from apps.documents.workbooks.blank import preparation_tables
from apps.documents.workbooks.district_board import district_board_table
from apps.documents.workbooks.impacts import impact_table
from apps.documents.workbooks.layouts import filing_table, list_table, recommendation_table, upward_table
from apps.documents.workbooks.records import credit_table, external_list_table, score_tables, yearly_tables
from apps.publicity import selectors as publicity
from apps.publicity.selectors import Candidate
from apps.titles import selectors as titles

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BOARD, DIRECTORY, DASHBOARD, IMPACT = "board", "directory", "dashboard", "impact"
DISTRICT_BOARD = "district_board"
PREPARATION: Final = "preparation"
#: The one "row" of the public list.
ALL: Final = "all"
_MOST_OF_BOARD = 5000
#: A workbook has one worksheet for each.
Tables = tuple[SheetTable, ...]
_WATCHERS = frozenset({Role.MUNICIPAL, Role.AUDITOR})


@dataclass(frozen=True, slots=True)
class Workbook:
    """A spreadsheet to hand out."""

    name: str
    content: bytes
    content_type: str = XLSX


def workbook(
    *, actor: Actor, clock: Clock, kind: str, public_id: str, filters: Mapping[str, str] | None = None
) -> Workbook:
    """Return one spreadsheet; what a bureau takes out is recorded.

    Args:
        actor: who asks; sees what its pages show.
        clock: the legal clock.
        kind: key of `WORKBOOKS`.
        public_id: of the row the form is about, the round (board), or `all` (directory).
        filters: of the directory's page: q, level, district, industry, year.

    Raises:
        NotVisible: an unknown kind, or a row the actor does not see.
        Forbidden: not for the actor's role.
        WrongStep: there is nothing to put into it yet.
    """
    maker = WORKBOOKS.get(kind)
    if maker is None:
        raise NotVisible
    moment = clock.now()
    tables = maker(actor, public_id, moment.on, filters or {})
    table = tables[0]
    stream = io.BytesIO()
    write_table_xlsx(stream, *tables)
    if actor.role in {Role.DISTRICT, Role.MUNICIPAL, Role.AUDITOR} and kind not in {DIRECTORY, PREPARATION}:
        record(
            actor=actor,
            event="document.export",
            subject=None,
            moment=moment,
            after={"kind": kind, "title": table.title, "of": public_id},
        )
    name = "".join(table.title.split())
    return Workbook(f"{name}.xlsx", stream.getvalue())


def _filing(actor: Actor, public_id: str, on: date, filters: Mapping[str, str]) -> Tables:
    del filters
    paper = build(actor=actor, kind=kinds.FILING, public_id=public_id, on=on).paper
    assert isinstance(paper, FilingTable)  # noqa: S101  (what this builder gives)
    return (filing_table(paper),)


def _recommendation(actor: Actor, public_id: str, on: date, filters: Mapping[str, str]) -> Tables:
    del filters
    paper = build(actor=actor, kind=kinds.RECOMMENDATION, public_id=public_id, on=on).paper
    assert isinstance(paper, RecommendationLetter)  # noqa: S101  (what this builder gives)
    return (recommendation_table(paper),)


def _upward(actor: Actor, public_id: str, on: date, filters: Mapping[str, str]) -> Tables:
    del filters
    paper = build(actor=actor, kind=kinds.UPWARD, public_id=public_id, on=on).paper
    assert isinstance(paper, UpwardLetter)  # noqa: S101  (what this builder gives)
    return (upward_table(paper),)


def _score_sheet(actor: Actor, public_id: str, on: date, filters: Mapping[str, str]) -> Tables:
    del filters
    paper = build(actor=actor, kind=kinds.SCORE_SHEET, public_id=public_id, on=on).paper
    assert isinstance(paper, ScoreSheet)  # noqa: S101  (what this builder gives)
    return score_tables(paper)


def _credit(actor: Actor, public_id: str, on: date, filters: Mapping[str, str]) -> Tables:
    del filters
    paper = build(actor=actor, kind=kinds.CREDIT_RECORD, public_id=public_id, on=on).paper
    assert isinstance(paper, CreditRecord)  # noqa: S101  (what this builder gives)
    return (credit_table(paper),)


def _yearly(actor: Actor, public_id: str, on: date, filters: Mapping[str, str]) -> Tables:
    del filters
    paper = build(actor=actor, kind=kinds.YEARLY_TABLE, public_id=public_id, on=on).paper
    assert isinstance(paper, YearlyTable)  # noqa: S101  (what this builder gives)
    return yearly_tables(paper)


def _external_list(actor: Actor, public_id: str, on: date, filters: Mapping[str, str]) -> Tables:
    del filters
    paper = build(actor=actor, kind=kinds.EXTERNAL_LIST, public_id=public_id, on=on).paper
    assert isinstance(paper, ExternalListRecord)  # noqa: S101  (what this builder gives)
    return (external_list_table(paper),)


def _recognition(actor: Actor, public_id: str, on: date, filters: Mapping[str, str]) -> Tables:
    """The list of a recognition with the numbers of the certificates, once it is signed."""
    del filters
    paper = build(actor=actor, kind=kinds.RECOGNITION, public_id=public_id, on=on).paper
    assert isinstance(paper, RecognitionDocument)  # noqa: S101  (what this builder gives)
    return (list_table(paper.list_title, paper.enterprises),)


def _notice(actor: Actor, public_id: str, on: date, filters: Mapping[str, str]) -> Tables:
    """The list of a notice is everybody's once published; the notice's own selector decides."""
    del filters
    paper = BUILDERS[kinds.NOTICE](actor=actor, public_id=public_id, on=on).paper
    assert isinstance(paper, PublicNotice)  # noqa: S101  (what this builder gives)
    return (list_table(paper.list_title, paper.enterprises),)


def _directory(actor: Actor, public_id: str, on: date, filters: Mapping[str, str]) -> Tables:
    """Every enterprise at its highest standing level, as the public page lists them."""
    del actor
    if public_id != ALL:
        raise NotVisible
    year = filters.get("year", "")
    levels = [int(part) for part in filters.get("level", "").split(",") if part in {"1", "2", "3", "4", "5"}]

    def rows() -> Iterator[tuple[object, ...]]:
        found = titles.directory_rows(
            q=filters.get("q", ""),
            levels=levels,
            district=filters.get("district", ""),
            industry=filters.get("industry", ""),
            year=int(year) if year.isdecimal() else None,
        )
        for number, row in enumerate(found, start=1):
            yield (
                number,
                row.enterprise_name,
                row.uscc,
                row.district_name,
                row.industry_name,
                row.level_label,
                row.state_label,
                row.awarded_on,
                row.document_no,
                row.certificate_no,
            )

    return (
        SheetTable(
            title="苏州市绿色工厂名录",
            subtitle=f"截至{on.year}年{on.month}月{on.day}日，按企业最高有效等级列示",
            sheet_name="名录",
            columns=(
                Column(label="序号", kind=Kind.INTEGER, width=6),
                Column(label="企业名称", width=36),
                Column(label="统一社会信用代码", kind=Kind.CODE, width=22),
                Column(label="所在地区", width=14),
                Column(label="所属行业", width=24),
                Column(label="等级", kind=Kind.CODE, width=8),
                Column(label="称号状态", width=12),
                Column(label="评定日期", kind=Kind.DATE, width=15),
                Column(label="文号", width=26),
                Column(label="证书编号", kind=Kind.CODE, width=22),
            ),
            rows=rows(),
        ),
    )


def _preparation(actor: Actor, public_id: str, on: date, filters: Mapping[str, str]) -> Tables:
    """The blank tables to prepare an application with: everybody's."""
    del filters
    if public_id != ALL:
        raise NotVisible
    return preparation_tables(actor, on)


def _board(actor: Actor, public_id: str, on: date, filters: Mapping[str, str]) -> Tables:
    """The city's decision board of one round: every candidate with its scores, credit, notice and objections."""
    del filters
    if actor.role not in _WATCHERS:
        raise Forbidden("评定工作台名单仅供市工业和信息化局使用。")
    batch = applications.round_file(actor=actor, public_id=public_id)
    states = [state for _, _, group in publicity.STAGES for state in group]
    cases = applications.cases_in_state(
        actor=actor, states=states, round_public_id=public_id, limit=_MOST_OF_BOARD
    )
    order = {state: place for place, state in enumerate(states)}
    ordered = sorted(cases, key=lambda case: (order[case.state], case.district, case.number or ""))
    found = publicity.candidates(actor=actor, application_ids=[case.id for case in ordered], on=on)
    return (
        SheetTable(
            title=f"{batch_of(batch.code)}苏州市3A级绿色工厂评定情况表",
            subtitle=f"截至{on.year}年{on.month}月{on.day}日",
            sheet_name="评定情况",
            columns=(
                Column(label="序号", kind=Kind.INTEGER, width=6),
                Column(label="申报编号", kind=Kind.CODE, width=26),
                Column(label="企业名称", width=32),
                Column(label="统一社会信用代码", kind=Kind.CODE, width=22),
                Column(label="所在地区", width=14),
                Column(label="所属行业", width=24),
                Column(label="环节", width=12),
                Column(label="自评得分", kind=Kind.SCORE, width=9),
                Column(label="初评得分", kind=Kind.SCORE, width=9),
                Column(label="专家组得分", kind=Kind.SCORE, width=10),
                Column(label="征信结果", width=14),
                Column(label="征信有效期至", kind=Kind.DATE, width=15),
                Column(label="公示截止", kind=Kind.DATE, width=15),
                Column(label="未办结异议", kind=Kind.INTEGER, width=10),
            ),
            rows=(_candidate(number, row) for number, row in enumerate(found, start=1)),
            notes=("说明：征信结果标注“已过期”的，须在公示前重新查询。",),
        ),
    )


def _candidate(number: int, row: Candidate) -> tuple[object, ...]:
    case, credit = row.case, row.credit
    result = "" if credit is None else credit.result_label + ("（已过期）" if row.credit_is_stale else "")
    return (
        number,
        case.number,
        case.enterprise_name,
        case.uscc,
        case.district_name,
        case.industry_name,
        case.state_label,
        case.self_total,
        case.prelim_total,
        case.panel_total,
        result,
        None if credit is None else credit.valid_until,
        row.notice_ends_on,
        row.open_objections,
    )


def _dashboard(actor: Actor, public_id: str, on: date, filters: Mapping[str, str]) -> Tables:
    """The numbers of the city's dashboard, one a line, of one round or of all."""
    del filters
    if actor.role not in _WATCHERS:
        raise Forbidden("全市看板仅供市工业和信息化局使用。")
    code = "" if public_id == ALL else applications.round_file(actor=actor, public_id=public_id).code
    found = publicity.overview(actor=actor, moment=DatabaseClock().now(), round_code=code)
    table = SheetTable(
        title="全市绿色工厂评价运行数据",
        subtitle=f"截至{on.year}年{on.month}月{on.day}日，{f'批次 {code}' if code else '全部批次'}",
        sheet_name="运行数据",
        columns=(
            Column(label="部分", width=10),
            Column(label="对象", width=30),
            Column(label="指标", width=24),
            Column(label="数值", kind=Kind.NUMBER, width=12),
        ),
        rows=found.lines(),
        notes=("说明：称号年度数、超期事项和培育数为全市合计，不随批次变化。",),
    )
    return (table,)


def _district_board(actor: Actor, public_id: str, on: date, filters: Mapping[str, str]) -> Tables:
    """The numbers of a district's board, one a line."""
    del public_id, filters
    return (district_board_table(actor, on),)


def _impact(actor: Actor, public_id: str, on: date, filters: Mapping[str, str]) -> Tables:
    del on, filters
    return (impact_table(actor, public_id),)


Maker = Callable[[Actor, str, date, Mapping[str, str]], Tables]
WORKBOOKS: Final[Mapping[str, Maker]] = MappingProxyType(
    {
        kinds.FILING: _filing,
        kinds.RECOMMENDATION: _recommendation,
        kinds.UPWARD: _upward,
        kinds.NOTICE: _notice,
        kinds.SCORE_SHEET: _score_sheet,
        kinds.CREDIT_RECORD: _credit,
        kinds.RECOGNITION: _recognition,
        kinds.YEARLY_TABLE: _yearly,
        kinds.EXTERNAL_LIST: _external_list,
        BOARD: _board,
        DIRECTORY: _directory,
        DASHBOARD: _dashboard,
        DISTRICT_BOARD: _district_board,
        IMPACT: _impact,
        PREPARATION: _preparation,
    }
)

"""Forms that are tables of one case as spreadsheets: F-05 scores, F-11 credit, F-15 yearly table, F-19 imported list.

Each is made from the data object that its PDF and Word are made from; a form of several parts has a worksheet for each.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from apps.documents.rendering.papers import (
    CreditRecord,
    ExternalListRecord,
    ScoredItem,
    ScoreSheet,
    YearlyAnswer,
    YearlyTable,
)
from apps.documents.sheets import Column, Kind, SheetTable

_FULL = Decimal(100)
_NUMBER = Column(label="序号", kind=Kind.INTEGER, width=6)


def score_tables(paper: ScoreSheet) -> tuple[SheetTable, ...]:
    """F-05: every item with both scores, then the dimensions with the totals."""
    edition = "（重构版）" if paper.reconstructed else ""
    case = f"企业名称：{paper.enterprise}　　申报编号：{paper.application_number}"
    subtitle = f"{case}　　评价标准：{paper.scheme}{edition}"
    signs = (
        f"初评总分：{paper.total:.2f}　对应级别：{paper.level}　初评结论：{paper.conclusion}",
        f"初评意见：{paper.opinion}",
        f"初评人：{paper.scorer}　签批人：{paper.signer}　{paper.issuer}（盖章）",
    )
    items = SheetTable(
        title=paper.heading,
        subtitle=subtitle,
        sheet_name="逐条得分",
        columns=(
            Column(label="维度", width=14),
            Column(label="编号", kind=Kind.CODE, width=9),
            Column(label="条目", width=48),
            Column(label="类别", kind=Kind.CODE, width=8),
            Column(label="满分", kind=Kind.SCORE, width=8),
            Column(label="自评分", kind=Kind.SCORE, width=9),
            Column(label="初评分", kind=Kind.SCORE, width=9),
            Column(label="差异", kind=Kind.SCORE, width=8),
            Column(label="差异理由", width=30),
            Column(label="证据核验", kind=Kind.CODE, width=10),
        ),
        rows=(
            (
                part.name,
                item.code,
                item.requirement,
                "必选" if item.mandatory else "可选",
                item.full,
                "不适用" if item.not_applicable else item.self_score,
                "不适用" if item.not_applicable else item.score,
                item.difference,
                item.reason,
                _checked(item),
            )
            for part in paper.dimensions
            for item in part.items
        ),
        notes=signs,
    )
    dimensions = SheetTable(
        title=f"{paper.heading}（各维度）",
        subtitle=subtitle,
        sheet_name="各维度得分",
        columns=(
            Column(label="维度", width=26),
            Column(label="满分", kind=Kind.SCORE, width=12),
            Column(label="自评分", kind=Kind.SCORE, width=12),
            Column(label="初评分", kind=Kind.SCORE, width=12),
            Column(label="说明", width=40),
        ),
        rows=(
            *(
                (
                    part.name,
                    part.full,
                    part.self_score,
                    part.score,
                    "有不适用条目，按规则折算" if part.rebased else "",
                )
                for part in paper.dimensions
            ),
            ("合计", _FULL, paper.self_total, paper.total, paper.level),
        ),
        notes=signs,
    )
    return items, dimensions


def _checked(item: ScoredItem) -> str:
    if item.evidence_checked is None:
        return "未标记"
    return "核验一致" if item.evidence_checked else "未能证明"


def credit_table(paper: CreditRecord) -> SheetTable:
    """F-11: every query about one application, the newest first."""
    return SheetTable(
        title=paper.heading,
        subtitle=(
            f"企业名称：{paper.enterprise}　　统一社会信用代码：{paper.uscc}　　申报编号：{paper.application_number}"
        ),
        sheet_name="征信查询记录",
        columns=(
            _NUMBER,
            Column(label="查询平台", width=28),
            Column(label="查询日期", kind=Kind.DATE, width=15),
            Column(label="报告编号", kind=Kind.CODE, width=22),
            Column(label="结果", kind=Kind.CODE, width=14),
            Column(label="有关情况", width=36),
            Column(label="附件", width=30),
            Column(label="有效期至", kind=Kind.DATE, width=15),
            Column(label="查询人", width=12),
        ),
        rows=(
            (
                number,
                row.platform,
                row.checked_on,
                row.report_number,
                row.result,
                row.matters,
                "；".join(row.attachments),
                row.valid_until,
                row.recorded_by,
            )
            for number, row in enumerate(paper.checks, start=1)
        ),
        notes=(f"所在地区：{paper.district}　批次：{paper.batch}　申报级别：{paper.applied_level}级",),
    )


def external_list_table(paper: ExternalListRecord) -> SheetTable:
    """F-19: every line of an imported list and what it did here."""
    return SheetTable(
        title=paper.heading,
        subtitle=(
            f"来源：{paper.list_title}（{paper.document_number}）　　发布日期：{paper.published_on:%Y-%m-%d}"
            f"　　导入日期：{paper.imported_on:%Y-%m-%d}"
        ),
        sheet_name="导入明细",
        columns=(
            _NUMBER,
            Column(label="原始名称", width=38),
            Column(label="统一社会信用代码", kind=Kind.CODE, width=22),
            Column(label="动作", kind=Kind.CODE, width=10),
            Column(label="匹配方式", kind=Kind.CODE, width=14),
            Column(label="处理结果", kind=Kind.CODE, width=14),
            Column(label="说明", width=30),
        ),
        rows=(
            (row.position, row.name, row.uscc, row.action, row.match, row.state, row.note)
            for row in paper.rows
        ),
        notes=(f"共 {len(paper.rows)} 行。{paper.issuer}（盖章）",),
    )


def yearly_tables(paper: YearlyTable) -> tuple[SheetTable, ...]:
    """F-15: a worksheet for each of the parts A to F with the district's opinion; G and H are signed on paper."""
    subtitle = f"企业名称：{paper.enterprise}　　统一社会信用代码：{paper.uscc}"

    def part(
        letter: str, name: str, columns: tuple[Column, ...], rows: tuple[tuple[object, ...], ...]
    ) -> SheetTable:
        return SheetTable(
            title=f"{paper.heading}（{letter} {name}）",
            subtitle=subtitle,
            sheet_name=f"{letter} {name}",
            columns=columns,
            rows=rows,
        )

    pair = (Column(label="事项", width=24), Column(label="内容", width=80))
    return (
        part(
            "A",
            "基本情况",
            pair,
            (
                ("企业名称", paper.enterprise),
                ("是否更名", paper.renamed),
                ("统一社会信用代码", paper.uscc),
                ("所在地区", paper.district),
                ("获评级别", f"{paper.level}级"),
                ("获评批次", paper.batch),
                ("联系人", paper.contact),
                ("联系电话", paper.phone),
                ("报送状态", paper.state),
                ("报送日期", paper.filed_on.isoformat() if paper.filed_on else ""),
            ),
        ),
        part("B", "重大变更", _answer_columns("是否变更"), _answers(paper.changes)),
        part("C", "合规情况", _answer_columns("有无"), _answers(paper.compliance)),
        part(
            "D",
            "关键指标",
            (
                Column(label="指标", width=34),
                Column(label="单位", kind=Kind.CODE, width=16),
                *(Column(label=f"{year}年", kind=Kind.NUMBER, width=16) for year in paper.years),
                Column(label="说明", width=40),
            ),
            tuple(
                (row.label, row.unit, *(_figure(value) for value in row.values), row.reason)
                for row in paper.figures
            ),
        ),
        part(
            "E",
            "绿色改造项目",
            (
                _NUMBER,
                Column(label="项目名称", width=36),
                Column(label="投资（万元）", kind=Kind.NUMBER, width=14),
                Column(label="完成时间", width=14),
                Column(label="成效", width=40),
            ),
            tuple(
                (number, row.name, _figure(row.investment_wan), row.finished, row.effect)
                for number, row in enumerate(paper.projects, start=1)
            ),
        ),
        part(
            "F",
            "总结与计划",
            pair,
            (
                ("年度总结", "\n".join(paper.summary)),
                ("下年计划", "\n".join(paper.plan)),
                ("国家平台回执", paper.receipt),
                ("属地审核意见", paper.review),
            ),
        ),
    )


def _answer_columns(asked: str) -> tuple[Column, ...]:
    return (
        Column(label="事项", width=26),
        Column(label=asked, kind=Kind.CODE, width=12),
        Column(label="说明", width=60),
    )


def _answers(rows: tuple[YearlyAnswer, ...]) -> tuple[tuple[object, ...], ...]:
    return tuple((row.label, row.answer, row.explanation) for row in rows)


def _figure(text: str) -> Decimal | str:
    """Return a figure as a number where it is one: thousands are grouped on paper, words such as 不适用 stay words."""
    try:
        value = Decimal(text.replace(",", ""))
    except InvalidOperation:
        return text
    return value if value.is_finite() else text

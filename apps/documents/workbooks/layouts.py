"""The layouts of the bureaus' lists as spreadsheets: 推荐汇总表 (F-07), 备案表 (F-06), 公示和公布名单 (F-12, F-14)."""

from __future__ import annotations

from collections.abc import Iterable

from apps.documents.rendering.papers import FilingTable, ListedEnterprise, RecommendationLetter, UpwardLetter
from apps.documents.sheets import Column, Kind, SheetTable


def recommendation_table(letter: RecommendationLetter) -> SheetTable:
    """F-07 推荐汇总表 of a recommendation letter."""
    return SheetTable(
        title=letter.list_title,
        subtitle=f"推荐单位（盖章）：{letter.issuer}　　填报日期：{letter.dated:%Y-%m-%d}",
        sheet_name="推荐汇总表",
        columns=(
            Column(label="序号", kind=Kind.INTEGER, width=6),
            Column(label="企业名称", width=30),
            Column(label="统一社会信用代码", kind=Kind.CODE, width=22),
            Column(label="所在地区", width=12),
            Column(label="所属行业（代码）", width=24),
            Column(label="主要产品", width=26),
            Column(label="获评2A级时间（或豁免理由）", width=20),
            Column(label="评价标准", width=20),
            Column(label="自评得分", kind=Kind.SCORE, width=9),
            Column(label="初评得分", kind=Kind.SCORE, width=9),
            Column(label="年综合能耗（吨标准煤）", kind=Kind.NUMBER, width=14),
            Column(label="年产值（万元）", kind=Kind.NUMBER, width=14),
            Column(label="联系人", width=10),
            Column(label="联系电话", kind=Kind.CODE, width=15),
        ),
        rows=(
            (
                number,
                row.name,
                row.uscc,
                row.district,
                row.industry,
                row.products,
                row.prior_title,
                row.scheme,
                row.self_score,
                row.preliminary_score,
                row.energy_tce,
                row.output_wan,
                row.contact,
                row.phone,
            )
            for number, row in enumerate(letter.enterprises, start=1)
        ),
        notes=(
            "填表说明：1. 初评得分80分（含）以上方可推荐，得分保留两位小数。",
            "2. 尚未获评2A级的企业，应当填写豁免理由和批准机关。",
            "3. 年综合能耗按当量值折算为吨标准煤，年产值按现价填写，均为申报上一年度数据。",
        ),
    )


def filing_table(paper: FilingTable) -> SheetTable:
    """F-06 备案表 of the 1A and 2A titles of a district."""
    return SheetTable(
        title=paper.heading,
        subtitle=f"报送单位（盖章）：{paper.issuer}　　报送日期：{paper.dated:%Y-%m-%d}",
        sheet_name="备案表",
        columns=(
            Column(label="属地", width=12),
            Column(label="批次", width=16),
            Column(label="序号", kind=Kind.INTEGER, width=6),
            Column(label="企业名称", width=30),
            Column(label="统一社会信用代码", kind=Kind.CODE, width=22),
            Column(label="所属行业", width=24),
            Column(label="得分", kind=Kind.SCORE, width=9),
            Column(label="评定级别", kind=Kind.CODE, width=9),
            Column(label="评定日期", kind=Kind.DATE, width=15),
            Column(label="文号", width=20),
            Column(label="联系人", width=10),
            Column(label="联系电话", kind=Kind.CODE, width=15),
            Column(label="备注", width=16),
        ),
        rows=(
            (
                paper.district,
                paper.batch,
                number,
                row.name,
                row.uscc,
                row.industry,
                row.score,
                row.level,
                row.decided_on,
                row.document_number,
                row.contact,
                row.phone,
                row.note,
            )
            for number, row in enumerate(paper.titles, start=1)
        ),
        notes=(
            f"报送人：{paper.reporter}　联系电话：{paper.reporter_phone}",
            "填表说明：得分保留两位小数；60分（含）至70分为1A级，70分（含）至80分为2A级。",
        ),
    )


def upward_table(letter: UpwardLetter) -> SheetTable:
    """The list of enterprises recommended to the province or the nation."""
    return SheetTable(
        title=letter.list_title,
        subtitle=f"推荐单位（盖章）：{letter.issuer}　　文号：{letter.number or '（签发时编号）'}",
        sheet_name="推荐名单",
        columns=(
            Column(label="序号", kind=Kind.INTEGER, width=6),
            Column(label="企业名称", width=34),
            Column(label="统一社会信用代码", kind=Kind.CODE, width=22),
            Column(label="所在地区", width=14),
            Column(label="行业代码", kind=Kind.CODE, width=10),
            Column(label="已获等级", kind=Kind.CODE, width=9),
            Column(label="评定日期", kind=Kind.DATE, width=15),
            Column(label="评定文号", width=26),
            Column(label="备注", width=28),
        ),
        rows=(
            (
                number,
                row.name,
                row.uscc,
                row.district,
                row.industry,
                row.held,
                row.awarded_on,
                row.document_number,
                row.note,
            )
            for number, row in enumerate(letter.enterprises, start=1)
        ),
        notes=("说明：推荐的企业应已获评3A级；经批准豁免的，理由列在备注中。",),
    )


def list_table(title: str, enterprises: Iterable[ListedEnterprise]) -> SheetTable:
    """A published list (公示名单, 公布名单, 名录)."""
    return SheetTable(
        title=title,
        columns=(
            Column(label="序号", kind=Kind.INTEGER, width=6),
            Column(label="企业名称", width=38),
            Column(label="统一社会信用代码", kind=Kind.CODE, width=24),
            Column(label="所在地区", width=16),
            Column(label="所属行业", width=28),
            Column(label="证书编号", kind=Kind.CODE, width=24),
        ),
        rows=(
            (number, row.name, row.uscc, row.district, row.industry, row.certificate_number)
            for number, row in enumerate(enterprises, start=1)
        ),
    )

"""One sample of every paper, all persons and enterprises invented."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cache

from apps.documents.rendering.papers import (
    ApplicationForm,
    CancellationDecision,
    Certificate,
    CheckedMaterial,
    Contact,
    CreditLine,
    CreditRecord,
    Deficiency,
    DimensionAnswers,
    DimensionTotal,
    EvidenceFile,
    ExpertDimension,
    ExpertItem,
    ExpertSheet,
    ExpertTotal,
    ExternalListRecord,
    FiledTitle,
    FilingTable,
    FormCheckSheet,
    GreenProject,
    IndicatorAnswer,
    Inspection,
    ListedChange,
    ListedEnterprise,
    ObjectionRecord,
    PanelOpinion,
    Paper,
    ProfileEntry,
    PublicNotice,
    PutRight,
    RecognitionDocument,
    RecommendationLetter,
    RecommendedEnterprise,
    RectificationNotice,
    RectificationReport,
    RequirementAnswer,
    ScoredDimension,
    ScoredItem,
    ScoreSheet,
    Section,
    SelfEvaluationReport,
    SubmissionReceipt,
    SupplementNotice,
    ThirdPartyReport,
    UpwardEnterprise,
    UpwardLetter,
    Verification,
    VisitFinding,
    VisitRecord,
    VisitSignature,
    WaiverSheet,
    YearlyAnswer,
    YearlyFigure,
    YearlyTable,
)
from apps.policy.annual_form import CHANGES, COMPLIANCE, FIGURES

CITY = "苏州市工业和信息化局"
DISTRICT = "昆山市工业和信息化局"
BATCH = "2026年第二批"
SCHEME = "《苏州市绿色工厂评价体系》SZGF-2023R1"
VERIFY = Verification(url="https://green.example.cn/verify/SZLC-3A-2026-0137-k3v9x2mq7w5t")
CONTACT = Contact(
    person="顾晓岚",
    phone="0512-00000000",
    email="green@example.cn",
    address="苏州市姑苏区示例路1号",
)
NAMES = (
    ("昆山锦溪高分子材料有限公司", "昆山市", "91320583MA1N7K3T2L"),
    ("张家港沙洲精品钢构有限公司", "张家港市", "91320582MA1X4H8D97"),
    ("太仓浏家港智能装备有限公司", "太仓市", "91320585MA2B0Q6L5D"),
    ("苏州独墅湖半导体科技有限公司", "苏州工业园区", "91320594MA1P9R2C4P"),
    ("吴江盛湖化纤新材料股份有限公司", "吴江区", "91320509MA258U5J6T"),
    ("苏州浒墅光电显示技术有限公司", "苏州高新区", "91320505MA1T2Y4N8W"),
    ("常熟虞麓昇堃喆精密机械有限公司", "常熟市", "91320581MA1Y1G6H4L"),
)
DIMENSIONS = (
    ("基础设施", 20, 18),
    ("管理体系", 15, 14),
    ("能源与资源投入", 15, 17),
    ("产品", 10, 12),
    ("环境排放", 10, 14),
    ("绩效", 30, 22),
)
REQUIREMENT = (
    "工厂应建立并运行能源管理体系，设置专门的能源管理岗位，按规定开展能源计量、统计和分析，"
    "并取得第三方认证证书"
)


def listed(count: int) -> tuple[ListedEnterprise, ...]:
    return tuple(
        ListedEnterprise(
            name=NAMES[at % 7][0],
            district=NAMES[at % 7][1],
            uscc=NAMES[at % 7][2],
            certificate_number=f"SZLC-3A-2026-{at + 101:04d}",
        )
        for at in range(count)
    )


def public_notice() -> PublicNotice:
    return PublicNotice(
        issuer=CITY,
        dated=date(2026, 12, 14),
        batch=BATCH,
        level="3A",
        enterprises=tuple(
            ListedEnterprise(name=row.name, district=row.district, uscc=row.uscc) for row in listed(28)
        ),
        starts_on=date(2026, 12, 14),
        ends_on=date(2026, 12, 18),
        working_days=5,
        contact=CONTACT,
        supervision_phone="0512-00000001",
        verification=Verification(url="https://green.example.cn/notices/2026-2", label="扫码查看公示"),
    )


def recognition(*, draft: bool = False) -> RecognitionDocument:
    return RecognitionDocument(
        issuer=CITY,
        dated=date(2026, 12, 21),
        number="苏工信节能〔2026〕58号",
        addressees="各县级市（区）工信局、姑苏区经科局、工业园区经发委、苏州高新区经发委",
        batch=BATCH,
        level="3A",
        enterprises=listed(28),
        copies_to="江苏省工业和信息化厅，苏州市生态环境局、苏州市发展和改革委员会，各有关企业",
        printed_by="苏州市工业和信息化局办公室",
        draft=draft,
    )


def certificate(enterprise: str = NAMES[0][0]) -> Certificate:
    return Certificate(
        issuer=CITY,
        dated=date(2026, 12, 21),
        number="SZLC-3A-2026-0137",
        enterprise=enterprise,
        uscc=NAMES[0][2],
        level="3A",
        batch=BATCH,
        document_number="苏工信节能〔2026〕58号",
        verification=VERIFY,
    )


def upward() -> UpwardLetter:
    return UpwardLetter(
        issuer=CITY,
        dated=date(2026, 12, 8),
        number="苏工信节能〔2026〕61号",
        addressee="江苏省工业和信息化厅",
        year=2027,
        target="省级",
        contact=CONTACT,
        enterprises=tuple(
            UpwardEnterprise(
                name=NAMES[at % 7][0],
                uscc=NAMES[at % 7][2],
                district="昆山市",
                industry="2651",
                held="3A" if at else "",
                awarded_on=date(2025, 6, 18) if at else None,
                document_number="苏工信节能〔2025〕22号" if at else "",
                note="" if at else "豁免：国家级专精特新企业，经批准",
            )
            for at in range(9)
        ),
    )


def recommendation() -> RecommendationLetter:
    return RecommendationLetter(
        issuer=DISTRICT,
        dated=date(2026, 11, 30),
        number="昆工信函〔2026〕41号",
        addressee=CITY,
        batch=BATCH,
        level="3A",
        district="昆山市",
        contact=CONTACT,
        enterprises=tuple(
            RecommendedEnterprise(
                name=NAMES[at % 7][0],
                uscc=NAMES[at % 7][2],
                district="昆山市",
                industry="初级形态塑料及合成树脂制造（2651）",
                products="工程塑料、改性高分子材料、生物基可降解树脂",
                prior_title="2025年3月" if at % 3 else "豁免：国家级专精特新企业，经市局批准",
                scheme="SZGF-2023R1（重构版）",
                self_score=Decimal("88.60"),
                preliminary_score=Decimal("83.25") + at,
                energy_tce=Decimal("12843.57"),
                output_wan=Decimal(156230),
                contact="周敏",
                phone="0512-00000002",
            )
            for at in range(12)
        ),
    )


def filing() -> FilingTable:
    return FilingTable(
        issuer=DISTRICT,
        dated=date(2026, 10, 20),
        district="昆山市",
        batch=BATCH,
        reporter="沈立群",
        reporter_phone="0512-00000003",
        titles=tuple(
            FiledTitle(
                name=NAMES[at % 7][0],
                uscc=NAMES[at % 7][2],
                industry="塑料零件及其他塑料制品制造（2929）",
                score=Decimal("71.35"),
                level="2A" if at % 2 else "1A",
                decided_on=date(2026, 10, 12),
                document_number="昆工信〔2026〕33号",
                contact="周敏",
                phone="0512-00000002",
            )
            for at in range(25)
        ),
        verification=VERIFY,
    )


@cache
def score_sheet() -> ScoreSheet:
    dimensions = []
    for number, (name, full, count) in enumerate(DIMENSIONS, start=1):
        items = tuple(
            ScoredItem(
                code=f"{number}.{at // 4 + 1}.{at % 4 + 1}",
                requirement=REQUIREMENT[: 18 + at * 3],
                mandatory=at % 3 != 0,
                full=Decimal("1.20"),
                self_score=None if at == 7 else Decimal("1.20"),
                score=None if at == 7 else Decimal("1.20") - (Decimal("0.40") if at % 6 == 5 else 0),
                reason="证书已于2026年9月到期，未见续证材料" if at % 6 == 5 else "",
                not_applicable=at == 7,
                evidence_checked=None if at == 7 else at % 6 != 5,
            )
            for at in range(count)
        )
        dimensions.append(
            ScoredDimension(
                name=name,
                full=Decimal(full),
                self_score=Decimal(full),
                score=Decimal(full) * Decimal("0.835"),
                items=items,
                rebased=number == 2,
            )
        )
    return ScoreSheet(
        issuer=DISTRICT,
        dated=date(2026, 11, 20),
        application_number="GF3A-2026B-320583-0137",
        enterprise=NAMES[0][0],
        uscc=NAMES[0][2],
        district="昆山市",
        applied_level="3A",
        scheme=SCHEME,
        dimensions=tuple(dimensions),
        self_total=Decimal("88.60"),
        total=Decimal("83.50"),
        level="3A级",
        conclusion="推荐",
        scorer="沈立群",
        signer="陆建平",
        scored_on=date(2026, 11, 18),
        signed_on=date(2026, 11, 20),
        opinion="经逐条核验，企业申报材料基本完整，总分达到推荐要求，未发现不得申报的情形，同意推荐。",
        verification=VERIFY,
    )


def panel_opinion() -> PanelOpinion:
    return PanelOpinion(
        issuer=CITY,
        dated=date(2026, 12, 8),
        application_number="GF3A-2026B-320583-0137",
        enterprise=NAMES[0][0],
        uscc=NAMES[0][2],
        district="昆山市",
        batch=BATCH,
        applied_level="3A",
        scheme=SCHEME,
        preliminary_total=Decimal("83.50"),
        experts=(
            ExpertTotal(expert="范志远", employer="苏州某大学环境学院", total=Decimal("84.20"), role="组长"),
            ExpertTotal(
                expert="钱文蔚",
                employer="江苏某节能技术研究院",
                total=Decimal("82.75"),
                outlying=True,
                dissent="余热回收的测算依据不足，建议补充计量记录后再评定。",
            ),
            ExpertTotal(expert="陶知行", employer="苏州某认证检测有限公司", total=Decimal("83.90")),
        ),
        method="取各位专家总分的算术平均值，四舍五入保留两位小数；专家满5人时去掉一个最高分和一个最低分。",
        panel_score=Decimal("83.62"),
        level="3A级",
        conclusion="建议评定",
        opinion=(
            (
                "企业绿色工厂建设基础较好，厂房集约化、能源低碳化水平较高，已建成4.2兆瓦分布式光伏，"
                "单位产品综合能耗达到行业先进水平。"
            ),
            "建议进一步完善产品碳足迹核算，提高工业固体废物资源化利用率。",
        ),
        site_visited=True,
        site_reason="初评得分与专家得分相差不大，但废水回用率需现场核对计量器具，组长提出现场核实。",
        composed="随机抽取",
        spread=Decimal("1.45"),
        deviation=Decimal("0.76"),
        disputed=("J1-05", "K3-02"),
        reconsidered="专家组平均分距80分不足2分。",
        verification=VERIFY,
    )


@cache
def report() -> SelfEvaluationReport:
    long = (
        "公司成立于2016年，位于昆山市锦溪镇，占地86亩，主要从事工程塑料和改性高分子材料的研发与生产，"
        "现有员工420人。近三年工业总产值年均增长8.6%，单位产值综合能耗累计下降12.4%，"
        "建成屋顶分布式光伏4.2 MW，年发电量约410万 kWh，工业用水重复利用率达到92.5%。"
    )
    return SelfEvaluationReport(
        issuer=NAMES[0][0],
        dated=date(2026, 11, 6),
        application_number="GF3A-2026B-320583-0137",
        enterprise=NAMES[0][0],
        uscc=NAMES[0][2],
        district="昆山市",
        applied_level="3A",
        scheme=SCHEME,
        prepared_by=NAMES[0][0],
        profile=(
            ProfileEntry(label="企业名称", value=NAMES[0][0], wide=True),
            ProfileEntry(label="统一社会信用代码", value=NAMES[0][2]),
            ProfileEntry(label="所属行业", value="初级形态塑料及合成树脂制造（2651）"),
            ProfileEntry(label="通讯地址", value="昆山市锦溪镇示例路88号", wide=True),
            ProfileEntry(label="单位性质", value="民营"),
            ProfileEntry(label="成立日期", value="2016年3月18日"),
            ProfileEntry(label="注册资本", value="5000万元"),
            ProfileEntry(label="法定代表人", value="周启明"),
            ProfileEntry(label="联系人", value="周敏"),
            ProfileEntry(label="联系电话", value="0512-00000002"),
            ProfileEntry(label="主要产品", value="工程塑料、改性高分子材料、生物基可降解树脂", wide=True),
            ProfileEntry(label="工艺简介", value=long, wide=True),
            ProfileEntry(label="绿色发展简介", value=long * 2, wide=True),
        ),
        overview=(long, long),
        conditions=tuple(
            Section(heading=name, paragraphs=(long, long)) for name, _full, _count in DIMENSIONS
        ),
        conclusion=("经对照评价体系逐条自评，基本要求全部符合，自评总分88.60分，对应3A级。",),
        next_steps=(
            "一是实施余热回收改造，计划投资1,200万元，年节能约900吨标准煤。",
            "二是开展产品碳足迹认证。",
        ),
        requirements=tuple(
            RequirementAnswer(
                code=f"V-{at:02d}",
                rule="近三年未发生较大及以上安全（含网络、数据安全）、质量、环境污染事故，无偷漏税等违法违规行为。",
                met=True,
                explanation="无此类情形",
                evidence="1、2",
            )
            for at in range(1, 16)
        ),
        dimensions=tuple(
            DimensionAnswers(
                name=name,
                full=Decimal(full),
                self_score=Decimal(full) * Decimal("0.886"),
                items=tuple(
                    IndicatorAnswer(
                        code=f"{number}.{at // 4 + 1}.{at % 4 + 1}",
                        group="能源管理",
                        requirement=REQUIREMENT[: 20 + at * 3],
                        mandatory=at % 3 != 0,
                        full=Decimal("1.20"),
                        self_score=Decimal("1.00"),
                        value="0.338 tce/万元（基准值0.420，引领值0.300）" if at % 5 == 2 else "符合",
                        evidence="3、4" if at % 2 else "",
                        not_applicable=at == 7,
                    )
                    for at in range(count)
                ),
            )
            for number, (name, full, count) in enumerate(DIMENSIONS, start=1)
        ),
        total=Decimal("88.60"),
        level="3A级",
        evidence=tuple(
            EvidenceFile(
                number=at,
                name=f"能源管理体系认证证书及年度监督审核报告（第{at}份）.pdf",
                kind="认证证书",
                pages=12 if at % 4 else None,
                sha256=f"{at * 7919:064x}"[::-1],
                used_by="2.3.1、2.3.2",
            )
            for at in range(1, 43)
        ),
        verification=VERIFY,
    )


def receipt() -> SubmissionReceipt:
    return SubmissionReceipt(
        issuer=DISTRICT,
        dated=date(2026, 11, 6),
        application_number="GF3A-2026B-320583-0137",
        receipt_number="HZ-20261106-000137",
        enterprise=NAMES[0][0],
        uscc=NAMES[0][2],
        district="昆山市",
        batch=BATCH,
        applied_level="3A",
        scheme=SCHEME,
        submitted_at=datetime(2026, 11, 6, 8, 32, 9, tzinfo=UTC),
        submitted_by="周敏（经办人）",
        self_total=Decimal("88.60"),
        item_count=97,
        evidence_count=42,
        content_sha256="3f2a9c0b" * 8,
        next_step="属地主管部门受理和形式审查",
        expected="5个工作日内",
        contact=CONTACT,
        verification=VERIFY,
    )


DEFICIENCIES = (
    Deficiency(
        item="2.3.1 能源管理体系",
        finding="认证证书已于2026年9月18日到期，未见续证或监督审核材料。",
        demand="提供有效期内的认证证书，或认证机构出具的审核进展证明。",
    ),
    Deficiency(
        item="5.5.1 温室气体核算与核查",
        finding="核查报告的核算边界不含二期厂房，与申报的厂区范围不一致。",
        demand="按申报的厂区范围补充核算，并说明差异。",
    ),
    Deficiency(
        item="6.4.3 工业用水重复利用率",
        finding="计算表中取水量与水费单不一致，相差1,200立方米。",
        demand="核对后更正，并附分表计量记录。",
    ),
)


def supplement() -> SupplementNotice:
    return SupplementNotice(
        issuer=DISTRICT,
        dated=date(2026, 11, 10),
        number="BZ-320583-2026-0021",
        enterprise=NAMES[0][0],
        application_number="GF3A-2026B-320583-0137",
        batch=BATCH,
        applied_level="3A",
        submitted_on=date(2026, 11, 6),
        deficiencies=DEFICIENCIES,
        due_on=date(2026, 11, 24),
        working_days=10,
        contact=CONTACT,
    )


def rectification() -> RectificationNotice:
    return RectificationNotice(
        issuer=DISTRICT,
        dated=date(2026, 9, 8),
        number="昆工信整改〔2026〕3号",
        enterprise=NAMES[0][0],
        uscc=NAMES[0][2],
        level="3A",
        kind="定期现场复核",
        checked_on=date(2026, 9, 1),
        score=Decimal("76.35"),
        threshold=Decimal(80),
        deficiencies=DEFICIENCIES,
        contact=CONTACT,
        served_on=date(2026, 9, 10),
        due_on=date(2026, 12, 10),
        verification=VERIFY,
    )


def cancellation() -> CancellationDecision:
    return CancellationDecision(
        issuer=CITY,
        dated=date(2027, 1, 15),
        number="苏工信节能〔2027〕4号",
        enterprise=NAMES[0][0],
        uscc=NAMES[0][2],
        level="3A",
        certificate_number="SZLC-3A-2026-0137",
        facts=(
            (
                "2026年9月1日，昆山市工业和信息化局对你单位开展定期现场复核，复核得分76.35分，低于80分。"
                "2026年9月10日向你单位送达整改通知书，整改期限至2026年12月10日届满。截至期满，你单位未提交整改报告。"
            ),
        ),
        reasons=(
            (
                "《苏州市绿色工厂建设实施方案（试行）》第六部分第（二）项规定：“复核结果不符合苏州市绿色工厂评价要求的企业，"
                "需在三个月内完成整改，逾期未完成的，将取消相应级别绿色工厂称号，且三年内不得重新申报。”"
            ),
        ),
        defence=("2026年12月14日告知你单位陈述申辩的权利。你单位在规定期限内未提出陈述申辩。",),
        banned_until=date(2030, 1, 15),
        remedies="如对本决定不服，可以自收到本决定之日起六十日内依法申请行政复议，"
        "或者自收到本决定之日起六个月内依法提起行政诉讼。",
        copies_to="昆山市工业和信息化局",
        verification=VERIFY,
    )


NUMBER = "GF3A-2026B-320583-0137"


def application_form() -> ApplicationForm:
    return ApplicationForm(
        issuer=NAMES[0][0],
        dated=date(2026, 11, 6),
        application_number=NUMBER,
        enterprise=NAMES[0][0],
        batch=BATCH,
        applied_level="3A",
        scheme=SCHEME,
        profile=report().profile,
        verification=VERIFY,
    )


def third_party_report() -> ThirdPartyReport:
    return ThirdPartyReport(
        issuer="苏州示例节能技术服务有限公司",
        dated=date(2026, 11, 1),
        application_number=NUMBER,
        enterprise=NAMES[0][0],
        uscc=NAMES[0][2],
        district="昆山市",
        applied_level="3A",
        scheme=SCHEME,
        institution="苏州示例节能技术服务有限公司",
        institution_uscc="91320505MA1T2Y4N8W",
        overview=("受企业委托，按评价体系对其绿色工厂建设情况进行评价。",),
        requirements=report().requirements,
        dimensions=tuple(
            DimensionTotal(name=name, full=Decimal(full), score=Decimal(full) * Decimal("0.886"))
            for name, full, _count in DIMENSIONS
        ),
        total=Decimal("88.60"),
        level="3A级",
        conclusion=("经评价，企业满足基本要求，综合得分88.60分。",),
        address="苏州工业园区示例路88号",
        legal="沈示例",
        contact="韩示例",
        phone="0512-00000088",
        author="韩示例",
        reviewer="方示例",
        organisation=("成立三人评价组。", "另设一名技术复核人员。"),
        documents=("评审营业执照、管理体系证书和能源统计报表。",),
        site=("查看生产车间和能源计量室。",),
        writing=("审核人未参加现场，作技术复核后定稿。",),
        aspects=("六方面逐项评价。",),
        data=("抽查用电数据，与缴费单据一致。",),
        advice=("完善二级计量。",),
        highlights=("余热回收减少外购能源。",),
        references=("GB/T 36132 绿色工厂评价通则。",),
    )


def form_check() -> FormCheckSheet:
    return FormCheckSheet(
        issuer=DISTRICT,
        dated=date(2026, 11, 10),
        application_number=NUMBER,
        enterprise=NAMES[0][0],
        uscc=NAMES[0][2],
        district="昆山市",
        batch=BATCH,
        applied_level="3A",
        turn=1,
        rows=(
            CheckedMaterial(item="申报书及真实性承诺", complete=True),
            CheckedMaterial(
                item="证明材料",
                complete=False,
                problem="能源管理体系认证证书已到期。",
                demand="提供有效期内的证书。",
                due_on=date(2026, 11, 24),
            ),
        ),
        complete=False,
        checked_by="陆志远",
        checked_on=date(2026, 11, 10),
    )


def waiver() -> WaiverSheet:
    return WaiverSheet(
        issuer=CITY,
        dated=date(2026, 11, 4),
        rule="R-08",
        rule_title="申报3A级须已获评2A级",
        clause="方案四（一）：申报3A级原则上应已获评2A级。",
        enterprise=NAMES[1][0],
        batch=BATCH,
        applied_level="3A",
        reason="企业为国家级专精特新“小巨人”企业，能效水平居行业前列。",
        basis="工信部公布名单文件",
        requested_by="周敏",
        requested_on=date(2026, 11, 1),
        opinion="情况属实，拟同意。",
        endorsed_by="顾晓岚",
        endorsed_on=date(2026, 11, 3),
        decision="已批准",
        decision_note="同意豁免。",
        decided_by="沈一鸣",
        decided_on=date(2026, 11, 4),
        scope=f"{BATCH}3A级申报",
    )


def expert_sheet() -> ExpertSheet:
    return ExpertSheet(
        issuer=CITY,
        dated=date(2026, 12, 4),
        application_number=NUMBER,
        enterprise=NAMES[0][0],
        district="昆山市",
        batch=BATCH,
        applied_level="3A",
        scheme=SCHEME,
        expert_number="ZJ-0017",
        declared_on=date(2026, 12, 1),
        dimensions=tuple(
            ExpertDimension(
                name=name,
                full=Decimal(full),
                score=Decimal(full) * Decimal("0.84"),
                items=tuple(
                    ExpertItem(
                        code=f"{number}.{at}",
                        requirement=REQUIREMENT[: 20 + at * 3],
                        full=Decimal("1.20"),
                        score=None if at == 3 else Decimal("0.80"),
                        reason="未见监督审核报告" if at == 2 else "",
                        not_applicable=at == 3,
                    )
                    for at in range(1, 6)
                ),
            )
            for number, (name, full, _count) in enumerate(DIMENSIONS, start=1)
        ),
        total=Decimal("83.50"),
        level="3A级",
        strengths="能源管理数字化程度高。",
        problems="固废台账不完整。",
        advice="补充产品碳足迹核算。",
        wants_site_visit=True,
        submitted_on=date(2026, 12, 4),
    )


def visit_record() -> VisitRecord:
    return VisitRecord(
        issuer=DISTRICT,
        dated=date(2026, 9, 1),
        kind="现场复核（定期复核）",
        enterprise=NAMES[0][0],
        uscc=NAMES[0][2],
        district="昆山市",
        level="3A",
        visited_on=date(2026, 9, 1),
        place="昆山市示例路88号厂区",
        people=("顾晓岚", "陆志远"),
        accompanied_by="周敏",
        opening_at=time(9, 30),
        closing_at=time(15, 30),
        findings=(
            VisitFinding(
                item="H3-02", stated="危险废物分区存放", found="未分区，台账缺3个月", consistent=False
            ),
            VisitFinding(
                item="J3-04", stated="二级计量器具配备率96%", found="抽查12处，均已配备", consistent=True
            ),
            VisitFinding(item="C1-01", stated="", found="未查看", consistent=None),
        ),
        problems=("危险废物暂存间未按要求分区。",),
        conclusion=("复核得分低于80分，责令整改。",),
        score=Decimal("76.35"),
        signatures=(
            VisitSignature(
                side="核实人员", name="顾晓岚", position="", how="手写签名", signed_on=date(2026, 9, 1)
            ),
            VisitSignature(
                side="企业",
                name="周敏",
                position="总经理",
                how="拒绝签名：对危险废物分区的结论有异议",
                signed_on=date(2026, 9, 1),
            ),
        ),
        photos=("危废暂存间.jpg", "计量器具.jpg"),
    )


def credit_record() -> CreditRecord:
    return CreditRecord(
        issuer=CITY,
        dated=date(2026, 12, 8),
        application_number=NUMBER,
        enterprise=NAMES[0][0],
        uscc=NAMES[0][2],
        district="昆山市",
        batch=BATCH,
        applied_level="3A",
        checks=(
            CreditLine(
                platform="信用中国",
                checked_on=date(2026, 12, 8),
                report_number="XY-2026-118",
                result="正常",
                matters="",
                valid_until=date(2027, 1, 7),
                recorded_by="顾晓岚",
            ),
            CreditLine(
                platform="国家企业信用信息公示系统",
                checked_on=date(2026, 11, 20),
                report_number="GS-2026-077",
                result="需说明",
                matters="一条已修复的行政处罚记录",
                valid_until=date(2026, 12, 20),
                recorded_by="顾晓岚",
            ),
        ),
    )


def objection_record() -> ObjectionRecord:
    return ObjectionRecord(
        issuer=CITY,
        dated=date(2026, 12, 20),
        number="YY-20261215-0003",
        enterprise=NAMES[0][0],
        notice_title="关于2026年第二批苏州市3A级绿色工厂拟评定名单的公示",
        party="个人",
        unit="昆山示例贸易有限公司",
        person="王示例",
        contact="0512-00000009",
        matter=("反映企业危险废物台账不完整。", "附照片两张。"),
        filed_on=date(2026, 12, 15),
        state="已办结",
        handled_by="顾晓岚",
        handling_note="已向企业和属地核实。",
        statement="企业提交台账全本。",
        stated_on=date(2026, 12, 17),
        conclusion="经核查，异议不成立。",
        concluded_on=date(2026, 12, 20),
    )


def external_list() -> ExternalListRecord:
    return ExternalListRecord(
        issuer=CITY,
        dated=date(2026, 3, 2),
        kind="省级绿色工厂名单",
        list_title="2025年度江苏省绿色工厂名单",
        document_number="苏工信节能〔2026〕12号",
        published_on=date(2026, 2, 26),
        imported_on=date(2026, 3, 2),
        rows=tuple(
            ListedChange(
                position=at,
                name=NAMES[at % 7][0],
                uscc=NAMES[at % 7][2] if at % 2 else "",
                action="新增" if at % 5 else "更名为苏州示例新材料有限公司",
                match="信用代码" if at % 2 else "企业名称",
                state="已生效",
                note="" if at % 3 else "原级别2A",
            )
            for at in range(1, 36)
        ),
    )


def yearly_table() -> YearlyTable:
    return YearlyTable(
        issuer=NAMES[0][0],
        dated=date(2027, 3, 1),
        year=2027,
        years=(2024, 2025, 2026),
        enterprise=NAMES[0][0],
        renamed="否",
        uscc=NAMES[0][2],
        district="昆山市",
        level="3A",
        batch="2026年（苏工信节能〔2026〕58号）",
        contact="周敏",
        phone="0512-00000002",
        changes=tuple(YearlyAnswer(label=one.label, answer="否") for one in CHANGES),
        compliance=tuple(YearlyAnswer(label=one.label, answer="无") for one in COMPLIANCE),
        figures=tuple(
            YearlyFigure(
                label=one.label, unit=one.unit, values=("101.2", "98.7", "95.4"), reason="停产检修。"
            )
            for one in FIGURES
        ),
        projects=(
            GreenProject(
                name="屋顶光伏二期", investment_wan="860", finished="2026.9", effect="年发电210万kWh"
            ),
        ),
        summary=("全年综合能耗下降3.3%。",),
        plan=("实施余热回收改造。",),
        receipt="GY-2027-0001",
        state="审核通过",
        filed_on=date(2027, 3, 1),
        review="情况属实。",
        reviewed_on=date(2027, 4, 10),
    )


def rectification_report() -> RectificationReport:
    return RectificationReport(
        issuer=DISTRICT,
        dated=date(2026, 11, 30),
        number="昆工信整改〔2026〕3号",
        enterprise=NAMES[0][0],
        uscc=NAMES[0][2],
        district="昆山市",
        level="3A",
        served_on=date(2026, 9, 10),
        due_on=date(2026, 12, 10),
        items=tuple(
            PutRight(
                item=row.item,
                problem=row.finding,
                demand=row.demand,
                measure="已按要求完成。",
                evidence="照片、台账",
            )
            for row in DEFICIENCIES
        ),
        inspections=(
            Inspection(
                submitted_on=date(2026, 11, 20),
                verified_on=date(2026, 11, 30),
                result="合格",
                note="逐项核对属实。",
            ),
        ),
        conclusion="整改合格",
    )


def everything() -> dict[str, Paper]:
    return {
        "application_form": application_form(),
        "third_party_report": third_party_report(),
        "form_check": form_check(),
        "waiver": waiver(),
        "expert_sheet": expert_sheet(),
        "visit_record": visit_record(),
        "credit_record": credit_record(),
        "objection_record": objection_record(),
        "external_list": external_list(),
        "yearly_table": yearly_table(),
        "rectification_report": rectification_report(),
        "public_notice": public_notice(),
        "recognition": recognition(),
        "certificate": certificate(),
        "recommendation": recommendation(),
        "filing": filing(),
        "upward": upward(),
        "score_sheet": score_sheet(),
        "panel_opinion": panel_opinion(),
        "report": report(),
        "receipt": receipt(),
        "supplement": supplement(),
        "rectification": rectification(),
        "cancellation": cancellation(),
    }

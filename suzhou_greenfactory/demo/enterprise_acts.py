"""What enterprises do in the demo: start, fill in, hand in; each act one call of a service."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile

from apps.applications import report_sections
from apps.applications import selectors as applications_read
from apps.applications import services as applications
from apps.core.actor import Actor
from apps.evidence import services as evidence
from apps.policy.basic_requirements import requirements_for
from apps.policy.levels import Level
from apps.scoring import selectors as scoring
from suzhou_greenfactory.demo.cast import Company, made_up_credit_code
from suzhou_greenfactory.demo.figures import SelfEvaluation
from suzhou_greenfactory.demo.props import SCHEME, Props

_EVIDENCE = "佐证材料汇编（演示样张）.pdf"
#: First letters of an item's code → the page of the sample that speaks of it.
_PAGES = {"J1": 1, "J2": 2, "J3": 3, "G": 4, "E1": 5, "E2": 6, "E3": 6, "P": 7, "H": 8, "K": 9}
#: One item in so many is left without a document: the desks have something to ask for.
_BARE = 9


class EnterpriseActs(Props):
    """Acts of the enterprises."""

    def start(self, by: Actor, round_id: str, level: int) -> str:
        """Start a draft."""
        with self.stage.acting(by):
            return applications.create_application(
                actor=by, clock=self.stage.clock, round_public_id=round_id, level=level, scheme_code=SCHEME
            )

    def fill(self, company: Company, by: Actor, public_id: str, level: int, target: Decimal) -> None:
        """Fill in everything: profile, requirements, figures, answers, evidence, report."""
        clock = self.stage.clock
        with self.stage.acting(by):
            case = applications_read.case(actor=by, public_id=public_id)
            version = case.version
            applications.save_profile(
                actor=by, clock=clock, public_id=public_id, values=_profile(company), version=version
            )
            applications.save_basics(
                actor=by,
                clock=clock,
                public_id=public_id,
                answers={
                    item.code: {"conforms": True, "explanation": "见证明材料。"}
                    for item in requirements_for(Level(level))
                },
                version=version,
            )
            for section in report_sections.REPORT_SECTIONS:
                applications.save_report_section(
                    actor=by,
                    clock=clock,
                    public_id=public_id,
                    section=section.code,
                    text=_section(company, section.title),
                    version=version,
                )
        self.stage.pause(35)
        self.answer(company, by, public_id, target)

    def answer(self, company: Company, by: Actor, public_id: str, target: Decimal) -> None:
        """Fill in figures and answers, with a file where a claim needs one."""
        clock = self.stage.clock
        plan = self.evaluation(company, target)
        figures = plan.measurements.as_mapping()
        with self.stage.acting(by):
            case = applications_read.case(actor=by, public_id=public_id)
            sheet = scoring.current_sheet(actor=by, application_id=case.id, kind="self")
            assert sheet is not None  # noqa: S101  (a draft has one)
            applications.save_measurements(
                actor=by,
                clock=clock,
                public_id=public_id,
                version=sheet.version,
                values=figures["values"],
                rows=figures["rows"],
                units=figures["units"],
                period=figures["period"],
            )
            applications.save_answers(
                actor=by,
                clock=clock,
                public_id=public_id,
                answers={code: _answer(answer.as_mapping()) for code, answer in plan.answers.items()},
            )
            stored = evidence.store_upload(
                actor=by,
                clock=clock,
                upload=SimpleUploadedFile(_EVIDENCE, self.evidence_of(company), "application/pdf"),
                case=applications.case_for_upload(actor=by, public_id=public_id),
            )
            shown = _shown(company, plan, only_claims=target != company.target)
            for page in sorted(set(shown.values())):
                applications.attach_evidence_to_items(
                    actor=by,
                    clock=clock,
                    public_id=public_id,
                    file_public_id=stored.public_id,
                    item_codes=[code for code, on in shown.items() if on == page],
                    page_from=page,
                    page_to=page,
                )

    def submit(self, company: Company, by: Actor, public_id: str) -> None:
        """Hand in."""
        with self.stage.acting(by):
            applications.submit(
                actor=by,
                clock=self.stage.clock,
                public_id=public_id,
                token=f"demo-{public_id}",
                pledge=True,
                signatory=company.legal,
            )


_THIRD_PARTY_EVERY = 7
#: The institution is in 苏州工业园区; its running number lies far beyond those of the enterprises.
_THIRD_PARTY_DISTRICT, _THIRD_PARTY_SERIAL = "SIP", 5001


def _profile(company: Company) -> dict[str, str]:
    return {
        "factory_name": company.name,
        "mailing_address": company.address,
        "site_address": company.address,
        "ownership": "民营",
        "registry": "属地市场监督管理局",
        "founded_on": f"{2000 + company.serial % 18}-05-18",
        "registered_capital_wan": str(1000 + company.serial * 137),
        "legal_representative": company.legal,
        "legal_phone": company.phone,
        "contact_department": "安环部",
        "contact_name": company.contact,
        "contact_mobile": company.phone,
        "contact_email": f"{company.username}@example.invalid",
        "main_products": company.products,
        "process_intro": "原料检验、成型加工、检测、包装入库；主要耗能工序配备在线计量。",
        "green_intro": "建有屋顶光伏和余热回收装置，运行能源管理体系，逐年核算温室气体排放。",
        **_method(company),
    }


def _method(company: Company) -> dict[str, str]:
    """Every seventh enterprise has itself evaluated by a third party, the others evaluate themselves."""
    if company.serial % _THIRD_PARTY_EVERY != 1:
        return {"evaluation_mode": "self"}
    return {
        "evaluation_mode": "third_party",
        "third_party_name": "苏州示例节能技术服务有限公司",
        "third_party_uscc": made_up_credit_code(_THIRD_PARTY_DISTRICT, _THIRD_PARTY_SERIAL),
        "tp_address": "苏州工业园区示例路88号（虚构）",
        "tp_legal": "沈示例",
        "tp_contact": "韩示例",
        "tp_phone": "0512-00000088",
        "tp_author": "韩示例",
        "tp_reviewer": "方示例",
        "tp_organisation": "成立三人评价组，组长负责现场，另设一名技术复核人员。",
        "tp_documents": "评审营业执照、管理体系证书、能源统计报表、监测报告和计量台账。",
        "tp_site": "现场评价两天，查看生产车间、能源计量室、污染治理设施和危险废物贮存间。",
        "tp_writing": "报告由编制负责人编写，未参加现场的审核人作技术复核后定稿。",
        "tp_aspects": "基础设施、管理体系、能源与资源投入、产品、环境排放和绩效六方面逐项评价，得分见指标得分表。",
        "tp_data": "抽查上年度用电、用气和取水数据，与缴费单据一致。",
        "tp_advice": "完善二级计量，扩大余热利用。",
        "tp_highlights": "余热回收和屋顶光伏减少了外购能源。",
        "tp_references": "GB/T 36132 绿色工厂评价通则；苏州市绿色工厂评价体系。",
        "tp_qualification": "营业执照和机构能力声明，见附件。",
    }


def _shown(company: Company, plan: SelfEvaluation, *, only_claims: bool) -> dict[str, int]:
    """Return the page of the sample each item is shown by; *only_claims*: what a claim cannot do without."""
    found: dict[str, int] = {}
    for number, (code, answer) in enumerate(plan.answers.items()):
        claimed = answer.claimed_ratio is not None
        earned = not only_claims and bool(plan.result.item(code).points) and (number + company.serial) % _BARE
        if claimed or earned:
            found[code] = _PAGES.get(code[:2]) or _PAGES[code[0]]
    return found or {"K5-01": _PAGES["K"]}


def _section(company: Company, title: str) -> str:
    return (
        f"{title}：{company.name}主要生产{company.products}，年产值约 {company.output_wan} 万元。"
        "有关数据来自统计报表、计量台账和检测报告，证明材料见附件目录。"
    )


def _answer(mapping: Mapping[str, object]) -> dict[str, object]:
    """Return an answer in the words of the self sheet (evidence is counted from attached files)."""
    return {key: value for key, value in mapping.items() if key != "evidence_count"}

"""Which papers the platform makes: code, name, form of RULES.md §3, who may have them made, what becomes of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from apps.core.actor import Role

PDF: Final = "application/pdf"
#: The formats a paper can be asked for in; what is issued and stored is the PDF.
PORTABLE, WORD = "pdf", "docx"
FORMATS: Final = (PORTABLE, WORD)
_BUREAUS: Final = frozenset({Role.DISTRICT, Role.MUNICIPAL, Role.SYSTEM})
_PARTIES: Final = _BUREAUS | {Role.ENTERPRISE}
_CITY: Final = frozenset({Role.MUNICIPAL, Role.SYSTEM})
_EXPERTS: Final = _CITY | {Role.EXPERT}


@dataclass(frozen=True, slots=True)
class PaperKind:
    """One kind of paper.

    `roles`: who may have it made; whose case it is, the room's own selector decides. `settled`: made once, it is the
    paper: a later change of a name gives no second one. `of`: what row it is about. `table`: the form is a list, also
    wanted as a spreadsheet.
    """

    code: str
    label: str
    form: str
    roles: frozenset[Role]
    settled: bool = False
    of: str = ""
    table: bool = False


CERTIFICATE, NOTICE, RECOGNITION = "certificate", "notice", "recognition"
DISTRICT_AWARD: Final = "district_award"
RECOMMENDATION, FILING, UPWARD = "recommendation", "filing", "upward"
SCORE_SHEET, PANEL_OPINION = "score_sheet", "panel_opinion"
REPORT, RECEIPT = "report", "receipt"
SUPPLEMENT, RECTIFICATION, CANCELLATION = "supplement", "rectification", "cancellation"
APPLICATION_FORM, THIRD_PARTY_REPORT = "application_form", "third_party_report"
FORM_CHECK, WAIVER = "form_check", "waiver"
EXPERT_SHEET, VISIT, RECHECK = "expert_sheet", "visit", "recheck"
CREDIT_RECORD, OBJECTION_RECORD, EXTERNAL_LIST = "credit_record", "objection_record", "external_list"
YEARLY_TABLE, RECTIFICATION_REPORT = "yearly_table", "rectification_report"

KINDS: Final[dict[str, PaperKind]] = {
    kind.code: kind
    for kind in (
        PaperKind(APPLICATION_FORM, "申报书", "F-01", _PARTIES, of="申报"),
        PaperKind(REPORT, "评价报告", "F-02", _PARTIES, of="申报"),
        PaperKind(THIRD_PARTY_REPORT, "第三方评价报告", "F-03", _PARTIES, of="申报"),
        PaperKind(FORM_CHECK, "形式审查表", "F-04", _BUREAUS, of="申报"),
        PaperKind(SUPPLEMENT, "补正通知书", "F-04", _PARTIES, of="申报"),
        PaperKind(SCORE_SHEET, "初评打分表", "F-05", _BUREAUS, of="申报", table=True),
        PaperKind(FILING, "备案表", "F-06", _BUREAUS, of="备案", table=True),
        PaperKind(
            RECOMMENDATION, "推荐函和推荐汇总表", "F-07", _BUREAUS, settled=True, of="推荐", table=True
        ),
        PaperKind(EXPERT_SHEET, "专家评估表", "F-08", _EXPERTS, of="专家评审任务"),
        PaperKind(PANEL_OPINION, "专家组评估意见", "F-09", _CITY, settled=True, of="申报"),
        PaperKind(VISIT, "现场核实记录", "F-10", _CITY, of="申报"),
        PaperKind(RECHECK, "现场复核记录", "F-10", _BUREAUS, of="现场复核"),
        PaperKind(CREDIT_RECORD, "征信查询记录", "F-11", _CITY, of="申报", table=True),
        PaperKind(NOTICE, "公示", "F-12", _CITY, settled=True, of="公示", table=True),
        PaperKind(OBJECTION_RECORD, "异议登记与处理表", "F-13", _CITY, of="异议"),
        PaperKind(RECOGNITION, "评定文件", "F-14", _CITY, settled=True, of="评定", table=True),
        PaperKind(DISTRICT_AWARD, "属地评定文件", "F-14", _PARTIES, settled=True, of="申报"),
        PaperKind(YEARLY_TABLE, "年度动态管理表", "F-15", _PARTIES, of="年度动态管理表", table=True),
        PaperKind(RECTIFICATION, "整改通知书", "F-16", _PARTIES, of="整改"),
        PaperKind(RECTIFICATION_REPORT, "整改报告与验收表", "F-17", _PARTIES, of="整改"),
        PaperKind(CANCELLATION, "取消决定书", "F-18", _PARTIES, settled=True, of="取消"),
        PaperKind(EXTERNAL_LIST, "名单导入记录", "F-19", _CITY, of="省、国家级名单", table=True),
        PaperKind(WAIVER, "豁免审批单", "F-20", _PARTIES, of="豁免"),
        PaperKind(UPWARD, "上报推荐函和名单", "上报", _CITY, settled=True, of="上报推荐名单", table=True),
        PaperKind(CERTIFICATE, "证书", "证书", _PARTIES, of="称号"),
        PaperKind(RECEIPT, "提交回执", "回执", _PARTIES, of="申报"),
    )
}
_SUSPENDS: Final = "关于暂停"


def label_for(kind: str, title: str) -> str:
    """Return what a paper of *kind* with that title is called: form F-18 takes a title away, or suspends a 4A or 5A."""
    if kind == CANCELLATION and title.startswith(_SUSPENDS):
        return "暂停决定书"
    return KINDS[kind].label


#: All certificates of one recognition in one archive: a job of its own, nothing is stored but the certificates.
CERTIFICATES: Final = "certificates"
CERTIFICATES_LABEL: Final = "全部证书（压缩包）"

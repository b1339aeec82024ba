"""Which papers the platform makes: code, name, form of RULES.md §3, who may have them made, what becomes of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from apps.core.actor import Role

PDF: Final = "application/pdf"
_BUREAUS: Final = frozenset({Role.DISTRICT, Role.MUNICIPAL, Role.SYSTEM})
_PARTIES: Final = _BUREAUS | {Role.ENTERPRISE}
_CITY: Final = frozenset({Role.MUNICIPAL, Role.SYSTEM})


@dataclass(frozen=True, slots=True)
class PaperKind:
    """One kind of paper.

    `roles`: who may have it made; whose case it is, the room's own selector decides. `settled`: made once, it is the
    paper: a later change of a name gives no second one.
    """

    code: str
    label: str
    form: str
    roles: frozenset[Role]
    settled: bool = False


CERTIFICATE, NOTICE, RECOGNITION = "certificate", "notice", "recognition"
RECOMMENDATION, FILING = "recommendation", "filing"
SCORE_SHEET, PANEL_OPINION = "score_sheet", "panel_opinion"
REPORT, RECEIPT = "report", "receipt"
SUPPLEMENT, RECTIFICATION, CANCELLATION = "supplement", "rectification", "cancellation"

KINDS: Final[dict[str, PaperKind]] = {
    kind.code: kind
    for kind in (
        PaperKind(CERTIFICATE, "证书", "证书", _PARTIES),
        PaperKind(NOTICE, "公示", "F-12", _CITY, settled=True),
        PaperKind(RECOGNITION, "评定文件", "F-14", _CITY, settled=True),
        PaperKind(RECOMMENDATION, "推荐函和推荐汇总表", "F-07", _BUREAUS, settled=True),
        PaperKind(FILING, "备案表", "F-06", _BUREAUS),
        PaperKind(SCORE_SHEET, "初评打分表", "F-05", _BUREAUS),
        PaperKind(PANEL_OPINION, "专家组评估意见", "F-09", _CITY, settled=True),
        PaperKind(REPORT, "评价报告", "F-02", _PARTIES),
        PaperKind(RECEIPT, "提交回执", "回执", _PARTIES),
        PaperKind(SUPPLEMENT, "补正通知书", "F-04", _PARTIES),
        PaperKind(RECTIFICATION, "整改通知书", "F-16", _PARTIES),
        PaperKind(CANCELLATION, "取消决定书", "F-18", _PARTIES, settled=True),
    )
}
#: All certificates of one recognition in one archive: a job of its own, nothing is stored but the certificates.
CERTIFICATES: Final = "certificates"
CERTIFICATES_LABEL: Final = "全部证书（压缩包）"

"""The life of an application: read this first. Every state, every arrow, who may take it, under which rule.

Buttons, permissions, diagrams and the check before each act all come from this one table. Rooms above name the event
and call `applications.services.advance`; nobody else writes `Application.state`.
"""

from __future__ import annotations

from apps.core.actor import Duty, Role
from apps.core.lifecycle import Lifecycle, arrow

DRAFT, SUBMITTED, FORM_CHECK, SUPPLEMENTING = "draft", "submitted", "form_check", "supplementing"
PRELIM, PRELIM_SIGNED = "prelim", "prelim_signed"
DISTRICT_DECISION, TO_FILE, FILED, FILING_ACKNOWLEDGED = (
    "district_decision",
    "to_file",
    "filed",
    "filing_acknowledged",
)
RECOMMENDED, CITY_ACCEPTED, EXPERT_REVIEW, PANEL_CONCLUDED = (
    "recommended",
    "city_accepted",
    "expert_review",
    "panel_concluded",
)
CREDIT_CHECK, ON_NOTICE, OBJECTION, CONFIRMABLE, AWARDED = (
    "credit_check",
    "on_notice",
    "objection",
    "confirmable",
    "awarded",
)
REFUSED, NOT_RECOMMENDED, CONVERSION_OFFERED, KEPT = (
    "refused",
    "not_recommended",
    "conversion_offered",
    "kept",
)
WITHDRAWN, LAPSED, REJECTED = "withdrawn", "lapsed", "rejected"

#: Ended without a decision on the merits: the enterprise may apply again in the same round while its window is open.
ABANDONED = frozenset({WITHDRAWN, LAPSED, REJECTED})
#: Nothing more happens to the application itself.
FINAL = ABANDONED | {REFUSED, NOT_RECOMMENDED, KEPT, AWARDED, FILING_ACKNOWLEDGED}
#: The enterprise may write (the whole draft, or only what was returned).
EDITABLE = frozenset({DRAFT, SUPPLEMENTING})
#: States that only an application which gave a title can be in (1A/2A on the left of the filing, 3A at the end).
TITLED = frozenset({TO_FILE, FILED, FILING_ACKNOWLEDGED, AWARDED})

_ENTERPRISE, _DISTRICT, _CITY = [Role.ENTERPRISE], [Role.DISTRICT], [Role.MUNICIPAL]
_RESPONSIBLE, _HANDLER, _SIGNER = [Duty.RESPONSIBLE], [Duty.HANDLER], [Duty.SIGNER]
_CASE = [Duty.HANDLER, Duty.SIGNER]

APPLICATION_LIFE = Lifecycle(
    "申报",
    {
        DRAFT: "草稿",
        SUBMITTED: "已提交",
        FORM_CHECK: "形式审查",
        SUPPLEMENTING: "补正中",
        PRELIM: "初评中",
        PRELIM_SIGNED: "初评完成",
        DISTRICT_DECISION: "属地评审",
        TO_FILE: "待备案",
        FILED: "已报送",
        FILING_ACKNOWLEDGED: "已备案",
        RECOMMENDED: "已推荐",
        CITY_ACCEPTED: "市级受理",
        EXPERT_REVIEW: "专家评估",
        PANEL_CONCLUDED: "评估意见",
        CREDIT_CHECK: "征信查询",
        ON_NOTICE: "公示中",
        OBJECTION: "异议核查",
        CONFIRMABLE: "可评定",
        AWARDED: "已评定",
        REFUSED: "不予评定",
        NOT_RECOMMENDED: "不予推荐",
        CONVERSION_OFFERED: "转为本级评定待企业同意",
        KEPT: "维持",
        WITHDRAWN: "已撤回",
        LAPSED: "视为撤回",
        REJECTED: "不予受理",
    },
    [
        # --- the enterprise and the district's intake (方案五（三）, R-10 … R-14)
        arrow("submit", "提交申报", [DRAFT], SUBMITTED, _ENTERPRISE, "R-12", _RESPONSIBLE),
        arrow("withdraw", "撤回申报", [DRAFT, SUBMITTED], WITHDRAWN, _ENTERPRISE, "R-12", _RESPONSIBLE),
        arrow("accept", "受理", [SUBMITTED], FORM_CHECK, _DISTRICT, "R-13", _CASE),
        arrow("transfer", "转办", [SUBMITTED, FORM_CHECK], SUBMITTED, _DISTRICT, "R-13", _CASE),
        arrow("refuse_intake", "不予受理", [SUBMITTED, FORM_CHECK], REJECTED, _DISTRICT, "R-14", _SIGNER),
        arrow("return_items", "退回补正", [FORM_CHECK], SUPPLEMENTING, _DISTRICT, "R-14", _CASE),
        arrow("change_scheme", "更换评价体系", [FORM_CHECK], SUPPLEMENTING, _DISTRICT, "R-07", _CASE),
        arrow("return_from_prelim", "初评退回补正", [PRELIM], SUPPLEMENTING, _DISTRICT, "R-14", _CASE),
        arrow("resubmit", "重新提交", [SUPPLEMENTING], FORM_CHECK, _ENTERPRISE, "R-14", _RESPONSIBLE),
        arrow("lapse", "逾期视为撤回", [SUPPLEMENTING], LAPSED, [Role.SYSTEM], "R-14"),
        arrow("pass_form_check", "形式审查通过", [FORM_CHECK], PRELIM, _DISTRICT, "R-14", _CASE),
        # --- district evaluation (R-15 … R-18)
        arrow("sign_preliminary", "签批初评", [PRELIM], PRELIM_SIGNED, _DISTRICT, "R-15", _SIGNER),
        arrow(
            "start_district_decision",
            "提请属地评审",
            [PRELIM_SIGNED],
            DISTRICT_DECISION,
            _DISTRICT,
            "R-15",
            _CASE,
        ),
        arrow("decide_level", "评定等级", [DISTRICT_DECISION], TO_FILE, _DISTRICT, "R-06", _SIGNER),
        arrow(
            "refuse_level",
            "不予评定",
            [DISTRICT_DECISION, PRELIM_SIGNED],
            REFUSED,
            _DISTRICT,
            "R-02",
            _SIGNER,
        ),
        arrow(
            "keep_level", "维持现有等级", [DISTRICT_DECISION, PRELIM_SIGNED], KEPT, _DISTRICT, "R-18", _SIGNER
        ),
        arrow("send_filing", "报送备案", [TO_FILE], FILED, _DISTRICT, "R-16", _SIGNER),
        arrow("return_filing", "备案退回补正", [FILED], TO_FILE, _CITY, "R-16", _CASE),
        arrow("acknowledge_filing", "备案", [FILED], FILING_ACKNOWLEDGED, _CITY, "R-16", _CASE),
        arrow("recommend", "推荐至市级", [PRELIM_SIGNED], RECOMMENDED, _DISTRICT, "R-18", _SIGNER),
        arrow(
            "not_recommend",
            "不予推荐",
            [PRELIM_SIGNED, CONVERSION_OFFERED],
            NOT_RECOMMENDED,
            _DISTRICT,
            "R-18",
            _SIGNER,
        ),
        arrow(
            "offer_conversion",
            "征求转为本级评定意见",
            [PRELIM_SIGNED],
            CONVERSION_OFFERED,
            _DISTRICT,
            "R-18",
            _CASE,
        ),
        arrow(
            "accept_conversion",
            "同意转为本级评定",
            [CONVERSION_OFFERED],
            DISTRICT_DECISION,
            _ENTERPRISE,
            "R-18",
            _RESPONSIBLE,
        ),
        arrow(
            "decline_conversion",
            "不同意转为本级评定",
            [CONVERSION_OFFERED],
            NOT_RECOMMENDED,
            _ENTERPRISE,
            "R-18",
            _RESPONSIBLE,
        ),
        # --- the city, experts and credit (R-19 … R-23)
        arrow("return_recommendation", "退回推荐", [RECOMMENDED], PRELIM_SIGNED, _CITY, "R-18", _CASE),
        arrow("city_accept", "市级受理", [RECOMMENDED], CITY_ACCEPTED, _CITY, "R-19", _CASE),
        arrow("start_expert_review", "开始专家评估", [CITY_ACCEPTED], EXPERT_REVIEW, _CITY, "R-19", _CASE),
        arrow(
            "conclude_panel",
            "形成评估意见",
            [EXPERT_REVIEW],
            PANEL_CONCLUDED,
            [Role.MUNICIPAL, Role.EXPERT],
            "R-22",
        ),
        arrow("reopen_panel", "重新评估", [PANEL_CONCLUDED], EXPERT_REVIEW, _CITY, "R-22", _CASE),
        arrow("refuse_after_panel", "不予评定", [PANEL_CONCLUDED], REFUSED, _CITY, "R-22", _SIGNER),
        arrow("start_credit_check", "开始征信查询", [PANEL_CONCLUDED], CREDIT_CHECK, _CITY, "R-23", _CASE),
        arrow("refuse_after_credit", "不予评定", [CREDIT_CHECK], REFUSED, _CITY, "R-23", _SIGNER),
        # --- notice, objection, award (R-24 … R-27)
        arrow("publish_notice", "公示", [CREDIT_CHECK], ON_NOTICE, _CITY, "R-24", [Duty.PUBLISHER]),
        arrow(
            "recall_notice",
            "撤下公示",
            [ON_NOTICE, CONFIRMABLE],
            CREDIT_CHECK,
            _CITY,
            "R-24",
            [Duty.HANDLER],
        ),
        arrow("open_objection", "受理异议", [ON_NOTICE, CONFIRMABLE], OBJECTION, _CITY, "R-25", _CASE),
        arrow("dismiss_objection", "异议不成立", [OBJECTION], ON_NOTICE, _CITY, "R-25", _CASE),
        arrow("uphold_objection", "异议成立", [OBJECTION], REFUSED, _CITY, "R-25", _SIGNER),
        arrow("correct_marks", "更正评分", [OBJECTION], OBJECTION, _CITY, "R-25", _SIGNER),
        arrow("settle_objection", "更正评分后继续公示", [OBJECTION], ON_NOTICE, _CITY, "R-25", _SIGNER),
        arrow("close_notice", "公示期满", [ON_NOTICE], CONFIRMABLE, [Role.SYSTEM], "R-25"),
        arrow("award", "评定", [CONFIRMABLE], AWARDED, _CITY, "R-27", [Duty.LEADER]),
        arrow("refuse_award", "不予评定", [CONFIRMABLE], REFUSED, _CITY, "R-27", [Duty.LEADER]),
    ],
)

#: Round: announced is open; the instants decide whether it takes applications.
ROUND_DRAFT, ROUND_OPEN, ROUND_CLOSED = "draft", "open", "closed"
ROUND_LIFE = Lifecycle(
    "批次",
    {ROUND_DRAFT: "拟定", ROUND_OPEN: "已发布", ROUND_CLOSED: "已截止"},
    [
        arrow("revise", "修改批次", [ROUND_DRAFT], ROUND_DRAFT, _CITY, "R-12", _CASE),
        arrow("open", "发布批次", [ROUND_DRAFT], ROUND_OPEN, _CITY, "R-12", _SIGNER),
        arrow("close", "截止批次", [ROUND_OPEN], ROUND_CLOSED, [Role.MUNICIPAL, Role.SYSTEM], "R-12", _CASE),
    ],
)

#: Exemption (F-20): the enterprise asks, the district's handler endorses, a second person approves.
REQUESTED, ENDORSED, APPROVED, DECLINED = "requested", "endorsed", "approved", "declined"
EXEMPTION_LIFE = Lifecycle(
    "豁免",
    {REQUESTED: "待属地提出意见", ENDORSED: "待批准", APPROVED: "已批准", DECLINED: "未批准"},
    [
        arrow("endorse", "提出豁免意见", [REQUESTED], ENDORSED, _DISTRICT, "R-08", _HANDLER),
        arrow("approve", "批准豁免", [ENDORSED], APPROVED, _DISTRICT, "R-08", _SIGNER),
        arrow("decline", "不予豁免", [REQUESTED, ENDORSED], DECLINED, _DISTRICT, "R-08", _CASE),
    ],
)

"""The lives of review: district scoring, ruling, filing, recommendation, the expert panel and its assignments."""

from __future__ import annotations

from apps.core.actor import Duty, Role
from apps.core.lifecycle import Lifecycle, arrow

SCORING, WAITING, SUBMITTED, SIGNED = "scoring", "waiting", "submitted", "signed"
PRELIMINARY_LIFE = Lifecycle(
    "初评",
    {SCORING: "打分中", WAITING: "待企业补正", SUBMITTED: "待签批", SIGNED: "已签批"},
    [
        arrow("submit", "提交初评", [SCORING], SUBMITTED, [Role.DISTRICT], "R-15", [Duty.HANDLER]),
        arrow("return", "退回重评", [SUBMITTED], SCORING, [Role.DISTRICT], "R-15", [Duty.SIGNER]),
        arrow(
            "wait", "退回企业补正", [SCORING], WAITING, [Role.DISTRICT], "R-14", [Duty.HANDLER, Duty.SIGNER]
        ),
        arrow("resume", "恢复打分", [WAITING], SCORING, [Role.DISTRICT], "R-14", [Duty.HANDLER, Duty.SIGNER]),
        arrow("sign", "签批初评", [SUBMITTED], SIGNED, [Role.DISTRICT], "R-15", [Duty.SIGNER]),
    ],
)

PROPOSED, DECIDED, DECLINED = "proposed", "decided", "declined"
RULING_LIFE = Lifecycle(
    "属地评定",
    {PROPOSED: "拟评定", DECIDED: "已评定", DECLINED: "不予评定"},
    [
        arrow("decide", "签发评定", [PROPOSED], DECIDED, [Role.DISTRICT], "R-06", [Duty.SIGNER]),
        arrow("decline", "不予评定", [PROPOSED], DECLINED, [Role.DISTRICT], "R-02", [Duty.SIGNER]),
    ],
)

OPEN, UPHELD, DISMISSED = "open", "upheld", "dismissed"
DISTRICT_OBJECTION_LIFE = Lifecycle(
    "属地公示异议",
    {OPEN: "核查中", UPHELD: "异议成立", DISMISSED: "异议不成立"},
    [
        arrow("uphold", "裁定异议成立", [OPEN], UPHELD, [Role.DISTRICT], "R-25", [Duty.SIGNER]),
        arrow("dismiss", "异议不成立", [OPEN], DISMISSED, [Role.DISTRICT], "R-25", [Duty.SIGNER]),
    ],
)

DRAFT, SENT, ACKNOWLEDGED, RETURNED = "draft", "sent", "acknowledged", "returned"
FILING_LIFE = Lifecycle(
    "备案",
    {DRAFT: "待报送", SENT: "已报送", ACKNOWLEDGED: "已备案", RETURNED: "退回补正"},
    [
        arrow("send", "报送备案", [DRAFT, RETURNED], SENT, [Role.DISTRICT], "R-16", [Duty.SIGNER]),
        arrow("acknowledge", "确认备案", [SENT], ACKNOWLEDGED, [Role.MUNICIPAL], "R-16", [Duty.HANDLER]),
        arrow("return", "退回补正", [SENT], RETURNED, [Role.MUNICIPAL], "R-16", [Duty.HANDLER]),
    ],
)

ACCEPTED, NONE_LISTED = "accepted", "none_listed"
RECOMMENDATION_LIFE = Lifecycle(
    "3A 推荐",
    {DRAFT: "拟稿", SENT: "已推荐", ACCEPTED: "市级已受理", NONE_LISTED: "已办结（未推荐）"},
    [
        arrow("close", "不推荐办结", [DRAFT], NONE_LISTED, [Role.DISTRICT], "R-18", [Duty.SIGNER]),
        arrow("send", "推荐上报", [DRAFT], SENT, [Role.DISTRICT], "R-18", [Duty.SIGNER]),
        arrow("accept", "市级受理", [SENT], ACCEPTED, [Role.MUNICIPAL], "R-18", [Duty.HANDLER]),
    ],
)

ASSEMBLING, ASSESSING, RECONSIDERING, ASSESSED, CONCLUDED = (
    "assembling",
    "assessing",
    "reconsidering",
    "assessed",
    "concluded",
)
PANEL_LIFE = Lifecycle(
    "专家组",
    {
        ASSEMBLING: "组建中",
        ASSESSING: "评估中",
        RECONSIDERING: "复议中",
        ASSESSED: "评分已齐",
        CONCLUDED: "已出具意见",
    },
    [
        arrow("start", "开始评估", [ASSEMBLING], ASSESSING, [Role.MUNICIPAL], "R-19", [Duty.HANDLER]),
        # taken by the system when the last member submits, or when the one still missing leaves the panel
        arrow("complete", "评分齐备", [ASSESSING, RECONSIDERING], ASSESSED, [Role.SYSTEM], "R-19"),
        # taken by the system when a conflict stops a member of a panel that was complete
        arrow("resume", "因回避重新评估", [ASSESSED], ASSESSING, [Role.SYSTEM], "R-20"),
        arrow("reconsider", "发起复议", [ASSESSED], RECONSIDERING, [Role.MUNICIPAL], "R-19", [Duty.HANDLER]),
        arrow("conclude", "出具评估意见", [ASSESSED], CONCLUDED, [Role.EXPERT], "R-22"),
        arrow(
            "reopen", "补充后重新评估", [CONCLUDED], RECONSIDERING, [Role.MUNICIPAL], "R-22", [Duty.HANDLER]
        ),
    ],
)
#: Members still score; experts may join or leave.
OPEN_PANELS = (ASSEMBLING, ASSESSING, RECONSIDERING)

INVITED, DECLARED, SCORED, BLOCKED, RECUSED = "invited", "declared", "scored", "blocked", "recused"
_WORKING = [INVITED, DECLARED, SCORED]
_RESTORERS = [Role.MUNICIPAL, Role.SYSTEM]
_DECIDERS = [Duty.SIGNER, Duty.LEADER]
ASSIGNMENT_LIFE = Lifecycle(
    "专家评审任务",
    {
        INVITED: "待签回避声明",
        DECLARED: "评审中",
        SCORED: "已提交",
        BLOCKED: "冲突待处理",
        RECUSED: "已回避",
    },
    [
        arrow("declare", "签署无利益冲突声明", [INVITED], DECLARED, [Role.EXPERT], "R-20"),
        arrow("recuse", "申请回避", [INVITED, DECLARED], RECUSED, [Role.EXPERT], "R-20"),
        arrow(
            "remove",
            "调整专家",
            [INVITED, DECLARED, BLOCKED],
            RECUSED,
            [Role.MUNICIPAL],
            "R-20",
            [Duty.HANDLER],
        ),
        arrow("submit", "提交评审意见", [DECLARED], SCORED, [Role.EXPERT], "R-19"),
        arrow("reopen", "复议重评", [SCORED], DECLARED, [Role.MUNICIPAL], "R-19", [Duty.HANDLER]),
        # a tie came to light: the material closes until the city has decided
        arrow("block", "因利益冲突暂停", _WORKING, BLOCKED, [Role.SYSTEM], "R-20"),
        arrow("restore_invited", "恢复邀请", [BLOCKED], INVITED, _RESTORERS, "R-20", _DECIDERS),
        arrow("restore_declared", "恢复评审", [BLOCKED], DECLARED, _RESTORERS, "R-20", _DECIDERS),
        arrow("restore_scored", "恢复已提交的评审", [BLOCKED], SCORED, _RESTORERS, "R-20", _DECIDERS),
    ],
)

COMMITTED, DRAWN, CONFIRMED, VOID = "committed", "drawn", "confirmed", "void"
DRAW_LIFE = Lifecycle(
    "专家抽取",
    {COMMITTED: "已封存名册", DRAWN: "已抽取", CONFIRMED: "已采用", VOID: "已作废"},
    [
        arrow(
            "reveal",
            "录入公开数值并抽取",
            [COMMITTED],
            DRAWN,
            [Role.MUNICIPAL],
            "R-19",
            [Duty.HANDLER, Duty.SIGNER],
        ),
        arrow("confirm", "采用抽取结果", [DRAWN], CONFIRMED, [Role.MUNICIPAL], "R-19", [Duty.HANDLER]),
        arrow("void", "作废并重新抽取", [COMMITTED, DRAWN], VOID, [Role.MUNICIPAL], "R-19", [Duty.HANDLER]),
    ],
)

REQUESTED, APPROVED = "requested", "approved"
OVERRIDE_LIFE = Lifecycle(
    "回避豁免",
    {REQUESTED: "待批准", APPROVED: "已批准", DECLINED: "不同意"},
    [
        arrow(
            "approve", "批准豁免", [REQUESTED], APPROVED, [Role.MUNICIPAL], "R-20", [Duty.SIGNER, Duty.LEADER]
        ),
        arrow(
            "decline",
            "不同意豁免",
            [REQUESTED],
            DECLINED,
            [Role.MUNICIPAL],
            "R-20",
            [Duty.SIGNER, Duty.LEADER],
        ),
    ],
)

"""The lives of monitoring: annual forms, rechecks, rectifications, cancellations."""

from __future__ import annotations

from apps.core.actor import Duty, Role
from apps.core.lifecycle import Lifecycle, arrow

_BUREAUS = [Role.DISTRICT, Role.MUNICIPAL]
_BY_HAND = [Duty.HANDLER, Duty.SIGNER]

TO_FILE, FILED, SENT_BACK, APPROVED = "to_file", "filed", "sent_back", "approved"
ANNUAL_LIFE = Lifecycle(
    "年度动态管理表",
    {TO_FILE: "待报送", FILED: "待属地审核", SENT_BACK: "退回修改", APPROVED: "审核通过"},
    [
        arrow("file", "报送", [TO_FILE, SENT_BACK], FILED, [Role.ENTERPRISE], "R-30", [Duty.RESPONSIBLE]),
        arrow("return", "退回修改", [FILED], SENT_BACK, [Role.DISTRICT], "R-32", _BY_HAND),
        arrow("approve", "审核通过", [FILED], APPROVED, [Role.DISTRICT], "R-32", _BY_HAND),
    ],
)

PLANNED, RECORDED, REPORTED = "planned", "recorded", "reported"
RECHECK_LIFE = Lifecycle(
    "现场复核",
    {PLANNED: "已安排", RECORDED: "待签批", REPORTED: "已报送结果"},
    [
        arrow("record", "登记复核结果", [PLANNED], RECORDED, _BUREAUS, "R-33", [Duty.HANDLER]),
        arrow("return", "退回重核", [RECORDED], PLANNED, _BUREAUS, "R-33", [Duty.SIGNER]),
        arrow("sign", "签批并报送", [RECORDED], REPORTED, _BUREAUS, "R-34", [Duty.SIGNER]),
    ],
)

ORDERED, SERVED, SUBMITTED, ACCEPTED, OVERDUE = "ordered", "served", "submitted", "accepted", "overdue"
RECTIFICATION_LIFE = Lifecycle(
    "整改",
    {
        ORDERED: "待送达",
        SERVED: "整改中",
        SUBMITTED: "待验收",
        ACCEPTED: "验收通过",
        OVERDUE: "逾期未完成",
    },
    [
        arrow(
            "serve",
            "送达整改通知",
            [ORDERED],
            SERVED,
            [Role.ENTERPRISE, *_BUREAUS],
            "R-37",
            [Duty.RESPONSIBLE, Duty.CLERK, *_BY_HAND],
        ),
        arrow("submit", "提交整改报告", [SERVED], SUBMITTED, [Role.ENTERPRISE], "R-38", [Duty.RESPONSIBLE]),
        arrow("accept", "整改验收通过", [SUBMITTED], ACCEPTED, _BUREAUS, "R-38", [Duty.SIGNER]),
        arrow("reject", "整改验收未通过", [SUBMITTED], SERVED, _BUREAUS, "R-38", [Duty.SIGNER]),
        arrow("overdue", "整改逾期", [SERVED], OVERDUE, [Role.SYSTEM], "R-40"),
    ],
)

COMMITTED, SAMPLED, VOID = "committed", "drawn", "void"
SAMPLE_LIFE = Lifecycle(
    "抽查抽取",
    {COMMITTED: "已封存名单", SAMPLED: "已抽取", VOID: "已作废"},
    [
        arrow("reveal", "录入公开数值并抽取", [COMMITTED], SAMPLED, [Role.MUNICIPAL], "R-35", _BY_HAND),
        arrow("void", "作废", [COMMITTED], VOID, [Role.MUNICIPAL], "R-35", [Duty.SIGNER]),
    ],
)

DRAWN, ARRANGED, CONCLUDED, WAIVED = "drawn", "arranged", "concluded", "waived"
SPOT_CHECK_LIFE = Lifecycle(
    "抽查",
    {DRAWN: "待安排", ARRANGED: "已安排", CONCLUDED: "已有结论", WAIVED: "不再复查"},
    [
        arrow("arrange", "安排复查", [DRAWN], ARRANGED, [Role.MUNICIPAL], "R-35", _BY_HAND),
        arrow("conclude", "得出结论", [ARRANGED], CONCLUDED, [Role.MUNICIPAL], "R-35", [Duty.SIGNER]),
        arrow("waive", "不再复查", [DRAWN], WAIVED, [Role.MUNICIPAL], "R-35", [Duty.SIGNER]),
    ],
)

PROPOSED, CANCELLED, SUSPENDED, DROPPED = "proposed", "cancelled", "suspended", "dropped"
CANCELLATION_LIFE = Lifecycle(
    "取消称号",
    {PROPOSED: "拟取消，待决定", CANCELLED: "已取消", SUSPENDED: "已暂停并报上级", DROPPED: "不予取消"},
    [
        arrow("cancel", "决定取消", [PROPOSED], CANCELLED, [Role.MUNICIPAL], "R-40", [Duty.LEADER]),
        arrow("suspend", "暂停并报上级", [PROPOSED], SUSPENDED, [Role.MUNICIPAL], "R-40", [Duty.LEADER]),
        arrow("drop", "不予取消", [PROPOSED], DROPPED, [Role.MUNICIPAL], "R-40", [Duty.LEADER]),
        # who decided on a 1A or 2A title decides on its end
        arrow(
            "cancel_by_district", "决定取消", [PROPOSED], CANCELLED, [Role.DISTRICT], "R-40", [Duty.SIGNER]
        ),
        arrow("drop_by_district", "不予取消", [PROPOSED], DROPPED, [Role.DISTRICT], "R-40", [Duty.SIGNER]),
    ],
)

INCIDENT_FILED, TO_RECHECK, DEALT_WITH, NOT_TAKEN = "filed", "to_recheck", "dealt_with", "not_taken"
INCIDENT_LIFE = Lifecycle(
    "举报线索",
    {
        INCIDENT_FILED: "待办理",
        TO_RECHECK: "已安排现场复核",
        DEALT_WITH: "已核实办理",
        NOT_TAKEN: "不予办理",
    },
    [
        arrow("recheck", "安排现场复核", [INCIDENT_FILED], TO_RECHECK, _BUREAUS, "R-42", _BY_HAND),
        arrow("deal", "登记办理结果", [INCIDENT_FILED], DEALT_WITH, _BUREAUS, "R-42", _BY_HAND),
        arrow("decline", "不予办理", [INCIDENT_FILED], NOT_TAKEN, _BUREAUS, "R-42", _BY_HAND),
    ],
)

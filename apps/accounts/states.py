"""The lives of an enterprise's registration, of its dated changes and of invitations to join it."""

from __future__ import annotations

from apps.core.actor import Duty, Role
from apps.core.lifecycle import Lifecycle, arrow

REGISTERED, RETURNED, CONFIRMED, CLOSED = "registered", "returned", "confirmed", "closed"

ENTERPRISE_LIFE = Lifecycle(
    "企业登记",
    {REGISTERED: "待属地核实", RETURNED: "已退回修改", CONFIRMED: "已核实", CLOSED: "已注销"},
    [
        arrow(
            "confirm",
            "核实通过",
            [REGISTERED],
            CONFIRMED,
            [Role.DISTRICT],
            "R-13",
            [Duty.HANDLER, Duty.SIGNER],
        ),
        arrow(
            "return", "退回修改", [REGISTERED], RETURNED, [Role.DISTRICT], "R-13", [Duty.HANDLER, Duty.SIGNER]
        ),
        arrow("claim", "企业认领", [CONFIRMED], REGISTERED, [Role.SYSTEM], "R-13"),
        arrow("resubmit", "重新提交", [RETURNED], REGISTERED, [Role.ENTERPRISE], "R-13"),
        arrow("close", "登记注销", [CONFIRMED], CLOSED, [Role.DISTRICT, Role.MUNICIPAL], "R-43"),
    ],
)

#: Kinds of dated changes an enterprise declares (R-43).
RENAME, MOVE, SUCCESSION, CLOSURE = "rename", "move", "succession", "closure"
BOUNDARY, PAUSE, INCIDENT = "boundary", "pause", "incident"
#: Kinds that alter nothing in the registration: a fact is put on record, with its day and paper.
REPORTS = frozenset({BOUNDARY, PAUSE, INCIDENT})
CHANGES = {
    RENAME: "企业更名",
    MOVE: "厂区搬迁",
    SUCCESSION: "法定代表人/负责人变更",
    BOUNDARY: "组织边界变更",
    PAUSE: "临时停产或恢复生产",
    INCIDENT: "事故、处罚或失信报告",
    CLOSURE: "注销或终止生产",
}


def day_label(kind: str) -> str:
    """Return what the day of a change of *kind* is called: on the form, in its faults, in the record."""
    if kind == CLOSURE:
        return "注销或终止生产日期"
    return "发生日期" if kind in REPORTS else "变更日期"


REQUESTED, CONFIRMED_CHANGE, DECLINED_CHANGE, TAKEN_BACK = "requested", "confirmed", "declined", "withdrawn"
_BUREAU = [Duty.HANDLER, Duty.SIGNER]

CHANGE_LIFE = Lifecycle(
    "企业变更",
    {
        REQUESTED: "待属地确认",
        CONFIRMED_CHANGE: "已确认",
        DECLINED_CHANGE: "退回，未变更",
        TAKEN_BACK: "已撤回",
    },
    [
        arrow("confirm", "确认变更", [REQUESTED], CONFIRMED_CHANGE, [Role.DISTRICT], "R-43", _BUREAU),
        arrow("decline", "退回变更申报", [REQUESTED], DECLINED_CHANGE, [Role.DISTRICT], "R-43", _BUREAU),
        arrow("withdraw", "撤回变更申报", [REQUESTED], TAKEN_BACK, [Role.ENTERPRISE], "R-43"),
    ],
)

ISSUED, ACCEPTED, CANCELLED = "issued", "accepted", "cancelled"

INVITATION_LIFE = Lifecycle(
    "成员邀请",
    {ISSUED: "待接受", ACCEPTED: "已加入", CANCELLED: "已作废"},
    [
        arrow("accept", "接受邀请", [ISSUED], ACCEPTED, [Role.PUBLIC], "R-13"),
        arrow("cancel", "作废邀请", [ISSUED], CANCELLED, [Role.ENTERPRISE], "R-13", [Duty.RESPONSIBLE]),
    ],
)

ASKED, MET, DECLINED = "asked", "met", "declined"
#: What a person may ask about their own data (个人信息保护法 45–47).
PERSONAL_REQUESTS = {"access": "查阅、复制", "correction": "更正、补充", "deletion": "删除"}

PERSONAL_REQUEST_LIFE = Lifecycle(
    "个人信息请求",
    {ASKED: "待答复", MET: "已办理", DECLINED: "不予办理"},
    [
        arrow("meet", "办理", [ASKED], MET, [Role.SECURITY_ADMIN], "R-44"),
        arrow("decline", "说明理由，不予办理", [ASKED], DECLINED, [Role.SECURITY_ADMIN], "R-44"),
    ],
)

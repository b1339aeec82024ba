"""The lives of an event and of a building plan."""

from __future__ import annotations

from apps.core.actor import Duty, Role
from apps.core.lifecycle import Lifecycle, arrow

DRAFT, OPEN, HELD, CALLED_OFF = "draft", "open", "held", "called_off"
_BUREAUS = [Role.DISTRICT, Role.MUNICIPAL]
_STAFF = [Duty.HANDLER, Duty.SIGNER]

EVENT_LIFE = Lifecycle(
    "培训宣传活动",
    {DRAFT: "未发布", OPEN: "报名中", HELD: "已举办", CALLED_OFF: "已取消"},
    [
        arrow("open", "发布", [DRAFT], OPEN, _BUREAUS, "R-45", _STAFF),
        arrow("hold", "登记已举办", [OPEN], HELD, _BUREAUS, "R-45", _STAFF),
        arrow("call_off", "取消活动", [DRAFT, OPEN], CALLED_OFF, _BUREAUS, "R-45", _STAFF),
    ],
)
#: Kinds of events: training, publicity, and the campaign weeks the plan names.
EVENT_KINDS = {
    "training": "专题培训",
    "energy_week": "全国节能宣传周",
    "low_carbon_day": "全国低碳日",
    "publicity": "其他宣传",
}

SENT, LISTED, NOT_LISTED, TAKEN_OFF = "sent", "listed", "not_listed", "taken_off"

PLAN_LIFE = Lifecycle(
    "建设计划",
    {SENT: "已报送", LISTED: "已列入培育名单", NOT_LISTED: "暂不列入", TAKEN_OFF: "已移出"},
    [
        arrow("list", "列入培育名单", [SENT, NOT_LISTED], LISTED, [Role.DISTRICT], "R-45", _STAFF),
        arrow("leave_out", "暂不列入", [SENT], NOT_LISTED, [Role.DISTRICT], "R-45", _STAFF),
        arrow("take_off", "移出名单", [LISTED], TAKEN_OFF, [Role.DISTRICT], "R-45", _STAFF),
        arrow("revise", "修改计划", [SENT, NOT_LISTED], SENT, [Role.ENTERPRISE], "R-45"),
    ],
)
#: What a registered body offers.
BODY_KINDS = {
    "third_party": "第三方评价",
    "consultant": "咨询辅导",
    "training": "培训",
    "finance": "绿色金融",
    "research": "科研机构、协会",
}

"""Where a case stands, in the words an enterprise would use: who has it and what they are doing (PEERS 40)."""

from __future__ import annotations

from apps.applications import selectors as applications
from apps.policy.levels import Level

CITY = "市工业和信息化局"
#: State → what the 属地's authority is doing.
_DISTRICT = {
    "submitted": "待受理",
    "form_check": "形式审查中",
    "prelim": "初评中",
    "prelim_signed": "初评已完成，正在办理后续程序",
    "district_decision": "评审中",
}
#: State → what the city's bureau is doing.
_CITY = {
    "filed": "备案中",
    "recommended": "待受理",
    "city_accepted": "正在组织专家评估",
    "expert_review": "专家评估中",
    "panel_concluded": "正在办理专家评估后的程序",
    "credit_check": "征信查询中",
    "on_notice": "公示中",
    "objection": "正在核查公示期异议",
    "confirmable": "待评定",
}
_OURS = {
    "draft": "由贵单位填写，尚未提交",
    "supplementing": "请贵单位按退回清单补正",
    "conversion_offered": "请贵单位答复是否转为本级评定",
}


def plain_progress(state: str, authority: str, decided_level: int | None = None) -> str:
    """Return one clause without its full stop: "昆山市工业和信息化局初评中".

    Args:
        state: code of the application's state.
        authority: name of the 属地's authority.
        decided_level: level decided, told while the decision is being filed.
    """
    if state in _DISTRICT:
        return f"{authority}{_DISTRICT[state]}"
    if state in _CITY:
        return f"{CITY}{_CITY[state]}"
    if state == "to_file":
        level = f"评定为 {Level(decided_level).label} 级，" if decided_level else ""
        return f"{authority}已{level or '作出评定，'}正在报市局备案"
    return _OURS.get(state) or applications.sentence(state).rstrip("。")

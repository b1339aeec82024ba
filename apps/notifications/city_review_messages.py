"""Messages of the city's review: recommendation accepted, experts, panels, on-site visits (part of the catalogue)."""

from __future__ import annotations

from apps.core.actor import Duty
from apps.notifications.template import Group, Template

_HANDLER = frozenset({Duty.HANDLER})
_SIGNER = frozenset({Duty.SIGNER})
_CASE = "applications/{public_id}/"
_P, _T, _R = Group.PROGRESS, Group.TASK, Group.RESULT

# fmt: off
ROWS: tuple[Template, ...] = (
    # --- 市级评审
    Template("city_accepted", _P, "市级已受理", "市工业和信息化局已受理，将组织专家评估。", "无需办理。", _CASE),
    Template(
        "expert_assigned", _T, "邀请评审：{enterprise}", "市工业和信息化局邀请您评审该企业。",
        "请先声明是否需要回避，再独立评分。", "reviews/{public_id}/",
    ),
    Template("expert_released", _R, "评审任务已取消：{enterprise}", "该评审任务已取消，原因：{reason}", "无需办理。"),
    Template(
        "expert_recused", _T, "专家申请回避：{enterprise}", "一名专家声明回避，理由：{reason}", "请另行安排专家。",
        _CASE, _HANDLER,
    ),
    Template(
        "expert_conflict", _T, "评审专家出现利益冲突：{enterprise}",
        "系统核对发现一名专家与该企业存在利益关系，该专家的评审已暂停：{reason}",
        "请更换专家，或写明理由申请豁免。", _CASE, _HANDLER,
    ),
    Template(
        "expert_conflict_late", _R, "评估意见出具后发现利益冲突：{enterprise}",
        "评估意见出具后，系统核对发现一名专家与该企业存在利益关系：{reason}", "请核实后决定是否重新评估。",
        _CASE, _HANDLER,
    ),
    Template(
        "expert_paused", _R, "评审暂停：{enterprise}", "系统核对发现可能需要回避的情形，该评审已暂停，已填内容保留。",
        "请等待市工业和信息化局处理。",
    ),
    Template(
        "expert_resumed", _T, "评审恢复：{enterprise}", "回避事项已处理完毕，该评审恢复。", "请继续评审。",
        "reviews/{public_id}/",
    ),
    Template(
        "override_requested", _T, "回避豁免待批准：{enterprise}", "经办申请豁免一名专家的回避，理由：{reason}",
        "请核实后批准或不同意。", _CASE, _SIGNER,
    ),
    Template(
        "override_decided", _R, "回避豁免{decision}：{enterprise}", "负责人对回避豁免的处理为{decision}。{note}",
        "请继续办理。", _CASE, _HANDLER,
    ),
    Template(
        "site_visit_requested", _T, "专家建议现场核实：{enterprise}", "一名专家建议现场核实，理由：{reason}",
        "请决定是否组织现场核实。", _CASE, _HANDLER,
    ),
    Template(
        "draw_committed", _T, "专家抽取已封存，待录入公开数值", "{enterprise}的专家名册已封存，公开数值来源：{source}",
        "公开数值公布后，请由封存人以外的人员录入并抽取。", _CASE, _HANDLER,
    ),
    Template(
        "expert_sheets_complete", _T, "{enterprise}的专家评分已齐", "全部专家已提交评分。", "请组织形成评估意见。",
        _CASE, _HANDLER,
    ),
    Template(
        "panel_reconsider", _T, "{what}：{enterprise}", "原因：{reason}",
        "请复核评分依据后重新提交或确认。", "reviews/{public_id}/",
    ),
    Template(
        "site_visit_scheduled", _R, "现场核实安排在{visit_on}", "市工业和信息化局将组织现场核实。",
        "请准备原始台账并安排人员陪同。", _CASE,
    ),
    Template(
        "panel_concluded", _T, "{enterprise}评估意见：{opinion}", "专家组已形成评估意见，得分{score}。",
        "请继续办理。", _CASE, _HANDLER,
    ),
    Template(
        "credit_adverse", _R, "征信查询有不良记录", "征信查询结果异常：{reason}",
        "请登录平台说明情况；说明被采信前不能列入公示。", "credit/{inquiry}/",
    ),
    Template(
        "credit_explained", _T, "{enterprise}已说明征信异常", "企业对征信查询结果作出了说明。",
        "请核实说明并登记结果。", "credit/{public_id}/", frozenset({Duty.CREDIT}),
    ),
)
# fmt: on

"""Messages of dynamic management: yearly forms, rechecks, rectification, cancellation, bans (part of the catalogue)."""

from __future__ import annotations

from apps.core.actor import Duty
from apps.notifications.template import Group, Template

_HANDLER, _SIGNER, _LEADER = frozenset({Duty.HANDLER}), frozenset({Duty.SIGNER}), frozenset({Duty.LEADER})
_P, _T, _D, _R = Group.PROGRESS, Group.TASK, Group.DEADLINE, Group.RESULT

# fmt: off
ROWS: tuple[Template, ...] = (
    # --- 动态管理
    Template(
        "annual_form_due", _D, "请填报{year}年度动态管理表", "{year}年度动态管理表已开始填报。", "请在截止日前报送。",
        "annual/{year}/",
    ),
    Template(
        "annual_form_submitted", _T, "{enterprise}已报送{year}年度动态管理表", "企业已报送。", "请审核。",
        "annual/{public_id}/", _HANDLER,
    ),
    Template(
        "annual_form_returned", _R, "{year}年度动态管理表退回修改", "退回原因：{reason}", "请修改后重新报送。",
        "annual/{year}/",
    ),
    Template(
        "annual_form_accepted", _R, "{year}年度动态管理表已审核通过", "属地已审核通过。", "无需办理。",
        "annual/{year}/",
    ),
    Template(
        "annual_form_overdue", _D, "{year}年度动态管理表已逾期", "未按时报送动态管理表的，原则上不推荐申报更高级别。",
        "请尽快补报。", "annual/{year}/",
    ),
    Template(
        "annual_form_urged", _D, "请尽快报送{year}年度动态管理表", "截止日期为{due}，目前尚未报送。",
        "请登录平台填报；未按时报送的，原则上不推荐申报更高级别。", "annual/{year}/",
    ),
    Template(
        "recheck_planned", _R, "现场复核安排在{visit_on}", "{bureau}将开展现场复核。", "请准备材料并安排人员陪同。",
        "titles/",
    ),
    Template(
        "recheck_to_sign", _T, "{enterprise}复核结果待签批", "现场复核记录已完成。", "请核对后签批。",
        "inspections/{public_id}/", _SIGNER,
    ),
    Template(
        "recheck_reported", _T, "{district}报送复核结果：{enterprise}", "复核结论：{conclusion}。",
        "请查看并决定是否抽查。", "inspections/{public_id}/", _HANDLER,
    ),
    Template(
        "city_recheck_reported", _P, "市局复查已有结论：{enterprise}", "复查结论：{conclusion}。",
        "请查看复查记录。", "inspections/{public_id}/", _HANDLER,
    ),
    Template(
        "spot_check_committed", _T, "抽查名单已封存，待录入公开数值", "公开数值来源：{source}。",
        "公布后请由另一名工作人员录入。", "spot-checks/{public_id}/", _HANDLER | _SIGNER,
    ),
    Template(
        "spot_check_drawn", _T, "{enterprise}的复核结果被抽中", "市工业和信息化局抽取了复核结果。", "请配合安排。",
        "inspections/{public_id}/", _HANDLER,
    ),
    Template(
        "rectification_served", _D, "整改通知：请在三个月内完成整改",
        "复核结果不符合评价要求，共{count}项问题。在平台签收即视为送达。",
        "请逐项整改并提交整改报告；逾期未完成的，将取消相应级别称号。", "rectify/{public_id}/",
    ),
    Template(
        "rectification_extended", _R, "整改期限延长至{due}", "延长理由：{reason}", "请在新的期限内完成整改。",
        "rectify/{public_id}/",
    ),
    Template(
        "rectification_submitted", _T, "{enterprise}已提交整改报告", "企业已提交整改报告。", "请组织验收。",
        "rectifications/{public_id}/", _HANDLER,
    ),
    Template(
        "rectification_accepted", _R, "整改验收通过", "整改验收通过，称号继续有效。", "无需办理。",
        "rectify/{public_id}/",
    ),
    Template(
        "rectification_failed", _R, "整改验收未通过", "未通过原因：{reason}", "请在剩余期限内继续整改。",
        "rectify/{public_id}/",
    ),
    Template(
        "cancellation_proposed", _D, "拟取消{level}级称号，请陈述申辩",
        "整改逾期未完成，拟取消贵单位的{level}级绿色工厂称号。", "可以在期限内提交陈述申辩意见。",
        "rectify/{public_id}/",
    ),
    Template(
        "cancellation_to_decide", _T, "{enterprise}拟取消称号，待决定", "{why}", "请有权机关负责人决定。",
        "revocations/{public_id}/", _SIGNER | _LEADER,
    ),
    Template(
        "cancellation_to_decide_district", _T, "{enterprise}拟取消称号，待决定", "{why}",
        "请本属地签批负责人决定。", "revocations/{public_id}/", _SIGNER,
    ),
    Template(
        "lower_titles_missed", _T, "{enterprise}的{levels}级称号也未达到应保持的分数",
        "该企业较高级别的称号已取消，复核得分同样低于{levels}级应保持的分数。", "请安排复核。", "inspections/",
        _HANDLER,
    ),
    Template(
        "cancellation_decided", _R, "{level}级称号已取消", "文号{document_number}。{reapply_on}前不得重新申报。",
        "请查看决定书。", "rectify/{public_id}/",
    ),
    Template(
        "title_suspended", _R, "{level}级称号已暂停",
        "文号{document_number}。该称号由市工业和信息化局报上级主管部门处理，暂停期间名录和查验显示已暂停。",
        "请继续整改；整改完成后由市工业和信息化局现场复核。", "rectify/{public_id}/",
    ),
    Template("cancellation_district", _R, "{what}", "{detail}", "无需办理。", "rectifications/{public_id}/", _HANDLER),
    Template(
        "suspended_title_resumed", _R, "{level}级称号已恢复", "暂停后复核符合评价要求，贵单位的{level}级称号已恢复。",
        "无需办理。", "titles/",
    ),
    Template(
        "suspended_title_reported", _R, "{level}级称号仍暂停，复核结果上报",
        "暂停后复核不符合评价要求，市工业和信息化局将复核结果报上级主管部门。", "请继续整改。", "titles/",
    ),
    Template(
        "suspended_title_upward", _T, "{enterprise}暂停后复核不合格，请上报", "{level}级称号仍为暂停。",
        "请将复核结果报上级主管部门。", "inspections/{public_id}/", _HANDLER | _SIGNER,
    ),
    Template(
        "cancellation_dropped", _R, "不予取消称号", "经核查，不予取消贵单位的{level}级称号。", "无需办理。",
        "titles/",
    ),
    Template("ban_ended", _P, "禁报期已届满", "自{reapply_on}起可以重新申报。", "可以查看开放的批次。"),
)
# fmt: on

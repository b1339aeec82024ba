"""Every message the product sends: code → title, what happened, what to do, where to go.

Read by officials, too: one row is one message. Placeholders are filled from the context given to `enqueue`; a missing
one is an error of the caller. The lines for number, enterprise and deadline are added to every message by the renderer.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from apps.core.actor import Duty
from apps.notifications import city_review_messages, monitoring_messages
from apps.notifications.template import Group, Template

_HANDLER = frozenset({Duty.HANDLER})
_SIGNER = frozenset({Duty.SIGNER})
_LEADER = frozenset({Duty.LEADER})
_PUBLISHER = frozenset({Duty.PUBLISHER, Duty.HANDLER})


_CASE = "applications/{public_id}/"
_P, _T, _D, _R = Group.PROGRESS, Group.TASK, Group.DEADLINE, Group.RESULT

# fmt: off
_ROWS: tuple[Template, ...] = (
    # --- 企业登记
    Template(
        "enterprise_registered", _T, "{enterprise}申请登记，待核实", "企业已提交登记信息。",
        "请核实企业在本属地生产，核实通过或退回修改。", "enterprises/{public_id}/", _HANDLER,
    ),
    Template(
        "enterprise_confirmed", _R, "企业登记已核实", "属地工业和信息化主管部门已核实贵单位的登记信息。",
        "可以查看开放的批次并开始申报。",
    ),
    Template(
        "enterprise_returned", _R, "企业登记信息需要修改", "属地工业和信息化主管部门退回了登记信息，原因：{reason}",
        "请修改后重新提交。", "org/",
    ),
    Template(
        "password_changed", _R, "登录密码已修改", "您的账户于{when}修改了登录密码，来源地址{address}。",
        "如非本人操作，请立即联系安全管理员停用账户。",
    ),
    Template(
        "account_changed", _R, "{what}", "{detail}办理时间{when}。",
        "如与您了解的情况不符，请立即联系安全管理员。",
    ),
    Template(
        "expert_invited", _T, "您已入选绿色工厂评审专家库，请设置密码",
        "您的登录用户名是“{username}”，账户还没有密码。设置密码的一次性链接只发往本邮箱：{address}。",
        "请打开上面的网址，填写本邮箱，按收到的一次性链接设置密码后登录。",
    ),
    Template(
        "members_changed", _R, "{what}", "{detail}。", "如非本单位办理，请立即联系属地工业和信息化主管部门。",
        "org/members/",
    ),
    Template(
        "change_requested", _T, "{enterprise}申报{what}，待确认", "企业申报了{what}。",
        "请核对证明材料后确认或退回。", "changes/{public_id}/", _HANDLER,
    ),
    Template("change_decided", _R, "{what}{outcome}", "{detail}。", "可以查看变更记录。", "org/changes/"),
    Template(
        "enterprise_moved_out", _R, "{enterprise}迁出本属地：{outcome}", "迁入地主管部门已办理企业的搬迁申报。",
        "在办申报仍由受理的属地办理。", "changes/{public_id}/", _HANDLER,
    ),
    # --- 申报与受理
    Template(
        "application_submitted", _R, "申报已提交，回执号{receipt}", "贵单位的{level}级绿色工厂申报已提交。",
        "请保存回执号，等待属地受理。", _CASE,
    ),
    Template(
        "application_received", _T, "{enterprise}提交{level}级申报，待受理", "企业已提交申报。",
        "请受理并进行形式审查。", _CASE, _HANDLER,
    ),
    Template(
        "sub_area_asked", _T, "{enterprise}申报{level}级，请出具板块意见",
        "属地工业和信息化主管部门请{sub_area}出具推荐意见。", "请出具推荐或不推荐的意见。", _CASE,
    ),
    Template(
        "sub_area_answered", _T, "{sub_area}对{enterprise}{answer}", "板块已出具意见。", "请办理受理。", _CASE,
        _HANDLER,
    ),
    Template(
        "application_accepted", _P, "申报已受理", "属地已受理贵单位的申报，正在进行形式审查。", "无需办理。", _CASE,
    ),
    Template(
        "application_returned", _R, "申报退回补正，共{count}项", "属地工业和信息化主管部门要求补正{count}项材料。",
        "请逐项补正后重新提交；逾期未提交的视为撤回申报。", _CASE,
    ),
    Template(
        "application_resubmitted", _T, "{enterprise}已重新提交补正材料", "企业已完成补正。", "请继续形式审查。",
        _CASE, _HANDLER,
    ),
    Template("application_checked", _P, "形式审查已通过", "贵单位的申报已进入初评。", "无需办理。", _CASE),
    Template(
        "application_refused_intake", _R, "申报不予受理", "贵单位的申报不予受理，原因：{reason}",
        "如有疑问，请联系属地工业和信息化主管部门。", _CASE,
    ),
    Template(
        "application_transferred", _T, "{enterprise}的申报已转入本属地",
        "该申报由{from_district}转来，原因：{reason}", "请受理并进行形式审查。", _CASE, _HANDLER,
    ),
    Template(
        "application_withdrawn", _P, "{enterprise}已撤回申报", "企业已撤回申报。", "无需办理。", _CASE, _HANDLER,
    ),
    Template(
        "application_lapsed", _R, "申报视为撤回", "补正期限届满，未收到重新提交的材料，本次申报视为撤回。",
        "可以在批次开放期间重新申报。", _CASE,
    ),
    Template(
        "exemption_requested", _T, "{enterprise}申请例外情形，待提出意见",
        "企业提出例外情形（{rule}），理由：{reason}", "请核实后提出意见。", "exemptions/{public_id}/", _HANDLER,
    ),
    Template(
        "exemption_endorsed", _T, "{enterprise}的例外情形待审批", "经办人同意提请例外情形（{rule}），意见：{reason}",
        "请另一位有权限的人员审批。", "exemptions/{public_id}/", _SIGNER,
    ),
    Template(
        "exemption_decided", _R, "例外情形{decision}", "针对{rule}提出的例外情形{decision}。", "请查看审批意见。",
        _CASE,
    ),
    # --- 属地评审
    Template(
        "prelim_to_sign", _T, "{enterprise}初评待签批，得分{score}", "初评已完成。",
        "请核对各项得分后签批或退回重评；初评人不能签批自己的初评。", _CASE, _SIGNER,
    ),
    Template(
        "case_assigned", _T, "{enterprise}的申报分派给您", "当前环节：{state}。", "请办理。", _CASE,
    ),
    Template(
        "remark_made", _R, "属地对申报提出意见", "属地工业和信息化主管部门对申报（{item}）提出了意见。",
        "请查看并回复。", _CASE,
    ),
    Template(
        "remark_answered", _T, "{enterprise}回复了意见", "企业对申报（{item}）的意见作了说明。", "请查看。",
        _CASE, _HANDLER,
    ),
    Template(
        "prelim_returned", _T, "{enterprise}的初评被退回重评", "签批人退回了初评，原因：{reason}", "请重新评分。",
        _CASE, _HANDLER,
    ),
    Template("prelim_done", _R, "初评已完成", "贵单位的初评已完成，得分{score}。", "请查看得分明细。", _CASE),
    Template(
        "level_awarded", _R, "评定为{level}级绿色工厂", "属地工业和信息化主管部门评定贵单位为{level}级绿色工厂。",
        "请查看称号和证书。", "titles/",
    ),
    Template("not_awarded", _R, "不予评定", "本次申报不予评定，原因：{reason}", "请查看得分明细和意见。", _CASE),
    Template(
        "level_kept", _R, "维持{level}级绿色工厂", "贵单位已持有{level}级或更高等级称号，结论为维持。", "无需办理。",
        "titles/",
    ),
    Template(
        "filing_sent", _T, "{district}报送评定结果备案，共{count}家", "属地已报送1A、2A级评定结果。",
        "请备案，或退回补正。", "filings/{public_id}/", _HANDLER,
    ),
    Template(
        "filing_acknowledged", _R, "评定结果已备案，备案号{filing_number}", "市工业和信息化局已备案。", "无需办理。",
        "filings/{public_id}/", _HANDLER,
    ),
    Template(
        "filing_returned", _R, "备案材料退回补正", "市工业和信息化局退回了备案材料，原因：{reason}",
        "请补正后重新报送。", "filings/{public_id}/", _HANDLER,
    ),
    Template("recommended", _R, "已推荐至市工业和信息化局", "贵单位的3A级申报已由属地推荐。", "无需办理。", _CASE),
    Template(
        "recommended_upward", _R, "已推荐申报{list}", "市工业和信息化局已以{document_no}推荐贵单位申报{list}。",
        "请按省级、国家级主管部门的通知在其平台办理申报。", "titles/",
    ),
    Template(
        "recommendation_sent", _T, "{district}报送推荐名单，共{count}家", "属地已报送3A级推荐汇总表。", "请受理。",
        "recommendations/{public_id}/", _HANDLER,
    ),
    Template(
        "recommendation_to_sign", _T, "推荐名单待签批，共{count}家", "推荐汇总表已拟好。", "请核对后签批报送。",
        "recommend/", _SIGNER,
    ),
    Template(
        "not_recommended", _R, "不予推荐", "本次3A级申报不予推荐，原因：{reason}", "请查看得分明细和意见。", _CASE,
    ),
    Template(
        "conversion_offered", _R, "可转为{level}级评定，待贵单位确认",
        "初评得分{score}，未达到3A级推荐要求，可以转为{level}级评定。",
        "请在{due}前选择同意或不同意；逾期未答复的，属地可以按不同意办结。", _CASE,
    ),
    Template(
        "conversion_answered", _T, "{enterprise}同意转为本级评定", "企业已答复。", "请按签批得分提出评定建议。",
        "decisions/{public_id}/", _HANDLER,
    ),
    Template(
        "conversion_declined", _R, "{enterprise}不同意转为本级评定", "企业已答复，本次3A级申报不予推荐，已办结。",
        "无需办理。", "decisions/{public_id}/", _HANDLER,
    ),
    Template(
        "ruling_to_sign", _T, "{enterprise}的评定建议待签发", "{outcome}", "请核对后签发。",
        "decisions/{public_id}/", _SIGNER,
    ),
    *city_review_messages.ROWS,
    # --- 公示与评定
    Template(
        "notice_to_sign", _T, "公示稿待签批，共{count}家", "公示稿已拟好。", "请核对名单后签批。",
        "notices/{public_id}/", _SIGNER,
    ),
    Template(
        "notice_to_publish", _T, "公示稿已签批，待发布", "公示稿已签批。", "请发布公示。", "notices/{public_id}/",
        _PUBLISHER,
    ),
    Template(
        "notice_started", _R, "已列入拟评定名单公示", "贵单位已列入3A级绿色工厂拟评定名单，公示至{ends_on}。",
        "无需办理。", _CASE,
    ),
    Template(
        "notice_corrected", _R, "公示内容已更正", "公示内容已更正，公示至{ends_on}，原因：{reason}",
        "请核对公示内容。", _CASE,
    ),
    Template(
        "district_notice_published", _R, "贵单位列入属地公示，拟评定{level}级",
        "公示期为{starts}至{ends}，期满且没有未办结的异议方可签发评定。", "无需办理，可以查看公示。", _CASE,
    ),
    Template(
        "district_objection_filed", _T, "收到对{enterprise}的异议（属地公示）", "公示期内收到异议，回执号{receipt}。",
        "请核查并由签批人员办结；办结前不能签发。", "decisions/{public_id}/", _HANDLER,
    ),
    Template(
        "incident_filed", _T, "收到对{enterprise}的举报线索", "公众反映该企业的问题，回执号{receipt}。",
        "请核实办理或安排现场复核；不予办理的写明理由。", "incidents/{public_id}/", _HANDLER,
    ),
    Template(
        "objection_filed", _T, "收到对{enterprise}的异议", "公示期内收到异议，受理编号{objection_number}。",
        "请审核是否受理并组织核查。", "objections/{public_id}/", _HANDLER,
    ),
    Template(
        "objection_to_enterprise", _R, "公示期内收到异议，请说明", "异议事项：{reason}", "请在期限内提交书面说明。",
        _CASE,
    ),
    Template(
        "objection_closed", _R, "异议核查已结束：{conclusion}", "异议核查结论：{conclusion}。", "请查看核查意见。",
        _CASE,
    ),
    Template(
        "correction_to_approve", _T, "{enterprise}评分更正待批准",
        "异议核查后提出更正评分，专家组得分由{before}更正为{after}。",
        "请核对影响后批准或退回。", "corrections/{public_id}/", _SIGNER,
    ),
    Template(
        "marks_corrected", _R, "评分已更正为{after}", "经异议核查，专家组得分由{before}更正为{after}；{effect}。",
        "无需办理；如有疑问，请联系市工业和信息化局。", _CASE,
    ),
    Template(
        "award_due", _T, "公示期满，{count}家可评定", "公示期满且没有未办结的异议。", "请确认评定名单并提请签批。",
        "confirm/", _HANDLER,
    ),
    Template(
        "award_to_sign", _T, "评定名单待签批，共{count}家", "评定名单已由经办人确认。",
        "请局领导签批；经办人不能签批。", "confirm/", _LEADER,
    ),
    Template(
        "title_awarded", _R, "评定为{level}级绿色工厂，证书编号{certificate}",
        "苏州市工业和信息化局评定贵单位为{level}级绿色工厂。", "请下载证书。", "titles/",
    ),
    Template(
        "title_awarded_district", _P, "{enterprise}评定为{level}级绿色工厂", "该企业已评定为{level}级绿色工厂。",
        "无需办理。", _CASE, _HANDLER,
    ),
    Template(
        "title_recognised", _R, "自动评为{level}级绿色工厂", "依据{source}，贵单位评为{level}级绿色工厂。",
        "请查看称号。", "titles/",
    ),
    Template(
        "title_ended", _R, "{level}级称号已失效", "依据{source}，贵单位的{level}级称号失效。", "请查看称号。",
        "titles/",
    ),
    *monitoring_messages.ROWS,
    # --- 期限
    Template(
        "deadline_reminder", _D, "{mark}{remaining}：{matter}", "{matter}尚未办结。{note}", "{todo}", "{path}",
        _HANDLER,
    ),
    Template(
        "deadline_overdue", _D, "{mark}已逾期{days}天：{matter}", "{matter}已超过期限，尚未办结。{note}", "{todo}",
        "{path}", _HANDLER,
    ),
    Template(
        "deadline_changed", _D, "期限变更：{matter}", "{matter}的期限由{old_due}改为{new_due}。{note}",
        "请按新的期限办理。", "{path}", _HANDLER,
    ),
    Template(
        "calendar_missing", _T, "{year}年放假安排尚未录入", "跨年的期限目前只能暂定。",
        "请在国务院办公厅公布后录入放假安排。", "calendar/",
    ),
    # --- 安全
    Template("security_alert", _T, "安全告警：{text}", "{when}发现：{text}。", "请核实原因，按管理员手册处置。"),
)
# fmt: on

CATALOGUE: Mapping[str, Template] = MappingProxyType({row.code: row for row in _ROWS})
if len(CATALOGUE) != len(_ROWS):
    msg = "two message templates share a code"
    raise ValueError(msg)

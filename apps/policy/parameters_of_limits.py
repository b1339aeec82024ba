"""The parameters of limits: sizes, counts and hours that protect the system; the plan says nothing of them."""

from __future__ import annotations

from dataclasses import dataclass

from apps.policy.parameter_spec import parameter

_LIMITS = "系统限额"


@dataclass(frozen=True, kw_only=True)
class LimitParameters:
    """Around everything."""

    upload_file_mb: int = parameter(
        50,
        _LIMITS,
        "单个文件上限",
        "单个证明材料文件的大小上限。更大的内容在网络入口即被拒收，不能调高。",
        unit="MB",
        minimum=1,
        maximum=50,
    )
    upload_files_per_application: int = parameter(
        300, _LIMITS, "每件申报文件数上限", "一件申报最多可上传的文件数。", unit="个", minimum=1, maximum=5000
    )
    upload_application_mb: int = parameter(
        1536, _LIMITS, "每件申报总量上限", "一件申报的文件总大小上限。", unit="MB", minimum=1, maximum=20480
    )
    upload_pdf_pages: int = parameter(
        500, _LIMITS, "PDF页数上限", "单个PDF文件的页数上限。", unit="页", minimum=1, maximum=5000
    )
    import_list_rows: int = parameter(
        5000,
        _LIMITS,
        "名录导入行数上限",
        "一次导入名单或历史名录的最多行数。",
        unit="行",
        minimum=1,
        maximum=50000,
    )
    import_sheet_rows: int = parameter(
        500, _LIMITS, "评分表导入行数上限", "一次导入评分表的最多行数。", unit="行", minimum=1, maximum=5000
    )
    idle_minutes: int = parameter(
        30,
        _LIMITS,
        "企业和专家空闲退出时间",
        "企业、专家登录后无操作自动退出的分钟数。",
        unit="分钟",
        minimum=5,
        maximum=240,
    )
    idle_minutes_staff: int = parameter(
        15,
        _LIMITS,
        "工作人员空闲退出时间",
        "主管部门人员和管理员登录后无操作自动退出的分钟数。",
        unit="分钟",
        minimum=5,
        maximum=240,
    )
    session_hours: int = parameter(
        12,
        _LIMITS,
        "登录最长时间",
        "一次登录的最长小时数，到时须重新登录。",
        unit="小时",
        minimum=1,
        maximum=24,
    )
    sessions_max: int = parameter(
        2,
        _LIMITS,
        "同时登录数上限",
        "一个账户最多同时在几处登录；再登录的，最早的一处自动退出并通知本人。",
        unit="处",
        minimum=1,
        maximum=10,
    )
    dormant_days: int = parameter(
        90,
        _LIMITS,
        "账号停用天数",
        "工作人员和管理员账号连续多少天未登录即自动停用。",
        unit="日",
        minimum=30,
        maximum=730,
    )
    alert_minutes: int = parameter(
        60,
        _LIMITS,
        "安全告警统计时段",
        "安全告警按最近多少分钟内的次数统计；同一事项一天只告警一次。",
        unit="分钟",
        minimum=10,
        maximum=1440,
    )
    alert_failed_sign_ins: int = parameter(
        10,
        _LIMITS,
        "登录失败告警次数",
        "统计时段内同一用户名或同一地址登录失败达到多少次，告知安全管理员和审计管理员。",
        unit="次",
        minimum=3,
        maximum=1000,
    )
    alert_refused: int = parameter(
        10,
        _LIMITS,
        "越权访问告警次数",
        "统计时段内同一人访问被拒达到多少次，告知安全管理员和审计管理员。",
        unit="次",
        minimum=3,
        maximum=1000,
    )
    alert_export_rows: int = parameter(
        2000,
        _LIMITS,
        "批量导出告警行数",
        "统计时段内同一人导出累计达到多少行，告知安全管理员和审计管理员。",
        unit="行",
        minimum=100,
        maximum=1000000,
    )

"""Side navigation of each portal: one table, grouped in the order of the work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from apps.core.actor import Actor, Role


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the table: label, URL name, icon, and other beginnings of paths that belong to it."""

    label: str
    url_name: str
    icon: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """A line as the page shows it."""

    label: str
    url: str
    icon: str
    current: bool
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Lines under one heading ("" for the first)."""

    label: str
    items: Sequence[Item]


TABLE: dict[Role, list[tuple[str, list[Entry]]]] = {
    Role.ENTERPRISE: [
        ("", [Entry("工作台", "enterprise:home", "home")]),
        (
            "申报",
            [
                Entry("可申报批次", "enterprise:rounds", "calendar"),
                Entry("我的申报", "enterprise:applications", "file-text"),
                Entry("材料库", "enterprise:library", "folders"),
                Entry("企业档案", "enterprise:record", "archive"),
                Entry("自测", "enterprise:selftests", "gauge"),
            ],
        ),
        (
            "培育",
            [Entry("培训宣传", "events", "calendar-event"), Entry("建设计划", "my_plan", "target")],
        ),
        (
            "称号与企业",
            [
                Entry("称号与证书", "enterprise:titles", "certificate"),
                Entry("年度动态管理表", "enterprise:annual_years", "calendar-stats"),
                Entry("整改", "enterprise:rectifications", "history"),
                Entry("企业信息", "enterprise:profile", "building-factory"),
            ],
        ),
    ],
    Role.DISTRICT: [
        ("", [Entry("工作台", "district:home", "home"), Entry("运行看板", "district:board", "chart-bar")]),
        (
            "受理与初评",
            [
                Entry("受理时间", "district:windows", "calendar-event"),
                Entry("企业登记", "district:enterprises", "building-factory"),
                Entry("申报受理", "district:intake", "inbox", ("/d/applications/", "/d/exemptions/")),
                Entry("初评打分", "district:scoring", "clipboard-check"),
                Entry("初评签批", "district:signing", "signature"),
                Entry("在办移交", "district:hand_over", "users"),
            ],
        ),
        (
            "评定与推荐",
            [
                Entry("1A/2A 评定", "district:decisions", "award", ("/d/notices/",)),
                Entry("结果备案", "district:filings", "archive"),
                Entry("3A 推荐", "district:recommendations", "send"),
            ],
        ),
        (
            "动态管理",
            [
                Entry("年度动态管理表", "district:annual_list", "calendar-stats"),
                Entry("现场复核", "district:inspections", "eye-check"),
                Entry("举报线索", "district:incidents", "message-report"),
                Entry("整改", "district:rectifications", "history"),
                Entry("称号名单", "district:monitoring", "certificate"),
            ],
        ),
        (
            "培育",
            [
                Entry("培训宣传", "events", "calendar-event"),
                Entry("培育名单", "cultivation_pool", "target"),
                Entry("服务机构", "service_bodies", "building"),
            ],
        ),
        (
            "数据",
            [
                Entry("数据导入", "imports", "upload"),
                Entry("编号登记", "numbers", "list-check"),
                Entry("办理方式", "district:practice", "settings"),
            ],
        ),
    ],
    Role.MUNICIPAL: [
        (
            "",
            [
                Entry("工作台", "municipal:home", "home"),
                Entry("全市看板", "municipal:dashboard", "chart-bar"),
            ],
        ),
        (
            "3A 评定",
            [
                Entry("区级推荐", "municipal:recommendations", "inbox"),
                Entry("专家评估", "municipal:panels", "gavel", ("/m/reviews/", "/m/draws/")),
                Entry("批次决策台", "municipal:board", "layout-kanban", ("/m/applications/",)),
                Entry("征信查询", "municipal:credit", "shield-check"),
                Entry("公示公告", "municipal:notices", "speakerphone"),
                Entry("异议受理", "municipal:objections", "message-report"),
                Entry("评定签发", "municipal:recognitions", "certificate"),
            ],
        ),
        (
            "监督管理",
            [
                Entry("企业与称号", "municipal:enterprises", "building-factory"),
                Entry("1A/2A 备案", "municipal:filings", "archive"),
                Entry("年度动态管理表", "municipal:annual_list", "calendar-stats"),
                Entry("复核抽查", "municipal:spot_checks", "eye-check"),
                Entry("举报线索", "municipal:incidents", "message-report"),
                Entry(
                    "整改与取消",
                    "municipal:monitoring",
                    "history",
                    also=("/m/rectifications/", "/m/rectify/", "/m/revocations/"),
                ),
                Entry("省级国家级名单", "municipal:external", "list-check"),
                Entry("上报推荐", "municipal:upwards", "send"),
            ],
        ),
        (
            "培育",
            [
                Entry("培训宣传", "events", "calendar-event"),
                Entry("培育名单", "cultivation_pool", "target"),
                Entry("服务机构", "service_bodies", "building"),
            ],
        ),
        (
            "配置",
            [
                Entry("申报批次", "municipal:rounds", "calendar"),
                Entry("评价体系", "municipal:schemes", "list-details", ("/m/impacts/", "/m/benchmarks/")),
                Entry("专家库", "municipal:experts", "users"),
                Entry("工作日历", "municipal:calendar", "calendar-event"),
                Entry("裁量参数", "municipal:parameters", "settings"),
                Entry("数据导入", "imports", "upload"),
                Entry("编号登记", "numbers", "list-check"),
            ],
        ),
    ],
    Role.EXPERT: [
        ("", [Entry("我的评审", "expert:home", "clipboard-check")]),
        ("", [Entry("关联关系", "expert:links", "users")]),
        ("", [Entry("可评审时段", "expert:availability", "calendar")]),
    ],
    Role.SUB_AREA: [("", [Entry("板块意见", "sub_area:queue", "inbox", ("/b/applications/",))])],
    Role.AUDITOR: [
        ("", [Entry("当期异常", "audit:home", "alert-triangle")]),
        (
            "查证",
            [
                Entry("审计事件", "audit:events", "history"),
                Entry("评分过程", "audit:scores", "clipboard-check"),
                Entry("查阅与导出", "audit:access", "eye"),
                Entry("谁能看到", "ops:who_can_see", "eye-check"),
                Entry("个人信息清单", "ops:personal_fields", "list-details"),
                Entry("编号登记", "numbers", "list-check"),
            ],
        ),
        (
            "留证",
            [
                Entry("审计链核验", "audit:chain", "shield-lock"),
                Entry("取证包", "audit:package", "archive"),
            ],
        ),
    ],
    Role.SYSTEM_ADMIN: [
        ("", [Entry("运行状况", "ops:home", "activity"), Entry("期限总览", "ops:deadlines", "clock")])
    ],
    Role.SECURITY_ADMIN: [
        (
            "",
            [
                Entry("账户与职责", "ops:accounts", "users"),
                Entry("安全告警", "ops:alerts", "alert-triangle"),
            ],
        ),
        (
            "组织",
            [
                Entry("机构与板块", "ops:bureaus", "building-factory"),
                Entry("离岗委托", "ops:delegations", "user-check"),
                Entry("久未登录", "ops:dormant", "clock"),
                Entry("谁能看到", "ops:who_can_see", "eye"),
            ],
        ),
        (
            "个人信息",
            [
                Entry("个人信息请求", "ops:personal_requests", "inbox"),
                Entry("个人信息清单", "ops:personal_fields", "list-details"),
            ],
        ),
    ],
}

#: Columns of the public site, in the order of its navigation.
PUBLIC_COLUMNS: list[tuple[str, str]] = [
    ("首页", "public:home"),
    ("通知公告", "public:notices"),
    ("绿色工厂名录", "public:directory"),
    ("政策与标准", "public:policy"),
    ("培训宣传", "public_events"),
    ("证书查验", "public:verify_form"),
    ("异议与查询", "public:objection_status"),
]

#: Where each role begins.
HOME: dict[Role, str] = {role: groups[0][1][0].url_name for role, groups in TABLE.items()} | {
    Role.PUBLIC: "public:home"
}


def navigation(actor: Actor, path: str, counts: dict[str, int] | None = None) -> list[Group]:
    """Return the side navigation of *actor*; the entry with the longest matching URL is the current one.

    Args:
        actor: who looks.
        path: path of the request.
        counts: open work by URL name, shown beside the label.
    """
    table = TABLE.get(actor.role, [])
    urls = {entry.url_name: reverse(entry.url_name) for _, entries in table for entry in entries}
    matching = [
        (len(beginning), urls[entry.url_name])
        for _, entries in table
        for entry in entries
        for beginning in (urls[entry.url_name], *entry.also)
        if path.startswith(beginning)
    ]
    current = max(matching, default=(0, ""))[1]
    numbers = counts or {}
    return [
        Group(
            label,
            [
                Item(
                    entry.label,
                    urls[entry.url_name],
                    entry.icon,
                    urls[entry.url_name] == current,
                    numbers.get(entry.url_name) or None,
                )
                for entry in entries
            ],
        )
        for label, entries in table
    ]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the public site as the page shows it."""

    label: str
    url: str
    current: bool


def public_navigation(path: str) -> list[Column]:
    """Return the columns of the public site; the one *path* lies in is the current one.

    The front page is current only for itself. Both pages about objections belong to one column, and so do the
    notices of the city, of the districts, and the calls.
    """
    columns = [(label, reverse(name)) for label, name in PUBLIC_COLUMNS]
    home = columns[0][1]
    return [
        Column(
            label,
            url,
            path == url if url == home else path.startswith((_section(url), *_BESIDE.get(url, ()))),
        )
        for label, url in columns
    ]


#: Column → further folders that belong to it.
_BESIDE = {"/notices/": ("/calls/", "/district-notices/")}


def _section(url: str) -> str:
    """Return the first folder of *url*: "/objection/status/" → "/objection/"."""
    return "/" + url.split("/")[1] + "/"


@dataclass(frozen=True, slots=True)
class ColumnTags:
    """What the standard of government sites asks of every page: the tags of the column it stands in (网站标签规范)."""

    name: str
    description: str
    keywords: str
    kind: str


#: Path → name, description, keywords and kind of column; the longest path that fits counts.
_COLUMN_TAGS: tuple[tuple[str, ColumnTags], ...] = (
    (
        "/",
        ColumnTags("首页", "苏州市绿色工厂评价、公示、名录和查验", "绿色工厂；苏州；评价；名录", "概况信息"),
    ),
    (
        "/notices/",
        ColumnTags("通知公告", "申报通知、拟评定名单公示和评定结果公告", "申报通知；公示；公告", "通知公告"),
    ),
    (
        "/calls/",
        ColumnTags("申报通知", "各申报批次的等级、时间和受理机关", "申报通知；批次；受理", "通知公告"),
    ),
    (
        "/district-notices/",
        ColumnTags("属地公示", "各市（区）1A、2A 级评定公示", "属地；公示；1A；2A", "通知公告"),
    ),
    (
        "/directory/",
        ColumnTags(
            "绿色工厂名录", "现行有效的苏州市绿色工厂名录和称号记录", "名录；绿色工厂；称号", "信息公开目录"
        ),
    ),
    (
        "/directory/data/",
        ColumnTags("数据开放", "名录数据下载和数据字典", "数据开放；名录；下载", "数据发布"),
    ),
    (
        "/draws/",
        ColumnTags("专家抽取记录", "评审专家随机抽取的可核验记录", "专家；抽取；随机", "信息公开目录"),
    ),
    (
        "/spot-checks/",
        ColumnTags("抽查抽取记录", "抽查对象随机抽取的可核验记录", "抽查；双随机", "信息公开目录"),
    ),
    (
        "/verify/",
        ColumnTags("证书查验", "按二维码或证书编号查验绿色工厂称号", "证书；查验；二维码", "办事服务"),
    ),
    ("/receipt/", ColumnTags("回执查验", "按回执编号查验申报回执", "回执；查验", "办事服务")),
    (
        "/policy/",
        ColumnTags("政策与标准", "实施方案、基本要求和评价体系", "政策；标准；评价体系", "政策文件"),
    ),
    (
        "/objection/",
        ColumnTags("异议与查询", "对公示名单提出异议和查询办理进度", "异议；公示；投诉", "咨询投诉"),
    ),
    ("/register/", ColumnTags("企业注册", "企业登记信息、开通申报账户", "企业；注册；申报", "办事服务")),
    ("/join/", ColumnTags("企业注册", "企业登记信息、开通申报账户", "企业；注册；申报", "办事服务")),
    ("/help/", ColumnTags("帮助", "各类用户的办事指南和常见问题", "帮助；指南；常见问题", "办事指南")),
    (
        "/privacy/",
        ColumnTags("个人信息处理告知书", "个人信息的处理目的、方式和权利", "个人信息；隐私", "概况信息"),
    ),
    ("/a11y/", ColumnTags("无障碍声明", "网站无障碍建设情况和反馈方式", "无障碍；大字版", "概况信息")),
    ("/sitemap/", ColumnTags("网站地图", "全部公开页面", "网站地图；导航", "概况信息")),
)


def column_tags(path: str) -> ColumnTags:
    """Return the tags of the column of the public site that *path* stands in."""
    fitting = [(start, tags) for start, tags in _COLUMN_TAGS if path.startswith(start)]
    return max(fitting, key=lambda row: len(row[0]), default=_COLUMN_TAGS[0])[1]

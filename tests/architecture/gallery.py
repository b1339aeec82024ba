"""Pages that show the front-end kit with fictitious data: looked at by people, scanned by the browser tests.

Used as a URLconf; nothing here touches a database.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path

from apps.policy.verdict import Refusal, Verdict
from apps.portals.base import viewer

NOW = datetime(2026, 11, 22, 6, 32, tzinfo=UTC)
DUE = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
DISTRICTS = [
    ("320582", "张家港", 58),
    ("320581", "常熟", 63),
    ("320585", "太仓", 49),
    ("320583", "昆山", 118),
    ("320507", "相城", 46),
    ("320505", "高新区", 52),
    ("320508", "姑苏", 6),
    ("SIP", "园区", 92),
    ("320506", "吴中", 47),
    ("320509", "吴江", 81),
]


class ExampleForm(forms.Form):
    """Every kind of input the kit lays out."""

    name = forms.CharField(label="企业名称", help_text="与营业执照一致。")
    output = forms.DecimalField(
        label="合格产品产量",
        min_value=Decimal("0.01"),
        error_messages={"min_value": "产量应大于 0（当前为 0）"},
    )
    note = forms.CharField(label="自评说明", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    scheme = forms.ChoiceField(label="评价体系", choices=[("1", "苏州市 2023 试行版"), ("2", "行业标准")])
    kind = forms.ChoiceField(
        label="申报级别", choices=[("3", "3A 级"), ("2", "2A 级")], widget=forms.RadioSelect
    )
    fields_of = forms.MultipleChoiceField(
        label="专长", choices=[("e", "节能"), ("w", "节水")], widget=forms.CheckboxSelectMultiple
    )
    agreed = forms.BooleanField(label="我已核对以上内容")
    paper = forms.FileField(label="委托书", required=False)
    token = forms.CharField(widget=forms.HiddenInput)


def navigation(current: str) -> list[dict[str, Any]]:
    """Return a side navigation with *current* marked."""
    table = [
        ("", [("工作台", "home", 0)]),
        (
            "3A 级评定",
            [("区级推荐", "inbox", 4), ("专家评审", "gavel", 0), ("批次决策台", "layout-kanban", 0)],
        ),
        ("监督管理", [("动态管理表", "calendar-stats", 0), ("整改与取消", "history", 1)]),
    ]
    return [
        {
            "label": label,
            "items": [
                {"label": name, "url": "#", "icon": icon, "count": count, "current": name == current}
                for name, icon, count in items
            ],
        }
        for label, items in table
    ]


def context(request: HttpRequest, **extra: Any) -> dict[str, Any]:
    """Return what all gallery pages share."""
    theme = request.GET.get("theme", "light")
    return {
        "ui": {"theme": theme, "size": request.GET.get("size", "normal"), "density": "normal"},
        "me": {
            "name": "沈卫东",
            "organisation": "苏州市工业和信息化局",
            "role_label": "节能处 · 经办",
            "unread": 5,
        },
        "nav": navigation(str(extra.get("current", "批次决策台"))),
        "public_nav": [
            {"label": name, "url": "#", "current": name == "绿色工厂名录"}
            for name in ("首页", "通知公告", "绿色工厂名录", "政策与标准", "证书查验")
        ],
        "platform": {
            "name": "苏州市绿色工厂评价管理平台",
            "sponsor": "苏州市工业和信息化局",
            "site_code": "示例 32050000XX",
            "icp": "苏ICP备 示例号",
            "police": "苏公网安备 示例号",
            "phone": "0512-00000000",
        },
        "now": NOW,
        "due": DUE,
        "viewer": viewer.shown(name="核查报告 2025.docx", base="/files/example/", pages=0),
        **extra,
    }


def components(request: HttpRequest) -> HttpResponse:
    """Show every component."""
    form = ExampleForm(
        {"name": "", "output": "0", "scheme": "1"} if request.GET.get("errors") else None, auto_id="id_%s"
    )
    if form.is_bound:
        form.is_valid()
    return render(
        request,
        "base/gallery.html",
        context(
            request,
            form=form,
            page_obj=Paginator(range(247), 20).page(4),
            crumbs=[("3A 级评定", "#"), ("组件一览", "")],
            facts=[("统一社会信用代码", "91320583MA1N7K3T2L"), ("行业", "化学制品 C26"), ("产值", "")],
            verdict=Verdict.refused(
                Refusal(
                    "R-18",
                    "四（一）",
                    "3A 级推荐得分不得低于 80 分（当前 77.49 分）。",
                    "提高得分或转为本级评定。",
                ),
                Refusal(
                    "R-10",
                    "四（二）",
                    "申报 3A 级原则上应先获评 2A 级。",
                    "书面说明情况并报批。",
                    in_principle=True,
                ),
            ),
            events=[
                {"title": "评定为 3A 级", "at": date(2026, 12, 21), "who": "苏州市工业和信息化局"},
                {"title": "公示期满，无异议", "at": datetime(2026, 12, 18, 9, tzinfo=UTC), "who": "系统"},
                {
                    "title": "退回补正",
                    "at": datetime(2026, 11, 20, 3, 5, tzinfo=UTC),
                    "who": "昆山市工业和信息化局",
                    "note": "5.5 核算边界未含外购热力。",
                    "tone": "warn",
                },
            ],
            steps=[
                {"label": "企业信息", "state": "done"},
                {"label": "自评打分", "state": "current"},
                {"label": "核对提交", "state": "todo"},
            ],
            chain=[
                {"label": "经办", "who": "沈卫东", "state": "done"},
                {"label": "处室复核", "who": "", "state": "current"},
                {"label": "局领导签发", "who": "", "state": "todo"},
            ],
            stages=[
                {"label": "区级推荐", "count": 46, "note": "已齐报 10/10", "url": "#"},
                {"label": "专家评审", "count": 41, "note": "≥80 分 33 家", "url": "#"},
                {"label": "征信查询", "count": 33, "note": "待查 2", "url": "#", "current": True},
                {"label": "公示", "count": 0, "note": "待生成", "warn": True},
            ],
            tiles=[
                {"code": code, "name": name, "count": count, "url": "#", "current": code == "320583"}
                for code, name, count in DISTRICTS
            ],
            comments=[
                {
                    "who": "顾晓岚",
                    "role": "昆山市工信局 · 初评",
                    "at": NOW,
                    "text": "核算边界未含外购热力，扣 0.2 分。",
                    "kind": "official",
                    "internal": True,
                },
                {
                    "who": "沈洁",
                    "role": "企业经办人",
                    "at": NOW,
                    "text": "报告第 7 页为结论。",
                    "kind": "enterprise",
                },
            ],
            seg=[
                {"label": "全部", "url": "#", "count": 97, "current": True},
                {"label": "未评", "url": "#", "count": 6},
                {"label": "有差异", "url": "#", "count": 7},
            ],
            bars=[
                {"label": "基础设施", "value": Decimal("17.60"), "full": Decimal(20)},
                {"label": "管理体系", "value": Decimal("12.40"), "full": Decimal(15)},
            ],
            total=Decimal("77.49"),
            reachable=Decimal("87.49"),
            experts=[Decimal("74.60"), Decimal("83.80"), Decimal("84.20")],
            own=Decimal("88.60"),
            district=Decimal("84.00"),
            mean=Decimal("80.87"),
            gap=Decimal("-0.20"),
            full=Decimal(3),
            base=Decimal("0.420"),
            lead=Decimal("0.300"),
            value=Decimal("0.338"),
            size=1_843_200,
            lines=["2163.04 tce ÷ 6400 t = 0.338 tce/t", "介于基准值与引领值之间，按线性内插得 3.49 分"],
            districts=[("320583", "昆山市"), ("SIP", "苏州工业园区")],
            due_date=date(2026, 11, 25),
            past=datetime(2026, 11, 20, 9, tzinfo=UTC),
            errors={"tel": ["联系电话应为 11 位手机号或带区号的座机号"]},
        ),
    )


def desk(request: HttpRequest) -> HttpResponse:
    """Show the scoring desk."""
    names = [
        "大气污染物",
        "水体污染物",
        "固体废弃物",
        "噪声",
        "温室气体核算与核查",
        "容积率",
        "建筑密度",
        "绿色物料使用率",
    ]
    rows = [
        {
            "code": f"5.{number}",
            "name": name,
            "full": Decimal(3 if number == 5 else 2),
            "own": Decimal("1.90"),
            "given": "" if number in {5, 8} else "1.80" if number == 3 else "1.90",
            "gap": None if number in {5, 8} else Decimal("-0.10") if number == 3 else Decimal(0),
            "current": number == 5,
        }
        for number, name in enumerate(names, 1)
    ]
    comments = [
        {
            "who": "沈洁",
            "role": "企业经办人",
            "at": NOW,
            "text": "报告第 7 页为核查结论。",
            "kind": "enterprise",
        }
    ]
    return render(
        request,
        "gallery/desk.html",
        context(
            request,
            rows=rows,
            comments=comments,
            seg=[
                {"label": "全部", "url": "#", "count": 8, "current": True},
                {"label": "未评", "url": "#", "count": 2},
            ],
        ),
    )


def workspace(request: HttpRequest) -> HttpResponse:
    """Show the self-evaluation workspace."""
    return render(
        request,
        "gallery/workspace.html",
        context(
            request,
            total=Decimal("77.49"),
            reachable=Decimal("87.49"),
            base=Decimal("0.420"),
            lead=Decimal("0.300"),
            value=Decimal("0.338"),
            size=1_843_200,
            steps=[
                {"label": "企业信息", "state": "done"},
                {"label": "基本要求", "state": "done"},
                {"label": "自评打分", "state": "current"},
                {"label": "评价报告", "state": "todo"},
                {"label": "核对提交", "state": "todo"},
            ],
            seg=[
                {"label": "全部", "url": "#", "current": True},
                {"label": "未填", "url": "#", "count": 4},
                {"label": "缺佐证", "url": "#", "count": 1},
            ],
            bars=[
                {"label": name, "value": Decimal(value), "full": Decimal(full)}
                for name, value, full in [
                    ("基础设施", "17.60", 20),
                    ("管理体系", "12.40", 15),
                    ("能源与资源", "11.90", 15),
                    ("产品", "6.80", 10),
                    ("环境排放", "8.90", 10),
                    ("绩效", "19.89", 30),
                ]
            ],
            items=[
                {"code": f"6.{number}", "name": name, "state": state, "score": score, "current": number == 5}
                for number, (name, state, score) in enumerate(
                    [
                        ("容积率", "done", "1.60/2"),
                        ("建筑密度", "done", "1.70/2"),
                        ("单位产品主要污染物产生量", "partial", "1.60/2"),
                        ("废水处理回用率", "none", "—/2"),
                        ("单位产品综合能耗", "done", "3.49/4"),
                        ("单位产品碳排放量", "evidence", "2.10/4"),
                    ],
                    1,
                )
            ],
        ),
    )


def directory(request: HttpRequest) -> HttpResponse:
    """Show the public directory."""
    rows = [
        ("苏州独墅湖半导体科技有限公司", "工业园区", "计算机通信电子", "91320571MA1P9R2C4P", 5, 2024),
        ("苏州浒墅光电显示有限公司", "高新区", "计算机通信电子", "91320505MA1T2Y4N8W", 4, 2025),
        ("昆山锦溪高分子材料有限公司", "昆山市", "化学原料和化学制品", "91320583MA1N7K3T2L", 3, 2026),
        ("张家港沙洲精品钢构有限公司", "张家港市", "金属制品", "91320582MA1X4H8D97", 2, 2026),
    ]
    return render(
        request,
        "gallery/directory.html",
        context(
            request,
            rows=rows,
            crumbs=[("首页", "/"), ("绿色工厂名录", "")],
            page_obj=Paginator(range(247), 20).page(1),
            tiles=[
                {"code": code, "name": name, "count": count, "url": "#"} for code, name, count in DISTRICTS
            ],
            events=[
                {"title": "评定为 3A 级", "at": date(2026, 12, 21), "who": "苏州市工业和信息化局"},
                {"title": "评定为 2A 级", "at": date(2025, 11, 20), "who": "昆山市工业和信息化局"},
            ],
            industries=[("26", "化学原料和化学制品制造业")],
        ),
    )


def sign_in(request: HttpRequest) -> HttpResponse:
    """Show the sign-in page."""

    class SignInForm(forms.Form):
        login = forms.CharField(label="用户名")
        password = forms.CharField(label="密码", widget=forms.PasswordInput)

    return render(request, "account/login.html", context(request, form=SignInForm()))


def missing(request: HttpRequest) -> HttpResponse:
    """Show the page for an unknown address."""
    return render(request, "404.html", context(request), status=404)


urlpatterns = [
    path("", components, name="gallery"),
    path("desk/", desk),
    path("workspace/", workspace),
    path("directory/", directory),
    path("signin/", sign_in, name="account_login"),
    path("missing/", missing),
    *(
        path(f"x/{name}/", missing, name=name)
        for name in (
            "account_logout",
            "account_change_password",
            "account_reset_password",
            "mfa_index",
            "public_events",
            "my_account",
            "messages",
            "jobs",
        )
    ),
    # The shell links to the public columns.
    path("", include("apps.portals.public.urls")),
]

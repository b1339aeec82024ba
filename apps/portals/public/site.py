"""Pages about the site itself: front page, the plan and its evaluation systems, statements, robots."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_safe

from apps.applications import selectors as applications
from apps.core.actor import Actor
from apps.core.audience import no_database, open_to_all
from apps.core.moment import DatabaseClock, Moment, shown_at
from apps.policy import clauses
from apps.policy.basic_requirements import BASIC_REQUIREMENTS, Polarity
from apps.policy.levels import Level
from apps.portals.base.edition import edition
from apps.portals.base.http import page
from apps.portals.base.visible import seen
from apps.portals.public.caching import kept
from apps.portals.public.notices import lines
from apps.publicity import selectors as publicity
from apps.scoring import selectors as scoring
from apps.titles import selectors as titles

_NEWEST_NOTICES = 6
_ROUNDS = 4
#: Phases of a round that concern somebody who wants to apply.
_PRESENT = {"taking", "coming"}
_WEEK_SECONDS = 7 * 24 * 3600
_INNER = (
    "/e/",
    "/d/",
    "/m/",
    "/x/",
    "/b/",
    "/audit/",
    "/ops/",
    "/accounts/",
    "/account/",
    "/api/",
    "/jobs/",
    "/messages/",
)
#: Range of points that gives each level, in the words of the plan (方案四).
_SCALE = (
    (5, "获评国家级绿色工厂的企业，自动评为5A级", "国家名单"),
    (4, "获评省级绿色工厂的企业，自动评为4A级", "省级名单"),
    (3, "80 分（含）以上", "市工业和信息化局"),
    (2, "70 分（含）至 80 分", "各市（区）工业和信息化主管部门"),
    (1, "60 分（含）至 70 分", "各市（区）工业和信息化主管部门"),
)


@open_to_all
@require_safe
@kept
def home(request: HttpRequest) -> HttpResponseBase:
    """Say what this is, what is open now, and how to apply; always up to date, never only for the signed-in."""
    public, moment = Actor.public(), DatabaseClock().now()
    found = publicity.notices_page(actor=public, per_page=_NEWEST_NOTICES)
    open_rounds = [row for row in applications.rounds(actor=public, moment=moment) if row.phase in _PRESENT]
    directory = titles.public_directory(per_page=1)
    here = reverse("public:directory")
    return page(
        request,
        "public/home.html",
        {
            "rounds": open_rounds[:_ROUNDS],
            "lines": lines(list(found.rows), on=moment.on),
            "levels": [
                {"level": level, "count": count, "url": f"{here}?level={level}"}
                for level, count in directory.by_level.items()
            ],
            "total": directory.total,
            "tiles": [
                {"code": code, "name": name, "count": count, "url": f"{here}?district={code}"}
                for code, name, count in directory.by_district
            ],
        },
    )


@open_to_all
@require_safe
@kept
def policy(request: HttpRequest) -> HttpResponseBase:
    """Show the plan clause by clause, the scale, the basic requirements and the evaluation systems in force."""
    return page(
        request,
        "public/policy.html",
        {
            "plan_title": clauses.TITLE,
            "plan_source": clauses.SOURCE,
            "clauses": clauses.PLAN,
            "scale": _SCALE,
            "requirements": [
                {
                    "code": row.code,
                    "name": row.name,
                    "text": row.text,
                    "answer": "应当符合" if row.polarity is Polarity.MUST_HOLD else "不得存在",
                    "levels": "、".join(level.label for level in sorted(row.levels)),
                }
                for row in BASIC_REQUIREMENTS
            ],
            "systems": scoring.schemes(actor=Actor.public()),
            "edition": edition(Moment.of(shown_at()).on),
            "crumbs": [("首页", "/"), ("政策与标准", "")],
        },
    )


@open_to_all
@require_safe
@kept
def system(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show one published evaluation system: dimensions, items, full marks and how each is scored."""
    public = Actor.public()
    row = seen(scoring.scheme, actor=public, public_id=public_id)
    if row.status != "published":
        row = seen(scoring.scheme, actor=public, public_id="")
    spec = scoring.scheme_spec(actor=public, scheme_id=row.id)
    return page(
        request,
        "public/system.html",
        {
            "row": row,
            "spec": spec,
            "crumbs": [("首页", "/"), ("政策与标准", reverse("public:policy")), (row.name, "")],
        },
    )


@open_to_all
@require_safe
@kept
def privacy(request: HttpRequest) -> HttpResponseBase:
    """Show how personal information is used (个人信息处理告知书)."""
    return page(request, "public/privacy.html", {"crumbs": [("首页", "/"), ("个人信息处理告知书", "")]})


@open_to_all
@require_safe
@kept
def accessibility(request: HttpRequest) -> HttpResponseBase:
    """Show the accessibility statement."""
    return page(request, "public/a11y.html", {"crumbs": [("首页", "/"), ("无障碍声明", "")]})


@open_to_all
@require_safe
@kept
def sitemap(request: HttpRequest) -> HttpResponseBase:
    """Show every public page."""
    groups = (
        ("办事", (("企业注册", "register"), ("证书查验", "verify_form"), ("申报回执查验", "receipt_form"))),
        (
            "公开",
            (
                ("申报通知", "calls"),
                ("通知公告", "notices"),
                ("属地公示", "district_notices"),
                ("绿色工厂名录", "directory"),
                ("名录数据下载与说明", "directory_data"),
                ("专家抽取记录", "draws"),
                ("抽查抽取记录", "spot_checks"),
                ("政策与标准", "policy"),
            ),
        ),
        (
            "监督",
            (
                ("提出异议", "objection_new"),
                ("异议查询", "objection_status"),
                ("反映问题查询", "incident_status"),
            ),
        ),
        ("关于", (("帮助", "help"), ("无障碍声明", "a11y"), ("个人信息处理告知书", "privacy"))),
    )
    return page(
        request,
        "public/sitemap.html",
        {
            "groups": [
                (title, [(label, reverse(f"public:{name}")) for label, name in rows])
                for title, rows in groups
            ],
            "level_names": [level.label for level in Level],
            "crumbs": [("首页", "/"), ("网站地图", "")],
        },
    )


@no_database
def robots(request: HttpRequest) -> HttpResponse:
    """Keep crawlers out of the inner pages and of the forms; tell them where the site map is."""
    lines_ = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in (*_INNER, "/objection/", "/incidents/", "/register/", "/verify/")),
        f"Sitemap: {request.build_absolute_uri(reverse('public:sitemap_xml'))}",
    ]
    return HttpResponse("\n".join(lines_) + "\n", content_type="text/plain; charset=utf-8")


@no_database
def favicon(request: HttpRequest) -> HttpResponse:
    """Hand out the site's mark to browsers that ask for the old address."""
    del request
    mark = (settings.BASE_DIR / "static" / "img" / "logo.svg").read_bytes()
    response = HttpResponse(mark, content_type="image/svg+xml")
    response["Cache-Control"] = f"public, max-age={_WEEK_SECONDS}"
    return response

"""The directory of green factories: search, filters, the same as a spreadsheet, and one enterprise's titles."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from tempfile import TemporaryFile
from typing import Any
from urllib.parse import urlencode

from django.http import FileResponse, Http404, HttpRequest, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from apps.accounts.industries import industries
from apps.core.audience import open_to_all
from apps.core.moment import SHANGHAI, DatabaseClock
from apps.documents.sheets import Column, Kind, SheetTable, write_table_xlsx
from apps.policy.levels import Level
from apps.portals.base.http import page
from apps.portals.base.posted import whole
from apps.titles import selectors as titles
from apps.titles.selectors import Directory, Stamp

_FIRST_YEAR, _LAST_YEAR = 2000, 2100
_DIVISION_LENGTH = 2
_ORIGINS = {5: "国家级", 4: "省级", 3: "市级评定", 2: "区级评定", 1: "区级评定"}
_COLUMNS = (
    Column(label="序号", kind=Kind.INTEGER, width=6),
    Column(label="企业名称", width=36),
    Column(label="统一社会信用代码", kind=Kind.CODE, width=22),
    Column(label="属地", width=14),
    Column(label="行业", width=26),
    Column(label="等级", width=8),
    Column(label="状态", width=10),
    Column(label="评定日期", kind=Kind.DATE, width=16),
    Column(label="文号", width=26),
    Column(label="证书编号", kind=Kind.CODE, width=20),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """The filters of the address bar; what is not understood counts as not asked."""

    q: str
    levels: tuple[int, ...]
    district: str
    industry: str
    year: int | None

    def query(self, **changes: Any) -> str:
        """Return the query string of these filters with *changes*."""
        values = {**asdict(self), **changes}
        pairs = [("q", values["q"]), *(("level", str(level)) for level in values["levels"])]
        pairs += [(name, str(values[name] or "")) for name in ("district", "industry", "year")]
        return urlencode([(name, value) for name, value in pairs if value])


@dataclass(frozen=True, slots=True)
class Facet:
    """One level of the filter: how many enterprises hold it under the other filters."""

    level: int
    label: str
    origin: str
    count: int
    chosen: bool


def _asked(request: HttpRequest) -> Asked:
    year = whole(request.GET.get("year"))
    industry = request.GET.get("industry", "")
    return Asked(
        q=request.GET.get("q", "").replace("\x00", "").strip()[:50],
        levels=tuple(
            sorted({whole(one) for one in request.GET.getlist("level")} & {level.value for level in Level})
        ),
        district=request.GET.get("district", "").replace("\x00", "")[:12],
        industry=industry if industry in _divisions() else "",
        year=year if _FIRST_YEAR <= year <= _LAST_YEAR else None,
    )


def _divisions() -> dict[str, str]:
    """Return the two-digit divisions of manufacturing by code."""
    return {
        code: item.name
        for code, item in industries().items()
        if len(code) == _DIVISION_LENGTH and code.isdigit()
    }


def _fresh(request: HttpRequest, stamp: Stamp) -> tuple[str, bool]:
    """Return the entity tag of this page and whether the caller has it already.

    The page also differs by display preferences and by who is signed in: those are part of the tag.
    """
    shown = [request.COOKIES.get(name, "") for name in ("theme", "size", "density")]
    parts = "\n".join((stamp.etag, request.get_full_path(), *shown))
    tag = f'W/"{hashlib.sha256(parts.encode()).hexdigest()[:32]}"'
    return tag, tag in request.headers.get("If-None-Match", "")


@open_to_all
@require_safe
def index(request: HttpRequest) -> HttpResponseBase:
    """Show one page of the directory; unchanged pages are answered with 304."""
    stamp = titles.register_stamp()
    signed_in = request.user.is_authenticated
    tag, same = _fresh(request, stamp)
    if same and not signed_in:
        return _tagged(HttpResponseNotModified(), tag)
    asked = _asked(request)
    found = titles.public_directory(**asdict(asked), page=whole(request.GET.get("page"), 1), stamp=stamp)
    response = page(request, "public/directory.html", _context(asked, found))
    return response if signed_in else _tagged(response, tag)


def _tagged(response: HttpResponseBase, tag: str) -> HttpResponseBase:
    """Let caches keep the page and ask each time whether it still holds."""
    response["ETag"] = tag
    patch_cache_control(response, private=True, no_cache=True)
    return response


def _context(asked: Asked, found: Directory) -> dict[str, Any]:
    here = reverse("public:directory")
    divisions = sorted(_divisions().items())
    return {
        "asked": asked,
        "found": found,
        "tiles": [
            {
                "code": code,
                "name": name,
                "count": count,
                "url": f"{here}?{asked.query(district='' if code == asked.district else code)}",
                "current": code == asked.district,
            }
            for code, name, count in found.by_district
        ],
        "district_name": next((name for code, name, _ in found.by_district if code == asked.district), ""),
        "facets": [
            Facet(level, Level(level).label, _ORIGINS[level], count, level in asked.levels)
            for level, count in found.by_level.items()
        ],
        "divisions": divisions,
        "years": [(year, f"{year} 年") for year in found.years],
        "as_of": found.changed_at.astimezone(SHANGHAI).date() if found.changed_at else None,
        "download": f"{reverse('public:directory_download')}?{asked.query()}",
        "clear": here,
        "is_filtered": bool(asked.query()),
        "crumbs": [("首页", "/"), ("绿色工厂名录", "")],
    }


@open_to_all
@require_safe
def download(request: HttpRequest) -> HttpResponseBase:
    """Hand out the filtered directory as a spreadsheet; written in portions, so its length does not matter."""
    asked = _asked(request)
    today = DatabaseClock().now().on
    table = SheetTable(
        title="苏州市绿色工厂名录",
        columns=_COLUMNS,
        rows=_sheet_rows(asked),
        subtitle=f"下载日期：{today.year}年{today.month}月{today.day}日　来源：苏州市绿色工厂评价管理平台",
        notes=("每家企业按现有最高等级列一行；整改中的称号仍然有效。",),
        sheet_name="名录",
    )
    # The table is complete before the transaction ends: a download never breaks off half-way.
    file = TemporaryFile()  # noqa: SIM115  (FileResponse closes it)
    write_table_xlsx(file, table)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"苏州市绿色工厂名录{today:%Y%m%d}.xlsx")


def _sheet_rows(asked: Asked) -> Iterator[Sequence[object]]:
    for number, row in enumerate(titles.directory_rows(**asdict(asked)), start=1):
        awarded: date = row.awarded_on
        yield (
            number,
            row.enterprise_name,
            row.uscc,
            row.district_name,
            row.industry_name,
            row.level_label,
            row.state_label,
            awarded,
            row.document_no,
            row.certificate_no or "",
        )


@open_to_all
@require_safe
def detail(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show one title with the enterprise's history in the register."""
    found = titles.verify(public_id=public_id)
    if found.row is None:
        raise Http404("名录中没有这条记录。")
    return page(
        request,
        "public/title.html",
        {
            "found": found,
            "row": found.row,
            "events": [{"title": line.text, "at": line.on, "who": line.detail} for line in found.history],
            "crumbs": [
                ("首页", "/"),
                ("绿色工厂名录", reverse("public:directory")),
                (found.row.enterprise_name, ""),
            ],
        },
    )

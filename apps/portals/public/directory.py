"""The directory of green factories: search, filters, the same as a spreadsheet, and one enterprise's titles."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_safe

from apps.accounts.industries import industries
from apps.core.audience import actor_of, open_to_all
from apps.core.moment import SHANGHAI
from apps.policy.levels import Level
from apps.portals.base.http import page
from apps.portals.base.posted import whole
from apps.portals.public.caching import Fresh, cached
from apps.publicity import selectors as publicity
from apps.titles import selectors as titles
from apps.titles.selectors import Directory, Stamp

_FIRST_YEAR, _LAST_YEAR = 2000, 2100
_DIVISION_LENGTH = 2
_ORIGINS = {5: "国家级", 4: "省级", 3: "市级评定", 2: "区级评定", 1: "区级评定"}


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
        pairs += [(name, str(values.get(name) or "")) for name in ("district", "industry", "year", "kind")]
        return urlencode([(name, value) for name, value in pairs if value])


@dataclass(frozen=True, slots=True)
class Facet:
    """One level of the filter: how many enterprises hold it under the other filters."""

    level: int
    label: str
    origin: str
    count: int
    chosen: bool


def asked_of(request: HttpRequest) -> Asked:
    """Return the filters of the address; what is not understood counts as not asked."""
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


def _stamp() -> Fresh:
    found = titles.register_stamp()
    return Fresh(found.etag, found.changed_at)


@open_to_all
@require_safe
@cached(_stamp, daily=False)
def index(request: HttpRequest) -> HttpResponseBase:
    """Show one page of the directory; unchanged pages are answered with 304."""
    asked = asked_of(request)
    fresh: Fresh | None = getattr(request, "fresh", None)
    found = titles.public_directory(
        **asdict(asked),
        page=whole(request.GET.get("page"), 1),
        stamp=Stamp(fresh.tag, fresh.changed_at) if fresh else None,
    )
    return page(request, "public/directory.html", _context(asked, found))


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
        "downloads": [
            (label, f"{reverse('public:directory_download')}?{asked.query(kind=kind)}")
            for label, kind in (("Excel", "xlsx"), ("CSV", "csv"), ("JSON", "json"))
        ],
        "clear": here,
        "is_filtered": bool(asked.query()),
        "crumbs": [("首页", "/"), ("绿色工厂名录", "")],
    }


def _record_stamp() -> Fresh:
    """The register's stamp with the newest 备案: a title is put on file without being touched itself."""
    found, filed_at = titles.register_stamp(), publicity.newest_filing()
    changed = max((at for at in (found.changed_at, filed_at) if at is not None), default=None)
    return Fresh(f"{found.etag}:{filed_at.timestamp() if filed_at else ''}", changed)


@open_to_all
@require_safe
@cached(_record_stamp, daily=False)
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
            "events": [
                {"title": line.text, "at": line.on, "who": line.detail}
                for line in publicity.public_record(actor=actor_of(request), history=found.history)
            ],
            "crumbs": [
                ("首页", "/"),
                ("绿色工厂名录", reverse("public:directory")),
                (found.row.enterprise_name, ""),
            ],
        },
    )

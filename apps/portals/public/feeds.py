"""For readers that are programs: notices and calls as RSS and Atom, and the site map of search engines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from xml.sax.saxutils import escape

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed
from django.views.decorators.http import require_safe

from apps.applications import selectors as applications
from apps.applications.selectors import RoundRow
from apps.core.actor import Actor
from apps.core.audience import open_to_all
from apps.core.moment import SHANGHAI, DatabaseClock
from apps.policy.calendar import chinese
from apps.portals.base.context import SITE
from apps.portals.public.caching import Fresh, cached
from apps.publicity import selectors as publicity
from apps.scoring import selectors as scoring
from apps.titles import selectors as titles

_NEWEST = 20
_MOST_NOTICES = 500
#: Titles in the site map; search engines read 50,000 addresses a file.
_MOST_TITLES = 45_000
_PAGES = (
    "home",
    "calls",
    "notices",
    "district_notices",
    "directory",
    "directory_data",
    "verify_form",
    "policy",
    "help",
    "a11y",
    "privacy",
)


def _calls() -> list[RoundRow]:
    return applications.rounds(actor=Actor.public(), moment=DatabaseClock().now())


def _announced() -> Fresh:
    """Return the stamp of what was announced: notices and calls."""
    notices, calls = publicity.notices_stamp(), _calls()
    times = [at for at in (notices.changed_at, *(call.announced_at for call in calls)) if at is not None]
    tags = ":".join(f"{call.public_id}.{call.version}" for call in calls)
    return Fresh(f"{notices.tag}/{tags}", max(times, default=None))


def _everything() -> Fresh:
    announced, register = _announced(), titles.register_stamp()
    times = [at for at in (announced.changed_at, register.changed_at) if at is not None]
    return Fresh(f"{announced.tag}/{register.etag}", max(times, default=None))


def _feed(request: HttpRequest, kind: type[Rss201rev2Feed | Atom1Feed]) -> HttpResponseBase:
    home = request.build_absolute_uri(reverse("public:notices"))
    feed = kind(
        title="苏州市绿色工厂通知公告",
        link=home,
        description="苏州市绿色工厂评定的公示和公告。",
        language="zh-cn",
        author_name=SITE["sponsor"],
        feed_url=request.build_absolute_uri(request.path),
    )
    for path, title, words, at in _items():
        link = request.build_absolute_uri(path)
        feed.add_item(
            title=title,
            link=link,
            description=words,
            unique_id=link,
            unique_id_is_permalink=True,
            pubdate=at,
            updateddate=at,
        )
    return HttpResponse(feed.writeString("utf-8"), content_type=feed.content_type)


def _items() -> list[tuple[str, str, str, datetime]]:
    """Return path, title, description and hour of the newest notices and calls."""
    found: list[tuple[str, str, str, datetime]] = []
    for row in publicity.notices_page(actor=Actor.public(), per_page=_NEWEST).rows:
        if row.published_at is None:
            continue
        period = (
            f"，公示期{chinese(row.starts_on)}至{chinese(row.ends_on)}"
            if row.starts_on and row.ends_on
            else ""
        )
        words = f"{row.kind_label}，共 {row.count} 家企业{period}。"
        found.append((reverse("public:notice", args=[row.public_id]), row.title, words, row.published_at))
    for call in _calls():
        if call.announced_at is None:
            continue
        opens, closes = call.opens_at.astimezone(SHANGHAI), call.closes_at.astimezone(SHANGHAI)
        until = f"{chinese(closes.date())}{closes:%H:%M}"
        words = f"申报通知，受理 {call.level_labels} 级，{chinese(opens.date())}至{until}。"
        found.append((reverse("public:call", args=[call.public_id]), call.name, words, call.announced_at))
    return sorted(found, key=lambda item: item[3], reverse=True)[:_NEWEST]


@open_to_all
@require_safe
@cached(_announced, daily=False)
def rss(request: HttpRequest) -> HttpResponseBase:
    """Hand out the newest notices and calls as RSS 2.0."""
    return _feed(request, Rss201rev2Feed)


@open_to_all
@require_safe
@cached(_announced, daily=False)
def atom(request: HttpRequest) -> HttpResponseBase:
    """Hand out the newest notices and calls as Atom (RFC 4287)."""
    return _feed(request, Atom1Feed)


@open_to_all
@require_safe
@cached(_everything, daily=False)
def sitemap(request: HttpRequest) -> HttpResponseBase:
    """Hand out the addresses of the public pages for search engines (sitemaps.org 0.9)."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">',
    ]
    for path, changed in _addresses():
        location = escape(request.build_absolute_uri(path))
        when = (
            f"<lastmod>{changed.astimezone(SHANGHAI).isoformat(timespec='seconds')}</lastmod>"
            if changed
            else ""
        )
        lines.append(f"<url><loc>{location}</loc>{when}</url>")
    lines.append("</urlset>")
    return HttpResponse("\n".join(lines) + "\n", content_type="application/xml; charset=utf-8")


def _addresses() -> Iterator[tuple[str, datetime | None]]:
    for name in _PAGES:
        yield reverse(f"public:{name}"), None
    for scheme in scoring.schemes(actor=Actor.public()):
        if scheme.status == "published":
            yield reverse("public:system", args=[scheme.public_id]), None
    for call in _calls():
        yield reverse("public:call", args=[call.public_id]), call.announced_at
    for row in publicity.notices_page(actor=Actor.public(), per_page=_MOST_NOTICES).rows:
        yield reverse("public:notice", args=[row.public_id]), row.published_at
    for number, title in enumerate(titles.directory_rows()):
        if number == _MOST_TITLES:
            return
        yield reverse("public:title", args=[title.public_id]), None

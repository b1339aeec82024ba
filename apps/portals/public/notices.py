"""Notices as published: the list, one notice with its frozen list of enterprises, and its print view."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from apps.core.actor import Actor
from apps.core.audience import open_to_all
from apps.core.moment import DatabaseClock
from apps.deadlines import selectors as deadlines
from apps.policy.calendar import WorkCalendar, workdays_between
from apps.portals.base.http import page
from apps.portals.base.posted import whole
from apps.portals.base.visible import seen
from apps.portals.public.caching import Fresh, cached
from apps.publicity import selectors as publicity
from apps.publicity.selectors import NoticeFile, NoticeRow


@dataclass(frozen=True, slots=True)
class Period:
    """Where the period of a notice stands: `running`, `over` or `before`; the words of the countdown."""

    state: str
    text: str

    @property
    def is_running(self) -> bool:
        """Whether objections may be filed."""
        return self.state == "running"


def period_of(row: NoticeRow, *, on: date, work: WorkCalendar) -> Period:
    """Return where the period of a published notice stands on a day.

    Args:
        row: the notice; a published one has both dates.
        on: the day.
        work: working days; the last day counts (方案五（三）, R-24).
    """
    if row.starts_on is None or row.ends_on is None:
        return Period("before", "尚未公示")
    if on > row.ends_on:
        return Period("over", "公示已结束")
    if on < row.starts_on:
        return Period("before", "即将开始公示")
    left = workdays_between(on, row.ends_on, work)
    return Period("running", f"还剩 {left} 个工作日" if left else "今天是公示最后一天")


@dataclass(frozen=True, slots=True)
class Line:
    """One notice in a list with the state of its period."""

    row: NoticeRow
    period: Period


def lines(rows: list[NoticeRow], *, on: date) -> list[Line]:
    """Return the notices with their periods."""
    work = deadlines.work_calendar()
    return [Line(row, period_of(row, on=on, work=work)) for row in rows]


def _stamp() -> Fresh:
    found = publicity.notices_stamp()
    return Fresh(found.tag, found.changed_at)


@open_to_all
@require_safe
@cached(_stamp)
def index(request: HttpRequest) -> HttpResponseBase:
    """List the published notices, newest first."""
    # The public site shows what is public, also to people of the bureau who are signed in.
    found = publicity.notices_page(actor=Actor.public(), page=whole(request.GET.get("page"), 1))
    listed = lines(list(found.rows), on=DatabaseClock().now().on)
    return page(
        request,
        "public/notices.html",
        {"found": found, "lines": listed, "crumbs": [("首页", "/"), ("通知公告", "")]},
    )


def _detail(public_id: str) -> dict[str, Any]:
    notice: NoticeFile = seen(publicity.notice_file, actor=Actor.public(), public_id=public_id)
    on = DatabaseClock().now().on
    work = deadlines.work_calendar()
    return {
        "notice": notice,
        "row": notice.row,
        "period": period_of(notice.row, on=on, work=work),
        "crumbs": [("首页", "/"), ("通知公告", "/notices/"), (notice.row.title, "")],
    }


@open_to_all
@require_safe
@cached(_stamp)
def detail(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show one notice: text, list as published, countdown, digest, contact and the way to object."""
    return page(request, "public/notice.html", _detail(public_id))


@open_to_all
@require_safe
@cached(_stamp)
def printed(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show one notice for the printer."""
    return page(request, "public/notice_print.html", _detail(public_id))

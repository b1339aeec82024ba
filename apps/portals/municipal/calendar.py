"""工作日历: what is a working day, corrected with a source, a new year entered as a whole (R-24, R-36)."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from apps.core.actor import Actor, Duty, Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError, Invalid
from apps.core.faults import Faults
from apps.core.moment import Clock
from apps.deadlines import selectors as deadlines
from apps.deadlines import services as deadline_services
from apps.evidence import services as evidence
from apps.portals.base.files import send_file
from apps.portals.base.http import page
from apps.portals.base.posted import day, text, whole
from apps.portals.base.visible import seen
from apps.portals.municipal.common import act, shown_now

#: A line of holidays: a day or a span of days, then the name.
_LINE = re.compile(
    r"(?P<first>[\d-]+)(?:\s*(?:至|到|~|～)\s*(?P<last>[\d-]+))?(?:\s+|$)(?P<name>(?![至到~～]).*)$"
)
_LONGEST_SPAN = timedelta(days=30)
_SATURDAY = 5
#: Provisional deadlines named on the page.
_MOST = 30


@audience(Role.MUNICIPAL)
@require_GET
def file(request: HttpRequest) -> HttpResponseBase:
    """Show the days of a year that differ from an ordinary week."""
    return _file(request, whole(request.GET.get("year"), shown_now().on.year))


@audience(Role.MUNICIPAL)
@require_POST
def correct_day(request: HttpRequest) -> HttpResponseBase:
    """Correct one day of a known year; live deadlines move with it."""

    def deed(*, actor: Actor, clock: Clock) -> int:
        with Faults() as faults:
            return deadline_services.correct_day(
                actor=actor,
                clock=clock,
                day=faults.read(lambda: day(request, "day", "日期"), None),
                is_workday={"yes": True, "no": False}.get(text(request, "is_workday")),
                name=text(request, "name"),
                reason=text(request, "reason"),
            )

    return act(
        request,
        deed,
        done=lambda moved: f"已更正，{moved} 项在办期限随之变更。" if moved else "已更正，没有期限受影响。",
        to=f"{reverse('municipal:calendar')}?year={text(request, 'day')[:4]}",
        again=lambda refusal: _file(
            request, whole(text(request, "day")[:4], shown_now().on.year), refusal=refusal
        ),
    )


@audience(Role.MUNICIPAL)
@require_POST
def record_year(request: HttpRequest) -> HttpResponseBase:
    """Enter the State Council's arrangement of a whole year."""
    year = whole(request.POST.get("year"))

    def deed(*, actor: Actor, clock: Clock) -> int:
        unread: list[tuple[date, str]] = []
        with Faults() as faults:
            free = faults.read(lambda: _days(text(request, "holidays"), "holidays"), unread)
            worked = faults.read(lambda: _days(text(request, "makeup_days"), "makeup_days"), unread)
            return deadline_services.record_year(
                actor=actor,
                clock=clock,
                year=year,
                holidays=dict(free),
                makeup_days=[on for on, _ in worked],
                source=text(request, "source"),
            )

    return act(
        request,
        deed,
        done=lambda moved: f"{year} 年放假安排已录入，{moved} 项暂定期限已重新计算。",
        to=f"{reverse('municipal:calendar')}?year={year}",
        again=lambda refusal: _file(request, shown_now().on.year, refusal=refusal),
    )


@audience(Role.MUNICIPAL)
@require_POST
def attach_notice(request: HttpRequest, year: int) -> HttpResponseBase:
    """Keep the notice behind a year as a file."""
    upload = request.FILES.get("file")

    def deed(*, actor: Actor, clock: Clock) -> None:
        if upload is None:
            raise Invalid.of("file", "请选择通知原文的文件。")
        stored = evidence.store_bureau_file(actor=actor, clock=clock, upload=upload)
        deadline_services.attach_notice(
            actor=actor, clock=clock, year=year, document=stored.public_id, document_name=stored.name
        )

    return act(
        request,
        deed,
        done="依据文件已保存。",
        to=f"{reverse('municipal:calendar')}?year={year}",
        again=lambda refusal: _file(request, year, refusal=refusal),
    )


@audience(Role.MUNICIPAL)
@require_GET
def notice(request: HttpRequest, year: int) -> HttpResponseBase:
    """Hand out the notice behind a year."""
    row = deadlines.calendar_notice(year)
    if row is None:
        raise Http404
    return send_file(seen(evidence.open_bureau_file, actor=actor_of(request), public_id=row.document))


def _days(sent: str, field: str) -> list[tuple[date, str]]:
    """Return the days of a field, one line a day or a span of days (至), then (for holidays) its name.

    Raises:
        Invalid: a line that does not begin with a day, or a span backwards or too long; keyed by *field*.
    """
    found = []
    for number, line in enumerate(sent.splitlines(), start=1):
        if not line.strip():
            continue
        parts = _LINE.match(line.strip())
        begins, ends, name = parts.groups() if parts else ("", "", "")
        try:
            first = date.fromisoformat(begins)
            last = date.fromisoformat(ends) if ends else first
        except ValueError:
            raise Invalid.of(
                field,
                f"第 {number} 行不是有效日期，示例：2027-10-01 国庆节，或 2027-10-01 至 2027-10-07 国庆节。",
            ) from None
        if not first <= last <= first + _LONGEST_SPAN:
            raise Invalid.of(field, f"第 {number} 行的起止日期颠倒，或超过31天，请核对。")
        found += [(first + timedelta(days=at), name.strip()) for at in range((last - first).days + 1)]
    return found


def _file(request: HttpRequest, year: int, *, refusal: DomainError | None = None) -> HttpResponseBase:
    actor, now = actor_of(request), shown_now()
    coverage = deadlines.calendar_coverage(on=now.on)
    year = year if year in coverage.years else now.on.year
    days = deadlines.calendar_year(year)
    context: dict[str, Any] = {
        "year": year,
        "coverage": coverage,
        "years": [
            {
                "label": f"{one} 年",
                "url": f"{reverse('municipal:calendar')}?year={one}",
                "count": None,
                "current": one == year,
            }
            for one in coverage.years
            if one >= now.on.year - 1
        ],
        "notice": deadlines.calendar_notice(year),
        "provisional": deadlines.provisional(actor=actor, most=_MOST),
        "special": [row for row in days if row.name or row.is_workday != (row.date.weekday() < _SATURDAY)],
        "next_year": (coverage.years[-1] if coverage.years else now.on.year - 1) + 1,
        "may_keep": actor.has(Duty.HANDLER, Duty.SIGNER),
        "kinds": [("no", "休息日"), ("yes", "工作日")],
        "typed": request.POST,
    }
    return page(request, "municipal/calendar.html", context, refusal=refusal)

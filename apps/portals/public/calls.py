"""申报通知: the call of each announced round, for everybody (方案五（一）)."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_safe

from apps.accounts import selectors as accounts
from apps.applications import selectors as applications
from apps.core.actor import Actor
from apps.core.audience import open_to_all
from apps.core.moment import DatabaseClock
from apps.portals.base.http import page
from apps.portals.base.visible import seen
from apps.portals.public.caching import kept
from apps.scoring import selectors as scoring


@open_to_all
@require_safe
@kept
def index(request: HttpRequest) -> HttpResponseBase:
    """List the calls, those that take applications first."""
    return page(
        request,
        "public/calls.html",
        {
            "rounds": applications.rounds(actor=Actor.public(), moment=DatabaseClock().now()),
            "crumbs": [("首页", "/"), ("通知公告", reverse("public:notices")), ("申报通知", "")],
        },
    )


@open_to_all
@require_safe
@kept
def call(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show one call: its text, levels, windows of the city and the districts, systems, and how to apply."""
    public = Actor.public()
    file = seen(applications.round_file, actor=public, public_id=public_id, moment=DatabaseClock().now())
    ends = {code: at for code, _, at in file.district_windows}
    systems = {row.code: row for row in scoring.schemes(actor=public, status=None)}
    return page(
        request,
        "public/call.html",
        {
            "file": file,
            "row": file.row,
            "systems": [systems[code] for code in file.schemes if code in systems],
            "districts": [(one, ends.get(one.code)) for one in accounts.districts()],
            "crumbs": [
                ("首页", "/"),
                ("通知公告", reverse("public:notices")),
                ("申报通知", reverse("public:calls")),
                (file.row.name, ""),
            ],
        },
    )

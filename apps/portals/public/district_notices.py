"""属地公示 for everybody: the list of all districts' notices, and one notice with its enterprises."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_safe

from apps.core.audience import actor_of, open_to_all
from apps.core.moment import Moment, shown_at
from apps.portals.base.http import page
from apps.portals.base.posted import whole
from apps.portals.base.visible import seen
from apps.review import selectors as review


@open_to_all
@require_safe
def index(request: HttpRequest) -> HttpResponseBase:
    """List the notices, newest first."""
    found = review.public_notices(actor=actor_of(request), page=max(1, whole(request.GET.get("page"), 1)))
    today = Moment.of(shown_at()).on
    return page(
        request,
        "public/district_notices.html",
        {
            "found": found,
            "lines": [(row, row.starts_on <= today <= row.ends_on) for row in found.rows],
            "crumbs": [("首页", reverse("public:home")), ("属地公示", "")],
        },
    )


@open_to_all
@require_safe
def notice(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show one notice as it was published."""
    found = seen(review.public_notice, actor=actor_of(request), public_id=public_id)
    today = Moment.of(shown_at()).on
    return page(
        request,
        "public/district_notice.html",
        {
            "notice": found,
            "running": found.line.starts_on <= today <= found.line.ends_on,
            "crumbs": [
                ("首页", reverse("public:home")),
                ("属地公示", reverse("public:district_notices")),
                (found.line.title, ""),
            ],
        },
    )

"""Pages of long work: what a person has running, one job with its progress, its result, and stopping it."""

from __future__ import annotations

from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from apps.core.audience import actor_of, audience
from apps.core.moment import DatabaseClock
from apps.jobs import selectors, services
from apps.portals.base.http import attempt, page, say
from apps.portals.base.views import SIGNED_IN
from apps.portals.base.visible import must_be_visible, seen

_LISTED = 50


@audience(*SIGNED_IN)
@require_GET
def listing(request: HttpRequest) -> HttpResponseBase:
    """List the person's newest jobs with what can be done about each."""
    rows = selectors.my_jobs(actor=actor_of(request), limit=_LISTED)
    return page(request, "base/jobs.html", {"rows": rows, "open": sum(row.is_open for row in rows)})


@audience(*SIGNED_IN)
@require_GET
def file(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show progress and result of one job; reloads itself by htmx, or by hand."""
    found = seen(selectors.job, actor=actor_of(request), public_id=public_id)
    fragment = getattr(request, "htmx", False)
    return page(request, "base/_job.html" if fragment else "base/job.html", {"job": found})


@audience(*SIGNED_IN)
@require_GET
def result(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Hand out the result of a finished job to its owner; always as a download (SECURITY R22)."""
    found = seen(selectors.result_file, actor=actor_of(request), public_id=public_id)
    response = FileResponse(
        found.path.open("rb"), as_attachment=True, filename=found.name, content_type=found.content_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response


@audience(*SIGNED_IN)
@require_POST
def cancel(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Stop a job: one that waits at once, a running one at its next step."""
    _, refusal = attempt(
        services.cancel_job, actor=actor_of(request), clock=DatabaseClock(), public_id=public_id
    )
    must_be_visible(refusal)
    if refusal is not None:
        found = seen(selectors.job, actor=actor_of(request), public_id=public_id)
        return page(request, "base/job.html", {"job": found}, refusal=refusal)
    running = seen(selectors.job, actor=actor_of(request), public_id=public_id).is_open
    say(request, "已要求取消；正在处理的任务会在下一步停止。" if running else "任务已取消。")
    return redirect("job", public_id)

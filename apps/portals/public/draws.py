"""Draws for everybody: of experts, whole once the panel has concluded; of spot checks, whole once drawn."""

from __future__ import annotations

from django.http import Http404, HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_safe

from apps.core.audience import actor_of, open_to_all
from apps.monitoring import spot_checks as monitoring
from apps.portals.base.draw_record import SCRIPTS, file_name, record_context, script_file
from apps.portals.base.http import page
from apps.portals.base.posted import whole
from apps.portals.base.visible import seen
from apps.review import selectors as review


@open_to_all
@require_safe
def index(request: HttpRequest) -> HttpResponseBase:
    """List the draws, newest first."""
    found = review.public_draws(actor=actor_of(request), page=max(1, whole(request.GET.get("page"), 1)))
    crumbs = [("首页", reverse("public:home")), ("专家抽取记录", "")]
    return page(request, "public/draws.html", {"found": found, "crumbs": crumbs})


@open_to_all
@require_safe
def record(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Hand out the record that tools/replay_draw.py repeats."""
    found = seen(review.public_record, actor=actor_of(request), public_id=public_id)
    answer = JsonResponse(found, json_dumps_params={"ensure_ascii": False, "indent": 2})
    answer["Content-Disposition"] = f'attachment; filename="{file_name(public_id)}"'
    return answer


@open_to_all
@require_safe
def draw(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show one draw: what was committed, the public value, the result once it is open, and how to repeat it."""
    found = seen(review.public_record, actor=actor_of(request), public_id=public_id)
    context = {
        **record_context(found),
        "json_url": reverse("public:draw_record", args=[public_id]),
        "script_url": reverse("public:replay_script", args=[SCRIPTS[0]]),
        "crumbs": [
            ("首页", reverse("public:home")),
            ("专家抽取记录", reverse("public:draws")),
            (public_id, ""),
        ],
    }
    return page(request, "public/draw.html", context)


@open_to_all
@require_safe
def script(_request: HttpRequest, name: str) -> HttpResponseBase:
    """Hand out a script that repeats a draw without this product."""
    if name not in SCRIPTS:
        raise Http404
    return script_file(name)


@open_to_all
@require_safe
def spot_checks(request: HttpRequest) -> HttpResponseBase:
    """List the draws of spot checks, newest first."""
    found = monitoring.public_samples(actor=actor_of(request), page=max(1, whole(request.GET.get("page"), 1)))
    crumbs = [("首页", reverse("public:home")), ("抽查抽取记录", "")]
    return page(request, "public/spot_checks.html", {"found": found, "crumbs": crumbs})


@open_to_all
@require_safe
def spot_check_record(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Hand out the record that tools/replay_sample.py repeats."""
    found = seen(monitoring.public_sample_record, actor=actor_of(request), public_id=public_id)
    answer = JsonResponse(found, json_dumps_params={"ensure_ascii": False, "indent": 2})
    answer["Content-Disposition"] = f'attachment; filename="spot-check-{public_id}.json"'
    return answer

"""The help centre: what to do, step by step, for each audience, with the rules it rests on."""

from __future__ import annotations

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_safe

from apps.core.actor import Role
from apps.core.audience import actor_of, open_to_all
from apps.portals.base.http import page
from apps.portals.public.caching import kept
from apps.portals.public.handbooks import HANDBOOKS
from apps.portals.public.help_topics import TOPICS

_AUDIENCES = (
    ("企业", Role.ENTERPRISE),
    ("属地主管部门", Role.DISTRICT),
    ("市工业和信息化局", Role.MUNICIPAL),
    ("专家", Role.EXPERT),
    ("公众", Role.PUBLIC),
)


@open_to_all
@require_safe
@kept
def index(request: HttpRequest) -> HttpResponseBase:
    """List the topics, those of the reader's own role first."""
    role = actor_of(request).role
    groups = [
        {"label": label, "topics": [one for one in TOPICS if one.role is one_role], "own": one_role is role}
        for label, one_role in _AUDIENCES
    ]
    groups.sort(key=lambda group: not group["own"])
    context = {
        "groups": [group for group in groups if group["topics"]],
        "handbooks": list(HANDBOOKS.items()),
        "crumbs": [("首页", "/"), ("帮助", "")],
    }
    return page(request, "public/help.html", context)


@open_to_all
@require_safe
@kept
def topic(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Show one topic: steps, frequent questions, the clauses."""
    found = next((one for one in TOPICS if one.slug == slug), None)
    if found is None:
        raise Http404
    context = {
        "topic": found,
        "beside": [one for one in TOPICS if one.role is found.role and one.slug != slug],
        "crumbs": [("首页", "/"), ("帮助", reverse("public:help")), (found.title, "")],
    }
    return page(request, "public/help_topic.html", context)

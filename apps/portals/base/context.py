"""Context of every page: display preferences, the person, the navigation of the portal."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from apps.accounts.privacy import NOTICE_VERSION
from apps.core.actor import ROLE_LABELS, Actor, Role
from apps.core.moment import DatabaseClock, shown_at
from apps.jobs import selectors as jobs
from apps.jobs.selectors import PROCESSES
from apps.notifications import selectors as notifications
from apps.portals.base.navigation import column_tags, navigation, public_navigation
from apps.portals.base.workload import open_work

_THEMES = {"auto", "light", "dark"}
_SIZES = {"normal", "large"}
_DENSITIES = {"normal", "compact"}
#: Who is told on every page that a process stands still.
_WATCHERS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR})
#: Identity fields a government site must show (sample values; set for the real site).
SITE: dict[str, str] = {
    "name": "苏州市绿色工厂评价管理平台",
    "sponsor": "苏州市工业和信息化局",
    "site_code": "示例 32050000XX",
    "icp": "苏ICP备 示例号",
    "police": "苏公网安备 示例号",
    "phone": "0512-00000000",
}


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return what every page shows around its content: preferences, person, menus, column, site, time."""
    actor: Actor = getattr(request, "actor", None) or Actor.public()
    # Error pages of the middleware render before the actor is known to the database: they show no inner data.
    signed_in = actor.role is not Role.PUBLIC and getattr(request, "entered", False)
    return {
        "ui": {
            "theme": _choice(request, "theme", _THEMES, "auto"),
            "size": _choice(request, "size", _SIZES, "normal"),
            "density": _choice(request, "density", _DENSITIES, "normal"),
        },
        "actor": actor,
        "me": _me(request, actor) if signed_in else None,
        "nav": navigation(actor, request.path, _waiting(request, actor)) if signed_in else [],
        "public_nav": public_navigation(request.path),
        "column": column_tags(request.path),
        # For the countdowns of the page; what counts is decided by the database's clock.
        "now": shown_at(),
        "platform": SITE,
        "demo": settings.GF_DEMO,
        "request_id": getattr(request, "request_id", ""),
    }


def _waiting(request: HttpRequest, actor: Actor) -> dict[str, int]:
    """Return the numbers beside the navigation; none where the page itself is the count of all stages."""
    if getattr(request, "shows_stages", False):
        return {}
    return open_work(actor, getattr(request, "counted_states", None))


def _me(request: HttpRequest, actor: Actor) -> dict[str, Any]:
    user: Any = request.user
    return {
        "name": actor.name,
        # A view that has read the enterprise already leaves its name here.
        "organisation": getattr(request, "organisation", "") or organisation_of(user, actor),
        "role_label": user.position or ROLE_LABELS[actor.role],
        # Staff act for their office by law; experts and members of enterprises are asked (个人信息保护法 13).
        "asks_notice": actor.role in {Role.ENTERPRISE, Role.EXPERT} and user.notice_version != NOTICE_VERSION,
        "unread": notifications.unread_count(actor=actor),
        # A beat that stands still raises no alert: the web process looks at its last sign of life instead (R56).
        "silent": _silent() if actor.role in _WATCHERS else [],
    }


def _silent() -> list[str]:
    """Return the kinds of process that have not reported in time."""
    return [PROCESSES[pulse.name] for pulse in jobs.pulses(clock=DatabaseClock()) if pulse.silent]


def organisation_of(user: Any, actor: Actor) -> str:
    """Return the organisation in the top bar: the enterprise, the district's authority, or the role."""
    match actor.role:
        case Role.ENTERPRISE:
            return str(user.enterprise.name)
        case Role.DISTRICT:
            return str(user.district.authority)
    return ROLE_LABELS[actor.role]


def _choice(request: HttpRequest, cookie: str, known: set[str], default: str) -> str:
    value = request.COOKIES.get(cookie, default)
    return value if value in known else default

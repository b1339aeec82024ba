"""The edge: builds the actor, refuses undeclared views, ends idle sessions, forbids caching of inner pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone

from apps.core.actor import Actor, Role
from apps.core.moment import Moment
from apps.evidence.services import nothing_left_over
from apps.parameters.selectors import in_force
from apps.portals.base.errors import forbidden_page, note_refusal

_GetResponse = Callable[[HttpRequest], HttpResponse]
#: Paths of libraries that carry their own rules: sign-in and second factor.
_SIGN_IN = "/accounts/"
_MFA_SETUP = "/accounts/2fa/"
_API = "/api/"
#: Kept in the session: seconds since 1970 of the last noted request and of the first, and the limits in seconds.
_SEEN, _BEGUN, _IDLE, _LONGEST = "seen_at", "begun_at", "idle_seconds", "longest_seconds"


def client_address(request: HttpRequest) -> str:
    """Return the peer address; proxies are trusted only as configured at the server (SECURITY P08)."""
    return str(request.META.get("REMOTE_ADDR", ""))


class AudienceMiddleware:
    """Attach `request.actor`; before a view runs, compare its declared audience with the actor's role."""

    def __init__(self, get_response: _GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; the interface leaves its refusals here, because its own transaction is rolled back."""
        response = self.get_response(request)
        refused = getattr(request, "refused", None)
        if refused is not None:
            note_refusal(request, refused)
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Refuse what the view's declaration does not allow: 403, or sign-in for the unknown."""
        del args, kwargs
        idle = self._idle(request)
        request.actor = actor = Actor.public() if idle else self._actor(request)  # type: ignore[attr-defined]
        if request.path.startswith(_SIGN_IN):
            return None
        if idle and not request.path.startswith(_API):
            return redirect_to_login(request.get_full_path())
        allowed = getattr(view, "audience", None)
        if allowed is None:
            allowed = getattr(getattr(view, "cls", None), "audience", None)
        if allowed is None:
            return forbidden_page(request, "该页面未声明适用对象，已按默认规则拒绝访问。")
        if actor.role in allowed:
            return self._initial_password(request) or self._second_factor(request, actor)
        return self._refuse(request, actor)

    @staticmethod
    def _refuse(request: HttpRequest, actor: Actor) -> HttpResponseBase | None:
        if request.path.startswith(_API):
            # The interface refuses by the same declaration, as problem+json (`apps.api.permissions`).
            return None
        if actor.role is Role.PUBLIC:
            return redirect_to_login(request.get_full_path())
        return forbidden_page(request, "该页面不属于您的职责范围。")

    @staticmethod
    def _actor(request: HttpRequest) -> Actor:
        where = {"address": client_address(request), "request_id": getattr(request, "request_id", "")}
        user: Any = request.user
        return user.actor(**where) if user.is_authenticated else Actor.public(**where)

    @staticmethod
    def _idle(request: HttpRequest) -> bool:
        """End a session idle for too long or past its longest time; note the time otherwise, at most once a minute.

        How long is the bureau's choice (parameters): read with that note, so that most requests ask nothing.
        """
        user: Any = request.user
        if not user.is_authenticated:
            return False
        now = int(timezone.now().timestamp())
        session = request.session
        # A session from before an upgrade may lack the limits: it starts anew with this request.
        seen = session.get(_SEEN) if _LONGEST in session else None
        if seen is not None and (now - seen > session[_IDLE] or now - session[_BEGUN] > session[_LONGEST]):
            logout(request)
            return True
        if seen is None or now - seen > 60:  # noqa: PLR2004  (seconds between two session writes)
            chosen = in_force(on=Moment.of(timezone.now()).on)
            outside = user.role in {Role.ENTERPRISE.value, Role.EXPERT.value}
            session[_IDLE] = 60 * (chosen.idle_minutes if outside else chosen.idle_minutes_staff)
            session[_LONGEST] = 3600 * chosen.session_hours
            session.setdefault(_BEGUN, now)
            session[_SEEN] = now
        return False

    @staticmethod
    def _initial_password(request: HttpRequest) -> HttpResponseBase | None:
        """Send a person whose password somebody else knows to choose another before anything else (SECURITY R29)."""
        user: Any = request.user
        if not user.is_authenticated or not user.must_change_password:
            return None
        if request.path.startswith(_API):
            # As below: the interface answers 403 and says why.
            request.initial_password = True  # type: ignore[attr-defined]
            return None
        return redirect("account_change_password")

    @staticmethod
    def _second_factor(request: HttpRequest, actor: Actor) -> HttpResponseBase | None:
        """Send staff without a second factor to its set-up where production requires one (SECURITY R32)."""
        if not settings.GF_REQUIRE_SECOND_FACTOR or actor.role in {Role.PUBLIC, Role.ENTERPRISE}:
            return None
        from allauth.mfa.utils import is_mfa_enabled

        if is_mfa_enabled(request.user):
            return None
        if request.path.startswith(_API):
            # Programs cannot follow to a page: the interface answers 403 and says why (`apps.api.permissions`).
            request.second_factor_missing = True  # type: ignore[attr-defined]
            return None
        return redirect("mfa_activate_totp")


class NoStoreMiddleware:
    """Inner pages and downloads are never stored by browsers or proxies (SECURITY R40)."""

    def __init__(self, get_response: _GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Add `no-store` for signed-in users unless the view chose otherwise."""
        response = self.get_response(request)
        user = getattr(request, "user", None)
        if user is not None and user.is_authenticated and "Cache-Control" not in response:
            response["Cache-Control"] = "no-store"
        return response


class LeftoversMiddleware:
    """Files stored by a request that was then refused go with it; outside the view's transaction, which is over."""

    def __init__(self, get_response: _GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, then remove what was stored and is named by no row."""
        with nothing_left_over():
            return self.get_response(request)

"""Sign-in behaviour: no public sign-up through the login library, every sign-in and refusal audited."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import default_token_generator
from allauth.account.internal.flows.password_reset import request_password_reset
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from apps.accounts import selectors as people
from apps.accounts import services as accounts
from apps.core.moment import DatabaseClock, Moment, shown_at
from apps.parameters.selectors import in_force
from apps.portals.base.templatetags.gf import cn_date

_EXPIRED = "初始口令已过期，请联系安全管理员；首个安全管理员请由运维人员重新办理。"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # the sign-in library ships no types
    """Accounts are made by registration of an enterprise or by the security administrator, never here."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "incorrect_password": "密码不正确，请重新输入。",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False: `/register/` is the only door for enterprises."""
        del request
        return False

    def pre_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse | None:
        """Refuse an initial password that is past its time (SECURITY R29); otherwise as the library does."""
        refused: HttpResponse | None = super().pre_login(request, user, **kwargs)
        if refused is None and accounts.initial_password_expired(user_id=user.pk, clock=DatabaseClock()):
            messages.error(request, _EXPIRED)
            return redirect("account_login")
        return refused

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        """Say why the account is disabled and whom to ask: only after the right password."""
        accounts.record_failed_sign_in(
            username=user.username,
            address=self.get_client_ip(request),
            request_id=getattr(request, "request_id", ""),
        )
        messages.warning(request, _why_disabled(people.why_disabled(user_id=user.pk)))
        response: HttpResponse = super().respond_user_inactive(request, user)
        return response

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """Keep the sign-in for its owner's list and tell of a strange device or network (SECURITY R60)."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        if request.session.session_key is None:
            request.session.save()
        accounts.note_sign_in(
            actor=user.actor(
                address=self.get_client_ip(request), request_id=getattr(request, "request_id", "")
            ),
            clock=DatabaseClock(),
            session_key=request.session.session_key or "",
            user_agent=request.headers.get("User-Agent", ""),
            most=in_force(on=Moment.of(shown_at()).on).sessions_max,
        )
        return response

    def set_password(self, user: Any, password: str) -> None:
        """Store the person's new password, let the account in again and tell its owner (SECURITY R60)."""
        super().set_password(user, password)
        request = context.request
        accounts.password_changed(
            actor=user.actor(
                address=self.get_client_ip(request), request_id=getattr(request, "request_id", "")
            ),
            clock=DatabaseClock(),
        )

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Record the failed attempt without telling whether the account exists."""
        super().authentication_failed(request, **credentials)
        accounts.record_failed_sign_in(
            username=str(credentials.get("username", ""))[:40],
            address=self.get_client_ip(request),
            request_id=getattr(request, "request_id", ""),
        )


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # the sign-in library ships no types
    """Secrets of the second factor are encrypted at rest."""

    def encrypt(self, text: str) -> str:
        """Return the ciphertext of a TOTP seed or recovery seed."""
        return accounts.encrypt_secret(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Return the plain seed."""
        return accounts.decrypt_secret(encrypted_text)


def _why_disabled(found: people.Disabled | None) -> str:
    """Return the sentence about a disabled account and who can enable it again."""
    if found is None:
        return "该账户已停用。需要恢复的，请联系安全管理员。"
    on = cn_date(found.at).replace(" ", "")
    if found.by_enterprise:
        return f"该账户已于{on}由本企业负责人停用。需要恢复的，请联系本企业负责人。"
    why = f"，原因：{found.reason.rstrip('。')}" if found.reason else ""
    return f"该账户已于{on}停用{why}。需要恢复的，请联系安全管理员。"


def has_second_factor(user_id: int) -> bool:
    """Return whether the account has a second factor."""
    return bool(Authenticator.objects.filter(user_id=user_id).exists())


def take_second_factor_off(user_id: int) -> None:
    """Remove every factor of an account (after `services.note_second_factor_removed`)."""
    Authenticator.objects.filter(user_id=user_id).delete()


def mail_recovery_link(request: HttpRequest, address: str, user_id: int) -> None:
    """Mail the one-time link by which the owner of an account sets a new password; nobody else sees it."""
    user = get_user_model()._default_manager.get(pk=user_id)
    request_password_reset(request, address, [user], default_token_generator)

"""Sign-in behaviour: no public sign-up through the login library, every sign-in and refusal audited."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest

from apps.accounts import services as accounts


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # the sign-in library ships no types
    """Accounts are made by registration of an enterprise or by the security administrator, never here."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False: `/register/` is the only door for enterprises."""
        del request
        return False

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

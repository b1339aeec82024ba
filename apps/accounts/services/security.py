"""Sign-in records and secrets of the second factor."""

from __future__ import annotations

from django.db import transaction

from apps.audit.services import record
from apps.core import crypto
from apps.core.actor import Actor
from apps.core.moment import DatabaseClock
from apps.core.scoping import enter


def record_failed_sign_in(*, username: str, address: str, request_id: str) -> None:
    """Write one audit row for a refused sign-in; the same row whether or not the account exists."""
    with transaction.atomic():
        actor = Actor.public(address=address, request_id=request_id)
        enter(actor)
        record(
            actor=actor,
            event="account.sign_in",
            subject=None,
            moment=DatabaseClock().now(),
            after={"username": username},
            outcome="denied",
        )


def encrypt_secret(text: str) -> str:
    """Return *text* encrypted (see `apps.core.crypto`)."""
    return crypto.encrypt(text)


def decrypt_secret(text: str) -> str:
    """Return the plain text of `encrypt_secret`."""
    return crypto.decrypt(text)

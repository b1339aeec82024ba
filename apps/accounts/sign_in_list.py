"""The sign-ins of a person that are open now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.contrib.sessions.models import Session

from apps.accounts.models import SignIn
from apps.core.actor import Actor
from apps.core.moment import demo_offset

_SEEN = "seen_at"
_MOST = 50


@dataclass(frozen=True, slots=True)
class SignInRow:
    """One open sign-in."""

    public_id: str
    device: str
    address: str
    at: datetime
    seen_at: datetime | None
    is_this: bool


def open_sign_ins(*, actor: Actor, session_key: str, now: datetime) -> Sequence[SignInRow]:
    """Return the actor's sign-ins whose session still lives, newest first; two queries."""
    rows = list(SignIn.objects.visible_to(actor).filter(ended_at=None).order_by("-at")[:_MOST])
    sessions = {
        row.session_key: row.get_decoded()
        for row in Session.objects.filter(
            session_key__in=[row.session_key for row in rows], expire_date__gt=now - demo_offset()
        )
    }
    return [
        SignInRow(
            public_id=row.public_id,
            device=row.device,
            address=row.address,
            at=row.at,
            seen_at=_time(sessions[row.session_key].get(_SEEN)),
            is_this=row.session_key == session_key,
        )
        for row in rows
        if row.session_key in sessions
    ]


def _time(seconds: int | None) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds is not None else None

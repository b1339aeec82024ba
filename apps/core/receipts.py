"""The query code of a receipt: what somebody without an account shows to ask how their matter stands."""

from __future__ import annotations

import secrets
from typing import Final

_LENGTH: Final = 8
#: Without 0, 1, I and O, which are taken for one another when copied by hand.
_ALPHABET: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def new_query_code() -> str:
    """Return a fresh unguessable code of eight characters."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))

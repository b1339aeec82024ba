"""The chain's arithmetic: canonical text and digests, the same here, in the database trigger and in the verifier."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from apps.core.moment import SHANGHAI

#: Digest before the first link.
GENESIS = "0" * 64


def plain(value: Any) -> Any:
    """Return *value* as JSON data: Decimals and dates as text (moments in Shanghai), containers recursively."""
    match value:
        case datetime() if value.tzinfo is not None:
            return str(value.astimezone(SHANGHAI))
        case Decimal() | date() | datetime():
            return str(value)
        case Mapping():
            return {str(key): plain(item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [plain(item) for item in value]
        case None | bool() | int() | str():
            return value
    return str(value)


def canonical_text(row: Mapping[str, Any]) -> str:
    """Return the text the chain signs: sorted JSON without blanks; the verifier rebuilds it from the columns."""
    return json.dumps(plain(row), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def chained(previous: str, canonical: str) -> str:
    """Return the digest of a link (hex), as the database trigger computes it."""
    return hashlib.sha256((previous + canonical).encode()).hexdigest()

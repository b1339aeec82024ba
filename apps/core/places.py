"""Where a photo was taken, as a phone tells it."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from apps.core.errors import Invalid

_ROUND = Decimal("0.00001")
_LATITUDE, _LONGITUDE = Decimal(90), Decimal(180)
_FARTHEST_M = 100_000
_WRONG = "定位数据有误，请关闭定位后重试。"


def place_columns(latitude: str, longitude: str, accuracy_m: str) -> dict[str, Any]:
    """Return the columns `latitude`, `longitude` (degrees), `accuracy_m` (metres); none when no place was sent.

    Raises:
        Invalid: at field `place`: no numbers, or no place on earth.
    """
    if not latitude and not longitude:
        return {}
    try:
        north, east = Decimal(latitude), Decimal(longitude)
        accuracy = int(Decimal(accuracy_m)) if accuracy_m else None
    except (InvalidOperation, ValueError, OverflowError):
        raise Invalid.of("place", _WRONG) from None
    inside = north.is_finite() and abs(north) <= _LATITUDE
    inside = inside and east.is_finite() and abs(east) <= _LONGITUDE
    if not inside or (accuracy is not None and not 0 <= accuracy <= _FARTHEST_M):
        raise Invalid.of("place", _WRONG)
    return {"latitude": north.quantize(_ROUND), "longitude": east.quantize(_ROUND), "accuracy_m": accuracy}

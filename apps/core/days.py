"""Days as people type them: 2026-01-05, 2026年1月5日, 2026/1/5, 2026.1.5, 20260105 (SECURITY D01–D03)."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from apps.core.errors import Invalid

EARLIEST, LATEST = date(1900, 1, 1), date(2100, 12, 31)
_SEPARATED = re.compile(r"^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?$")
_PLAIN = re.compile(r"^(\d{4})(\d{2})(\d{2})$")


def read_day(text: str, *, field: str, label: str) -> date | None:
    """Return the day *text* names, None when it is blank.

    Args:
        text: what was typed, full-width digits included.
        field: form field the message belongs to.
        label: Chinese name of the field.

    Raises:
        Invalid: not the shape of a date; a day that does not exist (2月30日); before 1900 or after 2100.
    """
    sent = unicodedata.normalize("NFKC", text).strip()
    if not sent:
        return None
    found = _SEPARATED.match(sent) or _PLAIN.match(sent)
    if found is None:
        raise Invalid.of(field, f"{label}不是有效日期，请按“2026-12-05”填写。")
    year, month, day = (int(part) for part in found.groups())
    try:
        value = date(year, month, day)
    except ValueError:
        raise Invalid.of(field, f"{label}“{year}年{month}月{day}日”不存在，请核对。") from None
    if not EARLIEST <= value <= LATEST:
        raise Invalid.of(field, f"{label}应在 {EARLIEST.year} 年至 {LATEST.year} 年之间。")
    return value

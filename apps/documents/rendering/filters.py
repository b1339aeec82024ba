"""Template filters of the official papers: how dates, scores, counts and empty places are written."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

from apps.documents.rendering.fonts import faces, is_silent
from apps.documents.rendering.papers import Contact

register = template.Library()
SHANGHAI = ZoneInfo("Asia/Shanghai")
NUMERALS = "〇一二三四五六七八九"
TEN, HUNDRED = 10, 100
CENT = Decimal("0.01")
#: The fewest characters of a broken code that stand on one line.
LEAST_PIECE = 4
#: The issuer's name in a red head: up to so many characters take this class.
HEAD_WIDTHS = ((11, "org-l"), (15, "org-m"))


@register.filter
def cn_date(value: date | None) -> str:
    """2026年11月22日; a blank to write in when there is no date yet."""
    return f"{value.year}年{value.month}月{value.day}日" if value else "　　年　月　日"


@register.filter
def cn_time(value: datetime) -> str:
    """2026年11月22日 16:05:09, in Shanghai."""
    local = value.astimezone(SHANGHAI)
    return f"{cn_date(local)} {local:%H:%M:%S}"


@register.filter
def iso_date(value: date) -> str:
    """2026-11-22T00:00:00+08:00, for the file's properties."""
    return f"{value:%Y-%m-%d}T00:00:00+08:00"


@register.filter
def clock_time(value: time | None) -> str:
    """09:30; said plainly where no such meeting is on record."""
    return f"{value:%H:%M}" if value is not None else "未登记"


@register.filter
def short_date(value: date | None) -> str:
    """2026.11.22, for narrow columns."""
    return f"{value.year}.{value.month}.{value.day}" if value else ""


@register.filter
def score(value: Decimal | None) -> str:
    """A score with two decimals; a dash where there is none."""
    return f"{value.quantize(CENT)}" if value is not None else "—"


@register.filter
def signed(value: Decimal | None) -> str:
    """A difference of scores with its sign; a dash where there is none or it is nil."""
    if value is None or value == 0:
        return "—"
    return f"{'+' if value > 0 else '−'}{abs(value).quantize(CENT)}"


@register.filter
def amount(value: Decimal | None) -> str:
    """A quantity without idle zeros; a dash where there is none."""
    if value is None:
        return "—"
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@register.filter
def dash(value: object) -> str:
    """The text, or a dash where it is empty."""
    return str(value) if value not in ("", None) else "—"


@register.filter
def cn_number(value: int) -> str:
    """一, 十, 十二, 二十一 … up to 99, for the numbers of sections."""
    tens, ones = divmod(int(value), TEN)
    if not 0 < int(value) < HUNDRED:
        raise ValueError(f"no section number: {value}")
    head = "" if tens == 0 else "十" if tens == 1 else NUMERALS[tens] + "十"
    return head + (NUMERALS[ones] if ones else "")


@register.filter
def lines(value: str) -> SafeString:
    """A title whose line breaks are kept; everything in it is escaped."""
    # Only the constant separator is trusted; every part is escaped.
    return format_html_join(mark_safe("<br>"), "{}", ((part,) for part in str(value).split("\n")))


@register.filter
def breakable(value: str) -> SafeString:
    """A code that may break, so that no hole is torn into its paragraph: after hyphens, else never near its ends."""
    if "-" in value:
        parts = [f"{part}-" for part in value.split("-")[:-1]] + [value.rsplit("-", 1)[1]]
    else:
        cuts = [0, *range(LEAST_PIECE, len(value) - LEAST_PIECE + 1, 2), len(value)]
        parts = [value[start:end] for start, end in pairwise(cuts)]
    # Only the constant separator is trusted; every part is escaped.
    return format_html_join(mark_safe("<wbr>"), "{}", ((part,) for part in parts))


@register.filter
def in_title_font(value: str) -> bool:
    """Whether the heavy title font has every character: a name must not be printed in two weights."""
    title = [face for face in faces() if face.family.startswith("GF Title")]
    return all(is_silent(character) or any(face.carries(character) for face in title) for character in value)


@register.filter
def contact_line(value: Contact) -> str:
    """Whom to ask, in one line; what is not known is left out."""
    parts = (
        f"联系人：{value.person}" if value.person else "",
        f"联系电话：{value.phone}" if value.phone else "",
        f"电子邮箱：{value.email}" if value.email else "",
        f"地址：{value.address}" if value.address else "",
    )
    return "，".join(part for part in parts if part)


@register.filter
def org_class(value: str) -> str:
    """The size of the issuer's name in a red head, so that it stays on one line within 156 mm."""
    return next((name for most, name in HEAD_WIDTHS if len(value) <= most), "org-s")


@register.filter
def any_of(rows: object, attribute: str) -> bool:
    """Whether any row has something in this field: columns that are empty throughout are left out."""
    return any(getattr(row, attribute) for row in rows)  # type: ignore[attr-defined]


@register.filter
def head(value: str, length: int) -> str:
    """The first characters of a digest."""
    return str(value)[:length]

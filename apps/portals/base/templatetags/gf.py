"""How figures, dates and deadlines are written (DESIGN 11), plus icons, form widgets and error lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any, TypedDict

from django import forms, template
from django.core.paginator import Page
from django.forms import BoundField
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.core.masking import masked_phone
from apps.core.moment import SHANGHAI, shown_at

register = template.Library()

_WEEKDAYS = "一二三四五六日"
_DASH = "—"
_MOBILE_DIGITS = 11
_SHORTEST_PHONE = 7
_URGENT = timedelta(hours=24)
_SOON = timedelta(days=7)
#: Shares of the full mark from which a difference is shown in amber and in red (DESIGN 5, 差异标).
_NOTABLE = Decimal("0.10")
_LARGE = Decimal("0.30")


class ErrorLine(TypedDict):
    """One line of the error summary: where it leads ("" for the whole form) and what it says."""

    target: str
    text: str


# ---------------------------------------------------------------- figures


register.filter("masked_phone", masked_phone)


@register.filter
def score(value: Decimal | int | str | None) -> str:
    """Return a score with two decimals, rounded half-up ("77.49"); nothing scored yet is a dash."""
    if value is None or value == "":
        return _DASH
    if isinstance(value, float):
        raise TypeError("scores are Decimal, never float")
    return f"{Decimal(value).quantize(Decimal('0.01'), rounding=ROUND_HALF_UP):f}"


@register.filter
def signed(value: Decimal | int | str | None) -> str:
    """Return a difference with its sign, a true minus and no needless zeros ("+0.5", "−1.4", "0")."""
    if value is None or value == "":
        return _DASH
    number = Decimal(value)
    if not number:
        return "0"
    return ("+" if number > 0 else "−") + figure(abs(number))


@register.filter
def signed_score(value: Decimal | int | str | None) -> str:
    """Return a difference of scores with its sign and always two decimals, to stand in a column ("−0.40", "0.00")."""
    if value is None or value == "":
        return _DASH
    number = Decimal(value)
    sign = "+" if number > 0 else "−" if number < 0 else ""
    return f"{sign}{score(abs(number))}"


@register.filter
def figure(value: Decimal | int | str | None) -> str:
    """Return a number with thousands separators and without trailing zeros ("2,163.04")."""
    if value is None or value == "":
        return _DASH
    if isinstance(value, float):
        raise TypeError("figures are Decimal or int, never float")
    text = f"{Decimal(value):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@register.filter
def as_given(value: Decimal | int | str | None) -> str:
    """Return a number with thousands separators and exactly the decimals it was given with ("0.420")."""
    if value is None or value == "":
        return _DASH
    if isinstance(value, float):
        raise TypeError("figures are Decimal or int, never float")
    return f"{Decimal(value):,f}"


@register.filter
def file_size(size: int | None) -> str:
    """Return a number of bytes as people say it ("1.8 MB")."""
    if size is None:
        return _DASH
    if size < 1024:  # noqa: PLR2004 - bytes in a kilobyte
        return f"{size} 字节"
    for unit in ("KB", "MB", "GB"):
        tenths = Decimal(size) / 1024 ** ("KB", "MB", "GB").index(unit) / 1024
        if tenths < 1000 or unit == "GB":  # noqa: PLR2004 - four figures and more read better in the next unit
            return f"{figure(tenths.quantize(Decimal('0.1')))} {unit}"
    raise AssertionError("unreachable")


@register.filter
def difference_tone(difference: Decimal | int | None, full: Decimal | int | None) -> str:
    """Return the class of a difference: "" below 10 % of the full mark, else up (higher), warn, or bad (≥ 30 %)."""
    if difference is None or not full:
        return ""
    share = abs(Decimal(difference)) / Decimal(full)
    if share < _NOTABLE:
        return ""
    if difference > 0:
        return "up"
    return "bad" if share >= _LARGE else "warn"


# ---------------------------------------------------------------- dates


def _local(value: datetime | date) -> datetime | date:
    if isinstance(value, datetime):
        return timezone.localtime(value, SHANGHAI)
    return value


@register.filter
def cn_date(value: datetime | date | None) -> str:
    """Return a date in full ("2026 年 12 月 14 日"), of a moment its date in Shanghai."""
    if not value:
        return _DASH
    day = _local(value)
    return f"{day.year} 年 {day.month} 月 {day.day} 日"


def _weekday(day: date) -> str:
    return f"{day.month} 月 {day.day} 日（周{_WEEKDAYS[day.weekday()]}）"


@register.filter
def cn_day(value: datetime | date | None) -> str:
    """Return a date with its weekday ("12 月 14 日（周一）"), with its year where that is not the present one."""
    if not value:
        return _DASH
    day = _local(value)
    this_year = timezone.localtime(shown_at(), SHANGHAI).year
    return _weekday(day) if day.year == this_year else f"{day.year} 年 {_weekday(day)}"


@register.filter
def cn_datetime(value: datetime | None) -> str:
    """Return a moment in Shanghai ("2026 年 12 月 14 日（周一）17:00")."""
    if not value:
        return _DASH
    moment = timezone.localtime(value, SHANGHAI)
    return f"{moment.year} 年 {_weekday(moment)}{moment:%H:%M}"


@register.filter
def due_words(due: datetime, now: datetime) -> str:
    """Return a due moment; the year is left out when it is the present one ("11 月 30 日（周一）17:00")."""
    moment = timezone.localtime(due, SHANGHAI)
    if moment.year != timezone.localtime(now, SHANGHAI).year:
        return cn_datetime(due)
    return f"{_weekday(moment)}{moment:%H:%M}"


@register.filter
def short_datetime(value: datetime | None) -> str:
    """Return a moment in Shanghai for lists and logs ("2026-12-14 17:00")."""
    return f"{timezone.localtime(value, SHANGHAI):%Y-%m-%d %H:%M}" if value else _DASH


@register.filter
def iso(value: datetime | date | None) -> str:
    """Return the machine form for `<time datetime>` and data attributes, with the offset of Shanghai."""
    return _local(value).isoformat() if value else ""


def _remaining(due: datetime | date, now: datetime) -> timedelta:
    """Return the time left; a date is due at the end of its day in Shanghai."""
    if not isinstance(due, datetime):
        due = datetime(due.year, due.month, due.day, tzinfo=SHANGHAI) + timedelta(days=1)
    return due - now


@register.filter
def deadline_state(due: datetime | date | None, now: datetime) -> str:
    """Return "later" (more than 7 days), "soon", "urgent" (24 hours or less) or "over"; "" without a due date."""
    if not due:
        return ""
    left = _remaining(due, now)
    if left <= timedelta():
        return "over"
    if left <= _URGENT:
        return "urgent"
    return "soon" if left <= _SOON else "later"


@register.filter
def deadline_text(due: datetime | date | None, now: datetime) -> str:
    """Return the time left in words ("还剩 8 天 2 小时", "今天截止", "已超期 2 天")."""
    if not due:
        return _DASH
    if not isinstance(due, datetime):
        days = (due - timezone.localtime(now, SHANGHAI).date()).days
        if days == 0:
            return "今天截止"
        return f"还剩 {days} 天" if days > 0 else f"已超期 {-days} 天"
    left = due - now
    words = _duration(abs(left))
    return f"还剩 {words}" if left > timedelta() else f"已超期 {words}"


def _duration(length: timedelta) -> str:
    minutes = int(length.total_seconds() // 60)
    days, hours, minutes = minutes // 1440, minutes % 1440 // 60, minutes % 60
    if days:
        return f"{days} 天" + (f" {hours} 小时" if hours else "")
    if hours:
        return f"{hours} 小时" + (f" {minutes} 分" if minutes else "")
    return f"{minutes} 分钟"


# ---------------------------------------------------------------- persons and files


@register.filter
def mask_phone(value: str | None) -> str:
    """Return a telephone number with its middle hidden ("138****5678"); too short a number is hidden whole."""
    text = (value or "").strip()
    digits = text.replace("-", "").replace(" ", "")
    if not text:
        return _DASH
    if len(digits) == _MOBILE_DIGITS and digits.startswith("1"):
        return f"{digits[:3]}****{digits[-4:]}"
    if len(digits) < _SHORTEST_PHONE:
        return "*" * len(digits)
    return f"{text[:-6]}****{text[-2:]}"


@register.filter
def initial(name: str | None) -> str:
    """Return the first character of a name for the round mark beside it."""
    return (name or "").strip()[:1] or "·"


@register.filter
def file_kind(name: str | None) -> str:
    """Return the extension in lower case for the file mark ("pdf"), at most four letters."""
    return (name or "").rpartition(".")[2].lower()[:4] if "." in (name or "") else "file"


# ---------------------------------------------------------------- icons and forms


@lru_cache(maxsize=1)
def _sprite() -> str:
    """Return the address of the sprite: a page has a hundred icons, and the address changes with a release only."""
    return static("img/icons.svg")


@register.simple_tag
def icon(name: str, css: str = "", label: str = "") -> SafeString:
    """Return an icon of the sprite. Without *label* it is decoration and hidden from screen readers."""
    address = _sprite()
    css = f"ic {css}".rstrip()
    if label:
        return format_html(
            '<svg class="{}" role="img" aria-label="{}"><use href="{}#i-{}"/></svg>',
            css,
            label,
            address,
            name,
        )
    return format_html(
        '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}#i-{}"/></svg>', css, address, name
    )


@register.filter
def field_kind(field: BoundField) -> str:
    """Return how a field is laid out: hidden, checkbox, choices (radio or boxes), file, select, textarea, text."""
    widget = field.field.widget
    if widget.is_hidden:
        return "hidden"
    kinds: list[tuple[type[forms.Widget], str]] = [
        (forms.CheckboxSelectMultiple, "choices"),
        (forms.RadioSelect, "choices"),
        (forms.CheckboxInput, "checkbox"),
        (forms.FileInput, "file"),
        (forms.Select, "select"),
        (forms.Textarea, "textarea"),
    ]
    return next((kind for cls, kind in kinds if isinstance(widget, cls)), "text")


@register.simple_tag
def widget(field: BoundField) -> SafeString:
    """Return the field's input with the classes of the kit; Django adds aria-invalid and aria-describedby."""
    classes = {"checkbox": "form-check-input", "choices": "checks", "select": "form-select"}
    attributes: dict[str, Any] = {"class": classes.get(field_kind(field), "form-control")}
    own = field.field.widget.attrs.get("class")
    if own:
        attributes["class"] += f" {own}"
    if isinstance(field.field.widget, forms.NumberInput):
        attributes["inputmode"] = "decimal"
    return field.as_widget(attrs=attributes)


@register.simple_tag
def error_lines(errors: Any) -> list[ErrorLine]:
    """Return the lines of the error summary.

    Args:
        errors: a form, a list of forms, or a mapping of field name to messages ("" is the form as a whole; inputs
            carry the id `id_<name>`).
    """
    if not errors:
        # A form has its errors only after validation; an unbound one has none.
        return []
    if isinstance(errors, forms.BaseForm):
        return list(_lines_of_form(errors))
    if isinstance(errors, Mapping):
        return [
            ErrorLine(target=f"id_{name}" if name else "", text=str(message))
            for name, messages in errors.items()
            for message in messages
        ]
    return [line for form in errors for line in _lines_of_form(form)]


def _lines_of_form(form: forms.BaseForm) -> Iterable[ErrorLine]:
    for message in form.non_field_errors():
        yield ErrorLine(target="", text=str(message))
    for field in form:
        # A group of radio buttons has no id of its own: lead to its first button.
        target = field.id_for_label or (f"{field.auto_id}_0" if field.auto_id else "")
        for message in field.errors:
            yield ErrorLine(target=target, text=str(message))


# ---------------------------------------------------------------- paging


@dataclass(frozen=True, slots=True)
class Paging:
    """What the pager shows: present page, number of pages, rows in all, the numbers to link (None is a gap)."""

    number: int
    pages: int
    total: int
    numbers: list[int | None]
    first_row: int | None = None
    last_row: int | None = None


@register.simple_tag
def paging(
    page: Page[Any] | None = None, number: int = 1, pages: int = 1, total: int | None = None
) -> Paging:
    """Return the pager of a Django page, or of plain figures when there is no such page."""
    if page:
        rows = (page.start_index(), page.end_index()) if page.paginator.count else (None, None)
        shown = _near(page.number, page.paginator.num_pages)
        return Paging(page.number, page.paginator.num_pages, page.paginator.count, shown, *rows)
    return Paging(number, pages, total or 0, _near(number, pages))


def _near(number: int, pages: int) -> list[int | None]:
    """Return the first, the last and the two pages on either side of *number*, with None for each gap."""
    kept = sorted({1, pages, *range(max(1, number - 2), min(pages, number + 2) + 1)})
    shown: list[int | None] = []
    for before, page in zip([0, *kept], kept, strict=False):
        if page - before == 2:  # noqa: PLR2004 - a gap of one page is that page
            shown.append(page - 1)
        elif page - before > 1:
            shown.append(None)
        shown.append(page)
    return shown


@register.simple_tag(takes_context=True)
def page_url(context: template.Context, param: str, number: int, step: int = 0) -> str:
    """Return the present address with *param* set to *number* plus *step*; filters and order are kept."""
    query = context["request"].GET.copy()
    query[param] = str(number + step)
    return f"?{query.urlencode()}"

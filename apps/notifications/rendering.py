"""Turning a template and its context into the words a person reads."""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from apps.core.actor import Role
from apps.core.moment import SHANGHAI
from apps.notifications.catalogue import CATALOGUE
from apps.notifications.template import Template

_WEEKDAYS = "一二三四五六日"
#: The part of the site each audience works in.
PORTALS: dict[Role, str] = {
    Role.ENTERPRISE: "/e/",
    Role.DISTRICT: "/d/",
    Role.MUNICIPAL: "/m/",
    Role.EXPERT: "/x/",
    Role.SUB_AREA: "/b/",
    Role.AUDITOR: "/audit/",
    Role.SYSTEM_ADMIN: "/ops/",
    Role.SECURITY_ADMIN: "/ops/",
}
_TITLE_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message ready to be stored."""

    title: str
    body: str
    link: str


class _Strict(string.Formatter):
    """Fills plain `{name}` placeholders only: no attribute or index may be reached through a template."""

    def get_field(self, field_name: str, args: Any, kwargs: Any) -> Any:
        if not field_name.isidentifier():
            msg = f"a message placeholder is a plain name, not {field_name!r}"
            raise ValueError(msg)
        return super().get_field(field_name, args, kwargs)


_FORMATTER = _Strict()


def in_words(value: Any) -> str:
    """Return a value as a message writes it: 2026年12月14日（周一）, with the time of day for an instant."""
    match value:
        case datetime():
            local = value.astimezone(SHANGHAI)
            return f"{in_words(local.date())}{local:%H:%M}"
        case date():
            return f"{value.year}年{value.month}月{value.day}日（周{_WEEKDAYS[value.weekday()]}）"
    return str(value)


def placeholders(template: Template) -> frozenset[str]:
    """Return the context keys *template* needs beside the common ones."""
    text = f"{template.title}{template.text}{template.todo}{template.path}"
    return frozenset(name for _, name, _, _ in _FORMATTER.parse(text) if name)


def rendered(code: str, context: Mapping[str, Any], audience: Role) -> Rendered:
    """Return the message *code* for a reader of *audience*.

    Args:
        code: a code of the catalogue.
        context: values of the placeholders; `number`, `enterprise` and `due` (date: through the end of that day;
            datetime: until that instant) become lines of their own.
        audience: whose portal the link leads to.

    Raises:
        KeyError: unknown code, or a placeholder without value.
    """
    template = CATALOGUE[code]
    words = {key: in_words(value) for key, value in context.items() if value is not None}
    lines = [
        _FORMATTER.vformat(template.text, (), words),
        f"要做什么：{_FORMATTER.vformat(template.todo, (), words)}",
    ]
    lines += [
        f"{label}：{words[key]}"
        for key, label in (("number", "办件编号"), ("enterprise", "企业"))
        if words.get(key)
    ]
    due = context.get("due")
    if due is not None:
        lines.append(f"截止：{in_words(due)}{'' if isinstance(due, datetime) else '24:00'}前")
    return Rendered(
        title=" ".join(_FORMATTER.vformat(template.title, (), words).split())[:_TITLE_LIMIT],
        body="\n".join(lines),
        link=PORTALS.get(audience, "/") + _FORMATTER.vformat(template.path, (), words),
    )

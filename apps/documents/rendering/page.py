"""Turns a paper's data into HTML with Django templates, on an engine of its own.

The engine is stricter than the site's: autoescape cannot be off, and a variable that does not exist is an
error instead of an empty place in an official document.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from django.template import Context, Engine
from django.utils import translation
from django.utils.safestring import SafeString

_TAGS = re.compile(r"(<title>.*?</title>|<[^>]*>)", re.DOTALL)
_LOWERED = re.compile("[₀-₉]+")
_DIGITS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
TEMPLATES = Path(__file__).resolve().parents[3] / "templates" / "documents"


class UndefinedVariable(LookupError):
    """A template names something that its data does not have."""


class _Undefined(str):
    """Stands where Django would print nothing: printing it is an error that names the variable."""

    __slots__ = ()

    def __contains__(self, _text: object) -> bool:
        return True

    def __mod__(self, variable: object) -> str:
        raise UndefinedVariable(str(variable))


@cache
def engine() -> Engine:
    """The template engine of the documents."""
    return Engine(
        dirs=[str(TEMPLATES)],
        builtins=["apps.documents.rendering.filters"],
        autoescape=True,
        string_if_invalid=_Undefined("%s"),
    )


def to_html(template: str, context: Mapping[str, Any]) -> str:
    """The HTML of a template below `templates/documents/`; raises UndefinedVariable."""
    return lowered(to_fragment(template, context))


def to_fragment(template: str, context: Mapping[str, Any]) -> SafeString:
    """A piece of a paper for a page of the site, whose fonts have the lowered digits; raises UndefinedVariable."""
    with translation.override(None):
        return engine().get_template(template).render(Context(dict(context), use_l10n=False, use_tz=False))


def lowered(html: str) -> str:
    """The page with the lowered digits of formulas (CO₂) set as lowered digits of the text's own font.

    No font of the product has them as characters of their own. Only text is touched: properties of the file and
    attributes stay as they are, because escaped data has no angle brackets.
    """
    parts = _TAGS.split(html)
    return "".join(part if part.startswith("<") else _LOWERED.sub(_lower, part) for part in parts)


def _lower(found: re.Match[str]) -> str:
    return f"<sub>{found[0].translate(_DIGITS)}</sub>"

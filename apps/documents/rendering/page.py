"""Turns a paper's data into HTML with Django templates, on an engine of its own.

The engine is stricter than the site's: autoescape cannot be off, and a variable that does not exist is an
error instead of an empty place in an official document.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from django.template import Context, Engine
from django.utils import translation

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
    with translation.override(None):
        return engine().get_template(template).render(Context(dict(context), use_l10n=False, use_tz=False))

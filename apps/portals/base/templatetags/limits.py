"""Limits that pages tell before somebody runs into them."""

from __future__ import annotations

from django import template

from apps.core.moment import Moment, shown_at
from apps.parameters.selectors import in_force

register = template.Library()


@register.simple_tag
def upload_limit_mb() -> int:
    """Return the size of the largest file taken today, in megabytes (a parameter of the bureau)."""
    return in_force(on=Moment.of(shown_at()).on).upload_file_mb

"""One line of the table of URLs."""

from __future__ import annotations

from django.urls import URLPattern, path
from rest_framework.views import APIView


def at(route: str, view: type[APIView], name: str) -> URLPattern:
    """Return the pattern of *view* under *route*."""
    return path(route, view.as_view(), name=name)

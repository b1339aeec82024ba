"""URLs of the portal."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "expert"
urlpatterns: list[URLPattern] = []

"""URLs of the portal."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "enterprise"
urlpatterns: list[URLPattern] = []

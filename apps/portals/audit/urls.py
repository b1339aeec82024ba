"""URLs of the auditor's portal."""

from __future__ import annotations

from django.urls import URLPattern, path

from apps.portals.audit import views

app_name = "audit"
urlpatterns: list[URLPattern] = [
    path("", views.events, name="home"),
    path("chain/", views.chain, name="chain"),
]

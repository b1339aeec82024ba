"""URLs of the auditor's portal."""

from __future__ import annotations

from django.urls import URLPattern, path

from apps.portals.audit import access, anomalies, chain, events, scores

app_name = "audit"
urlpatterns: list[URLPattern] = [
    path("", anomalies.home, name="home"),
    path("events/", events.events, name="events"),
    path("scores/", scores.search, name="scores"),
    path("scores/<str:public_id>/", scores.history, name="case_scores"),
    path("access/", access.listing, name="access"),
    path("chain/", chain.chain, name="chain"),
    path("chain/check/", chain.check, name="check_chain"),
    path("package/", chain.package, name="package"),
]

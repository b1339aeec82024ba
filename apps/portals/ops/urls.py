"""URLs of the administrators' portal: the system administrator's and the security administrator's."""

from __future__ import annotations

from django.urls import URLPattern, path

from apps.portals.ops import accounts, deadlines, health

app_name = "ops"
urlpatterns: list[URLPattern] = [
    path("", health.home, name="home"),
    path("deadlines/", deadlines.deadlines, name="deadlines"),
    path("calendar/", health.calendar, name="calendar"),
    path("accounts/", accounts.listing, name="accounts"),
    path("accounts/new/", accounts.create, name="new_account"),
    path("accounts/<int:user_id>/", accounts.file, name="account"),
    path("accounts/<int:user_id>/active/", accounts.set_active, name="set_active"),
    path("accounts/<int:user_id>/duties/", accounts.change_duties, name="change_duties"),
]

"""URLs of the 板块 portal; paths agree with the links of `notifications.catalogue`."""

from __future__ import annotations

from django.urls import URLPattern, path

from apps.portals.district import sub_area_desk

app_name = "sub_area"
urlpatterns: list[URLPattern] = [
    path("", sub_area_desk.queue, name="queue"),
    path("applications/<str:public_id>/", sub_area_desk.opinion, name="opinion"),
]

"""URLs of the administrators' portal: the system administrator's and the security administrator's."""

from __future__ import annotations

from django.urls import URLPattern, path

from apps.portals.ops import accounts, deadlines, health, organisation, personal, recovery, timeline

app_name = "ops"
urlpatterns: list[URLPattern] = [
    path("", health.home, name="home"),
    path("jobs/<str:public_id>/retry/", health.retry_job, name="retry_job"),
    path("deliveries/<int:delivery_id>/resend/", health.resend, name="resend"),
    path("deadlines/", deadlines.deadlines, name="deadlines"),
    path("deadlines/timeline/", timeline.happenings, name="timeline"),
    path("alerts/", health.alerts, name="alerts"),
    path("calendar/", health.calendar, name="calendar"),
    path("accounts/", accounts.listing, name="accounts"),
    path("accounts/new/", accounts.create, name="new_account"),
    path("accounts/<int:user_id>/", accounts.file, name="account"),
    path("accounts/<int:user_id>/active/", accounts.set_active, name="set_active"),
    path("accounts/<int:user_id>/one-time/", recovery.one_time_password, name="one_time_password"),
    path("accounts/<int:user_id>/recovery/", recovery.send_link, name="send_recovery"),
    path("accounts/<int:user_id>/address/", recovery.address, name="change_address"),
    path("accounts/<int:user_id>/name/", recovery.name, name="correct_name"),
    path("accounts/<int:user_id>/second-factor/", recovery.second_factor, name="remove_second_factor"),
    path("accounts/<int:user_id>/delegate/", organisation.delegate, name="delegate"),
    path("bureaus/", organisation.bureaus, name="bureaus"),
    path("bureaus/<str:code>/", organisation.bureau, name="bureau"),
    path("delegations/", organisation.delegations, name="delegations"),
    path("delegations/<str:public_id>/end/", organisation.end_delegation, name="end_delegation"),
    path("dormant/", organisation.dormant, name="dormant"),
    path("personal/", personal.requests, name="personal_requests"),
    path("personal/fields/", personal.fields, name="personal_fields"),
    path("personal/<str:public_id>/answer/", personal.answer, name="answer_personal_request"),
    path("who-can-see/", organisation.who_can_see, name="who_can_see"),
    path("accounts/<int:user_id>/duties/", accounts.change_duties, name="change_duties"),
]

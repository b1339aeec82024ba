"""Every URL of the product, by audience (DECISIONS 12)."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from apps.portals.base import (
    cultivation,
    delegating,
    documents,
    dossiers,
    imports,
    jobs,
    messaging,
    numbers,
    personal,
    sign_ins,
)
from apps.portals.base import views as base
from apps.portals.ops import metrics

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", base.healthz, name="healthz"),
    path("readyz", base.readyz, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("home/", base.home, name="home"),
    path("preferences/", base.preferences, name="preferences"),
    path("messages/", base.inbox, name="messages"),
    path("messages/settings/", messaging.message_settings, name="message_settings"),
    path("messages/settings/calendar/", messaging.open_calendar, name="open_calendar"),
    path("messages/settings/calendar/close/", messaging.close_calendar, name="close_calendar"),
    path("calendar/<str:token>/deadlines.ics", messaging.calendar_feed, name="calendar_feed"),
    path("messages/<str:public_id>/", base.open_message, name="open_message"),
    path("account/", base.my_account, name="my_account"),
    path("account/sign-ins/", sign_ins.listing, name="sign_ins"),
    path("account/sign-ins/end/", sign_ins.end_others, name="end_other_sign_ins"),
    path("account/sign-ins/<str:public_id>/end/", sign_ins.end, name="end_sign_in"),
    path("account/personal/", personal.mine, name="my_personal_data"),
    path("account/privacy/accept/", personal.accept_notice, name="accept_notice"),
    path("personal/contact/<str:public_id>/", personal.contact, name="reveal_contact"),
    path("account/absence/", delegating.my_absence, name="my_absence"),
    path("account/absence/<str:public_id>/end/", delegating.end, name="end_my_absence"),
    path("training/", cultivation.public_events, name="public_events"),
    path("cultivation/events/", cultivation.events, name="events"),
    path("cultivation/events/new/", cultivation.new_event, name="new_event"),
    path("cultivation/events/<str:public_id>/", cultivation.event, name="event"),
    path("cultivation/events/<str:public_id>/move/", cultivation.move_event, name="move_event"),
    path("cultivation/events/<str:public_id>/attendance/", cultivation.attendance, name="event_attendance"),
    path("cultivation/events/<str:public_id>/material/", cultivation.material, name="event_material"),
    path("cultivation/events/<str:public_id>/sign-up/", cultivation.sign_up, name="event_sign_up"),
    path("cultivation/plan/", cultivation.my_plan, name="my_plan"),
    path("cultivation/pool/", cultivation.pool, name="cultivation_pool"),
    path("cultivation/pool/<str:public_id>/", cultivation.decide_plan, name="decide_plan"),
    path("cultivation/bodies/", cultivation.bodies, name="service_bodies"),
    path("jobs/", jobs.listing, name="jobs"),
    path("jobs/<str:public_id>/", jobs.file, name="job"),
    path("jobs/<str:public_id>/file/", jobs.result, name="job_file"),
    path("jobs/<str:public_id>/cancel/", jobs.cancel, name="cancel_job"),
    path("dossiers/", dossiers.request_dossier, name="request_dossier"),
    path("imports/", imports.listing, name="imports"),
    path("imports/new/<str:kind>/", imports.new, name="new_import"),
    path("imports/new/<str:kind>/template.xlsx", imports.template, name="import_template"),
    path("imports/<str:public_id>/", imports.file, name="import"),
    path("imports/<str:public_id>/confirm/", imports.confirm, name="confirm_import"),
    path("imports/<str:public_id>/discard/", imports.discard, name="discard_import"),
    path("imports/<str:public_id>/marked.xlsx", imports.marked, name="marked_copy"),
    path("numbers/", numbers.listing, name="numbers"),
    path("numbers/open/", numbers.open_series, name="open_number_series"),
    path("numbers/void/<str:public_id>/", numbers.void, name="void_number"),
    path("numbers/<str:public_id>/", numbers.series, name="number_series"),
    path("documents/request/", documents.request_document, name="request_document"),
    path("documents/<str:public_id>/", documents.document, name="document"),
    path("exports/lists/<str:kind>/", documents.export_list, name="export_list"),
    path("exports/<str:kind>/<str:public_id>.xlsx", documents.export_workbook, name="export_workbook"),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("api/v1/", include("apps.api.urls")),
    path("e/", include("apps.portals.enterprise.urls")),
    path("d/", include("apps.portals.district.urls")),
    path("b/", include("apps.portals.district.sub_area_urls")),
    path("m/", include("apps.portals.municipal.urls")),
    path("x/", include("apps.portals.expert.urls")),
    path("audit/", include("apps.portals.audit.urls")),
    path("ops/", include("apps.portals.ops.urls")),
    path("", include("apps.portals.public.urls")),
]

handler400 = "apps.portals.base.errors.bad_request"
handler403 = "apps.portals.base.errors.permission_denied"
handler404 = "apps.portals.base.errors.not_found"
handler500 = "apps.portals.base.errors.server_error"

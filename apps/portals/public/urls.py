"""URLs of the public site."""

from __future__ import annotations

from django.urls import URLPattern, path

from apps.portals.public import (
    calls,
    directory,
    district_notices,
    draws,
    feeds,
    handbooks,
    helping,
    joining,
    notices,
    objections,
    opendata,
    registration,
    site,
    verification,
)

app_name = "public"
urlpatterns: list[URLPattern] = [
    path("", site.home, name="home"),
    path("calls/", calls.index, name="calls"),
    path("calls/<str:public_id>/", calls.call, name="call"),
    path("notices/", notices.index, name="notices"),
    path("notices/rss.xml", feeds.rss, name="notices_rss"),
    path("notices/atom.xml", feeds.atom, name="notices_atom"),
    path("notices/<str:public_id>/", notices.detail, name="notice"),
    path("notices/<str:public_id>/print/", notices.printed, name="notice_print"),
    path("district-notices/", district_notices.index, name="district_notices"),
    path("district-notices/<str:public_id>/", district_notices.notice, name="district_notice"),
    path("district-notices/<str:public_id>/print/", district_notices.printed, name="district_notice_print"),
    path(
        "district-notices/<str:public_id>/objection/", district_notices.objection, name="district_objection"
    ),
    path("draws/", draws.index, name="draws"),
    path("draws/scripts/<str:name>", draws.script, name="replay_script"),
    path("draws/<str:public_id>.json", draws.record, name="draw_record"),
    path("draws/<str:public_id>/", draws.draw, name="draw"),
    path("spot-checks/", draws.spot_checks, name="spot_checks"),
    path("spot-checks/<str:public_id>.json", draws.spot_check_record, name="spot_check_record"),
    path("directory/", directory.index, name="directory"),
    path("directory/download/", opendata.download, name="directory_download"),
    path("directory/data/", opendata.about, name="directory_data"),
    path("directory/<str:public_id>/", directory.detail, name="title"),
    path("verify/", verification.form, name="verify_form"),
    path("verify/file/", verification.file, name="verify_file"),
    path("verify/<str:token>/", verification.certificate, name="verify"),
    path("receipt/", verification.receipt_form, name="receipt_form"),
    path("receipt/<str:receipt_no>/", verification.receipt, name="receipt"),
    path("policy/", site.policy, name="policy"),
    path("policy/systems/<str:public_id>/", site.system, name="system"),
    path("objection/new/", objections.new, name="objection_new"),
    path("objection/done/", objections.done, name="objection_done"),
    path("objection/status/", objections.status, name="objection_status"),
    path("objection/papers/", objections.papers, name="objection_papers"),
    path("register/", registration.register, name="register"),
    path("register/done/", registration.done, name="register_done"),
    path("help/", helping.index, name="help"),
    path("help/handbooks/<slug:slug>/", handbooks.handbook, name="handbook"),
    path("help/handbooks/pictures/<str:name>", handbooks.picture, name="handbook_picture"),
    path("help/<slug:slug>/", helping.topic, name="help_topic"),
    path("join/<str:token>/", joining.join, name="join"),
    path("privacy/", site.privacy, name="privacy"),
    path("a11y/", site.accessibility, name="a11y"),
    path("sitemap/", site.sitemap, name="sitemap"),
    path("sitemap.xml", feeds.sitemap, name="sitemap_xml"),
    path("robots.txt", site.robots, name="robots"),
    path("favicon.ico", site.favicon, name="favicon"),
]

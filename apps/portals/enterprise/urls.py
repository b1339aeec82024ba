"""URLs of the enterprise portal (`/e/`)."""

from __future__ import annotations

from django.urls import URLPattern, path

from apps.core.actor import Role
from apps.portals.base import files
from apps.portals.enterprise.pages import (
    applications,
    changes,
    drafting,
    evaluate,
    evidence,
    home,
    improve,
    library,
    measurements,
    members,
    organisation,
    rounds,
    selftest,
    submission,
    titles,
)

app_name = "enterprise"
_CASE = "applications/<str:public_id>/"
_TEST = "selftest/<str:public_id>/"

urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("rounds/", rounds.rounds, name="rounds"),
    path("rounds/<str:public_id>/start/", rounds.start, name="start"),
    path("applications/", applications.my_applications, name="applications"),
    path(_CASE, applications.application, name="application"),
    path(f"{_CASE}withdraw/", applications.withdraw, name="withdraw"),
    path(f"{_CASE}exemption/", applications.request_exemption, name="exemption"),
    path(f"{_CASE}conversion/", applications.answer_conversion, name="conversion"),
    path(f"{_CASE}scheme/", drafting.scheme, name="scheme"),
    path(f"{_CASE}profile/", drafting.profile, name="application_profile"),
    path(f"{_CASE}basics/", drafting.basics, name="basics"),
    path(f"{_CASE}report/", drafting.report, name="report"),
    path(f"{_CASE}evaluate/", evaluate.evaluate, name="evaluate"),
    path(f"{_CASE}evaluate/live/", evaluate.live, name="live"),
    path(f"{_CASE}evaluate/gates/", evaluate.gates, name="gates"),
    path(f"{_CASE}evaluate/items/<str:code>/", evaluate.save_item, name="save_item"),
    path(f"{_CASE}improve/", improve.improve, name="improve"),
    path(f"{_CASE}measurements/", measurements.measurements, name="measurements"),
    path(f"{_CASE}evidence/<str:place>/<str:code>/", evidence.evidence_at, name="evidence"),
    path(f"{_CASE}evidence/<str:place>/<str:code>/choose/", evidence.choose_evidence, name="choose_evidence"),
    path(f"{_CASE}uses/<str:use_public_id>/", evidence.use_pages, name="use_pages"),
    path(f"{_CASE}detach/<str:use_public_id>/", evidence.detach_evidence, name="detach"),
    path(f"{_CASE}check/", submission.check, name="check"),
    path(f"{_CASE}submit/", submission.submit, name="submit"),
    path(f"{_CASE}done/", submission.done, name="done"),
    path(f"{_CASE}supplement/", submission.supplement, name="supplement"),
    path(f"{_CASE}supplement/submit/", submission.resubmit, name="resubmit"),
    path(f"{_CASE}supplement/<str:item_public_id>/", submission.answer_item, name="answer_item"),
    path("selftest/", selftest.selftests, name="selftests"),
    path(_TEST, selftest.selftest, name="selftest"),
    path(f"{_TEST}items/<str:code>/", selftest.save_selftest_item, name="save_selftest_item"),
    path(f"{_TEST}live/", selftest.selftest_live, name="selftest_live"),
    path(f"{_TEST}improve/", selftest.selftest_improve, name="selftest_improve"),
    path(f"{_TEST}remove/", selftest.remove_selftest, name="remove_selftest"),
    path("library/", library.library, name="library"),
    *files.routes(Role.ENTERPRISE, "files/", name="download"),
    path("files/<str:public_id>/about/", library.file, name="library_file"),
    path("files/<str:public_id>/replace/", library.replace, name="replace_file"),
    path("files/<str:public_id>/remove/", library.remove_file, name="remove_file"),
    path("titles/", titles.my_titles, name="titles"),
    path("titles/<str:public_id>/<str:name>", titles.title_paper, name="title_paper"),
    path("org/", organisation.organisation, name="profile"),
    path("org/licence/", organisation.licence, name="licence"),
    path("org/members/", members.members, name="members"),
    path("org/members/invite/", members.invite, name="invite"),
    path("org/members/hand-over/", members.hand_over, name="hand_over"),
    path("org/members/<int:user_id>/duties/", members.duties, name="member_duties"),
    path("org/members/<int:user_id>/active/", members.active, name="member_active"),
    path("org/invitations/<str:public_id>/cancel/", members.cancel, name="cancel_invitation"),
    path("org/changes/", changes.changes, name="changes"),
    path("org/changes/new/<str:kind>/", changes.new, name="new_change"),
    path("org/changes/<str:public_id>/withdraw/", changes.withdraw, name="withdraw_change"),
]

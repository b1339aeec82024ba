"""URLs of the city's portal; paths agree with the links of `notifications.catalogue` and of the deadlines' kinds."""

from __future__ import annotations

from django.urls import URLPattern, path

from apps.core.actor import Role
from apps.portals.base import files
from apps.portals.municipal import (
    annual,
    board,
    calendar,
    case,
    confirm,
    credit,
    deciding,
    draws,
    experts,
    external,
    filings,
    home,
    monitoring,
    notices,
    objections,
    panel_reports,
    panels,
    parameters,
    recommendations,
    rounds,
    schemes,
    visits,
)

app_name = "municipal"
_PANEL = "panels/<str:public_id>/"

urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("board/", board.board, name="board"),
    path("board/decide/", deciding.decide, name="decide"),
    path("board/decide/<str:public_id>/", deciding.decided, name="decided"),
    path("board/views/", deciding.save_view, name="save_view"),
    path("board/views/<str:public_id>/delete/", deciding.delete_view, name="delete_view"),
    path("board/decisions/<str:public_id>/", deciding.intended, name="intended"),
    path("board/decisions/<str:public_id>/settle/", deciding.settle, name="settle_refusals"),
    # --- rounds
    path("rounds/", rounds.listing, name="rounds"),
    path("rounds/new/", rounds.create, name="new_round"),
    path("rounds/<str:public_id>/", rounds.file, name="round"),
    path("rounds/<str:public_id>/revise/", rounds.revise, name="revise_round"),
    path("rounds/<str:public_id>/announce/", rounds.announce, name="announce_round"),
    path("rounds/<str:public_id>/close/", rounds.close, name="close_round"),
    # --- recommended cases
    path("recommendations/", recommendations.listing, name="recommendations"),
    path("recommendations/accept/", recommendations.accept_cases, name="accept_cases"),
    path("recommendations/<str:public_id>/", recommendations.file, name="recommendation"),
    path(
        "recommendations/<str:public_id>/return/<str:case_public_id>/",
        recommendations.send_back,
        name="return_case",
    ),
    # --- the file of a case
    path("applications/<str:public_id>/", case.file, name="application"),
    path("applications/<str:public_id>/scores/", case.scores, name="scores"),
    *files.routes(Role.MUNICIPAL, "evidence/"),
    path("reviews/<str:public_id>/", case.task, name="review_task"),
    # --- panels
    path("panels/", panel_reports.overview, name="panels"),
    path("panels/calibration/", panel_reports.calibration, name="calibration"),
    path("rounds/<str:public_id>/experts/", panel_reports.arrange, name="arrange_round"),
    path("draws/<str:public_id>/reveal/", draws.reveal, name="reveal_draw"),
    path("draws/<str:public_id>/confirm/", draws.confirm, name="confirm_draw"),
    path("draws/<str:public_id>/record.json", draws.record, name="draw_record"),
    path("overrides/<str:public_id>/", panels.decide_override, name="decide_override"),
    path("visits/<str:public_id>/", visits.file, name="site_visit"),
    path("visits/<str:public_id>/sign/", visits.sign, name="sign_visit"),
    path("visits/<str:public_id>/photos/", visits.photo, name="visit_photo"),
    path(f"{_PANEL}draw/", draws.commit, name="draw"),
    path(f"{_PANEL}close/", panels.close, name="close_scoring"),
    path(f"{_PANEL}override/", panels.ask_override, name="ask_override"),
    path(f"{_PANEL}experts/<str:assignment>/substitute/", panels.substitute, name="substitute_expert"),
    path(_PANEL, panels.file, name="panel"),
    path(f"{_PANEL}form/", panels.form, name="form_panel"),
    path(f"{_PANEL}reconsider/", panels.reconsider, name="reconsider"),
    path(f"{_PANEL}visit/", panels.visit, name="record_visit"),
    path(f"{_PANEL}opinion/", panels.take_opinion, name="take_opinion"),
    path(f"{_PANEL}reopen/", panels.reopen, name="reopen_panel"),
    path(f"{_PANEL}experts/<str:assignment>/", panels.replace, name="replace_expert"),
    # --- credit
    path("credit/", credit.listing, name="credit"),
    path("credit/<str:public_id>/", credit.record, name="credit_check"),
    path("credit/<str:public_id>/refuse/", credit.refuse, name="refuse_for_credit"),
    # --- notices
    path("notices/", notices.listing, name="notices"),
    path("notices/draft/", notices.draft, name="draft_notice"),
    path("notices/<str:public_id>/", notices.file, name="notice"),
    path("notices/<str:public_id>/sign/", notices.sign, name="sign_notice"),
    path("notices/<str:public_id>/revise/", notices.revise, name="revise_notice"),
    path("notices/<str:public_id>/publish/", notices.publish, name="publish_notice"),
    path("notices/<str:public_id>/correct/", notices.correct, name="correct_notice"),
    # --- objections
    path("objections/", objections.listing, name="objections"),
    path("objections/<str:public_id>/", objections.file, name="objection"),
    path("objections/<str:public_id>/accept/", objections.accept, name="accept_objection"),
    path("objections/<str:public_id>/decline/", objections.decline, name="decline_objection"),
    path("objections/<str:public_id>/conclude/", objections.conclude, name="conclude_objection"),
    # --- recognition
    path("confirm/", confirm.listing, name="recognitions"),
    path("confirm/propose/", confirm.propose, name="propose_recognition"),
    path("confirm/<str:public_id>/", confirm.sign, name="recognition"),
    # --- filings
    path("filings/", filings.listing, name="filings"),
    path("filings/<str:public_id>/", filings.file, name="filing"),
    path("filings/<str:public_id>/acknowledge/", filings.acknowledge, name="acknowledge_filing"),
    path("filings/<str:public_id>/return/", filings.send_back, name="return_filing"),
    # --- titles after the award
    path("monitoring/", monitoring.overview, name="monitoring"),
    path("inspections/<str:public_id>/", monitoring.recheck, name="recheck"),
    path("rectifications/<str:public_id>/", monitoring.rectification, name="rectification"),
    path("rectifications/<str:public_id>/extend/", monitoring.extend, name="extend_rectification"),
    path("rectify/<str:public_id>/", monitoring.rectify, name="rectify"),
    path("revocations/", monitoring.revocations, name="revocations"),
    path("revocations/<str:public_id>/", monitoring.revocation, name="revocation"),
    path("annual/", annual.listing, name="annual_list"),
    path("annual/urge/", annual.urge, name="urge_annual"),
    path("annual/<str:public_id>/", annual.file, name="annual"),
    # --- lists of the province and the nation
    path("external/", external.listing, name="external"),
    path("external/new/", external.new, name="new_external"),
    path("external/<str:public_id>/", external.file, name="external_list"),
    path("external/<str:public_id>/<str:row>/", external.line, name="external_line"),
    path("external/<str:public_id>/<str:row>/match/", external.match, name="match_line"),
    path("external/<str:public_id>/<str:row>/dismiss/", external.dismiss, name="dismiss_line"),
    # --- settings
    path("calendar/", calendar.file, name="calendar"),
    path("calendar/day/", calendar.correct_day, name="correct_day"),
    path("calendar/year/", calendar.record_year, name="record_year"),
    path("schemes/", schemes.listing, name="schemes"),
    path("schemes/<str:public_id>/", schemes.file, name="scheme"),
    path("experts/", experts.listing, name="experts"),
    path("experts/new/", experts.add, name="new_expert"),
    path("experts/<str:public_id>/", experts.file, name="expert"),
    path("experts/<str:public_id>/edit/", experts.edit, name="edit_expert"),
    path("experts/<str:public_id>/links/", experts.add_link, name="add_link"),
    # --- what the plan leaves to the bureau
    path("parameters/", parameters.listing, name="parameters"),
    path("parameters/<str:key>/", parameters.file, name="parameter"),
    path("parameters/<str:key>/propose/", parameters.propose, name="propose_parameter"),
    path("parameters/<str:key>/<str:public_id>/approve/", parameters.approve, name="approve_parameter"),
    path("parameters/<str:key>/<str:public_id>/withdraw/", parameters.withdraw, name="withdraw_parameter"),
    path("experts/<str:public_id>/links/<int:link>/end/", experts.end_link, name="end_link"),
]

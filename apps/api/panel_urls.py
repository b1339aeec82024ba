"""URLs of panels: the expert pool, draws, site visits, assignments; those of one case and those beside it."""

from __future__ import annotations

from django.urls import URLPattern

from apps.api.routing import at
from apps.api.v1 import assignments, boards, draws, experts, onsite, panels

#: Below applications/<public_id>/.
CASE: list[URLPattern] = [
    at("panel/", panels.Panel, "panel"),
    at("panel/candidates/", panels.PanelCandidates, "panel-candidates"),
    at("panel/draws/", draws.Draws, "panel-draws"),
    at("panel/commit-draw/", draws.CommitDraw, "panel-commit-draw"),
    at("panel/overrides/", draws.Overrides, "panel-overrides"),
    at("panel/request-override/", draws.RequestOverride, "panel-request-override"),
    at("panel/close-scoring/", draws.CloseScoring, "panel-close-scoring"),
    at("panel/reconsider/", panels.ReconsiderPanel, "panel-reconsider"),
    at("panel/site-visits/", panels.RecordSiteVisit, "panel-site-visit"),
    at("panel/draft-opinion/", panels.DraftOpinion, "panel-draft-opinion"),
    at("panel/conclude/", panels.ConcludePanel, "panel-conclude"),
    at("panel/take/", panels.TakeOpinion, "panel-take"),
    at("panel/reopen/", panels.ReopenPanel, "panel-reopen"),
]
#: Below the root.
BUREAU: list[URLPattern] = [
    at("experts/", experts.Experts, "experts"),
    at("experts/<str:public_id>/", experts.OneExpert, "expert"),
    at("experts/<str:public_id>/invite/", experts.InviteExpert, "expert-invite"),
    at("experts/<str:public_id>/ties/", experts.DeclareTie, "expert-tie"),
    at("experts/<str:public_id>/ties/end/", experts.EndTie, "expert-tie-end"),
    at("site-visits/<str:public_id>/", onsite.OneSiteVisit, "site-visit"),
    at("site-visits/<str:public_id>/photos/", onsite.AddVisitPhoto, "site-visit-photo"),
    at("panels/", panels.Panels, "panels"),
    at("panels/overview/", boards.PanelsOverview, "panels-overview"),
    at("panels/figures/", boards.PanelsFigures, "panels-figures"),
    at("board/", boards.DistrictBoard, "board"),
    at("board/cases/", boards.BoardCases, "board-cases"),
    at("panels/calibration/", draws.Calibration, "panels-calibration"),
    at("draws/<str:public_id>/reveal/", draws.RevealDraw, "draw-reveal"),
    at("draws/<str:public_id>/confirm/", draws.ConfirmDraw, "draw-confirm"),
    at("overrides/<str:public_id>/decide/", draws.DecideOverride, "override-decide"),
    at("site-visits/<str:public_id>/sign/", draws.SignSiteVisit, "site-visit-sign"),
    at("absences/", draws.Absences, "absences"),
    at("absences/<str:public_id>/withdraw/", draws.WithdrawAbsence, "absence-withdraw"),
    at("rounds/<str:public_id>/experts/", draws.RoundExperts, "round-experts"),
    at("assignments/<str:public_id>/substitute/", draws.SubstituteExpert, "assignment-substitute"),
    at("assignments/<str:public_id>/request-visit/", assignments.RequestSiteVisit, "assignment-visit"),
    at("assignments/", assignments.Assignments, "assignments"),
    at("assignments/<str:public_id>/", assignments.OneAssignment, "assignment"),
    at("assignments/<str:public_id>/material/", assignments.Material, "assignment-material"),
    at("assignments/<str:public_id>/declare/", assignments.Declare, "assignment-declare"),
    at("assignments/<str:public_id>/recuse/", assignments.Recuse, "assignment-recuse"),
    at("assignments/<str:public_id>/replace/", panels.ReplaceExpert, "assignment-replace"),
    at("assignments/<str:public_id>/scores/", assignments.SaveExpertScores, "assignment-scores"),
    at("assignments/<str:public_id>/scores/<str:code>/", assignments.SaveExpertScore, "assignment-score"),
    at("assignments/<str:public_id>/adopt/", assignments.AdoptDistrictScores, "assignment-adopt"),
    at("assignments/<str:public_id>/submit/", assignments.SubmitAssessment, "assignment-submit"),
    at("assignments/<str:public_id>/sign-opinion/", assignments.SignOpinion, "assignment-sign-opinion"),
]

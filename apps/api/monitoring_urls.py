"""URLs of 动态管理: yearly forms, rechecks, spot checks, incidents, rectification, cancellation."""

from __future__ import annotations

from typing import Final

from django.urls import URLPattern

from apps.api.routing import at
from apps.api.v1 import annual_forms, engine, incidents, proofs, recheck_checklists, rechecks, rectifications

MONITORING: Final[list[URLPattern]] = [
    at("annual-forms/", annual_forms.AnnualForms, "annual-forms"),
    at("annual-forms/mine/", annual_forms.MyAnnualForms, "annual-forms-mine"),
    at("annual-forms/urge/", annual_forms.UrgeAnnualForms, "annual-forms-urge"),
    at("annual-forms/<str:public_id>/", annual_forms.OneAnnualForm, "annual-form"),
    at("annual-forms/<str:public_id>/save/", annual_forms.SaveAnnualForm, "annual-form-save"),
    at("annual-forms/<str:public_id>/receipt/", annual_forms.AttachAnnualReceipt, "annual-form-receipt"),
    at("annual-forms/<str:public_id>/take/", annual_forms.TakeAnnualFigures, "annual-form-take"),
    at("annual-forms/<str:public_id>/file/", annual_forms.FileAnnualForm, "annual-form-file"),
    at("annual-forms/<str:public_id>/return/", annual_forms.ReturnAnnualForm, "annual-form-return"),
    at("annual-forms/<str:public_id>/approve/", annual_forms.ApproveAnnualForm, "annual-form-approve"),
    at("titles/<str:public_id>/plan-recheck/", rechecks.PlanRecheck, "recheck-plan"),
    at(
        "titles/<str:public_id>/plan-suspended-recheck/",
        rechecks.PlanSuspendedRecheck,
        "suspended-recheck-plan",
    ),
    at("rechecks/", rechecks.Rechecks, "rechecks"),
    at("rechecks/<str:public_id>/", rechecks.OneRecheck, "recheck"),
    at("rechecks/<str:public_id>/checklist/", recheck_checklists.RecheckChecklist, "recheck-checklist"),
    at("rechecks/<str:public_id>/photos/", recheck_checklists.AddRecheckPhoto, "recheck-photos"),
    at("rechecks/<str:public_id>/record/", rechecks.RecordRecheck, "recheck-record"),
    at("rechecks/<str:public_id>/return/", rechecks.ReturnRecheck, "recheck-return"),
    at("rechecks/<str:public_id>/sign/", rechecks.SignRecheck, "recheck-sign"),
    at("engine/timeline/", engine.EngineTimeline, "engine-timeline"),
    at("engine/jobs/<str:public_id>/retry/", engine.RetryJob, "job-retry"),
    at("engine/deliveries/<str:delivery>/resend/", engine.ResendDelivery, "delivery-resend"),
    at("spot-check-draws/", rechecks.SpotCheckDraws, "spot-check-draws"),
    at("spot-check-draws/commit/", rechecks.CommitSpotChecks, "spot-check-commit"),
    at("spot-check-draws/<str:public_id>/reveal/", rechecks.RevealSpotChecks, "spot-check-reveal"),
    at("spot-check-draws/<str:public_id>/void/", rechecks.VoidSpotChecks, "spot-check-void"),
    at("spot-checks/", rechecks.SpotChecks, "spot-checks"),
    at("spot-checks/<str:public_id>/arrange/", rechecks.ArrangeSpotCheck, "spot-check-arrange"),
    at("spot-checks/<str:public_id>/waive/", rechecks.WaiveSpotCheck, "spot-check-waive"),
    at("incidents/", incidents.Incidents, "incidents"),
    at("incidents/status/", incidents.IncidentStatus, "incident-status"),
    at("incidents/<str:public_id>/", incidents.OneIncident, "incident"),
    at("incidents/<str:public_id>/recheck/", incidents.RecheckIncident, "incident-recheck"),
    at("incidents/<str:public_id>/close/", incidents.CloseIncident, "incident-close"),
    at("rectifications/", rectifications.Rectifications, "rectifications"),
    at("rectifications/<str:public_id>/", rectifications.OneRectification, "rectification"),
    at("rectifications/<str:public_id>/serve/", rectifications.ServeRectification, "rectification-serve"),
    at("rectifications/<str:public_id>/answer/", rectifications.AnswerRectification, "rectification-answer"),
    at("rectifications/<str:public_id>/items/<str:position>/files/", proofs.AttachProof, "proof-attach"),
    at(
        "rectifications/<str:public_id>/items/<str:position>/files/detach/",
        proofs.DetachProof,
        "proof-detach",
    ),
    at("rectifications/<str:public_id>/submit/", rectifications.SubmitRectification, "rectification-submit"),
    at("rectifications/<str:public_id>/verify/", rectifications.VerifyRectification, "rectification-verify"),
    at("rectifications/<str:public_id>/extend/", rectifications.ExtendRectification, "rectification-extend"),
    at("cancellations/", rectifications.Cancellations, "cancellations"),
    at("cancellations/<str:public_id>/", rectifications.OneCancellation, "cancellation"),
    at("cancellations/<str:public_id>/state/", rectifications.StateDefence, "cancellation-state"),
    at("cancellations/<str:public_id>/decide/", rectifications.DecideCancellation, "cancellation-decide"),
]

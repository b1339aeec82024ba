"""Use-cases of monitoring, in the order of the work."""

from apps.monitoring.services.annual import (
    attach_receipt,
    file_annual_form,
    open_annual_forms,
    save_annual_form,
    take_from_record,
)
from apps.monitoring.services.annual_review import (
    PARTS,
    approve_annual_form,
    return_annual_form,
    tell_overdue,
    urge_annual_forms,
)
from apps.monitoring.services.cancellation import decide_cancellation, lower_titles_missed, may_decide_now
from apps.monitoring.services.checklist import Entry, Kept, Shot, add_recheck_photo, save_checks
from apps.monitoring.services.cycles import CYCLE, watch_recheck_cycles
from apps.monitoring.services.extension import extend_rectification
from apps.monitoring.services.incidents import (
    MOST_MB,
    MOST_PAPERS,
    IncidentForm,
    IncidentReceipt,
    close_incident,
    file_incident,
    open_incident_paper,
    recheck_incident,
)
from apps.monitoring.services.proposal import ask_for_decision, propose_cancellation, state_defence
from apps.monitoring.services.recheck_plan import plan_recheck, plan_suspended_recheck
from apps.monitoring.services.rechecks import (
    Finding,
    RecheckResult,
    record_recheck,
    return_recheck,
    sign_recheck,
)
from apps.monitoring.services.rectification import (
    answer_items,
    serve_rectification,
    submit_rectification,
    verify_rectification,
)
from apps.monitoring.services.rectification_files import attach_proof, detach_proof
from apps.monitoring.services.spot_checks import (
    arrange_spot_check,
    commit_spot_checks,
    reveal_spot_checks,
    void_spot_checks,
    waive_spot_check,
)

__all__ = [
    "CYCLE",
    "MOST_MB",
    "MOST_PAPERS",
    "PARTS",
    "Entry",
    "Finding",
    "IncidentForm",
    "IncidentReceipt",
    "Kept",
    "RecheckResult",
    "Shot",
    "add_recheck_photo",
    "answer_items",
    "approve_annual_form",
    "arrange_spot_check",
    "ask_for_decision",
    "attach_proof",
    "attach_receipt",
    "close_incident",
    "commit_spot_checks",
    "decide_cancellation",
    "detach_proof",
    "extend_rectification",
    "file_annual_form",
    "file_incident",
    "lower_titles_missed",
    "may_decide_now",
    "open_annual_forms",
    "open_incident_paper",
    "plan_recheck",
    "plan_suspended_recheck",
    "propose_cancellation",
    "recheck_incident",
    "record_recheck",
    "return_annual_form",
    "return_recheck",
    "reveal_spot_checks",
    "save_annual_form",
    "save_checks",
    "serve_rectification",
    "sign_recheck",
    "state_defence",
    "submit_rectification",
    "take_from_record",
    "tell_overdue",
    "urge_annual_forms",
    "verify_rectification",
    "void_spot_checks",
    "waive_spot_check",
    "watch_recheck_cycles",
]

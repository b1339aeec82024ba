"""Use-cases of applications: rounds, drafting, handing in, intake, and `advance`, the one writer of a case's state."""

from apps.applications.services.advance import FACTS, Advanced, advance, lock_application
from apps.applications.services.commitment import keep_commitment
from apps.applications.services.doubts import explain_doubts
from apps.applications.services.drafts import (
    choose_scheme,
    create_application,
    save_basics,
    save_profile,
    save_report_section,
)
from apps.applications.services.editing import Saved
from apps.applications.services.evidence_uses import Replaced, replace_file, set_evidence_pages
from apps.applications.services.exemptions import (
    approve_exemption,
    decline_exemption,
    endorse_exemption,
    request_exemption,
)
from apps.applications.services.expiry import EXPIRY as HOLDING_EXPIRY
from apps.applications.services.figures import (
    attach_evidence,
    attach_evidence_to_items,
    case_for_upload,
    detach_evidence,
    put_off_item,
    save_answer,
    save_answers,
    save_measurements,
)
from apps.applications.services.grants import grant_scoring, revoke_scoring
from apps.applications.services.intake import (
    TRANSFER_HOOKS,
    Returned,
    ReturnItem,
    accept,
    refuse_intake,
    return_items,
    transfer,
)
from apps.applications.services.records import (
    HoldingData,
    YearEntries,
    coal_of,
    keep_in_file,
    remove_holding,
    save_holding,
    save_year,
    take_from_file,
)
from apps.applications.services.rescheming import change_scheme
from apps.applications.services.rounds import (
    RoundData,
    close_due_rounds,
    close_round,
    create_round,
    extend_window,
    open_round,
    revise_round,
    set_district_window,
)
from apps.applications.services.snapshot import Receipt
from apps.applications.services.subareas import (
    ask_sub_area,
    choose_practice,
    give_sub_area_opinion,
    record_sub_area_opinion,
)
from apps.applications.services.submission import answer_conversion, submit, withdraw
from apps.applications.services.supplement import (
    answer_item,
    lapse_overdue,
    resubmit,
    supplement_overdue,
)

__all__ = [
    "FACTS",
    "HOLDING_EXPIRY",
    "TRANSFER_HOOKS",
    "Advanced",
    "HoldingData",
    "Receipt",
    "Replaced",
    "ReturnItem",
    "Returned",
    "RoundData",
    "Saved",
    "YearEntries",
    "accept",
    "advance",
    "answer_conversion",
    "answer_item",
    "approve_exemption",
    "ask_sub_area",
    "attach_evidence",
    "attach_evidence_to_items",
    "case_for_upload",
    "change_scheme",
    "choose_practice",
    "choose_scheme",
    "close_due_rounds",
    "close_round",
    "coal_of",
    "create_application",
    "create_round",
    "decline_exemption",
    "detach_evidence",
    "endorse_exemption",
    "explain_doubts",
    "extend_window",
    "give_sub_area_opinion",
    "grant_scoring",
    "keep_commitment",
    "keep_in_file",
    "lapse_overdue",
    "lock_application",
    "open_round",
    "put_off_item",
    "record_sub_area_opinion",
    "refuse_intake",
    "remove_holding",
    "replace_file",
    "request_exemption",
    "resubmit",
    "return_items",
    "revise_round",
    "revoke_scoring",
    "save_answer",
    "save_answers",
    "save_basics",
    "save_holding",
    "save_measurements",
    "save_profile",
    "save_report_section",
    "save_year",
    "set_district_window",
    "set_evidence_pages",
    "submit",
    "supplement_overdue",
    "take_from_file",
    "transfer",
    "withdraw",
]

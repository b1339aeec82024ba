"""Use-cases of publicity, in the order of the work."""

from apps.publicity.services.closing import close_due_notices, close_notice
from apps.publicity.services.corrections import correct_notice
from apps.publicity.services.credit import (
    CREDIT_STATEMENT,
    CreditReport,
    attach_to_credit_check,
    record_credit_check,
    record_credit_report,
    refuse_for_credit,
)
from apps.publicity.services.credit_queries import (
    ReadFile,
    SentQueries,
    read_credit_results,
    send_credit_queries,
)
from apps.publicity.services.credit_statements import (
    MOST_STATEMENT_FILES,
    STATEMENT_FILE_MB,
    explain_credit,
    open_statement_file,
)
from apps.publicity.services.drafts import revise_notice
from apps.publicity.services.marks import (
    approve_correction,
    preview_of,
    propose_correction,
    return_correction,
)
from apps.publicity.services.notices import (
    DEFAULT_BASIS,
    NoticeText,
    draft_notice,
    notice_digest,
    publish_notice,
    sign_notice,
)
from apps.publicity.services.objections import (
    CHOOSE_ENTRY,
    ObjectionForm,
    ObjectionReceipt,
    accept_objection,
    conclude_objection,
    decline_objection,
    file_objection,
    state_case,
)
from apps.publicity.services.papers import MOST_MB, MOST_PAPERS, add_papers, open_paper
from apps.publicity.services.provisional import (
    checked_reason,
    delete_view,
    note_decision,
    read_decision,
    save_view,
    settle_refusals,
)
from apps.publicity.services.recognition import propose_recognition, sign_recognition
from apps.publicity.services.refusals import refuse_award

__all__ = [
    "CHOOSE_ENTRY",
    "CREDIT_STATEMENT",
    "DEFAULT_BASIS",
    "MOST_MB",
    "MOST_PAPERS",
    "MOST_STATEMENT_FILES",
    "STATEMENT_FILE_MB",
    "CreditReport",
    "NoticeText",
    "ObjectionForm",
    "ObjectionReceipt",
    "ReadFile",
    "SentQueries",
    "accept_objection",
    "add_papers",
    "approve_correction",
    "attach_to_credit_check",
    "checked_reason",
    "close_due_notices",
    "close_notice",
    "conclude_objection",
    "correct_notice",
    "decline_objection",
    "delete_view",
    "draft_notice",
    "explain_credit",
    "file_objection",
    "note_decision",
    "notice_digest",
    "open_paper",
    "open_statement_file",
    "preview_of",
    "propose_correction",
    "propose_recognition",
    "publish_notice",
    "read_credit_results",
    "read_decision",
    "record_credit_check",
    "record_credit_report",
    "refuse_award",
    "refuse_for_credit",
    "return_correction",
    "revise_notice",
    "save_view",
    "send_credit_queries",
    "settle_refusals",
    "sign_notice",
    "sign_recognition",
    "state_case",
]

"""Reading publicity: the decision board, notices, objections."""

from apps.publicity.selectors.board import (
    STAGES,
    Candidate,
    CreditRow,
    RecognitionRow,
    Stage,
    candidates,
    credit_history,
    recognition_file,
    recognitions,
    stages,
    states_of,
)
from apps.publicity.selectors.notices import (
    EntryRow,
    NoticeFile,
    NoticePage,
    NoticeRow,
    SignStep,
    notice_file,
    notices_page,
    running_entries,
)
from apps.publicity.selectors.objections import (
    ObjectionRow,
    ObjectionStatus,
    objection_file,
    objection_status,
    objections,
)

__all__ = [
    "STAGES",
    "Candidate",
    "CreditRow",
    "EntryRow",
    "NoticeFile",
    "NoticePage",
    "NoticeRow",
    "ObjectionRow",
    "ObjectionStatus",
    "RecognitionRow",
    "SignStep",
    "Stage",
    "candidates",
    "credit_history",
    "notice_file",
    "notices_page",
    "objection_file",
    "objection_status",
    "objections",
    "recognition_file",
    "recognitions",
    "running_entries",
    "stages",
    "states_of",
]

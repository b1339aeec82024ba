"""Writing the register: awards, changes, cancellations with their bans, imported lists, marks on standing."""

from apps.titles.selectors.lists import ListRow
from apps.titles.services.awards import Awarded, award_title
from apps.titles.services.bans import BAN
from apps.titles.services.changes import (
    Cancelled,
    TitleState,
    cancel_title,
    change_title_state,
    rename_titles,
    surrender_title,
)
from apps.titles.services.history import PastTitle, PastTitles, record_past_titles
from apps.titles.services.lists import (
    ImportResult,
    ListData,
    check_external_list,
    dismiss_row,
    import_external_list,
    match_row,
)
from apps.titles.services.marks import record_annual_form
from apps.titles.services.scans import Scans, count_verification
from apps.titles.services.upward import (
    add_upward,
    approve_upward_exemption,
    draft_upward,
    remove_upward,
    sign_upward,
    withdraw_upward,
)

__all__ = [
    "BAN",
    "Awarded",
    "Cancelled",
    "ImportResult",
    "ListData",
    "ListRow",
    "PastTitle",
    "PastTitles",
    "Scans",
    "TitleState",
    "add_upward",
    "approve_upward_exemption",
    "award_title",
    "cancel_title",
    "change_title_state",
    "check_external_list",
    "count_verification",
    "dismiss_row",
    "draft_upward",
    "import_external_list",
    "match_row",
    "record_annual_form",
    "record_past_titles",
    "remove_upward",
    "rename_titles",
    "sign_upward",
    "surrender_title",
    "withdraw_upward",
]

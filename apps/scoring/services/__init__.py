"""The use-cases of scoring; rooms above and interfaces import them from here."""

from apps.scoring.services.correcting import correct_sheet
from apps.scoring.services.drafts import copy_scheme, discard_draft, revise_draft
from apps.scoring.services.entries import (
    adopt_scores,
    confirm_by_city,
    put_off,
    save_entry,
    set_evidence_counts,
)
from apps.scoring.services.figures import merged_figures, save_measurements
from apps.scoring.services.impact import request_impact, simulate
from apps.scoring.services.opening import (
    change_scheme,
    close_sheet,
    follow_application,
    open_sheet,
    release_sheets,
    renew_sheet,
)
from apps.scoring.services.records import Case, SavedEntry, SavedSheet, SheetRef, SignedSheet
from apps.scoring.services.schemes import (
    import_scheme,
    load_benchmarks,
    load_schemes,
    publish_scheme,
    record_benchmarks,
    retire_scheme,
)
from apps.scoring.services.signing import hand_in, sign_sheet
from apps.scoring.services.trials import (
    SavedTrial,
    open_trial,
    put_off_trial_item,
    remove_trial,
    save_trial_answer,
    save_trial_figures,
)
from apps.scoring.services.whole import save_entries

__all__ = [
    "Case",
    "SavedEntry",
    "SavedSheet",
    "SavedTrial",
    "SheetRef",
    "SignedSheet",
    "adopt_scores",
    "change_scheme",
    "close_sheet",
    "confirm_by_city",
    "copy_scheme",
    "correct_sheet",
    "discard_draft",
    "follow_application",
    "hand_in",
    "import_scheme",
    "load_benchmarks",
    "load_schemes",
    "merged_figures",
    "open_sheet",
    "open_trial",
    "publish_scheme",
    "put_off",
    "put_off_trial_item",
    "record_benchmarks",
    "release_sheets",
    "remove_trial",
    "renew_sheet",
    "request_impact",
    "retire_scheme",
    "revise_draft",
    "save_entries",
    "save_entry",
    "save_measurements",
    "save_trial_answer",
    "save_trial_figures",
    "set_evidence_counts",
    "sign_sheet",
    "simulate",
]

"""Reading scoring; rooms above and interfaces import from here."""

from apps.scoring.selectors.compare import CellView, ColumnView, CompareView, RowView, compare_view
from apps.scoring.selectors.heads import (
    SheetHead,
    current_public_id,
    current_sheet,
    expert_sheets,
    panel_mean,
    scored_items,
    scorers_of,
    sheet_head,
    sheet_result,
    sheets_of,
    totals_of,
)
from apps.scoring.selectors.page_records import ItemView, SheetView
from apps.scoring.selectors.panel_points import PanelPoints, panel_points
from apps.scoring.selectors.schemes import (
    RECONSTRUCTION_LABEL,
    SchemeRow,
    benchmark_subjects,
    choices_of,
    scheme,
    scheme_row,
    scheme_spec,
    schemes,
    spec_of_digest,
    suggest_schemes,
)
from apps.scoring.selectors.trials import TrialRow, trial_result, trials
from apps.scoring.selectors.views import current_view, sheet_view, trial_view

__all__ = [
    "RECONSTRUCTION_LABEL",
    "CellView",
    "ColumnView",
    "CompareView",
    "ItemView",
    "PanelPoints",
    "RowView",
    "SchemeRow",
    "SheetHead",
    "SheetView",
    "TrialRow",
    "benchmark_subjects",
    "choices_of",
    "compare_view",
    "current_public_id",
    "current_sheet",
    "current_view",
    "expert_sheets",
    "panel_mean",
    "panel_points",
    "scheme",
    "scheme_row",
    "scheme_spec",
    "schemes",
    "scored_items",
    "scorers_of",
    "sheet_head",
    "sheet_result",
    "sheet_view",
    "sheets_of",
    "spec_of_digest",
    "suggest_schemes",
    "totals_of",
    "trial_result",
    "trial_view",
    "trials",
]

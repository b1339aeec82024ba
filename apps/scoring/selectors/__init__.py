"""Reading scoring; rooms above and interfaces import from here."""

from apps.scoring.selectors.benchmarks import BenchmarkRow, benchmarks_page, known_metrics
from apps.scoring.selectors.compare import CellView, ColumnView, CompareView, RowView, compare_view
from apps.scoring.selectors.correcting import SheetAfter, sheets_after
from apps.scoring.selectors.drafts import (
    DraftProblem,
    DraftView,
    compared_version,
    differences,
    draft,
    metric_codes,
    versions_of,
)
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
from apps.scoring.selectors.impact import (
    ImpactHead,
    ImpactRow,
    every_impact_row,
    impact,
    impact_rows,
    impacts,
)
from apps.scoring.selectors.page_records import ItemView, SheetView
from apps.scoring.selectors.panel_points import PanelPoints, panel_points
from apps.scoring.selectors.questioned import questioned_figures
from apps.scoring.selectors.rechecking import Basis, FiledFigure, Found, recheck_basis
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
from apps.scoring.selectors.trajectory import Trail, Trajectory, trajectory
from apps.scoring.selectors.trials import TrialRow, trial_result, trials
from apps.scoring.selectors.views import current_view, sheet_view, trial_view

__all__ = [
    "RECONSTRUCTION_LABEL",
    "Basis",
    "BenchmarkRow",
    "CellView",
    "ColumnView",
    "CompareView",
    "DraftProblem",
    "DraftView",
    "FiledFigure",
    "Found",
    "ImpactHead",
    "ImpactRow",
    "ItemView",
    "PanelPoints",
    "RowView",
    "SchemeRow",
    "SheetAfter",
    "SheetHead",
    "SheetView",
    "Trail",
    "Trajectory",
    "TrialRow",
    "benchmark_subjects",
    "benchmarks_page",
    "choices_of",
    "compare_view",
    "compared_version",
    "current_public_id",
    "current_sheet",
    "current_view",
    "differences",
    "draft",
    "every_impact_row",
    "expert_sheets",
    "impact",
    "impact_rows",
    "impacts",
    "known_metrics",
    "metric_codes",
    "panel_mean",
    "panel_points",
    "questioned_figures",
    "recheck_basis",
    "scheme",
    "scheme_row",
    "scheme_spec",
    "schemes",
    "scored_items",
    "scorers_of",
    "sheet_head",
    "sheet_result",
    "sheet_view",
    "sheets_after",
    "sheets_of",
    "spec_of_digest",
    "suggest_schemes",
    "totals_of",
    "trajectory",
    "trial_result",
    "trial_view",
    "trials",
    "versions_of",
]

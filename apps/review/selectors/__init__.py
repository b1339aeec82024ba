"""Reading the work of review: queues, lists to the city, panels and tasks."""

from apps.review.selectors.figures import PanelFigures, Workload, panel_figures, workload
from apps.review.selectors.lists import (
    FilingRow,
    RecommendationItemRow,
    RecommendationRow,
    filing_file,
    filings,
    recommendation_file,
    recommendations,
)
from apps.review.selectors.panels import (
    AssignmentRow,
    Candidate,
    PanelFile,
    SiteVisitRow,
    candidates,
    my_task,
    my_tasks,
    panel_of,
    panels,
)
from apps.review.selectors.preliminary import (
    PreliminaryRow,
    RulingRow,
    next_in_queue,
    preliminary_counts,
    preliminary_of,
    preliminary_queue,
    ruling_of,
    rulings,
)

__all__ = [
    "AssignmentRow",
    "Candidate",
    "FilingRow",
    "PanelFigures",
    "PanelFile",
    "PreliminaryRow",
    "RecommendationItemRow",
    "RecommendationRow",
    "RulingRow",
    "SiteVisitRow",
    "Workload",
    "candidates",
    "filing_file",
    "filings",
    "my_task",
    "my_tasks",
    "next_in_queue",
    "panel_figures",
    "panel_of",
    "panels",
    "preliminary_counts",
    "preliminary_of",
    "preliminary_queue",
    "recommendation_file",
    "recommendations",
    "ruling_of",
    "rulings",
    "workload",
]

"""How the score came about: per item from the self-evaluation over the district to the experts, with each reason."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET

from apps.applications import selectors as applications
from apps.core.actor import Actor, Role
from apps.core.audience import actor_of, audience
from apps.portals.base.http import page
from apps.portals.base.visible import seen
from apps.portals.enterprise.pages.common import application_crumbs, shown_now
from apps.scoring import selectors as scoring
from apps.scoring.selectors import CompareView, SheetHead


@dataclass(frozen=True, slots=True)
class Step:
    """What one scorer gave an item; `lower` is whether it is less than the one before."""

    text: str
    reason: str
    lower: bool


@dataclass(frozen=True, slots=True)
class Trail:
    """One item with the points of every scorer in order."""

    code: str
    name: str
    max_text: str
    steps: tuple[Step, ...]
    cut: bool


@audience(Role.ENTERPRISE)
@require_GET
def scores(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show every released score item by item; those that were cut first asked for, all on demand."""
    actor = actor_of(request)
    file = seen(applications.application_file, actor=actor, public_id=public_id)
    heads = _released(actor, file.case.id)
    if not heads:
        raise Http404
    views = [scoring.compare_view(actor=actor, public_id=head.public_id) for head in heads]
    trails = _trails(views)
    everything = request.GET.get("all") == "1"
    shown = [trail for trail in trails if everything or trail.cut]
    context = {
        "file": file,
        "columns": ["自评", *_names(heads)],
        "totals": [_self_total(views[0]), *(view.total_text for view in views)],
        "trails": shown,
        "cut": sum(trail.cut for trail in trails),
        "count": len(trails),
        "everything": everything,
        "crumbs": application_crumbs(file, "逐项得分"),
        "now": shown_now().at,
    }
    return page(request, "enterprise/scores.html", context)


def _released(actor: Actor, application_id: int) -> list[SheetHead]:
    """Return the official sheets the enterprise may read: the district's, then the experts'."""
    heads = [
        head
        for head in scoring.sheets_of(actor=actor, application_id=application_id)
        if head.kind != "self" and head.total is not None
    ]
    return sorted(heads, key=lambda head: (head.kind != "district", head.id))


def _names(heads: list[SheetHead]) -> list[str]:
    """Return the names of the columns; experts are numbered, never named."""
    experts = 0
    names = []
    for head in heads:
        if head.kind == "expert":
            experts += 1
            names.append(f"专家{experts}")
        else:
            names.append(head.kind_label)
    return names


def _self_total(view: CompareView) -> str:
    return next((column.total_text for column in view.columns if column.kind == "self"), "—")


def _trails(views: list[CompareView]) -> list[Trail]:
    by_view = [
        {row.code: row for part in view.dimensions for group in part.groups for row in group.rows}
        for view in views
    ]
    found = []
    for code, first in by_view[0].items():
        start = first.cells.get("self")
        steps = [Step(start.text if start else "—", "", lower=False)]
        baseline = start.points if start else None
        for rows in by_view:
            cell = rows[code].own
            lower = baseline is not None and cell.points is not None and cell.points < baseline
            steps.append(Step(cell.text, cell.reason, lower))
        found.append(
            Trail(code, first.name, first.max_text, tuple(steps), cut=any(step.lower for step in steps))
        )
    return found

"""The improvement plan: what the lost points ask for and the nearest way to the next level; files nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_GET

from apps.applications import selectors as applications
from apps.applications.selectors import ApplicationFile
from apps.core.actor import Actor, Role
from apps.core.audience import actor_of, audience
from apps.policy.evaluation.improvement import Effort, Plan, Suggestion, improvement_plan
from apps.policy.levels import level_for_score
from apps.portals.base.http import page
from apps.portals.base.visible import seen
from apps.portals.enterprise.pages.common import application_crumbs
from apps.scoring import selectors as scoring
from apps.scoring.selectors import SheetHead

#: Official sheets in the order in which they tell more than the enterprise's own (released ones only are visible).
_OFFICIAL = ("expert", "district")


@dataclass(frozen=True, slots=True)
class EffortGroup:
    """The suggestions that ask for the same kind of work."""

    label: str
    suggestions: tuple[Suggestion, ...]


@audience(Role.ENTERPRISE)
@require_GET
def improve(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show the plan for an application: from the newest score that was released, else from the self-evaluation."""
    actor = actor_of(request)
    file = seen(applications.application_file, actor=actor, public_id=public_id)
    head = _basis(actor, file)
    context: dict[str, Any] = {"file": file, "head": head, "crumbs": application_crumbs(file, "改进计划")}
    if head is not None:
        plan = improvement_plan(seen(scoring.sheet_result, actor=actor, public_id=head.public_id))
        own = head.kind == "self"
        context |= plan_context(plan, reverse("enterprise:evaluate", args=[public_id]) if own else "")
        context["vetoed"] = [row for row in file.basics if row.conforms is False]
    return page(request, "enterprise/improve.html", context)


def plan_context(plan: Plan, items_url: str) -> dict[str, Any]:
    """Return what `_plan.html` shows; *items_url* is where items are filled in, "" where they cannot be changed."""
    groups = (
        EffortGroup(kind.label, tuple(one for one in plan.suggestions if one.effort is kind))
        for kind in Effort
    )
    level = level_for_score(plan.total)
    return {
        "plan": plan,
        "groups": [group for group in groups if group.suggestions],
        "level": 0 if level is None else level.value,
        "items_url": items_url,
    }


def _basis(actor: Actor, file: ApplicationFile) -> SheetHead | None:
    """Return the sheet the plan starts from."""
    heads = scoring.sheets_of(actor=actor, application_id=file.case.id)
    for kind in _OFFICIAL:
        released = [head for head in heads if head.kind == kind and head.total is not None]
        if len(released) == 1:
            return released[0]
    return next((head for head in heads if head.kind == "self"), None)

"""The expert's first page: tasks by what they ask for now, with their deadline."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET

from apps.core.actor import Role
from apps.core.audience import actor_of, audience
from apps.core.moment import shown_at
from apps.portals.base.http import page
from apps.review import selectors as review

_INVITED, _DECLARED, _SCORED = "invited", "declared", "scored"


@audience(Role.EXPERT)
@require_GET
def home(request: HttpRequest) -> HttpResponseBase:
    """List the expert's tasks: declarations to sign, sheets to score, then what is done."""
    tasks = review.my_tasks(actor=actor_of(request))
    by_state = {
        state: [task for task in tasks if task.state == state] for state in (_INVITED, _DECLARED, _SCORED)
    }
    waiting = [*by_state[_DECLARED], *by_state[_INVITED]]
    return page(
        request,
        "expert/home.html",
        {
            "waiting": sorted(waiting, key=lambda task: (task.due_on is None, task.due_on)),
            "done": [task for task in tasks if task.state not in {_INVITED, _DECLARED}],
            "counts": {state: len(rows) for state, rows in by_state.items()},
            "now": shown_at(),
        },
    )

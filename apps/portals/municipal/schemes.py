"""评价体系: every version item by item; copying, publishing, retiring and throwing away a draft (R-07)."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from apps.core.actor import Duty, Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError
from apps.policy.evaluation.editing import Part
from apps.portals.base.http import page
from apps.portals.base.posted import text
from apps.portals.base.visible import seen
from apps.portals.municipal.common import act, shown_now
from apps.scoring import selectors as scoring
from apps.scoring import services as scores
from apps.scoring.states import DRAFT, PUBLISHED, SCHEME_LIFE


@audience(Role.MUNICIPAL)
@require_GET
def listing(request: HttpRequest) -> HttpResponseBase:
    """List every version of every system."""
    actor = actor_of(request)
    context = {
        "rows": scoring.schemes(actor=actor, status=None),
        "may_write": actor.has(Duty.HANDLER),
    }
    return page(request, "municipal/schemes.html", context)


@audience(Role.MUNICIPAL)
@require_GET
def file(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show one version as a tree: dimensions, secondary indicators, items with points and rules."""
    return _file(request, public_id)


@audience(Role.MUNICIPAL)
@require_POST
def copy(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Start a draft as a copy of a version."""
    return act(
        request,
        lambda actor, clock: scores.copy_scheme(
            actor=actor,
            clock=clock,
            public_id=public_id,
            code=text(request, "code"),
            name=text(request, "name"),
        ),
        done="草案已建立，可以逐条修改；修改完成后由另一人发布。",
        to=lambda draft: reverse("municipal:scheme", args=[draft]),
        again=lambda refusal: _file(request, public_id, refusal=refusal),
    )


@audience(Role.MUNICIPAL)
@require_POST
def publish(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Publish a draft: a second person, and nothing left that is wrong in it."""
    return act(
        request,
        lambda actor, clock: scores.publish_scheme(
            actor=actor, clock=clock, public_id=public_id, reason=text(request, "reason")
        ),
        done=lambda replaced: (
            "已发布；此前的版本已停用，已经选用它的申报不受影响。"
            if replaced
            else "已发布，可以在新的申报批次选用。"
        ),
        to=reverse("municipal:scheme", args=[public_id]),
        again=lambda refusal: _file(request, public_id, refusal=refusal),
    )


@audience(Role.MUNICIPAL)
@require_POST
def retire(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Retire a published version."""
    return act(
        request,
        lambda actor, clock: scores.retire_scheme(
            actor=actor,
            clock=clock,
            public_id=public_id,
            reason=text(request, "retire_reason"),
            confirmed=bool(text(request, "confirmed")),
        ),
        done="已停用；新的申报不能再选用。",
        to=reverse("municipal:scheme", args=[public_id]),
        again=lambda refusal: _file(request, public_id, refusal=refusal),
    )


@audience(Role.MUNICIPAL)
@require_POST
def discard(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Throw a draft away."""
    return act(
        request,
        lambda actor, clock: scores.discard_draft(actor=actor, clock=clock, public_id=public_id),
        done="草案已放弃。",
        to=reverse("municipal:schemes"),
        again=lambda refusal: _file(request, public_id, refusal=refusal),
    )


def _file(request: HttpRequest, public_id: str, *, refusal: DomainError | None = None) -> HttpResponseBase:
    actor = actor_of(request)
    found = seen(scoring.draft, actor=actor, public_id=public_id)
    row, drafted = found.row, found.row.status == DRAFT
    events = [step.event for step in SCHEME_LIFE.events_for(row.status, actor)]
    own = actor.user_id in found.made_by_ids
    context = {
        "row": row,
        "spec": found.spec,
        "mark": scoring.RECONSTRUCTION_LABEL if row.is_reconstruction else "",
        "mandatory": sum(item.mandatory for item in found.spec.items),
        "count": len(found.spec.items),
        "drafted": drafted,
        "may_edit": drafted and actor.has(Duty.HANDLER),
        "may_copy": not drafted and actor.has(Duty.HANDLER),
        "may_publish": "publish" in events and not own,
        "own_work": "publish" in events and own,
        "may_retire": "retire" in events and row.status == PUBLISHED,
        "retirement_warning": scoring.retirement_warning(actor=actor, scheme_id=row.id)
        if "retire" in events and row.status == PUBLISHED
        else "",
        "date_past": drafted and row.effective_from is not None and row.effective_from < shown_now().on,
        "problems": found.problems,
        "wrong": {one.code for one in found.problems if one.part is Part.ITEM},
        "impacts": scoring.impacts(actor=actor, scheme_id=row.id) if drafted else [],
        "versions": scoring.versions_of(actor=actor, code=row.code),
        "typed": request.POST,
    }
    template = "municipal/scheme_draft.html" if drafted else "municipal/scheme.html"
    return page(request, template, context, refusal=refusal)

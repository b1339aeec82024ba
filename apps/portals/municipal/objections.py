"""异议: accepted or not by the 经办, concluded by a second person; only the enterprise concerned waits (R-25)."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from apps.core.actor import Actor, Duty, Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError
from apps.core.faults import Faults
from apps.core.moment import Clock, DatabaseClock
from apps.deadlines import selectors as deadlines
from apps.portals.base.files import send_file
from apps.portals.base.http import attempt, page
from apps.portals.base.posted import text
from apps.portals.base.visible import must_be_visible, seen
from apps.portals.municipal.common import act, shown_now, tabs
from apps.publicity import selectors as publicity
from apps.publicity import services as publicity_services
from apps.publicity.states import ACCEPTED, OBJECTION_LIFE

_KIND = "publicity.objection"
_ANSWERS = {"yes": True, "no": False}


@audience(Role.MUNICIPAL)
@require_GET
def listing(request: HttpRequest) -> HttpResponseBase:
    """List objections, the newest first."""
    actor, now, state = actor_of(request), shown_now(), request.GET.get("state", "")
    counts = publicity.workload(actor=actor).objections
    choices: list[tuple[str, str, int | None]] = [
        (code, label, counts.get(code, 0)) for code, label in OBJECTION_LIFE.states.items()
    ]
    owed = deadlines.obligations_for(actor=actor, kinds=[_KIND])
    context = {
        "rows": publicity.objections(actor=actor, state=state),
        "tabs": tabs("municipal:objections", state, [("", "全部", sum(counts.values())), *choices]),
        "due": {row.subject_public_id: row.due_on for row in owed.rows},
        "now": now.at,
    }
    return page(request, "municipal/objections.html", context)


@audience(Role.MUNICIPAL)
@require_GET
def file(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show one objection with who filed it."""
    return _file(request, public_id)


@audience(Role.MUNICIPAL)
@require_POST
def accept(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Accept an objection: the enterprise's case waits."""
    return act(
        request,
        lambda actor, clock: publicity_services.accept_objection(
            actor=actor, clock=clock, public_id=public_id, note=text(request, "note")
        ),
        done="异议已受理，该企业暂缓评定，其他企业不受影响；已通知企业说明情况。",
        to=reverse("municipal:objection", args=[public_id]),
        again=lambda refusal: _file(request, public_id, refusal=refusal),
    )


@audience(Role.MUNICIPAL)
@require_POST
def decline(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Do not accept an objection, with the reason."""
    return act(
        request,
        lambda actor, clock: publicity_services.decline_objection(
            actor=actor, clock=clock, public_id=public_id, reason=text(request, "reason")
        ),
        done="已登记不予受理及理由。",
        to=reverse("municipal:objection", args=[public_id]),
        again=lambda refusal: _file(request, public_id, refusal=refusal),
    )


@audience(Role.MUNICIPAL)
@require_POST
def conclude(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Conclude an accepted objection; another person than the one who accepted it."""

    def deed(*, actor: Actor, clock: Clock) -> bool:
        chosen = text(request, "upheld")
        upheld = _ANSWERS.get(chosen, False)
        # Both faults of an empty form at once; the choice is not acted upon while it is missing.
        with Faults() as faults:
            if chosen not in _ANSWERS:
                faults.note("upheld", "请选择异议成立或不成立。")
            publicity_services.conclude_objection(
                actor=actor,
                clock=clock,
                public_id=public_id,
                upheld=upheld,
                conclusion=text(request, "conclusion"),
            )
        return upheld

    return act(
        request,
        deed,
        done=lambda upheld: "异议成立，该企业不予评定。" if upheld else "异议不成立，该企业继续办理。",
        to=reverse("municipal:objection", args=[public_id]),
        again=lambda refusal: _file(request, public_id, refusal=refusal),
    )


@audience(Role.MUNICIPAL)
@require_GET
def paper(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Hand out a letter that came with an objection; the reading is recorded."""
    found, refusal = attempt(
        publicity_services.open_paper, actor=actor_of(request), clock=DatabaseClock(), public_id=public_id
    )
    must_be_visible(refusal)
    if found is None:
        return page(request, "base/evidence_refused.html", {"back": ""}, refusal=refusal)
    return send_file(found)


def _file(request: HttpRequest, public_id: str, *, refusal: DomainError | None = None) -> HttpResponseBase:
    actor, now = actor_of(request), shown_now()
    row = seen(publicity.objection_file, actor=actor, public_id=public_id)
    owed = deadlines.obligations_for(actor=actor, kinds=[_KIND])
    context = {
        "row": row,
        "events": [step.event for step in OBJECTION_LIFE.events_for(row.state, actor)],
        "due_on": next((one.due_on for one in owed.rows if one.subject_public_id == public_id), None),
        "now": now.at,
        "typed": request.POST,
        "corrections": publicity.corrections(actor=actor, objection_public_id=public_id),
        "may_correct": row.state == ACCEPTED and actor.has(Duty.HANDLER),
    }
    return page(request, "municipal/objection.html", context, refusal=refusal)

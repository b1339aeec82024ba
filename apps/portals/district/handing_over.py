"""离岗移交: everything a colleague is on, given to another in one act."""

from __future__ import annotations

from collections import defaultdict

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from apps.accounts import selectors as accounts
from apps.core.actor import Duty, Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError
from apps.core.moment import DatabaseClock
from apps.portals.base.http import attempt, page, say
from apps.portals.base.posted import text, whole
from apps.portals.base.visible import must_be_visible
from apps.review import services


@audience(Role.DISTRICT)
@require_http_methods(["GET", "POST"])
def hand_over(request: HttpRequest) -> HttpResponseBase:
    """Show who is on what; POST moves everything of one person to another."""
    if request.method != "POST":
        return _form(request)
    moved, refusal = attempt(
        services.hand_over,
        actor=actor_of(request),
        clock=DatabaseClock(),
        from_id=whole(request.POST.get("from")),
        to_id=whole(request.POST.get("to")),
        reason=text(request, "reason"),
    )
    must_be_visible(refusal)
    if refusal is not None:
        return _form(request, refusal=refusal)
    say(request, f"已移交 {moved} 件，接收人已收到通知；已评的分数和意见保留。")
    return redirect("district:hand_over")


def _form(request: HttpRequest, *, refusal: DomainError | None = None) -> HttpResponseBase:
    actor = actor_of(request)
    by_person = defaultdict(list)
    for row in services.open_work(actor=actor):
        by_person[row.holder_id].append(row)
    names = accounts.names_of(user_ids=list(by_person))
    handlers = accounts.staff(actor=actor, role=Role.DISTRICT, district=actor.district, duty=Duty.HANDLER)
    context = {
        "people": [(names.get(pk, ""), rows) for pk, rows in by_person.items()],
        "givers": [(pk, f"{names.get(pk, '')}（{len(rows)} 件）") for pk, rows in by_person.items()],
        "takers": [(person.id, person.name) for person in handlers],
        "signs": actor.has(Duty.SIGNER),
        "typed": request.POST,
    }
    return page(request, "district/hand_over.html", context, refusal=refusal)

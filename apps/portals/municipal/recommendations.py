"""区级推荐: lists of the districts, accepted or returned case by case (R-18, R-19)."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from apps.applications import selectors as applications
from apps.core.actor import Duty, Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError
from apps.core.moment import DatabaseClock
from apps.portals.base.http import attempt, page, say
from apps.portals.base.posted import text
from apps.portals.base.visible import must_be_visible, seen
from apps.portals.municipal.common import act, tabs
from apps.review import selectors as review
from apps.review import services as review_services

_WAITING = "recommended"


@audience(Role.MUNICIPAL)
@require_GET
def listing(request: HttpRequest) -> HttpResponseBase:
    """List what the districts have sent, the newest first."""
    actor, state = actor_of(request), request.GET.get("state", "")
    counts = review.workload(actor=actor).recommendations
    sent, accepted = counts.get("sent", 0), counts.get("accepted", 0)
    context = {
        "rows": review.recommendations(actor=actor, state=state),
        "tabs": tabs(
            "municipal:recommendations",
            state,
            [("", "全部", sent + accepted), ("sent", "待受理", sent), ("accepted", "已受理", accepted)],
        ),
    }
    return page(request, "municipal/recommendations.html", context)


@audience(Role.MUNICIPAL)
@require_GET
def file(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show one list with its enterprises."""
    return file_page(request, public_id)


def file_page(
    request: HttpRequest, public_id: str, *, refusal: DomainError | None = None, subject: str = ""
) -> HttpResponseBase:
    """Return the page of one list; *subject* is the case a refused act was about."""
    actor = actor_of(request)
    row = seen(review.recommendation_file, actor=actor, public_id=public_id)
    context = {
        "row": row,
        "waiting": [item for item in row.items if item.ticked and item.case.state == _WAITING],
        "may_act": actor.has(Duty.HANDLER, Duty.SIGNER),
        "subject": subject,
        "typed": request.POST,
    }
    return page(request, "municipal/recommendation.html", context, refusal=refusal)


@audience(Role.MUNICIPAL)
@require_POST
def send_back(request: HttpRequest, public_id: str, case_public_id: str) -> HttpResponseBase:
    """Return one recommended case to its district, with the reason."""
    return act(
        request,
        lambda actor, clock: review_services.return_case(
            actor=actor, clock=clock, public_id=case_public_id, reason=text(request, "reason")
        ),
        done="已退回属地，属地会收到退回原因。",
        to=reverse("municipal:recommendation", args=[public_id]),
        again=lambda refusal: file_page(request, public_id, refusal=refusal, subject=case_public_id),
    )


@audience(Role.MUNICIPAL)
@require_POST
def accept_cases(request: HttpRequest) -> HttpResponseBase:
    """Accept the ticked cases one by one; say of each that could not be accepted why."""
    actor = actor_of(request)
    accepted = 0
    refused: list[tuple[str, DomainError]] = []
    for public_id in list(dict.fromkeys(request.POST.getlist("ids"))):
        _, refusal = attempt(
            review_services.accept_case, actor=actor, clock=DatabaseClock(), public_id=public_id
        )
        must_be_visible(refusal)
        if refusal is None:
            accepted += 1
        else:
            name = applications.case(actor=actor, public_id=public_id).enterprise_name
            refused.append((name, refusal))
    back = _back(request)
    if refused:
        context = {"accepted": accepted, "refused": refused, "back": back}
        return page(request, "municipal/accepted.html", context, status=refused[0][1].status)
    say(request, f"已受理 {accepted} 家。" if accepted else "没有选择企业。")
    return redirect(back)


def _back(request: HttpRequest) -> str:
    """Return where the batch was started: a list, or the board."""
    listed = request.POST.get("list", "")
    if listed:
        return reverse("municipal:recommendation", args=[listed])
    return reverse("municipal:board") + "?stage=recommended"

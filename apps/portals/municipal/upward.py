"""上报推荐: lists to the province and the nation, the picker with every condition, exemptions, signing (R-09)."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.core.actor import Duty, Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError
from apps.portals.base.http import page
from apps.portals.base.posted import text, whole
from apps.portals.base.visible import seen
from apps.portals.municipal.common import act, shown_now
from apps.titles import selectors as titles
from apps.titles import services as title_services
from apps.titles.states import UPWARD_DRAFT, UPWARD_LIFE


@audience(Role.MUNICIPAL)
@require_http_methods(["GET", "POST"])
def listing(request: HttpRequest) -> HttpResponseBase:
    """List the recommendations upward, and draft one."""
    if request.method != "POST":
        return _listing(request)
    return act(
        request,
        lambda actor, clock: title_services.draft_upward(
            actor=actor,
            clock=clock,
            level=whole(request.POST.get("level")),
            year=whole(request.POST.get("year")),
            title=text(request, "title"),
        ),
        done="名单已建立，请选择推荐的企业。",
        to=lambda public_id: reverse("municipal:upward", args=[public_id]),
        again=lambda refusal: _listing(request, refusal=refusal),
    )


@audience(Role.MUNICIPAL)
@require_GET
def file(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show one list with its enterprises, and the picker while it is a draft."""
    return _file(request, public_id)


@audience(Role.MUNICIPAL)
@require_POST
def add(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Put the chosen enterprises on the list."""
    return act(
        request,
        lambda actor, clock: title_services.add_upward(
            actor=actor,
            clock=clock,
            public_id=public_id,
            enterprises=request.POST.getlist("enterprises"),
            exemption_reason=text(request, "exemption_reason"),
        ),
        done=lambda count: f"已列入 {count} 家企业。",
        to=reverse("municipal:upward", args=[public_id]),
        again=lambda refusal: _file(request, public_id, refusal=refusal),
    )


@audience(Role.MUNICIPAL)
@require_POST
def remove(request: HttpRequest, public_id: str, entry: str) -> HttpResponseBase:
    """Take an enterprise off the list."""
    return act(
        request,
        lambda actor, clock: title_services.remove_upward(
            actor=actor, clock=clock, public_id=public_id, entry=entry
        ),
        done="已从名单中移出。",
        to=reverse("municipal:upward", args=[public_id]),
        again=lambda refusal: _file(request, public_id, refusal=refusal),
    )


@audience(Role.MUNICIPAL)
@require_POST
def exempt(request: HttpRequest, public_id: str, entry: str) -> HttpResponseBase:
    """Approve the exemption of an enterprise, as a second person."""
    return act(
        request,
        lambda actor, clock: title_services.approve_upward_exemption(
            actor=actor, clock=clock, public_id=public_id, entry=entry
        ),
        done="豁免已批准。",
        to=reverse("municipal:upward", args=[public_id]),
        again=lambda refusal: _file(request, public_id, refusal=refusal),
    )


@audience(Role.MUNICIPAL)
@require_POST
def sign(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Sign the list: every enterprise is checked once more."""
    return act(
        request,
        lambda actor, clock: title_services.sign_upward(
            actor=actor, clock=clock, public_id=public_id, document_no=text(request, "document_no")
        ),
        done="名单已签发，企业会收到通知；可以下载推荐函和名单。",
        to=reverse("municipal:upward", args=[public_id]),
        again=lambda refusal: _file(request, public_id, refusal=refusal),
    )


@audience(Role.MUNICIPAL)
@require_POST
def withdraw(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Withdraw a draft list."""
    return act(
        request,
        lambda actor, clock: title_services.withdraw_upward(actor=actor, clock=clock, public_id=public_id),
        done="名单已撤回。",
        to=reverse("municipal:upwards"),
        again=lambda refusal: _file(request, public_id, refusal=refusal),
    )


def _listing(request: HttpRequest, *, refusal: DomainError | None = None) -> HttpResponseBase:
    actor = actor_of(request)
    context = {
        "rows": titles.upward_lists(actor=actor),
        "targets": list(titles.UPWARD_TARGETS.items()),
        "may_draft": actor.has(Duty.HANDLER),
        "year": str(shown_now().on.year + 1),
        "typed": request.POST,
    }
    return page(request, "municipal/upwards.html", context, refusal=refusal)


def _file(request: HttpRequest, public_id: str, *, refusal: DomainError | None = None) -> HttpResponseBase:
    actor, now = actor_of(request), shown_now()
    row, names = seen(titles.upward_list, actor=actor, public_id=public_id, moment=now)
    drafted = row.state == UPWARD_DRAFT
    picking = drafted and actor.has(Duty.HANDLER)
    q = request.GET.get("q", "") or text(request, "q")
    total, nominees = (
        titles.nominees(actor=actor, public_id=public_id, moment=now, q=q) if picking else (0, [])
    )
    chosen = set(request.POST.getlist("enterprises"))
    context = {
        "row": row,
        "names": names,
        "drafted": drafted,
        "picking": picking,
        "q": q,
        "total": total,
        "nominees": [(one, one.public_id in chosen) for one in nominees],
        "waiting": [one for one in names if not one.ready],
        "events": [step.event for step in UPWARD_LIFE.events_for(row.state, actor)],
        "own_work": row.prepared_by_id == actor.user_id,
        "may_exempt": drafted and actor.has(Duty.SIGNER, Duty.LEADER),
        "typed": request.POST,
    }
    return page(request, "municipal/upward.html", context, refusal=refusal)

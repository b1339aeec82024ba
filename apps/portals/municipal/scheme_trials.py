"""Before a draft is published: what differs from another version, and who would have changed level with it."""

from __future__ import annotations

from itertools import groupby

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from apps.core.actor import Duty, Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError
from apps.portals.base.http import page
from apps.portals.base.posted import text
from apps.portals.base.visible import seen
from apps.portals.municipal.common import act, page_number
from apps.scoring import selectors as scoring
from apps.scoring import services as scores
from apps.scoring.states import DRAFT

_PER_PAGE = 50


@audience(Role.MUNICIPAL)
@require_GET
def compare(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show what differs between this version and another (`?with=`; the one before it unless asked otherwise)."""
    actor = actor_of(request)
    row = seen(scoring.scheme, actor=actor, public_id=public_id)
    others = [one for one in scoring.schemes(actor=actor, status=None) if one.public_id != row.public_id]
    wanted = request.GET.get("with", "")
    if not wanted:
        before = scoring.compared_version(actor=actor, row=row)
        wanted = before.public_id if before is not None else (others[0].public_id if others else "")
    if not wanted:
        raise Http404
    old, new, changes = seen(scoring.differences, actor=actor, before=wanted, after=public_id)
    context = {
        "row": row,
        "old": old,
        "new": new,
        "groups": [(part, list(rows)) for part, rows in groupby(changes, key=lambda one: one.part)],
        "total": len(changes),
        "others": [
            (one.public_id, f"{one.name} 第 {one.version} 版（{one.status_label}）") for one in others
        ],
        "wanted": wanted,
    }
    return page(request, "municipal/scheme_diff.html", context)


@audience(Role.MUNICIPAL)
@require_http_methods(["GET", "POST"])
def impacts(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """List the simulations of a draft, and start another."""
    if request.method != "POST":
        return _impacts(request, public_id)
    return act(
        request,
        lambda actor, clock: scores.request_impact(
            actor=actor, clock=clock, public_id=public_id, against=text(request, "against")
        ),
        done="已开始测算，完成后在影响测算页查看结果。",
        to=lambda job: reverse("job", args=[job]),
        again=lambda refusal: _impacts(request, public_id, refusal=refusal),
    )


@audience(Role.MUNICIPAL)
@require_GET
def impact(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show one simulation: who would change level, or every application (`?all=1`)."""
    actor = actor_of(request)
    head = seen(scoring.impact, actor=actor, public_id=public_id)
    everyone, number = bool(request.GET.get("all")), page_number(request)
    total, rows = scoring.impact_rows(
        impact_id=head.id, changed_only=not everyone, page=number, per_page=_PER_PAGE
    )
    address = reverse("municipal:impact", args=[public_id])
    context = {
        "head": head,
        "rows": rows,
        "total": total,
        "number": number,
        "pages": max(1, -(-total // _PER_PAGE)),
        "tabs": [
            {"label": "等级有变化", "url": address, "count": head.level_changes, "current": not everyone},
            {"label": "全部申报", "url": f"{address}?all=1", "count": head.cases, "current": everyone},
        ],
    }
    return page(request, "municipal/scheme_impact.html", context)


def _impacts(request: HttpRequest, public_id: str, *, refusal: DomainError | None = None) -> HttpResponseBase:
    actor = actor_of(request)
    row = seen(scoring.scheme, actor=actor, public_id=public_id)
    codes = {one.code: one.name for one in scoring.schemes(actor=actor, status=None) if one.status != DRAFT}
    before = scoring.compared_version(actor=actor, row=row)
    context = {
        "row": row,
        "runs": scoring.impacts(actor=actor, scheme_id=row.id),
        "systems": [(code, f"{code} {name}") for code, name in codes.items()],
        "against": before.code if before is not None else "",
        "may_run": row.status == DRAFT and actor.has(Duty.HANDLER, Duty.SIGNER),
    }
    return page(request, "municipal/scheme_impacts.html", context, refusal=refusal)

"""The board's provisional decisions: pre-check of a batch, its result, a round's decisions put into effect, views."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.applications import selectors as applications
from apps.applications.selectors import CaseRow
from apps.core.actor import Actor, Duty, Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError
from apps.documents.services.deciding import DECIDE_JOB, start_deciding
from apps.jobs import selectors as jobs
from apps.policy.provisional import Provisional
from apps.portals.base.http import page
from apps.portals.base.posted import text
from apps.portals.base.visible import seen
from apps.portals.municipal.common import act, shown_now
from apps.publicity import selectors as publicity
from apps.publicity import services as publicity_services
from apps.publicity.selectors import Precheck

_CREDIT = "credit_check"
#: Offered in this order everywhere.
CHOICES = [(one.value, one.label) for one in Provisional]


@audience(Role.MUNICIPAL)
@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest) -> HttpResponseBase:
    """Say for each chosen candidate whether the decision may be noted, then have it noted by a job."""
    chosen = list(dict.fromkeys(request.POST.getlist("ids")))
    if request.POST.get("step") != "carry":
        return _decide_page(request, chosen)

    def deed(*, actor: Actor, clock: object) -> str:
        cases = _cases(actor, chosen)
        return start_deciding(
            actor=actor,
            clock=clock,  # type: ignore[arg-type]  # what `act` hands over
            public_ids=[case.public_id for case in cases],
            decision=text(request, "decision"),
            reason=text(request, "reason"),
            names=[case.enterprise_name for case in cases],
        )

    return act(
        request,
        deed,
        done="已开始登记，完成后在本页显示结果。",
        to=lambda job: reverse("municipal:decided", args=[job]),
        again=lambda refusal: _decide_page(request, chosen, refusal=refusal),
    )


@audience(Role.MUNICIPAL)
@require_GET
def decided(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show how a batch went: how many were noted, which were not and why, and the workbook with all of them."""
    job = seen(jobs.job, actor=actor_of(request), public_id=public_id)
    if job.kind != DECIDE_JOB:
        raise Http404("没有这个办理结果。")
    template = "municipal/_decided.html" if getattr(request, "htmx", False) else "municipal/decided.html"
    return page(request, template, {"job": job, "result": job.result})


@audience(Role.MUNICIPAL)
@require_GET
def intended(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show the decisions of a round in groups, with what putting them into effect does."""
    return _intended(request, public_id)


@audience(Role.MUNICIPAL)
@require_POST
def settle(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """End every case that is to be refused, in one act."""
    return act(
        request,
        lambda actor, clock: publicity_services.settle_refusals(
            actor=actor, clock=clock, round_public_id=public_id
        ),
        done=lambda count: f"已对 {count} 家企业作出不予评定的结论，理由已通知企业。",
        to=reverse("municipal:intended", args=[public_id]),
        again=lambda refusal: _intended(request, public_id, refusal=refusal),
    )


@audience(Role.MUNICIPAL)
@require_POST
def save_view(request: HttpRequest) -> HttpResponseBase:
    """Keep the present filters of the board under a name."""
    filters = {name: text(request, name) for name in ("stage", "district", "q", "sort", "decision")}
    back = (
        f"{reverse('municipal:board')}?{urlencode({key: value for key, value in filters.items() if value})}"
    )
    return act(
        request,
        lambda actor, clock: publicity_services.save_view(
            actor=actor, clock=clock, name=text(request, "name"), filters=filters
        ),
        done="视图已保存。",
        to=back,
        again=lambda refusal: page(
            request,
            "municipal/view_form.html",
            {"filters": filters, "name": text(request, "name"), "back": back},
            refusal=refusal,
        ),
    )


@audience(Role.MUNICIPAL)
@require_POST
def delete_view(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Forget one of one's own views."""
    return act(
        request,
        lambda actor, clock: publicity_services.delete_view(actor=actor, clock=clock, public_id=public_id),
        done="视图已删除。",
        to=reverse("municipal:board"),
        again=lambda refusal: page(request, "municipal/view_form.html", {}, refusal=refusal),
    )


def _cases(actor: Actor, public_ids: Sequence[str]) -> list[CaseRow]:
    """Return the chosen cases in the given order; one query for those of the credit stage."""
    if not public_ids:
        return []
    expected = {
        row.public_id: row for row in applications.cases_in_state(actor=actor, states=[_CREDIT], limit=2000)
    }
    return [
        expected.get(public_id) or seen(applications.case, actor=actor, public_id=public_id)
        for public_id in public_ids
    ]


def _decide_page(
    request: HttpRequest, chosen: Sequence[str], *, refusal: DomainError | None = None
) -> HttpResponseBase:
    actor, now = actor_of(request), shown_now()
    sent = text(request, "decision")
    decision = Provisional(sent) if sent in set(Provisional) else Provisional.PROPOSE
    checks: list[Precheck] = publicity.decision_prechecks(
        cases=_cases(actor, chosen), decision=decision, on=now.on
    )
    context = {
        "ready": [check for check in checks if check.ok],
        "blocked": [check for check in checks if not check.ok],
        "decision": decision,
        "deed": "列入" if decision is Provisional.PROPOSE else "登记",
        "needs_reason": decision is not Provisional.PROPOSE,
        "choices": CHOICES,
        "chosen": chosen,
        "reason": text(request, "reason"),
        "may_act": actor.has(Duty.HANDLER),
    }
    return page(request, "municipal/decide.html", context, refusal=refusal)


def _intended(
    request: HttpRequest, public_id: str, *, refusal: DomainError | None = None
) -> HttpResponseBase:
    actor = actor_of(request)
    batch = seen(applications.round_file, actor=actor, public_id=public_id)
    rows = publicity.intended_in_round(actor=actor, round_public_id=public_id)
    groups = [
        {
            "code": one.value,
            "label": one.label,
            "rows": [row for row in rows if row.decision is not None and row.decision.decision is one],
        }
        for one in Provisional
    ]
    context = {
        "round": batch.row,
        "groups": groups,
        "total": len(rows),
        "undecided": [row for row in rows if row.decision is None],
        "proposed": groups[0]["rows"],
        "refused": groups[2]["rows"],
        "may_draft": actor.has(Duty.HANDLER),
        "may_settle": actor.has(Duty.SIGNER),
    }
    return page(request, "municipal/intended.html", context, refusal=refusal)

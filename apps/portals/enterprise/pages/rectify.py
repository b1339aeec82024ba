"""整改 of the enterprise: receiving the notice, answering item by item with proof, handing in, stating a defence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.core.actor import Actor, Duty, Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError
from apps.core.faults import Faults
from apps.core.moment import DatabaseClock
from apps.monitoring import selectors as monitoring
from apps.monitoring import services
from apps.portals.base.http import attempt, page, say
from apps.portals.base.posted import text
from apps.portals.base.visible import must_be_visible, seen
from apps.portals.enterprise.pages.common import shown_now

_DONE = {
    "serve": "已签收，整改期限自签收次日起算。",
    "save": "整改措施已保存，尚未提交。",
    "submit": "整改报告已提交，等待验收。验收期间不计入整改期限。",
    "state": "陈述申辩意见已提交，有权决定的部门已收到。",
}


@audience(Role.ENTERPRISE)
@require_GET
def rectifications(request: HttpRequest) -> HttpResponseBase:
    """List the rectifications of the enterprise, newest first."""
    rows = monitoring.rectifications(actor=actor_of(request))
    return page(request, "enterprise/rectifications.html", {"rows": rows, "now": shown_now().at})


@audience(Role.ENTERPRISE)
@require_http_methods(["GET", "HEAD", "POST"])
def rectify(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show one rectification; a post receives it, saves answers, hands in the report, or states a defence."""
    if request.method != "POST":
        return _page(request, public_id)
    row = seen(monitoring.rectification, actor=actor_of(request), public_id=public_id)
    deed = text(request, "act")
    steps: dict[str, list[Callable[..., Any]]] = {
        "serve": [lambda **who: services.serve_rectification(**who, public_id=public_id)],
        "save": [lambda **who: _answer(request, row, who), *_attaching(request, row)],
        "submit": [
            lambda **who: _answer(request, row, who),
            *_attaching(request, row),
            lambda **who: _require_complete(request, public_id, who["actor"]),
            lambda **who: services.submit_rectification(**who, public_id=public_id),
        ],
        "state": [
            lambda **who: services.state_defence(
                **who, public_id=row.cancellation_public_id, statement=text(request, "statement")
            )
        ],
    }
    for at, step in enumerate(steps.get(deed, steps["save"])):
        _, refusal = attempt(step, actor=actor_of(request), clock=DatabaseClock())
        must_be_visible(refusal)
        if refusal is not None:
            # Answers already saved by the first step are shown as stored.
            return _page(request, public_id, refusal, keep=at == 0)
    say(request, _DONE.get(deed, _DONE["save"]))
    return redirect("enterprise:rectify", public_id)


def _answer(request: HttpRequest, row: monitoring.RectificationRow, who: dict[str, Any]) -> None:
    answers = {item.position: text(request, f"answer-{item.position}") for item in row.items}
    services.answer_items(**who, public_id=row.public_id, answers=answers)


def _without_proof(row: monitoring.RectificationRow) -> list[str]:
    """Return the items of which the notice wants a proof and none is there."""
    return [f"第 {item.position} 项" for item in row.items if item.evidence_wanted and not item.files]


def _require_complete(request: HttpRequest, public_id: str, actor: Actor) -> None:
    """Let a report pass that answers every item; one without the proofs wanted only when that is meant.

    Both are looked at together, so that whoever hands in is told of everything at once.

    Raises:
        Invalid: at `answer-N` of every item without an answer, and at `without_proof`.
    """
    row = monitoring.rectification(actor=actor, public_id=public_id)
    with Faults() as faults:
        for item in row.items:
            if not item.answer:
                faults.note(f"answer-{item.position}", f"请填写第 {item.position} 项的整改措施与完成情况。")
        missing = _without_proof(row)
        if missing and not text(request, "without_proof"):
            faults.note(
                "without_proof",
                f"{'、'.join(missing)}要求的证明材料还没有上传，可能因此验收不通过。请补传，或勾选“不再补传”后提交。",
            )


def _put(request: HttpRequest, public_id: str, position: int) -> Callable[..., Any]:
    upload = request.FILES.get(f"file-{position}")
    return lambda **who: services.attach_proof(**who, public_id=public_id, position=position, upload=upload)


def _attaching(request: HttpRequest, row: monitoring.RectificationRow) -> list[Callable[..., Any]]:
    """Return the steps that put every chosen file beside its item: what was chosen is never dropped silently."""
    return [
        _put(request, row.public_id, item.position)
        for item in row.items
        if f"file-{item.position}" in request.FILES
    ]


@audience(Role.ENTERPRISE)
@require_POST
def attach(request: HttpRequest, public_id: str, position: int) -> HttpResponseBase:
    """Keep what was written, and put the chosen files beside their items."""
    row = seen(monitoring.rectification, actor=actor_of(request), public_id=public_id)
    places = [item.position for item in row.items]
    puts = _attaching(request, row) if position in places else []
    steps = [*_writing(request, row), *(puts or [_put(request, public_id, position)])]
    return _done(request, public_id, steps, "证明材料已上传。")


@audience(Role.ENTERPRISE)
@require_POST
def detach(request: HttpRequest, public_id: str, position: int) -> HttpResponseBase:
    """Keep what was written, and take a file from one item."""
    row = seen(monitoring.rectification, actor=actor_of(request), public_id=public_id)
    steps: list[Callable[..., Any]] = [
        *_writing(request, row),
        lambda **who: services.detach_proof(
            **who, public_id=public_id, position=position, file_public_id=text(request, "file")
        ),
    ]
    return _done(request, public_id, steps, "证明材料已移除，文件仍在材料库中。")


def _writing(request: HttpRequest, row: monitoring.RectificationRow) -> list[Callable[..., Any]]:
    """Return the step that keeps the answers sent along, if any were."""
    sent = any(f"answer-{item.position}" in request.POST for item in row.items)
    return [lambda **who: _answer(request, row, who)] if sent else []


def _done(
    request: HttpRequest, public_id: str, steps: Sequence[Callable[..., Any]], done: str
) -> HttpResponseBase:
    for step in steps:
        _, refusal = attempt(step, actor=actor_of(request), clock=DatabaseClock())
        must_be_visible(refusal)
        if refusal is not None:
            return _page(
                request, public_id, refusal, keep=any(name.startswith("answer-") for name in request.POST)
            )
    say(request, done)
    return redirect("enterprise:rectify", public_id)


def _page(
    request: HttpRequest, public_id: str, refusal: DomainError | None = None, *, keep: bool = False
) -> HttpResponseBase:
    actor, now = actor_of(request), shown_now()
    row = seen(monitoring.rectification, actor=actor, public_id=public_id)
    errors = getattr(refusal, "errors", {})
    proposal = (
        seen(monitoring.cancellation, actor=actor, public_id=row.cancellation_public_id)
        if row.cancellation_public_id
        else None
    )
    items = [
        {
            "row": item,
            "answer": request.POST.get(f"answer-{item.position}", item.answer) if keep else item.answer,
            "answer_name": f"answer-{item.position}",
            "answer_errors": errors.get(f"answer-{item.position}", []),
            "file_name": f"file-{item.position}",
            "file_errors": errors.get(f"file-{item.position}", []),
        }
        for item in row.items
    ]
    member = actor.has(Duty.RESPONSIBLE, Duty.CLERK)
    context = {
        "row": row,
        "items": items,
        "editable": row.state == "served" and member,
        "may_serve": row.state == "ordered" and member,
        "may_submit": row.state == "served" and actor.has(Duty.RESPONSIBLE),
        "without_proof": _without_proof(row),
        "without_proof_errors": errors.get("without_proof", []),
        "proposal": proposal,
        "may_state": proposal is not None
        and member
        and proposal.state == "proposed"
        and now.on <= proposal.statement_due_on,
        "statement": request.POST.get("statement", proposal.statement if proposal else ""),
        "crumbs": [("整改", reverse("enterprise:rectifications")), (row.number, "")],
        "now": now.at,
    }
    return page(request, "enterprise/rectify.html", context, refusal=refusal)

"""Checking and handing in, the receipt, and the supplement: one token, one receipt, however often it is sent."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from apps.accounts import selectors as accounts
from apps.applications import selectors as applications
from apps.applications import services as application_services
from apps.applications.selectors import ApplicationFile, Blocker, Commitment, ReturnedRow
from apps.applications.states import DRAFT, SUPPLEMENTING
from apps.core.actor import Duty, Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError, Invalid
from apps.core.moment import DatabaseClock
from apps.evidence import selectors as evidence
from apps.parameters.selectors import in_force
from apps.portals.base.http import attempt, page, say
from apps.portals.base.visible import must_be_visible, seen
from apps.portals.enterprise.pages.common import application_crumbs, shown_now, steps_of
from apps.scoring import selectors as scoring

PART_LABELS = {
    "profile": "基本信息",
    "basic": "基本要求",
    "report": "评价报告",
    "item": "自评打分",
    "scheme": "评价体系",
    "evidence": "证明材料",
    "commitment": "盖章承诺书",
    "rule": "申报条件",
}

_NOTE = "note."


@dataclass(frozen=True, slots=True)
class DoubtField:
    """The field in which one doubt is explained."""

    name: str
    text: str
    value: str
    errors: list[str]


@audience(Role.ENTERPRISE)
@require_GET
def check(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show the whole application with what still blocks it, and the declaration."""
    return _check_page(request, public_id)


@audience(Role.ENTERPRISE)
@require_POST
def submit(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Hand in a draft; the same page sent twice leads to the same receipt."""
    return _hand_in(request, public_id, application_services.submit, _check_page)


@audience(Role.ENTERPRISE)
@require_POST
def explain_doubts(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Keep what is said about questioned figures and files."""
    notes = {
        name.removeprefix(_NOTE): text
        for name, text in request.POST.items()
        if name.startswith(_NOTE) and isinstance(text, str)
    }
    _, refusal = attempt(
        application_services.explain_doubts,
        actor=actor_of(request),
        clock=DatabaseClock(),
        public_id=public_id,
        notes=notes,
    )
    must_be_visible(refusal)
    back = _supplement_page if request.POST.get("back") == "supplement" else _check_page
    if refusal is not None:
        return back(request, public_id, refusal)
    say(request, "疑点说明已保存。")
    name = "supplement" if back is _supplement_page else "check"
    return redirect(reverse(f"enterprise:{name}", args=[public_id]) + "#doubts")


@audience(Role.ENTERPRISE)
@require_GET
def supplement(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show what was returned, item by item, with its answer and the place to mend it."""
    return _supplement_page(request, public_id)


@audience(Role.ENTERPRISE)
@require_POST
def answer_item(request: HttpRequest, public_id: str, item_public_id: str) -> HttpResponseBase:
    """State what was done about one returned item."""
    _, refusal = attempt(
        application_services.answer_item,
        actor=actor_of(request),
        clock=DatabaseClock(),
        item_public_id=item_public_id,
        answer=request.POST.get("answer", ""),
    )
    must_be_visible(refusal)
    if refusal is not None:
        if isinstance(refusal, Invalid) and "answer" in refusal.errors:
            refusal = Invalid({f"answer_{item_public_id}": refusal.errors["answer"]})
        return _supplement_page(request, public_id, refusal)
    say(request, "补正说明已保存。")
    return redirect(reverse("enterprise:supplement", args=[public_id]) + f"#item-{item_public_id}")


@audience(Role.ENTERPRISE)
@require_POST
def resubmit(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Hand in the supplement."""
    return _hand_in(request, public_id, application_services.resubmit, _supplement_page)


@audience(Role.ENTERPRISE)
@require_GET
def done(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show the receipt: number, digest, what comes next, by when, whom to ask."""
    actor = actor_of(request)
    file = seen(applications.application_file, actor=actor, public_id=public_id)
    if not file.versions or file.case.receipt_no is None:
        raise Http404
    enterprise = accounts.enterprise_file(actor=actor)
    context = {
        "file": file,
        "version": file.versions[0],
        "enterprise": enterprise,
        "progress": applications.progress(actor=actor, public_id=public_id),
        "usage": evidence.usage(actor=actor, application_id=file.case.id, on=shown_now().on),
        "crumbs": application_crumbs(file, "提交回执"),
        "now": shown_now().at,
    }
    return page(request, "enterprise/done.html", context)


def _hand_in(
    request: HttpRequest,
    public_id: str,
    service: Callable[..., Any],
    again: Callable[[HttpRequest, str, DomainError], HttpResponseBase],
) -> HttpResponseBase:
    receipt, refusal = attempt(
        service,
        actor=actor_of(request),
        clock=DatabaseClock(),
        public_id=public_id,
        token=request.POST.get("token", ""),
        pledge=request.POST.get("pledge") == "on",
        signatory=request.POST.get("signatory", ""),
    )
    must_be_visible(refusal)
    if receipt is None:
        assert refusal is not None  # noqa: S101  (attempt returns one of the two)
        return again(request, public_id, refusal)
    return redirect("enterprise:done", public_id)


def _check_page(request: HttpRequest, public_id: str, refusal: DomainError | None = None) -> HttpResponseBase:
    actor, now = actor_of(request), shown_now()
    file = seen(applications.application_file, actor=actor, public_id=public_id)
    if file.case.state == SUPPLEMENTING:
        return redirect("enterprise:supplement", public_id)
    if file.case.state != DRAFT and refusal is None:
        return redirect("enterprise:application", public_id)
    sheet = scoring.current_sheet(actor=actor, application_id=file.case.id, kind="self")
    found = applications.completeness(actor=actor, public_id=public_id, moment=now)
    context = {
        **_declaration(request, file),
        "completeness": found,
        "blockers": _grouped(file, found.blockers),
        "doubts": _doubts(request, public_id, refusal),
        "waivable": [one for one in found.blockers if one.waivable],
        "view": scoring.sheet_view(actor=actor, public_id=sheet.public_id) if sheet else None,
        "usage": evidence.usage(actor=actor, application_id=file.case.id, on=now.on),
        "counts": _places(evidence.counts(actor=actor, application_id=file.case.id)),
        "steps": steps_of(file, sheet, "check"),
        "crumbs": application_crumbs(file, "核对提交"),
        "now": now.at,
    }
    return page(request, "enterprise/check.html", context, refusal=refusal)


def _supplement_page(
    request: HttpRequest, public_id: str, refusal: DomainError | None = None
) -> HttpResponseBase:
    actor, now = actor_of(request), shown_now()
    file = seen(applications.application_file, actor=actor, public_id=public_id)
    rows = [row for row in file.returned if row.turn == file.case.turn]
    if not rows:
        raise Http404
    context = {
        **_declaration(request, file),
        "rows": [
            {"row": row, "url": place_url(file, row.part, row.code), "typed": _typed(request, row)}
            for row in rows
        ],
        "due_on": max(row.due_on for row in rows),
        "answered": sum(row.answered_at is not None for row in rows),
        "open": file.case.state == SUPPLEMENTING,
        "commitment": _commitment_wanted(request, file),
        "doubts": _doubts(request, public_id, refusal) if file.case.state == SUPPLEMENTING else (),
        "crumbs": application_crumbs(file, "补正"),
        "now": now.at,
    }
    return page(request, "enterprise/supplement.html", context, refusal=refusal)


def _doubts(request: HttpRequest, public_id: str, refusal: DomainError | None) -> list[DoubtField]:
    """Return the doubts about the application as fields: what stands or was just typed, and what is wrong with it."""
    errors = refusal.errors if isinstance(refusal, Invalid) else {}
    return [
        DoubtField(
            name=f"{_NOTE}{one.key}",
            text=one.text,
            value=request.POST.get(f"{_NOTE}{one.key}", one.note),
            errors=errors.get(f"{_NOTE}{one.key}", []),
        )
        for one in applications.doubts(actor=actor_of(request), public_id=public_id)
    ]


def _commitment_wanted(request: HttpRequest, file: ApplicationFile) -> Commitment | None:
    """Return where the stamped commitment stands while a supplement must bring one for its new content."""
    if file.case.state != SUPPLEMENTING or not in_force(on=shown_now().on).commitment_scan_required:
        return None
    return applications.commitment(actor=actor_of(request), public_id=file.case.public_id)


def _typed(request: HttpRequest, row: ReturnedRow) -> str:
    match = request.resolver_match
    here = match is not None and match.kwargs.get("item_public_id") == row.public_id
    return request.POST.get("answer", "") if here else row.answer


def _declaration(request: HttpRequest, file: ApplicationFile) -> dict[str, Any]:
    """Return the form of the declaration: a token made for this page, and whether this person may hand in."""
    legal = next((one.value for one in file.profile if one.field.code == "legal_representative"), "")
    return {
        "file": file,
        "token": request.POST.get("token") or secrets.token_urlsafe(24),
        "pledged": request.POST.get("pledge", ""),
        "signatory": request.POST.get("signatory", legal),
        "may_hand_in": actor_of(request).has(Duty.RESPONSIBLE),
    }


#: Part of an application → page it is mended on, and what follows its address ("{code}" when a place is named).
_PLACES = {
    "profile": ("application_profile", "#id_{code}"),
    "basic": ("basics", "#{code}"),
    "report": ("report", "?section={code}"),
    "item": ("evaluate", "?item={code}"),
    "evidence": ("evaluate", "?item={code}"),
    "scheme": ("scheme", ""),
}


def place_url(file: ApplicationFile, part: str, code: str) -> str:
    """Return the page where a part of an application is mended."""
    if part == "commitment":
        return reverse("enterprise:report", args=[file.case.public_id]) + "#commitment"
    name, place = _PLACES.get(part, ("application", ""))
    if part == "profile" and code in {one.field.code for one in file.third_party}:
        name = "third_party"
    address = reverse(f"enterprise:{name}", args=[file.case.public_id])
    return address + (place.format(code=code) if code else "")


def _grouped(file: ApplicationFile, blockers: Sequence[Blocker]) -> list[dict[str, Any]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for one in blockers:
        groups.setdefault(one.part, []).append({"blocker": one, "url": place_url(file, one.part, one.code)})
    order = [
        part
        for part in ("rule", "scheme", "profile", "basic", "item", "evidence", "report", "commitment")
        if part in groups
    ]
    return [{"label": PART_LABELS[part], "part": part, "rows": groups[part]} for part in order]


def _places(counts: dict[tuple[str, str], int]) -> dict[str, int]:
    found = {"item": 0, "requirement": 0, "section": 0}
    for (place, _), count in counts.items():
        found[place] += count
    return found

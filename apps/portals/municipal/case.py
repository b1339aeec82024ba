"""The file of one case: everything the city knows of it on one page, and where each act is done."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET

from apps.applications import selectors as applications
from apps.applications.selectors import ApplicationFile, TimelineEntry
from apps.core.actor import Actor, Role
from apps.core.audience import actor_of, audience
from apps.core.errors import NotVisible
from apps.core.masking import masked_phone
from apps.evidence import selectors as evidence
from apps.portals.base.http import page
from apps.portals.base.visible import seen
from apps.portals.municipal.board import board_line
from apps.portals.municipal.common import shown_now
from apps.publicity import selectors as publicity
from apps.review import selectors as review
from apps.review.selectors import PanelFile
from apps.scoring import selectors as scoring
from apps.scoring.selectors import SheetHead
from apps.titles import selectors as titles

_SCORED = ("self", "district", "expert")


@audience(Role.MUNICIPAL)
@require_GET
def file(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show one case: scores of the three parties, history, panel, credit, notice, objections, what comes next."""
    actor, now = actor_of(request), shown_now()
    found = seen(applications.application_file, actor=actor, public_id=public_id)
    case = found.case
    candidate = publicity.candidates(actor=actor, application_ids=[case.id], on=now.on)[0]
    figures = review.panel_figures(actor=actor, application_ids=[case.id]).get(case.id)
    progress = applications.progress(actor=actor, public_id=public_id)
    context = {
        "file": found,
        "case": case,
        "now": now.at,
        "line": board_line(candidate, figures, now),
        "candidate": candidate,
        "sheets": _sheets(actor, case.id),
        "panel": _panel(actor, public_id),
        "history": publicity.credit_history(actor=actor, application_id=case.id),
        "objections": publicity.objections(actor=actor, application_id=case.id),
        "titles": titles.titles_of(actor=actor, enterprise_id=case.enterprise_id),
        "progress": progress,
        "stations": [
            {"label": step.label, "state": {"coming": "todo"}.get(step.state, step.state)}
            for step in progress.steps
        ],
        "next": _next(case.state, public_id),
        "events": events(applications.timeline(actor=actor, public_id=public_id)),
        "facts": _facts(found),
    }
    return page(request, "municipal/application.html", context)


@audience(Role.MUNICIPAL)
@require_GET
def scores(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show the three parties' points item by item, with the evidence each item names."""
    actor = actor_of(request)
    case = seen(applications.case, actor=actor, public_id=public_id)
    heads = [head for head in _sheets(actor, case.id) if head.total is not None]
    results = [scoring.sheet_result(actor=actor, public_id=head.public_id) for head in heads]
    uses = evidence.uses_by_place(actor=actor, application_id=case.id)
    dimensions = []
    for dimension in results[0].scheme.dimensions if results else ():
        lines = []
        for item in dimension.items:
            points = [result.item(item.code).points for result in results]
            known = [one for one in points if one is not None]
            lines.append(
                {
                    "item": item,
                    "points": points,
                    "gap": max(known) - min(known) if len(known) > 1 else None,
                    "files": uses.get(("item", item.code), []),
                }
            )
        totals = [
            next(one.points for one in result.dimensions if one.code == dimension.code) for result in results
        ]
        dimensions.append({"dimension": dimension, "totals": totals, "lines": lines})
    context = {"case": case, "heads": heads, "dimensions": dimensions}
    return page(request, "municipal/scores.html", context)


@audience(Role.MUNICIPAL)
@require_GET
def task(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Lead from an expert's task (reminders name it) to the panel it belongs to."""
    row = seen(review.my_task, actor=actor_of(request), public_id=public_id)
    return redirect("municipal:panel", row.case.public_id)


def events(entries: Sequence[TimelineEntry]) -> list[dict[str, Any]]:
    """Return the history for `c-timeline`; one person's savings in a row are one line with their number."""
    found = []
    for (_, label, who, _), group in groupby(entries, key=_same):
        lines = list(group)
        first = lines[0]
        moved = f"{first.from_state} → {first.to_state}" if _moves(first) else ""
        found.append(
            {
                "title": f"{label}（{len(lines)} 次）" if len(lines) > 1 else label,
                "at": first.at,
                "who": who,
                "note": "；".join(part for part in (moved, first.rule, first.note) if part),
            }
        )
    return found


def _same(entry: TimelineEntry) -> tuple[object, str, str, str]:
    """Return what makes neighbouring events one line; a change of state always stands alone."""
    return (entry.at if _moves(entry) else None, entry.label, entry.who, entry.note)


def _moves(entry: TimelineEntry) -> bool:
    return bool(entry.from_state and entry.to_state and entry.from_state != entry.to_state)


def _sheets(actor: Actor, application_id: int) -> list[SheetHead]:
    """Return the current sheets in the order enterprise, district, experts."""
    heads = scoring.sheets_of(actor=actor, application_id=application_id)
    return sorted((head for head in heads if head.kind in _SCORED), key=lambda head: _SCORED.index(head.kind))


def _panel(actor: Actor, public_id: str) -> PanelFile | None:
    try:
        return review.panel_of(actor=actor, public_id=public_id)
    except NotVisible:
        return None


def _next(state: str, public_id: str) -> dict[str, str] | None:
    """Return where the city goes on with a case in this state."""
    names = {
        "recommended": ("到推荐名单受理", "municipal:recommendations", False),
        "city_accepted": ("组建专家组", "municipal:form_panel", True),
        "expert_review": ("查看专家组", "municipal:panel", True),
        "panel_concluded": ("处理评估意见", "municipal:panel", True),
        "credit_check": ("征信查询", "municipal:credit_check", True),
        "on_notice": ("查看公示", "municipal:notices", False),
        "objection": ("查看异议", "municipal:objections", False),
        "confirmable": ("提请评定", "municipal:recognitions", False),
    }
    if state not in names:
        return None
    label, name, with_id = names[state]
    return {"label": label, "url": reverse(name, args=[public_id] if with_id else [])}


def _facts(found: ApplicationFile) -> list[tuple[str, str]]:
    case = found.case
    return [
        ("统一社会信用代码", case.uscc),
        ("属地", case.district_name),
        ("行业", f"{case.industry_name}（{case.industry_code}）"),
        ("主要产品", case.main_products or "—"),
        ("评价体系", found.scheme_label),
        ("第三方机构", case.third_party_name or "未委托"),
        ("联系人", f"{case.contact_name} {masked_phone(case.contact_phone)}".strip() or "—"),
        ("回执号", case.receipt_no or "—"),
    ]

"""The score history of a case: every sheet, every change of every item, who and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from apps.applications import selectors as applications
from apps.audit import selectors as audit
from apps.core.actor import ROLE_LABELS, Role
from apps.core.audience import actor_of, audience
from apps.core.errors import Invalid
from apps.portals.audit.fields import changes_in_words
from apps.portals.audit.words import event_label
from apps.portals.base.http import page
from apps.portals.base.visible import seen
from apps.scoring import selectors as scoring

_SHEET = "scoring.scoresheet"
_ITEMS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class ScoreChange:
    """One act on a sheet: what it was called, by whom, and the items whose points or answers it changed."""

    event_id: int
    at: datetime
    who: str
    role: str
    sheet: str
    label: str
    items: Sequence[tuple[str, str, str]]
    more: int
    total: str
    note: str


@audience(Role.AUDITOR)
@require_GET
def search(request: HttpRequest) -> HttpResponseBase:
    """Find a case by number or name; exactly one leads to its history."""
    asked = request.GET.get("q", "").strip()
    refusal = None
    found = applications.applications_page(actor=actor_of(request), q=asked, per_page=20) if asked else None
    if found is not None and len(found.rows) == 1:
        return redirect("audit:case_scores", found.rows[0].public_id)
    if found is not None and not found.rows:
        refusal = Invalid.of("q", "没有找到这一办件，请核对申报编号或企业名称。")
    return page(request, "audit/scores_search.html", {"asked": asked, "found": found}, refusal=refusal)


@audience(Role.AUDITOR)
@require_GET
def history(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show every act on the sheets of one case, oldest first; `item` narrows to one item."""
    actor = actor_of(request)
    case = seen(applications.case, actor=actor, public_id=public_id)
    sheets = scoring.sheets_of(actor=actor, application_id=case.id, current_only=False)
    names = {sheet.id: f"{sheet.kind_label}·第 {sheet.turn} 轮" for sheet in sheets}
    item = request.GET.get("item", "").strip()[:20]
    events = audit.events_about(actor=actor, subject_type=_SHEET, subject_ids=list(names))
    rows = [_change(row, names, item) for row in events]
    context = {
        "case": case,
        "sheets": sheets,
        "item": item,
        "rows": [row for row in rows if not item or row.items],
    }
    return page(request, "audit/scores.html", context)


def _change(row: audit.EventRow, names: dict[int, str], item: str) -> ScoreChange:
    items = [
        (code, before, after)
        for code, before, after in row.changes
        if code != "total" and (not item or code == item)
    ]
    total = next((after for name, _, after in row.changes if name == "total"), "")
    return ScoreChange(
        event_id=row.id,
        at=row.at,
        who=row.who,
        role=_role(row.role),
        sheet=names.get(row.subject_id or 0, row.subject_label),
        label=event_label(row.event),
        items=changes_in_words(_SHEET, items[:_ITEMS_SHOWN]),
        more=max(0, len(items) - _ITEMS_SHOWN),
        total=total,
        note=row.note,
    )


def _role(code: str) -> str:
    known: dict[Any, str] = {role.value: label for role, label in ROLE_LABELS.items()}
    return known.get(code, code)

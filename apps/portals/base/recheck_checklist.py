"""The checklist of a recheck on a phone or at a desk, the same for a district and for the city's own visits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.dateparse import parse_datetime

from apps.core.actor import Duty
from apps.core.audience import actor_of
from apps.core.errors import DomainError, Invalid
from apps.core.moment import SHANGHAI, DatabaseClock, demo_offset
from apps.monitoring import services
from apps.monitoring.checklists import CheckLine, Checklist, checklist
from apps.portals.base.desk import refused
from apps.portals.base.http import attempt, page, say
from apps.portals.base.posted import text, whole
from apps.portals.base.visible import must_be_visible, seen

_LONGEST_TIME = 40


@dataclass(frozen=True, slots=True)
class ChecklistPages:
    """The pages in one portal. `portal`: namespace; the others: names of its addresses."""

    portal: str
    recheck: str
    here: str
    photos: str
    file: str = "evidence_view"

    def show(
        self, request: HttpRequest, public_id: str, refusal: DomainError | None = None
    ) -> HttpResponseBase:
        """Return the page; what was typed and refused stays in the boxes."""
        actor = actor_of(request)
        found = seen(checklist, actor=actor, public_id=public_id, on=DatabaseClock().now().on)
        back = reverse(f"{self.portal}:{self.recheck}", args=[public_id])
        faults = refusal.errors if isinstance(refusal, Invalid) else {}
        sent = request.POST if refusal is not None else {}
        context = {
            "list": found,
            "sections": [
                {
                    "part": part,
                    "lines": [(_typed(sent, line), faults.get(line.code, ())) for line in part.lines],
                }
                for part in found.sections
            ],
            "editable": found.editable and actor.has(Duty.HANDLER),
            "open_file": f"{self.portal}:{self.file}",
            "back": back,
            "worker": reverse(f"{self.portal}:checklist_worker"),
            "photos": reverse(f"{self.portal}:{self.photos}", args=[public_id]),
            "crumbs": [(found.enterprise_name, back), ("现场核查表", "")],
        }
        return page(request, "desk/checklist.html", context, refusal=refusal)

    def save(self, request: HttpRequest, public_id: str) -> HttpResponseBase:
        """Save what was sent: one item by the page's script, or the whole list as one form."""
        actor = actor_of(request)
        found = seen(checklist, actor=actor, public_id=public_id, on=DatabaseClock().now().on)
        kept, refusal = attempt(
            services.save_checks,
            actor=actor,
            clock=DatabaseClock(),
            public_id=public_id,
            entries=_entries(request, found),
        )
        must_be_visible(refusal)
        if request.headers.get("Accept", "").startswith("application/json"):
            if refusal is not None:
                return JsonResponse(refused(refusal), status=refusal.status)
            return JsonResponse(self._answer(request, public_id, kept or []))
        if refusal is not None:
            return self.show(request, public_id, refusal)
        old = [one.item_code for one in kept or [] if one.refused]
        if old:
            say(request, f"{'、'.join(old)} 已被其他人修改，您填写的没有保存，请核对后再填。")
        else:
            say(request, "核查表已保存。")
        return redirect(f"{self.portal}:{self.here}", public_id)

    def _answer(self, request: HttpRequest, public_id: str, kept: list[services.Kept]) -> dict[str, Any]:
        """Return what the page's script puts in place: every figure comes from the server."""
        now = checklist(actor=actor_of(request), public_id=public_id, on=DatabaseClock().now().on)
        lines = {line.code: line for part in now.sections for line in part.lines}
        return {
            "saved_at": f"{DatabaseClock().now().at.astimezone(SHANGHAI):%H:%M}",
            "items": [
                {
                    "code": one.item_code,
                    "version": one.version,
                    "refused": one.refused,
                    "points": one.points,
                    "figures": dict(one.figures),
                    "note": one.note,
                    "by": one.by,
                }
                for one in kept
            ],
            "after": {code: [line.after, line.gap] for code, line in lines.items()},
            "live": {
                "total": now.total_text,
                "gap": now.gap,
                "effect": now.effect,
                "checked": str(now.checked),
                "onsite-open": str(now.onsite_open),
                "unscored": str(now.unscored),
            },
        }

    def photo(self, request: HttpRequest, public_id: str) -> HttpResponseBase:
        """Take in one photo; a phone may send it again and again until it has an answer."""
        upload = request.FILES.get("file")
        made: str | None = None
        refusal: DomainError | None
        if upload is None:
            refusal = Invalid.of("file", "没有收到照片，请重新拍摄。")
        else:
            made, refusal = attempt(
                services.add_recheck_photo,
                actor=actor_of(request),
                clock=DatabaseClock(),
                public_id=public_id,
                item_code=text(request, "item"),
                upload=upload,
                shot=services.Shot(
                    key=text(request, "key"),
                    taken_at=_moment(text(request, "taken_at")) or DatabaseClock().now().at,
                    latitude=text(request, "latitude"),
                    longitude=text(request, "longitude"),
                    accuracy_m=text(request, "accuracy"),
                ),
            )
        must_be_visible(refusal)
        if refusal is not None:
            return JsonResponse(refused(refusal), status=refusal.status)
        return JsonResponse({"photo": made})


def _typed(sent: Mapping[str, str], line: CheckLine) -> CheckLine:
    """Return the line with what was typed and refused in its boxes."""
    if f"v-{line.code}" not in sent:
        return line
    return replace(
        line,
        points=sent.get(f"p-{line.code}", ""),
        note=sent.get(f"n-{line.code}", ""),
        figures=tuple(replace(one, found=sent.get(f"f-{line.code}-{one.code}", "")) for one in line.figures),
    )


def _entries(request: HttpRequest, found: Checklist) -> list[services.Entry]:
    """Return the items that were sent and differ from what the page was showing."""
    lines = [line for part in found.sections for line in part.lines if f"v-{line.code}" in request.POST]
    return [entry for line in lines if (entry := _entry(request.POST, line)) is not None]


def _entry(sent: Mapping[str, str], line: CheckLine) -> services.Entry | None:
    points, note = sent.get(f"p-{line.code}", "").strip(), sent.get(f"n-{line.code}", "").strip()
    figures = {one.code: sent.get(f"f-{line.code}-{one.code}", "").strip() for one in line.figures}
    stored = {one.code: one.found for one in line.figures}
    if (points, note, figures) == (line.points, line.note, stored):
        return None
    return services.Entry(
        item_code=line.code,
        version=whole(sent.get(f"v-{line.code}")),
        points=points,
        figures=figures,
        note=note,
        noted_at=_moment(sent.get("at", "")),
    )


def _moment(sent: str) -> datetime | None:
    try:
        found = parse_datetime(sent[:_LONGEST_TIME])
    except ValueError:  # well formed, but no moment of the calendar
        return None
    if found is None:
        return None
    # The phone goes with the world; a demo's clock may have been put ahead of it.
    return (found if found.tzinfo is not None else found.replace(tzinfo=SHANGHAI)) + demo_offset()

"""举报线索 in a bureau's portal: the queue, one report, what was done about it; the same for district and city."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from apps.core.audience import actor_of
from apps.core.errors import DomainError
from apps.core.moment import DatabaseClock
from apps.deadlines import selectors as deadlines
from apps.monitoring import incidents as monitoring
from apps.monitoring import services
from apps.monitoring.states import INCIDENT_LIFE
from apps.portals.base.files import send_file
from apps.portals.base.http import attempt, page, say
from apps.portals.base.posted import required_day, text, whole
from apps.portals.base.visible import must_be_visible, seen

_KIND = "monitoring.incident"
_DEEDS = (
    ("recheck", "安排现场复核"),
    ("deal", "已核实办理，登记结果"),
    ("decline", "不予办理，写明理由"),
)


@dataclass(frozen=True, slots=True)
class IncidentPages:
    """The pages in one portal. `portal`: its namespace; `recheck`: name of the address of a recheck there."""

    portal: str
    recheck: str

    def listing(self, request: HttpRequest) -> HttpResponseBase:
        """Return the queue, what waits first."""
        actor, state = actor_of(request), request.GET.get("state", "")
        found = monitoring.incidents(actor=actor, state=state, page=whole(request.GET.get("page")) or 1)
        owed = deadlines.soonest_of(
            actor=actor, subjects=[row.public_id for row in found.rows], kinds=[_KIND]
        )
        context = {
            "found": found,
            "rows": [(row, owed.get(row.public_id)) for row in found.rows],
            "state": state,
            "states": list(INCIDENT_LIFE.states.items()),
            "file_url": f"{self.portal}:incident",
            "now": DatabaseClock().now().at,
        }
        return page(request, "base/incidents.html", context)

    def file(
        self, request: HttpRequest, public_id: str, refusal: DomainError | None = None
    ) -> HttpResponseBase:
        """Return one report."""
        found = seen(monitoring.incident, actor=actor_of(request), public_id=public_id)
        context = {
            "found": found,
            "row": found.row,
            "handle_url": reverse(f"{self.portal}:handle_incident", args=[public_id]),
            "recheck_url": reverse(f"{self.portal}:{self.recheck}", args=[found.recheck])
            if found.recheck
            else "",
            "paper_url": f"{self.portal}:incident_paper",
            "typed": request.POST,
            "deeds": _DEEDS,
            "deed": text(request, "deed") or "deal",
            "crumbs": [("举报线索", reverse(f"{self.portal}:incidents")), (found.row.receipt_no, "")],
        }
        return page(request, "base/incident.html", context, refusal=refusal)

    def handle(self, request: HttpRequest, public_id: str) -> HttpResponseBase:
        """Arrange a recheck, write down what was done, or why nothing is; back to the report."""
        deed, answer = text(request, "deed"), text(request, "answer")
        if deed == "recheck":
            _, refusal = attempt(
                lambda **who: services.recheck_incident(
                    **who,
                    public_id=public_id,
                    planned_on=required_day(request, "planned_on", "计划日期"),
                    answer=answer,
                ),
                actor=actor_of(request),
                clock=DatabaseClock(),
            )
        else:
            _, refusal = attempt(
                services.close_incident,
                actor=actor_of(request),
                clock=DatabaseClock(),
                public_id=public_id,
                taken=deed != "decline",
                answer=answer,
            )
        must_be_visible(refusal)
        if refusal is not None:
            return self.file(request, public_id, refusal)
        say(request, "已登记，反映人可以凭回执号看到办理说明。")
        return redirect(f"{self.portal}:incident", public_id)

    def paper(self, request: HttpRequest, public_id: str) -> HttpResponseBase:
        """Hand out a paper; the reading is recorded."""
        found = seen(
            services.open_incident_paper, actor=actor_of(request), clock=DatabaseClock(), public_id=public_id
        )
        return send_file(found)

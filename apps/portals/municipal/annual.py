"""年度动态管理表 in the city: how far each district has come, every form, reminders to all (R-31)."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from apps.core.actor import Duty, Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError
from apps.monitoring import annual_forms
from apps.monitoring import services as monitoring
from apps.portals.base.annual_form import layout
from apps.portals.base.annual_lists import annual_list
from apps.portals.base.http import page
from apps.portals.base.posted import whole
from apps.portals.base.visible import seen
from apps.portals.municipal.common import act, district_options, shown_now


@audience(Role.MUNICIPAL)
@require_GET
def listing(request: HttpRequest) -> HttpResponseBase:
    """Show the overview by district and the forms of the year."""
    return _list(request)


def _list(request: HttpRequest, refusal: DomainError | None = None) -> HttpResponseBase:
    actor, now = actor_of(request), shown_now()
    districts = district_options()
    district = request.GET.get("district", "")
    district = district if district in dict(districts) else ""
    context = {
        **annual_list(request, actor=actor, now=now, district=district),
        "districts": districts,
        "district": district,
        "may_urge": actor.has(Duty.HANDLER, Duty.SIGNER),
        "urge_url": reverse("municipal:urge_annual"),
        "file_url": "municipal:annual",
    }
    return page(request, "municipal/annual_list.html", context, refusal=refusal)


@audience(Role.MUNICIPAL)
@require_POST
def urge(request: HttpRequest) -> HttpResponseBase:
    """Remind everybody in the city who has not filed yet."""
    year = whole(request.POST.get("year"))
    return act(
        request,
        lambda actor, clock: monitoring.urge_annual_forms(actor=actor, clock=clock, year=year),
        done=lambda number: f"已催报 {number} 家，同一家一天只催一次。" if number else "没有未报送的企业。",
        to=f"{reverse('municipal:annual_list')}?year={year}",
        again=lambda refusal: _list(request, refusal),
    )


@audience(Role.MUNICIPAL)
@require_GET
def file(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show one form as it was filed and reviewed."""
    row = seen(annual_forms.annual_file, actor=actor_of(request), on=shown_now().on, public_id=public_id)
    context = {
        "file": row,
        "typed": row.typed,
        "crumbs": [("年度动态管理表", reverse("municipal:annual_list")), (row.row.enterprise_name, "")],
        **layout(row, typed=row.typed),
    }
    return page(request, "municipal/annual_file.html", context)

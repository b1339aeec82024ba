"""属地公示: publishing proposed 1A/2A decisions, registering and concluding objections (R-24, R-25)."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts import selectors as accounts
from apps.core.actor import Duty, Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError, Invalid
from apps.core.moment import DatabaseClock
from apps.core.reconfirming import reconfirmed
from apps.parameters.selectors import in_force
from apps.portals.base.http import attempt, page, say
from apps.portals.base.posted import day, text
from apps.portals.base.visible import must_be_visible
from apps.portals.district.common import shown_now
from apps.portals.district.decisions import decision_page
from apps.review import selectors as review
from apps.review import services

_WORDS = ("title", "contact_person", "contact_phone", "contact_address", "supervision_phone")
_ANSWERS = {"upheld": True, "dismissed": False}


@audience(Role.DISTRICT)
@require_http_methods(["GET", "POST"])
@reconfirmed
def notices(request: HttpRequest) -> HttpResponseBase:
    """List the district's notices and what waits for one; publish."""
    actor, today = actor_of(request), shown_now().on
    chosen = request.POST.getlist("ids")
    refusal: DomainError | None = None
    if request.method == "POST":
        refusal = _publish(request, chosen)
        must_be_visible(refusal)
        if refusal is None:
            say(request, "已发布属地公示。")
            return redirect("district:notices")
    proposed = [row for row in review.rulings(actor=actor, state="proposed") if row.level]
    noticed = review.noticed_rulings(actor=actor, ruling_ids=[row.public_id for row in proposed])
    parameters = in_force(on=today)
    own = next(row for row in accounts.districts() if row.code == actor.district)
    usual = {"title": f"关于拟评定{own.name}绿色工厂名单的公示", "contact_phone": own.phone}
    return page(
        request,
        "district/notices.html",
        {
            "required": parameters.district_publicity,
            "days": parameters.publicity_days,
            "kind": parameters.publicity_kind.label,
            "waiting": [row for row in proposed if row.public_id not in noticed],
            "rows": [(row, today > row.ends_on) for row in review.own_notices(actor=actor)],
            "may_publish": parameters.district_publicity and actor.has(Duty.SIGNER),
            "chosen": chosen,
            "typed": {
                name: text(request, name) if request.method == "POST" else usual.get(name, "")
                for name in _WORDS
            },
            "crumbs": [("1A/2A 评定", reverse("district:decisions")), ("属地公示", "")],
            "starts_on": text(request, "starts_on") or today.isoformat(),
        },
        refusal=refusal,
    )


def _publish(request: HttpRequest, chosen: list[str]) -> DomainError | None:
    try:
        starts_on = day(request, "starts_on", "公示开始日期")
    except Invalid as invalid:
        return invalid
    _, refusal = attempt(
        services.publish_district_notice,
        actor=actor_of(request),
        clock=DatabaseClock(),
        public_ids=chosen,
        text=services.DistrictNoticeText(**{name: text(request, name) for name in _WORDS}),
        starts_on=starts_on,
    )
    return refusal


@audience(Role.DISTRICT)
@require_POST
def objection(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Register an objection the district received about one case."""
    fields = ("party", "person", "contact", "matter")
    typed = {name: text(request, name) for name in fields}
    refusal: DomainError | None = None
    try:
        received_on = day(request, "received_on", "收到日期")
    except Invalid as invalid:
        refusal = invalid
    else:
        _, refusal = attempt(
            services.record_district_objection,
            actor=actor_of(request),
            clock=DatabaseClock(),
            public_id=public_id,
            received_on=received_on,
            **typed,
        )
    must_be_visible(refusal)
    if refusal is not None:
        return decision_page(request, public_id, refusal, objection=typed)
    say(request, "异议已登记，办结前不能签发。")
    return redirect("district:decision", public_id)


@audience(Role.DISTRICT)
@require_POST
def conclude(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Conclude an objection."""
    _, refusal = attempt(
        services.conclude_district_objection,
        actor=actor_of(request),
        clock=DatabaseClock(),
        public_id=public_id,
        upheld=_ANSWERS.get(text(request, "upheld")),
        conclusion=text(request, "conclusion"),
    )
    must_be_visible(refusal)
    case = review.case_of_objection(actor=actor_of(request), public_id=public_id)
    if refusal is not None:
        return decision_page(request, case, refusal, conclusion=text(request, "conclusion"))
    say(request, "异议已办结。")
    return redirect("district:decision", case)

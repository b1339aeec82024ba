"""抽查: drawing from the districts' recheck results, arranging the visits, comparing what they found (R-35)."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.core.actor import Actor, Duty, Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError
from apps.core.faults import Faults
from apps.core.moment import Clock
from apps.monitoring import services
from apps.monitoring import spot_checks as monitoring
from apps.parameters.selectors import in_force
from apps.policy.spot_check import strata_of
from apps.portals.base.http import page
from apps.portals.base.posted import required_day, required_instant, text
from apps.portals.base.visible import seen
from apps.portals.municipal.common import act, district_options, page_number, shown_now


@audience(Role.MUNICIPAL)
@require_http_methods(["GET", "POST"])
def listing(request: HttpRequest) -> HttpResponseBase:
    """List the draws; freeze the results for a new one."""
    if request.method != "POST":
        return _list(request)

    def deed(*, actor: Actor, clock: Clock) -> str:
        now, faults = clock.now(), Faults()
        from_on = faults.read(lambda: required_day(request, "from_on", "报送时段的起日"), now.on)
        until_on = faults.read(lambda: required_day(request, "until_on", "报送时段的止日"), now.on)
        source = text(request, "source")
        if not source.strip():
            faults.note("source", "请填写公开数值来源和期次。")
        known_from = faults.read(lambda: required_instant(request, "known_from", "公布时间"), now.at)
        faults.settle()
        return services.commit_spot_checks(
            actor=actor,
            clock=clock,
            from_on=from_on,
            until_on=until_on,
            source=source,
            known_from=known_from,
        )

    return act(
        request,
        deed,
        done="名单和数量已封存，摘要已公开；公开数值公布后由另一名工作人员录入。",
        to=lambda made: reverse("municipal:spot_check_draw", args=[made]),
        again=lambda refusal: _list(request, refusal),
    )


def _list(request: HttpRequest, refusal: DomainError | None = None) -> HttpResponseBase:
    actor, now = actor_of(request), shown_now()
    found = monitoring.samples(actor=actor, page=page_number(request))
    start = date(now.on.year, 1, 1)
    pool = monitoring.pool_between(actor=actor, from_on=start, until_on=now.on)
    names = dict(district_options())
    parameters = in_force(on=now.on)
    context = {
        "found": found,
        "may_commit": actor.has(Duty.HANDLER) and all(row.state != "committed" for row in found.rows),
        "strata": [
            (names.get(one.district, one.district), len(one.results), one.size)
            for one in strata_of(pool, parameters)
        ],
        "parameters": parameters,
        "ratio": f"{parameters.sample_ratio * 100:.0f}",
        "from_on": text(request, "from_on") or start.isoformat(),
        "until_on": text(request, "until_on") or now.on.isoformat(),
        "typed": request.POST,
    }
    return page(request, "municipal/spot_checks.html", context, refusal=refusal)


@audience(Role.MUNICIPAL)
@require_GET
def draw(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show one draw: the commitment, the value, the results drawn and what the visits found."""
    return _draw(request, public_id)


@audience(Role.MUNICIPAL)
@require_POST
def reveal(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Enter the public value; the draw happens at once."""
    return act(
        request,
        lambda actor, clock: services.reveal_spot_checks(
            actor=actor, clock=clock, public_id=public_id, public_value=text(request, "public_value")
        ),
        done=lambda count: f"已按封存的名单抽取 {count} 家，结果不可更改。",
        to=reverse("municipal:spot_check_draw", args=[public_id]),
        again=lambda refusal: _draw(request, public_id, refusal, "reveal"),
    )


@audience(Role.MUNICIPAL)
@require_POST
def void(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Set a committed draw aside before its value is entered."""
    return act(
        request,
        lambda actor, clock: services.void_spot_checks(
            actor=actor, clock=clock, public_id=public_id, reason=text(request, "reason")
        ),
        done="该次抽取已作废，记录保留。",
        to=reverse("municipal:spot_checks"),
        again=lambda refusal: _draw(request, public_id, refusal, "void"),
    )


@audience(Role.MUNICIPAL)
@require_POST
def arrange(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Plan the visit to a drawn enterprise."""
    of = seen(monitoring.draw_of, actor=actor_of(request), public_id=public_id)
    return act(
        request,
        lambda actor, clock: services.arrange_spot_check(
            actor=actor,
            clock=clock,
            public_id=public_id,
            planned_on=required_day(request, "planned_on", "计划日期"),
        ),
        done="复查已安排，企业已收到通知。",
        to=reverse("municipal:spot_check_draw", args=[of]),
        again=lambda refusal: _draw(request, of, refusal, public_id),
    )


@audience(Role.MUNICIPAL)
@require_POST
def waive(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Set a drawn result aside, with the reason."""
    of = seen(monitoring.draw_of, actor=actor_of(request), public_id=public_id)
    return act(
        request,
        lambda actor, clock: services.waive_spot_check(
            actor=actor, clock=clock, public_id=public_id, reason=text(request, "reason")
        ),
        done="已登记不再复查及原因。",
        to=reverse("municipal:spot_check_draw", args=[of]),
        again=lambda refusal: _draw(request, of, refusal, public_id),
    )


@audience(Role.MUNICIPAL, Role.AUDITOR)
@require_GET
def record(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Hand out the record that tools/replay_sample.py repeats."""
    found = seen(monitoring.public_sample_record, actor=actor_of(request), public_id=public_id)
    answer = JsonResponse(found, json_dumps_params={"ensure_ascii": False, "indent": 2})
    answer["Content-Disposition"] = f'attachment; filename="spot-check-{public_id}.json"'
    return answer


def _draw(
    request: HttpRequest, public_id: str, refusal: DomainError | None = None, act_name: str = ""
) -> HttpResponseBase:
    actor, now = actor_of(request), shown_now()
    found = seen(monitoring.sample_file, actor=actor, public_id=public_id)
    waiting = found.line.state == "committed"
    names = dict(district_options())
    context = {
        "found": found,
        "strata": [(names.get(one.district, one.district), one.results, one.size) for one in found.strata],
        "may_reveal": waiting and actor.has(Duty.HANDLER, Duty.SIGNER),
        "own": found.committed_by_id == actor.user_id,
        "too_early": now.at < found.known_from,
        "may_void": waiting and actor.has(Duty.SIGNER),
        "may_arrange": actor.has(Duty.HANDLER, Duty.SIGNER),
        "may_waive": actor.has(Duty.SIGNER),
        "act_name": act_name,
        "typed": request.POST,
        "today": now.on.isoformat(),
    }
    return page(request, "municipal/spot_check_draw.html", context, refusal=refusal)

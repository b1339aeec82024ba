"""随机抽取专家: committing the pool, entering the public value, adopting the result, the record (R-19)."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.industries import division_name
from apps.applications import selectors as applications
from apps.core.actor import Actor, Duty, Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError, Invalid
from apps.core.moment import Clock
from apps.parameters.selectors import in_force
from apps.policy.draw import Seat
from apps.policy.parameters import Parameters
from apps.portals.base.draw_record import SCRIPTS, file_name, record_context
from apps.portals.base.http import page
from apps.portals.base.posted import FormFaults, required_instant, text, whole
from apps.portals.base.visible import seen
from apps.portals.municipal.common import act, shown_now
from apps.review import selectors as review
from apps.review import services

_ACCEPTED, _VOID = "city_accepted", "void"
_USUAL_DAYS = 14
#: How many sizes are offered, the smallest allowed one first.
_OFFERED = 4


@audience(Role.MUNICIPAL)
@require_http_methods(["GET", "POST"])
def commit(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show the draws of a case; freeze the pool for a new one."""
    if request.method != "POST":
        return _page(request, public_id)

    def deed(*, actor: Actor, clock: Clock) -> str:
        now = shown_now()
        again = bool(review.draws_of(actor=actor, public_id=public_id))
        with FormFaults() as faults:
            reason = faults.wanted(request, "reason", "重新抽取原因") if again else text(request, "reason")
            seats = faults.reads(lambda: _seats(request))
            source = faults.wanted(request, "source", "公开数值来源和期次")
            known_from = faults.reads(lambda: required_instant(request, "known_from", "公布时间"))
            if known_from is not None and known_from <= now.at:
                faults.add("known_from", "公布时间应晚于现在：封存须在数值公布之前。")
            due_on = faults.day_after(request, "due_on", "评审截止日", now.on)
        return services.commit_draw(
            actor=actor,
            clock=clock,
            public_id=public_id,
            seats=seats,
            source=source,
            known_from=known_from,
            due_on=due_on,
            reason=reason,
        )

    return act(
        request,
        deed,
        done="名册和条件已封存，摘要已公开；公开数值公布后由另一名工作人员录入。",
        to=reverse("municipal:draw", args=[public_id]),
        again=lambda refusal: _page(request, public_id, refusal=refusal, act_name="commit"),
    )


@audience(Role.MUNICIPAL)
@require_POST
def reveal(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Enter the public value; the draw happens at once."""
    case = seen(review.draw_case, actor=actor_of(request), public_id=public_id)
    return act(
        request,
        lambda actor, clock: services.reveal_draw(
            actor=actor, clock=clock, public_id=public_id, public_value=text(request, "public_value")
        ),
        done="已按封存的规则抽取，结果不可更改。",
        to=reverse("municipal:draw", args=[case]),
        again=lambda refusal: _page(request, case, refusal=refusal, act_name="reveal"),
    )


@audience(Role.MUNICIPAL)
@require_POST
def confirm(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Found the panel from the result."""
    case = seen(review.draw_case, actor=actor_of(request), public_id=public_id)
    return act(
        request,
        lambda actor, clock: services.confirm_draw(
            actor=actor, clock=clock, public_id=public_id, leader=text(request, "leader")
        ),
        done="专家组已按抽取结果组建，邀请已发出。",
        to=reverse("municipal:panel", args=[case]),
        again=lambda refusal: _page(request, case, refusal=refusal, act_name="confirm"),
    )


@audience(Role.MUNICIPAL, Role.AUDITOR)
@require_GET
def record(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Hand out the record that tools/replay_draw.py repeats."""
    found = seen(review.draw_record, actor=actor_of(request), public_id=public_id)
    answer = JsonResponse(found, json_dumps_params={"ensure_ascii": False, "indent": 2})
    answer["Content-Disposition"] = f'attachment; filename="{file_name(public_id)}"'
    return answer


@audience(Role.MUNICIPAL, Role.AUDITOR)
@require_GET
def reading(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show the whole record of a draw, readable and repeatable, before it is open to everybody."""
    found = seen(review.draw_record, actor=actor_of(request), public_id=public_id)
    context = {
        **record_context(found),
        "json_url": reverse("municipal:draw_record", args=[public_id]),
        "script_url": reverse("public:replay_script", args=[SCRIPTS[0]]),
        "crumbs": _crumbs(request, public_id),
    }
    return page(request, "municipal/draw_record.html", context)


def _crumbs(request: HttpRequest, public_id: str) -> list[tuple[str, str]]:
    """Return the way back: to the case's draws for the city; the auditor comes from the trail."""
    if actor_of(request).role is not Role.MUNICIPAL:
        return [("抽取记录", ""), (public_id, "")]
    case = seen(review.draw_case, actor=actor_of(request), public_id=public_id)
    return [
        ("专家评估", reverse("municipal:panels")),
        ("抽取专家", reverse("municipal:draw", args=[case])),
        (public_id, ""),
    ]


def _seats(request: HttpRequest) -> list[Seat]:
    size = whole(request.POST.get("size"))
    if size not in _sizes(in_force(on=shown_now().on)):
        raise Invalid.of("size", "请选择专家人数。")
    seats = []
    for number in range(1, size + 1):
        kind, _, value = text(request, f"seat-{number}").partition(":")
        seats.append(
            Seat(
                field=value[:20] if kind == "field" else "", industry=value[:2] if kind == "industry" else ""
            )
        )
    return seats


def _sizes(parameters: Parameters) -> list[int]:
    """Return the sizes a panel may have: from the smallest allowed on, odd where that is required."""
    step = 2 if parameters.panel_size_odd else 1
    return list(range(parameters.panel_size_min, parameters.panel_size_min + _OFFERED * step, step))


def _why(parameters: Parameters) -> str:
    """Return why so many and no fewer, from the parameters in force."""
    odd = "，须为单数" if parameters.panel_size_odd else ""
    return f"每家企业至少 {parameters.panel_size_min} 名{odd}（裁量参数）；同一单位最多抽取一人。"


def _page(
    request: HttpRequest, public_id: str, *, refusal: DomainError | None = None, act_name: str = ""
) -> HttpResponseBase:
    actor, now = actor_of(request), shown_now()
    case = seen(applications.case, actor=actor, public_id=public_id)
    draws = seen(review.draws_of, actor=actor, public_id=public_id)
    standing = draws[0] if draws and draws[0].state != _VOID else None
    parameters = in_force(on=now.on)
    may_commit = case.state == _ACCEPTED and actor.has(Duty.HANDLER)
    pool = (
        review.candidates(actor=actor, public_id=public_id, on=now.on, free_only=False) if may_commit else []
    )
    sizes = _sizes(parameters)
    size = whole(request.POST.get("size") or request.GET.get("size"), parameters.panel_size_min)
    size = size if size in sizes else parameters.panel_size_min
    division = case.industry_code[:2]
    fields = sorted({name for row in pool for name in row.expert.fields})
    usual = [f"industry:{division}", *(f"field:{name}" for name in fields)]
    names = {row.expert.number: row.expert.name for row in pool}
    picks = [] if standing is None else standing.picks
    context = {
        "case": case,
        "leaders": [(pick.code, names.get(pick.code, "")) for pick in picks],
        "draws": draws,
        "standing": standing,
        "may_commit": may_commit,
        "may_reveal": standing is not None
        and standing.state == "committed"
        and actor.has(Duty.HANDLER, Duty.SIGNER),
        "own": standing is not None and standing.committed_by_id == actor.user_id,
        "too_early": standing is not None and now.at < standing.known_from,
        "may_confirm": standing is not None and standing.state == "drawn" and may_commit,
        "pool": pool,
        "able": sum(not (row.conflicts or row.away or row.at_limit) for row in pool),
        "sizes": [
            {
                "label": f"{number} 人",
                "url": f"?size={number}#commit",
                "count": None,
                "current": number == size,
            }
            for number in sizes
        ],
        "size": size,
        "why_size": _why(parameters),
        "seats": [
            (number, request.POST.get(f"seat-{number}", usual[number - 1] if number <= len(usual) else ""))
            for number in range(1, size + 1)
        ],
        "wants": [
            (f"industry:{division}", f"熟悉{division_name(division)}"),
            *((f"field:{name}", f"专业：{name}") for name in fields),
        ],
        "due_on": text(request, "due_on") or (now.on + timedelta(days=_USUAL_DAYS)).isoformat(),
        "typed": request.POST,
        "act_name": act_name,
        "now": now.at,
    }
    return page(request, "municipal/draw.html", context, refusal=refusal)

"""分行业基准: the industry values items are compared with; a new value retires the old one, with its source."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from apps.core.actor import Actor, Duty, Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError, Invalid
from apps.core.moment import Clock
from apps.policy.evaluation.spec import BenchmarkKind
from apps.portals.base.http import page
from apps.portals.municipal.common import act, page_number
from apps.scoring import selectors as scoring
from apps.scoring import services as scores

_PER_PAGE = 50
_FIELDS = ("metric", "industry_code", "kind", "value", "unit", "source", "period", "approved_by", "subject")
_KINDS = [(kind.value, kind.label) for kind in BenchmarkKind]


@audience(Role.MUNICIPAL)
@require_http_methods(["GET", "POST"])
def file(request: HttpRequest) -> HttpResponseBase:
    """Show the values in force (`?retired=1`: also the replaced ones), and enter one."""
    if request.method != "POST":
        return _file(request)

    def deed(*, actor: Actor, clock: Clock) -> int:
        row = {name: request.POST.get(name, "").strip() for name in _FIELDS}
        sent = {name: value for name, value in row.items() if value}
        try:
            return scores.record_benchmarks(actor=actor, clock=clock, rows=[sent])
        except Invalid as refusal:
            raise Invalid(
                {
                    path.removeprefix("rows[0]").lstrip("."): messages
                    for path, messages in refusal.errors.items()
                }
            ) from None

    return act(
        request,
        deed,
        done=lambda new: "基准值已登记，自今日起建立的评分表适用。" if new else "与现行值相同，没有改动。",
        to=f"{reverse('municipal:benchmarks')}?metric={request.POST.get('metric', '')}",
        again=lambda refusal: _file(request, refusal=refusal),
    )


def _file(request: HttpRequest, *, refusal: DomainError | None = None) -> HttpResponseBase:
    actor, number = actor_of(request), page_number(request)
    metric, industry = request.GET.get("metric", ""), request.GET.get("industry", "").strip()
    found = scoring.benchmarks_page(
        actor=actor,
        metric=metric,
        industry=industry,
        retired=bool(request.GET.get("retired")),
        page=number,
        per_page=_PER_PAGE,
    )
    known = scoring.known_metrics(actor=actor)
    context = {
        "rows": found.rows,
        "total": found.total,
        "number": found.page,
        "pages": found.pages,
        "metric": metric,
        "industry": industry,
        "retired": bool(request.GET.get("retired")),
        "metrics": sorted(
            (code, f"{found.name}（{found.unit or '无单位'}）") for code, found in known.items()
        ),
        "kinds": _KINDS,
        "may_write": actor.has(Duty.HANDLER),
        "typed": request.POST,
    }
    return page(request, "municipal/benchmarks.html", context, refusal=refusal)

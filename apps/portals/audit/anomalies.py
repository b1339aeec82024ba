"""The auditor's first page: what was unusual in a period, each finding leading to its event."""

from __future__ import annotations

from datetime import date, timedelta

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET

from apps.accounts import selectors as accounts
from apps.audit import anomalies as audit
from apps.core.actor import ROLE_LABELS, Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError, Invalid
from apps.core.moment import DatabaseClock
from apps.parameters import selectors as parameters
from apps.portals.audit.events import midnight, read_when
from apps.portals.audit.words import event_label
from apps.portals.base.http import page

_PERIOD_DAYS = 30
_LONGEST_DAYS = 366


@audience(Role.AUDITOR)
@require_GET
def home(request: HttpRequest) -> HttpResponseBase:
    """Show the anomalies of a period, the last 30 days unless asked otherwise."""
    today = DatabaseClock().now().on
    since, until = today - timedelta(days=_PERIOD_DAYS - 1), today
    refusal: DomainError | None = None
    try:
        since, until = _period(request, since, until)
    except Invalid as invalid:
        refusal = invalid
    kinds = audit.anomalies(
        actor=actor_of(request),
        since=midnight(since),
        until=midnight(until + timedelta(days=1)),
        spread_over=parameters.in_force(on=today).panel_spread_over,
    )
    owners = {found.enterprise_id for kind in kinds for found in kind.findings}
    files = accounts.enterprise_files(actor=actor_of(request), ids={key for key in owners if key is not None})
    names: dict[int | None, str] = {file.id: file.name for file in files}
    context = {
        "kinds": [
            (kind, [(row, names.get(row.enterprise_id, ""), event_label(row.act)) for row in kind.findings])
            for kind in kinds
        ],
        "since": since,
        "until": until,
        "roles": {role.value: label for role, label in ROLE_LABELS.items()},
        "asked": {"since": since.isoformat(), "until": until.isoformat()},
    }
    return page(request, "audit/anomalies.html", context, refusal=refusal)


def _period(request: HttpRequest, since: date, until: date) -> tuple[date, date]:
    first = read_when(request.GET.get("since", "").strip(), "since") or since
    last = read_when(request.GET.get("until", "").strip(), "until") or until
    if last < first:
        raise Invalid.of("until", "结束日期不能早于开始日期。")
    if (last - first).days > _LONGEST_DAYS:
        raise Invalid.of("since", f"一次最多查看 {_LONGEST_DAYS} 天，请缩短时间。")
    return first, last

"""申报批次: drafted by one person, announced by another, closed when its window is over (R-12)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import TypeVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.applications import selectors as applications
from apps.applications import services as application_services
from apps.applications.selectors import RoundFile
from apps.applications.services import RoundData
from apps.applications.states import ROUND_LIFE, ROUND_OPEN
from apps.core.actor import Duty, Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError
from apps.core.faults import Faults
from apps.core.moment import SHANGHAI
from apps.policy.levels import Level
from apps.portals.base import windows
from apps.portals.base.http import page
from apps.portals.base.posted import day, instant, text, whole
from apps.portals.base.visible import seen
from apps.portals.municipal.common import act, shown_now
from apps.scoring import selectors as scoring
from apps.scoring.states import DRAFT, PUBLISHED

Written = TypeVar("Written")
_LEVELS = [(level.value, f"{level.label} 级") for level in (Level.A1, Level.A2, Level.A3)]
_PREREQUISITE = [("", "按现行设定"), ("yes", "要求已获评 2A"), ("no", "不要求已获评 2A")]
_CHOICE = {"yes": True, "no": False}
#: Stand in for instants that cannot be read, so that every other fault is found as well.
_LONG_AGO, _FAR_AWAY = datetime(1, 1, 2, tzinfo=SHANGHAI), datetime(9998, 1, 1, tzinfo=SHANGHAI)


@audience(Role.MUNICIPAL)
@require_GET
def listing(request: HttpRequest) -> HttpResponseBase:
    """List all rounds, the one that closes next first."""
    now = shown_now()
    rows = applications.rounds(actor=actor_of(request), moment=now)
    return page(request, "municipal/rounds.html", {"rows": rows, "now": now.at})


@audience(Role.MUNICIPAL)
@require_http_methods(["GET", "POST"])
def create(request: HttpRequest) -> HttpResponseBase:
    """Draft a round."""
    if request.method != "POST":
        return _form(request, {"year": str(shown_now().on.year)})
    return act(
        request,
        lambda actor, clock: _written(
            request, lambda data: application_services.create_round(actor=actor, clock=clock, data=data)
        ),
        done="批次已拟定，请另一位有签批职责的人员核对后发布。",
        to=lambda public_id: reverse("municipal:round", args=[public_id]),
        again=lambda refusal: _form(request, _typed(request), refusal=refusal),
    )


@audience(Role.MUNICIPAL)
@require_GET
def file(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show one round."""
    return _file(request, public_id)


@audience(Role.MUNICIPAL)
@require_http_methods(["GET", "POST"])
def revise(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Change a round that has not been announced."""
    found = seen(applications.round_file, actor=actor_of(request), public_id=public_id)
    if request.method != "POST":
        row = found.row
        values: dict[str, object] = {
            "code": row.code,
            "name": row.name,
            "year": str(row.year),
            "levels": [str(level) for level in row.levels],
            "opens_at": _local(row.opens_at),
            "closes_at": _local(row.closes_at),
            "prelim_due_on": row.prelim_due_on.isoformat() if row.prelim_due_on else "",
            "scheme_codes": list(found.schemes),
            "prerequisite": "yes" if row.prerequisite_required else "no",
            "document_no": row.document_no,
            "notice": found.notice,
        }
        return _form(request, values, public_id=public_id)
    return act(
        request,
        lambda actor, clock: _written(
            request,
            lambda data: application_services.revise_round(
                actor=actor, clock=clock, public_id=public_id, data=data
            ),
        ),
        done="批次已修改。",
        to=reverse("municipal:round", args=[public_id]),
        again=lambda refusal: _form(request, _typed(request), refusal=refusal, public_id=public_id),
    )


@audience(Role.MUNICIPAL)
@require_POST
def announce(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Announce a round: a second person opens it to enterprises."""
    return act(
        request,
        lambda actor, clock: application_services.open_round(actor=actor, clock=clock, public_id=public_id),
        done="批次已发布，企业在受理时间内可以申报。",
        to=reverse("municipal:round", args=[public_id]),
        again=lambda refusal: _file(request, public_id, refusal=refusal),
    )


@audience(Role.MUNICIPAL)
@require_POST
def close(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Close a round whose window is over."""
    return act(
        request,
        lambda actor, clock: application_services.close_round(actor=actor, clock=clock, public_id=public_id),
        done="批次已截止。",
        to=reverse("municipal:round", args=[public_id]),
        again=lambda refusal: _file(request, public_id, refusal=refusal),
    )


@audience(Role.MUNICIPAL)
@require_POST
def extend(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Give one enterprise a later end of the window, with a reason."""
    return act(
        request,
        lambda actor, clock: windows.extend(request, actor=actor, clock=clock, round_public_id=public_id),
        done=lambda name: f"已为{name}延长受理时间，企业可以在新的截止时间前提交。",
        to=reverse("municipal:round", args=[public_id]),
        again=lambda refusal: _file(request, public_id, refusal=refusal),
    )


def _file(request: HttpRequest, public_id: str, *, refusal: DomainError | None = None) -> HttpResponseBase:
    actor, now = actor_of(request), shown_now()
    found = seen(applications.round_file, actor=actor, public_id=public_id, moment=now)
    row = found.row
    context = {
        "row": row,
        "file": found,
        "now": now.at,
        "events": [step.event for step in ROUND_LIFE.events_for(row.state, actor)],
        # A draft is no system a case can be entered under; of several versions each is told by its number.
        "systems": [
            one
            for one in scoring.schemes(actor=actor, status=None)
            if one.code in found.schemes and one.status != DRAFT
        ],
        "in_use": PUBLISHED,
        "extensions": applications.extensions(actor=actor, round_public_id=public_id),
        "may_extend": row.state == ROUND_OPEN and actor.has(Duty.SIGNER),
        "dates": _dates(found),
        "typed": request.POST,
        "counts": sum(applications.counts_by_state(actor=actor, round_code=row.code).values()),
    }
    return page(request, "municipal/round.html", context, refusal=refusal)


def _dates(found: RoundFile) -> list[tuple[datetime | date, str]]:
    """Return every date of a round in order: the city's, the districts' earlier ends, the preliminary review."""
    row = found.row
    dates: list[tuple[datetime | date, str]] = [(row.opens_at, "开始受理"), (row.closes_at, "全市截止受理")]
    dates += [(closes, f"{name}截止受理") for _, name, closes in found.district_windows]
    if row.announced_at is not None:
        dates.append((row.announced_at, "批次发布"))
    if row.prelim_due_on is not None:
        dates.append((row.prelim_due_on, "初评截止"))
    return sorted(dates, key=lambda one: (_day(one[0]), isinstance(one[0], datetime) and one[0].timestamp()))


def _day(at: datetime | date) -> date:
    return at.astimezone(SHANGHAI).date() if isinstance(at, datetime) else at


def _form(
    request: HttpRequest,
    values: dict[str, object],
    *,
    refusal: DomainError | None = None,
    public_id: str = "",
) -> HttpResponseBase:
    context = {
        "values": values,
        "public_id": public_id,
        "levels": [(code, label, str(code) in _listed(values, "levels")) for code, label in _LEVELS],
        "schemes": [
            (row.code, row.label, row.code in _listed(values, "scheme_codes"))
            for row in scoring.schemes(actor=actor_of(request))
        ],
        "prerequisites": _PREREQUISITE,
        "back": reverse("municipal:round", args=[public_id]) if public_id else reverse("municipal:rounds"),
    }
    return page(request, "municipal/round_form.html", context, refusal=refusal)


def _listed(values: dict[str, object], name: str) -> list[str]:
    found = values.get(name, [])
    return [str(one) for one in found] if isinstance(found, list) else []


def _typed(request: HttpRequest) -> dict[str, object]:
    """Return what was sent, for the form to show again."""
    values: dict[str, object] = dict(request.POST.items())
    values["levels"] = request.POST.getlist("levels")
    values["scheme_codes"] = request.POST.getlist("scheme_codes")
    return values


def _written(request: HttpRequest, deed: Callable[[RoundData], Written]) -> Written:
    """Carry out *deed* with the round as typed; every fault of the form comes back at once.

    Raises:
        Invalid: faults of reading and of the service together.
    """
    faults = Faults()
    data = _data(request, faults)
    with faults:
        return deed(data)


def _data(request: HttpRequest, faults: Faults) -> RoundData:
    """Return the round as typed; dates that cannot be read are noted in *faults*, the service checks the rest."""
    opens_at = faults.read(lambda: instant(request, "opens_at", "开始时间"), _LONG_AGO)
    closes_at = faults.read(lambda: instant(request, "closes_at", "截止时间"), _FAR_AWAY)
    prelim_due_on = faults.read(lambda: day(request, "prelim_due_on", "初评截止日"), None)
    return RoundData(
        code=text(request, "code").strip(),
        name=text(request, "name"),
        year=whole(request.POST.get("year")),
        levels=[whole(level) for level in request.POST.getlist("levels")],
        opens_at=opens_at,
        closes_at=closes_at,
        scheme_codes=request.POST.getlist("scheme_codes"),
        prerequisite_required=_CHOICE.get(text(request, "prerequisite")),
        notice=text(request, "notice"),
        document_no=text(request, "document_no"),
        # Without a last moment of the window nothing can be said of a day after it.
        prelim_due_on=None if closes_at == _FAR_AWAY else prelim_due_on,
    )


def _local(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%dT%H:%M}"

"""培训宣传 over HTTP: events with their material, for bureaus, enterprises and the public (R-45)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.core.actor import Actor, Role
from apps.core.audience import actor_of, audience, open_to_all
from apps.core.errors import DomainError, Invalid
from apps.core.faults import Faults
from apps.core.moment import SHANGHAI, Clock, DatabaseClock, shown_at
from apps.cultivation import selectors, services
from apps.cultivation.states import EVENT_KINDS, EVENT_LIFE
from apps.portals.base.files import send_file
from apps.portals.base.http import attempt, page, say
from apps.portals.base.posted import required_day, text, time_of_day, whole
from apps.portals.base.visible import must_be_visible, seen

_BUREAUS = (Role.DISTRICT, Role.MUNICIPAL)


@open_to_all
@require_GET
def public_events(request: HttpRequest) -> HttpResponseBase:
    """List published events and registered bodies for everybody."""
    kind = request.GET.get("kind", "")
    kind = kind if kind in EVENT_KINDS else ""
    rows = [row for row in selectors.events(actor=Actor.public()) if row.state != "draft"]
    here = reverse("public_events")
    context = {
        "rows": [row for row in rows if not kind or row.kind == kind],
        "kinds": [
            {"label": "全部", "url": here, "count": len(rows), "current": not kind},
            *(
                {
                    "label": label,
                    "url": f"{here}?kind={code}",
                    "count": sum(row.kind == code for row in rows),
                    "current": code == kind,
                }
                for code, label in EVENT_KINDS.items()
            ),
        ],
        "bodies": selectors.bodies(),
        "crumbs": [("首页", "/"), ("培训宣传", "")],
    }
    return page(request, "cultivation/public.html", context)


@open_to_all
@require_GET
def public_event(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show one published event with its material to everybody."""
    public = Actor.public()
    row = seen(selectors.event, actor=public, public_id=public_id)
    context = {
        "row": row,
        "files": selectors.event_files(actor=public, public_id=public_id),
        "crumbs": [("首页", "/"), ("培训宣传", reverse("public_events")), (row.title, "")],
    }
    return page(request, "cultivation/public_event.html", context)


@open_to_all
@require_GET
def event_file(request: HttpRequest, public_id: str, file: str) -> HttpResponseBase:
    """Hand out a file of an event to whoever sees the event, always as a download."""
    found, refusal = attempt(
        services.open_event_file, actor=actor_of(request), public_id=public_id, file=file
    )
    if refusal is None and found is not None:
        return send_file(found)
    must_be_visible(refusal)
    return page(request, "base/evidence_refused.html", {"back": reverse("public_events")}, refusal=refusal)


@audience(*_BUREAUS)
@require_POST
def add_file(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Add a file to the material."""
    upload = request.FILES.get("file")

    def deed(*, actor: Actor, clock: Clock) -> str:
        if upload is None:
            raise Invalid.of("file", "请选择要上传的文件。")
        return services.add_event_file(actor=actor, clock=clock, public_id=public_id, upload=upload)

    return _done(request, public_id, deed, "资料已上传，活动发布后任何人可以下载。")


@audience(*_BUREAUS)
@require_POST
def remove_file(request: HttpRequest, public_id: str, file: str) -> HttpResponseBase:
    """Take a file off the material."""
    return _done(
        request,
        public_id,
        lambda actor, clock: services.remove_event_file(
            actor=actor, clock=clock, public_id=public_id, file=file
        ),
        "资料已移除。",
    )


@audience(Role.ENTERPRISE, *_BUREAUS)
@require_GET
def events(request: HttpRequest) -> HttpResponseBase:
    """List the events in sight."""
    actor = actor_of(request)
    context = {"rows": selectors.events(actor=actor), "makes": actor.role in _BUREAUS}
    # A bureau reads who signs up for its own events; the city reads all of them.
    context |= {"own": actor.district, "whole_city": actor.role is Role.MUNICIPAL}
    return page(request, "cultivation/events.html", context)


@audience(*_BUREAUS)
@require_http_methods(["GET", "POST"])
def new_event(request: HttpRequest) -> HttpResponseBase:
    """Draft an event."""
    context = {"kinds": list(EVENT_KINDS.items()), "typed": request.POST}
    if request.method != "POST":
        return page(request, "cultivation/event_form.html", context)

    def deed(*, actor: Actor, clock: Clock) -> str:
        with Faults() as faults:
            data = services.EventData(
                kind=text(request, "kind"),
                title=text(request, "title"),
                place=text(request, "place"),
                starts_at=_instant(request, faults, "starts", "开始"),
                ends_at=_instant(request, faults, "ends", "结束"),
                sign_up_until=_instant(request, faults, "until", "报名截止"),
                seats=_seats(request),
                summary=text(request, "summary"),
                material=text(request, "material"),
            )
            return _beside_the_day(lambda: services.make_event(actor=actor, clock=clock, data=data))

    made, refusal = attempt(deed, actor=actor_of(request), clock=DatabaseClock())
    if refusal is not None:
        return page(request, "cultivation/event_form.html", context, refusal=refusal)
    say(request, "活动已登记，核对后发布。")
    return redirect("event", made)


@audience(Role.ENTERPRISE, *_BUREAUS)
@require_GET
def event(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show one event: to its host with who takes part, to an enterprise with its sign-up."""
    return _event(request, public_id)


@audience(*_BUREAUS)
@require_POST
def move_event(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Publish, hold or call off an event."""
    return _done(
        request,
        public_id,
        lambda actor, clock: services.move_event(
            actor=actor,
            clock=clock,
            public_id=public_id,
            event=text(request, "event"),
            note=text(request, "note"),
        ),
        "已办理。",
    )


@audience(*_BUREAUS)
@require_POST
def attendance(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Keep who came."""
    return _done(
        request,
        public_id,
        lambda actor, clock: services.mark_attendance(
            actor=actor, clock=clock, public_id=public_id, came=request.POST.getlist("came")
        ),
        "到场情况已登记。",
    )


@audience(*_BUREAUS)
@require_POST
def material(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Replace the material."""
    return _done(
        request,
        public_id,
        lambda actor, clock: services.put_material(
            actor=actor, clock=clock, public_id=public_id, material=text(request, "material")
        ),
        "资料已更新。",
    )


@audience(Role.ENTERPRISE)
@require_POST
def sign_up(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Sign up, or take it back."""
    if text(request, "act") == "withdraw":
        return _done(
            request,
            public_id,
            lambda actor, clock: services.withdraw(actor=actor, clock=clock, public_id=public_id),
            "已取消报名。",
        )
    return _done(
        request,
        public_id,
        lambda actor, clock: services.sign_up(
            actor=actor,
            clock=clock,
            public_id=public_id,
            person=text(request, "person"),
            people=whole(request.POST.get("people")),
        ),
        "报名成功，免费参加。",
    )


def _instant(request: HttpRequest, faults: Faults, name: str, label: str) -> datetime | None:
    """Return the Shanghai instant of a posted day and time of day; what is missing or faulty is kept in *faults*."""
    on = faults.read(lambda: required_day(request, f"{name}_on", f"{label}日期"), None)
    at = faults.read(lambda: time_of_day(request, f"{name}_time", f"{label}时间"), None)
    if at is None:
        faults.note(f"{name}_time", f"请填写{label}时间，例如 09:00。")
    return datetime.combine(on, at, SHANGHAI) if on and at else None


def _seats(request: HttpRequest) -> int | None:
    """Return the posted number of seats, None when the field is empty; no number counts as none, which is refused."""
    sent = text(request, "seats").strip()
    return whole(sent) if sent else None


def _beside_the_day(service: Callable[[], str]) -> str:
    """Call *service*; what it says of a moment is told at the field of its day, unless the form said it already."""
    try:
        return service()
    except Invalid as refusal:
        fields = {"starts_at": "starts_on", "ends_at": "ends_on", "sign_up_until": "until_on"}
        missing = {f"请填写{label}时间。" for label in ("开始", "结束", "报名截止")}
        raise Invalid(
            {
                fields.get(field, field): messages
                for field, messages in refusal.errors.items()
                if not missing.issuperset(messages)
            }
        ) from None


def _done(request: HttpRequest, public_id: str, deed: Callable[..., object], done: str) -> HttpResponseBase:
    _, refusal = attempt(deed, actor=actor_of(request), clock=DatabaseClock())
    must_be_visible(refusal)
    if refusal is not None:
        return _event(request, public_id, refusal=refusal)
    say(request, done)
    return redirect("event", public_id)


def _event(request: HttpRequest, public_id: str, *, refusal: DomainError | None = None) -> HttpResponseBase:
    actor = actor_of(request)
    row = seen(selectors.event, actor=actor, public_id=public_id)
    hosts = actor.role in _BUREAUS and row.district == actor.district
    now = shown_at()
    context = {
        "row": row,
        "hosts": hosts,
        "steps": EVENT_LIFE.events_for(row.state, actor) if hosts else [],
        "files": selectors.event_files(actor=actor, public_id=public_id),
        "people": selectors.participants(actor=actor, public_id=public_id) if hosts else [],
        "begun": now >= row.starts_at,
        "takes": actor.role is Role.ENTERPRISE and selectors.takes_sign_ups(row, now),
        "typed": request.POST,
    }
    return page(request, "cultivation/event.html", context, refusal=refusal)

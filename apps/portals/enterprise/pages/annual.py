"""年度动态管理表 of the enterprise: which years were owed, filling one in, filing it (R-30, R-31)."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from apps.core.actor import Duty, Role
from apps.core.audience import actor_of, audience
from apps.core.errors import Conflict, DomainError, Invalid, RuleBroken
from apps.core.moment import DatabaseClock
from apps.monitoring import annual_forms
from apps.monitoring import services as monitoring
from apps.portals.base.annual_form import layout
from apps.portals.base.edition import edition
from apps.portals.base.http import attempt, page, say
from apps.portals.base.posted import whole
from apps.portals.base.visible import must_be_visible, seen
from apps.portals.enterprise.pages.common import shown_now


@audience(Role.ENTERPRISE)
@require_GET
def annual_years(request: HttpRequest) -> HttpResponseBase:
    """List the forms owed so far, newest first."""
    now = shown_now()
    rows = annual_forms.my_years(actor=actor_of(request), on=now.on)
    context = {"rows": rows, "now": now.at, "edition": edition(now.on)}
    return page(request, "enterprise/annual_years.html", context)


@audience(Role.ENTERPRISE)
@require_GET
def annual_by_id(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Lead a reminder, which names the row, to the page of the year."""
    file = seen(annual_forms.annual_file, actor=actor_of(request), on=shown_now().on, public_id=public_id)
    return redirect("enterprise:annual", file.row.year)


@audience(Role.ENTERPRISE)
@require_http_methods(["GET", "HEAD", "POST"])
def annual(request: HttpRequest, year: int) -> HttpResponseBase:
    """Fill in the form of *year*: save, take figures from the enterprise's file, or file it."""
    if request.method != "POST":
        return _form(request, year)
    file = seen(annual_forms.annual_file, actor=actor_of(request), on=shown_now().on, year=year)
    deed = request.POST.get("act", "save")
    refusal = _save(request, file.row.public_id)
    if refusal is not None:
        return _form(request, year, refusal, keep=True, filing=deed == "file")
    if deed == "take":
        return _take(request, year, file.row.public_id)
    if deed != "file":
        say(request, "已保存，尚未报送。")
        return redirect("enterprise:annual", year)
    in_time, refusal = attempt(
        monitoring.file_annual_form,
        actor=actor_of(request),
        clock=DatabaseClock(),
        public_id=file.row.public_id,
        committed=bool(request.POST.get("committed")),
    )
    if refusal is not None:
        return _form(request, year, refusal, filing=True)
    say(request, "已报送，等待属地审核。" if in_time else "已补报，逾期情况已记录，等待属地审核。")
    return redirect("enterprise:annual", year)


def _save(request: HttpRequest, public_id: str) -> DomainError | None:
    _, refusal = attempt(
        monitoring.save_annual_form,
        actor=actor_of(request),
        clock=DatabaseClock(),
        public_id=public_id,
        typed=request.POST.dict(),
        version=whole(request.POST.get("version")),
        receipt=request.FILES.get("receipt"),
    )
    must_be_visible(refusal)
    return refusal


def _take(request: HttpRequest, year: int, public_id: str) -> HttpResponseBase:
    taken, refusal = attempt(
        monitoring.take_from_record, actor=actor_of(request), clock=DatabaseClock(), public_id=public_id
    )
    if refusal is not None:
        return _form(request, year, refusal)
    say(
        request,
        f"已从企业档案取用 {taken} 个数据。" if taken else "企业档案中没有可以取用的数据，或已全部填写。",
    )
    return redirect("enterprise:annual", year)


def _form(
    request: HttpRequest,
    year: int,
    refusal: DomainError | None = None,
    *,
    keep: bool = False,
    filing: bool = False,
) -> HttpResponseBase:
    """Show the form; *keep* shows what was sent instead of what is stored (a save was refused).

    When it was to be filed, everything that stands against it is shown at once, each fault at its field.
    """
    actor, now = actor_of(request), shown_now()
    file = seen(annual_forms.annual_file, actor=actor, on=now.on, year=year)
    if filing and isinstance(refusal, Invalid | RuleBroken):
        file, faults = annual_forms.standing_against(
            file, typed=request.POST.dict(), committed=bool(request.POST.get("committed"))
        )
        sent = refusal.errors if isinstance(refusal, Invalid) else {}
        refusal = Invalid({**faults, **sent}) if faults or sent else refusal
    errors = refusal.errors if isinstance(refusal, Invalid) else {}
    typed = request.POST.dict() if keep or filing else file.typed
    # After a conflict the person's own entries stay; saving again saves them over the newer version.
    version = file.version if not keep or isinstance(refusal, Conflict) else typed.get("version", "")
    context = {
        "file": file,
        "typed": typed,
        "version": version,
        "may_file": actor.has(Duty.RESPONSIBLE),
        "crumbs": [("年度动态管理表", reverse("enterprise:annual_years")), (f"{year}年度", "")],
        "now": now.at,
        "today": now.on,
        **layout(file, typed=typed, errors=errors),
    }
    return page(request, "enterprise/annual.html", context, refusal=refusal)

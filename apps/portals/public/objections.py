"""异议: filed on the public site in real name, and looked up with the receipt number and the query code."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from apps.core.actor import Actor
from apps.core.audience import actor_of, open_to_all
from apps.core.errors import DomainError, Invalid, NotVisible
from apps.core.moment import DatabaseClock
from apps.portals.base.http import attempt, page, say
from apps.portals.base.posted import text
from apps.portals.public.receipts import missing_words
from apps.portals.public.throttle import limited
from apps.publicity import selectors as publicity
from apps.publicity import services
from apps.publicity.services import ObjectionForm
from apps.review import selectors as review

#: Where a browser session keeps the receipt it was just given.
RECEIPT = "objection_receipt"
_FIELDS = ("party", "person", "unit", "contact", "matter")
PARTIES = (
    ("person", "以个人名义（请署真实姓名）"),
    ("unit", "以单位名义（须上传加盖公章的书面材料）"),
    ("anonymous", "匿名（原则上不予受理）"),
)

#: What the forms say about letters.
LIMITS = {"most_papers": services.MOST_PAPERS, "most_mb": services.MOST_MB}


def _form_page(
    request: HttpRequest, typed: dict[str, str], entry: str, refusal: DomainError | None = None
) -> HttpResponseBase:
    entries = publicity.running_entries(actor=Actor.public())
    return page(
        request,
        "public/objection_new.html",
        {
            "typed": typed,
            "entry": entry,
            "entries": [(row.public_id, f"{row.enterprise_name}（{row.district_name}）") for row in entries],
            "parties": PARTIES,
            **LIMITS,
            "chosen": [upload.name for upload in request.FILES.getlist("papers")],
            "crumbs": [("首页", "/"), ("异议与查询", "/objection/status/"), ("提出异议", "")],
        },
        refusal=refusal,
    )


@open_to_all
@limited("objection", most=10, seconds=3600)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponseBase:
    """File an objection to one enterprise on a running notice."""
    if request.method != "POST":
        return _form_page(request, {"party": "person"}, request.GET.get("entry", ""))
    typed = {name: text(request, name) for name in _FIELDS}
    entry = text(request, "entry")
    receipt, refusal = attempt(
        services.file_objection,
        actor=actor_of(request),
        clock=DatabaseClock(),
        entry_public_id=entry,
        form=ObjectionForm(**typed),
        papers=request.FILES.getlist("papers"),
    )
    if isinstance(refusal, NotVisible):
        refusal = Invalid.of("entry", services.CHOOSE_ENTRY)
    if receipt is None:
        return _form_page(request, typed, entry, refusal)
    request.session[RECEIPT] = {"receipt_no": receipt.receipt_no, "query_code": receipt.query_code}
    return redirect("public:objection_done")


@open_to_all
@require_safe
def done(request: HttpRequest) -> HttpResponseBase:
    """Show receipt number and query code once filed, as long as this browser session lasts."""
    kept = request.session.get(RECEIPT)
    if kept is None:
        return redirect("public:objection_status")
    return page(
        request,
        "public/objection_done.html",
        {**kept, "crumbs": [("首页", "/"), ("异议与查询", "/objection/status/"), ("已收到异议", "")]},
    )


@open_to_all
@limited("objection-status", most=20, seconds=3600)
@require_http_methods(["GET", "HEAD", "POST"])
def status(request: HttpRequest) -> HttpResponseBase:
    """Show how an objection stands to whoever has its receipt number and query code.

    Sent by POST: the code must not stay in the browser's history or in a log.
    """
    if request.method != "POST":
        return _status_page(request)
    return _status_page(request, look=True)


def _status_page(
    request: HttpRequest, *, look: bool = False, refused: DomainError | None = None
) -> HttpResponseBase:
    """Show the query; with *look* also what it finds. A refused letter comes back beside what was found."""
    context: dict[str, Any] = {
        "crumbs": [("首页", "/"), ("异议与查询", "")],
        "receipt_no": text(request, "receipt_no"),
        **LIMITS,
    }
    if not look:
        return page(request, "public/objection_status.html", context)
    if missing := missing_words(request):
        return page(request, "public/objection_status.html", context, refusal=missing)
    # Objections to the districts' notices are numbered apart and kept by another room.
    districts = text(request, "receipt_no").strip().upper().startswith("SD-")
    found, refusal = attempt(
        review.district_objection_status if districts else publicity.objection_status,
        actor=actor_of(request),
        receipt_no=text(request, "receipt_no"),
        query_code=text(request, "query_code"),
    )
    context |= {"found": found, "query_code": text(request, "query_code") if found is not None else ""}
    return page(request, "public/objection_status.html", context, refusal=refused or refusal)


@open_to_all
@limited("objection-papers", most=10, seconds=3600)
@require_http_methods(["POST"])
def papers(request: HttpRequest) -> HttpResponseBase:
    """Add letters to an objection, for whoever has its receipt number and query code; show it again."""
    count, refusal = attempt(
        services.add_papers,
        actor=actor_of(request),
        clock=DatabaseClock(),
        receipt_no=text(request, "receipt_no"),
        query_code=text(request, "query_code"),
        uploads=request.FILES.getlist("papers"),
    )
    if count is not None:
        say(request, f"材料已收到，本件异议现有书面材料 {count} 份。")
    return _status_page(request, look=True, refused=refusal)

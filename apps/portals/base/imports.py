"""Importing for every role that does: choose a kind, send a file, read the findings, confirm (SECURITY R66)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.applications import selectors as applications
from apps.core.actor import Actor, Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError, Forbidden, Invalid, NotVisible
from apps.core.faults import Faults
from apps.core.moment import DatabaseClock
from apps.documents import selectors, services
from apps.documents.imports.importer import Importer
from apps.jobs import selectors as jobs
from apps.portals.base.files import send_file
from apps.portals.base.http import attempt, page, say
from apps.portals.base.posted import text
from apps.portals.base.visible import must_be_visible, seen
from apps.review import selectors as review
from apps.scoring import selectors as scoring

_IMPORTERS = (Role.MUNICIPAL, Role.DISTRICT, Role.EXPERT)
#: What a template may be asked for: the sheet of a scorer, the evaluation system to start from.
_OF_TEMPLATE = ("sheet", "scheme")


@audience(*_IMPORTERS)
@require_GET
def listing(request: HttpRequest) -> HttpResponseBase:
    """List what can be imported, and what this person has imported."""
    actor = actor_of(request)
    found = selectors.importers_for(actor=actor)
    context = {
        "kinds": [(one, one.may(actor)) for one in found],
        "rows": selectors.my_imports(actor=actor),
    }
    return page(request, "imports/index.html", context)


@audience(*_IMPORTERS)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Offer the template, take the file."""
    importer = seen(selectors.importer, actor=actor_of(request), kind=kind)
    if request.method != "POST":
        return _form(request, importer)
    taken, refusal = attempt(_receive, request=request, importer=importer)
    must_be_visible(refusal)
    if taken is None:
        return _form(request, importer, refusal=refusal)
    if taken.already:
        say(request, "该文件已经上传，正在等待处理，无需重复。")
    return redirect("import", taken.public_id)


@audience(*_IMPORTERS)
@require_GET
def template(request: HttpRequest, kind: str, *, as_text: bool = False) -> HttpResponseBase:
    """Hand out the template, or with `sample` the filled-in example; `as_text`: in the import's text form."""
    made, refusal = attempt(
        services.import_template,
        actor=actor_of(request),
        kind=kind,
        sample="sample" in request.GET,
        params={name: request.GET[name] for name in _OF_TEMPLATE if name in request.GET},
        as_text=as_text,
    )
    must_be_visible(refusal)
    if made is None:
        importer = seen(selectors.importer, actor=actor_of(request), kind=kind)
        return _form(request, importer, refusal=refusal)
    response = HttpResponse(made.content, content_type=made.content_type)
    response["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=made.name) or "attachment"
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response


@audience(*_IMPORTERS)
@require_GET
def file(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show an import: progress, findings, preview, result; reloads itself by htmx, or by hand."""
    return _file(request, public_id)


@audience(*_IMPORTERS)
@require_POST
def confirm(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Confirm what the preview shows."""
    _, refusal = attempt(
        services.confirm_import, actor=actor_of(request), clock=DatabaseClock(), public_id=public_id
    )
    must_be_visible(refusal)
    if refusal is not None:
        return _file(request, public_id, refusal=refusal)
    return redirect("import", public_id)


@audience(*_IMPORTERS)
@require_POST
def discard(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Give an import up."""
    _, refusal = attempt(
        services.discard_import, actor=actor_of(request), clock=DatabaseClock(), public_id=public_id
    )
    must_be_visible(refusal)
    if refusal is not None:
        return _file(request, public_id, refusal=refusal)
    say(request, "已放弃本次导入，文件已删除。")
    return redirect("imports")


@audience(*_IMPORTERS)
@require_GET
def marked(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Hand out the marked copy."""
    return send_file(seen(services.marked_copy, actor=actor_of(request), public_id=public_id))


def _receive(*, request: HttpRequest, importer: Importer) -> services.Uploaded:
    sent, actor = request.FILES.get("file"), actor_of(request)
    typed = {one.name: text(request, one.name) for one in importer.fields}
    if sent is None:
        with Faults() as faults:
            faults.note("file", "请选择要导入的文件。")
            services.check_beside(actor=actor, kind=importer.code, params=typed)
            raise faults.refusal()
    try:
        return services.receive_import(
            actor=actor,
            clock=DatabaseClock(),
            kind=importer.code,
            name=sent.name or "",
            size=sent.size or 0,
            chunks=sent.chunks(),
            params=typed,
        )
    except Invalid as refusal:
        if "file" in refusal.errors:
            raise
        # A browser forgets the chosen file: it is said beside the field, not found out after the next press.
        again = f"“{(sent.name or '')[:60]}”没有保存，更正后请重新选择。"
        raise Invalid({**refusal.errors, "file": [again]}) from None


def _form(
    request: HttpRequest, importer: Importer, *, refusal: DomainError | None = None
) -> HttpResponseBase:
    actor = actor_of(request)
    if refusal is None and not importer.may(actor):
        refusal = Forbidden(f"“{importer.label}”由经办人员导入，您的账户没有这项职责。")
    typed = request.POST if request.method == "POST" else request.GET
    asked = {name: request.GET[name] for name in _OF_TEMPLATE if name in request.GET}
    context = {
        "importer": importer,
        "may": importer.may(actor),
        "desk": _desk_of(actor, asked.get("sheet", "")),
        "asked": "&".join(f"{name}={value}" for name, value in asked.items() if value.isalnum()),
        "fields": [(one, typed.get(one.name, ""), _errors(refusal, one.name)) for one in importer.fields],
        "rows": selectors.my_imports(actor=actor, kind=importer.code, limit=5),
    }
    return page(request, "imports/new.html", context, refusal=refusal)


def _desk_of(actor: Actor, sheet: str) -> str:
    """Return the address of the desk a scorer came from to fill in *sheet* offline, "" when it is none of theirs."""
    if not sheet:
        return ""
    if actor.role is Role.EXPERT:
        tasks = review.my_tasks(actor=actor)
        task = next((one.public_id for one in tasks if one.sheet_public_id == sheet), "")
        return reverse("expert:review", args=[task]) if task else ""
    if actor.role is not Role.DISTRICT:
        return ""
    try:
        head = scoring.sheet_head(actor=actor, public_id=sheet)
    except NotVisible:
        return ""
    case = applications.cases(actor=actor, ids=[head.application_id]).get(head.application_id)
    return reverse("district:desk", args=[case.public_id]) if case is not None else ""


def _errors(refusal: DomainError | None, name: str) -> list[str]:
    return refusal.errors.get(name, []) if isinstance(refusal, Invalid) else []


def _file(request: HttpRequest, public_id: str, *, refusal: DomainError | None = None) -> HttpResponseBase:
    actor = actor_of(request)
    found = seen(selectors.import_file, actor=actor, public_id=public_id)
    context: dict[str, Any] = {"file": found, "row": found.row, "importer": found.importer}
    if found.waits:
        context["job"] = seen(jobs.job, actor=actor, public_id=found.job)
    fragment = getattr(request, "htmx", False)
    return page(
        request, "imports/_import.html" if fragment else "imports/import.html", context, refusal=refusal
    )

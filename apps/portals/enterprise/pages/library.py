"""The library: what the enterprise has uploaded, where it stands, until when it is valid, and its replacement."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from apps.applications import services as application_services
from apps.core.actor import Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError, Invalid
from apps.core.moment import DatabaseClock
from apps.evidence import selectors as evidence
from apps.evidence import services as evidence_services
from apps.portals.base.http import attempt, page, say
from apps.portals.base.posted import day, whole
from apps.portals.base.visible import must_be_visible, seen
from apps.portals.enterprise.pages.common import shown_now, wants_json

_EMPTY = "请选择要上传的文件。"


@audience(Role.ENTERPRISE)
@require_http_methods(["GET", "HEAD", "POST"])
def library(request: HttpRequest) -> HttpResponseBase:
    """Show the enterprise's files, and take in more."""
    if request.method != "POST":
        return _list(request)
    uploads = request.FILES.getlist("files")
    errors = [] if uploads else [_EMPTY]
    status, known = 422, 0
    for upload in uploads:
        stored, refusal = attempt(
            evidence_services.store_upload, actor=actor_of(request), clock=DatabaseClock(), upload=upload
        )
        if refusal is not None:
            status = refusal.status
            errors.append(f"{upload.name}：{refusal.message}" if len(uploads) > 1 else refusal.message)
        elif stored is not None:
            known += stored.duplicate
    if wants_json(request):
        if errors:
            return JsonResponse({"error": "".join(errors)}, status=status)
        return JsonResponse({"message": "材料库中已有这份文件"} if known else {"reload": True})
    if errors:
        return _list(request, errors=errors, status=status)
    note = f"，其中 {known} 个材料库中已有" if known else ""
    say(request, f"已上传 {len(uploads)} 个文件{note}。")
    return redirect("enterprise:library")


@audience(Role.ENTERPRISE)
@require_http_methods(["GET", "HEAD", "POST"])
def file(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show one file with its places; note until when it is valid."""
    if request.method != "POST":
        return _file(request, public_id)
    try:
        until = day(request, "valid_until", "有效期至")
    except Invalid as faulty:
        return _file(request, public_id, refusal=faulty)
    _, refusal = attempt(
        evidence_services.set_validity,
        actor=actor_of(request),
        clock=DatabaseClock(),
        public_id=public_id,
        valid_until=until,
    )
    must_be_visible(refusal)
    if refusal is not None:
        return _file(request, public_id, refusal=refusal)
    say(request, "有效期已保存。" if until else "已设为长期有效。")
    return redirect("enterprise:library_file", public_id)


@audience(Role.ENTERPRISE)
@require_POST
def replace(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Take in a newer file and put it where the older one may still be changed."""
    upload = request.FILES.get("file")
    try:
        until = day(request, "newer_until", "新文件有效期至")
        if upload is None:
            raise Invalid.of("file", _EMPTY)
    except Invalid as missing:
        return _file(request, public_id, refusal=missing)
    done, refusal = attempt(
        application_services.replace_file,
        actor=actor_of(request),
        clock=DatabaseClock(),
        file_public_id=public_id,
        upload=upload,
        valid_until=until,
    )
    must_be_visible(refusal)
    if done is None:
        return _file(request, public_id, refusal=refusal)
    kept = f"，{done.kept} 处已提交，仍用原文件" if done.kept else ""
    say(request, f"新文件已存入材料库，{done.moved} 处引用已更换{kept}。")
    return redirect("enterprise:library_file", done.public_id)


@audience(Role.ENTERPRISE)
@require_POST
def remove_file(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Delete a file that no application uses or has used."""
    _, refusal = attempt(
        evidence_services.remove_file, actor=actor_of(request), clock=DatabaseClock(), public_id=public_id
    )
    must_be_visible(refusal)
    if refusal is not None:
        return _list(request, refusal=refusal)
    say(request, "文件已删除。")
    return redirect("enterprise:library")


def _list(
    request: HttpRequest,
    *,
    errors: list[str] | None = None,
    status: int = 200,
    refusal: DomainError | None = None,
) -> HttpResponseBase:
    actor, on = actor_of(request), shown_now().on
    show, q = request.GET.get("show", "all"), request.GET.get("q", "")
    found = evidence.library(actor=actor, q=q, page=whole(request.GET.get("page"), 1), show=show, on=on)
    counts = evidence.library_counts(actor=actor, on=on)
    context = {
        "library": found,
        "q": q,
        "show": show,
        "today": on,
        "upload_errors": errors or [],
        "filters": [
            {"label": label, "url": f"?show={key}", "count": counts[key], "current": key == show}
            for key, label in evidence.SHOWS.items()
        ],
    }
    return page(request, "enterprise/library.html", context, refusal=refusal, status=status)


def _file(request: HttpRequest, public_id: str, *, refusal: DomainError | None = None) -> HttpResponseBase:
    actor = actor_of(request)
    row = seen(evidence.file_row, actor=actor, public_id=public_id)
    context = {
        "row": row,
        "places": evidence.uses_of_file(actor=actor, public_id=public_id),
        "today": shown_now().on,
        "typed": request.POST,
    }
    return page(request, "enterprise/library_file.html", context, refusal=refusal)

"""Evidence: uploaded to a place of an application or to the library, reused, taken off, downloaded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from apps.applications import selectors as applications
from apps.applications import services as application_services
from apps.applications.selectors import ApplicationFile
from apps.core.actor import Actor, Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError, Invalid
from apps.core.moment import Clock, DatabaseClock
from apps.evidence import selectors as evidence
from apps.evidence import services as evidence_services
from apps.portals.base.http import attempt, page, say
from apps.portals.base.posted import day, whole
from apps.portals.base.visible import must_be_visible, seen
from apps.portals.enterprise.pages.common import application_crumbs, code_of, wants_json
from apps.portals.enterprise.pages.evaluate import workspace_page
from apps.scoring import selectors as scoring


@dataclass(frozen=True, slots=True)
class _Added:
    """What became of one upload: the use, and what to tell about a file that was there before."""

    use: str
    message: str


_PLACES = {"item": "自评条目", "requirement": "基本要求", "section": "评价报告"}


@audience(Role.ENTERPRISE)
@require_http_methods(["GET", "HEAD", "POST"])
def evidence_at(request: HttpRequest, public_id: str, place: str, code: str) -> HttpResponseBase:
    """Show the files at one place of an application, and take in more: one JSON answer a file, or a plain form."""
    _must_be_place(place, code)
    if request.method != "POST":
        return _place_page(request, public_id, place, code)
    uploads = request.FILES.getlist("files")
    errors: list[str] = [] if uploads else ["请选择要上传的文件。"]
    refusal: DomainError | None = None
    rows: list[_Added] = []
    for upload in uploads:
        use, refused = attempt(
            _add,
            actor=actor_of(request),
            clock=DatabaseClock(),
            public_id=public_id,
            place=place,
            code=code,
            upload=upload,
        )
        if not wants_json(request):
            must_be_visible(refused)
        if refused is not None:
            refusal = refused
            errors.append(f"{upload.name}：{refused.message}" if len(uploads) > 1 else refused.message)
        elif use:
            rows.append(use)
    if wants_json(request):
        if errors:
            return JsonResponse({"error": "".join(errors)}, status=refusal.status if refusal else 422)
        answer = {"html": _row_html(request, public_id, place, code, rows[-1].use)}
        return JsonResponse({**answer, "message": rows[-1].message}, status=201)
    if errors:
        if place == "item":
            return workspace_page(request, public_id, code, upload_errors=errors)
        return _place_page(request, public_id, place, code, errors=errors)
    known = sum(bool(row.message) for row in rows)
    say(request, f"已上传 {len(rows)} 个文件" + (f"，其中 {known} 个已上传过，直接使用。" if known else "。"))
    return redirect(_back(public_id, place, code))


@audience(Role.ENTERPRISE)
@require_http_methods(["GET", "HEAD", "POST"])
def choose_evidence(request: HttpRequest, public_id: str, place: str, code: str) -> HttpResponseBase:
    """Choose files of the library for one place, each with the pages that count."""
    _must_be_place(place, code)
    actor = actor_of(request)
    if request.method == "POST":
        chosen = request.POST.getlist("files")
        refusal: DomainError | None = None if chosen else Invalid.of("", "请至少选择一个文件。")
        if chosen:
            _, refusal = attempt(
                _attach,
                actor=actor,
                clock=DatabaseClock(),
                public_id=public_id,
                place=place,
                code=code,
                data=request.POST,
            )
            must_be_visible(refusal)
        if refusal is None:
            say(request, f"已引用 {len(chosen)} 个文件。")
            return redirect(_back(public_id, place, code))
    else:
        refusal = None
    file = seen(applications.application_file, actor=actor, public_id=public_id)
    used = evidence.uses_of(actor=actor, application_id=file.case.id, place=place, code=code)
    found = evidence.library(actor=actor, q=request.GET.get("q", ""), page=whole(request.GET.get("page"), 1))
    context = {
        **_place_context(actor, file, place, code),
        "library": found,
        "q": request.GET.get("q", ""),
        "used": {use.file.public_id for use in used},
        "chosen": set(request.POST.getlist("files")),
        "typed": request.POST,
    }
    return page(request, "enterprise/evidence_choose.html", context, refusal=refusal)


@audience(Role.ENTERPRISE)
@require_POST
def detach_evidence(request: HttpRequest, public_id: str, use_public_id: str) -> HttpResponseBase:
    """Take a file off its place; it stays in the library."""
    place, code = request.POST.get("place", ""), request.POST.get("code", "")
    _must_be_place(place, code)
    _, refusal = attempt(
        application_services.detach_evidence,
        actor=actor_of(request),
        clock=DatabaseClock(),
        public_id=public_id,
        use_public_id=use_public_id,
        place=place,
        code=code,
    )
    must_be_visible(refusal)
    if refusal is not None:
        if place == "item":
            return workspace_page(request, public_id, code, refusal=refusal)
        return _place_page(request, public_id, place, code, refusal=refusal)
    say(request, "已移除。文件仍保留在材料库中。")
    return redirect(_back(public_id, place, code))


@audience(Role.ENTERPRISE)
@require_http_methods(["GET", "HEAD", "POST"])
def use_pages(request: HttpRequest, public_id: str, use_public_id: str) -> HttpResponseBase:
    """Say which pages of a file count at its place, and until when the file is valid."""
    sent = request.POST if request.method == "POST" else request.GET
    place, code = sent.get("place", ""), sent.get("code", "")
    _must_be_place(place, code)
    actor = actor_of(request)
    file = seen(applications.application_file, actor=actor, public_id=public_id)
    there = evidence.uses_of(actor=actor, application_id=file.case.id, place=place, code=code)
    use = next((one for one in there if one.public_id == use_public_id), None)
    if use is None:
        raise Http404
    refusal: DomainError | None = None
    if request.method == "POST":
        _, refusal = attempt(_set_pages, request=request, public_id=public_id, use=use)
        must_be_visible(refusal)
        if refusal is None:
            say(request, "引用页码和有效期已保存。")
            return redirect(_back(public_id, place, code))
    stored = {"page_from": use.page_from, "page_to": use.page_to, "valid_until": use.file.valid_until}
    form = sent if request.method == "POST" else {name: str(value or "") for name, value in stored.items()}
    context = {**_place_context(actor, file, place, code), "use": use, "form": form}
    return page(request, "enterprise/use.html", context, refusal=refusal)


def _set_pages(*, request: HttpRequest, public_id: str, use: evidence.UseRow) -> None:
    """Save both or neither."""
    actor, clock = actor_of(request), DatabaseClock()
    first, last = (_page_number(request.POST.get(name, ""), name) for name in ("page_from", "page_to"))
    until = day(request, "valid_until", "有效期至")
    application_services.set_evidence_pages(
        actor=actor,
        clock=clock,
        public_id=public_id,
        use_public_id=use.public_id,
        place=use.place,
        code=use.code,
        page_from=first,
        page_to=last,
        note=use.note,
    )
    if until != use.file.valid_until:
        evidence_services.set_validity(
            actor=actor, clock=clock, public_id=use.file.public_id, valid_until=until
        )


def _page_number(sent: str, name: str) -> int | None:
    if not sent.strip():
        return None
    number = whole(sent, 0)
    if number < 1:
        raise Invalid.of(name, f"页码应为不小于 1 的整数（当前填写“{sent[:10]}”）。")
    return number


def _must_be_place(place: str, code: str) -> None:
    if place not in _PLACES or not code_of(code):
        raise Http404


def _back(public_id: str, place: str, code: str) -> str:
    if place == "item":
        return f"{reverse('enterprise:evaluate', args=[public_id])}?item={code}#evidence"
    return reverse("enterprise:evidence", args=[public_id, place, code])


def _add(
    *, actor: Actor, clock: Clock, public_id: str, place: str, code: str, upload: UploadedFile[Any]
) -> _Added:
    """Store one upload for the application and put it to its place; the same bytes again are the same file."""
    case = application_services.case_for_upload(actor=actor, public_id=public_id)
    stored = evidence_services.store_upload(actor=actor, clock=clock, upload=upload, case=case)
    used = application_services.attach_evidence(
        actor=actor, clock=clock, public_id=public_id, file_public_id=stored.public_id, place=place, code=code
    )
    return _Added(used.public_id, f"已上传过（{stored.name}），直接使用" if stored.duplicate else "")


def _attach(*, actor: Actor, clock: Clock, public_id: str, place: str, code: str, data: Any) -> None:
    """Put the chosen files of the library to a place, with their pages."""
    for chosen in data.getlist("files"):
        application_services.attach_evidence(
            actor=actor,
            clock=clock,
            public_id=public_id,
            file_public_id=chosen,
            place=place,
            code=code,
            page_from=whole(data.get(f"from.{chosen}"), 0) or None,
            page_to=whole(data.get(f"to.{chosen}"), 0) or None,
        )


def _place_page(
    request: HttpRequest,
    public_id: str,
    place: str,
    code: str,
    *,
    errors: list[str] | None = None,
    refusal: DomainError | None = None,
) -> HttpResponseBase:
    actor = actor_of(request)
    file = seen(applications.application_file, actor=actor, public_id=public_id)
    uses = evidence.uses_of(actor=actor, application_id=file.case.id, place=place, code=code)
    context = {**_place_context(actor, file, place, code), "uses": uses, "upload_errors": errors}
    return page(request, "enterprise/evidence.html", context, refusal=refusal, status=422 if errors else 200)


def _place_context(actor: Actor, file: ApplicationFile, place: str, code: str) -> dict[str, Any]:
    names = {
        "requirement": {one.code: f"{one.code} {one.name}" for one in file.basics},
        "section": {one.section.code: f"{one.section.number}、{one.section.title}" for one in file.report},
    }
    name = names.get(place, {}).get(code, code)
    scheme_id = file.case.scheme_id if place == "item" else None
    seen(
        applications.require_places,
        spec=scoring.scheme_spec(actor=actor, scheme_id=scheme_id) if scheme_id is not None else None,
        level=file.case.level,
        place=place,
        codes=[code],
    )
    back = {
        "item": f"{reverse('enterprise:evaluate', args=[file.case.public_id])}?item={code}",
        "requirement": f"{reverse('enterprise:basics', args=[file.case.public_id])}#{code}",
        "section": f"{reverse('enterprise:report', args=[file.case.public_id])}?section={code}",
    }[place]
    return {
        "file": file,
        "place": place,
        "place_label": _PLACES[place],
        "code": code,
        "name": name,
        "back": back,
        "crumbs": application_crumbs(file, "证明材料"),
    }


def _row_html(request: HttpRequest, public_id: str, place: str, code: str, use_public_id: str) -> str:
    """Return the line of one new file, for the upload script to put into the list."""
    actor = actor_of(request)
    file = seen(applications.case, actor=actor, public_id=public_id)
    uses = evidence.uses_of(actor=actor, application_id=file.id, place=place, code=code)
    use = next(one for one in uses if one.public_id == use_public_id)
    return render_to_string(
        "enterprise/_use.html", {"use": use, "public_id": public_id, "editable": True}, request
    )

"""The written parts of an application: evaluation system, 基本信息表, basic requirements, report sections."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from apps.applications import profile_fields, report_sections
from apps.applications import selectors as applications
from apps.applications import services as application_services
from apps.applications.selectors import ApplicationFile
from apps.applications.states import SUPPLEMENTING
from apps.core.actor import Role
from apps.core.audience import actor_of, audience
from apps.core.errors import Conflict, DomainError, Invalid
from apps.core.moment import DatabaseClock
from apps.documents import preview
from apps.evidence import selectors as evidence
from apps.parameters.selectors import in_force
from apps.portals.base.http import attempt, page, say
from apps.portals.base.posted import whole
from apps.portals.base.visible import must_be_visible, seen
from apps.portals.enterprise.pages.common import (
    application_crumbs,
    refused_json,
    saved_json,
    shown_now,
    steps_of,
    wants_json,
)
from apps.scoring import selectors as scoring

_GET_OR_POST = ["GET", "HEAD", "POST"]


@audience(Role.ENTERPRISE)
@require_http_methods(_GET_OR_POST)
def profile(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show and save 基本信息表 (F-01)."""
    return _fields_page(request, public_id, profile_fields.PROFILE_FIELDS, "profile", "basics")


@audience(Role.ENTERPRISE)
@require_http_methods(_GET_OR_POST)
def third_party(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show and save what the third party wrote for its report (F-03); whoever evaluates itself has none."""
    if not _file(request, public_id).case.third_party_name:
        say(request, "本申报采用自评方式；请先在基本信息中选择第三方评价并填写机构名称。")
        return redirect("enterprise:application_profile", public_id)
    return _fields_page(request, public_id, profile_fields.THIRD_PARTY_FIELDS, "third_party", "report")


def _fields_page(
    request: HttpRequest,
    public_id: str,
    fields: Sequence[profile_fields.ProfileField],
    name: str,
    following: str,
) -> HttpResponseBase:
    """Show and save *fields* of the application: *name* is the page and the list of the file, *following* the next."""
    refusal = None
    if request.method == "POST":
        values = {field.code: request.POST[field.code] for field in fields if field.code in request.POST}
        done, refusal = _save(request, public_id, application_services.save_profile, following, values=values)
        if done is not None:
            return done
    file = _file(request, public_id)
    opened = _opened(file, "profile")
    errors = refusal.errors if isinstance(refusal, Invalid) else {}
    groups: dict[str, list[dict[str, Any]]] = {}
    for one in file.third_party if name == "third_party" else file.profile:
        code = one.field.code
        row = {
            "field": one.field,
            "value": request.POST.get(code, one.value),
            "optional": not one.field.required,
            "readonly": not _is_open(opened, code),
            "errors": errors.get(code),
        }
        groups.setdefault(one.field.group, []).append(row)
    context = {**_context(request, file, "profile", refusal, "profile"), "groups": groups, "opened": opened}
    if name == "third_party":
        context["crumbs"] = application_crumbs(file, "第三方评价报告")
    return page(request, f"enterprise/{name}.html", context, refusal=refusal)


@audience(Role.ENTERPRISE)
@require_http_methods(_GET_OR_POST)
def basics(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show and save the answers to the basic requirements, one by one (R-10)."""
    refusal = None
    if request.method == "POST":
        codes = request.POST.getlist("codes")
        given = {
            code: {
                "conforms": {"yes": True, "no": False}.get(request.POST.get(f"{code}.conforms", "")),
                "explanation": request.POST.get(f"{code}.explanation", ""),
            }
            for code in codes
        }
        done, refusal = _save(request, public_id, application_services.save_basics, "evaluate", answers=given)
        if done is not None:
            return done
    file = _file(request, public_id)
    opened = _opened(file, "basic")
    counts = evidence.counts(actor=actor_of(request), application_id=file.case.id)
    said = {True: "yes", False: "no", None: ""}
    rows = [
        {
            "answer": answer,
            "conforms": request.POST.get(f"{answer.code}.conforms", said[answer.conforms]),
            "explanation": request.POST.get(f"{answer.code}.explanation", answer.explanation),
            "files": counts.get(("requirement", answer.code), 0),
            "readonly": not _is_open(opened, answer.code),
        }
        for answer in file.basics
    ]
    context = {
        **_context(request, file, "basics", refusal, "basics"),
        "rows": rows,
        "opened": opened,
        "vetoed": [row["answer"] for row in rows if row["conforms"] == "no"],
        "answered": sum(bool(row["conforms"]) for row in rows),
    }
    return page(request, "enterprise/basics.html", context, refusal=refusal)


@audience(Role.ENTERPRISE)
@require_http_methods(_GET_OR_POST)
def report(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show and save one section of the evaluation report (F-02); the others stand beside it."""
    section = (
        request.POST.get("section") or request.GET.get("section") or report_sections.REPORT_SECTIONS[0].code
    )
    if section not in report_sections.BY_CODE:
        raise Http404
    refusal = None
    if request.method == "POST":
        text = request.POST.get("text", "")
        if request.POST.get("adopt"):
            drafted = _draft(request, _file(request, public_id), section)
            text = "\n".join(part for part in (text.rstrip(), drafted) if part)
        done, refusal = _save(
            request,
            public_id,
            application_services.save_report_section,
            f"report?section={request.POST.get('go') or section}",
            section=section,
            text=text,
        )
        if done is not None:
            return done
    return report_page(request, public_id, section, refusal)


@audience(Role.ENTERPRISE)
@require_GET
def report_preview(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Return the report as it would be printed now; the page fetches it again after every save."""
    actor = actor_of(request)
    file = seen(applications.application_file, actor=actor, public_id=public_id)
    text, refusal = attempt(preview.report_text, actor=actor, public_id=public_id, on=shown_now().on)
    missing = [one.section for one in file.report if one.section.required and not one.text]
    context = {"public_id": public_id, "text": text, "refusal": refusal, "missing": missing}
    return page(request, "enterprise/_report_preview.html", context)


def report_page(
    request: HttpRequest, public_id: str, section: str, refusal: DomainError | None
) -> HttpResponseBase:
    """Return the page of one section ("" for the first), with what stood against an act on the report."""
    section = section or report_sections.REPORT_SECTIONS[0].code
    file = _file(request, public_id)
    here = next(one for one in file.report if one.section.code == section)
    codes = [one.section.code for one in file.report]
    position = codes.index(section)
    readonly = not _is_open(_opened(file, "report"), section)
    text = request.POST.get("text", here.text)
    drafted = "" if readonly else _draft(request, file, section)
    counts = evidence.counts(actor=actor_of(request), application_id=file.case.id)
    context = {
        **_context(request, file, "report", refusal, f"report:{section}"),
        "section": here.section,
        "text": text,
        "readonly": readonly,
        "drafted": drafted if drafted and drafted not in here.text else "",
        "files": counts.get(("section", section), 0),
        "previous": codes[position - 1] if position else "",
        "following": codes[position + 1] if position + 1 < len(codes) else "",
        "limit": report_sections.SECTION_LIMIT,
        "commitment_demanded": in_force(on=shown_now().on).commitment_scan_required,
        "commitment": applications.commitment(actor=actor_of(request), public_id=public_id),
        "missing_sections": [one.section for one in file.report if one.section.required and not one.text],
        "written": sum(bool(one.text) for one in file.report),
    }
    return page(request, "enterprise/report.html", context, refusal=refusal)


def _draft(request: HttpRequest, file: ApplicationFile, section: str) -> str:
    return applications.report_draft(actor=actor_of(request), file=file, section=section, on=shown_now().on)


@audience(Role.ENTERPRISE)
@require_http_methods(_GET_OR_POST)
def scheme(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show and choose the evaluation system (R-07); answers to items both systems share are kept."""
    refusal = None
    if request.method == "POST":
        done, refusal = _save(
            request,
            public_id,
            application_services.choose_scheme,
            "evaluate",
            scheme_code=request.POST.get("scheme", ""),
        )
        if done is not None:
            return done
    file = _file(request, public_id)
    judged = seen(
        applications.eligibility,
        actor=actor_of(request),
        round_public_id=file.case.round_public_id,
        level=file.case.level,
        moment=shown_now(),
    )
    context = {
        **_context(request, file, "scheme", refusal, "scheme"),
        "options": judged.schemes,
        "chosen": request.POST.get("scheme", file.scheme_code),
        "readonly": not _is_open(_opened(file, "scheme"), ""),
    }
    return page(request, "enterprise/scheme.html", context, refusal=refusal)


def _file(request: HttpRequest, public_id: str) -> ApplicationFile:
    return seen(applications.application_file, actor=actor_of(request), public_id=public_id)


def _save(
    request: HttpRequest, public_id: str, service: Callable[..., Any], following: str, **arguments: Any
) -> tuple[HttpResponseBase | None, DomainError | None]:
    """Save one part; return the answer for the script or the next page, or the refusal to show."""
    saved, refusal = attempt(
        service,
        actor=actor_of(request),
        clock=DatabaseClock(),
        public_id=public_id,
        version=whole(request.POST.get("version")),
        **arguments,
    )
    must_be_visible(refusal)
    if refusal is not None:
        if wants_json(request):
            theirs = _stored(_file(request, public_id), arguments) if isinstance(refusal, Conflict) else []
            return refused_json(request, refusal, fields=_newer(refusal), theirs=theirs), refusal
        return None, refusal
    assert saved is not None  # noqa: S101  (attempt returns one of the two)
    if wants_json(request):
        return saved_json(version=saved.version, fields={}), None
    say(request, "已保存。")
    if request.POST.get("stay") == "1":
        return redirect(request.get_full_path()), None
    name, _, query = following.partition("?")
    return redirect(reverse(f"enterprise:{name}", args=[public_id]) + (f"?{query}" if query else "")), None


def _newer(refusal: DomainError | None) -> dict[str, Any]:
    if isinstance(refusal, Conflict) and "version" in refusal.current:
        return {"version": refusal.current["version"]}
    return {}


def _stored(file: ApplicationFile, arguments: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what another person saved, in words, for the part that was to be saved over it."""
    if "values" in arguments:
        return [
            (one.field.label, one.display)
            for one in (*file.profile, *file.third_party)
            if arguments["values"].get(one.field.code, one.value) != one.value
        ]
    if "answers" in arguments:
        words = {True: "符合", False: "不符合", None: "未填写"}
        return [(f"{one.code} {one.name}", words[one.conforms]) for one in file.basics]
    if "section" in arguments:
        return [
            (one.section.title, one.text) for one in file.report if one.section.code == arguments["section"]
        ]
    return [("评价体系", file.scheme_label)]


def _context(
    request: HttpRequest, file: ApplicationFile, step: str, refusal: DomainError | None, part: str
) -> dict[str, Any]:
    sheet = scoring.current_sheet(actor=actor_of(request), application_id=file.case.id, kind="self")
    labels = {"profile": "基本信息", "basics": "基本要求", "report": "评价报告", "scheme": "评价体系"}
    stored = {"values": request.POST, "answers": request.POST, "section": request.POST.get("section", "")}
    key = {"profile": "values", "basics": "answers", "report": "section"}.get(step, "")
    return {
        "file": file,
        "steps": steps_of(file, sheet, "application_profile" if step == "profile" else step),
        "crumbs": application_crumbs(file, labels[step]),
        "now": shown_now().at,
        "version": _newer(refusal).get("version", file.part_versions.get(part, 0)),
        "theirs": _stored(file, {key: stored[key]} if key else {}) if isinstance(refusal, Conflict) else [],
        "returned_here": [
            row
            for row in file.returned
            if row.turn == file.case.turn
            and row.part == {"basics": "basic"}.get(step, step)
            and file.case.state == SUPPLEMENTING
        ],
    }


def _opened(file: ApplicationFile, part: str) -> set[str] | None:
    """Return the codes of *part* that may be written now: None for all, the empty set for none."""
    if not file.editable:
        return set()
    if file.case.state != SUPPLEMENTING:
        return None
    kinds = {part, "evidence"} if part in {"basic", "report"} else {part}
    codes = {row.code for row in file.returned if row.turn == file.case.turn and row.part in kinds}
    return None if "" in codes else codes


def _is_open(opened: set[str] | None, code: str) -> bool:
    return opened is None or code in opened

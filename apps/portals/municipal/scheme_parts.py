"""The editor of a draft of an evaluation system: one form for each dimension, group, item, metric and the head."""

from __future__ import annotations

from typing import Any, Final

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from apps.core.actor import Duty, Role
from apps.core.audience import actor_of, audience
from apps.core.errors import Conflict, DomainError, Invalid
from apps.policy.evaluation.editing import Edit, Part, Place, Removal, Shift, place_of
from apps.policy.evaluation.method_text import DIRECTIONS, METHODS, MethodTextError, method_from_text
from apps.portals.base.http import page
from apps.portals.base.posted import text
from apps.portals.base.visible import seen
from apps.portals.municipal.common import act
from apps.portals.municipal.scheme_fields import INPUT_LINE, fields_from, place_of_text, shown_fields
from apps.scoring import selectors as scoring
from apps.scoring import services as scores
from apps.scoring.selectors import DraftView
from apps.scoring.states import DRAFT

_STATUS: Final = [("standard", "正式"), ("reconstruction", "重构版")]
_REQUIREMENTS: Final = [("必选", "必选"), ("可选", "可选")]


@audience(Role.MUNICIPAL)
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, public_id: str, part: str) -> HttpResponseBase:
    """Show the form of one part (`?code=`; none adds one), and write it."""
    kind = _part(part)
    found = _draft(request, public_id)
    if request.method != "POST":
        code = request.GET.get("code", "")
        return _form(request, found, kind, code, _initial(request, found, kind, code))
    code, sent = text(request, "code_was"), {name: request.POST[name] for name in request.POST}

    def deed(*, actor: Any, clock: Any) -> str:
        change = Edit(kind, code, _fields(kind, sent), _place(kind, sent))
        return scores.revise_draft(
            actor=actor,
            clock=clock,
            public_id=public_id,
            seen=text(request, "seen"),
            change=change,
            industries=_industries(sent) if kind is Part.HEAD else None,
        )

    return act(
        request,
        deed,
        done=f"{kind.label}已保存到草案。",
        to=_home(public_id),
        again=lambda refusal: _form(request, found, kind, code, sent, refusal=refusal),
    )


@audience(Role.MUNICIPAL)
@require_POST
def remove(request: HttpRequest, public_id: str, part: str) -> HttpResponseBase:
    """Take one part out of a draft."""
    kind, found, code = _part(part), _draft(request, public_id), text(request, "code_was")
    return act(
        request,
        lambda actor, clock: scores.revise_draft(
            actor=actor,
            clock=clock,
            public_id=public_id,
            seen=text(request, "seen"),
            change=Removal(kind, code),
        ),
        done=f"{kind.label}“{code}”已从草案中删除。",
        to=_home(public_id),
        again=lambda refusal: _form(
            request, found, kind, code, _initial(request, found, kind, code), refusal=refusal
        ),
    )


@audience(Role.MUNICIPAL)
@require_POST
def move(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Move an item one place up or down."""
    found, code = _draft(request, public_id), text(request, "code_was")
    return act(
        request,
        lambda actor, clock: scores.revise_draft(
            actor=actor,
            clock=clock,
            public_id=public_id,
            seen=text(request, "seen"),
            change=Shift(code, up=text(request, "way") == "up"),
        ),
        done=f"条目“{code}”的次序已调整。",
        to=_home(public_id),
        again=lambda refusal: _form(
            request, found, Part.ITEM, code, _initial(request, found, Part.ITEM, code), refusal=refusal
        ),
    )


def _home(public_id: str) -> str:
    return reverse("municipal:scheme", args=[public_id])


def _part(name: str) -> Part:
    try:
        return Part(name)
    except ValueError:
        raise Http404 from None


def _draft(request: HttpRequest, public_id: str) -> DraftView:
    """Return the draft; a version that is no draft has no editor."""
    found = seen(scoring.draft, actor=actor_of(request), public_id=public_id)
    if found.row.status != DRAFT and request.method != "POST":
        raise Http404
    return found


def _initial(request: HttpRequest, found: DraftView, part: Part, code: str) -> dict[str, str]:
    if not code and part is not Part.HEAD:
        place = request.GET.get("place", "")
        return {
            "place": place,
            "dimension": place.partition("/")[0],
            "requirement": "必选",
            "method": "graded",
        }
    entry = seen(found.entry, part=part, code=code) if code else found.content
    values = shown_fields(part, entry)
    at = place_of(found.content, code)
    values |= {"place": f"{at.dimension}/{at.group}", "dimension": at.dimension}
    if part is Part.HEAD:
        values["industries"] = "、".join(found.row.industries)
    return values


def _fields(part: Part, sent: dict[str, str]) -> dict[str, Any]:
    """Return the stored fields of a part as typed.

    Raises:
        Invalid: the lines of a scoring rule or of the figures cannot be read.
    """
    fields = fields_from(part, sent)
    if part is Part.ITEM:
        metric = sent.get("metric", "").strip()
        try:
            fields["scoring"] = method_from_text(sent.get("method", ""), metric, sent.get("detail", ""))
        except MethodTextError as error:
            raise Invalid.of("detail", str(error)) from None
    return fields


def _place(part: Part, sent: dict[str, str]) -> Place:
    if part is Part.GROUP:
        return Place(sent.get("dimension", ""))
    return place_of_text(sent.get("place", ""))


def _industries(sent: dict[str, str]) -> list[str]:
    spaced = sent.get("industries", "").replace("、", " ").replace("，", " ").replace(",", " ")
    return spaced.split()


def _form(
    request: HttpRequest,
    found: DraftView,
    part: Part,
    code: str,
    values: dict[str, str],
    *,
    refusal: DomainError | None = None,
) -> HttpResponseBase:
    digest = found.row.digest
    if isinstance(refusal, Conflict) and refusal.current:
        digest = str(refusal.current.get("digest", digest))
    context = {
        "row": found.row,
        "part": part.value,
        "part_label": part.label,
        "code": code,
        "values": values,
        "seen": digest
        if request.method != "POST" or isinstance(refusal, Conflict)
        else text(request, "seen"),
        "problems": found.problems_of(part, code) if code else (),
        "places": _places(found),
        "dimensions": [(one.code, f"{one.code} {one.name}") for one in found.spec.dimensions],
        "methods": [(method, label) for label, method in METHODS.items()],
        "directions": [(way, label) for label, way in DIRECTIONS.items()],
        "metrics": scoring.metric_codes(found.content),
        "requirements": _REQUIREMENTS,
        "statuses": _STATUS,
        "input_line": INPUT_LINE,
        "may_edit": actor_of(request).has(Duty.HANDLER),
    }
    return page(request, "municipal/scheme_part.html", context, refusal=refusal)


def _places(found: DraftView) -> list[tuple[str, str]]:
    """Return where an item may stand: groups, and dimensions without any."""
    return [
        (
            f"{dimension.code}/{'' if group.implicit else group.code}",
            dimension.name if group.implicit else f"{dimension.name} / {group.code} {group.name}",
        )
        for dimension in found.spec.dimensions
        for group in dimension.secondaries
    ] + [
        (f"{dimension.code}/", dimension.name)
        for dimension in found.spec.dimensions
        if not dimension.secondaries
    ]

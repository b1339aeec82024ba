"""企业与称号: any enterprise found by name, credit code or number, and its whole file on one page."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_GET

from apps.accounts import membership
from apps.accounts import selectors as accounts
from apps.applications import selectors as applications
from apps.core.actor import Actor, Role
from apps.core.audience import actor_of, audience
from apps.documents import selectors as documents
from apps.monitoring.history import Kind, history_of
from apps.policy.levels import Level
from apps.portals.base.http import page
from apps.portals.base.posted import whole
from apps.portals.base.visible import seen
from apps.portals.municipal.common import district_options, page_number
from apps.publicity import selectors as publicity
from apps.titles import selectors as titles
from apps.titles.states import TITLE_LIFE

_LEVELS = [(str(level.value), f"{level.label} 级") for level in Level]
_STANDING = ("standing", "持有有效称号")
#: Cases of one enterprise on its page; nobody applies more often.
_CASES = 50
_PAGES = {
    Kind.FORM: "municipal:annual",
    Kind.RECHECK: "municipal:recheck",
    Kind.RECTIFICATION: "municipal:rectification",
    Kind.CANCELLATION: "municipal:revocation",
    Kind.INCIDENT: "municipal:incident",
}


@audience(Role.MUNICIPAL)
@require_GET
def listing(request: HttpRequest) -> HttpResponseBase:
    """Find enterprises by words and numbers, district, level held and state of a title."""
    actor, asked = actor_of(request), request.GET
    states = [_STANDING, *((code, label) for code, label in TITLE_LIFE.states.items())]
    level = whole(asked.get("level")) if asked.get("level") in dict(_LEVELS) else None
    state = asked.get("state", "") if asked.get("state") in dict(states) else ""
    districts = district_options()
    district = asked.get("district", "") if asked.get("district") in dict(districts) else ""
    words = asked.get("q", "").replace("\x00", "").strip()
    by_number = _with_number(actor, words)
    only = by_number
    if level is not None or state:
        held = titles.holders(actor=actor, level=level, state=state)
        only = held if only is None else only & held
    found = accounts.enterprises_page(
        actor=actor,
        q="" if by_number is not None else words,
        district=district,
        page=page_number(request),
        only=only,
    )
    held_by = titles.titles_of_many(actor=actor, enterprise_public_ids=[row.public_id for row in found.rows])
    context = {
        "found": found,
        "rows": [(row, held_by.get(row.public_id, [])) for row in found.rows],
        "asked": asked,
        "levels": _LEVELS,
        "states": states,
        "districts": districts,
    }
    return page(request, "municipal/enterprises.html", context)


def _with_number(actor: Actor, words: str) -> frozenset[int] | None:
    """Return whom a certificate or application number means; None when the words are none."""
    number = words.upper()
    if number.startswith("SZLC-"):
        return titles.holders(actor=actor, certificate_no=number)
    if not (number.startswith("GF") and "-" in number):
        return None
    cases = applications.applications_page(actor=actor, q=number, per_page=_CASES, with_cases=True).cases
    return frozenset(case.enterprise_id for case in cases)


@audience(Role.MUNICIPAL)
@require_GET
def file(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show one enterprise: registration, titles, applications, monitoring, objections, papers."""
    actor = actor_of(request)
    found = seen(accounts.enterprise_file, actor=actor, public_id=public_id)
    held = titles.titles_of(actor=actor, enterprise_public_id=public_id)
    cases = applications.applications_page(actor=actor, q=found.uscc, per_page=_CASES).rows
    about = [*(title.public_id for title in held), *(case.public_id for case in cases)]
    papers = documents.documents_of_many(actor=actor, public_ids=about)
    newest = {(row.subject_id, row.kind): row for rows in papers.values() for row in reversed(rows)}
    context = {
        "file": found,
        "titles": held,
        "bans": titles.bans_of(actor=actor, enterprise_id=found.id),
        "cases": cases,
        "history": [
            (row, reverse(_PAGES[row.kind], args=[row.public_id]))
            for row in history_of(actor=actor, enterprise_public_id=public_id)
        ],
        "objections": publicity.objections(actor=actor, enterprise_public_id=public_id),
        "changes": membership.changes(actor=actor, enterprise_public_id=public_id),
        "papers": sorted(newest.values(), key=lambda row: row.made_at, reverse=True),
    }
    return page(request, "municipal/enterprise.html", context)

"""The case file: everything handed in, what may be done now, what has happened; and opening its files."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_GET

from apps.applications import selectors as applications
from apps.applications.selectors import Action, ApplicationFile, CaseRow
from apps.applications.states import FORM_CHECK, PRELIM, SUBMITTED, SUPPLEMENTING
from apps.core.actor import Actor, Duty, Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError, NotVisible
from apps.core.moment import SHANGHAI, shown_at
from apps.evidence import selectors as evidence
from apps.portals.base.http import page
from apps.portals.base.visible import seen
from apps.portals.district.common import dues, shown_now
from apps.review import selectors as review
from apps.scoring import selectors as scoring
from apps.titles import selectors as titles

#: Page of each event: (URL name, posted at once, icon, look).
_PAGES: dict[str, tuple[str, bool, str, str]] = {
    "accept": ("accept", True, "check", "primary"),
    "pass_form_check": ("form_check", False, "checklist", "primary"),
    "return_items": ("return_items", False, "arrow-back-up", "danger-line"),
    "return_from_prelim": ("return_items", False, "arrow-back-up", "danger-line"),
    "change_scheme": ("change_scheme", False, "git-compare", "line"),
    "transfer": ("transfer", False, "arrow-forward-up", "line"),
    "refuse_intake": ("refuse_intake", False, "ban", "line"),
    "sign_preliminary": ("signing_file", False, "signature", "primary"),
    "start_district_decision": ("decision", False, "award", "primary"),
    "decide_level": ("decision", False, "award", "primary"),
    "offer_conversion": ("decision", False, "award", "line"),
}


#: Somebody of the district is on the case in these states.
_HELD = frozenset({SUBMITTED, FORM_CHECK, SUPPLEMENTING, PRELIM})


@audience(Role.DISTRICT)
@require_GET
def file(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show one application."""
    return case_page(request, public_id)


def case_page(request: HttpRequest, public_id: str, refusal: DomainError | None = None) -> HttpResponseBase:
    """Return the case file, with what stood against an act on top."""
    actor = actor_of(request)
    found = seen(applications.application_file, actor=actor, public_id=public_id)
    case = found.case
    actions = _actions(actor, public_id)
    self_sheet = scoring.current_sheet(actor=actor, application_id=case.id, kind="self")
    return page(
        request,
        "district/case.html",
        {
            "file": found,
            "papers": _papers(found),
            "case": case,
            "groups": _profile_groups(found),
            "progress": applications.progress(actor=actor, public_id=public_id),
            "actions": actions,
            # Boxes to pick what goes back are there when something can go back, and not before.
            "may_pick": any(action["picks"] for action in actions),
            "commitment": applications.commitment(actor=actor, public_id=public_id),
            "changed": applications.what_changed(actor=actor, public_id=public_id) if case.turn else None,
            "due": dues(actor=actor, cases=[public_id]).get(public_id),
            "signs": _signs(actor, case),
            "at_intake": case.state in _HELD - {PRELIM},
            "doubts": applications.doubts(actor=actor, public_id=public_id),
            "opinion": applications.sub_area_opinions(actor=actor, application_ids=[case.id]).get(case.id),
            "asks_opinion": case.state == SUBMITTED
            and applications.asks_sub_area(district=case.district, on=shown_now().on),
            "holder": review.holders(actor=actor, application_ids=[case.id]).get(case.id),
            "holdable": case.state in _HELD and actor.has(Duty.HANDLER, Duty.SIGNER),
            "colleagues": review.colleagues(actor=actor) if actor.has(Duty.SIGNER) else [],
            "review": _review(actor, public_id),
            "titles": titles.titles_of(actor=actor, enterprise_id=case.enterprise_id),
            "sheet": scoring.sheet_view(actor=actor, public_id=self_sheet.public_id) if self_sheet else None,
            "files": _files(actor, case.id),
            "events": _events(actor, public_id),
            "now": shown_at(),
            "crumbs": [("申报受理", reverse("district:intake")), (case.number or case.enterprise_name, "")],
        },
        refusal=refusal,
    )


def _papers(found: ApplicationFile) -> list[tuple[str, str]]:
    """Return the papers that exist for a case of this kind."""
    papers = [("application_form", "申报书"), ("report", "自评价报告"), ("receipt", "提交回执")]
    if found.case.third_party_name and found.case.scheme_id is not None:
        papers.insert(2, ("third_party_report", "第三方评价报告"))
    if found.returned or found.case.prelim_total is not None:
        papers.append(("form_check", "形式审查表"))
    if found.case.prelim_total is not None:
        papers.append(("score_sheet", "初评打分表"))
    return [*papers, ("supplement", "补正通知书")] if found.returned else papers


def _profile_groups(found: ApplicationFile) -> list[tuple[str, list[dict[str, str]]]]:
    groups: dict[str, list[dict[str, str]]] = {}
    for row in (*found.profile, *(found.third_party if found.case.third_party_name else ())):
        groups.setdefault(row.field.group, []).append(
            {"code": row.field.code, "label": row.field.label, "value": row.masked}
        )
    return list(groups.items())


def _actions(actor: Actor, public_id: str) -> list[dict[str, Any]]:
    """Return the buttons: what the lifecycle opens to this person, and what stands against it."""
    found: Sequence[Action] = applications.available_actions(
        actor=actor, public_id=public_id, moment=shown_now()
    )
    buttons = []
    for action in found:
        if action.event not in _PAGES:
            continue
        name, posted, icon, look = _PAGES[action.event]
        buttons.append(
            {
                "label": action.label,
                "url": reverse(f"district:{name}", args=[public_id]),
                "posted": posted,
                "picks": name == "return_items",
                "icon": icon,
                "look": look,
                "blocked": not action.verdict.ok,
                "verdict": action.verdict,
            }
        )
    return sorted(buttons, key=lambda button: button["look"] != "primary")


def _review(actor: Actor, public_id: str) -> review.PreliminaryRow | None:
    try:
        return review.preliminary_of(actor=actor, public_id=public_id)
    except NotVisible:
        return None


def _files(actor: Actor, application_id: int) -> list[evidence.UseRow]:
    return evidence.uses_of(actor=actor, application_id=application_id)


def _signs(actor: Actor, case: CaseRow) -> tuple[applications.Sign, ...]:
    """Return what the automatic check found, while it matters: before the scoring."""
    if case.state not in _HELD - {PRELIM}:
        return ()
    return applications.form_signs(actor=actor, application_ids=[case.id]).get(case.id, ())


def _events(actor: Actor, public_id: str) -> list[dict[str, Any]]:
    """Return the history, newest first; equal steps one after another by the same person are one line with a count."""
    entries = applications.timeline(actor=actor, public_id=public_id)
    runs = groupby(entries, key=lambda one: (one.label, one.to_state, one.who, one.note))
    events = []
    for (label, to_state, who, note), run in runs:
        times = [entry.at for entry in run]
        title = f"{label}：{to_state}" if to_state else label
        if len(times) > 1:
            first = times[-1].astimezone(SHANGHAI)
            title = f"{title}（{len(times)} 次，自 {first:%m-%d %H:%M}）"
        events.append({"title": title, "at": times[0], "who": who, "note": note})
    return events

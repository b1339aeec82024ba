"""Intake: the queue, accepting, the form check (F-04), returning named items, handing over, refusing (R-13, R-14)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts import selectors as accounts
from apps.applications import selectors as applications
from apps.applications import services
from apps.applications.selectors import CaseRow
from apps.applications.states import FORM_CHECK, SUBMITTED, SUPPLEMENTING
from apps.core.actor import Duty, Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError, Invalid
from apps.core.moment import DatabaseClock, shown_at
from apps.policy.calendar import chinese
from apps.policy.rules import RULES
from apps.portals.base.http import attempt, page, say
from apps.portals.base.overtaken import saying_who
from apps.portals.base.posted import text, whole
from apps.portals.base.visible import must_be_visible, seen
from apps.portals.district.case import case_page
from apps.portals.district.common import dues, shown_now, tabs
from apps.portals.district.returning import Draft, places_of, rows_posted, rows_wanted
from apps.review import selectors as review_read
from apps.review import services as review

_STATES = (SUBMITTED, FORM_CHECK, SUPPLEMENTING)
#: How many of the longest waiting cases "next" walks through.
_IN_TURN = 200
#: Not a state of the case: those in which a figure or file is questioned and nothing is said about it.
_DOUBTFUL = "doubts"
_KINDS = ("application.intake", "application.form_check")
#: What the district looks at before scoring (F-04): key, question, part whose entries the system has counted.
_CHECKS: tuple[tuple[str, str, str], ...] = (
    ("place", "生产地址在本属地，企业登记信息与申报一致", ""),
    ("profile", "企业基本信息表填写完整", "profile"),
    ("basics", "基本要求逐项说明", "basics"),
    ("sheet", "自评表逐项填写，数据有出处", "sheet"),
    ("report", "评价报告章节完整", "report"),
    ("evidence", "佐证材料齐全、清晰、在有效期内", ""),
    ("pledge", "真实性承诺由法定代表人作出", ""),
)


@audience(Role.DISTRICT)
@require_GET
def queue(request: HttpRequest) -> HttpResponseBase:
    """List applications before scoring, the longest waiting first."""
    actor = actor_of(request)
    query, state = request.GET.get("q", ""), request.GET.get("state", "")
    doubtful = state == _DOUBTFUL
    state = state if state in _STATES else ""
    found = applications.applications_page(
        actor=actor,
        q=query,
        state=state,
        states=_STATES,
        sort="oldest",
        page=whole(request.GET.get("page"), 1),
        only=applications.with_open_doubts(actor=actor, states=_STATES) if doubtful else None,
    )
    if not query:
        vars(request)["counted_states"] = found.by_state  # the shell need not count again
    labels = {SUBMITTED: "待受理", FORM_CHECK: "形式审查", SUPPLEMENTING: "补正中"}
    options: dict[str, tuple[str, int | None]] = {"": ("全部", sum(found.by_state[key] for key in _STATES))}
    options |= {key: (label, found.by_state[key]) for key, label in labels.items()}
    options[_DOUBTFUL] = ("疑点未说明", None)
    soonest = dues(actor=actor, cases=[row.public_id for row in found.rows], kinds=_KINDS)
    ids = [row.id for row in found.rows]
    signs = applications.form_signs(actor=actor, application_ids=ids, on=shown_now().on)
    held = review_read.holders(actor=actor, application_ids=ids)
    return page(
        request,
        "district/intake.html",
        {
            "found": found,
            "rows": [
                (row, soonest.get(row.public_id), signs.get(row.id, ()), held.get(row.id))
                for row in found.rows
            ],
            "handles": actor.has(Duty.HANDLER, Duty.SIGNER),
            "waiting": found.by_state[SUBMITTED] + found.by_state[FORM_CHECK],
            "q": query,
            "state": _DOUBTFUL if doubtful else state,
            "tabs": tabs(options, _DOUBTFUL if doubtful else state),
            "now": shown_at(),
        },
    )


@audience(Role.DISTRICT)
@require_GET
def next_case(request: HttpRequest) -> HttpResponseBase:
    """Go to the next case that waits for the district, the oldest after the one just seen; nobody else's."""
    actor, after = actor_of(request), request.GET.get("after", "")
    rows = applications.applications_page(
        actor=actor, states=(SUBMITTED, FORM_CHECK), sort="oldest", per_page=_IN_TURN
    ).rows
    held = review_read.holders(actor=actor, application_ids=[row.id for row in rows])
    free = [
        row.public_id
        for row in rows
        if row.public_id == after or row.id not in held or held[row.id].user_id == actor.user_id
    ]
    turn = free.index(after) + 1 if after in free else 0
    found = next((public_id for public_id in (*free[turn:], *free[:turn]) if public_id != after), None)
    if found is None:
        say(request, "没有其他待受理和形式审查的申报。")
        return redirect("district:intake")
    return redirect("district:application", found)


@audience(Role.DISTRICT)
@require_POST
def accept(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Accept a submitted application."""
    _, refusal = attempt(services.accept, actor=actor_of(request), clock=DatabaseClock(), public_id=public_id)
    must_be_visible(refusal)
    refusal = saying_who(refusal, actor=actor_of(request), public_id=public_id)
    if refusal:
        return case_page(request, public_id, refusal)
    say(request, "已受理，请进行形式审查。")
    return redirect("district:application", public_id)


@audience(Role.DISTRICT)
@require_http_methods(["GET", "POST"])
def form_check(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Go through the form check; everything in order opens the scoring."""
    actor = actor_of(request)
    case = seen(applications.case, actor=actor, public_id=public_id)
    rows = [
        {
            "key": key,
            "item": question,
            "complete": text(request, f"ok-{key}") == "yes",
            "answer": text(request, f"ok-{key}"),
            "problem": text(request, f"problem-{key}"),
        }
        for key, question, _ in _CHECKS
    ]
    refusal: DomainError | None = None
    if request.method == "POST":
        refusal = _incomplete(rows)
        if refusal is None:
            stored = [{name: row[name] for name in ("item", "complete", "problem")} for row in rows]
            _, refusal = attempt(
                review.pass_form_check,
                actor=actor,
                clock=DatabaseClock(),
                public_id=public_id,
                rows=stored,
            )
            must_be_visible(refusal)
            refusal = saying_who(refusal, actor=actor_of(request), public_id=public_id)
        if refusal is None:
            say(request, "形式审查通过，已进入初评队列。")
            return redirect("district:scoring")
    counted = applications.completeness(actor=actor, public_id=public_id, moment=shown_now())
    parts = {part.part: part for part in counted.parts}
    for row, (_, _, part) in zip(rows, _CHECKS, strict=True):
        row["part"] = parts.get(part)
    return page(
        request,
        "district/form_check.html",
        {
            "case": case,
            "rows": rows,
            "signs": applications.form_signs(actor=actor, application_ids=[case.id]).get(case.id, ()),
            "crumbs": _crumbs(case, "形式审查"),
        },
        refusal=refusal,
    )


def _incomplete(rows: list[dict[str, Any]]) -> Invalid | None:
    errors: dict[str, list[str]] = {}
    for row in rows:
        if row["answer"] not in {"yes", "no"}:
            errors[f"ok-{row['key']}"] = [f"请判断：{row['item']}。"]
        elif not row["complete"]:
            errors[f"ok-{row['key']}"] = [f"“{row['item']}”不齐全的，请退回补正，不能通过形式审查。"]
    return Invalid(errors) if errors else None


@audience(Role.DISTRICT)
@require_http_methods(["GET", "POST"])
def return_items(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Return named items for supplement: picked on the case file, each with its problem and what is wanted."""
    actor = actor_of(request)
    file = seen(applications.application_file, actor=actor, public_id=public_id)
    places = places_of(actor, file)
    gathered = review_read.return_list(actor=actor, application_id=file.case.id)
    drafts: list[Draft] = rows_wanted(request, places, gathered)
    refusal: DomainError | None = None
    if request.method == "POST":
        drafts = rows_posted(request, places)
        if "add" not in request.POST:
            done, refusal = attempt(
                review.return_items,
                actor=actor,
                clock=DatabaseClock(),
                public_id=public_id,
                items=[draft.item for draft in drafts],
            )
            must_be_visible(refusal)
            refusal = saying_who(refusal, actor=actor_of(request), public_id=public_id)
            if done is not None:
                say(request, f"已退回补正 {done.count} 项，企业须在{chinese(done.due_on)}前重新提交。")
                return redirect("district:application", public_id)
    return page(
        request,
        "district/return_items.html",
        {"case": file.case, "drafts": drafts, "places": places, "crumbs": _crumbs(file.case, "退回补正")},
        refusal=refusal,
    )


@audience(Role.DISTRICT)
@require_http_methods(["GET", "POST"])
def transfer(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Hand an application over to the district where the enterprise produces."""
    actor = actor_of(request)
    case = seen(applications.case, actor=actor, public_id=public_id)
    target, reason = text(request, "to_district"), text(request, "reason")
    refusal: DomainError | None = None
    if request.method == "POST":
        _, refusal = attempt(
            services.transfer,
            actor=actor,
            clock=DatabaseClock(),
            public_id=public_id,
            to_district=target,
            reason=reason,
        )
        must_be_visible(refusal)
        refusal = saying_who(refusal, actor=actor_of(request), public_id=public_id)
        if refusal is None:
            say(request, f"{case.enterprise_name}的申报已转办。")
            return redirect("district:intake")
    options = [(row.code, row.name) for row in accounts.districts() if row.code != case.district]
    return page(
        request,
        "district/transfer.html",
        {
            "case": case,
            "options": options,
            "to_district": target,
            "reason": reason,
            "crumbs": _crumbs(case, "转办"),
        },
        refusal=refusal,
    )


@audience(Role.DISTRICT)
@require_http_methods(["GET", "POST"])
def refuse(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Refuse an application with the rule it breaks."""
    actor = actor_of(request)
    case = seen(applications.case, actor=actor, public_id=public_id)
    rule, reason = text(request, "rule"), text(request, "reason")
    refusal: DomainError | None = None
    if request.method == "POST":
        _, refusal = attempt(
            services.refuse_intake,
            actor=actor,
            clock=DatabaseClock(),
            public_id=public_id,
            rule=rule,
            reason=reason,
        )
        must_be_visible(refusal)
        refusal = saying_who(refusal, actor=actor_of(request), public_id=public_id)
        if refusal is None:
            say(request, f"{case.enterprise_name}的申报不予受理，已通知企业。")
            return redirect("district:intake")
    options = [(row.id, f"{row.clause} {row.title}（{row.id}）") for row in RULES if row.id in _REFUSABLE]
    return page(
        request,
        "district/refuse.html",
        {
            "case": case,
            "options": options,
            "rule": rule,
            "reason": reason,
            "may_refuse": actor.has(Duty.SIGNER),
            "crumbs": _crumbs(case, "不予受理"),
        },
        refusal=refusal,
    )


#: Rules an application can break before anything is scored (方案四、五（二）、六（二）).
_REFUSABLE = frozenset({"R-01", "R-08", "R-10", "R-11", "R-12", "R-13", "R-31"})


def _crumbs(case: CaseRow, here: str) -> list[tuple[str, str]]:
    return [
        ("申报受理", reverse("district:intake")),
        (case.enterprise_name, reverse("district:application", args=[case.public_id])),
        (here, ""),
    ]

"""公示公告: drafted from the chosen cases after a pre-check, signed step by step, published, corrected (R-24)."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.applications import selectors as applications
from apps.applications.selectors import CaseRow
from apps.core.actor import Actor, Duty, Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError
from apps.core.moment import Clock
from apps.core.reconfirming import reconfirmed
from apps.deadlines import selectors as deadlines
from apps.deadlines.counting import Counting
from apps.parameters.selectors import in_force
from apps.policy.calendar import Term
from apps.policy.provisional import Provisional
from apps.portals.base.http import page
from apps.portals.base.posted import day, text
from apps.portals.base.templatetags.gf import cn_date
from apps.portals.base.visible import seen
from apps.portals.municipal.common import act, page_number, shown_now, tabs
from apps.publicity import selectors as publicity
from apps.publicity import services as publicity_services
from apps.publicity.services import DEFAULT_BASIS, NoticeText
from apps.publicity.states import NOTICE_LIFE

_CREDIT = "credit_check"
_ORDINALS = "一二三四五六七八九"
_SIGNING = frozenset({"submit", "review", "approve", "return"})
_SIGNED = {
    "submit": "已送处室审核。",
    "review": "审核通过，已送局领导签批。",
    "approve": "已签批，可以发布。",
    "return": "已退回拟稿人。",
}
_FIELDS = (
    "title",
    "basis",
    "contact_person",
    "contact_phone",
    "contact_email",
    "contact_address",
    "supervision_phone",
)


@audience(Role.MUNICIPAL)
@require_GET
def listing(request: HttpRequest) -> HttpResponseBase:
    """List notices, the newest first."""
    actor, state = actor_of(request), request.GET.get("state", "")
    counts = publicity.workload(actor=actor).notices
    choices: list[tuple[str, str, int | None]] = [
        (code, label, counts.get(code, 0)) for code, label in NOTICE_LIFE.states.items()
    ]
    context = {
        "found": publicity.notices_page(actor=actor, state=state, page=page_number(request)),
        "tabs": tabs("municipal:notices", state, [("", "全部", sum(counts.values())), *choices]),
    }
    return page(request, "municipal/notices.html", context)


@audience(Role.MUNICIPAL)
@require_http_methods(["GET", "POST"])
def draft(request: HttpRequest) -> HttpResponseBase:
    """Check the chosen cases, say who can be listed and who cannot, then draft the notice of those who can."""
    actor = actor_of(request)
    source = request.POST if request.method == "POST" else request.GET
    chosen = list(dict.fromkeys(source.getlist("ids"))) or _proposed(actor, source.get("proposed", ""))
    cases = chosen_cases(actor, chosen, state=_CREDIT)
    if request.POST.get("step") != "draft":
        return _draft_page(request, cases)
    return act(
        request,
        lambda actor, clock: publicity_services.draft_notice(
            actor=actor,
            clock=clock,
            round_public_id=text(request, "round"),
            application_public_ids=chosen,
            text=NoticeText(**{name: text(request, name) for name in _FIELDS}),
        ),
        done="公示稿已拟好，核对后送审。",
        to=lambda public_id: reverse("municipal:notice", args=[public_id]),
        again=lambda refusal: _draft_page(request, cases, refusal=refusal),
    )


@audience(Role.MUNICIPAL)
@require_GET
def file(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show one notice with its list and its signing chain."""
    return _file(request, public_id)


@audience(Role.MUNICIPAL)
@require_POST
def sign(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Move a notice one step along its signing chain, or back to the drafter."""
    event = text(request, "event")
    if event not in _SIGNING:
        raise Http404("没有这个办理环节。")
    return act(
        request,
        lambda actor, clock: publicity_services.sign_notice(
            actor=actor, clock=clock, public_id=public_id, event=event, note=text(request, "note")
        ),
        done=_SIGNED[event],
        to=reverse("municipal:notice", args=[public_id]),
        again=lambda refusal: _file(request, public_id, refusal=refusal),
    )


@audience(Role.MUNICIPAL)
@require_POST
def revise(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Change the words of a draft and take enterprises off its list; a 更正公示 keeps its list."""
    relisted = request.POST.get("listed") == "1"
    return act(
        request,
        lambda actor, clock: publicity_services.revise_notice(
            actor=actor,
            clock=clock,
            public_id=public_id,
            text=NoticeText(**{name: text(request, name) for name in _FIELDS}),
            application_public_ids=list(dict.fromkeys(request.POST.getlist("ids"))) if relisted else None,
        ),
        done="公示稿已修改，核对后送审。",
        to=reverse("municipal:notice", args=[public_id]),
        again=lambda refusal: _file(request, public_id, refusal=refusal),
    )


@audience(Role.MUNICIPAL)
@require_POST
@reconfirmed
def publish(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Publish a signed notice: list and period are frozen."""

    def deed(*, actor: Actor, clock: Clock) -> Term:
        return publicity_services.publish_notice(
            actor=actor, clock=clock, public_id=public_id, starts_on=day(request, "starts_on", "公示起始日")
        )

    return act(
        request,
        deed,
        done=lambda term: f"公示已发布，公示期 {cn_date(term.starts_on)}至 {cn_date(term.ends_on)}。",
        to=reverse("municipal:notice", args=[public_id]),
        again=lambda refusal: _file(request, public_id, refusal=refusal),
    )


@audience(Role.MUNICIPAL)
@require_POST
def correct(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Take entries off a running notice and put them on a draft correction."""
    return act(
        request,
        lambda actor, clock: publicity_services.correct_notice(
            actor=actor,
            clock=clock,
            public_id=public_id,
            application_public_ids=list(dict.fromkeys(request.POST.getlist("ids"))),
            reason=text(request, "reason"),
        ),
        done="更正公示已拟稿，请核对后送审；签批后由公示发布人员发布，其余企业的公示照常进行。",
        to=lambda correction: reverse("municipal:notice", args=[correction]),
        again=lambda refusal: _file(request, public_id, refusal=refusal),
    )


def chosen_cases(actor: Actor, public_ids: Sequence[str], *, state: str) -> list[CaseRow]:
    """Return the chosen cases in the given order; those of the expected stage come from one query.

    Raises:
        Http404: one of them does not exist for this actor.
    """
    if not public_ids:
        return []
    expected = {row.public_id: row for row in applications.cases_in_state(actor=actor, states=[state])}
    return [
        expected.get(public_id) or seen(applications.case, actor=actor, public_id=public_id)
        for public_id in public_ids
    ]


def _proposed(actor: Actor, round_public_id: str) -> list[str]:
    """Return the cases of a round that the bureau means to award, "" for none: the list of the notice in one step."""
    if not round_public_id:
        return []
    return [
        row.case.public_id
        for row in publicity.intended_in_round(actor=actor, round_public_id=round_public_id)
        if row.decision is not None and row.decision.decision is Provisional.PROPOSE
    ]


def _draft_page(
    request: HttpRequest, cases: Sequence[CaseRow], *, refusal: DomainError | None = None
) -> HttpResponseBase:
    now = shown_now()
    checks = publicity.notice_prechecks(cases=cases, on=now.on)
    ready = [check for check in checks if check.ok]
    rounds = {check.case.round_public_id: check.case.round_code for check in ready}
    parameters = in_force(on=now.on)
    values = {name: text(request, name) for name in _FIELDS}
    if request.POST.get("step") != "draft":
        start = publicity.draft_start(actor=actor_of(request), round_public_id=next(iter(rounds), ""))
        values |= {**start.contacts, "basis": DEFAULT_BASIS, "title": _title(rounds, start.earlier)}
    context = {
        "ready": ready,
        "blocked": [check for check in checks if not check.ok],
        "round": next(iter(rounds), "") if len(rounds) == 1 else "",
        "several_rounds": len(rounds) > 1,
        "values": values,
        "term": deadlines.term(
            Counting.publicity(now.on, parameters.publicity_days, parameters.publicity_kind)
        ),
        "days": parameters.publicity_days,
    }
    return page(request, "municipal/notice_draft.html", context, refusal=refusal)


def _title(rounds: dict[str, str], earlier: int) -> str:
    """Return the usual title ("关于2026年第二批…拟评定名单的公示（二）"), numbered from the second notice on."""
    code = next(iter(rounds.values()), "")
    batch = _ORDINALS[max(0, min(ord(code[4]) - ord("A"), 8))] if len(code) > 4 else ""  # noqa: PLR2004
    named = f"{code[:4]}年第{batch}批" if batch else ""
    order = f"（{_ORDINALS[earlier]}）" if 0 < earlier < len(_ORDINALS) else ""
    return f"关于{named}苏州市3A级绿色工厂拟评定名单的公示{order}"


def _file(request: HttpRequest, public_id: str, *, refusal: DomainError | None = None) -> HttpResponseBase:
    actor, now = actor_of(request), shown_now()
    found = seen(publicity.notice_file, actor=actor, public_id=public_id)
    events = [step.event for step in NOTICE_LIFE.events_for(found.row.state, actor)]
    parameters = in_force(on=now.on)
    revising = request.POST.get("form") == "revise"
    words = {name: getattr(found, name, found.row.title) for name in _FIELDS}
    context = {
        "file": found,
        "row": found.row,
        "events": events,
        "may_revise": found.row.state == "draft" and "submit" in events,
        "revising": revising,
        "values": {name: text(request, name) for name in _FIELDS} if revising else words,
        "kept": request.POST.getlist("ids")
        if revising
        else [entry.application_public_id for entry in found.entries if entry.is_open],
        "forward": next((one for one in ("submit", "review", "approve") if one in events), ""),
        "is_public": found.row.published_at is not None,
        "may_correct": found.row.state == "published" and actor.has(Duty.HANDLER),
        "own_draft": found.drafted_by_id == actor.user_id,
        "term": deadlines.term(
            Counting.publicity(now.on, parameters.publicity_days, parameters.publicity_kind)
        )
        if "publish" in events
        else None,
        "days": parameters.publicity_days,
        "now": now.at,
        "today": now.on,
        "typed": request.POST,
    }
    return page(request, "municipal/notice.html", context, refusal=refusal)

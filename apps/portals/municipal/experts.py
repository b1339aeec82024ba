"""专家库: the pool, new experts, and the ties that mean recusal (R-19, R-20)."""

from __future__ import annotations

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts import selectors as accounts
from apps.accounts import services as account_services
from apps.accounts.industries import division_name
from apps.accounts.selectors import ExpertRow
from apps.core.actor import Duty, Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError
from apps.portals.base.http import page
from apps.portals.base.posted import day, required_day, text
from apps.portals.municipal.common import act, shown_now
from apps.review import selectors as review

LINK_KINDS = [
    ("past_employer", "曾任职"),
    ("shareholding", "持股"),
    ("consultant", "咨询服务"),
    ("third_party", "第三方评价"),
    ("group", "同一集团"),
    ("family", "近亲属任职"),
]
_FIELDS = (
    "username",
    "name",
    "number",
    "title",
    "employer_name",
    "employer_uscc",
    "fields",
    "industries",
    "email",
    "phone",
)


@audience(Role.MUNICIPAL)
@require_GET
def listing(request: HttpRequest) -> HttpResponseBase:
    """List the pool."""
    actor = actor_of(request)
    rows = accounts.experts(actor=actor)
    q = request.GET.get("q", "").strip()[:50]
    if q:
        rows = [row for row in rows if q in row.name or q in row.employer_name or q in "".join(row.fields)]
    on = shown_now().on
    away = {row.expert_id for row in review.absences(actor=actor, on=on) if row.from_on <= on}
    context = {
        "rows": [(row, [division_name(code) for code in row.industries], row.id in away) for row in rows],
        "q": q,
        "may_add": actor.has(Duty.HANDLER),
    }
    return page(request, "municipal/experts.html", context)


@audience(Role.MUNICIPAL)
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponseBase:
    """Add an expert with an account of its own."""
    if request.method != "POST":
        return _form(request)
    typed = {name: text(request, name).strip() for name in _FIELDS}
    return act(
        request,
        lambda actor, clock: account_services.create_expert(
            actor=actor,
            clock=clock,
            data=account_services.NewExpert(
                username=typed["username"],
                name=typed["name"],
                password=None,
                number=typed["number"],
                title=typed["title"],
                employer_name=typed["employer_name"],
                employer_uscc=typed["employer_uscc"],
                fields=_words(typed["fields"]),
                industries=_words(typed["industries"]),
                email=typed["email"],
                phone=typed["phone"],
            ),
        ),
        done="专家已入库，设置密码的邀请已发往其邮箱。请登记其关联关系，系统据此判断回避。",
        to=lambda expert_id: _address(request, expert_id),
        again=lambda refusal: _form(request, refusal=refusal),
    )


@audience(Role.MUNICIPAL)
@require_GET
def file(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show one expert with ties."""
    return _file(request, public_id)


@audience(Role.MUNICIPAL)
@require_POST
def invite(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Send the invitation to set a password once more."""
    row = _found(request, public_id)
    return act(
        request,
        lambda actor, clock: account_services.invite_expert(actor=actor, clock=clock, expert_id=row.id),
        done="邀请已再次发往专家的邮箱。",
        to=reverse("municipal:expert", args=[public_id]),
        again=lambda refusal: _file(request, public_id, refusal=refusal),
    )


@audience(Role.MUNICIPAL)
@require_POST
def add_link(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Record a tie of an expert."""
    row = _found(request, public_id)
    return act(
        request,
        lambda actor, clock: account_services.declare_link(
            actor=actor,
            clock=clock,
            expert_id=row.id,
            kind=text(request, "kind"),
            organisation=text(request, "organisation"),
            uscc=text(request, "uscc").strip(),
            ended_on=day(request, "ended_on", "结束日期"),
        ),
        done="关联关系已登记。",
        to=reverse("municipal:expert", args=[public_id]),
        again=lambda refusal: _file(request, public_id, refusal=refusal),
    )


@audience(Role.MUNICIPAL)
@require_POST
def end_link(request: HttpRequest, public_id: str, link: int) -> HttpResponseBase:
    """Record the day on which a tie ended."""
    row = _found(request, public_id)
    return act(
        request,
        lambda actor, clock: account_services.end_link(
            actor=actor,
            clock=clock,
            expert_id=row.id,
            link_id=link,
            ended_on=required_day(request, "ended_on", "结束日期"),
        ),
        done="结束日期已登记；在办评审已重新核对。",
        to=reverse("municipal:expert", args=[public_id]),
        again=lambda refusal: _file(request, public_id, refusal=refusal),
    )


@audience(Role.MUNICIPAL)
@require_POST
def edit(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Change employer, fields and industries, or take the expert out of the pool for a time."""
    row = _found(request, public_id)
    return act(
        request,
        lambda actor, clock: account_services.update_expert(
            actor=actor,
            clock=clock,
            expert_id=row.id,
            details=account_services.ExpertDetails(
                title=text(request, "title"),
                employer_name=text(request, "employer_name"),
                employer_uscc=text(request, "employer_uscc").strip(),
                fields=_words(text(request, "fields")),
                industries=_words(text(request, "industries")),
                is_available="is_available" in request.POST,
            ),
        ),
        done="专家信息已更新；单位有变化的，在办评审已重新核对。",
        to=reverse("municipal:expert", args=[public_id]),
        again=lambda refusal: _file(request, public_id, refusal=refusal, act_name="edit"),
    )


def _form(request: HttpRequest, *, refusal: DomainError | None = None) -> HttpResponseBase:
    return page(request, "municipal/expert_form.html", {"typed": request.POST}, refusal=refusal)


def _found(request: HttpRequest, public_id: str) -> ExpertRow:
    """Return one expert of the pool.

    Raises:
        Http404: there is none.
    """
    pool = accounts.experts(actor=actor_of(request))
    row = next((row for row in pool if row.public_id == public_id), None)
    if row is None:
        raise Http404("专家库中没有这位专家。")
    return row


def _address(request: HttpRequest, expert_id: int) -> str:
    row = accounts.expert(actor=actor_of(request), expert_id=expert_id)
    return reverse("municipal:expert", args=[row.public_id])


def _file(
    request: HttpRequest, public_id: str, *, refusal: DomainError | None = None, act_name: str = ""
) -> HttpResponseBase:
    actor, row = actor_of(request), _found(request, public_id)
    editing = act_name == "edit"
    labels = dict(LINK_KINDS)
    context = {
        "row": row,
        "industries": [division_name(code) for code in row.industries],
        "links": [(labels.get(link.kind, link.kind), link) for link in row.links],
        "kinds": LINK_KINDS,
        "typed": request.POST,
        "absences": review.absences(actor=actor, on=shown_now().on, expert_id=row.id),
        "may_edit": actor.has(Duty.HANDLER),
        "editing": editing,
        "held": {
            "title": text(request, "title") if editing else row.title,
            "employer_name": text(request, "employer_name") if editing else row.employer_name,
            "employer_uscc": text(request, "employer_uscc") if editing else row.employer_uscc,
            "fields": text(request, "fields") if editing else "、".join(row.fields),
            "industries": text(request, "industries") if editing else "、".join(row.industries),
            "is_available": "is_available" in request.POST if editing else row.is_available,
        },
    }
    return page(request, "municipal/expert.html", context, refusal=refusal)


def _words(sent: str) -> list[str]:
    """Return the entries of a field separated by 、 or comma."""
    return [word.strip() for word in sent.replace("，", "、").replace(",", "、").split("、") if word.strip()]

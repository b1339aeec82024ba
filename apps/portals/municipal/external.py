"""省级、国家级名单: imported after a preview; a line that names nobody is matched by hand (R-03 … R-05, F-19)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts import selectors as accounts
from apps.accounts.lists import MOST_NEAR
from apps.core.actor import Actor, Duty, Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError
from apps.core.faults import Faults
from apps.core.moment import Clock, DatabaseClock
from apps.documents.services.listing import AT_ONCE, start_list_import
from apps.portals.base.http import attempt, page
from apps.portals.base.posted import required_day, text
from apps.portals.base.visible import seen
from apps.portals.municipal.common import act, page_number
from apps.portals.municipal.listreading import lines_of, read_rows
from apps.titles import selectors as titles
from apps.titles import services as title_services
from apps.titles.selectors.lists import ListRow, Match
from apps.titles.services import ImportResult
from apps.titles.services.lists import ListData

KINDS = [("provincial", "省级名单（4A）"), ("national", "国家级名单（5A）")]
_ACTION_LABELS = {"add": "新增", "remove": "移出", "rename": "更名"}
_HOW = {"uscc": "信用代码一致", "name": "名称一致"}
#: Enterprises offered for a match by hand; a narrower search finds the others.
_OFFERED = 20
#: Lines of each group a preview shows; all of them are in the imported list, page by page.
_SHOWN = 50


@audience(Role.MUNICIPAL)
@require_GET
def listing(request: HttpRequest) -> HttpResponseBase:
    """List imported lists and the lines that wait for matching by hand."""
    actor = actor_of(request)
    context = {
        "rows": titles.external_lists(actor=actor),
        "unmatched": titles.unmatched_page(actor=actor, page=page_number(request)),
        "may_import": actor.has(Duty.HANDLER),
    }
    return page(request, "municipal/external.html", context)


@audience(Role.MUNICIPAL)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponseBase:
    """Enter a list, see what each line matches, then import it."""
    if request.method != "POST":
        return _form(request, rows=None)
    step = text(request, "step")
    if step != "import":
        found, refusal = attempt(_preview, request=request, actor=actor_of(request))
        return _form(request, rows=found, refusal=refusal)
    return act(
        request,
        lambda actor, clock: _import(actor=actor, clock=clock, data=_data(request, actor=actor, clock=clock)),
        done=_said,
        to=lambda result: (
            reverse("job", args=[result])
            if isinstance(result, str)
            else reverse("municipal:external_list", args=[result.public_id])
        ),
        again=lambda refusal: _form(request, rows=None, refusal=refusal),
    )


@audience(Role.MUNICIPAL)
@require_GET
def file(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show one imported list, a page of its lines at a time, of one result or of all."""
    state = request.GET.get("state", "")
    row, lines = seen(
        titles.list_page,
        actor=actor_of(request),
        public_id=public_id,
        state=state,
        page=page_number(request),
    )
    choices = [(code, label, row.counts.get(code, 0)) for code, label in titles.LINE_STATES]
    context = {
        "row": row,
        "lines": lines,
        "total": sum(row.counts.values()),
        "tabs": [
            {"label": label, "count": count, "url": f"?state={code}", "current": code == state}
            for code, label, count in [("", "全部", sum(row.counts.values())), *choices]
        ],
    }
    return page(request, "municipal/external_list.html", context)


@audience(Role.MUNICIPAL)
@require_GET
def line(request: HttpRequest, public_id: str, row: str) -> HttpResponseBase:
    """Show a waiting line with the enterprises that might be meant."""
    return _line(request, public_id, row)


@audience(Role.MUNICIPAL)
@require_POST
def match(request: HttpRequest, public_id: str, row: str) -> HttpResponseBase:
    """Match a waiting line with an enterprise."""
    return act(
        request,
        lambda actor, clock: title_services.match_row(
            actor=actor, clock=clock, row_public_id=row, enterprise_public_id=text(request, "enterprise")
        ),
        done=lambda state: (
            "已匹配并生效。" if state == "applied" else "已匹配；该行没有产生变化，原因见名单。"
        ),
        to=reverse("municipal:external_list", args=[public_id]),
        again=lambda refusal: _line(request, public_id, row, refusal=refusal),
    )


@audience(Role.MUNICIPAL)
@require_POST
def dismiss(request: HttpRequest, public_id: str, row: str) -> HttpResponseBase:
    """Take a waiting line out of the queue, with the reason."""
    return act(
        request,
        lambda actor, clock: title_services.dismiss_row(
            actor=actor, clock=clock, row_public_id=row, note=text(request, "note")
        ),
        done="已登记为不匹配。",
        to=reverse("municipal:external_list", args=[public_id]),
        again=lambda refusal: _line(request, public_id, row, refusal=refusal),
    )


def _import(*, actor: Actor, clock: Clock, data: ListData) -> ImportResult | str:
    """Import a short list at once; have a long one imported by a job, and return the job's public id."""
    if len(data.rows) <= AT_ONCE:
        return title_services.import_external_list(actor=actor, clock=clock, data=data)
    return start_list_import(actor=actor, clock=clock, data=data)


def _data(request: HttpRequest, *, actor: Actor, clock: Clock) -> ListData:
    """Return the list as typed.

    Raises:
        Invalid: everything that is missing or cannot be read, field by field and line by line.
        Forbidden: who may not import lists.
    """
    with Faults() as faults:
        published_on = faults.read(lambda: required_day(request, "published_on", "发布日期"), clock.now().on)
        nothing: list[ListRow] = []
        rows = faults.read(
            lambda: read_rows(lines_of(text(request, "rows"), request.FILES.get("file"))), nothing
        )
        data = ListData(
            kind=text(request, "kind"),
            title=text(request, "title"),
            document_no=text(request, "document_no"),
            published_on=published_on,
            rows=rows,
        )
        title_services.check_external_list(actor=actor, clock=clock, data=data)
    return data


def _preview(*, request: HttpRequest, actor: Actor) -> list[dict[str, Any]]:
    data = _data(request, actor=actor, clock=DatabaseClock())
    matched = titles.matches(actor=actor, rows=data.rows)
    strange = [row.name for row, found in zip(data.rows, matched, strict=True) if found is None]
    near = titles.near_names(actor=actor, names=strange)
    return [
        _preview_line(row, found, near.get(row.name, []))
        for row, found in zip(data.rows, matched, strict=True)
    ]


def _preview_line(row: ListRow, found: Match | None, near: Sequence[str]) -> dict[str, Any]:
    return {
        "near": () if found else near,
        "action": _ACTION_LABELS[row.action],
        "name": row.name,
        "new_name": row.new_name,
        "uscc": row.uscc,
        "match": found,
        "how": _HOW.get(found.how, found.how) if found else "",
        "text": "\t".join([_ACTION_LABELS[row.action], row.name, row.uscc, row.new_name]),
    }


def _form(
    request: HttpRequest, *, rows: list[dict[str, Any]] | None, refusal: DomainError | None = None
) -> HttpResponseBase:
    typed = {name: text(request, name) for name in ("kind", "title", "document_no", "published_on", "rows")}
    if rows is not None:
        # What was uploaded goes on as text: the second step needs no file.
        typed["rows"] = "\n".join(row["text"] for row in rows)
    context = {
        "kinds": KINDS,
        "typed": typed,
        "preview": rows is not None,
        "count": len(rows or ()),
        "groups": _groups(rows or []),
    }
    return page(request, "municipal/external_form.html", context, refusal=refusal)


def _groups(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the preview in three groups, the first lines of each: what needs a look comes first."""
    near = [row for row in rows if row["match"] is None and row["near"]]
    none = [row for row in rows if row["match"] is None and not row["near"]]
    matched = [row for row in rows if row["match"] is not None]
    groups = (
        ("名称相近，导入后人工核对", "near", near),
        ("已匹配，导入后生效", "matched", matched),
        ("没有匹配，导入后人工核对", "none", none),
    )
    return [
        {
            "title": title,
            "id": code,
            "rows": found[:_SHOWN],
            "count": len(found),
            "more": len(found) - _SHOWN,
            # Looking for near names ends somewhere: who reads "没有匹配" must know.
            "looked_up": MOST_NEAR if code == "none" and len(near) + len(none) > MOST_NEAR else 0,
        }
        for title, code, found in groups
        if found
    ]


def _said(result: ImportResult | str) -> str:
    if isinstance(result, str):
        return "已开始导入，完成后在本页查看结果。"
    if result.already:
        return "这份名单此前已经导入，没有重复生效。"
    effects = f"生效 {result.applied} 行，无变化 {result.without_effect} 行"
    return f"名单已导入：{effects}，待人工匹配 {result.unmatched} 行。"


def _line(
    request: HttpRequest, public_id: str, row: str, *, refusal: DomainError | None = None
) -> HttpResponseBase:
    actor = actor_of(request)
    summary, shown = seen(titles.list_line, actor=actor, public_id=public_id, row_public_id=row)
    q = request.GET.get("q", "")
    if not q:
        near = titles.near_names(actor=actor, names=[shown.printed_name], most=1)
        q = next(iter(near.get(shown.printed_name, [])), "") or _hint(shown.printed_name)
    offered = accounts.enterprises_page(actor=actor, q=q, per_page=_OFFERED)
    context = {"row": summary, "line": shown, "q": q, "offered": offered, "typed": request.POST}
    return page(request, "municipal/external_line.html", context, refusal=refusal)


def _hint(name: str) -> str:
    """Return the part of a company's name most likely to find it: without the place before and the form behind."""
    short = name
    for ending in ("股份有限公司", "有限责任公司", "有限公司", "集团"):
        short = short.removesuffix(ending)
    for place in ("江苏", "苏州"):
        short = short.removeprefix(place)
    return short[:4] or name[:4]

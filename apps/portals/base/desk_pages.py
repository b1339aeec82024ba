"""The acts of a scoring desk over HTTP, the same for districts and experts: show, save one or all, adopt, mark a file.

A portal says who sits there (`Seat`) and which use-cases of review write; it declares the audience of each URL itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBadRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from apps.applications.selectors import CaseRow
from apps.core.audience import actor_of
from apps.core.errors import DomainError, Invalid
from apps.core.moment import DatabaseClock, shown_at
from apps.evidence import selectors as evidence
from apps.evidence import services as evidence_services
from apps.portals.base.desk import (
    Desk,
    Notes,
    Typed,
    all_typed,
    changed,
    desk_of,
    panel_of,
    refused,
    rows_of,
    saved,
    sums_of,
    typed_in,
)
from apps.portals.base.http import attempt, page, say
from apps.portals.base.posted import text
from apps.portals.base.visible import must_be_visible
from apps.scoring import selectors as sheets
from apps.scoring.selectors import CompareView
from apps.scoring.services import SavedEntry, SavedSheet


@dataclass(frozen=True, slots=True)
class Seat:
    """Where somebody scores: the case, its sheet, whether it is theirs to fill in, and the addresses of the desk."""

    key: str
    case: CaseRow
    sheet_public_id: str
    writable: bool
    here: str
    files: str
    next_url: str
    crumbs: tuple[tuple[str, str], ...]
    context: Mapping[str, Any] = field(default_factory=dict)
    notes: Notes | None = None
    previous_url: str = ""


@dataclass(frozen=True, slots=True)
class DeskPages:
    """The pages of one kind of desk.

    `seat` finds the seat for a key of the URL (404 when there is none for this person); the services take
    `public_id=key`. `words` are the portal's own: own, column, base, adopt …
    """

    template: str
    words: Mapping[str, str]
    seat: Callable[[HttpRequest, str], Seat]
    score_item: Callable[..., SavedEntry]
    score_items: Callable[..., SavedSheet]
    adopt_scores: Callable[..., object]
    #: What the side panel shows of one item beside its files (remarks, photos …): (request, seat, item code) → context.
    beside: Callable[[HttpRequest, Seat, str], Mapping[str, Any]] | None = None
    #: Figures of the seat that follow from the totals: (seat, view) → name → text.
    live: Callable[[Seat, CompareView], Mapping[str, str]] | None = None
    #: The answer to a form sent from a desk that has been closed meanwhile; None while it is open.
    closed: Callable[[HttpRequest, str], HttpResponseBase | None] | None = None

    def show(
        self,
        request: HttpRequest,
        key: str,
        *,
        seat: Seat | None = None,
        refusal: DomainError | None = None,
        typed: Mapping[str, Typed] | None = None,
    ) -> HttpResponseBase:
        """Return the desk; what was typed and refused stays in the boxes. *seat*: when it is already known."""
        seat = seat or self.seat(request, key)
        view = self._view(request, seat)
        uses = evidence.uses_by_place(actor=actor_of(request), application_id=seat.case.id)
        desk = desk_of(
            view,
            uses,
            show=request.GET.get("show", "all"),
            item=request.GET.get("item", ""),
            writable=seat.writable,
            typed=typed,
            errors=refusal.errors if isinstance(refusal, Invalid) else None,
            notes=seat.notes,
        )
        context = self._context(seat, desk)
        if request.path == seat.here:
            # On the desk's own address the links of its 97 rows can be short.
            context["urls"]["rows"] = "items/"
        context.update(self.live(seat, view) if self.live else {})
        if desk.line is not None:
            context["panel"] = panel_of(view, desk.line, uses.get(("item", desk.line.code), []))
            context.update(self.beside(request, seat, desk.line.code) if self.beside else {})
        return page(request, self.template, context, refusal=_for_the_form(refusal))

    def save_all(self, request: HttpRequest, key: str) -> HttpResponseBase:
        """Save the whole table as one form: every changed item, or none."""
        if (closed := self._closed(request, key)) is not None:
            return closed
        seat, view = self._loaded(request, key)
        typed = all_typed(request, view)
        refusal = self._save(request, key, changed(view, typed))
        if refusal:
            return self.show(request, key, refusal=refusal, typed=typed)
        say(request, "已保存。")
        return redirect(f"{seat.here}?show={text(request, 'show') or 'all'}")

    def adopt(self, request: HttpRequest, key: str) -> HttpResponseBase:
        """Take over the scores one starts from for every item not scored yet, after saving what was typed."""
        if (closed := self._closed(request, key)) is not None:
            return closed
        seat, view = self._loaded(request, key)
        typed = all_typed(request, view)
        refusal = self._save(request, key, changed(view, typed))
        if refusal is None:
            _, refusal = attempt(
                self.adopt_scores, actor=actor_of(request), clock=DatabaseClock(), public_id=key
            )
            must_be_visible(refusal)
        if refusal:
            return self.show(request, key, refusal=refusal, typed=typed)
        open_items = len(self._loaded(request, key)[1].unanswered)
        left = f"还有 {open_items} 项没有对照分或申请不适用，须逐项判断。" if open_items else "全部条目已评。"
        say(request, f"未评的条目已{self.words['adopt']}分；{left}")
        return redirect(seat.here)

    def item(self, request: HttpRequest, key: str, code: str) -> HttpResponseBase:
        """Show one item (side panel, or a page of its own); save it on POST.

        A save by the page's script asks for nothing but the save itself (`sums` brings the rest a moment later).
        """
        typed = typed_in(request, code) if request.method == "POST" else None
        entry: SavedEntry | None = None
        refusal: DomainError | None = None
        plain = not request.headers.get("Accept", "").startswith("application/json")
        if typed is not None and plain and (closed := self._closed(request, key)) is not None:
            return closed
        if typed is not None:
            try:
                # The use-case is one transaction of its own: a second savepoint around it would only cost.
                entry = self.score_item(
                    actor=actor_of(request),
                    clock=DatabaseClock(),
                    public_id=key,
                    item_code=code,
                    version=typed.version,
                    answer=typed.answer,
                )
            except DomainError as raised:
                refusal = raised
            must_be_visible(refusal)
            if not plain:
                if refusal is not None:
                    return JsonResponse(refused(refusal), status=refusal.status)
                return JsonResponse(saved(entry)) if entry is not None else HttpResponseBadRequest()
        seat, view = self._loaded(request, key)
        if entry is not None:
            return redirect(f"{seat.here}#row-{code}")
        if all(row.code != code for row in rows_of(view)):
            raise Http404
        return self._item(request, seat, view, code, typed=typed, refusal=refusal)

    def sums(self, request: HttpRequest, key: str) -> HttpResponseBase:
        """Return the desk's totals for the page's script: what can still be reached, each indicator, the filters."""
        seat, view = self._loaded(request, key)
        uses = evidence.uses_by_place(actor=actor_of(request), application_id=seat.case.id)
        desk = desk_of(view, uses, writable=seat.writable, notes=seat.notes)
        return JsonResponse({"live": {**sums_of(desk), **(self.live(seat, view) if self.live else {})}})

    def panel(
        self, request: HttpRequest, key: str, code: str, *, file: str = "", refusal: DomainError | None = None
    ) -> HttpResponseBase:
        """Return one item again after an act beside the score: the side panel, or the item's own page."""
        seat, view = self._loaded(request, key)
        if all(row.code != code for row in rows_of(view)):
            raise Http404
        return self._item(request, seat, view, code, file=file, refusal=refusal)

    def mark(self, request: HttpRequest, key: str, use: str) -> HttpResponseBase:
        """Mark a file as checked, or take one's mark back."""
        seat, view = self._loaded(request, key)
        code = text(request, "item")
        if all(row.code != code for row in rows_of(view)):
            raise Http404
        _, refusal = attempt(
            evidence_services.mark_use,
            actor=actor_of(request),
            clock=DatabaseClock(),
            public_id=use,
            mark=text(request, "mark"),
        )
        must_be_visible(refusal)
        if refusal is None and not is_swap(request):
            return redirect(f"{seat.here}items/{code}/?file={use}#files")
        return self._item(request, seat, view, code, file=use, refusal=refusal)

    def _closed(self, request: HttpRequest, key: str) -> HttpResponseBase | None:
        return self.closed(request, key) if self.closed else None

    def _loaded(self, request: HttpRequest, key: str) -> tuple[Seat, CompareView]:
        seat = self.seat(request, key)
        return seat, self._view(request, seat)

    @staticmethod
    def _view(request: HttpRequest, seat: Seat) -> CompareView:
        return sheets.compare_view(actor=actor_of(request), public_id=seat.sheet_public_id)

    def _save(self, request: HttpRequest, key: str, typed: Mapping[str, Typed]) -> DomainError | None:
        if not typed:
            return None
        _, refusal = attempt(
            self.score_items,
            actor=actor_of(request),
            clock=DatabaseClock(),
            public_id=key,
            answers={code: one.answer for code, one in typed.items()},
            versions={code: one.version for code, one in typed.items()},
        )
        must_be_visible(refusal)
        return refusal

    def _item(
        self,
        request: HttpRequest,
        seat: Seat,
        view: CompareView,
        code: str,
        *,
        file: str = "",
        typed: Typed | None = None,
        refusal: DomainError | None = None,
    ) -> HttpResponseBase:
        uses = evidence.uses_of(actor=actor_of(request), application_id=seat.case.id, place="item", code=code)
        desk = desk_of(
            view,
            {("item", code): uses},
            item=code,
            writable=seat.writable,
            typed={code: typed} if typed else None,
            notes=seat.notes,
        )
        context = self._context(seat, desk)
        if desk.line is not None:
            context["panel"] = panel_of(view, desk.line, uses, file=file or request.GET.get("file", ""))
            context.update(self.beside(request, seat, code) if self.beside else {})
        context["crumbs"] = [*seat.crumbs, (seat.case.enterprise_name, seat.here), (code, "")]
        template = "desk/_panel_swap.html" if is_swap(request) else "desk/item.html"
        return page(request, template, context, refusal=refusal)

    def _context(self, seat: Seat, desk: Desk) -> dict[str, Any]:
        return {
            **seat.context,
            "case": seat.case,
            "desk": desk,
            "words": self.words,
            "may_mark": desk.editable,
            "now": shown_at(),
            "urls": {
                "desk": seat.here,
                "items": f"{seat.here}items/",
                "rows": f"{seat.here}items/",
                "marks": f"{seat.here}marks/",
                "save": f"{seat.here}save/",
                "adopt": f"{seat.here}adopt/",
                "files": seat.files,
                "next": seat.next_url,
                "previous": seat.previous_url,
            },
        }


def is_swap(request: HttpRequest) -> bool:
    """Whether the page's script asks for the side panel alone."""
    return bool(getattr(request, "htmx", False))


def _for_the_form(refusal: DomainError | None) -> DomainError | None:
    """Return errors of items under the names of their inputs, so that the summary leads to them."""
    if not isinstance(refusal, Invalid):
        return refusal
    return Invalid(
        {
            (f"p-{code}" if code else ""): [
                message if code in message else f"{code}：{message}" for message in messages
            ]
            for code, messages in refusal.errors.items()
        }
    )

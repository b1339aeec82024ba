"""The scoring desk as a page needs it, for districts and experts alike: lines, filters, the side panel, what was typed.

Nothing is computed here: points, differences and sums come from the scoring room, files and marks from the evidence
room. This module arranges them and reads back what the form sends.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from apps.core.errors import Conflict, DomainError, Invalid
from apps.core.moment import SHANGHAI
from apps.evidence.selectors import UseRow
from apps.portals.base.desk_filters import SHOWS, is_doubtful, kept_by
from apps.portals.base.posted import whole
from apps.portals.base.templatetags.gf import difference_tone, signed
from apps.scoring.selectors import CompareView, RowView
from apps.scoring.services import SavedEntry
from apps.scoring.states import PHRASE_LABELS

Uses = Mapping[tuple[str, str], Sequence[UseRow]]
_ITEM = "item"


@dataclass(frozen=True, slots=True)
class Notes:
    """What is kept beside the items: how many remarks and photos each has, and which are on the return list."""

    remarks: Mapping[str, int]
    photos: Mapping[str, int]
    returning: frozenset[str]


@dataclass(frozen=True, slots=True)
class Line:
    """One item as it stands on the page: what was typed wins over what is stored until it is saved."""

    row: RowView
    beside: tuple[str, ...]
    value: str
    reason: str
    not_applicable: bool
    gap: str
    tone: str
    files: int
    verified: int
    editable: bool
    errors: tuple[str, ...]
    remarks: int = 0
    photos: int = 0
    returning: bool = False

    @property
    def code(self) -> str:
        """The item's code."""
        return self.row.code

    @property
    def said(self) -> bool:
        """Whether anything is kept beside this item."""
        return bool(self.returning or self.remarks or self.photos)

    @property
    def may_be_absent(self) -> bool:
        """Whether 不适用 can be chosen here."""
        return self.row.na_allowed or self.row.claims_not_applicable


@dataclass(frozen=True, slots=True)
class Section:
    """A first-level indicator with the lines that the filter leaves."""

    code: str
    name: str
    full: str
    own: str
    beside: tuple[str, ...]
    answered: int
    count: int
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Desk:
    """The whole desk."""

    view: CompareView
    sections: tuple[Section, ...]
    filters: tuple[dict[str, Any], ...]
    show: str
    line: Line | None
    editable: bool
    returning: tuple[str, ...] = ()

    @property
    def versions(self) -> str:
        """The version of every item that has been saved: "code:version …", one box for the whole table."""
        return " ".join(f"{row.code}:{row.version}" for row in rows_of(self.view) if row.version)

    @property
    def phrases(self) -> tuple[tuple[str, str], ...]:
        """The standard phrases: (label of the button, the sentence it writes)."""
        return tuple((PHRASE_LABELS.get(text, text), text) for text in self.view.phrases)


@dataclass(frozen=True, slots=True)
class Panel:
    """The side panel of one item: files, the one being looked at, and what was said about the item."""

    line: Line
    files: tuple[UseRow, ...]
    file: UseRow | None
    number: int
    next_file: UseRow | None
    comments: tuple[dict[str, Any], ...]
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Typed:
    """What the form sent for one item."""

    points: str
    reason: str
    not_applicable: bool
    version: int

    @property
    def answer(self) -> dict[str, Any]:
        """The answer as the scoring room takes it; points beside 不适用 do not count."""
        points = None if self.not_applicable or not self.points else self.points
        return {"judged_points": points, "not_applicable": self.not_applicable, "reason": self.reason}


def typed_in(request: HttpRequest, code: str) -> Typed | None:
    """Return what was sent for *code*, None when the form did not contain it."""
    sent = request.POST
    if f"p-{code}" not in sent:
        return None
    return Typed(
        points=sent.get(f"p-{code}", "").strip(),
        reason=sent.get(f"r-{code}", "").strip(),
        not_applicable=f"n-{code}" in sent,
        version=whole(sent.get(f"v-{code}") or _versions(request).get(code)),
    )


def _versions(request: HttpRequest) -> dict[str, str]:
    """Return item code → version as the whole table sends them; an item never saved has none."""
    pairs = (pair.rpartition(":") for pair in request.POST.get("versions", "").split())
    return {code: version for code, _, version in pairs}


def all_typed(request: HttpRequest, view: CompareView) -> dict[str, Typed]:
    """Return what was sent for every editable item of the sheet."""
    found = {row.code: typed_in(request, row.code) for row in rows_of(view) if row.editable}
    return {code: typed for code, typed in found.items() if typed is not None}


def changed(view: CompareView, typed: Mapping[str, Typed]) -> dict[str, Typed]:
    """Return the entries that differ from what is stored: only these are saved."""
    return {
        row.code: typed[row.code]
        for row in rows_of(view)
        if row.code in typed
        and (typed[row.code].points, typed[row.code].reason, typed[row.code].not_applicable)
        != (row.own_value, row.own.reason, row.own.not_applicable)
    }


def rows_of(view: CompareView) -> list[RowView]:
    """Return all items in printed order."""
    return [row for dimension in view.dimensions for group in dimension.groups for row in group.rows]


def differing_rows(view: CompareView) -> list[Line]:
    """Return the lines whose score differs from the one it is compared with, for summaries and signers."""
    kinds = [column.kind for column in view.columns]
    return [_line(row, kinds, {}, None, ()) for row in rows_of(view) if row.differs]


def desk_of(
    view: CompareView,
    uses: Uses,
    *,
    show: str = "all",
    item: str = "",
    writable: bool = True,
    typed: Mapping[str, Typed] | None = None,
    errors: Mapping[str, Sequence[str]] | None = None,
    notes: Notes | None = None,
) -> Desk:
    """Arrange the desk.

    Args:
        view: the sheet beside those it is compared with.
        uses: files by place.
        show: key of `SHOWS`; an unknown one shows all.
        item: the item the side panel is about; the first open one when empty or unknown.
        writable: False shows a sheet that is somebody else's to fill in.
        typed: what was sent and could not be saved.
        errors: item code → sentences.
        notes: remarks, photos and return list, where the seat has them.
    """
    show = show if show in SHOWS and (notes or show != "returning") else "all"
    kinds = [column.kind for column in view.columns]
    sections = []
    lines: dict[str, Line] = {}
    for dimension in view.dimensions:
        own = [
            _line(
                row,
                kinds,
                uses,
                (typed or {}).get(row.code),
                (errors or {}).get(row.code, ()),
                writable=writable,
                notes=notes,
            )
            for group in dimension.groups
            for row in group.rows
        ]
        lines.update({line.code: line for line in own})
        kept = tuple(line for line in own if kept_by(line, show) or line.errors)
        if kept:
            sections.append(
                Section(
                    code=dimension.code,
                    name=dimension.name,
                    full=dimension.weight_text,
                    own=dimension.own_text,
                    beside=tuple(dimension.other_texts.get(kind, "") for kind in kinds),
                    answered=dimension.answered,
                    count=dimension.count,
                    lines=kept,
                )
            )
    first = next(iter(view.unanswered), next(iter(lines), ""))
    return Desk(
        view=view,
        sections=tuple(sections),
        filters=_filters(view, show, notes, doubtful=sum(map(is_doubtful, lines.values()))),
        show=show,
        line=lines.get(item) or lines.get(first),
        editable=writable and view.head.editable,
        returning=tuple(sorted(notes.returning)) if notes else (),
    )


def panel_of(view: CompareView, line: Line, files: Sequence[UseRow], *, file: str = "") -> Panel:
    """Return the side panel of one item; *file* is the use to look at, the first one when empty or unknown."""
    place = next((place for place, use in enumerate(files) if use.public_id == file), 0)
    following = files[place + 1] if place + 1 < len(files) else (files[0] if len(files) > 1 else None)
    start = line.row.cells.get("self")
    return Panel(
        line=line,
        files=tuple(files),
        file=files[place] if files else None,
        number=place + 1,
        next_file=following,
        comments=_comments(view, line.row),
        steps=tuple(f"{label}：{text}" for label, text in start.steps) if start is not None else (),
    )


def saved(entry: SavedEntry) -> dict[str, Any]:
    """Return what the page's script puts in place after a save: every figure comes from the server."""
    sheet = entry.sheet
    return {
        "version": entry.version,
        "saved_at": f"{timezone.now().astimezone(SHANGHAI):%H:%M}",
        "message": entry.message,
        "live": {
            "total": sheet.total_text,
            "answered": str(sheet.answered),
            "remaining": str(sheet.item_count - sheet.answered),
        },
    }


def sums_of(desk: Desk) -> dict[str, str]:
    """Return the figures of the desk that no single save tells, the counts of its filters among them."""
    view = desk.view
    found = {str(one["live"]): str(one["count"]) for one in desk.filters} | {
        "total": view.total_text,
        "upper": view.upper_text,
        "answered": str(view.answered),
        "remaining": str(view.item_count - view.answered),
    }
    for part in view.dimensions:
        found[f"own-{part.code}"] = part.own_text
        found[f"answered-{part.code}"] = str(part.answered)
    return found


def refused(refusal: DomainError) -> dict[str, Any]:
    """Return a refused save for the page's script; a conflict carries both what is stored and by whom."""
    answer: dict[str, Any] = {"message": refusal.message}
    if isinstance(refusal, Invalid):
        answer["errors"] = refusal.errors
    if isinstance(refusal, Conflict) and refusal.current:
        stored = refusal.current
        answer["current"] = {
            "version": stored.get("version", 0),
            "points": "" if stored.get("judged_points") is None else f"{stored['judged_points']:.2f}",
            "not_applicable": bool((stored.get("answer") or {}).get("not_applicable")),
            "reason": stored.get("reason", ""),
            "by": stored.get("updated_by", ""),
        }
    return answer


def _line(
    row: RowView,
    kinds: Sequence[str],
    uses: Uses,
    typed: Typed | None,
    errors: Sequence[str],
    *,
    writable: bool = True,
    notes: Notes | None = None,
) -> Line:
    files = uses.get((_ITEM, row.code), ())
    absent = row.own.not_applicable
    gap = "—" if row.difference is None else signed(row.difference)
    if row.differs and row.difference is None:
        gap = "不适用" if absent else "给分"
    return Line(
        row=row,
        beside=tuple(row.cells[kind].text or "—" for kind in kinds),
        value=row.own_value if typed is None else typed.points,
        reason=row.own.reason if typed is None else typed.reason,
        not_applicable=absent if typed is None else typed.not_applicable,
        gap=gap,
        tone=difference_tone(row.difference, row.max_points),
        files=len(files),
        verified=sum(bool(use.my_mark) for use in files),
        editable=writable and row.editable,
        errors=tuple(errors),
        remarks=notes.remarks.get(row.code, 0) if notes else 0,
        photos=notes.photos.get(row.code, 0) if notes else 0,
        returning=notes is not None and row.code in notes.returning,
    )


def _filters(
    view: CompareView, show: str, notes: Notes | None, *, doubtful: int
) -> tuple[dict[str, Any], ...]:
    counts = {
        "all": view.item_count,
        "open": view.item_count - view.answered,
        "differs": view.differing,
        "doubt": doubtful,
        "onsite": sum(row.onsite_check for row in rows_of(view)),
    }
    if notes is not None:
        counts["returning"] = len(notes.returning)
    return tuple(
        {"label": label, "url": f"?show={key}", "count": counts[key], "current": key == show, "live": key}
        for key, label in SHOWS.items()
        if key in counts
    )


def _comments(view: CompareView, row: RowView) -> tuple[dict[str, Any], ...]:
    """Return what the enterprise and (for experts) the district wrote beside the item."""
    who = {"self": ("申报企业", "自评说明", "enterprise"), "district": ("属地", "初评理由", "official")}
    signed_at = {column.kind: column.signed_at for column in view.columns}
    return tuple(
        {
            "who": who[kind][0],
            "role": who[kind][1],
            "kind": who[kind][2],
            "text": cell.reason,
            "at": signed_at.get(kind),
        }
        for kind, cell in row.cells.items()
        if cell.reason and kind in who
    )

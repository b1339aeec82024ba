"""The checklist of a recheck: each item as filed and judged, what was found, the difference, what the score means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from apps.applications import selectors as applications
from apps.core.actor import Actor
from apps.core.errors import NotVisible
from apps.monitoring.models import Recheck, RecheckCheck, RecheckPhoto
from apps.monitoring.states import PLANNED
from apps.parameters.selectors import in_force
from apps.policy.evaluation.decimals import points_text, to_decimal
from apps.policy.evaluation.results import ItemState, SheetResult
from apps.policy.evaluation.spec import ItemSpec
from apps.policy.levels import Level, level_for_score, printed
from apps.policy.recheck import recheck_threshold
from apps.scoring.selectors import Basis, FiledFigure, Found, fresh_basis, recheck_basis

#: Where an application stands behind a title: its decision names it.
_FROM_CASES = frozenset({"ruling", "recognition"})
#: How an item that does not apply is typed in the box of its points.
ABSENT = "不适用"
NO_CHECKLIST = "安排复核时没有适用于该行业的评价体系，不能使用核查表，请直接登记复核结果。"


@dataclass(frozen=True, slots=True)
class FigureCell:
    """One figure of an item: filed and found, as text; "" where there is none."""

    code: str
    name: str
    unit: str
    filed: str
    found: str


@dataclass(frozen=True, slots=True)
class PhotoCell:
    """One photo of an item."""

    public_id: str
    file_public_id: str
    taken_at: datetime


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One item of the checklist. `before`/`after`: points as judged for the award and now; `gap` signed, "" if none."""

    code: str
    name: str
    maximum: str
    guidance: str
    onsite: bool
    figures: tuple[FigureCell, ...]
    before: str
    after: str
    gap: str
    points: str
    note: str
    version: int
    checked: bool
    photos: tuple[PhotoCell, ...]
    may_be_absent: bool


@dataclass(frozen=True, slots=True)
class CheckSection:
    """A first-level indicator of the checklist."""

    code: str
    name: str
    lines: tuple[CheckLine, ...]


@dataclass(frozen=True, slots=True)
class Checklist:
    """The whole checklist. `effect`: the sentence on the level; `editable`: the visit is not recorded yet.

    `scheme`: the evaluation system the visit starts from where no application here stands behind the title, else "";
    `unscored`: how many items of it have still to be looked at before there is a score.
    """

    recheck_public_id: str
    enterprise_name: str
    level: int
    sections: tuple[CheckSection, ...]
    before_total: str
    total: Decimal
    gap: str
    threshold: Decimal
    passed: bool
    effect: str
    checked: int
    onsite_open: int
    editable: bool
    scheme: str
    unscored: int

    @property
    def total_text(self) -> str:
        """The total as printed."""
        return points_text(self.total)


def basis_of(row: Recheck, *, actor: Actor) -> Basis | None:
    """Return what the visit starts from: the award's sheets, else the system kept with it; None without either."""
    case = case_behind(row, actor=actor)
    found = None if case is None else recheck_basis(actor=actor, application_id=case.id)
    if found is None and row.starting_from:
        return fresh_basis(row.starting_from)
    return found


def case_behind(row: Recheck, *, actor: Actor) -> applications.CaseRow | None:
    """Return the application the title was awarded on, None when there is none in sight."""
    if row.title.source_type not in _FROM_CASES:
        return None
    try:
        return applications.case(actor=actor, public_id=row.title.source_public_id)
    except NotVisible:
        return None


@dataclass(frozen=True, slots=True)
class CheckSummary:
    """Whether a recheck can be done with the checklist, how many items were looked at, and the score so far.

    `scheme` and `unscored` as in `Checklist`.
    """

    available: bool
    checked: int
    total_text: str
    effect: str
    scheme: str = ""
    unscored: int = 0


def check_summary(*, actor: Actor, public_id: str, on: date) -> CheckSummary:
    """Return how far the checklist of a recheck has come; a constant number of queries.

    Raises:
        NotVisible: no such recheck in sight.
    """
    row = _row(actor, public_id)
    if basis_of(row, actor=actor) is None:
        return CheckSummary(False, 0, "", "")
    found = checklist(actor=actor, public_id=public_id, on=on)
    return CheckSummary(True, found.checked, found.total_text, found.effect, found.scheme, found.unscored)


def checklist(*, actor: Actor, public_id: str, on: date) -> Checklist:
    """Return the checklist of a recheck; a constant number of queries.

    Raises:
        NotVisible: no such recheck in sight, or there is no evaluation system to check it by.
    """
    row = _row(actor, public_id)
    basis = basis_of(row, actor=actor)
    if basis is None:
        raise NotVisible(NO_CHECKLIST)
    checks = {check.item_code: check for check in RecheckCheck.objects.filter(recheck=row)}
    photos: dict[str, list[PhotoCell]] = {}
    for photo in RecheckPhoto.objects.filter(recheck=row).select_related("file").order_by("pk"):
        cell = PhotoCell(photo.public_id, photo.file.public_id, photo.taken_at)
        photos.setdefault(photo.item_code, []).append(cell)
    result = basis.rescored(found_of(checks.values()))
    parameters = in_force(on=on)
    total, before = (
        printed(result.total, parameters.rounding),
        printed(basis.result.total, parameters.rounding),
    )
    unscored = len(basis.still_open(result))
    level = Level(row.title.level)
    threshold = recheck_threshold(level)
    sections = tuple(
        CheckSection(
            part.code,
            part.name,
            tuple(
                _line(item, basis, result, checks.get(item.code), photos.get(item.code, ()))
                for item in part.items
            ),
        )
        for part in basis.spec.dimensions
    )
    lines = [line for part in sections for line in part.lines]
    return Checklist(
        recheck_public_id=row.public_id,
        enterprise_name=row.title.enterprise_name,
        level=row.title.level,
        sections=sections,
        before_total=points_text(before) if basis.judged_here else "—",
        total=total,
        gap=_signed(total - before) if basis.judged_here else "—",
        threshold=threshold,
        passed=total >= threshold and not unscored,
        effect=f"还有 {unscored} 项没有得分，全部核查后才能判断。"
        if unscored
        else level_effect(total, level, threshold),
        checked=len(checks),
        onsite_open=sum(line.onsite and not line.checked for line in lines),
        editable=row.state == PLANNED,
        scheme=basis.scheme,
        unscored=unscored,
    )


def _row(actor: Actor, public_id: str) -> Recheck:
    row: Recheck | None = (
        Recheck.objects.visible_to(actor).select_related("title").filter(public_id=public_id).first()
    )
    if row is None:
        raise NotVisible
    return row


def found_of(checks: Iterable[RecheckCheck]) -> dict[str, Found]:
    """Return item → what was found, for the scoring."""
    return {
        check.item_code: Found(
            check.points,
            {code: to_decimal(value) for code, value in check.figures.items()},
            check.absent,
            check.note,
        )
        for check in checks
    }


def level_effect(total: Decimal, level: Level, threshold: Decimal) -> str:
    """Return what a recheck score means for the level held, in one sentence."""
    reached = level_for_score(total)
    words = "低于 1A 级" if reached is None else f"相当于 {reached.label} 级的分数"
    if total >= threshold:
        return f"不低于 {level.label} 级应保持的 {points_text(threshold)} 分，{words}；级别不变。"
    return f"低于 {level.label} 级应保持的 {points_text(threshold)} 分，{words}；应责令整改。"


@dataclass(frozen=True, slots=True)
class Computed:
    """The score of a checklist, the lines kept with it, and the items without which it is no score yet."""

    score: Decimal
    lines: dict[str, Any]
    still_open: tuple[str, ...]


def computed_score(row: Recheck, *, actor: Actor) -> Computed | None:
    """Return the score of a recheck from its checklist; None when nothing was entered there."""
    checks = {check.item_code: check for check in RecheckCheck.objects.filter(recheck=row)}
    basis = basis_of(row, actor=actor) if checks else None
    if basis is None:
        return None
    result = basis.rescored(found_of(checks.values()))
    return Computed(result.total, scored_lines(basis, result, checks), basis.still_open(result))


def scored_lines(basis: Basis, result: SheetResult, checks: Mapping[str, RecheckCheck]) -> dict[str, Any]:
    """Return what is kept with a recorded recheck: totals, and every looked-at or changed item."""
    kept = {}
    for item in basis.spec.items:
        before, after = basis.result.item(item.code).points, result.item(item.code).points
        check = checks.get(item.code)
        if check is None and before == after:
            continue
        kept[item.code] = {
            "name": item.name,
            "before": None if before is None else str(before),
            "after": None if after is None else str(after),
            "absent": check is not None and check.absent,
            "figures": {} if check is None else dict(check.figures),
            "filed": {
                one.code: None if one.value is None else str(one.value) for one in basis.figures_of(item)
            },
            "note": "" if check is None else check.note,
        }
    judged = str(basis.result.total) if basis.judged_here else None
    return {"before": judged, "scheme": basis.scheme, "total": str(result.total), "items": kept}


def _line(
    item: ItemSpec,
    basis: Basis,
    result: SheetResult,
    check: RecheckCheck | None,
    photos: Iterable[PhotoCell],
) -> CheckLine:
    before, after = basis.result.item(item.code), result.item(item.code)
    absent = before.state is ItemState.NOT_APPLICABLE
    gap = None if before.points is None or after.points is None else after.points - before.points
    return CheckLine(
        code=item.code,
        name=item.name,
        maximum=points_text(item.max_points),
        guidance=item.guidance,
        onsite=item.onsite_check,
        figures=tuple(_figure(one, check) for one in basis.figures_of(item)),
        before="不适用" if absent else _text(before.points),
        after="不适用" if after.state is ItemState.NOT_APPLICABLE else _text(after.points),
        gap="" if not gap else _signed(gap),
        points=points_typed(check),
        note="" if check is None else check.note,
        version=0 if check is None else check.version,
        checked=check is not None,
        photos=tuple(photos),
        may_be_absent=item.na_allowed,
    )


def points_typed(check: RecheckCheck | None) -> str:
    """Return what stands in the box of an item's points."""
    if check is None:
        return ""
    if check.absent:
        return ABSENT
    return "" if check.points is None else str(check.points)


def _figure(one: FiledFigure, check: RecheckCheck | None) -> FigureCell:
    filed = "" if one.value is None else f"{one.value.normalize():f}"
    return FigureCell(
        one.code, one.name, one.unit, filed, "" if check is None else check.figures.get(one.code, "")
    )


def _text(points: Decimal | None) -> str:
    return "—" if points is None else points_text(points)


def _signed(gap: Decimal) -> str:
    return f"+{points_text(gap)}" if gap > 0 else f"−{points_text(-gap)}" if gap < 0 else "0"

"""What the sections of the report can begin with: sentences made of what is typed already; nothing is stored."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal

from apps.applications.report_sections import BY_CODE, SECTION_LIMIT
from apps.applications.selectors.files import ApplicationFile
from apps.applications.selectors.records import HoldingRow, holdings
from apps.core.actor import Actor
from apps.policy.calendar import chinese
from apps.policy.levels import level_for_score
from apps.scoring import selectors as scoring
from apps.scoring.selectors import ItemView, SheetView
from apps.scoring.selectors.page_records import DimensionView

#: Certificates named in the section on management systems.
_SYSTEMS = frozenset({"quality", "environment", "energy", "safety"})
_MOST_GAINS = 5


def report_draft(*, actor: Actor, file: ApplicationFile, section: str, on: date) -> str:
    """Return a first text of one section of 附件2, made of the profile, the yearly figures and the scores.

    Args:
        actor: who writes the report.
        file: the application, in the actor's sight.
        section: code of the section.
        on: the day certificates are judged by.

    Returns:
        Paragraphs within the limit of a section; "" when nothing has been typed that belongs there.
    """
    sheet = scoring.current_sheet(actor=actor, application_id=file.case.id, kind="self")
    view = scoring.sheet_view(actor=actor, public_id=sheet.public_id) if sheet is not None else None
    writer = _WRITERS.get(section)
    if writer is not None:
        paragraphs = writer(file, view)
    else:
        paragraphs = _of_dimension(section, view)
        if section == "management":
            paragraphs = [*_systems(holdings(actor=actor, on=on)), *paragraphs]
    return "\n".join(paragraphs)[:SECTION_LIMIT]


def _overview(file: ApplicationFile, view: SheetView | None) -> list[str]:
    known = {one.field.code: one.display for one in file.profile if one.value}
    place = known.get("site_address")
    parts = [f"{file.case.enterprise_name}（统一社会信用代码 {file.case.uscc}）"]
    parts += [f"厂区位于{place}"] if place else []
    parts += [f"成立日期为{known['founded_on']}"] if "founded_on" in known else []
    parts += [f"单位性质为{known['ownership']}"] if "ownership" in known else []
    parts += [f"所属行业为{file.case.industry_name}（{file.case.industry_code}）"]
    parts += [f"主要产品为{known['main_products'].rstrip('。')}"] if "main_products" in known else []
    found = ["，".join(parts) + "。"]
    found += [known[code] for code in ("process_intro", "green_intro") if code in known]
    return found + _figures(view)


def _figures(view: SheetView | None) -> list[str]:
    told = [
        f"{one.name} {one.value} {one.unit}".strip() for one in (view.inputs if view else ()) if one.value
    ]
    if view is None or not told:
        return []
    return [f"{view.period}主要数据：" + "；".join(told) + "。"]


def _systems(rows: Iterable[HoldingRow]) -> list[str]:
    told = []
    for row in rows:
        if row.kind in _SYSTEMS and row.validity != "expired":
            until = f"，有效期至{chinese(row.valid_until)}" if row.valid_until else "，长期有效"
            told.append(f"{row.kind_label}（{row.number}{until}）")
    return ["已取得" + "、".join(told) + "。"] if told else []


def _of_dimension(section: str, view: SheetView | None) -> list[str]:
    title = BY_CODE[section].title
    part = next((one for one in view.dimensions if _same(one.name, title)), None) if view else None
    if part is None or not part.answered:
        return []
    got = f"自评得 {part.points_text or '0'} 分（满分 {part.weight_text} 分）"
    found = [f"本部分共 {part.count} 项，已评 {part.answered} 项，{got}。"]
    for group in part.groups:
        told = [text for text in map(_said, group.items) if text]
        if told:
            found.append(f"{group.name}：" + "；".join(told) + "。")
    return found


def _same(dimension: str, title: str) -> bool:
    """Return whether a first-level indicator is what a section is about; schemes word it a little differently."""
    short, long = sorted((dimension.replace("与", ""), title.replace("与", "")), key=len)
    return short in long


def _said(item: ItemView) -> str:
    """Return what the enterprise stated about one item: its figure, its own words."""
    if not item.answered or item.not_applicable:
        return ""
    words = [text for text in (item.value_text, item.reason.rstrip("。；")) if text]
    return f"{item.name}（{item.code}）{'，'.join(words)}" if words else ""


def _conclusion(file: ApplicationFile, view: SheetView | None) -> list[str]:
    if view is None or not view.total_text:
        return []
    total = Decimal(view.total_text)
    level = level_for_score(total)
    reached = f"对应 {level.label} 级" if level is not None else "未达到 1A 级要求"
    parts = "，".join(f"{one.name} {one.points_text or '0'} 分" for one in view.dimensions)
    found = [f"依据{file.scheme_label}自评，总分 {view.total_text} 分，{reached}。其中{parts}。"]
    if view.mandatory_zero:
        found.append(f"必选条目 {'、'.join(view.mandatory_zero)} 得 0 分。")
    return found


def _next_steps(file: ApplicationFile, view: SheetView | None) -> list[str]:
    del file
    if view is None:
        return []
    gains = sorted(_gains(view.dimensions), key=lambda one: (-one[0], one[1].code))[:_MOST_GAINS]
    return [
        f"重点改进 {number}：{item.name}（{item.code}），现得 {item.points_text or '0'} 分，满分 {item.max_text} 分。"
        for number, (_, item) in enumerate(gains, 1)
    ]


def _gains(dimensions: Sequence[DimensionView]) -> list[tuple[Decimal, ItemView]]:
    """Return the answered items that lost points, with how many."""
    return [
        (item.max_points - (item.points or Decimal(0)), item)
        for part in dimensions
        for group in part.groups
        for item in group.items
        if item.answered and not item.not_applicable and (item.points or Decimal(0)) < item.max_points
    ]


_WRITERS: dict[str, Callable[[ApplicationFile, SheetView | None], list[str]]] = {
    "overview": _overview,
    "conclusion": _conclusion,
    "next_steps": _next_steps,
}

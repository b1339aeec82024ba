"""Where evidence can stand in an application: items of its system, basic requirements, sections of its report."""

from __future__ import annotations

from collections.abc import Collection

from apps.applications import report_sections
from apps.core.errors import NotVisible
from apps.policy.basic_requirements import requirements_for
from apps.policy.evaluation.spec import SchemeSpec
from apps.policy.levels import Level


def require_places(*, spec: SchemeSpec | None, level: int, place: str, codes: Collection[str]) -> None:
    """Refuse codes that the application does not have; without a system it has no items yet.

    Args:
        spec: the evaluation system of the application, None before one was chosen.
        level: the level applied for (1-3): it decides which basic requirements are asked.
        place: item, requirement or section.
        codes: of that kind of place.

    Raises:
        NotVisible: at least one is none of this application's, or *place* is no kind of place; says which.
    """
    match place:
        case "item":
            where, known = (
                "评价体系中没有条目",
                {item.code for item in spec.items} if spec is not None else set(),
            )
            then = "评价体系可能已经更换，请回到自评表重新选择。"
        case "requirement":
            where, known = "基本要求中没有", {one.code for one in requirements_for(Level(level))}
            then = "请回到申报页面重新选择。"
        case _:
            sections = report_sections.REPORT_SECTIONS if place == "section" else ()
            where, known = "评价报告中没有章节", {one.code for one in sections}
            then = "请回到申报页面重新选择。"
    unknown = [code for code in codes if code not in known]
    if unknown:
        listed = "、".join(code[:40] for code in unknown[:5])
        raise NotVisible(f"本件申报的{where}“{listed}”，材料没有附上；{then}")

"""The city's dashboard: one set of figures for the page and for its spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from apps.applications import selectors as applications
from apps.applications.selectors import STEPS, Reach, StateTime
from apps.core.actor import Actor, Role
from apps.core.errors import NotVisible
from apps.core.moment import Moment
from apps.cultivation import selectors as cultivation
from apps.deadlines import selectors as deadlines
from apps.policy.levels import Level
from apps.titles import selectors as titles


@dataclass(frozen=True, slots=True)
class Overview:
    """What the dashboard shows; `overdue` by district code, `awards` by year and level."""

    whole: Reach
    districts: tuple[Reach, ...]
    industries: tuple[Reach, ...]
    states: tuple[StateTime, ...]
    overdue: dict[str, int]
    awards: dict[int, dict[int, int]]
    cultivation: cultivation.Figures

    @property
    def overdue_of_all(self) -> int:
        """What is overdue in the whole city, also what no district has to do."""
        return sum(self.overdue.values())

    def lines(self) -> Iterator[tuple[str, str, str, int | Decimal]]:
        """Yield (part, of what, figure, value): every number of the page once, for the spreadsheet."""
        for part, rows in (("全市", (self.whole,)), ("属地", self.districts), ("行业", self.industries)):
            for row in rows:
                yield from _reached(part, row)
        yield "超期", "全市", "超期事项", self.overdue_of_all
        for row in self.districts:
            yield "超期", row.name, "超期事项", self.overdue.get(row.code, 0)
        for state in self.states:
            yield "环节", state.label, "在办件数", state.cases
            yield "环节", state.label, "平均停留天数", state.mean_days
            yield "环节", state.label, "最长停留天数", state.longest_days
        yield from self._of_years()

    def _of_years(self) -> Iterator[tuple[str, str, str, int]]:
        for year, levels in self.awards.items():
            for level, count in levels.items():
                yield "年度", f"{year}年", f"评定 {Level(level).label} 级", count
            yield "年度", f"{year}年", "合计", sum(levels.values())
        for label, count in (
            ("培训宣传活动场数", self.cultivation.events),
            ("到场企业家数", self.cultivation.enterprises),
            ("到场人数", self.cultivation.people),
            ("培育名单企业家数", self.cultivation.listed),
        ):
            yield "培育", "本年", label, count


def _reached(part: str, row: Reach) -> Iterator[tuple[str, str, str, int | Decimal]]:
    for (_, label, _), count in zip(STEPS, row.steps, strict=True):
        yield part, row.name, label, count
    for label, gap in (("初评减自评（平均分）", row.district_gap), ("专家减初评（平均分）", row.expert_gap)):
        if gap is not None:
            yield part, row.name, label, gap


def overview(*, actor: Actor, moment: Moment, round_code: str = "") -> Overview:
    """Return the dashboard's figures; eight queries whatever the number of cases.

    Args:
        actor: of the city, or the auditor.
        moment: the present, for the time in each state.
        round_code: applications of one round only; "" for all. Titles, overdue work and
            cultivation are always the whole city's.

    Raises:
        NotVisible: anybody else.
    """
    if actor.role not in {Role.MUNICIPAL, Role.AUDITOR}:
        raise NotVisible
    return Overview(
        whole=applications.reach_of_all(actor=actor, round_code=round_code),
        districts=tuple(applications.reach(actor=actor, by="district", round_code=round_code)),
        industries=tuple(applications.reach(actor=actor, by="industry", round_code=round_code)),
        states=tuple(applications.time_in_state(actor=actor, moment=moment, round_code=round_code)),
        overdue=deadlines.overdue_by_district(actor=actor),
        awards=titles.awards_by_year(actor=actor),
        cultivation=cultivation.figures(actor=actor, year=moment.on.year),
    )

"""The public record of a title, put together from the rooms that know it: award, public notice, filing, suspension."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Exists, OuterRef

from apps.core.actor import Actor
from apps.core.scoping import acting_as
from apps.monitoring.public_record import suspensions_of
from apps.policy.levels import Level
from apps.publicity.models import NoticeEntry, Objection
from apps.publicity.states import CORRECTED, DISMISSED, ELAPSED, PUBLIC_NOTICES
from apps.review.selectors.filed import filed_on
from apps.titles.selectors import HistoryLine

#: `source_type` of a title (`titles.services.award_title`) given by the city's list, and by a district's decision.
_BY_LIST, _BY_DISTRICT = "recognition", "ruling"


@dataclass(frozen=True, slots=True)
class _Period:
    starts_on: date
    ends_on: date
    contested: bool


def public_record(*, actor: Actor, history: Sequence[HistoryLine]) -> list[HistoryLine]:
    """Return the history of a title with what led to its awards and what became of them since, newest first.

    Nothing is added that is not on record: a title taken over from the years before the platform has neither notice
    nor filing here, and gets no line. One query for each kind of award in the history, none for the others.
    """
    periods = _periods(actor, [line.source[1] for line in history if line.source[0] == _BY_LIST])
    filed = _filed(actor, [line.source[1] for line in history if line.source[0] == _BY_DISTRICT])
    lines: list[HistoryLine] = []
    for line in history:
        if line.source[0] == _BY_DISTRICT and line.source[1] in filed:
            lines.append(replace(line, detail=f"{line.detail}，已备案"))
            continue
        lines.append(line)
        period = periods.get(line.source[1]) if line.source[0] == _BY_LIST else None
        if period is not None:
            outcome = "异议经核查已办结" if period.contested else "无异议"
            lines.append(
                HistoryLine(
                    period.ends_on,
                    f"公示期满，{outcome}",
                    f"公示期 {_day(period.starts_on)}至 {_day(period.ends_on)}",
                )
            )
    lines += _suspensions(actor, history)
    # Of one day: what was added last stands above what led to it, as the awards already do.
    return sorted(lines, key=lambda line: line.on, reverse=True)


def _day(on: date) -> str:
    return f"{on.year} 年 {on.month} 月 {on.day} 日"


def _filed(actor: Actor, rulings: Collection[str]) -> Collection[str]:
    return filed_on(actor=actor, ruling_public_ids=rulings) if rulings else ()


def _periods(actor: Actor, cases: Collection[str]) -> dict[str, _Period]:
    """Return by application the period of its last notice; objections are read as the system: only whether."""
    if not cases:
        return {}
    contested = Objection.objects.filter(
        application_id=OuterRef("application_id"), state__in=[DISMISSED, CORRECTED]
    )
    with acting_as(Actor.system(), then=actor):
        rows = list(
            NoticeEntry.objects.filter(
                application__public_id__in=list(cases),
                state=ELAPSED,
                notice__state__in=PUBLIC_NOTICES,
                ends_on__isnull=False,
            )
            .annotate(contested=Exists(contested))
            .order_by("ends_on")
            .values_list("application__public_id", "starts_on", "ends_on", "contested")
        )
    return {case: _Period(starts_on, ends_on, objected) for case, starts_on, ends_on, objected in rows}


def _suspensions(actor: Actor, history: Sequence[HistoryLine]) -> list[HistoryLine]:
    """Only titles of the province and the nation are suspended; nothing is asked for the others."""
    levels = {line.title: line.level for line in history if line.level > Level.A3}
    if not levels:
        return []
    return [
        HistoryLine(
            event.on,
            f"{Level(levels[event.title_public_id]).label}级称号{'恢复' if event.restored else '暂停'}",
            "复核符合要求" if event.restored else f"已报上级主管部门，{event.document_no}".rstrip("，"),
        )
        for event in suspensions_of(actor=actor, title_public_ids=levels)
    ]

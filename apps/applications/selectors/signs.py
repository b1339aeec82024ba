"""What the automatic form check sees in handed-in applications, for whole queues in a constant number of queries."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery

from apps.applications import profile_fields, report_sections
from apps.applications.models import (
    Application,
    DistrictPractice,
    Exemption,
    ReturnedItem,
    SubAreaOpinion,
)
from apps.applications.states import APPROVED, SUBMITTED
from apps.core.actor import Actor
from apps.evidence import selectors as evidence
from apps.policy.basic_requirements import requirements_for
from apps.policy.levels import Level
from apps.scoring import selectors as scoring

_NAMED = 3


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing the form check found: `grave` when the case cannot go on with it; `text` says what and where."""

    part: str
    text: str
    grave: bool


def form_signs(
    *, actor: Actor, application_ids: Collection[int], on: date | None = None
) -> dict[int, tuple[Sign, ...]]:
    """Return application id → what is missing or doubtful in it, the grave ones first; three queries for any number.

    With a day *on* the 板块 step of applications not accepted yet is told, too: no opinion where the district asks for
    one that day, or an opinion against.

    Applications out of the actor's sight are left out; an empty tuple means that nothing was found.
    """
    asked = Exemption.objects.visible_to(actor).exclude(state=APPROVED)
    silent = ReturnedItem.objects.filter(answered_at=None)
    rows = list(
        Application.objects.visible_to(actor)
        .filter(pk__in=application_ids)
        .only("pk", "state", "level", "profile", "basics", "report", "turn")
        .annotate(
            asked=_number_of(asked), silent=_number_of(silent), asks=_asks(on), opinion=_newest_opinion()
        )
    )
    ids = [row.pk for row in rows]
    scored = scoring.scored_items(actor=actor, application_ids=ids)
    proved = evidence.items_with_files(actor=actor, application_ids=ids)
    return {
        row.pk: tuple(
            sorted(
                [
                    *(_of_sub_area(row) if on and row.state == SUBMITTED else ()),
                    *_of_content(row),
                    *_of_evidence(scored.get(row.pk, frozenset()), proved.get(row.pk, frozenset())),
                    *_open(row.asked, row.silent),
                ],
                key=lambda sign: not sign.grave,
            )
        )
        for row in rows
    }


def _number_of(rows: QuerySet[Any]) -> Subquery:
    """Return how many of *rows* belong to the application of the outer query."""
    own = rows.filter(application_id=OuterRef("pk")).order_by().values("application_id")
    return Subquery(own.annotate(n=Count("pk")).values("n"), output_field=IntegerField())


def _asks(on: date | None) -> Subquery:
    """Return whether the district of the outer query accepts only with a 板块 opinion on a day."""
    rows = DistrictPractice.objects.filter(
        district_id=OuterRef("district_id"), effective_from__lte=on or date.min
    )
    return Subquery(rows.order_by("-effective_from").values("sub_area_opinion")[:1])


def _newest_opinion() -> Subquery:
    """Return what the 板块 said last to the district of the outer query, None while it said nothing."""
    rows = SubAreaOpinion.objects.filter(application_id=OuterRef("pk"), district_id=OuterRef("district_id"))
    return Subquery(rows.order_by("-id").values("recommends")[:1])


def _of_sub_area(row: Any) -> list[Sign]:
    if row.opinion is None:
        return [Sign("sub_area", "待板块意见", grave=True)] if row.asks else []
    return [] if row.opinion else [Sign("sub_area", "板块不推荐", grave=False)]


def _of_content(row: Application) -> list[Sign]:
    found = []
    empty = [field.label for field in profile_fields.missing(row.profile)]
    if empty:
        found.append(Sign("profile", f"基本信息缺 {len(empty)} 项：{_named(empty)}", grave=True))
    requirements = requirements_for(Level(row.level))
    answers = [(one.code, (row.basics.get(one.code) or {}).get("conforms")) for one in requirements]
    unanswered = [code for code, answer in answers if answer is None]
    if unanswered:
        found.append(Sign("basic", f"基本要求未填 {len(unanswered)} 条：{_named(unanswered)}", grave=True))
    failing = [code for code, answer in answers if answer is False]
    if failing:
        found.append(Sign("basic", f"自报不符合基本要求：{_named(failing)}", grave=True))
    unwritten = [
        section.title
        for section in report_sections.REPORT_SECTIONS
        if section.required and not row.report.get(section.code)
    ]
    if unwritten:
        found.append(Sign("report", f"评价报告缺 {len(unwritten)} 节：{_named(unwritten)}", grave=True))
    return found


def _of_evidence(scored: frozenset[str], proved: frozenset[str]) -> list[Sign]:
    if not scored:
        return [Sign("item", "没有可用的自评表", grave=True)]
    bare = sorted(scored - proved)
    if not bare:
        return []
    return [Sign("evidence", f"得分条目中 {len(bare)} 项没有佐证：{_named(bare)}", grave=False)]


def _open(asked: int | None, silent: int | None) -> list[Sign]:
    found = []
    if asked:
        found.append(Sign("rule", f"申请例外 {asked} 项，尚未同意", grave=False))
    if silent:
        found.append(Sign("returned", f"退回项中 {silent} 项没有说明", grave=False))
    return found


def _named(names: list[str]) -> str:
    return "、".join(names[:_NAMED]) + ("等" if len(names) > _NAMED else "")

"""The recheck plan: when each title under dynamic management falls due, and what speaks for going earlier (R-33)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Max, Q

from apps.accounts.membership import Reported, reported_changes
from apps.core.actor import Actor
from apps.monitoring.models import AnnualForm, Recheck
from apps.monitoring.states import PLANNED, RECORDED, REPORTED
from apps.parameters.selectors import in_force
from apps.policy.calendar import chinese
from apps.policy.levels import Level
from apps.policy.obligations import under_dynamic_management
from apps.policy.parameters import Parameters
from apps.policy.recheck import (
    CHANGE_COUNTS_FOR,
    CHANGES_FOR_RECHECK,
    change_speaks_for_recheck,
    recheck_due_on,
)
from apps.titles import selectors as titles
from apps.titles.states import CANCELLING, RECTIFYING

_RISKY = ("safety", "environment", "energy", "credit", "penalty")


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One title of the plan.

    `risks`: what speaks for going before its day; `running`: its open recheck; `missed`: the day the district had
    set for that has passed without a record; `held_up`: the state (整改中, 拟取消) in which none can be arranged.
    """

    title_id: int
    title_public_id: str
    certificate_no: str
    enterprise_name: str
    district: str
    level_label: str
    awarded_on: date
    last_on: date | None
    due_on: date
    overdue: bool
    risks: tuple[str, ...]
    running: str
    missed: bool
    held_up: str


def recheck_plan(*, actor: Actor, on: date, parameters: Parameters | None = None) -> list[PlanRow]:
    """Return the titles in sight by the day their recheck falls due; five queries however many.

    With *parameters* other than those in force the plan is the one they would give.
    """
    parameters = parameters or in_force(on=on)
    levels = [level.value for level in Level if under_dynamic_management(level, on=on, parameters=parameters)]
    held = titles.live_title_ids(actor=actor, levels=levels)
    seen_on = dict(
        Recheck.objects.visible_to(actor)
        .filter(state=REPORTED)
        .order_by("title_id")
        .values_list("title_id")
        .annotate(last=Max("visited_on"))
    )
    running = {
        row.title_id: row
        for row in Recheck.objects.visible_to(actor)
        .filter(state__in=[PLANNED, RECORDED])
        .only("title_id", "public_id", "state", "planned_on", "by_city")
    }
    risks = _risks(actor, on)
    reports: dict[int, list[Reported]] = defaultdict(list)
    since = on - CHANGE_COUNTS_FOR
    for one in reported_changes(actor=actor, kinds=CHANGES_FOR_RECHECK, since=since):
        reports[one.enterprise_id].append(one)
    rows = [
        PlanRow(
            title_id=row.id,
            title_public_id=row.public_id,
            certificate_no=row.certificate_no or "",
            enterprise_name=row.enterprise_name,
            district=row.district,
            level_label=row.level_label,
            awarded_on=row.awarded_on,
            last_on=seen_on.get(row.id),
            due_on=(
                due := recheck_due_on(
                    awarded_on=row.awarded_on, last_recheck_on=seen_on.get(row.id), parameters=parameters
                )
            ),
            overdue=due < on,
            risks=(
                *risks.get(row.enterprise_id, ()),
                *_reported(reports.get(row.enterprise_id, ()), seen_on.get(row.id) or row.awarded_on, on),
            ),
            running=open_one.public_id if (open_one := running.get(row.id)) else "",
            missed=(
                open_one is not None
                and open_one.state == PLANNED
                and not open_one.by_city
                and open_one.planned_on < on
            ),
            held_up=row.state_label if row.state in {RECTIFYING, CANCELLING} else "",
        )
        for row in held
    ]
    return sorted(rows, key=lambda row: (not row.risks, row.due_on, row.enterprise_name))


def _reported(reports: Iterable[Reported], looked_at: date, on: date) -> tuple[str, ...]:
    """Return the reported changes that speak for a recheck, in words."""
    return tuple(
        f"{one.what}（{chinese(one.on)}）"
        for one in reports
        if change_speaks_for_recheck(one.kind, changed_on=one.on, last_looked_at_on=looked_at, on=on)
    )


def _risks(actor: Actor, on: date) -> dict[int, tuple[str, ...]]:
    """Return what the year's forms give as a reason to go earlier: changes, incidents, a form that did not come."""
    found: dict[int, tuple[str, ...]] = {}
    forms = AnnualForm.objects.visible_to(actor).filter(
        Q(filed_on__isnull=False) | Q(due_on__lt=on), year=on.year
    )
    for form in forms:
        answers = form.content.get("answers", {})
        told = [
            sentence
            for sentence, codes in (
                ("年度表申报生产地址或组织边界变更", ("address", "boundary")),
                ("年度表申报停产等经营状态变更", ("operation",)),
                ("年度表申报事故、处罚或失信", _RISKY),
            )
            if form.filed_on is not None and any(answers.get(code, {}).get("yes") for code in codes)
        ]
        if form.filed_on is None:
            told.append("年度表逾期未报")
        if told:
            found[form.enterprise_id] = tuple(told)
    return found


def overdue_count(rows: Sequence[PlanRow]) -> int:
    """Return how many titles of the plan are past their day, or past the day that was set for the visit."""
    return sum(row.overdue or row.missed for row in rows)

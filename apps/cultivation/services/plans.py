"""Building plans: sent by enterprises, listed for cultivation by their district (R-45)."""

from __future__ import annotations

from django.db import transaction

from apps.core.actor import Actor
from apps.core.errors import Invalid, NotVisible
from apps.core.moment import Clock
from apps.core.text import clean_text
from apps.cultivation.models import BuildingPlan
from apps.cultivation.services.common import keep, own_firm
from apps.cultivation.states import PLAN_LIFE, SENT

_LEVELS = range(1, 6)
_YEARS_AHEAD = 5


@transaction.atomic
def send_plan(*, actor: Actor, clock: Clock, level: int, year: int, measures: str) -> str:
    """An enterprise sends (or revises) its building plan for a year; voluntary, and no condition of an application.

    Raises:
        Forbidden: not a member of a confirmed enterprise.
        Invalid: every fault by field.
        WrongStep: the plan of that year is on the list already.
    """
    firm = own_firm(actor)
    moment = clock.now()
    text = clean_text(measures, field="measures", label="主要措施", limit=2000, multiline=True)
    errors: dict[str, list[str]] = {} if text else {"measures": ["请填写主要措施。"]}
    if level not in _LEVELS:
        errors["level"] = ["请选择目标等级。"]
    if not moment.on.year <= year <= moment.on.year + _YEARS_AHEAD:
        errors["year"] = [f"目标年度为 {moment.on.year} 至 {moment.on.year + _YEARS_AHEAD} 年。"]
    if errors:
        raise Invalid(errors)
    row = (
        BuildingPlan.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .filter(target_year=year, enterprise_id=firm.id)
        .first()
    )
    if row is not None:
        PLAN_LIFE.step(row.state, "revise", actor)
    fresh = row or BuildingPlan(enterprise_id=firm.id, district_id=firm.district, target_year=year)
    fresh.target_level, fresh.measures, fresh.state = level, text, SENT
    fresh.sent_at, fresh.sent_by_id = moment.at, actor.account
    fresh.save()
    keep(actor, moment, fresh, "plan.send", {}, {"level": level, "year": year}, "")
    return str(fresh.public_id)


@transaction.atomic
def decide_plan(*, actor: Actor, clock: Clock, public_id: str, event: str, opinion: str) -> str:
    """A district lists a plan for cultivation, leaves it out, or takes it off; returns the new state.

    Raises:
        NotVisible: not a plan of this district.
        WrongStep, Forbidden: the lifecycle.
        Invalid: left out or taken off without an opinion.
    """
    row = (
        BuildingPlan.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .filter(public_id=public_id)
        .first()
    )
    if row is None:
        raise NotVisible
    step = PLAN_LIFE.step(row.state, event, actor)
    text = clean_text(opinion, field="opinion", label="意见", limit=200)
    if event != "list" and not text:
        raise Invalid.of("opinion", "请填写意见。")
    moment = clock.now()
    before, row.state, row.opinion = row.state, step.target, text
    row.decided_at, row.decided_by_id = moment.at, actor.account
    row.save(update_fields=["state", "opinion", "decided_at", "decided_by"])
    keep(actor, moment, row, f"plan.{event}", {"state": before}, {"state": row.state}, text)
    return str(row.state)

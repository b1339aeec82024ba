"""Reminders as outbox messages: once per obligation, deadline and step, however often and wherever this runs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from apps.core.moment import SHANGHAI, Moment
from apps.deadlines.models import Obligation
from apps.deadlines.registry import KINDS, Kind
from apps.deadlines.states import Party
from apps.notifications.services import enqueue
from apps.policy.calendar import WorkCalendar, chinese, workdays_between
from apps.policy.parameters import Parameters
from apps.policy.reminders import Ladder, ReminderStep, due_reminders, ladder_for

_SUPERVISE = "请关注并督促办理。"
_CASE = "applications/"


def remind(row: Obligation, *, moment: Moment, work: WorkCalendar, parameters: Parameters) -> bool:
    """Send what has come due for a locked live obligation since it was last looked at; return whether anything was.

    When several steps were missed (a worker was away for days) only the latest is sent, marked 补发 when its own day
    has passed; the earlier ones are named in it. The caller stores `reminded_through`.
    """
    kind = KINDS[row.kind]
    steps = due_reminders(
        on=moment.on, opened_on=row.started_on, due_on=row.due_on, work=work, parameters=parameters
    )
    fresh = [step for step in steps if step.on > row.reminded_through]
    if not fresh:
        return False
    latest = fresh[-1]
    for audience in _audiences(row, kind, latest):
        enqueue(
            key=f"remind:{row.public_id}:{row.due_on}:{latest.key}:{audience}",
            template="deadline_overdue" if moment.on > row.due_on else "deadline_reminder",
            context=_context(row, kind, audience, fresh, moment=moment, work=work, parameters=parameters),
            moment=moment,
            subject=row,
            **recipient(row, audience),
        )
    return True


def send_change(row: Obligation, *, old_due: date, moment: Moment) -> None:
    """Tell who owes it that its deadline has moved because the calendar has."""
    kind = KINDS.get(row.kind)
    if kind is None:
        return
    party = Party(row.party)
    enqueue(
        key=f"redate:{row.public_id}:{old_due}:{row.due_on}:{moment.at.isoformat()}",
        template="deadline_changed",
        context={
            **_common(row, kind, party),
            "old_due": old_due,
            "new_due": row.due_on,
            "note": _provisional(row),
        },
        moment=moment,
        subject=row,
        **recipient(row, party),
    )


def recipient(row: Obligation, audience: Party) -> dict[str, Any]:
    """Return the recipient argument of `enqueue` for *audience*."""
    match audience:
        case Party.ENTERPRISE:
            return {"to_enterprise": row.enterprise_id}
        case Party.DISTRICT:
            return {"to_district": row.district_id}
        case Party.EXPERT:
            return {"to_expert": row.expert_id}
        case Party.MUNICIPAL:
            return {"to_municipal": True}


def _audiences(row: Obligation, kind: Kind, step: ReminderStep) -> list[Party]:
    """Return who gets *step*: the party, then the copies; the city only in the last days and after (R-39)."""
    party = Party(row.party)
    audiences = [party]
    if Party.DISTRICT in kind.copies and party is not Party.DISTRICT and row.district_id:
        audiences.append(Party.DISTRICT)
    if Party.MUNICIPAL in kind.copies and party is not Party.MUNICIPAL and step.copied_to_city:
        audiences.append(Party.MUNICIPAL)
    return audiences


def _common(row: Obligation, kind: Kind, audience: Party) -> dict[str, Any]:
    named = "" if audience is Party.ENTERPRISE or not row.enterprise_name else f"（{row.enterprise_name}）"
    own_page = audience is Party(row.party) or kind.path.startswith(_CASE)
    midnight = row.due_at.astimezone(SHANGHAI).time() == time(0)
    due: date | datetime = row.due_on if midnight else row.due_at
    return {
        "number": row.subject_number or None,
        "enterprise": row.enterprise_name or None,
        "due": due,
        "matter": f"{kind.label}{named}",
        "path": kind.path.format(public_id=row.subject_public_id) if own_page else "",
        "todo": kind.todo if audience is Party(row.party) else _SUPERVISE,
    }


def _context(
    row: Obligation,
    kind: Kind,
    audience: Party,
    fresh: Sequence[ReminderStep],
    *,
    moment: Moment,
    work: WorkCalendar,
    parameters: Parameters,
) -> dict[str, Any]:
    late = [step for step in fresh if step.on < moment.on]
    note = _provisional(row)
    if late:
        days = "、".join(chinese(step.on) for step in late)
        note += f"原定{days}的提醒因系统中断未能发出，现一并补发。"
    return {
        **_common(row, kind, audience),
        "note": note,
        "mark": "【补发】" if fresh[-1].on < moment.on else "",
        "remaining": _remaining(row, moment=moment, work=work, parameters=parameters),
        "days": (moment.on - row.due_on).days,
    }


def _remaining(row: Obligation, *, moment: Moment, work: WorkCalendar, parameters: Parameters) -> str:
    if moment.on >= row.due_on:
        return "今天截止"
    ladder = ladder_for(opened_on=row.started_on, due_on=row.due_on, work=work, parameters=parameters)
    if ladder is Ladder.SHORT:
        return f"还剩{workdays_between(moment.on, row.due_on, work)}个工作日"
    return f"还剩{(row.due_on - moment.on).days}天"


def _provisional(row: Obligation) -> str:
    return "该期限为暂定，以公布后的放假安排为准。" if row.provisional else ""

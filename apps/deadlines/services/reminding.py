"""Reminders as outbox messages: once per obligation, deadline and step, however often and wherever this runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from apps.core.moment import SHANGHAI, Moment
from apps.deadlines.forecast import copies
from apps.deadlines.models import Obligation
from apps.deadlines.registry import KINDS, Kind
from apps.deadlines.services.planning import Span
from apps.deadlines.states import Party
from apps.notifications.services import Note, enqueue
from apps.policy.calendar import WorkCalendar, chinese, workdays_between
from apps.policy.parameters import Parameters
from apps.policy.reminders import Ladder, ReminderStep, due_reminders, ladder_for

_SUPERVISE = "请关注并督促办理。"
_CASE = "applications/"


@dataclass(frozen=True, slots=True)
class Due:
    """What has come by a day for every obligation of the same two days: the steps, the latest last; what remains."""

    steps: tuple[ReminderStep, ...]
    remaining: str


def due_by(span: Span, *, on: date, work: WorkCalendar, parameters: Parameters) -> Due:
    """Return what has come by *on* for an obligation that began and falls due on these days, and may fade."""
    steps = due_reminders(
        on=on,
        opened_on=span.started_on,
        due_on=span.due_on,
        work=work,
        parameters=parameters,
        fades=span.fades,
    )
    remaining = _remaining(span, on=on, work=work, parameters=parameters) if steps else ""
    return Due(steps, remaining)


def reminders(row: Obligation, due: Due, *, moment: Moment) -> list[Note]:
    """Return the messages for a locked live obligation, given what has come (`due_by`).

    When several steps were missed (a worker was away for days) only the latest is sent, marked 补发 when its own day
    has passed; the earlier ones are named in it. The caller stores `reminded_through`.
    """
    fresh = [step for step in due.steps if step.on > row.reminded_through]
    if not fresh:
        return []
    kind, latest = KINDS[row.kind], fresh[-1]
    return [
        Note(
            f"remind:{row.public_id}:{row.due_on}:{latest.key}:{audience}",
            "deadline_overdue" if moment.on > row.due_on else "deadline_reminder",
            _context(row, kind, audience, fresh, moment=moment, remaining=due.remaining),
            subject=row,
            **recipient(row, audience),
        )
        for audience in copies(
            kind, copied_to_city=latest.copied_to_city, has_district=row.district_id is not None
        )
    ]


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
    remaining: str,
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
        "remaining": remaining,
        "days": (moment.on - row.due_on).days,
    }


def _remaining(span: Span, *, on: date, work: WorkCalendar, parameters: Parameters) -> str:
    due_on = span.due_on
    if on >= due_on:
        return "今天截止"
    ladder = ladder_for(opened_on=span.started_on, due_on=due_on, work=work, parameters=parameters)
    if ladder is Ladder.SHORT:
        return f"还剩{workdays_between(on, due_on, work)}个工作日"
    return f"还剩{(due_on - on).days}天"


def _provisional(row: Obligation) -> str:
    return "该期限为暂定，以公布后的放假安排为准。" if row.provisional else ""

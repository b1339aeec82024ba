"""What may be done next, how far a case has come in plain words, and its history without reviewers' names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from apps.applications.models import Application, ReturnedItem
from apps.applications.selectors.cases import visible_row
from apps.applications.selectors.completeness import (
    content_blockers,
    read,
    sheet_blockers,
    submission_verdict,
)
from apps.applications.selectors.subareas import sub_area_verdict
from apps.applications.states import (
    APPLICATION_LIFE,
    AWARDED,
    FILING_ACKNOWLEDGED,
    FINAL,
    KEPT,
)
from apps.audit import selectors as audit
from apps.core.actor import Actor, Role
from apps.core.moment import Moment
from apps.core.scoping import acting_as
from apps.deadlines import selectors as deadlines
from apps.policy.review import may_accept_intake, may_resubmit
from apps.policy.verdict import Verdict
from apps.scoring import selectors as scoring

#: Internal steps the enterprise is not told of one by one (saves, grants).
_QUIET = ("application.save_", "application.grant", "application.revoke")
_ROUTE_LOCAL = (
    "draft",
    "submitted",
    "form_check",
    "prelim",
    "district_decision",
    "to_file",
    "filing_acknowledged",
)
_ROUTE_CITY = (
    "draft",
    "submitted",
    "form_check",
    "prelim",
    "recommended",
    "expert_review",
    "credit_check",
    "on_notice",
    "awarded",
)
_STEP_OF = {
    "supplementing": "form_check",
    "prelim_signed": "prelim",
    "filed": "to_file",
    "city_accepted": "recommended",
    "panel_concluded": "expert_review",
    "objection": "on_notice",
    "confirmable": "on_notice",
    "conversion_offered": "prelim",
}
_WORDS = {
    "draft": "申报材料由贵单位填写，尚未提交。",
    "submitted": "已提交，等待属地受理。",
    "form_check": "属地正在进行形式审查。",
    "supplementing": "请按退回清单补正后重新提交。",
    "prelim": "属地正在初评。",
    "prelim_signed": "初评已完成，属地正在办理后续程序。",
    "district_decision": "属地正在评审。",
    "to_file": "属地已作出评定，正在报市工业和信息化局备案。",
    "filed": "评定结果已报市工业和信息化局备案。",
    "filing_acknowledged": "评定结果已备案，申报办结。",
    "recommended": "属地已推荐至市工业和信息化局，等待受理。",
    "city_accepted": "市工业和信息化局已受理，正在组织专家评估。",
    "expert_review": "专家正在评估。",
    "panel_concluded": "专家评估已完成，正在办理后续程序。",
    "credit_check": "正在进行征信查询。",
    "on_notice": "正在公示。",
    "objection": "公示期内收到异议，正在核查，暂缓评定。",
    "confirmable": "公示期满无异议，等待评定。",
    "awarded": "已评定为3A级绿色工厂，申报办结。",
    "refused": "不予评定，申报办结。",
    "not_recommended": "不予推荐，申报办结。",
    "conversion_offered": "初评未达到3A级推荐要求，请答复是否转为本级评定。",
    "kept": "维持现有等级，申报办结。",
    "withdrawn": "申报已撤回。",
    "lapsed": "逾期未补正，视为撤回。",
    "rejected": "属地不予受理，申报办结。",
}
#: What is said to the enterprise, as a bureau or an expert reads it.
_WORDS_FOR_OFFICES = {
    **_WORDS,
    "draft": "申报材料由企业填写，尚未提交。",
    "supplementing": "已退回企业补正，等待重新提交。",
    "conversion_offered": "初评未达到3A级推荐要求，已征求是否转为本级评定，等待企业答复。",
}


@dataclass(frozen=True, slots=True)
class Action:
    """One button: the event, its label, and what stands against it now."""

    event: str
    label: str
    rule: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Step:
    """One station of the progress line: `done`, `current` or `coming`."""

    code: str
    label: str
    state: str


@dataclass(frozen=True, slots=True)
class Progress:
    """Where the case is: one sentence, its stations, and what falls due next for anybody."""

    sentence: str
    steps: Sequence[Step]
    ended: bool
    due_label: str
    due_on: date | None


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One event of the case's history; `who` is an office for enterprises, a person for bureaus."""

    at: datetime
    label: str
    who: str
    rule: str
    note: str
    from_state: str
    to_state: str


def available_actions(*, actor: Actor, public_id: str, moment: Moment) -> list[Action]:
    """Return what *actor* may do with a case now: the same table and rules the services check.

    Steps that other rooms carry out (scoring, filing, panel, notice) are listed with an allowing verdict; their rooms
    say more.

    Raises:
        NotVisible: no such case for *actor*.
    """
    row = visible_row(actor, public_id=public_id)
    return [
        Action(step.event, step.label, step.rule, _verdict(row, step.event, actor, moment))
        for step in APPLICATION_LIFE.events_for(row.state, actor)
    ]


def sentence(state: str) -> str:
    """Return in plain words where a case in *state* is, for lists."""
    return _WORDS[state]


def progress(*, actor: Actor, public_id: str) -> Progress:
    """Return where a case is, in plain words.

    Raises:
        NotVisible: no such case for *actor*.
    """
    row = visible_row(actor, public_id=public_id)
    route = _ROUTE_CITY if row.level == 3 and row.decided_level in {None, 3} else _ROUTE_LOCAL  # noqa: PLR2004
    if row.state in {"district_decision", "to_file", "filed", "filing_acknowledged"}:
        route = _ROUTE_LOCAL
    here = _STEP_OF.get(row.state, row.state)
    done = row.state in {AWARDED, FILING_ACKNOWLEDGED, KEPT}
    position = route.index(here) if here in route else _reached(row, route)
    steps = [
        Step(
            code,
            APPLICATION_LIFE.label(code),
            "done" if number < position or done else ("current" if number == position else "coming"),
        )
        for number, code in enumerate(route)
    ]
    due = min(deadlines.obligations_of(actor=actor, subject=row), key=lambda one: one.due_on, default=None)
    live = due if due is not None and due.state in {"open", "overdue"} else None
    return Progress(
        (_WORDS if actor.role is Role.ENTERPRISE else _WORDS_FOR_OFFICES)[row.state],
        steps,
        row.state in FINAL,
        live.label if live else "",
        live.due_on if live else None,
    )


def timeline(*, actor: Actor, public_id: str) -> list[TimelineEntry]:
    """Return the history of a case, newest first, from the audit trail.

    The enterprise is told which office acted, never which person (SECURITY R05).

    Raises:
        NotVisible: no such case for *actor*.
    """
    row = visible_row(actor, public_id=public_id)
    # As the system: enterprises do not read the audit trail themselves; what they may know of it is chosen here.
    with acting_as(Actor.system(), then=actor):
        entries = audit.history_of(actor=Actor.system(), subject=row)
    named = actor.role in {Role.DISTRICT, Role.MUNICIPAL, Role.AUDITOR, Role.SYSTEM}
    labels = {f"application.{step.event}": step.label for step in APPLICATION_LIFE.transitions}
    labels["application.create"] = "发起申报"
    return [
        TimelineEntry(
            at=entry.at,
            label=labels.get(entry.event, "更新材料"),
            who=entry.who if named else _office(entry.event, row),
            rule=entry.rule,
            note=entry.note,
            from_state=_state_label(entry.before.get("state")),
            to_state=_state_label(entry.after.get("state")),
        )
        for entry in entries
        if named or not entry.event.startswith(_QUIET)
    ]


def _verdict(row: Application, event: str, actor: Actor, moment: Moment) -> Verdict:
    if event == "submit":
        sheet = scoring.current_sheet(actor=actor, application_id=row.pk, kind="self")
        lacking = content_blockers(row, sheet_blockers(actor, sheet))
        missing = [blocker.reason.rstrip("。") for blocker in lacking]
        return submission_verdict(row, read(row, actor, moment), actor, moment, missing=missing)
    if event == "resubmit":
        items = ReturnedItem.objects.filter(application=row, turn=row.turn)
        due_on = max(item.due_on for item in items)
        return may_resubmit(due_on=due_on, on=moment.on, changed=[], returned=[])
    if event == "accept":
        return Verdict.all_of(
            may_accept_intake(own_district=actor.district or "", production_district=row.district_id),
            sub_area_verdict(row=row, on=moment.on),
        )
    return Verdict()


def _reached(row: Application, route: Sequence[str]) -> int:
    """Return the last station a case that ended on a side branch had come to."""
    if row.panel_total is not None and "expert_review" in route:
        return route.index("expert_review")
    if row.prelim_total is not None:
        return route.index("prelim")
    if row.accepted_at is not None:
        return route.index("form_check")
    return route.index("submitted") if row.submitted_at is not None else 0


def _office(event: str, row: Application) -> str:
    step = next((one for one in APPLICATION_LIFE.transitions if f"application.{one.event}" == event), None)
    roles = step.roles if step else frozenset({Role.ENTERPRISE})
    if Role.DISTRICT in roles:
        return row.district.authority
    if roles & {Role.MUNICIPAL, Role.EXPERT}:
        return "苏州市工业和信息化局"
    return "本单位" if Role.ENTERPRISE in roles else "系统"


def _state_label(state: object) -> str:
    return (
        APPLICATION_LIFE.label(state) if isinstance(state, str) and state in APPLICATION_LIFE.states else ""
    )

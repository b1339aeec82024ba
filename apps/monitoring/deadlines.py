"""Kinds of obligations that monitoring opens."""

from __future__ import annotations

from datetime import date

from apps.core.actor import Actor
from apps.core.moment import Clock
from apps.deadlines.registry import OverdueObligation, register_kind
from apps.deadlines.states import Party
from apps.monitoring import services
from apps.policy.calendar import WorkCalendar
from apps.policy.parameters import Parameters
from apps.policy.rectification import statement_term


def _propose(obligation: OverdueObligation, *, clock: Clock) -> None:
    """The rectification ran out: draft the proposal (idempotent)."""
    services.propose_cancellation(actor=Actor.system(), clock=clock, rectification_id=obligation.subject_id)


def _ask(obligation: OverdueObligation, *, clock: Clock) -> None:
    """The time for defence is over: ask the leader to decide (idempotent)."""
    services.ask_for_decision(actor=Actor.system(), clock=clock, cancellation_id=obligation.subject_id)


def _overdue_form(obligation: OverdueObligation, *, clock: Clock) -> None:
    """The annual form is late: say what follows (idempotent)."""
    services.tell_overdue(actor=Actor.system(), clock=clock, form_id=obligation.subject_id)


def _statement(on: date, parameters: Parameters, work: WorkCalendar) -> tuple[str, date]:
    """The proposal opens the time for defence."""
    return "monitoring.statement", statement_term(on, parameters, work).ends_on


register_kind(
    "monitoring.annual",
    label="年度动态管理表",
    party=Party.ENTERPRISE,
    todo="请填写并报送年度动态管理表。",
    path="annual/{public_id}/",
    copies=frozenset({Party.DISTRICT}),
    reminds=True,
    on_overdue=_overdue_form,
    outcome="登记逾期并告知企业：原则上不推荐申报更高级别。",
    follows=True,
)
register_kind(
    "monitoring.annual_review",
    label="年度动态管理表审核",
    party=Party.DISTRICT,
    todo="请审核企业报送的年度动态管理表。",
    path="annual/{public_id}/",
    reminds=True,
    follows=True,
)
register_kind(
    services.CYCLE,
    label="现场复核周期",
    party=Party.DISTRICT,
    todo="请在周期届满前安排并完成现场复核。",
    path="inspections/titles/{public_id}/",
    reminds=True,
    fades=True,
    ahead_days=90,
)
register_kind(
    "monitoring.recheck",
    label="现场复核",
    party=Party.DISTRICT,
    todo="请按计划复核并登记结果。",
    path="inspections/{public_id}/",
    reminds=True,
)
register_kind(
    "monitoring.recheck_report",
    label="复核结果报送",
    party=Party.DISTRICT,
    todo="请签批复核结果并报送市工业和信息化局。",
    path="inspections/{public_id}/",
    copies=frozenset({Party.MUNICIPAL}),
    reminds=True,
)
register_kind(
    "monitoring.incident",
    label="举报线索办理",
    party=Party.DISTRICT,
    todo="请核实并登记办理结果，或安排现场复核；不予办理的写明理由。",
    path="incidents/{public_id}/",
    copies=frozenset({Party.MUNICIPAL}),
    reminds=True,
    follows=True,
)
register_kind(
    "monitoring.city_recheck",
    label="市局现场复查",
    party=Party.MUNICIPAL,
    todo="请按计划复查并登记结果。",
    path="inspections/{public_id}/",
    reminds=True,
)
register_kind(
    "monitoring.rectification",
    label="整改",
    party=Party.ENTERPRISE,
    todo="请逐项整改并提交整改报告。",
    path="rectify/{public_id}/",
    copies=frozenset({Party.DISTRICT, Party.MUNICIPAL}),
    reminds=True,
    on_overdue=_propose,
    outcome="起草取消称号建议，启动陈述申辩；不会自动取消。",
    settles=True,
    leads_to=_statement,
)
register_kind(
    "monitoring.verification",
    label="整改验收",
    party=Party.DISTRICT,
    todo="请组织验收。",
    path="rectifications/{public_id}/",
    reminds=True,
)
register_kind(
    "monitoring.statement",
    label="陈述申辩",
    party=Party.ENTERPRISE,
    todo="可以在期限内提交陈述申辩意见。",
    path="rectify/{public_id}/",
    reminds=True,
    on_overdue=_ask,
    outcome="提请有权机关负责人决定，并开始计算决定期限。",
    settles=True,
)
register_kind(
    "monitoring.cancellation",
    label="取消称号决定",
    party=Party.MUNICIPAL,
    todo="请局领导决定。",
    path="revocations/{public_id}/",
    reminds=True,
)
register_kind(
    "monitoring.cancellation_district",
    label="取消称号决定",
    party=Party.DISTRICT,
    todo="请签批负责人决定。",
    path="revocations/{public_id}/",
    copies=frozenset({Party.MUNICIPAL}),
    reminds=True,
)

"""Kinds of obligations that publicity opens."""

from __future__ import annotations

from apps.core.actor import Actor
from apps.core.moment import Clock
from apps.deadlines.registry import OverdueObligation, register_kind
from apps.deadlines.states import Party
from apps.publicity import services
from apps.publicity.services.credit_validity import CREDIT_VALIDITY


def _close(obligation: OverdueObligation, *, clock: Clock) -> None:
    """The last day of a notice has elapsed: close it (idempotent)."""
    services.close_notice(actor=Actor.system(), clock=clock, notice_id=obligation.subject_id)


register_kind(
    "publicity.notice",
    label="公示期",
    party=Party.MUNICIPAL,
    todo="期满后请确认评定名单。",
    path="notices/{public_id}/",
    reminds=False,
    on_overdue=_close,
    outcome="公示截止；没有未办结异议的企业转为可评定。",
)
register_kind(
    "publicity.objection",
    label="异议核查答复",
    party=Party.MUNICIPAL,
    todo="请完成核查并答复。",
    path="objections/{public_id}/",
    reminds=True,
)
register_kind(
    CREDIT_VALIDITY,
    label="征信结果有效期",
    party=Party.MUNICIPAL,
    todo="公示不能在此前开始的，请重新查询征信。",
    path="credit/",
    reminds=True,
)
register_kind(
    services.CREDIT_STATEMENT,
    label="征信情况说明",
    party=Party.ENTERPRISE,
    todo="请说明征信查询结果中的事项；说明被采信前不能列入公示。",
    path="credit/{public_id}/",
    reminds=True,
)

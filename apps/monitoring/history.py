"""Everything monitoring has on record about one enterprise, in one list: forms, visits, rectifications, reports."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from apps.core.actor import Actor
from apps.core.moment import Moment
from apps.monitoring.models import AnnualForm, Cancellation, IncidentReport, Recheck, Rectification
from apps.monitoring.states import (
    ANNUAL_LIFE,
    CANCELLATION_LIFE,
    INCIDENT_LIFE,
    RECHECK_LIFE,
    RECTIFICATION_LIFE,
)


class Kind(StrEnum):
    """What a line is about."""

    FORM = "form"
    RECHECK = "recheck"
    RECTIFICATION = "rectification"
    CANCELLATION = "cancellation"
    INCIDENT = "incident"


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One matter: what it is in words, how it stands, the day it belongs to."""

    kind: Kind
    public_id: str
    label: str
    state_label: str
    on: date


def history_of(*, actor: Actor, enterprise_public_id: str) -> list[HistoryRow]:
    """Return what *actor* may see about an enterprise, newest first; five queries."""
    return sorted(_lines(actor, enterprise_public_id), key=lambda row: row.on, reverse=True)


def _lines(actor: Actor, enterprise: str) -> Iterator[HistoryRow]:
    of_it = {"enterprise__public_id": enterprise}
    for form in AnnualForm.objects.visible_to(actor).filter(**of_it):
        yield HistoryRow(
            Kind.FORM,
            form.public_id,
            f"{form.year} 年度动态管理表",
            ANNUAL_LIFE.label(form.state),
            form.filed_on or form.due_on,
        )
    for visit in Recheck.objects.visible_to(actor).filter(**of_it):
        verdict = {True: "，合格", False: "，不合格", None: ""}[visit.passed]
        yield HistoryRow(
            Kind.RECHECK,
            visit.public_id,
            f"现场复核（{visit.get_trigger_display()}）",
            f"{RECHECK_LIFE.label(visit.state)}{verdict}",
            visit.visited_on or visit.planned_on,
        )
    for order in Rectification.objects.visible_to(actor).filter(**of_it):
        yield HistoryRow(
            Kind.RECTIFICATION,
            order.public_id,
            f"整改 {order.number}",
            RECTIFICATION_LIFE.label(order.state),
            Moment.of(order.ordered_at).on,
        )
    for draft in Cancellation.objects.visible_to(actor).filter(**of_it):
        yield HistoryRow(
            Kind.CANCELLATION,
            draft.public_id,
            "取消称号",
            CANCELLATION_LIFE.label(draft.state),
            draft.decided_on or Moment.of(draft.proposed_at).on,
        )
    for report in IncidentReport.objects.visible_to(actor).filter(**of_it):
        yield HistoryRow(
            Kind.INCIDENT,
            report.public_id,
            f"举报线索 {report.receipt_no}",
            INCIDENT_LIFE.label(report.state),
            Moment.of(report.filed_at).on,
        )

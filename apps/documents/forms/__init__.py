"""From the rooms' data to papers: one builder per kind, the actor's own eyes first, then one content for all."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Protocol

from apps.core.actor import ROLE_LABELS, Actor
from apps.core.errors import Forbidden, NotVisible
from apps.documents import kinds
from apps.documents.forms import (
    district,
    intake,
    lists,
    orders,
    records,
    reports,
    sheets,
    titles,
    upward,
    yearly,
)
from apps.documents.forms.common import Built, as_reader, batch_of

__all__ = ["BUILDERS", "Built", "as_reader", "batch_of", "build"]


class Builder(Protocol):
    """Builds one kind of paper."""

    def __call__(self, *, actor: Actor, public_id: str, on: date) -> Built:
        """Return the paper about the row *public_id* as it stands; *on* dates what is still a draft."""
        ...


BUILDERS: Mapping[str, Builder] = MappingProxyType(
    {
        kinds.CERTIFICATE: titles.certificate,
        kinds.NOTICE: titles.notice,
        kinds.RECOGNITION: titles.recognition,
        kinds.DISTRICT_AWARD: district.district_award,
        kinds.RECOMMENDATION: lists.recommendation,
        kinds.FILING: lists.filing,
        kinds.UPWARD: upward.upward,
        kinds.SCORE_SHEET: sheets.score_sheet,
        kinds.PANEL_OPINION: sheets.panel_opinion,
        kinds.REPORT: reports.report,
        kinds.RECEIPT: reports.receipt,
        kinds.SUPPLEMENT: orders.supplement,
        kinds.RECTIFICATION: orders.rectification,
        kinds.CANCELLATION: orders.cancellation,
        kinds.APPLICATION_FORM: intake.application_form,
        kinds.THIRD_PARTY_REPORT: intake.third_party_report,
        kinds.FORM_CHECK: intake.form_check,
        kinds.WAIVER: intake.waiver,
        kinds.EXPERT_SHEET: records.expert_sheet,
        kinds.VISIT: records.visit,
        kinds.RECHECK: records.recheck,
        kinds.CREDIT_RECORD: records.credit_record,
        kinds.OBJECTION_RECORD: records.objection_record,
        kinds.EXTERNAL_LIST: records.external_list,
        kinds.YEARLY_TABLE: yearly.yearly_table,
        kinds.RECTIFICATION_REPORT: yearly.rectification_report,
    }
)


def build(*, actor: Actor, kind: str, public_id: str, on: date) -> Built:
    """Return the paper of *kind* about one row.

    Args:
        actor: who asks; must see the row through its own room.
        kind: code of `kinds.KINDS`.
        public_id: of the row.
        on: today, the date below what is not signed yet.

    Raises:
        NotVisible: an unknown kind, or a row the actor does not see.
        Forbidden: this kind is not for the actor's role.
        WrongStep: there is nothing to put on paper yet.
    """
    known = kinds.KINDS.get(kind)
    if known is None:
        raise NotVisible
    if actor.role not in known.roles:
        raise Forbidden(f"{known.label}不向{ROLE_LABELS[actor.role]}提供。")
    return BUILDERS[kind](actor=actor, public_id=public_id, on=on)

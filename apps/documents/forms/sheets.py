"""Papers that show scores: the district's preliminary sheet (F-05) and the panel's opinion (F-09)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from apps.accounts import selectors as accounts
from apps.applications import selectors as applications
from apps.applications import states as life
from apps.applications.selectors import CaseRow
from apps.core.actor import Actor, Role
from apps.core.errors import WrongStep
from apps.documents.forms.common import (
    CITY,
    READER,
    Built,
    as_reader,
    authority_of,
    batch_of,
    day_of,
    level_label,
    level_text,
    paragraphs,
    scheme_text,
)
from apps.documents.rendering.papers import (
    ExpertTotal,
    PanelOpinion,
    ScoredDimension,
    ScoredItem,
    ScoreSheet,
)
from apps.evidence import selectors as evidence
from apps.evidence.selectors import UseRow
from apps.evidence.states import DOUBTED, ITEM, VERIFIED
from apps.parameters.selectors import in_force
from apps.policy.panel import panel_score
from apps.review import selectors as review
from apps.review.selectors import AssignmentRow, PanelFile, PreliminaryRow
from apps.review.states import RECUSED
from apps.review.states import SIGNED as PRELIMINARY_SIGNED
from apps.scoring import selectors as scoring
from apps.scoring.selectors import RowView
from apps.scoring.states import SELF

#: What the district's work led to, by the state the case went on to; every later state of a 3A case means 推荐.
_CONCLUSIONS = {
    life.PRELIM: "初评中",
    life.PRELIM_SIGNED: "初评完成，待评审",
    life.DISTRICT_DECISION: "属地评审中",
    life.TO_FILE: "本级评定",
    life.FILED: "本级评定",
    life.FILING_ACKNOWLEDGED: "本级评定",
    life.NOT_RECOMMENDED: "不予推荐",
    life.CONVERSION_OFFERED: "转为本级评定，待企业同意",
    life.KEPT: "维持原等级",
}


def score_sheet(*, actor: Actor, public_id: str, on: date) -> Built:
    """Build the preliminary score sheet of an application, item by item beside the self-evaluation.

    Raises:
        NotVisible: no preliminary review in the actor's jurisdiction.
    """
    row = review.preliminary_of(actor=actor, public_id=public_id)
    with as_reader(actor):
        paper = _sheet(row, on)
    case = row.case
    return Built(
        paper=paper,
        subject_type="applications.application",
        subject_id=public_id,
        final=row.state == PRELIMINARY_SIGNED,
        number=case.number or "",
        district=case.district,
    )


def _sheet(row: PreliminaryRow, on: date) -> ScoreSheet:
    case = row.case
    desk = scoring.compare_view(actor=READER, public_id=row.sheet_public_id)
    result = scoring.sheet_result(actor=READER, public_id=row.sheet_public_id)
    files = evidence.uses_by_place(actor=READER, application_id=case.id)
    signed = row.state == PRELIMINARY_SIGNED
    names = accounts.names_of(
        user_ids=[pk for pk in (row.scorer_id, case.prelim_signed_by_id) if pk is not None]
    )
    signed_on = day_of(desk.head.signed_at, on) if signed else None
    total = Decimal(desk.total_text)
    scheme = scoring.scheme(actor=READER, scheme_id=desk.head.scheme_id)
    own = next((column for column in desk.columns if column.kind == SELF), None)
    return ScoreSheet(
        issuer=authority_of(case.district),
        dated=signed_on or on,
        application_number=case.number or "",
        enterprise=case.enterprise_name,
        uscc=case.uscc,
        district=case.district_name,
        applied_level=level_label(case.level),
        scheme=scheme_text(scheme),
        dimensions=tuple(
            ScoredDimension(
                name=part.name,
                full=Decimal(part.weight_text),
                self_score=Decimal(part.other_texts.get(SELF, "0")),
                score=Decimal(part.own_text),
                rebased=scored.rebased,
                items=tuple(
                    _item(line, files.get((ITEM, line.code), ()))
                    for group in part.groups
                    for line in group.rows
                ),
            )
            for part, scored in zip(desk.dimensions, result.dimensions, strict=True)
        ),
        self_total=Decimal(own.total_text) if own is not None else Decimal(0),
        total=total,
        level=level_text(total),
        conclusion=_CONCLUSIONS.get(case.state) or _later(case),
        scorer=names.get(row.scorer_id or 0, ""),
        signer=names.get(case.prelim_signed_by_id or 0, "") if signed else "",
        scored_on=day_of(row.submitted_at, on) if row.submitted_at is not None else None,
        signed_on=signed_on,
        opinion=row.opinion,
        reconstructed=scheme.is_reconstruction,
    )


def _later(case: CaseRow) -> str:
    """Return the district's conclusion of a case that has left the district."""
    if case.state == life.REFUSED and case.panel_total is None:
        return "不予评定"
    return "推荐" if case.state not in life.ABANDONED else case.state_label


def _item(line: RowView, uses: Sequence[UseRow]) -> ScoredItem:
    start = line.cells.get(SELF)
    return ScoredItem(
        code=line.code,
        requirement=line.name,
        mandatory=line.mandatory,
        full=line.max_points,
        self_score=None if start is None or start.not_applicable else start.points,
        score=None if line.own.not_applicable else line.own.points,
        reason=line.own.reason,
        not_applicable=line.own.not_applicable,
        evidence_checked=_checked(uses),
    )


def _checked(uses: Sequence[UseRow]) -> bool | None:
    """Return what the district said about an item's files: verified, doubted, or nothing."""
    said = {mark.mark for use in uses for mark in use.marks if mark.role == Role.DISTRICT.value}
    if DOUBTED in said:
        return False
    return True if VERIFIED in said else None


def panel_opinion(*, actor: Actor, public_id: str, on: date) -> Built:
    """Build the opinion of the expert panel of an application.

    Raises:
        NotVisible: no panel in the actor's sight.
        WrongStep: the panel has no score yet.
    """
    review.panel_of(actor=actor, public_id=public_id)
    with as_reader(actor) as reader:
        panel = review.panel_of(actor=reader, public_id=public_id)
        case = applications.case(actor=reader, public_id=public_id)
        members = [row for row in panel.members if row.state != RECUSED]
        totals = [row.total for row in members if row.total is not None]
        if not totals or len(totals) < len(members) or not panel.opinion:
            raise WrongStep("专家评分或评估意见尚未齐备，不能生成评估意见表。")
        dated = day_of(panel.concluded_at, on)
        score = panel_score(totals, in_force(on=dated))
        scheme = scoring.scheme(actor=reader, scheme_id=case.scheme_id)
    shown = panel.total if panel.total is not None else score.total
    return Built(
        paper=PanelOpinion(
            issuer=CITY,
            dated=dated,
            application_number=case.number or "",
            enterprise=case.enterprise_name,
            uscc=case.uscc,
            district=case.district_name,
            batch=batch_of(case.round_code),
            applied_level=level_label(case.level),
            scheme=scheme_text(scheme),
            preliminary_total=case.prelim_total or Decimal(0),
            experts=_experts(members, panel, score.dropped),
            method=panel.aggregation or score.explanation,
            panel_score=shown,
            level=level_text(shown),
            conclusion=panel.opinion_label,
            opinion=paragraphs(panel.reasons),
            site_visited=bool(panel.site_visited),
            site_reason=panel.site_reason,
            composed="随机抽取" if panel.drawn else "市局指定",
            spread=score.spread,
            deviation=panel.deviation,
            disputed=panel.disputed_items,
            reconsidered=panel.reconsider_reason if panel.reconsidered else "",
            reconstructed=scheme.is_reconstruction,
        ),
        subject_type="applications.application",
        subject_id=public_id,
        final=panel.concluded_at is not None,
        number=case.number or "",
    )


def _experts(
    members: Sequence[AssignmentRow], panel: PanelFile, dropped: Sequence[Decimal]
) -> tuple[ExpertTotal, ...]:
    """Return the experts with the leader first; each total that was left out marks one expert."""
    left_out = list(dropped)
    found: list[ExpertTotal] = []
    for row in sorted(members, key=lambda row: row.expert_id != panel.leader_id):
        total = row.total or Decimal(0)
        counted = total not in left_out
        if not counted:
            left_out.remove(total)
        found.append(
            ExpertTotal(
                expert=row.expert_name,
                employer=row.employer,
                total=total,
                role="组长" if row.expert_id == panel.leader_id else "成员",
                counted=counted,
                outlying=row.expert_number in panel.outliers,
                dissent=row.dissent,
            )
        )
    return tuple(found)

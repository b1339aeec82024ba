"""Forms of the years after a title: the yearly table (F-15), the report of a rectification (F-17)."""

from __future__ import annotations

from datetime import date

from apps.accounts import selectors as accounts
from apps.core.actor import Actor
from apps.core.errors import WrongStep
from apps.documents.forms.common import Built, as_reader, authority_of
from apps.documents.rendering.papers import (
    CHANGES,
    COMPLIANCE,
    YEARLY_FIGURES,
    GreenProject,
    Inspection,
    PutRight,
    RectificationReport,
    YearlyAnswer,
    YearlyFigure,
    YearlyTable,
)
from apps.monitoring import selectors as monitoring
from apps.titles import selectors as titles

_BLANK_PROJECTS = 3


def yearly_table(*, actor: Actor, public_id: str, on: date) -> Built:
    """Build the yearly table of a title for the year before *on*: what is known filled in, the rest to write.

    Raises:
        NotVisible: not in the actor's jurisdiction.
        WrongStep: the title has ended.
    """
    row = titles.title_file(actor=actor, public_id=public_id).row
    if row.ended_on is not None:
        raise WrongStep(f"称号{row.state_label}，不再报送年度动态管理表。")
    with as_reader(actor) as reader:
        enterprise = accounts.enterprise_file(actor=reader, enterprise_id=row.enterprise_id)
    return Built(
        paper=YearlyTable(
            issuer=enterprise.name,
            dated=on,
            year=on.year - 1,
            enterprise=enterprise.name,
            renamed="否" if enterprise.name == row.enterprise_name else f"是（原名：{row.enterprise_name}）",
            uscc=row.uscc,
            district=row.district_name,
            level=row.level_label,
            batch=f"{row.awarded_on.year}年（{row.document_no}）",
            contact=enterprise.contact_name,
            phone=enterprise.contact_phone,
            changes=tuple(YearlyAnswer(label=label) for label in CHANGES),
            compliance=tuple(YearlyAnswer(label=label) for label in COMPLIANCE),
            figures=tuple(
                YearlyFigure(label=label, unit=unit, values=("", "", "")) for label, unit in YEARLY_FIGURES
            ),
            projects=tuple(
                GreenProject(name="", investment_wan="", finished="", effect="")
                for _ in range(_BLANK_PROJECTS)
            ),
            summary=(),
            plan=(),
        ),
        subject_type="titles.title",
        subject_id=public_id,
        final=False,  # the enterprise fills it in and stamps it
        blank=True,
        enterprise=row.enterprise_id,
        district=row.district,
    )


def rectification_report(*, actor: Actor, public_id: str, on: date) -> Built:
    """Build the report of a rectification with its inspections.

    Raises:
        NotVisible: not in the actor's jurisdiction.
    """
    row = monitoring.rectification(actor=actor, public_id=public_id)
    with as_reader(actor) as reader:
        title = titles.title_file(actor=reader, public_id=row.title_public_id).row
    newest = row.attempts[-1] if row.attempts else None
    return Built(
        paper=RectificationReport(
            issuer=authority_of(title.district),
            dated=(newest.verified_on or newest.submitted_on) if newest is not None else on,
            number=row.number,
            enterprise=title.enterprise_name,
            uscc=title.uscc,
            district=title.district_name,
            level=title.level_label,
            served_on=row.served_on,
            due_on=row.deadline,
            items=tuple(
                PutRight(
                    item=item.code,
                    problem=item.problem,
                    demand=item.requirement,
                    measure=item.answer,
                    evidence=item.evidence_wanted,
                )
                for item in row.items
            ),
            inspections=tuple(
                Inspection(
                    submitted_on=part.submitted_on,
                    verified_on=part.verified_on,
                    result="待验收" if part.passed is None else "合格" if part.passed else "不合格",
                    note=part.note,
                )
                for part in row.attempts
            ),
            conclusion=row.state_label,
        ),
        subject_type="monitoring.rectification",
        subject_id=public_id,
        final=newest is not None and newest.passed is not None,
        number=row.number,
        enterprise=title.enterprise_id,
        district=title.district,
    )

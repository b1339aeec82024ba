"""Forms of the years after a title: the yearly table (F-15), the report of a rectification (F-17)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from apps.accounts import selectors as accounts
from apps.core.actor import Actor
from apps.core.errors import NotVisible, WrongStep
from apps.documents.forms.common import Built, as_reader, authority_of, day_of, paragraphs
from apps.documents.rendering.papers import (
    GreenProject,
    Inspection,
    PutRight,
    RectificationReport,
    YearlyAnswer,
    YearlyFigure,
    YearlyTable,
)
from apps.monitoring import annual_forms
from apps.monitoring import selectors as monitoring
from apps.monitoring.annual_forms import AnnualFile
from apps.monitoring.states import APPROVED, FILED
from apps.policy.annual_form import CHANGES, COMPLIANCE, FIGURES, Answer, Filled, Question, data_years
from apps.policy.evaluation.decimals import plain
from apps.titles import selectors as titles

_BLANK_PROJECTS = 3
_CHANGED, _HAPPENED = {True: "是", False: "否", None: ""}, {True: "有", False: "无", None: ""}


def yearly_table(*, actor: Actor, public_id: str, on: date) -> Built:
    """Build a yearly table as far as it is filled in.

    Args:
        actor: who asks.
        public_id: of the annual form; or of a title, for the newest form of its enterprise, and for a blank one where
            none was opened yet.
        on: today.

    Raises:
        NotVisible: not in the actor's jurisdiction.
        WrongStep: the title has ended and owes no form.
    """
    try:
        return _filled_table(annual_forms.annual_file(actor=actor, on=on, public_id=public_id), actor, on)
    except NotVisible:
        row = titles.title_file(actor=actor, public_id=public_id).row
    if row.ended_on is not None:
        raise WrongStep(f"称号{row.state_label}，不再报送年度动态管理表。")
    newest = annual_forms.newest_of(actor=actor, enterprise_id=row.enterprise_id)
    if newest:
        return _filled_table(annual_forms.annual_file(actor=actor, on=on, public_id=newest), actor, on)
    return Built(
        paper=_table(
            actor=actor,
            enterprise_id=row.enterprise_id,
            title=row.public_id,
            year=on.year,
            level=row.level_label,
            dated=on,
        ),
        subject_type="titles.title",
        subject_id=public_id,
        final=False,  # the enterprise fills it in and stamps it
        blank=True,
        enterprise=row.enterprise_id,
        district=row.district,
    )


def _filled_table(file: AnnualFile, actor: Actor, on: date) -> Built:
    handed_in = file.row.state in {FILED, APPROVED}
    dated = day_of(file.filed_at, on) if handed_in else on
    return Built(
        paper=_table(
            actor=actor,
            enterprise_id=file.enterprise_id,
            title=file.title_public_id,
            year=file.row.year,
            level=file.row.level_label,
            dated=dated,
            file=file,
        ),
        subject_type="monitoring.annualform",
        subject_id=file.row.public_id,
        final=handed_in,
        blank=not handed_in,
        enterprise=file.enterprise_id,
        district=file.title_district,
    )


def _table(
    *,
    actor: Actor,
    enterprise_id: int,
    title: str,
    year: int,
    level: str,
    dated: date,
    file: AnnualFile | None = None,
) -> YearlyTable:
    """Return the table with what *file* has, places to write in for the rest."""
    with as_reader(actor) as reader:
        enterprise = accounts.enterprise_file(actor=reader, enterprise_id=enterprise_id)
        row = titles.title_file(actor=reader, public_id=title).row
    state = file.filled if file is not None else Filled()
    projects = tuple(GreenProject(**line) for line in (file.content.get("projects", []) if file else []))
    blanks = tuple(
        GreenProject(name="", investment_wan="", finished="", effect="") for _ in range(_BLANK_PROJECTS)
    )
    first, second, third = data_years(year)
    return YearlyTable(
        issuer=enterprise.name,
        dated=dated,
        year=year,
        years=(first, second, third),
        enterprise=enterprise.name,
        renamed="否" if enterprise.name == row.enterprise_name else f"是（原名：{row.enterprise_name}）",
        uscc=row.uscc,
        district=row.district_name,
        level=level,
        batch=f"{row.awarded_on.year}年（{row.document_no}）",
        contact=enterprise.contact_name,
        phone=enterprise.contact_phone,
        changes=_answers(state, CHANGES, _CHANGED),
        compliance=_answers(state, COMPLIANCE, _HAPPENED),
        figures=tuple(
            YearlyFigure(
                label=figure.label,
                unit=figure.unit,
                values=(
                    _value(state, figure.code, first),
                    _value(state, figure.code, second),
                    _value(state, figure.code, third),
                ),
                reason=state.reasons.get(figure.code, ""),
            )
            for figure in FIGURES
        ),
        projects=projects if projects or (file is not None and not file.editable) else blanks,
        summary=paragraphs(state.summary),
        plan=paragraphs(state.plan),
        receipt=state.receipt_no,
        state=file.row.state_label if file is not None else "",
        filed_on=file.row.filed_on if file is not None else None,
        review=_review(file) if file is not None else "",
        reviewed_on=day_of(file.reviewed_at, dated) if file is not None and file.reviewed_at else None,
    )


def _answers(
    state: Filled, questions: Sequence[Question], words: Mapping[bool | None, str]
) -> tuple[YearlyAnswer, ...]:
    found = ((one.label, state.answers.get(one.code, Answer())) for one in questions)
    return tuple(
        YearlyAnswer(label=label, answer=words[answer.yes], explanation=answer.explanation)
        for label, answer in found
    )


def _value(state: Filled, code: str, year: int) -> str:
    value = state.figures.get(code, {}).get(year)
    return "" if value is None else plain(value)


def _review(file: AnnualFile) -> str:
    """Say what the district found: its words, or that it approved without any."""
    return file.review_note or ("审核通过。" if file.row.state == APPROVED else "")


def _proved(item: monitoring.ItemRow, *, handed_in: bool) -> str:
    """Return the files given for an item; what was asked for while nothing has been handed in."""
    if item.files:
        return "、".join(name for _, name in item.files)
    return "未附" if handed_in else item.evidence_wanted


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
                    evidence=_proved(item, handed_in=newest is not None),
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

"""Reading annual forms: one form with what stands against filing it, lists, and the overview by district."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from math import ceil
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from apps.core.actor import Actor
from apps.core.errors import NotVisible
from apps.monitoring.annual_content import filled, lacking, typed_of
from apps.monitoring.models import AnnualForm
from apps.monitoring.states import ANNUAL_LIFE, APPROVED, FILED, SENT_BACK, TO_FILE
from apps.policy.annual_form import Filled, data_years, missing_parts, questioned, unexplained
from apps.policy.levels import Level
from apps.policy.obligations import files_on_national_platform, is_late
from apps.titles.states import ENDED

PER_PAGE = 50
_LONGEST_SEARCH = 50
LATE, UNFILED = "late", "unfiled"
#: A form that did not come is owed until it does, whatever year it is: the lists can show all years as one.
ALL_YEARS = 0
#: Rows whose form is still to come: with its title the duty to report has ended.
STILL_OWED = Q(state__in=[TO_FILE, SENT_BACK]) & ~Q(title__state__in=ENDED)


def overdue(on: date) -> Q:
    """Return what tells a form that is still owed and was due before *on*."""
    return STILL_OWED & Q(filed_on=None, due_on__lt=on)


_NO_LONGER_OWED = "称号已终止，不再报送"


@dataclass(frozen=True, slots=True)
class AnnualRow:
    """One form in a list. `late`: filed after its due date, or not filed and the date has passed."""

    public_id: str
    enterprise_name: str
    uscc: str
    district_name: str
    level_label: str
    year: int
    due_on: date
    state: str
    state_label: str
    filed_on: date | None
    late: bool


@dataclass(frozen=True, slots=True)
class AnnualPage:
    """One page of forms with its total."""

    rows: Sequence[AnnualRow]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Question:
    """A questioned figure: its codes and the sentence; `explained` when a reason is given."""

    codes: tuple[str, ...]
    message: str
    explained: bool


@dataclass(frozen=True, slots=True)
class AnnualFile:
    """One form with everything on it.

    `filled`: the content as the rules take it; `typed`: form names → texts; `missing`: (part, sentence); `last_plan`:
    what was planned in last year's form; `returned_before`, `typed_before` and `receipt_before`: the last
    return of a form filed again, and what stood in it then.
    """

    row: AnnualRow
    version: int
    title_public_id: str
    title_district: str
    enterprise_id: int
    years: tuple[int, ...]
    content: Mapping[str, Any]
    filled: Filled
    typed: Mapping[str, str]
    questions: Sequence[Question]
    missing: Sequence[tuple[str, str]]
    level: int
    national: bool
    receipt: str
    receipt_name: str
    returned: Mapping[str, str]
    review_note: str
    reviewed_at: datetime | None
    filed_at: datetime | None
    editable: bool
    last_plan: str
    returned_before: Mapping[str, str]
    typed_before: Mapping[str, str]
    receipt_before: str


@dataclass(frozen=True, slots=True)
class DistrictStanding:
    """How far one district has come: forms owed, filed (in time or late), approved, not filed, overdue."""

    code: str
    name: str
    owed: int
    filed: int
    late: int
    approved: int
    unfiled: int
    overdue: int

    @property
    def rate(self) -> int:
        """The filed share in whole percent, 0 when none is owed."""
        return self.filed * 100 // self.owed if self.owed else 0


def _row(row: AnnualForm, *, on: date) -> AnnualRow:
    ended = row.state in {TO_FILE, SENT_BACK} and row.title.state in ENDED
    return AnnualRow(
        public_id=row.public_id,
        enterprise_name=row.title.enterprise_name,
        uscc=row.title.uscc,
        district_name=row.title.district_name,
        level_label=Level(row.level).label,
        year=row.year,
        due_on=row.due_on,
        state=row.state,
        state_label=_NO_LONGER_OWED if ended else ANNUAL_LIFE.label(row.state),
        filed_on=row.filed_on,
        late=not ended and is_late(due_on=row.due_on, submitted_on=row.filed_on, on=on),
    )


def annual_file(*, actor: Actor, on: date, public_id: str = "", year: int = 0) -> AnnualFile:
    """Return one form, by its public id, or (for an enterprise) by its year; two queries.

    Raises:
        NotVisible: not in sight.
    """
    rows = AnnualForm.objects.visible_to(actor).select_related("title")
    rows = (
        rows.filter(public_id=public_id)
        if public_id
        else rows.filter(year=year, enterprise_id=actor.enterprise_id)
    )
    row = rows.first()
    if row is None:
        raise NotVisible
    last = (
        AnnualForm.objects.visible_to(actor)
        .filter(enterprise_id=row.enterprise_id, year=row.year - 1)
        .values_list("content", flat=True)
        .first()
    )
    state = filled(row.content, receipt=row.receipt)
    earlier = row.before_return if row.state not in {TO_FILE, SENT_BACK} else {}
    open_questions = set(unexplained(state, year=row.year))
    level = Level(row.level)
    return AnnualFile(
        row=_row(row, on=on),
        version=row.version,
        title_public_id=row.title.public_id,
        title_district=row.title.district_id,
        enterprise_id=row.enterprise_id,
        years=data_years(row.year),
        content=row.content,
        filled=state,
        typed=typed_of(row.content, year=row.year),
        questions=[
            Question(one.codes, one.message, one not in open_questions)
            for one in questioned(state.figures, year=row.year)
        ],
        missing=missing_parts(state, year=row.year, level=level),
        level=row.level,
        national=files_on_national_platform(level),
        receipt=row.receipt,
        receipt_name=row.receipt_name,
        returned=row.returned,
        review_note=row.review_note,
        reviewed_at=row.reviewed_at,
        filed_at=row.filed_at,
        editable=row.state in {TO_FILE, SENT_BACK},
        last_plan=str((last or {}).get("plan", "")),
        returned_before=earlier.get("parts", {}),
        typed_before=typed_of(earlier["content"], year=row.year) if earlier else {},
        receipt_before=earlier.get("receipt_name", ""),
    )


def standing_against(
    file: AnnualFile, *, typed: Mapping[str, str], committed: bool
) -> tuple[AnnualFile, Mapping[str, list[str]]]:
    """Return what keeps the form from being filed as typed, by field, and the form with the questions that raises."""
    found = lacking(
        typed, year=file.row.year, level=Level(file.level), receipt=file.receipt, committed=committed
    )
    asked = [
        Question(one.codes, one.message, any(typed.get(f"reason-{code}", "").strip() for code in one.codes))
        for one in found.questions
    ]
    return replace(file, questions=asked), found.errors


def newest_of(*, actor: Actor, enterprise_id: int) -> str:
    """Return the public id of the newest form of an enterprise, "" when none was opened; one query."""
    rows = AnnualForm.objects.visible_to(actor).filter(enterprise_id=enterprise_id).order_by("-year")
    return rows.values_list("public_id", flat=True).first() or ""


def annual_form_of(*, actor: Actor, title_public_id: str, year: int) -> str:
    """Return the public id of the form owed in *year* for a title; one query.

    Raises:
        NotVisible: there is none in sight.
    """
    found = (
        AnnualForm.objects.visible_to(actor)
        .filter(title__public_id=title_public_id, year=year)
        .values_list("public_id", flat=True)
        .first()
    )
    if found is None:
        raise NotVisible
    return str(found)


def my_years(*, actor: Actor, on: date) -> list[AnnualRow]:
    """Return the forms of the actor's own enterprise, newest first; one query."""
    rows = AnnualForm.objects.visible_to(actor).filter(enterprise_id=actor.enterprise_id)
    return [_row(row, on=on) for row in rows.select_related("title").order_by("-year")]


def years_known(*, actor: Actor) -> list[int]:
    """Return the years with forms in sight, newest first; one query."""
    rows = AnnualForm.objects.visible_to(actor).order_by("-year")
    return list(rows.values_list("year", flat=True).distinct())


def annual_page(
    *, actor: Actor, on: date, year: int, state: str = "", district: str = "", q: str = "", page: int = 1
) -> AnnualPage:
    """Return forms of one year or of all, the unfiled first; two queries.

    Args:
        actor: who looks.
        on: today, for what is late.
        year: calendar year of the forms, ALL_YEARS for every year.
        state: a state of the form, `late` or `unfiled`; "" for all.
        district: only this district (for the city).
        q: part of the name or the credit code.
        page: from 1; brought into range.
    """
    rows: QuerySet[AnnualForm] = _of_year(AnnualForm.objects.visible_to(actor), year)
    if district:
        rows = rows.filter(district_id=district)
    rows = _in_state(rows, state, on)
    words = q.strip()[:_LONGEST_SEARCH]
    if words:
        rows = rows.filter(Q(title__enterprise_name__icontains=words) | Q(title__uscc__istartswith=words))
    total = rows.count()
    pages = max(1, ceil(total / PER_PAGE))
    page = min(max(1, page), pages)
    found = rows.select_related("title").order_by(F("filed_on").asc(nulls_first=True), "due_on", "pk")
    return AnnualPage(
        [_row(row, on=on) for row in found[(page - 1) * PER_PAGE : page * PER_PAGE]], total, page, pages
    )


def _of_year(rows: QuerySet[AnnualForm], year: int) -> QuerySet[AnnualForm]:
    return rows if year == ALL_YEARS else rows.filter(year=year)


def _in_state(rows: QuerySet[AnnualForm], state: str, on: date) -> QuerySet[AnnualForm]:
    if state == LATE:
        return rows.filter(Q(filed_on__gt=F("due_on")) | overdue(on))
    if state == UNFILED:
        return rows.filter(STILL_OWED)
    return rows.filter(state=state) if state in ANNUAL_LIFE.states else rows


def annual_standing(*, actor: Actor, on: date, year: int) -> list[DistrictStanding]:
    """Return how far each district in sight has come with the forms of *year* (or ALL_YEARS); one query."""
    rows = (
        _of_year(AnnualForm.objects.visible_to(actor), year)
        .order_by("district_id")
        .values_list("district_id", "district__name")
        .annotate(
            owed=Count("pk"),
            filed=Count("pk", filter=Q(state__in=[FILED, APPROVED])),
            late=Count("pk", filter=Q(filed_on__gt=F("due_on"))),
            approved=Count("pk", filter=Q(state=APPROVED)),
            unfiled=Count("pk", filter=STILL_OWED),
            overdue=Count("pk", filter=overdue(on)),
        )
    )
    return [DistrictStanding(*row) for row in rows]

"""The city's decision board: stages, candidates with three scores, credit, what stands in the way (R-22…R-27)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, DateField, Max, QuerySet, Value
from django.db.models.functions import Cast

from apps.applications import selectors as applications
from apps.applications.selectors import CaseRow
from apps.core.actor import Actor, Role
from apps.core.errors import NotVisible
from apps.evidence.selectors.files import size_text
from apps.policy.award import CreditResult
from apps.policy.provisional import Provisional
from apps.publicity.models import CreditCheck, NoticeEntry, Objection, ProvisionalDecision, Recognition
from apps.publicity.selectors.provisional import DecisionRow
from apps.publicity.states import OPEN_OBJECTIONS, RECOGNITION_LIFE, SIGNED, WITHDRAWN

#: Stage → states of the application it holds, in the order of the work.
STAGES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("recommended", "区级推荐", ("recommended",)),
    ("accepted", "形式审查", ("city_accepted",)),
    ("experts", "专家评估", ("expert_review", "panel_concluded")),
    ("credit", "征信查询", ("credit_check",)),
    ("notice", "公示", ("on_notice", "objection")),
    ("confirm", "评定确认", ("confirmable",)),
    ("awarded", "已评定", ("awarded",)),
)


@dataclass(frozen=True, slots=True)
class AttachmentRow:
    """A file kept with a credit check."""

    public_id: str
    name: str
    size_text: str


@dataclass(frozen=True, slots=True)
class CreditRow:
    """One credit check of a case; `attachments` and `public_id` where the whole history was asked for."""

    platform: str
    checked_on: date
    report_no: str
    result: str
    result_label: str
    matters: str
    valid_until: date
    recorded_at: datetime
    recorded_by_id: int
    public_id: str = ""
    attachments: tuple[AttachmentRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """One line of the decision board."""

    case: CaseRow
    credit: CreditRow | None
    credit_is_stale: bool
    notice_ends_on: date | None
    open_objections: int
    decision: DecisionRow | None = None


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of the pipeline."""

    code: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class RecognitionRow:
    """One recognition list."""

    public_id: str
    document_no: str
    state: str
    state_label: str
    round_name: str
    round_public_id: str
    proposed_by_id: int
    proposed_at: datetime
    decided_on: date | None
    cases: tuple[CaseRow, ...]
    certificates: tuple[str, ...]


def stages(*, actor: Actor, counts: dict[str, int]) -> list[Stage]:
    """Return the pipeline from counts by application state (`applications.applications_page`)."""
    if actor.role not in {Role.MUNICIPAL, Role.AUDITOR}:
        raise NotVisible
    return [
        Stage(code, label, sum(counts.get(state, 0) for state in states)) for code, label, states in STAGES
    ]


def states_of(stage: str) -> tuple[str, ...]:
    """Return the application states of a stage; the first stage for an unknown code."""
    return next((states for code, _, states in STAGES if code == stage), STAGES[0][2])


def candidates(
    *, actor: Actor, application_ids: list[int], on: date, cases: Sequence[CaseRow] = ()
) -> list[Candidate]:
    """Return board lines of the given cases in their order: three queries whatever their number.

    Args:
        actor: of the city.
        application_ids: the cases, in the order of the board.
        on: the day on which credit results are judged stale.
        cases: the same cases where the caller has read them already; saves a query.

    Raises:
        NotVisible: the actor is not of the city.
    """
    if actor.role not in {Role.MUNICIPAL, Role.AUDITOR}:
        raise NotVisible
    known = {case.id: case for case in cases} or applications.cases(actor=actor, ids=application_ids)
    checks, decisions = _records(actor, application_ids)
    ends, waiting = _periods(actor, application_ids)
    return [
        Candidate(
            case=known[pk],
            credit=checks.get(pk),
            credit_is_stale=pk in checks and checks[pk].valid_until < on,
            notice_ends_on=ends.get(pk),
            open_objections=waiting.get(pk, 0),
            decision=decisions.get(pk),
        )
        for pk in application_ids
        if pk in known
    ]


def _records(actor: Actor, application_ids: list[int]) -> tuple[dict[int, CreditRow], dict[int, DecisionRow]]:
    """Return by application the newest credit check and the newest provisional decision; one query."""
    made_on = Cast("made_at", DateField())
    checks = _newest(CreditCheck, actor, application_ids).values_list(
        Value("credit"),
        "application_id",
        "platform",
        "report_no",
        "result",
        "matters",
        "checked_on",
        "valid_until",
        "recorded_at",
        "recorded_by_id",
        "recorded_by__name",
    )
    noted = _newest(ProvisionalDecision, actor, application_ids).values_list(
        Value("noted"),
        "application_id",
        Value(""),
        Value(""),
        "decision",
        "reason",
        made_on,
        made_on,
        "made_at",
        "made_by_id",
        "made_by__name",
    )
    credit: dict[int, CreditRow] = {}
    decisions: dict[int, DecisionRow] = {}
    for kind, pk, platform, report_no, result, text, day, until, at, by_id, by in checks.union(
        noted, all=True
    ):
        if kind == "credit":
            label = CreditResult(result).label
            credit[pk] = CreditRow(platform, day, report_no, result, label, text, until, at, by_id)
        else:
            decisions[pk] = DecisionRow(Provisional(result), text, by_id, by, at)
    return credit, decisions


def _newest(
    model: type[CreditCheck | ProvisionalDecision], actor: Actor, application_ids: list[int]
) -> QuerySet[CreditCheck | ProvisionalDecision]:
    """Return the newest row of each application."""
    newest = (
        model.objects.filter(application_id__in=application_ids)
        .order_by()
        .values("application_id")
        .annotate(newest=Max("pk"))
        .values("newest")
    )
    found: QuerySet[CreditCheck | ProvisionalDecision] = (
        model.objects.visible_to(actor).filter(pk__in=newest).order_by()
    )
    return found


def _periods(actor: Actor, application_ids: list[int]) -> tuple[dict[int, date | None], dict[int, int]]:
    """Return by application the last day of its notice and how many objections are open; one query."""
    standing = (
        NoticeEntry.objects.visible_to(actor)
        .filter(application_id__in=application_ids)
        .exclude(state=WITHDRAWN)
        .order_by()
        .values_list(Value("notice"), "application_id")
        .annotate(n=Count("pk"), last=Max("ends_on"))
    )
    objected = (
        Objection.objects.visible_to(actor)
        .filter(application_id__in=application_ids, state__in=OPEN_OBJECTIONS)
        .order_by()
        .values_list(Value("objection"), "application_id")
        .annotate(n=Count("pk"), last=Cast(Value(None), DateField()))
    )
    ends: dict[int, date | None] = {}
    waiting: dict[int, int] = {}
    for kind, application_id, count, last in standing.union(objected, all=True):
        if kind == "notice":
            ends[application_id] = last
        else:
            waiting[application_id] = count
    return ends, waiting


def _credit(row: CreditCheck) -> CreditRow:
    return CreditRow(
        row.platform,
        row.checked_on,
        row.report_no,
        row.result,
        row.get_result_display(),
        row.matters,
        row.valid_until,
        row.recorded_at,
        row.recorded_by_id,
        row.public_id,
        tuple(
            AttachmentRow(one.file.public_id, one.file.display_name, size_text(one.file.size))
            for one in sorted(row.attachments.all(), key=lambda one: one.pk)
        ),
    )


def credit_history(*, actor: Actor, application_id: int) -> list[CreditRow]:
    """Return every credit check of a case, newest first (the city only)."""
    rows = CreditCheck.objects.visible_to(actor).filter(application_id=application_id)
    return [_credit(row) for row in rows.prefetch_related("attachments__file").order_by("-id")]


def recognitions(*, actor: Actor, state: str = "") -> list[RecognitionRow]:
    """Return recognition lists, newest first, at most 100; everybody but the city sees signed ones."""
    rows = Recognition.objects.visible_to(actor).select_related("round").prefetch_related("entries")
    if state:
        rows = rows.filter(state=state)
    return _recognition_rows(actor, list(rows.order_by("-id")[:100]))


def _recognition_rows(actor: Actor, found: Sequence[Recognition]) -> list[RecognitionRow]:
    ids = [entry.application_id for row in found for entry in row.entries.all()]
    cases = applications.cases(actor=actor, ids=ids) if actor.role is Role.MUNICIPAL else {}
    return [
        RecognitionRow(
            public_id=row.public_id,
            document_no=row.document_no,
            state=row.state,
            state_label=RECOGNITION_LIFE.label(row.state),
            round_name=row.round.name,
            round_public_id=row.round.public_id,
            proposed_by_id=row.proposed_by_id,
            proposed_at=row.proposed_at,
            decided_on=row.decided_on,
            cases=tuple(
                cases[entry.application_id]
                for entry in sorted(row.entries.all(), key=lambda entry: entry.pk)
                if entry.application_id in cases
            ),
            certificates=tuple(
                entry.certificate_no
                for entry in sorted(row.entries.all(), key=lambda entry: entry.pk)
                if row.state == SIGNED
            ),
        )
        for row in found
    ]


def recognition_file(*, actor: Actor, public_id: str) -> RecognitionRow:
    """Return one recognition list.

    Raises:
        NotVisible: not in sight.
    """
    rows = Recognition.objects.visible_to(actor).select_related("round").prefetch_related("entries")
    found = _recognition_rows(actor, list(rows.filter(public_id=public_id)))
    if not found:
        raise NotVisible
    return found[0]

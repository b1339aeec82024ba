"""Credit as pages show it: open questions, files of answers, what was asked of an enterprise and what it said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef

from apps.accounts import selectors as accounts
from apps.applications import selectors as applications
from apps.applications.selectors import CaseRow
from apps.core.actor import Actor
from apps.core.errors import NotVisible
from apps.core.scoping import acting_as
from apps.policy.award import CreditResult
from apps.publicity.models import (
    CreditCheck,
    CreditDelivery,
    CreditInquiry,
    CreditStatementFile,
    CreditTask,
)

_MOST_FILES = 20
_STATE = "credit_check"


@dataclass(frozen=True, slots=True)
class CreditTaskRow:
    """One open question to the credit service."""

    query_no: str
    application_id: int
    sent_at: datetime
    file_name: str


@dataclass(frozen=True, slots=True)
class FaultRow:
    """One line of a result file that was not recorded."""

    line: int
    query_no: str
    message: str


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One file of results that was read."""

    public_id: str
    file_name: str
    taken: int
    problems: tuple[FaultRow, ...]
    read_by: str
    read_at: datetime


@dataclass(frozen=True, slots=True)
class StatementFileRow:
    """A file an enterprise put with its explanation."""

    public_id: str
    name: str
    size: int
    pages: int | None
    digest: str
    added_at: datetime


@dataclass(frozen=True, slots=True)
class InquiryRow:
    """What an adverse result says, and the enterprise's answer; `is_open`: it may still be answered."""

    public_id: str
    case: CaseRow
    platform: str
    result_label: str
    matters: str
    asked_at: datetime
    statement: str
    stated_at: datetime | None
    is_open: bool
    files: tuple[StatementFileRow, ...] = ()


def open_credit_tasks(*, actor: Actor, application_ids: Collection[int]) -> dict[int, CreditTaskRow]:
    """Return by application its question that waits for an answer; one query, the city only."""
    rows = CreditTask.objects.visible_to(actor).filter(
        application_id__in=list(application_ids), check_made=None
    )
    return {
        row.application_id: CreditTaskRow(row.query_no, row.application_id, row.sent_at, row.file_name)
        for row in rows
    }


def credit_deliveries(*, actor: Actor) -> list[DeliveryRow]:
    """Return the files of results read last, newest first; two queries, the city only."""
    rows = list(CreditDelivery.objects.visible_to(actor).order_by("-pk")[:_MOST_FILES])
    people = accounts.names_of(user_ids=[row.read_by_id for row in rows])
    return [
        DeliveryRow(
            public_id=row.public_id,
            file_name=row.file_name,
            taken=row.taken,
            problems=tuple(
                FaultRow(int(fault["line"]), str(fault["query_no"]), str(fault["message"]))
                for fault in row.problems
            ),
            read_by=people.get(row.read_by_id, ""),
            read_at=row.read_at,
        )
        for row in rows
    ]


def credit_inquiries(*, actor: Actor, application_id: int) -> list[InquiryRow]:
    """Return what was asked about one application, newest first: its enterprise's, or the city's, to read."""
    rows = list(CreditInquiry.objects.visible_to(actor).filter(application_id=application_id).order_by("-pk"))
    if not rows:
        return []
    case = applications.case(actor=actor, application_id=application_id)
    waits = case.state == _STATE and not is_superseded(
        actor=actor, application_id=application_id, check_id=rows[0].check_made_id
    )
    files: dict[int, list[CreditStatementFile]] = defaultdict(list)
    for file in CreditStatementFile.objects.visible_to(actor).filter(inquiry__in=rows).order_by("position"):
        files[file.inquiry_id].append(file)
    return [_row(row, case, files[row.pk], is_open=waits and number == 0) for number, row in enumerate(rows)]


def explained_cases(*, actor: Actor) -> dict[int, datetime]:
    """Return by application when its enterprise explained the newest result, of cases in the credit stage; one query.

    An explanation that a newer result has overtaken is not told: nobody has to read it any more.
    """
    newer = CreditCheck.objects.filter(
        application_id=OuterRef("application_id"), pk__gt=OuterRef("check_made_id")
    )
    rows = (
        CreditInquiry.objects.visible_to(actor)
        .filter(application__state=_STATE, stated_at__isnull=False)
        .exclude(Exists(newer))
        .values_list("application_id", "stated_at")
    )
    return {application_id: at for application_id, at in rows if at is not None}


def is_superseded(*, actor: Actor, application_id: int, check_id: int) -> bool:
    """Return whether a newer result than this one was recorded; the enterprise has no sight of the results."""
    with acting_as(Actor.system(), then=actor):
        return (
            CreditCheck.objects.visible_to(Actor.system())
            .filter(application_id=application_id, pk__gt=check_id)
            .exists()
        )


def credit_inquiry(*, actor: Actor, public_id: str) -> InquiryRow:
    """Return one inquiry.

    Raises:
        NotVisible: another enterprise's.
    """
    row = CreditInquiry.objects.visible_to(actor).filter(public_id=public_id).first()
    if row is None:
        raise NotVisible
    return next(
        found
        for found in credit_inquiries(actor=actor, application_id=row.application_id)
        if found.public_id == public_id
    )


def _row(
    row: CreditInquiry, case: CaseRow, files: Sequence[CreditStatementFile], *, is_open: bool
) -> InquiryRow:
    return InquiryRow(
        public_id=row.public_id,
        case=case,
        platform=row.platform,
        result_label=CreditResult(row.result).label,
        matters=row.matters,
        asked_at=row.asked_at,
        statement=row.statement,
        stated_at=row.stated_at,
        is_open=is_open,
        files=tuple(
            StatementFileRow(
                public_id=file.public_id,
                name=file.display_name,
                size=file.size,
                pages=file.pages,
                digest=file.digest,
                added_at=file.added_at,
            )
            for file in files
        ),
    )

"""征信查询任务: one for each candidate, sent to the credit service; its answers are recorded like any other (R-23)."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass

from django.db import connection, transaction

from apps.applications import selectors as applications
from apps.audit.services import record
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import DomainError, Forbidden, Invalid
from apps.core.moment import Clock, Moment
from apps.policy.award import credit_allows
from apps.publicity.credit_service import (
    CreditAnswer,
    CreditQuestion,
    CreditService,
    FaultyLine,
    ResultFile,
    ServiceProblem,
    credit_service,
    read_answers,
)
from apps.publicity.models import CreditDelivery, CreditTask
from apps.publicity.selectors.standing import credit_facts
from apps.publicity.services.cases import choices, jurisdiction
from apps.publicity.services.credit import record_credit_check

_STATE = "credit_check"
_MOST = 5000
_NUMBER_LOCK = 7395


@dataclass(frozen=True, slots=True)
class SentQueries:
    """How many questions went out, and under which name ("" when there was nothing to ask)."""

    count: int
    file_name: str


@dataclass(frozen=True, slots=True)
class ReadFile:
    """One result file: how many answers were recorded, and the lines that were not."""

    name: str
    taken: int
    again: bool
    problems: tuple[FaultyLine, ...]


@transaction.atomic
def send_credit_queries(*, actor: Actor, clock: Clock) -> SentQueries:
    """Ask the credit service about every candidate that has no usable result and no open question.

    Called again it asks nothing twice: a question stays open until its answer is recorded.

    Raises:
        Forbidden: not the city's 征信核查.
        ServiceProblem: no service is configured, or it takes nothing; no question is noted then.
    """
    service = _service(actor)
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [_NUMBER_LOCK])
    moment = clock.now()
    parameters = choices(moment.on)
    waiting = applications.cases_in_state(actor=actor, states=[_STATE], limit=_MOST)
    asked = set(
        CreditTask.objects.visible_to(actor).filter(check_made=None).values_list("application_id", flat=True)
    )
    facts = credit_facts(case.id for case in waiting)
    cases = [
        case
        for case in waiting
        if case.id not in asked
        and not credit_allows(facts.get(case.id), notice_starts_on=moment.on, parameters=parameters).ok
    ]
    if not cases:
        return SentQueries(0, "")
    first = _next_number(moment)
    questions = [
        CreditQuestion(
            f"ZX-{moment.on.year}-{first + n:05d}",
            case.number or "",
            case.enterprise_name,
            case.uscc,
            moment.on,
        )
        for n, case in enumerate(cases)
    ]
    tasks = [
        CreditTask(
            **jurisdiction(case),
            query_no=question.query_no,
            uscc=case.uscc,
            sent_by_id=actor.account,
            sent_at=moment.at,
        )
        for case, question in zip(cases, questions, strict=True)
    ]
    # The file is written last: when it cannot be, no question is noted.
    name = service.send(questions)
    for task in tasks:
        task.file_name = name
    CreditTask.objects.bulk_create(tasks)
    record(
        actor=actor,
        event="credit.ask",
        subject=tasks[0],
        moment=moment,
        rule="R-23",
        after={"file": name, "count": len(tasks), "first": questions[0].query_no},
    )
    return SentQueries(len(tasks), name)


def _next_number(moment: Moment) -> int:
    prefix = f"ZX-{moment.on.year}-"
    newest = (
        CreditTask.objects.filter(query_no__startswith=prefix)
        .order_by("-query_no")
        .values_list("query_no", flat=True)
        .first()
    )
    return 1 if newest is None else int(newest.removeprefix(prefix)) + 1


def read_credit_results(*, actor: Actor, clock: Clock) -> list[ReadFile]:
    """Read the result files that wait: each in a transaction of its own, good lines recorded, bad ones named.

    A file that was read before (by its content) changes nothing and is put away.

    Raises:
        Forbidden: not the city's 征信核查.
        ServiceProblem: no service is configured, or its files cannot be read.
    """
    service = _service(actor)
    found = []
    for file in service.fetch():
        found.append(_read(actor, clock, file))
        service.done(file.name)
    return found


@transaction.atomic
def _read(actor: Actor, clock: Clock, file: ResultFile) -> ReadFile:
    digest = hashlib.sha256(file.content).hexdigest()
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [_NUMBER_LOCK])
    if CreditDelivery.objects.visible_to(actor).filter(digest=digest).exists():
        return ReadFile(file.name, 0, again=True, problems=())
    answers, faults = read_answers(file)
    tasks = {
        task.query_no: task
        for task in CreditTask.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("application")
        .filter(query_no__in=[answer.query_no for answer in answers])
        .order_by("pk")
    }
    taken = 0
    for answer in answers:
        fault = _take(actor, clock, answer, tasks.get(answer.query_no))
        if fault:
            faults.append(FaultyLine(answer.line, answer.query_no, fault))
        else:
            taken += 1
    faults.sort(key=lambda fault: fault.line)
    moment = clock.now()
    row = CreditDelivery.objects.create(
        file_name=file.name[:120],
        digest=digest,
        taken=taken,
        problems=[asdict(fault) for fault in faults],
        read_by_id=actor.account,
        read_at=moment.at,
    )
    record(
        actor=actor,
        event="credit.read",
        subject=row,
        moment=moment,
        rule="R-23",
        after={"file": file.name, "digest": digest, "taken": taken, "problems": len(faults)},
    )
    return ReadFile(file.name, taken, again=False, problems=tuple(faults))


def _take(actor: Actor, clock: Clock, answer: CreditAnswer, task: CreditTask | None) -> str:
    """Record one answer; return why not, "" when it is recorded."""
    if task is None:
        return "没有发出过这个查询编号。"
    if task.check_made_id is not None:
        return "该查询编号已登记过结果，不重复登记。"
    if task.uscc != answer.uscc:
        return f"统一社会信用代码与查询的企业（{task.uscc}）不一致。"
    try:
        with transaction.atomic():
            record_credit_check(
                actor=actor,
                clock=clock,
                public_id=task.application.public_id,
                platform=answer.platform,
                checked_on=answer.checked_on,
                report_no=answer.report_no,
                result=answer.result,
                matters=answer.matters,
            )
    except Invalid as refusal:
        return "".join(message for found in refusal.errors.values() for message in found)
    except DomainError as refusal:
        return refusal.message
    return ""


def _service(actor: Actor) -> CreditService:
    if actor.role is not Role.MUNICIPAL or not actor.has(Duty.CREDIT):
        raise Forbidden("征信查询由市局征信核查人员办理。")
    service = credit_service()
    if service is None:
        raise ServiceProblem("没有配置征信服务，请逐家登记或用 Excel 批量导入结果。")
    return service

"""举报线索: told by anybody on the public site, handled or not with the reason; may end in a recheck (R-42)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction

from apps.accounts.services.contacts import checked_phone
from apps.audit.services import record
from apps.core import crypto
from apps.core.actor import Actor, Role
from apps.core.errors import Invalid, NotVisible
from apps.core.faults import Faults
from apps.core.moment import Clock, Moment
from apps.core.receipts import new_query_code
from apps.core.scoping import acting_as
from apps.core.text import clean_text
from apps.deadlines.counting import Counting
from apps.deadlines.services import meet_obligation, open_obligation
from apps.evidence import services as evidence
from apps.evidence.services import FileToSend
from apps.monitoring.models import IncidentPaper, IncidentReport, Recheck
from apps.monitoring.services.recheck_plan import plan_recheck
from apps.monitoring.services.shared import choices
from apps.monitoring.states import INCIDENT_FILED, INCIDENT_LIFE
from apps.notifications.services import enqueue
from apps.numbering.kinds import INCIDENT, Register
from apps.numbering.services import take_number
from apps.titles import selectors as titles

MOST_PAPERS, MOST_MB = 3, 10
INCIDENT_KIND = "monitoring.incident"
_TEXT = 2000
_KINDS = frozenset({"pdf", "jpg", "png"})
#: Over all reports: what the offices can read in a day, and what a flood may cost in storage.
_MOST_A_DAY = 200
_FOLDER = "incidents"
_LOCK = 7395
_PREFIX = "JB"


@dataclass(frozen=True, slots=True)
class IncidentForm:
    """What the public fills in."""

    party: str
    person: str
    contact: str
    matter: str


@dataclass(frozen=True, slots=True)
class IncidentReceipt:
    """What who told keeps: receipt number and query code."""

    receipt_no: str
    query_code: str


def _checked(form: IncidentForm) -> IncidentForm:
    faults = Faults()
    person = faults.text(form.person, field="person", label="姓名或单位", limit=100)
    contact = faults.text(form.contact, field="contact", label="联系方式", limit=100)
    matter = faults.text(form.matter, field="matter", label="反映的问题", limit=_TEXT, multiline=True)
    if form.party not in dict(IncidentReport.PARTIES):
        faults.note("party", "请选择提出人类别。")
    elif form.party != IncidentReport.ANONYMOUS:
        if not person:
            faults.note("person", "实名反映的，请填写姓名或单位名称；也可以选择匿名。")
        if not contact:
            faults.note("contact", "实名反映的，请填写联系电话，以便核实和答复。")
        faults.read(lambda: checked_phone(contact, field="contact"), contact)
    if not matter:
        faults.note("matter", "请写明时间、事实和依据。")
    faults.settle()
    if form.party == IncidentReport.ANONYMOUS:
        person = contact = ""
    return IncidentForm(form.party, person, contact, matter)


@transaction.atomic
def file_incident(
    *,
    actor: Actor,
    clock: Clock,
    title_public_id: str,
    form: IncidentForm,
    papers: Sequence[UploadedFile[Any]] = (),
) -> IncidentReceipt:
    """Take a report about a factory of the public register; its district is told, the enterprise never.

    Args:
        actor: anybody.
        clock: the legal clock.
        title_public_id: a standing title.
        form: what was filled in; of an anonymous one neither name nor contact is kept.
        papers: photos and papers; a faulty one refuses the whole report.

    Raises:
        Invalid: faulty fields or papers.
        NotVisible: no such standing title.
    """
    checked = _checked(form)
    if len(papers) > MOST_PAPERS:
        raise Invalid.of("papers", f"每件最多 {MOST_PAPERS} 份材料，请合并后上传。")
    moment = clock.now()
    # The public has no row of its own to read back: the report is written on the system's behalf.
    with acting_as(Actor.system(), then=actor):
        found = titles.title_file(actor=Actor.system(), public_id=title_public_id).row
        if not found.standing:
            raise NotVisible
        number = take_number(
            actor=Actor.system(),
            moment=moment,
            register=Register(INCIDENT, _PREFIX, moment.on.year),
            purpose=f"举报线索：{found.enterprise_name}",
        )
        row = IncidentReport.objects.create(
            title_id=found.id,
            enterprise_id=found.enterprise_id,
            district_id=found.district,
            receipt_no=number,
            query_code=new_query_code(),
            state=INCIDENT_FILED,
            party=checked.party,
            person_sealed=crypto.encrypt(checked.person),
            contact_sealed=crypto.encrypt(checked.contact),
            matter=checked.matter,
            filed_at=moment.at,
        )
        _keep_papers(clock, moment, row, papers)
        open_obligation(
            kind=INCIDENT_KIND,
            subject=row,
            rule="R-42",
            moment=moment,
            enterprise=None,
            district=found.district,
            counting=Counting.workdays(moment.on, choices(moment.on).incident_workdays),
            number=number,
            label=found.enterprise_name,
        )
        record(
            actor=actor,
            event="incident.file",
            subject=row,
            moment=moment,
            rule="R-42",
            after={"receipt_no": number, "party": checked.party, "papers": len(papers)},
        )
        enqueue(
            key=f"incident-filed:{row.public_id}",
            template="incident_filed",
            context={"enterprise": found.enterprise_name, "receipt": number, "public_id": row.public_id},
            to_district=found.district,
            subject=row,
            moment=moment,
        )
    return IncidentReceipt(number, row.query_code)


def _keep_papers(
    clock: Clock, moment: Moment, report: IncidentReport, uploads: Sequence[UploadedFile[Any]]
) -> None:
    """Store the papers; reports with papers wait for one another, so the day's count stands."""
    if not uploads:
        return
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [_LOCK])
    today = IncidentPaper.objects.filter(received_at__gt=moment.at - timedelta(days=1)).count()
    if today + len(uploads) > _MOST_A_DAY:
        raise Invalid.of("papers", "今日收到的材料已达上限，请不附材料提交，并在正文中说明。")
    kept: list[str] = []
    try:
        for position, upload in enumerate(uploads, start=1):
            taken = evidence.take_in(
                clock=clock, upload=upload, folder=_FOLDER, kinds=_KINDS, most_mb=MOST_MB
            )
            kept.append(taken.stored_name)
            IncidentPaper.objects.create(
                report=report,
                position=position,
                display_name=taken.name,
                content_type=taken.content_type,
                size=taken.size,
                digest=taken.digest,
                stored_name=taken.stored_name,
                scan_state=taken.scan_state,
                received_at=moment.at,
            )
    except BaseException as fault:
        for stored_name in kept:
            evidence.discard_taken(stored_name)
        if isinstance(fault, Invalid):
            raise Invalid({"papers": [one for found in fault.errors.values() for one in found]}) from None
        raise


def _locked(actor: Actor, public_id: str) -> IncidentReport:
    row: IncidentReport | None = (
        IncidentReport.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("title")
        .filter(public_id=public_id)
        .first()
    )
    if row is None:
        raise NotVisible
    return row


@transaction.atomic
def recheck_incident(
    *, actor: Actor, clock: Clock, public_id: str, planned_on: date, answer: str = ""
) -> str:
    """Have the site looked at because of the report (R-42); return the recheck's public id.

    The enterprise is told of the visit, not of the report: the note of the recheck names the receipt only.

    Raises:
        Invalid: a date in the past; the level is not monitored.
        NotVisible, Forbidden, WrongStep: gates 1–3; also when a visit is planned already.
    """
    row = _locked(actor, public_id)
    step = INCIDENT_LIFE.step(row.state, "recheck", actor)
    made = plan_recheck(
        actor=actor,
        clock=clock,
        title_public_id=row.title.public_id,
        planned_on=planned_on,
        trigger=Recheck.REPORT,
        note=f"举报线索 {row.receipt_no}",
    )
    row.recheck = Recheck.objects.visible_to(actor).get(public_id=made)
    _settle(actor, clock, row, step.event, step.target, answer or "已安排现场复核。", step.rule)
    return made


@transaction.atomic
def close_incident(*, actor: Actor, clock: Clock, public_id: str, taken: bool, answer: str) -> None:
    """Say what the report has led to, or why it is not handled; who told reads it with the receipt.

    Raises:
        Invalid: no answer.
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    row = _locked(actor, public_id)
    step = INCIDENT_LIFE.step(row.state, "deal" if taken else "decline", actor)
    if not answer.strip():
        raise Invalid.of("answer", "请写明核实情况和处理结果。" if taken else "请写明不予办理的理由。")
    _settle(actor, clock, row, step.event, step.target, answer, step.rule)


def _settle(
    actor: Actor, clock: Clock, row: IncidentReport, event: str, state: str, answer: str, rule: str
) -> None:
    moment = clock.now()
    row.answer = clean_text(answer, field="answer", label="办理说明", limit=_TEXT, multiline=True)
    row.state, row.handled_by_id, row.handled_at = state, actor.user_id, moment.at
    row.save()
    meet_obligation(kind=INCIDENT_KIND, subject=row, moment=moment)
    record(
        actor=actor,
        event=f"incident.{event}",
        subject=row,
        moment=moment,
        rule=rule,
        before={"state": INCIDENT_FILED},
        after={"state": state},
        note=row.answer,
    )


@transaction.atomic
def open_incident_paper(*, actor: Actor, clock: Clock, public_id: str) -> FileToSend:
    """Return a paper for download by the bureau; the reading is recorded.

    Raises:
        NotVisible: anybody else, or no such paper.
        NotCleared, FileDamaged: the virus scanner has not passed it; its bytes are not those that came.
    """
    row = (
        IncidentPaper.objects.visible_to(actor).filter(public_id=public_id).first()
        if actor.role in {Role.DISTRICT, Role.MUNICIPAL}
        else None
    )
    if row is None:
        raise NotVisible
    found = evidence.hand_out(
        stored_name=row.stored_name,
        name=row.display_name,
        content_type=row.content_type,
        digest=row.digest,
        scan_state=row.scan_state,
    )
    record(
        actor=actor,
        event="incident.paper_read",
        subject=row,
        moment=clock.now(),
        rule="R-42",
        after={"digest": row.digest},
    )
    return found

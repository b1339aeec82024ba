"""异议: filed by the public in real name, examined by the city, answered; only that enterprise waits (R-25)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from apps.accounts.services.contacts import checked_phone
from apps.applications import services as applications
from apps.audit.services import record
from apps.core import crypto
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Forbidden, Invalid, NotVisible, WrongStep, require
from apps.core.faults import Faults
from apps.core.moment import Clock
from apps.core.receipts import new_query_code
from apps.core.scoping import acting_as
from apps.core.text import clean_text
from apps.deadlines.counting import Counting
from apps.deadlines.services import meet_obligation, open_obligation
from apps.notifications.services import enqueue
from apps.numbering.kinds import OBJECTION, Register
from apps.numbering.services import take_number
from apps.policy.award import may_accept_objection
from apps.policy.separation import may_sign
from apps.publicity.models import NoticeEntry, Objection
from apps.publicity.selectors.standing import term_of_entry
from apps.publicity.services.cases import choices
from apps.publicity.services.closing import close_notice
from apps.publicity.services.papers import keep_papers, paper_faults, require_few
from apps.publicity.states import (
    ACCEPTED,
    CORRECTION_PROPOSED,
    ENTRY_LIFE,
    FILED,
    OBJECTION_LIFE,
    OPEN_OBJECTIONS,
    PUBLIC_NOTICES,
    WITHDRAWN,
)
from apps.scoring import services as scoring

_TEXT = 2000
_WAITING_STATES = {"on_notice", "confirmable"}
_OBJECTION = "objection"
#: Nothing was chosen on the form, or the notice ended meanwhile.
CHOOSE_ENTRY = "请选择公示名单中的企业；公示已结束的，不能再提出异议。"


@dataclass(frozen=True, slots=True)
class ObjectionForm:
    """What the public fills in."""

    party: str
    person: str
    unit: str
    contact: str
    matter: str


@dataclass(frozen=True, slots=True)
class ObjectionReceipt:
    """What the objector keeps: receipt number and query code."""

    receipt_no: str
    query_code: str


def _checked(form: ObjectionForm) -> ObjectionForm:
    faults = Faults()
    person = faults.text(form.person, field="person", label="姓名", limit=50)
    unit = faults.text(form.unit, field="unit", label="单位名称", limit=100)
    contact = faults.text(form.contact, field="contact", label="联系方式", limit=100)
    matter = faults.text(form.matter, field="matter", label="异议事项", limit=_TEXT, multiline=True)
    if form.party not in dict(Objection.PARTIES):
        faults.note("party", "请选择提出人类别。")
    if form.party == Objection.PERSON and not person:
        faults.note("person", "以个人名义提出的，请填写真实姓名。")
    if form.party == Objection.UNIT and not unit:
        faults.note("unit", "以单位名义提出的，请填写单位名称。")
    if form.party in {Objection.PERSON, Objection.UNIT} and not contact:
        faults.note("contact", "请填写联系电话，以便核实和答复。")
    if contact and form.party != Objection.ANONYMOUS:
        faults.read(lambda: checked_phone(contact, field="contact"), contact)
    if not matter:
        faults.note("matter", "请写明异议事项和事实依据。")
    faults.settle()
    return ObjectionForm(form.party, person, unit, contact, matter)


@transaction.atomic
def file_objection(
    *,
    actor: Actor,
    clock: Clock,
    entry_public_id: str,
    form: ObjectionForm,
    papers: Sequence[UploadedFile[Any]] = (),
) -> ObjectionReceipt:
    """Register an objection to one enterprise on a running notice; anonymous ones are registered, too.

    Args:
        actor: anybody.
        clock: the legal clock.
        entry_public_id: the enterprise on the notice.
        form: what was filled in.
        papers: scanned letters, such as the stamped one of a unit; a faulty one refuses the whole objection.

    Raises:
        Invalid: faulty fields.
        RuleBroken: after the notice has ended (R-25).
        NotVisible: no such published entry, or it was taken off.
    """
    faults = Faults()
    checked = faults.read(lambda: _checked(form), form)
    entry = (
        NoticeEntry.objects.visible_to(actor)
        .select_related("notice")
        .filter(public_id=entry_public_id, notice__state__in=PUBLIC_NOTICES)
        .exclude(state=WITHDRAWN)
        .first()
    )
    if faults.errors:
        nobody = {} if entry is not None else {"entry": [CHOOSE_ENTRY]}
        raise Invalid({**nobody, **faults.errors, **paper_faults(clock=clock, uploads=papers)})
    if entry is None:
        raise NotVisible
    require_few(papers)
    moment = clock.now()
    parameters = choices(moment.on)
    # In time and with facts; whether an anonymous one is accepted is decided at acceptance.
    require(
        may_accept_objection(
            anonymous=False,
            written_facts=bool(checked.matter),
            term=term_of_entry(entry),
            on=moment.on,
            parameters=parameters,
        )
    )
    # The public has no row of its own to read back: the objection is written on the system's behalf.
    with acting_as(Actor.system(), then=actor):
        number = take_number(
            actor=Actor.system(),
            moment=moment,
            register=Register(OBJECTION, "YY", moment.on.year),
            purpose=f"公示异议：{entry.enterprise_name}",
        )
        row = Objection.objects.create(
            entry=entry,
            application_id=entry.application_id,
            enterprise_id=entry.enterprise_id,
            district_id=entry.district_id,
            receipt_no=number,
            query_code=new_query_code(),
            state=FILED,
            party=checked.party,
            person_sealed=crypto.encrypt(checked.person),
            unit=checked.unit,
            contact_sealed=crypto.encrypt(checked.contact),
            matter=checked.matter,
            filed_at=moment.at,
        )
        keep_papers(actor=actor, clock=clock, objection=row, uploads=papers)
        record(
            actor=actor,
            event="objection.file",
            subject=row,
            moment=moment,
            rule="R-25",
            after={"receipt_no": number, "party": checked.party, "papers": len(papers)},
        )
        enqueue(
            key=f"objection-filed:{row.public_id}",
            template="objection_filed",
            context={
                "enterprise": entry.enterprise_name,
                "objection_number": number,
                "public_id": row.public_id,
            },
            to_municipal=True,
            subject=row,
            moment=moment,
        )
    return ObjectionReceipt(row.receipt_no, row.query_code)


def locked_objection(*, actor: Actor, public_id: str) -> Objection:
    """Return an objection locked for change, or raise NotVisible (for the modules of this room)."""
    row: Objection | None = (
        Objection.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("entry__notice")
        .filter(public_id=public_id)
        .first()
    )
    if row is None:
        raise NotVisible
    return row


@transaction.atomic
def accept_objection(*, actor: Actor, clock: Clock, public_id: str, note: str = "") -> None:
    """The city accepts an objection: the enterprise's case waits, and the enterprise is asked for a statement.

    Raises:
        RuleBroken: anonymous (in principle not accepted), or without facts.
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    row = locked_objection(actor=actor, public_id=public_id)
    step = OBJECTION_LIFE.step(row.state, "accept", actor)
    case = applications.lock_application(actor=actor, application_id=row.application_id)
    moment = clock.now()
    parameters = choices(moment.on)
    require(
        may_accept_objection(
            anonymous=row.party == Objection.ANONYMOUS,
            written_facts=bool(row.matter.strip()),
            term=term_of_entry(row.entry),
            on=term_of_entry(row.entry).ends_on,
            parameters=parameters,
        )
    )
    if case.state in _WAITING_STATES:
        applications.advance(application_id=case.id, event="open_objection", actor=actor, moment=moment)
    row.state, row.handled_by_id, row.handled_at = step.target, actor.user_id, moment.at
    row.handling_note = clean_text(note, field="note", label="受理意见", limit=_TEXT, multiline=True)
    row.save()
    open_obligation(
        kind="publicity.objection",
        subject=row,
        rule="R-25",
        moment=moment,
        enterprise=None,
        district=None,
        counting=Counting.workdays(moment.on, parameters.objection_workdays),
        number=row.receipt_no,
    )
    record(
        actor=actor,
        event="objection.accept",
        subject=row,
        moment=moment,
        rule=step.rule,
        note=row.handling_note,
    )
    enqueue(
        key=f"objection-to-enterprise:{row.public_id}",
        template="objection_to_enterprise",
        context={"number": case.number, "reason": row.matter, "public_id": case.public_id},
        to_enterprise=case.enterprise_id,
        subject=row,
        moment=moment,
    )


@transaction.atomic
def decline_objection(*, actor: Actor, clock: Clock, public_id: str, reason: str) -> None:
    """The city does not accept an objection, with the reason (kept on record).

    Raises:
        Invalid: no reason.
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    text = clean_text(reason, field="reason", label="理由", limit=_TEXT, multiline=True)
    if not text:
        raise Invalid.of("reason", "请写明不予受理的理由。")
    row = locked_objection(actor=actor, public_id=public_id)
    step = OBJECTION_LIFE.step(row.state, "decline", actor)
    moment = clock.now()
    row.state, row.handled_by_id, row.handled_at = step.target, actor.user_id, moment.at
    row.handling_note = text
    row.save()
    record(actor=actor, event="objection.decline", subject=row, moment=moment, rule=step.rule, note=text)
    resume(clock=clock, row=row, then=actor)


@transaction.atomic
def state_case(*, actor: Actor, clock: Clock, public_id: str, statement: str) -> None:
    """The enterprise explains itself on an accepted objection.

    Raises:
        Invalid: an empty statement.
        Forbidden: not a member of the enterprise.
        NotVisible: not its objection.
        WrongStep: it is not under inquiry.
    """
    text = clean_text(statement, field="statement", label="企业说明", limit=_TEXT, multiline=True)
    if not text:
        raise Invalid.of("statement", "请填写说明。")
    row = locked_objection(actor=actor, public_id=public_id)
    if actor.role is not Role.ENTERPRISE or not actor.has(Duty.RESPONSIBLE, Duty.CLERK):
        raise Forbidden("说明由企业填写。")
    if row.state != ACCEPTED:
        raise WrongStep(f"这件异议{OBJECTION_LIFE.label(row.state)}，不能再提交说明。")
    moment = clock.now()
    row.statement, row.stated_at = text, moment.at
    row.save(update_fields=["statement", "stated_at"])
    record(actor=actor, event="objection.state", subject=row, moment=moment, rule="R-25", note=text)


@transaction.atomic
def conclude_objection(*, actor: Actor, clock: Clock, public_id: str, upheld: bool, conclusion: str) -> None:
    """The signer concludes: upheld ends the case (不予评定); dismissed lets it go on at once.

    Raises:
        RuleBroken: the person who accepted it may not conclude it (R07).
        Invalid: no conclusion.
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    text = clean_text(conclusion, field="conclusion", label="核查结论", limit=_TEXT, multiline=True)
    if not text:
        raise Invalid.of("conclusion", "请填写核查结论。")
    row = locked_objection(actor=actor, public_id=public_id)
    step = OBJECTION_LIFE.step(row.state, "uphold" if upheld else "dismiss", actor)
    require(may_sign(prepared_by={row.handled_by_id}, signer=actor.user_id))
    if row.mark_corrections.filter(state=CORRECTION_PROPOSED).exists():
        raise WrongStep("这件异议有待批准的评分更正，请先批准或退回更正。")
    case = applications.lock_application(actor=actor, application_id=row.application_id)
    moment = clock.now()
    row.state, row.concluded_by_id, row.concluded_at = step.target, actor.user_id, moment.at
    row.conclusion = text
    row.save()
    others = (
        Objection.objects.visible_to(actor)
        .filter(application_id=case.id, state=ACCEPTED)
        .exclude(pk=row.pk)
        .exists()
    )
    if upheld and case.state == _OBJECTION:
        end_case(actor=actor, clock=clock, row=row, reason=text)
    elif not upheld and not others and case.state == _OBJECTION:
        applications.advance(
            application_id=case.id, event="dismiss_objection", actor=actor, moment=moment, note=text
        )
    meet_obligation(kind="publicity.objection", subject=row, moment=moment)
    record(
        actor=actor, event=f"objection.{step.event}", subject=row, moment=moment, rule=step.rule, note=text
    )
    enqueue(
        key=f"objection-closed:{row.public_id}",
        template="objection_closed",
        context={
            "number": case.number,
            "public_id": case.public_id,
            "conclusion": OBJECTION_LIFE.label(row.state),
        },
        to_enterprise=case.enterprise_id,
        subject=row,
        moment=moment,
    )
    if not upheld:
        resume(clock=clock, row=row, then=actor)


def end_case(*, actor: Actor, clock: Clock, row: Objection, reason: str) -> None:
    """End the case of an upheld objection (a second one upheld later finds it ended) and take its entry off."""
    applications.advance(
        application_id=row.application_id,
        event="uphold_objection",
        actor=actor,
        moment=clock.now(),
        note=reason,
        facts={"decision_note": reason},
    )
    entry = NoticeEntry.objects.select_for_update(of=("self",)).get(pk=row.entry_id)
    entry.state = ENTRY_LIFE.step(entry.state, "withdraw", actor).target
    entry.save(update_fields=["state"])
    scoring.release_sheets(
        actor=actor, clock=clock, application_id=row.application_id, kinds={"district"}, to="enterprise"
    )


def resume(*, clock: Clock, row: Objection, then: Actor) -> None:
    """Let a case whose notice has ended go on, once no objection to it is open."""
    moment = clock.now()
    open_ones = Objection.objects.filter(entry_id=row.entry_id, state__in=OPEN_OBJECTIONS).exists()
    if open_ones or not term_of_entry(row.entry).is_over(moment.on):
        return
    with acting_as(Actor.system(), then=then):
        close_notice(actor=Actor.system(), clock=clock, notice_id=row.entry.notice_id)

"""备案: districts report their 1A/2A decisions to the city, which acknowledges or returns them (R-16).

备案 is reporting, not approval: the city cannot refuse a level, only ask for corrections or note a concern.
"""

from __future__ import annotations

from django.db import transaction

from apps.applications import selectors as applications_read
from apps.applications import services as applications
from apps.audit.services import record
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Forbidden, Invalid, NotVisible
from apps.core.moment import Clock
from apps.core.text import clean_text
from apps.notifications.services import enqueue
from apps.numbering.kinds import FILING, Register
from apps.numbering.services import take_number
from apps.review.models import Filing, FilingItem, Ruling
from apps.review.states import DECIDED, DRAFT, FILING_LIFE

_TEXT = 500
_CONTACT = 60


def _locked(*, actor: Actor, public_id: str) -> Filing:
    row: Filing | None = (
        Filing.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("district", "round")
        .filter(public_id=public_id)
        .first()
    )
    if row is None:
        raise NotVisible
    return row


@transaction.atomic
def prepare_filing(*, actor: Actor, clock: Clock, round_public_id: str, contact: str = "") -> str:
    """Collect every decision of the district in a round that is not filed yet into the draft 备案表.

    Returns:
        The filing's public id; calling again adds what was decided since.

    Raises:
        Forbidden: not the 经办 or signer of a district.
        Invalid: nothing to file.
        NotVisible: no such round.
    """
    if actor.role is not Role.DISTRICT or not actor.has(Duty.HANDLER, Duty.SIGNER):
        raise Forbidden("备案表由属地编制。")
    batch = applications_read.round_file(actor=actor, public_id=round_public_id)
    rulings = list(
        Ruling.objects.visible_to(actor)
        .filter(application__round_id=batch.id, state=DECIDED, filing_item=None)
        .order_by("decided_on", "id")
    )
    draft: Filing | None = (
        Filing.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .filter(round_id=batch.id, state=DRAFT)
        .first()
    )
    if not rulings and draft is None:
        raise Invalid.of("", "本批次没有尚未备案的评定结果。")
    moment = clock.now()
    if draft is None:
        draft = Filing.objects.create(
            district_id=actor.bureau, round_id=batch.id, state=DRAFT, opened_at=moment.at
        )
    if contact:
        draft.contact = clean_text(contact, field="contact", label="联系人", limit=_CONTACT)
        draft.save(update_fields=["contact"])
    FilingItem.objects.bulk_create([FilingItem(filing=draft, ruling=ruling) for ruling in rulings])
    record(
        actor=actor,
        event="filing.prepare",
        subject=draft,
        moment=moment,
        rule="R-16",
        after={"added": len(rulings)},
    )
    return str(draft.public_id)


@transaction.atomic
def send_filing(*, actor: Actor, clock: Clock, public_id: str, contact: str = "") -> int:
    """The signer reports the draft (or a returned filing) to the city.

    Args:
        actor: the district's signer.
        clock: when.
        public_id: the filing.
        contact: 联系人 as it goes out, the one thing of the table that is not a decision and so may be put right
            after a return; "" leaves what it names.

    Returns:
        How many decisions it contains.

    Raises:
        Invalid: an empty filing, or a contact too long.
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    row = _locked(actor=actor, public_id=public_id)
    step = FILING_LIFE.step(row.state, "send", actor)
    ids = list(row.items.order_by("ruling__application_id").values_list("ruling__application_id", flat=True))
    if not ids:
        raise Invalid.of("", "备案表中没有评定结果。")
    moment = clock.now()
    row.state, row.sent_by_id, row.sent_at, row.return_reason = step.target, actor.user_id, moment.at, ""
    before = row.contact
    row.contact = clean_text(contact, field="contact", label="联系人", limit=_CONTACT) or before
    row.save()
    for application_id in ids:
        applications.advance(application_id=application_id, event="send_filing", actor=actor, moment=moment)
    record(
        actor=actor,
        event="filing.send",
        subject=row,
        moment=moment,
        rule=step.rule,
        before={"contact": before},
        after={"decisions": len(ids), "contact": row.contact},
    )
    enqueue(
        key=f"filing-sent:{row.public_id}:{moment.at.isoformat()}",
        template="filing_sent",
        context={"district": row.district.name, "count": len(ids), "public_id": row.public_id},
        to_municipal=True,
        subject=row,
        moment=moment,
    )
    return len(ids)


@transaction.atomic
def acknowledge_filing(*, actor: Actor, clock: Clock, public_id: str, concern: str = "") -> str:
    """The city takes the filing on record under a number; a concern may be noted.

    Returns:
        备案号.

    Raises:
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    row = _locked(actor=actor, public_id=public_id)
    step = FILING_LIFE.step(row.state, "acknowledge", actor)
    moment = clock.now()
    row.number = take_number(
        actor=actor,
        moment=moment,
        register=Register(FILING, "BA", moment.on.year),
        purpose=f"{row.district.name}{row.round.code}批次1A、2A级备案",
    )
    row.state, row.answered_by_id, row.answered_at = step.target, actor.user_id, moment.at
    row.concern = clean_text(concern, field="concern", label="关注事项", limit=_TEXT, multiline=True)
    row.save()
    for application_id in row.items.order_by("ruling__application_id").values_list(
        "ruling__application_id", flat=True
    ):
        applications.advance(
            application_id=application_id, event="acknowledge_filing", actor=actor, moment=moment
        )
    record(
        actor=actor,
        event="filing.acknowledge",
        subject=row,
        moment=moment,
        rule=step.rule,
        after={"number": row.number},
        note=row.concern,
    )
    enqueue(
        key=f"filing-acknowledged:{row.public_id}",
        template="filing_acknowledged",
        context={"filing_number": row.number, "public_id": row.public_id},
        to_district=row.district_id,
        subject=row,
        moment=moment,
    )
    return row.number


@transaction.atomic
def return_filing(*, actor: Actor, clock: Clock, public_id: str, reason: str) -> None:
    """The city returns a filing for correction; the decisions stand.

    Raises:
        Invalid: no reason.
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    text = clean_text(reason, field="reason", label="退回原因", limit=_TEXT, multiline=True)
    if not text:
        raise Invalid.of("reason", "请写明需要补正的内容。")
    row = _locked(actor=actor, public_id=public_id)
    step = FILING_LIFE.step(row.state, "return", actor)
    moment = clock.now()
    row.state, row.answered_by_id, row.answered_at = step.target, actor.user_id, moment.at
    row.return_reason = text
    row.save()
    for application_id in row.items.order_by("ruling__application_id").values_list(
        "ruling__application_id", flat=True
    ):
        applications.advance(application_id=application_id, event="return_filing", actor=actor, moment=moment)
    record(actor=actor, event="filing.return", subject=row, moment=moment, rule=step.rule, note=text)
    enqueue(
        key=f"filing-returned:{row.public_id}:{moment.at.isoformat()}",
        template="filing_returned",
        context={"reason": text, "public_id": row.public_id},
        to_district=row.district_id,
        subject=row,
        moment=moment,
    )

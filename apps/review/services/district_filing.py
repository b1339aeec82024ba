"""An objection to a district's notice filed by anybody on the public site, in real name (R-25)."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection, transaction

from apps.accounts.services.contacts import checked_phone
from apps.applications import services as applications
from apps.audit.services import record
from apps.core import crypto
from apps.core.actor import Actor
from apps.core.errors import NotVisible, WrongStep, require
from apps.core.faults import Faults
from apps.core.moment import Clock
from apps.core.receipts import new_query_code
from apps.core.scoping import acting_as
from apps.notifications.services import enqueue
from apps.policy.award import may_accept_objection
from apps.review.models import DistrictNoticeEntry, DistrictObjection
from apps.review.services.cases import choices
from apps.review.services.district_notices import term_of
from apps.review.states import OPEN, PROPOSED

_MATTER = 1000
_NUMBERING = 7394
#: How receipt numbers of these objections begin; those of the city's notices begin with YY.
RECEIPT_PREFIX = "SD"


@dataclass(frozen=True, slots=True)
class DistrictObjectionReceipt:
    """What the objector keeps: receipt number and query code."""

    receipt_no: str
    query_code: str


@transaction.atomic
def file_district_objection(
    *,
    actor: Actor,
    clock: Clock,
    notice: str,
    position: int,
    party: str,
    person: str,
    contact: str,
    matter: str,
) -> DistrictObjectionReceipt:
    """Register an objection to one enterprise on a running notice of a district; its people are told.

    Args:
        actor: anybody.
        clock: the legal clock; the objection is received now.
        notice: public id of the notice.
        position: which line of its list, from 1; 0 when none was chosen.
        party: `person` or `unit`; anonymous ones are not accepted in principle.
        person: name of the person or the unit; encrypted.
        contact: how to reach them; encrypted.
        matter: facts and grounds.

    Raises:
        RuleBroken: outside the period (R-25).
        WrongStep: the case is decided already.
        Invalid: missing fields.
        NotVisible: no such line.
    """
    faults = Faults()
    said = {
        "person": faults.text(person, field="person", label="姓名或单位", limit=100),
        "contact": faults.text(contact, field="contact", label="联系方式", limit=100),
        "matter": faults.text(matter, field="matter", label="异议事项", limit=_MATTER, multiline=True),
    }
    wanted = {
        "person": "请填写真实姓名或单位名称。",
        "contact": "请填写联系电话，以便核实和答复。",
        "matter": "请写明异议事项和事实依据。",
    }
    for name, value in said.items():
        if not value:
            faults.note(name, wanted[name])
    faults.read(lambda: checked_phone(said["contact"], field="contact"), "")
    if party not in dict(DistrictObjection.PARTIES):
        faults.note("party", "请选择提出人类别。")
    if position < 1:
        faults.note("position", "请选择公示名单中的企业。")
    faults.settle()
    moment = clock.now()
    # The public has no row of its own to read back: read and written on the system's behalf.
    with acting_as(Actor.system(), then=actor):
        entries = DistrictNoticeEntry.objects.select_related("notice", "ruling__application")
        entry = entries.filter(notice__public_id=notice, position=position).first()
        if entry is None:
            raise NotVisible
        # The decision is signed under the same lock: either it sees this objection, or this sees the decision.
        applications.lock_application(actor=Actor.system(), application_id=entry.ruling.application_id)
        entry.ruling.refresh_from_db(fields=["state"])
        require(
            may_accept_objection(
                anonymous=False,
                written_facts=True,
                term=term_of(entry),
                on=moment.on,
                parameters=choices(moment.on),
            )
        )
        if entry.ruling.state != PROPOSED:
            raise WrongStep("该企业的评定已经办结，不能再提出异议。")
        row = DistrictObjection.objects.create(
            application_id=entry.ruling.application_id,
            enterprise_id=entry.ruling.enterprise_id,
            district_id=entry.notice.district_id,
            entry=entry,
            state=OPEN,
            party=party,
            person_sealed=crypto.encrypt(said["person"]),
            contact_sealed=crypto.encrypt(said["contact"]),
            matter=said["matter"],
            received_on=moment.on,
            recorded_at=moment.at,
            receipt_no=_number(moment.on.year),
            query_code=new_query_code(),
        )
        record(
            actor=actor,
            event="district_objection.file",
            subject=row,
            moment=moment,
            rule="R-25",
            after={"receipt_no": row.receipt_no, "party": party},
        )
        enqueue(
            key=f"district-objection-filed:{row.public_id}",
            template="district_objection_filed",
            context={
                "enterprise": entry.enterprise_name,
                "receipt": row.receipt_no,
                "public_id": entry.ruling.application.public_id,
            },
            to_district=entry.notice.district_id,
            subject=row,
            moment=moment,
        )
        return DistrictObjectionReceipt(str(row.receipt_no), row.query_code)


def _number(year: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [_NUMBERING])
    prefix = f"{RECEIPT_PREFIX}-{year}-"
    return f"{prefix}{DistrictObjection.objects.filter(receipt_no__startswith=prefix).count() + 1:04d}"

"""Seeing personal data whole: an act with a reason, each one in the audit trail (SECURITY R25)."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from apps.accounts.models import Enterprise
from apps.audit.services import record
from apps.core.actor import Actor, Role
from apps.core.errors import Forbidden, Invalid, NotVisible
from apps.core.moment import Clock
from apps.core.text import clean_text

#: What contact data are needed for; another reason is written out.
REASONS = ("通知补正或补充材料", "约定现场核查", "送达文书或结果", "核实申报信息")
_LIMIT = 200
_BUREAUS = frozenset({Role.DISTRICT, Role.MUNICIPAL})


@dataclass(frozen=True, slots=True)
class Contact:
    """An enterprise's contact data, whole."""

    enterprise_name: str
    person: str
    phone: str
    email: str


@transaction.atomic
def reveal_contact(*, actor: Actor, clock: Clock, enterprise_public_id: str, reason: str) -> Contact:
    """Return the contact data of an enterprise and leave a trace of who asked for what.

    Raises:
        Forbidden: neither staff of a bureau.
        NotVisible: the enterprise is not theirs to see.
        Invalid: no reason.
    """
    if actor.role not in _BUREAUS:
        raise Forbidden("联系方式由承办的主管部门查看。")
    row = Enterprise.objects.visible_to(actor).filter(public_id=enterprise_public_id).first()
    if row is None:
        raise NotVisible
    text = clean_text(reason, field="reason", label="原因", limit=_LIMIT)
    if not text:
        raise Invalid.of("reason", "请说明查看的原因。")
    record(
        actor=actor,
        event="personal.reveal",
        subject=row,
        moment=clock.now(),
        after={"columns": ["contact_phone", "contact_email"]},
        note=text,
    )
    return Contact(row.name, row.contact_name, row.contact_phone, row.contact_email)

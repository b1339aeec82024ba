"""What the use-cases of cultivation share: who may, whose enterprise, and the trace."""

from __future__ import annotations

from apps.accounts import selectors as accounts
from apps.accounts.states import CONFIRMED
from apps.audit.services import record
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Forbidden
from apps.core.moment import Moment
from apps.cultivation.models import (
    BuildingPlan,
    Engagement,
    Event,
    EventFile,
    Participation,
    ServiceBody,
)

BUREAUS = frozenset({Role.DISTRICT, Role.MUNICIPAL})


def require_staff(actor: Actor) -> None:
    """Refuse everybody but 经办 and 签批 of a bureau."""
    if actor.role not in BUREAUS or not actor.has(Duty.HANDLER, Duty.SIGNER):
        raise Forbidden("由主管部门经办或签批人员办理。")


def own_firm(actor: Actor) -> accounts.EnterpriseFile:
    """Return the confirmed enterprise of *actor*."""
    if actor.role is not Role.ENTERPRISE:
        raise Forbidden("由企业成员办理。")
    firm = accounts.enterprise_file(actor=actor)
    if firm.state != CONFIRMED:
        raise Forbidden("企业登记核实通过后可以办理。")
    return firm


def keep(
    actor: Actor,
    moment: Moment,
    subject: Event | EventFile | Participation | BuildingPlan | ServiceBody | Engagement,
    event: str,
    before: dict[str, object],
    after: dict[str, object],
    note: str,
) -> None:
    """Leave the trace of an act."""
    record(
        actor=actor,
        event=event,
        subject=subject,
        moment=moment,
        rule="R-45",
        before=before,
        after=after,
        note=note,
    )

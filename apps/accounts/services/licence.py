"""Which file shows the enterprise's licence; the evidence room checks and keeps the file itself."""

from __future__ import annotations

from django.db import transaction

from apps.accounts.models import Enterprise
from apps.accounts.services.registration import locked_enterprise
from apps.accounts.states import CLOSED
from apps.audit.services import record
from apps.core.actor import Actor, Role
from apps.core.errors import NotVisible, WrongStep
from apps.core.moment import Clock


@transaction.atomic
def keep_licence(*, actor: Actor, clock: Clock, file_public_id: str, file_name: str) -> None:
    """Note which file shows the enterprise's licence; for the room that has checked and stored the file.

    Raises:
        NotVisible: not a member of an enterprise.
        WrongStep: the registration is closed.
    """
    own = Enterprise.objects.visible_to(actor).filter(pk=actor.enterprise_id).first()
    if own is None or actor.role is not Role.ENTERPRISE:
        raise NotVisible
    enterprise = locked_enterprise(actor=actor, public_id=own.public_id)
    if enterprise.state == CLOSED:
        raise WrongStep("企业登记已注销，不能再更换营业执照。")
    moment = clock.now()
    before = {"licence": enterprise.licence, "licence_name": enterprise.licence_name}
    enterprise.licence, enterprise.licence_name = file_public_id, file_name
    enterprise.licence_at = moment.at
    enterprise.save(update_fields=["licence", "licence_name", "licence_at"])
    record(
        actor=actor,
        event="enterprise.keep_licence",
        subject=enterprise,
        moment=moment,
        rule="R-13",
        before=before,
        after={"licence": file_public_id, "licence_name": file_name},
    )

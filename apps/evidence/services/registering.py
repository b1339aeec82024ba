"""Files that belong to the registration of an enterprise: its licence, and papers that prove a change."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from apps.accounts import selectors as accounts
from apps.accounts import services as account_services
from apps.accounts.services import Change, Followed, Registered, Registration
from apps.accounts.states import MOVE
from apps.core.actor import Actor
from apps.core.errors import Invalid
from apps.core.moment import Clock, Moment
from apps.core.scoping import acting_as
from apps.evidence.models import EvidenceFile
from apps.evidence.services.records import StoredFile
from apps.evidence.services.uploading import store_upload
from apps.evidence.states import BY_ENTERPRISE


@transaction.atomic
def register_with_licence(
    *, actor: Actor, clock: Clock, data: Registration, licence: UploadedFile[Any] | None = None
) -> Registered:
    """Register an enterprise together with its licence; a refused file refuses the whole registration.

    Raises:
        Invalid: every faulty field of the form, else what is wrong with the file, at `licence`.
        StorageFull: the disk is full; nothing is kept.
    """
    made = account_services.register_enterprise(actor=actor, clock=clock, data=data)
    if licence is None:
        return made
    with acting_as(Actor.system(), then=actor):
        member = replace(accounts.actor_of_user(user_id=made.user_id), request_id=actor.request_id)
    with acting_as(member, then=actor):  # the file is the new enterprise's from its first byte
        keep_licence(actor=member, clock=clock, upload=licence)
    return made


@transaction.atomic
def keep_licence(*, actor: Actor, clock: Clock, upload: UploadedFile[Any]) -> StoredFile:
    """Take in the enterprise's licence and note it in the registration; a newer one replaces it.

    Raises:
        Invalid: what is wrong with the file, at `licence`.
        WrongStep: the registration is closed.
    """
    stored = _taken(actor, clock, upload, field="licence")
    account_services.keep_licence(
        actor=actor, clock=clock, file_public_id=stored.public_id, file_name=stored.name
    )
    return stored


@transaction.atomic
def request_change(
    *, actor: Actor, clock: Clock, data: Change, document: UploadedFile[Any] | None = None
) -> str:
    """Declare a dated change with the paper that proves it; the district that confirms may open the paper.

    Returns:
        Public id of the change.

    Raises:
        Invalid: no paper, what is wrong with it (at `document`), or faulty fields of the form.
        Forbidden, WrongStep: see `accounts.services.request_change`.
    """
    if document is None:
        raise Invalid(_faults(actor, clock, data))
    stored = _taken(actor, clock, document, field="document")
    made = account_services.request_change(
        actor=actor, clock=clock, data=replace(data, document=stored.public_id, document_name=stored.name)
    )
    if data.kind == MOVE:
        with acting_as(Actor.system(), then=actor):  # the district that confirms reads what proves it
            EvidenceFile.objects.filter(public_id=stored.public_id).update(district_id=data.district)
    return made


def _faults(actor: Actor, clock: Clock, data: Change) -> dict[str, list[str]]:
    """Return every fault of a form without its paper, so that one answer names them all; nothing is kept."""
    missing = {"document": ["请上传证明材料，如登记通知书、新营业执照、处罚决定书或盖章的情况说明。"]}
    savepoint = transaction.savepoint()
    try:
        account_services.request_change(actor=actor, clock=clock, data=data)
    except Invalid as refusal:
        return {**refusal.errors, **missing}
    finally:
        transaction.savepoint_rollback(savepoint)
    return missing


def follow_enterprise(actor: Actor, moment: Moment, followed: Followed) -> None:
    """After a move the enterprise's library is in the sight of the new district; cases keep the old one's view."""
    del actor, moment
    district = followed.after.get("district_id")
    if followed.kind == MOVE and district:
        files = EvidenceFile.objects.filter(enterprise_id=followed.enterprise_id, origin=BY_ENTERPRISE)
        files.update(district_id=district)


def _taken(actor: Actor, clock: Clock, upload: UploadedFile[Any], *, field: str) -> StoredFile:
    try:
        return store_upload(actor=actor, clock=clock, upload=upload)
    except Invalid as refusal:
        raise Invalid({field: [text for texts in refusal.errors.values() for text in texts]}) from None

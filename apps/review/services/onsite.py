"""现场照片: pictures of an on-site check, kept once however often a phone sends them (R-15, F-10)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from apps.applications.states import PRELIM
from apps.audit.services import record
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Forbidden, Invalid, WrongStep
from apps.core.moment import Clock, Moment
from apps.core.places import place_columns
from apps.core.text import clean_text
from apps.evidence import services as evidence
from apps.review.casework_models import SitePhoto
from apps.review.services.cases import jurisdiction, locked_case, require_item

_NOTE, _KEY = 200, 64
_PICTURES = frozenset({"jpg", "png"})
#: A phone's clock may be a little fast; a photo older than this was not taken at this check.
_FAST, _OLDEST = timedelta(minutes=10), timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Shot:
    """What the phone says about a photo.

    `key` is made when it is taken; `taken_at` is aware (the phone may have had no network for hours); the place is
    text in degrees and metres, "" when the person did not allow it; `note` has at most 200 characters.
    """

    key: str
    taken_at: datetime
    note: str = ""
    latitude: str = ""
    longitude: str = ""
    accuracy_m: str = ""


@transaction.atomic
def add_site_photo(
    *,
    actor: Actor,
    clock: Clock,
    public_id: str,
    item_code: str,
    upload: UploadedFile[Any],
    shot: Shot,
) -> str:
    """Keep a photo of the on-site check with the item; the same key again gives the photo that is there.

    Args:
        actor: staff of the district who handle cases.
        clock: the legal clock.
        public_id: of the application, in 初评.
        item_code: of the scheme.
        upload: a JPG or PNG.
        shot: key, time, place and note of the photo.

    Returns:
        The public id of the photo.

    Raises:
        Invalid: no picture, a time in the future or over 30 days ago, an unknown item, a wrong place.
        Forbidden, NotVisible, WrongStep: gates 1–3.
    """
    case = locked_case(actor=actor, public_id=public_id)
    if actor.role is not Role.DISTRICT or not actor.has(Duty.HANDLER, Duty.SIGNER):
        raise Forbidden("现场照片由属地经办人员拍摄。")
    token = clean_text(shot.key, field="key", label="标识", limit=_KEY)
    if not token:
        raise Invalid.of("key", "照片缺少标识，请刷新页面后重新拍摄。")
    known = (
        SitePhoto.objects.visible_to(actor)
        .filter(application_id=case.id, taken_by_id=actor.user_id, key=token)
        .values_list("public_id", flat=True)
        .first()
    )
    if known is not None:
        return str(known)
    if case.state != PRELIM:
        raise WrongStep(f"当前状态为「{case.state_label}」，不能再添加现场照片。")
    require_item(actor, case, item_code)
    moment = clock.now()
    _require_plausible(shot.taken_at, moment)
    where = place_columns(shot.latitude, shot.longitude, shot.accuracy_m)
    text = clean_text(shot.note, field="note", label="照片说明", limit=_NOTE)
    held = evidence.Case(case.id, case.enterprise_id, case.district, editable=False)
    stored = evidence.store_upload(actor=actor, clock=clock, upload=upload, case=held)
    if stored.kind not in _PICTURES:
        raise Invalid.of("file", "现场照片应为 JPG 或 PNG 图片。")
    evidence.attach(
        actor=actor,
        clock=clock,
        public_id=stored.public_id,
        case=held,
        place="item",
        code=item_code,
        note=text or "现场照片",
    )
    row = SitePhoto.objects.create(
        **jurisdiction(case),
        item_code=item_code,
        file_id=stored.id,
        taken_by_id=actor.account,
        taken_at=shot.taken_at,
        received_at=moment.at,
        note=text,
        key=token,
        **where,
    )
    record(
        actor=actor,
        event="photo.add",
        subject=row,
        moment=moment,
        rule="R-15",
        after={"item": item_code, "taken_at": shot.taken_at.isoformat(), "file": stored.public_id},
    )
    return row.public_id


def _require_plausible(taken_at: datetime, moment: Moment) -> None:
    if taken_at > moment.at + _FAST:
        raise Invalid.of("taken_at", "照片时间晚于现在，请检查手机时间后重新拍摄。")
    if taken_at < moment.at - _OLDEST:
        raise Invalid.of("taken_at", "照片是 30 天以前拍的，不能作为本次现场核实的照片。")

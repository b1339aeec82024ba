"""Entering what a recheck finds, from a phone that may have been without a network for hours (R-33, R-36).

Every entry names the version of the item it was made upon: the same entry sent again changes nothing, one made upon
an older version than the stored one is handed back beside the stored one, and nothing is ever overwritten unseen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from apps.audit.services import record
from apps.core.actor import Actor, Duty
from apps.core.errors import Forbidden, Invalid, WrongStep
from apps.core.moment import Clock, Moment
from apps.core.places import place_columns
from apps.core.text import clean_text
from apps.evidence import services as evidence
from apps.monitoring.checklists import ABSENT, NO_CHECKLIST, basis_of, case_behind, points_typed
from apps.monitoring.models import Recheck, RecheckCheck, RecheckPhoto
from apps.monitoring.services.rechecks import locked_recheck
from apps.monitoring.states import PLANNED
from apps.policy.evaluation.decimals import NotANumber, to_decimal
from apps.policy.evaluation.spec import ItemSpec
from apps.scoring.selectors import Basis

_NOTE, _KEY = 500, 64
_ABSENT = frozenset({ABSENT, "/"})
_PICTURES = frozenset({"jpg", "png"})
#: A phone's clock may be a little fast; what is older than this was not noted at this visit.
_FAST, _OLDEST = timedelta(minutes=10), timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Entry:
    """What was noted about one item.

    `points` and `figures` as typed, points also 不适用 (or "/") with the reason in `note`;
    `version` of the item the page was showing, 0 for none; `noted_at` aware, the
    phone's time. Nothing typed at all takes the entry back.
    """

    item_code: str
    version: int
    points: str = ""
    figures: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    noted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """One item as it is stored now; `refused`: the entry was made upon an older version and is not stored."""

    item_code: str
    version: int
    points: str
    figures: Mapping[str, str]
    note: str
    by: str
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Shot:
    """A photo: key made on the phone, aware time of taking, place in degrees and metres ("" when not allowed)."""

    key: str
    taken_at: datetime
    latitude: str = ""
    longitude: str = ""
    accuracy_m: str = ""


def _writer(actor: Actor, row: Recheck) -> None:
    if not actor.has(Duty.HANDLER):
        raise Forbidden("现场核查由复核经办人员登记。")
    if row.state != PLANNED:
        raise WrongStep("复核结果已登记，核查表不能再改；需要修改的，由签批人员退回重核。")


def _basis(row: Recheck, actor: Actor) -> Basis:
    basis = basis_of(row, actor=actor)
    if basis is None:
        raise WrongStep(NO_CHECKLIST)
    return basis


@transaction.atomic
def save_checks(*, actor: Actor, clock: Clock, public_id: str, entries: Sequence[Entry]) -> list[Kept]:
    """Store what was noted about some items; each entry by itself, so that one conflict keeps back no other.

    Returns:
        Every item named, as it is stored now; `refused` ones were noted upon an older version.

    Raises:
        Invalid: an unknown item, no numbers, points above the maximum; keyed by item code.
        NotVisible, Forbidden, WrongStep: gates 1–3; the visit is recorded already.
    """
    row = locked_recheck(actor=actor, public_id=public_id)
    _writer(actor, row)
    basis = _basis(row, actor)
    moment = clock.now()
    errors: dict[str, list[str]] = {}
    wanted: list[tuple[Entry, dict[str, Any]]] = []
    for entry in entries:
        try:
            wanted.append((entry, _values(entry, basis, moment)))
        except Invalid as refused:
            errors[entry.item_code] = [text for texts in refused.errors.values() for text in texts]
    if errors:
        raise Invalid(errors)
    stored = {
        check.item_code: check
        for check in RecheckCheck.objects.select_related("saved_by").filter(recheck=row)
    }
    kept = [_keep(row, entry, values, stored.get(entry.item_code), actor, moment) for entry, values in wanted]
    changed = {one.item_code: {"points": one.points, **one.figures} for one in kept if not one.refused}
    if changed:
        record(actor=actor, event="recheck.check", subject=row, moment=moment, rule="R-36", after=changed)
    return kept


def _values(entry: Entry, basis: Basis, moment: Moment) -> dict[str, Any]:
    """Return the columns of an entry.

    Raises:
        Invalid: see `save_checks`.
    """
    if not basis.spec.has_item(entry.item_code):
        raise Invalid.of(entry.item_code, "评价体系中没有这一条目。")
    item = basis.spec.item(entry.item_code)
    noted = entry.noted_at or moment.at
    if noted > moment.at + _FAST or noted < moment.at - _OLDEST:
        raise Invalid.of(entry.item_code, "记录时间晚于现在或早于 30 天前，请检查手机时间。")
    note = clean_text(entry.note, field=entry.item_code, label="现场情况", limit=_NOTE, multiline=True)
    absent = entry.points.strip() in _ABSENT
    if absent and not item.na_allowed:
        raise Invalid.of(entry.item_code, "评价体系不允许本条目不适用，请填写现场得分。")
    if absent and not note:
        raise Invalid.of(entry.item_code, "不适用的条目，请在现场情况中写明理由。")
    return {
        "points": None if absent else _points(entry.points, item),
        "figures": {} if absent else _figures(entry.figures, item, basis),
        "absent": absent,
        "note": note,
        "noted_at": noted,
    }


def _points(typed: str, item: ItemSpec) -> Decimal | None:
    if not typed.strip():
        return None
    try:
        points = to_decimal(typed.strip())
    except NotANumber as error:
        raise Invalid.of(item.code, f"现场得分：{error}。") from error
    if not 0 <= points <= item.max_points or points != points.quantize(Decimal("0.01")):
        raise Invalid.of(
            item.code, f"现场得分应为 0 到 {item.max_points.normalize():f} 之间、最多两位小数的数。"
        )
    return points.quantize(Decimal("0.01"))


def _figures(typed: Mapping[str, str], item: ItemSpec, basis: Basis) -> dict[str, str]:
    names = {one.code: one.name for one in basis.figures_of(item)}
    found = {}
    for code, text in typed.items():
        if not text.strip():
            continue
        if code not in names:
            raise Invalid.of(item.code, "该条目没有这一项数值。")
        try:
            value = to_decimal(text.strip())
        except NotANumber as error:
            raise Invalid.of(item.code, f"{names[code]}：{error}。") from error
        if value < 0:
            raise Invalid.of(item.code, f"{names[code]}不能为负数。")
        found[code] = f"{value:f}"
    return found


def _keep(
    row: Recheck,
    entry: Entry,
    values: dict[str, Any],
    check: RecheckCheck | None,
    actor: Actor,
    moment: Moment,
) -> Kept:
    content = (values["points"], values["figures"], values["absent"], values["note"])
    empty = content == (None, {}, False, "")
    if check is None:
        if empty:
            return Kept(entry.item_code, 0, "", {}, "", "")
        check = RecheckCheck(recheck=row, item_code=entry.item_code, version=0)
    elif (check.points, check.figures, check.absent, check.note) == content:
        return _kept(check)
    elif entry.version != check.version:
        return _kept(check, refused=True)
    if empty:
        check.delete()
        return Kept(entry.item_code, 0, "", {}, "", "")
    check.points, check.figures, check.absent, check.note = content
    check.noted_at, check.saved_at, check.saved_by_id = values["noted_at"], moment.at, actor.account
    check.version += 1
    check.save()
    return _kept(check)


def _kept(check: RecheckCheck, *, refused: bool = False) -> Kept:
    by = str(check.saved_by)
    return Kept(
        check.item_code, check.version, points_typed(check), dict(check.figures), check.note, by, refused
    )


@transaction.atomic
def add_recheck_photo(
    *, actor: Actor, clock: Clock, public_id: str, item_code: str, upload: UploadedFile[Any], shot: Shot
) -> str:
    """Keep a photo taken at the site with an item; the same key again gives the photo that is there.

    Returns:
        The public id of the photo.

    Raises:
        Invalid: no picture, no key, an implausible time or place, an unknown item.
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    row = locked_recheck(actor=actor, public_id=public_id)
    key = clean_text(shot.key, field="key", label="标识", limit=_KEY)
    if not key:
        raise Invalid.of("key", "照片缺少标识，请刷新页面后重新拍摄。")
    known = RecheckPhoto.objects.filter(recheck=row, taken_by_id=actor.user_id, key=key).first()
    if known is not None:
        return known.public_id
    _writer(actor, row)
    case = case_behind(row, actor=actor)
    if not _basis(row, actor).spec.has_item(item_code):
        raise Invalid.of("item", "评价体系中没有这一条目。")
    moment = clock.now()
    if shot.taken_at > moment.at + _FAST or shot.taken_at < moment.at - _OLDEST:
        raise Invalid.of("taken_at", "照片时间晚于现在或早于 30 天前，请检查手机时间后重新拍摄。")
    where = place_columns(shot.latitude, shot.longitude, shot.accuracy_m)
    held = (
        evidence.Case.of_site(enterprise_id=row.enterprise_id, district=row.district_id)
        if case is None
        else evidence.Case(case.id, case.enterprise_id, row.district_id, editable=False)
    )
    stored = evidence.store_upload(actor=actor, clock=clock, upload=upload, case=held)
    if stored.kind not in _PICTURES:
        raise Invalid.of("file", "现场照片应为 JPG 或 PNG 图片。")
    photo = RecheckPhoto.objects.create(
        recheck=row,
        item_code=item_code,
        file_id=stored.id,
        taken_by_id=actor.account,
        taken_at=shot.taken_at,
        received_at=moment.at,
        key=key,
        **where,
    )
    record(
        actor=actor,
        event="recheck.photo",
        subject=row,
        moment=moment,
        rule="R-36",
        after={"item": item_code, "taken_at": shot.taken_at.isoformat(), "file": stored.public_id},
    )
    return photo.public_id

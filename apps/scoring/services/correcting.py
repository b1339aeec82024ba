"""Correcting marks of a signed sheet: a new turn with the corrected points, signed at once; the old one stays."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction

from apps.audit import services as audit
from apps.core.actor import Actor
from apps.core.errors import Invalid
from apps.core.moment import Clock
from apps.core.scoping import acting_as
from apps.core.text import clean_text
from apps.policy.evaluation.results import SheetPurpose
from apps.scoring.selectors.correcting import require_points
from apps.scoring.services.opening import renew_sheet
from apps.scoring.services.records import SignedSheet
from apps.scoring.services.signing import freeze, signing_errors
from apps.scoring.services.writing import apply_result, audited, hold, write_entries

_LONGEST_REASON = 500


@transaction.atomic
def correct_sheet(
    *, actor: Actor, clock: Clock, public_id: str, points: Mapping[str, Decimal], reason: str
) -> SignedSheet:
    """Give the named items of a signed official sheet new points in a new signed turn that follows the old one.

    For rooms above, which decide who may: two persons, after an objection. The audit trail holds each item before
    and after; the old turn stays readable for ever.

    Args:
        actor: who approves the correction; signs the new turn.
        clock: when.
        public_id: of the current signed sheet.
        points: item code → points.
        reason: why, kept with every corrected item.

    Raises:
        NotVisible, WrongStep: no such sheet, or not the current signed one.
        Invalid: impossible points (by item code), no reason.
    """
    why = clean_text(reason, field="reason", label="更正理由", limit=_LONGEST_REASON, multiline=True)
    if not why or not points:
        raise Invalid.of("reason", "请写明更正的条目和理由。")
    ref = renew_sheet(actor=actor, clock=clock, public_id=public_id, item_codes=points)
    with acting_as(Actor.system(), then=actor):  # the new turn belongs to the expert; the bureau corrects it
        held = hold(Actor.system(), ref.public_id)
        require_points(held.spec, points)
        moment = clock.now()
        corrected = [held.entries[code] for code in sorted(points)]
        before = {entry.item_code: entry.points for entry in corrected}
        for entry in corrected:
            entry.answer, entry.judged_points, entry.reason = {}, points[entry.item_code], why
            entry.version += 1
            entry.updated_at, entry.updated_by_id = moment.at, actor.user_id
        write_entries(corrected, ["answer", "judged_points", "reason", "version", "updated_at", "updated_by"])
        result, _ = apply_result(held, moment)
        blockers = result.blockers_for(SheetPurpose.OFFICIAL)
        if blockers:
            raise Invalid(signing_errors(blockers, official=True))
        signed = freeze(held, result, actor, moment)
    audit.record(
        actor=actor,
        event="score.sheet.correct",
        subject=audited(held.sheet),
        moment=moment,
        rule="R-25",
        before={"public_id": public_id, "points": before},
        after={"public_id": ref.public_id, "points": dict(points), "total": signed.total},
        note=why,
    )
    return signed

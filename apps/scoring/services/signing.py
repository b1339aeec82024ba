"""Signing a sheet: complete, scored, digested, frozen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from django.db import transaction

from apps.audit import services as audit
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Forbidden, Invalid
from apps.core.moment import Clock, Moment
from apps.policy.evaluation.results import Blocker, BlockerKind, SheetPurpose, SheetResult
from apps.policy.evaluation.serialising import digest
from apps.scoring.models import ScoreSheet
from apps.scoring.selectors.computing import signed_content
from apps.scoring.services.records import SignedSheet
from apps.scoring.services.writing import (
    Held,
    apply_result,
    audited,
    hold,
    hold_self,
    is_official,
    require_open,
    require_writer,
    store_sums,
)
from apps.scoring.states import DISTRICT, SELF, SHEET_LIFE, SIGNED

_NAMED = 8


@transaction.atomic
def sign_sheet(*, actor: Actor, clock: Clock, public_id: str) -> SignedSheet:
    """Freeze a complete sheet: result and digest are stored, and the database refuses every later change.

    The enterprise signs its self sheet by handing in, district 经办 or 签批 the district's, an expert its own.
    Who may decide on it afterwards (another person) is the rooms' above: `SignedSheet.scorers` tells who wrote in it.

    Raises:
        NotVisible, Forbidden, WrongStep: no such sheet, not its signer, signed already.
        Invalid: items are open, wrong or unconfirmed; keyed by item code, "" for the summary.
    """
    held = hold(actor, public_id)
    sheet = held.sheet
    if not (sheet.kind == DISTRICT and _signs_for_district(actor, sheet)):
        require_writer(sheet, actor)
    require_open(sheet)
    moment = clock.now()
    result, _ = apply_result(held, moment)
    purpose = SheetPurpose.OFFICIAL if is_official(sheet) else SheetPurpose.SELF
    blockers = result.blockers_for(purpose)
    if blockers:
        raise Invalid(signing_errors(blockers, official=is_official(sheet)))
    return freeze(held, result, actor, moment)


def hand_in(
    *,
    actor: Actor,
    clock: Clock,
    application_id: int,
    decide: Callable[[Sequence[Blocker] | None], None],
) -> SignedSheet:
    """Sign the self sheet as part of handing an application in; one that is signed already is taken as it is.

    For the room above, inside its transaction: the sheet is locked, read and scored once, and *decide* hears what
    still blocks it, to weigh it together with everything else that stands against handing in.

    Args:
        actor: the enterprise.
        clock: when.
        application_id: the application, locked by the caller.
        decide: called with what blocks the sheet (None: there is none); raises the refusal.

    Raises:
        Forbidden: not the enterprise's own sheet.
        Invalid: no sheet, or an incomplete one, which *decide* did not refuse.
    """
    held = hold_self(actor, application_id)
    if held is None:
        decide(None)
        raise Invalid.of("", "尚未填写自评表。")
    sheet = held.sheet
    if sheet.state == SIGNED:
        decide(())
        if sheet.total is None:
            msg = f"signed sheet {sheet.public_id} has no total"
            raise LookupError(msg)
        return SignedSheet(sheet.pk, sheet.public_id, sheet.total, sheet.digest, (), frozenset())
    require_writer(sheet, actor)
    moment = clock.now()
    result, _ = apply_result(held, moment)
    blockers = result.blockers_for(SheetPurpose.SELF)
    decide(blockers)
    if blockers:
        raise Invalid(signing_errors(blockers, official=False))
    return freeze(held, result, actor, moment)


def freeze(held: Held, result: SheetResult, actor: Actor, moment: Moment) -> SignedSheet:
    """Freeze a complete sheet and record it (for the modules of this room, which have asked who may)."""
    sheet = held.sheet
    sheet.state = SHEET_LIFE.step(sheet.state, "sign", actor).target
    sheet.signed_at, sheet.signed_by_id = moment.at, actor.user_id
    sheet.result = result.as_mapping()
    sheet.digest = digest(signed_content(sheet, held.entries.values(), result))
    store_sums(held, "state", "signed_at", "signed_by", "result", "digest")
    audit.record(
        actor=actor,
        event="score.sheet.sign",
        subject=audited(sheet),
        moment=moment,
        rule="R-12" if sheet.kind == SELF else "R-15",
        after={
            "total": result.total,
            "digest": sheet.digest,
            "scheme": sheet.scheme.digest,
            "turn": sheet.turn,
        },
    )
    scorers = frozenset(entry.updated_by_id for entry in held.entries.values() if entry.updated_by_id)
    return SignedSheet(sheet.pk, sheet.public_id, result.total, sheet.digest, _zero(result), scorers)


def _signs_for_district(actor: Actor, sheet: ScoreSheet) -> bool:
    if actor.role is not Role.DISTRICT or actor.district != sheet.district_id:
        return False
    if not actor.has(Duty.HANDLER, Duty.SIGNER):
        raise Forbidden("本表由属地经办或签批人员签定。")
    return True


def _zero(result: SheetResult) -> tuple[str, ...]:
    return result.mandatory_zero


def signing_errors(blockers: Iterable[Blocker], *, official: bool) -> dict[str, list[str]]:
    """Turn what stands against signing into messages per item and one summary (SECURITY S05)."""
    errors: dict[str, list[str]] = {"": []}
    unanswered: list[str] = []
    others = 0
    for blocker in blockers:
        open_item = blocker.kind is BlockerKind.UNANSWERED
        unanswered += [blocker.code] if open_item else []
        others += not open_item
        message = "尚未评分。" if official and open_item else blocker.message
        errors.setdefault(blocker.code, []).append(message)
    if unanswered:
        verb = "评分" if official else "填写"
        more = "等" if len(unanswered) > _NAMED else ""
        errors[""].append(f"还有 {len(unanswered)} 项未{verb}：{'、'.join(unanswered[:_NAMED])}{more}。")
    if others:
        errors[""].append(f"有 {others} 处需要处理。")
    return errors

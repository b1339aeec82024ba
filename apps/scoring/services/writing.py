"""Shared by every writer of a sheet: lock it, ask who may write, apply a result, record the act."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import QuerySet

from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Forbidden, NotVisible, WrongStep
from apps.core.moment import Moment
from apps.policy.evaluation.decimals import points_text
from apps.policy.evaluation.results import SheetResult
from apps.policy.evaluation.spec import SchemeSpec
from apps.scoring.models import ScoreEntry, ScoreSheet
from apps.scoring.selectors.computing import result_of
from apps.scoring.selectors.schemes import spec_of_digest
from apps.scoring.services.records import SavedSheet
from apps.scoring.states import DISTRICT, EXPERT, OPEN, RECHECK, SELF

#: First key of the advisory lock that makes opening sheets of one application take turns.
_OPENING_LOCK = 7411


@dataclass(slots=True)
class Held:
    """A locked sheet with its entries and its parsed scheme."""

    sheet: ScoreSheet
    entries: dict[str, ScoreEntry]
    spec: SchemeSpec


def hold(actor: Actor, public_id: str) -> Held:
    """Lock the sheet (savers of one sheet take turns), load its entries and parse its scheme: two statements.

    Raises:
        NotVisible: there is no such sheet for this actor.
    """
    held = _hold(_lockable(actor).filter(public_id=public_id))
    if held is None:
        raise NotVisible
    return held


def hold_self(actor: Actor, application_id: int) -> Held | None:
    """Lock the current self sheet of an application in the same way; None while there is none."""
    return _hold(_lockable(actor).filter(application_id=application_id, kind=SELF, is_current=True))


def _lockable(actor: Actor) -> QuerySet[ScoreSheet]:
    return (
        ScoreSheet.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("scheme")
        .defer("scheme__spec", "result")
    )


def _hold(rows: QuerySet[ScoreSheet]) -> Held | None:
    sheet = rows.first()
    return None if sheet is None else Held(sheet, entries_of(sheet), spec_of_digest(sheet.scheme.digest))


def entries_of(sheet: ScoreSheet) -> dict[str, ScoreEntry]:
    """Return the entries of a sheet by item code."""
    return {entry.item_code: entry for entry in ScoreEntry.objects.filter(sheet=sheet)}


def require_open(sheet: ScoreSheet) -> None:
    """Refuse a sheet that is signed or closed.

    Raises:
        WrongStep: nothing can be changed any more (SECURITY S06).
    """
    if sheet.state == OPEN:
        return
    if sheet.kind == SELF:
        message = "自评表已提交，不能修改；如需补正，请联系属地工业和信息化主管部门。"
    else:
        message = "评审已结束，评分表已锁定，不能修改。"
    raise WrongStep(message)


def require_writer(sheet: ScoreSheet, actor: Actor) -> None:
    """Refuse everybody but the scorer of this kind of sheet.

    Raises:
        Forbidden: another role or duty writes it.
    """
    match sheet.kind:
        case kind if kind == SELF:
            allowed = actor.role is Role.ENTERPRISE and actor.enterprise_id == sheet.enterprise_id
            who = "申报企业"
        case kind if kind == DISTRICT:
            allowed = _handles(actor, sheet, Role.DISTRICT)
            who = "属地经办人员"
        case kind if kind == EXPERT:
            allowed = actor.role is Role.EXPERT and actor.user_id == sheet.owner_id
            who = "受托评审的专家本人"
        case _:
            allowed = _handles(actor, sheet, Role.DISTRICT) or (
                actor.role is Role.MUNICIPAL and actor.has(Duty.HANDLER)
            )
            who = "复核经办人员"
    if not allowed:
        message = f"本表由{who}填写。"
        raise Forbidden(message)


def _handles(actor: Actor, sheet: ScoreSheet, role: Role) -> bool:
    return actor.role is role and actor.district == sheet.district_id and actor.has(Duty.HANDLER)


def is_official(sheet: ScoreSheet) -> bool:
    """Return whether points are given by a person here, not computed from the enterprise's answers."""
    return sheet.kind in {DISTRICT, EXPERT, RECHECK}


def apply_result(
    held: Held, moment: Moment, *, skip: Iterable[str] = ()
) -> tuple[SheetResult, dict[str, str]]:
    """Score the sheet and store what changed: entries in one statement, the sums of the sheet in another.

    Entries named in *skip* get their new figures in memory only: the caller stores them with its own change.
    The sheet itself is saved by the caller (`store_sums`).
    """
    result = result_of(held.sheet, held.entries.values(), held.spec)
    changed: dict[str, str] = {}
    others: list[ScoreEntry] = []
    unsaved = set(skip)
    for item in result.items:
        entry = held.entries[item.code]
        if (entry.points, entry.item_state) == (item.points, item.state.value):
            continue
        entry.points, entry.item_state = item.points, item.state.value
        changed[item.code] = "" if item.points is None else points_text(item.points)
        if item.code not in unsaved:
            others.append(entry)
    if others:
        write_entries(others, ["points", "item_state"])
    held.sheet.total = result.total if result.answered else None
    held.sheet.answered = result.answered
    held.sheet.changed_at = moment.at
    return result, changed


def write_entries(entries: Sequence[ScoreEntry], columns: Sequence[str]) -> None:
    """Store the named columns of existing entries in one statement.

    `insert … on conflict do update`: building the CASE expressions of `bulk_update` costs five times as much for a
    whole sheet of 97 rows (measured).
    """
    ScoreEntry.objects.bulk_create(
        list(entries), update_conflicts=True, unique_fields=["id"], update_fields=list(columns)
    )


def store_sums(held: Held, *fields: str) -> None:
    """Save the sheet's sums and the named further columns."""
    held.sheet.save(update_fields=["total", "answered", "changed_at", *fields])


def saved_sheet(held: Held, result: SheetResult, changed: dict[str, str]) -> SavedSheet:
    """Return the sums as the page's live total shows them."""
    return SavedSheet(
        version=held.sheet.version,
        total=held.sheet.total,
        total_text=points_text(result.total),
        reachable_text=points_text(result.reachable_max),
        answered=result.answered,
        item_count=len(result.items),
        changed=changed,
    )


def audited(sheet: ScoreSheet) -> ScoreSheet:
    """Return the sheet as the subject of an audit row.

    What an expert scored is nobody's in the district before the panel has concluded: the row carries no district,
    so that the district's part of the audit trail does not tell it either.
    """
    if sheet.kind != EXPERT:
        return sheet
    blind = copy.copy(sheet)
    blind.district_id = None  # type: ignore[assignment]  # a copy for the audit row, never saved
    return blind


def take_turn(application_id: int) -> None:
    """Let those who open or renew sheets of one application wait for each other until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, %s)", [_OPENING_LOCK, application_id % 2**31])

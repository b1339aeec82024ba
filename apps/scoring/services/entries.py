"""Saving one item: optimistic row version, the one scoring function, one audit row; at most 15 statements."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Case, Value, When

from apps.accounts.selectors import names_of
from apps.audit import services as audit
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Conflict, Forbidden, Invalid, NotVisible, WrongStep
from apps.core.moment import SHANGHAI, Clock, Moment
from apps.policy.evaluation.decimals import points_text
from apps.policy.evaluation.results import ItemState
from apps.scoring.models import ScoreEntry, ScoreSheet
from apps.scoring.services.answers import official_points, self_answer
from apps.scoring.services.baseline import (
    Baseline,
    baselines,
    compared_with,
    require_reason,
    scores_are_hidden,
)
from apps.scoring.services.records import SavedEntry, SavedSheet
from apps.scoring.services.writing import (
    Held,
    apply_result,
    audited,
    hold,
    is_official,
    require_open,
    require_writer,
    saved_sheet,
    store_sums,
    write_entries,
)
from apps.scoring.states import DISTRICT, EXPERT, OPEN, SELF

_Content = tuple[dict[str, Any], Any, str]


@transaction.atomic
def save_entry(
    *, actor: Actor, clock: Clock, public_id: str, item_code: str, version: int, answer: Mapping[str, Any]
) -> SavedEntry:
    """Save one item of a sheet; *answer* replaces what the item said.

    Args:
        actor: the writer of the sheet (enterprise, district 经办, the expert).
        clock: when.
        public_id: the sheet.
        item_code: the item.
        version: row version the page was showing.
        answer: self sheet: see `answers.self_answer`; official sheet: `judged_points` or `not_applicable`, `reason`.

    Returns:
        The item and the sums as they are now; saving what is stored already changes nothing.

    Raises:
        NotVisible, Forbidden, WrongStep: no such sheet or item, another's sheet, signed or item not opened.
        Conflict: somebody saved this item after *version*; `current` says who, when and what.
        Invalid: fields that cannot be taken, or a difference without a reason.
    """
    held = hold(actor, public_id)
    require_writer(held.sheet, actor)
    require_open(held.sheet)
    entry = _entry(held, item_code)
    moment = clock.now()
    if is_official(held.sheet):
        found = baselines(actor, held.sheet, item_code=item_code)
        content = judged_content(held, item_code, answer, moment, found=found)
    else:
        stored, reason = self_answer(answer, held.spec.item(item_code), held.spec)
        content = (stored, None, reason)
    if content == content_of(entry):
        result, changed = apply_result(held, moment)
        return _saved(entry, saved_sheet(held, result, changed), result.item(item_code).message)
    if version != entry.version:
        raise conflict_of(entry)
    before = audit_view(entry)
    put(entry, content, actor, moment)
    result, changed = apply_result(held, moment, skip=[item_code])
    _store(entry)
    store_sums(held)
    audit.record(
        actor=actor,
        event="score.entry.save",
        subject=audited(held.sheet),
        moment=moment,
        rule="R-15",
        before={item_code: before},
        after={item_code: audit_view(entry), "total": held.sheet.total},
    )
    return _saved(entry, saved_sheet(held, result, changed), result.item(item_code).message)


@transaction.atomic
def put_off(*, actor: Actor, clock: Clock, public_id: str, item_code: str, later: bool) -> None:
    """Mark an item of a self sheet 稍后处理, or take the mark away; its answer and version stay as they are.

    Raises:
        NotVisible, Forbidden, WrongStep: no such sheet or item, another's sheet, signed or item not opened.
    """
    del clock
    held = hold(actor, public_id)
    require_writer(held.sheet, actor)
    require_open(held.sheet)
    entry = _entry(held, item_code)
    if entry.later != later:
        entry.later = later
        entry.save(update_fields=["later"])


@transaction.atomic
def adopt_scores(
    *, actor: Actor, clock: Clock, public_id: str, item_codes: Collection[str] | None = None
) -> SavedSheet:
    """Take over the scores one starts from (key =): for the named items, else for every item not yet scored.

    The district takes the enterprise's, an expert the district's. An item without points there (待判定) is left:
    it must be judged. 不适用 that the enterprise claimed is left, too, unless it is named: it must be confirmed.

    Raises:
        NotVisible, Forbidden, WrongStep: as for `save_entry`; Forbidden also where scores are hidden from experts.
    """
    held = hold(actor, public_id)
    require_writer(held.sheet, actor)
    require_open(held.sheet)
    if not is_official(held.sheet):
        raise Forbidden("自评表不能采用其他评分。")
    moment = clock.now()
    if scores_are_hidden(held.sheet):
        raise Forbidden("本批次专家独立评分，不显示自评分和初评分。")
    found = baselines(actor, held.sheet)
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    touched: list[ScoreEntry] = []
    for code, entry in held.entries.items():
        named = item_codes is not None and code in item_codes
        if not named and (item_codes is not None or entry.item_state != ItemState.UNANSWERED.value):
            continue
        content = _adopted(held.sheet, found, code, named=named)
        if content is None or content == content_of(entry) or not is_opened(held.sheet, code):
            continue
        before[code] = audit_view(entry)
        put(entry, content, actor, moment)
        touched.append(entry)
    result, changed = apply_result(held, moment, skip=[entry.item_code for entry in touched])
    if touched:
        write_entries(
            touched,
            [
                "answer",
                "judged_points",
                "reason",
                "points",
                "item_state",
                "version",
                "updated_at",
                "updated_by",
            ],
        )
        store_sums(held)
        after = {entry.item_code: audit_view(entry) for entry in touched}
        audit.record(
            actor=actor,
            event="score.entry.adopt",
            subject=audited(held.sheet),
            moment=moment,
            rule="R-15",
            before=before,
            after={**after, "total": held.sheet.total},
        )
    return saved_sheet(held, result, changed)


@transaction.atomic
def confirm_by_city(*, actor: Actor, clock: Clock, public_id: str, dimension: str) -> SavedSheet:
    """Confirm as the city that more raw points than the setting allows are 不适用 in one dimension of a district sheet.

    Raises:
        Forbidden: not a municipal 经办 or 签批.
        NotVisible, WrongStep: no such open district sheet, or nothing is 不适用 there.
    """
    if actor.role is not Role.MUNICIPAL or not actor.has(Duty.HANDLER, Duty.SIGNER):
        raise Forbidden("此项由市工业和信息化局确认。")
    held = hold(actor, public_id)
    require_open(held.sheet)
    codes = [row.code for part in held.spec.dimensions if part.code == dimension for row in part.items]
    rows = [
        held.entries[code]
        for code in codes
        if held.entries[code].item_state == ItemState.NOT_APPLICABLE.value
    ]
    if held.sheet.kind != DISTRICT or not rows:
        raise WrongStep("该维度没有待市级确认的不适用条目。")
    moment = clock.now()
    for entry in rows:
        entry.answer = {**entry.answer, "confirmed_by_city": True}
        entry.version += 1
    write_entries(rows, ["answer", "version"])
    result, changed = apply_result(held, moment)
    store_sums(held)
    audit.record(
        actor=actor,
        event="score.not_applicable.city",
        subject=held.sheet,
        moment=moment,
        rule="R-15",
        after={"dimension": dimension, "items": [entry.item_code for entry in rows]},
    )
    return saved_sheet(held, result, changed)


@transaction.atomic
def set_evidence_counts(
    *, actor: Actor, clock: Clock, application_id: int, counts: Mapping[str, int]
) -> None:
    """Tell the open self sheet of an application how many files stand at which items; nothing happens without one.

    For rooms above, in the transaction of attaching or detaching: a claim without evidence blocks handing in
    (DECISIONS 2). Files change no points and no state (tests/policy/evaluation), so nothing is scored again: two
    statements. The first locks the sheet: whoever hands it in meanwhile waits, and then sees the counts.
    """
    sheets = ScoreSheet.objects.visible_to(actor).filter(
        application_id=application_id, kind=SELF, is_current=True, state=OPEN
    )
    if not counts or not sheets.update(changed_at=clock.now().at):
        return
    numbers = [
        When(item_code__in=[code for code, count in counts.items() if count == number], then=Value(number))
        for number in sorted(set(counts.values()))
    ]
    entries = ScoreEntry.objects.filter(sheet__in=sheets, item_code__in=list(counts))
    entries.update(evidence_count=Case(*numbers))


def _entry(held: Held, item_code: str) -> ScoreEntry:
    entry = held.entries.get(item_code)
    if entry is None:
        raise NotVisible("评价体系中没有这个条目。")
    if not is_opened(held.sheet, item_code):
        raise WrongStep("该条目未退回补正，不能修改。")
    return entry


def is_opened(sheet: ScoreSheet, item_code: str) -> bool:
    """Return whether the item may be written (all of them, or those returned for supplement)."""
    return sheet.open_items is None or item_code in sheet.open_items


def content_of(entry: ScoreEntry) -> _Content:
    """Return what an entry says, to be compared with what is sent."""
    return (entry.answer, entry.judged_points, entry.reason)


def put(entry: ScoreEntry, content: _Content, actor: Actor, moment: Moment) -> None:
    """Write new content into an entry in memory; the caller stores it."""
    entry.answer, entry.judged_points, entry.reason = content
    entry.version += 1
    entry.updated_at, entry.updated_by_id = moment.at, actor.user_id


def _store(entry: ScoreEntry) -> None:
    entry.save(
        update_fields=[
            "answer",
            "judged_points",
            "reason",
            "points",
            "item_state",
            "version",
            "updated_at",
            "updated_by",
        ]
    )


def judged_content(
    held: Held,
    item_code: str,
    sent: Mapping[str, Any],
    moment: Moment,
    *,
    found: dict[str, dict[str, Baseline]],
) -> _Content:
    """Check a judgement against the figures it is compared with (`baselines`)."""
    points, not_applicable, reason = official_points(sent, held.spec.item(item_code))
    if not_applicable:
        return _not_applicable(held.sheet, found, item_code, reason)
    baseline = compared_with(found, item_code)
    hidden = scores_are_hidden(held.sheet)
    if baseline is not None and points is not None and not hidden:
        require_reason(baseline, points=points, not_applicable=False, reason=reason, on=moment.on)
    return ({}, points, reason)


def _not_applicable(
    sheet: ScoreSheet, found: dict[str, dict[str, Baseline]], item_code: str, reason: str
) -> _Content:
    """Confirm 不适用: the district on its own judgement, an expert only what the district has confirmed."""
    claimed = found.get(SELF, {}).get(item_code)
    own = found.get(DISTRICT, {}).get(item_code)
    answer = {"not_applicable": True, "confirmed_by_district": True}
    if sheet.kind == EXPERT:
        if own is None or not own.not_applicable:
            raise Invalid.of("not_applicable", "不适用须由属地确认；属地已评分的条目请直接给分。")
        if own.answer.get("confirmed_by_city"):
            answer["confirmed_by_city"] = True
        return (answer, None, reason or own.reason)
    if claimed is not None and claimed.not_applicable:
        return (answer, None, reason or claimed.reason)
    if not reason:
        raise Invalid.of("reason", "企业未申请不适用，判为不适用须写明理由。")
    return (answer, None, reason)


def _adopted(
    sheet: ScoreSheet, found: dict[str, dict[str, Baseline]], code: str, *, named: bool
) -> _Content | None:
    baseline = compared_with(found, code)
    if baseline is None:
        return None
    if baseline.not_applicable:
        return _not_applicable(sheet, found, code, "") if named or sheet.kind == EXPERT else None
    return None if baseline.points is None else ({}, baseline.points, "")


def conflict_of(entry: ScoreEntry) -> Conflict:
    """Say who saved what, and when, so that neither version is lost."""
    name = (
        names_of(user_ids=[entry.updated_by_id]).get(entry.updated_by_id, "") if entry.updated_by_id else ""
    )
    at = entry.updated_at.astimezone(SHANGHAI) if entry.updated_at else None
    when = f"于 {at:%H:%M} " if at else ""
    figure = "未得分" if entry.points is None else f"{points_text(entry.points)} 分"
    return Conflict(
        f"{name or '他人'}{when}已修改条目 {entry.item_code}（现为 {figure}），请核对后再保存。",
        current={
            "item_code": entry.item_code,
            "version": entry.version,
            "updated_by": name,
            "updated_at": entry.updated_at,
            "answer": dict(entry.answer),
            "judged_points": entry.judged_points,
            "points": entry.points,
            "state": entry.item_state,
            "reason": entry.reason,
        },
    )


def audit_view(entry: ScoreEntry) -> dict[str, Any]:
    """Return an entry as the audit trail keeps it."""
    said = {**entry.answer}
    if entry.judged_points is not None:
        said["judged_points"] = entry.judged_points
    if entry.reason:
        said["reason"] = entry.reason
    return {**said, "points": entry.points}


def _saved(entry: ScoreEntry, sheet: SavedSheet, message: str) -> SavedEntry:
    return SavedEntry(
        item_code=entry.item_code,
        version=entry.version,
        points=entry.points,
        points_text="" if entry.points is None else points_text(entry.points),
        state=entry.item_state,
        state_label=ItemState(entry.item_state).label,
        message=message,
        sheet=sheet,
    )

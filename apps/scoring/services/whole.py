"""Saving many items at once: a whole form sent without scripts, or an import; all of them or none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from apps.audit import services as audit
from apps.core.actor import Actor
from apps.core.errors import Invalid, NotVisible
from apps.core.moment import Clock
from apps.scoring.models import ScoreEntry
from apps.scoring.services.answers import self_answer
from apps.scoring.services.baseline import baselines
from apps.scoring.services.entries import (
    audit_view,
    conflict_of,
    content_of,
    is_opened,
    judged_content,
    put,
)
from apps.scoring.services.records import SavedSheet
from apps.scoring.services.writing import (
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

_COLUMNS = [
    "answer",
    "judged_points",
    "reason",
    "points",
    "item_state",
    "version",
    "updated_at",
    "updated_by",
]


@transaction.atomic
def save_entries(
    *,
    actor: Actor,
    clock: Clock,
    public_id: str,
    answers: Mapping[str, Mapping[str, Any]],
    versions: Mapping[str, int] | None = None,
) -> SavedSheet:
    """Save the given items of a sheet in one act; unchanged ones are left alone.

    Args:
        actor: the writer of the sheet.
        clock: when.
        public_id: the sheet.
        answers: item code → what `save_entry` takes.
        versions: row versions the page was showing; an item that is not named is not compared.

    Returns:
        The sums as they are now.

    Raises:
        NotVisible, Forbidden, WrongStep: no such sheet or item, another's sheet, signed.
        Conflict: somebody saved one of the items meanwhile; the first one is told.
        Invalid: every entry that cannot be taken, keyed by item code.
    """
    held = hold(actor, public_id)
    require_writer(held.sheet, actor)
    require_open(held.sheet)
    moment = clock.now()
    official = is_official(held.sheet)
    found = baselines(actor, held.sheet) if official else {}
    errors: dict[str, list[str]] = {}
    before: dict[str, Any] = {}
    touched: list[ScoreEntry] = []
    for code, sent in answers.items():
        entry = held.entries.get(code)
        if entry is None:
            raise NotVisible("评价体系中没有这个条目。")
        if not is_opened(held.sheet, code):
            continue
        try:
            if official:
                content = judged_content(held, code, sent, moment, found=found)
            else:
                stored, reason = self_answer(sent, held.spec.item(code), held.spec)
                content = (stored, None, reason)
        except Invalid as invalid:
            errors[code] = [message for messages in invalid.errors.values() for message in messages]
            continue
        if content == content_of(entry):
            continue
        if versions is not None and versions.get(code, entry.version) != entry.version:
            raise conflict_of(entry)
        before[code] = audit_view(entry)
        put(entry, content, actor, moment)
        touched.append(entry)
    if errors:
        raise Invalid(errors)
    result, changed = apply_result(held, moment, skip=[entry.item_code for entry in touched])
    if touched:
        write_entries(touched, _COLUMNS)
        store_sums(held)
        audit.record(
            actor=actor,
            event="score.entry.save",
            subject=audited(held.sheet),
            moment=moment,
            rule="R-15",
            before=before,
            after={
                **{entry.item_code: audit_view(entry) for entry in touched},
                "total": held.sheet.total,
            },
        )
    return saved_sheet(held, result, changed)

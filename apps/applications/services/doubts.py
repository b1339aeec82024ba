"""Explaining figures and files the platform questions; an explanation is no part of the declaration."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from apps.applications.models import DoubtNote
from apps.applications.selectors.doubts import doubts
from apps.applications.services.advance import person
from apps.applications.services.editing import for_editing
from apps.audit import services as audit
from apps.core.actor import Actor
from apps.core.errors import Invalid
from apps.core.moment import Clock
from apps.core.text import clean_text

_LIMIT = 500


@transaction.atomic
def explain_doubts(*, actor: Actor, clock: Clock, public_id: str, notes: Mapping[str, str]) -> int:
    """Keep what the enterprise says about its doubts; an empty text takes an explanation back.

    Args:
        actor: a member of the enterprise.
        clock: when.
        public_id: which application; it must still be open for its enterprise.
        notes: key of a doubt → explanation, up to 500 characters; doubts that are not named stay as they are.

    Returns:
        Number of explanations that changed.

    Raises:
        NotVisible, Forbidden, WrongStep, RuleBroken: see `for_editing`.
        Invalid: a text is too long, or a key names no doubt of this application (it may have gone since the page was
            shown); all at `note.<key>`.
    """
    row, moment = for_editing(actor=actor, clock=clock, public_id=public_id, part="item", codes=())
    present = {one.key: one for one in doubts(actor=actor, public_id=public_id)}
    errors: dict[str, list[str]] = {}
    changed: dict[str, tuple[str, str]] = {}
    for key, text in notes.items():
        try:
            words = clean_text(text, field=f"note.{key}", label="说明", limit=_LIMIT, multiline=True)
        except Invalid as refusal:
            errors |= refusal.errors
            continue
        known = present.get(key)
        if known is None:
            if words:
                errors[f"note.{key}"] = ["这处疑点已不存在，无需说明，请刷新页面。"]
        elif words != known.note:
            changed[key] = (known.note, words)
    if errors:
        raise Invalid(errors)
    for key, (_, words) in changed.items():
        if words:
            DoubtNote.objects.update_or_create(
                application=row,
                key=key,
                defaults={"text": words, "written_by_id": person(actor), "written_at": moment.at},
            )
        else:
            DoubtNote.objects.filter(application=row, key=key).delete()
    if changed:
        audit.record(
            actor=actor,
            event="application.explain_doubts",
            subject=row,
            moment=moment,
            rule="R-12",
            before={key: before for key, (before, _) in changed.items()},
            after={key: after for key, (_, after) in changed.items()},
        )
    return len(changed)

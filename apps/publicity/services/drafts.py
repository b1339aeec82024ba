"""Mending a draft that was returned: its words and its list; what is published is corrected by a new notice instead."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from apps.applications import services as applications
from apps.audit.services import record
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Forbidden, Invalid, WrongStep
from apps.core.moment import Clock
from apps.publicity.models import NoticeEntry
from apps.publicity.services.notices import (
    NoticeText,
    checked_case,
    cleaned_text,
    entry_values,
    locked_notice,
    require_credit,
)
from apps.publicity.states import DRAFT, ENTRY_LIFE, NOTICE_LIFE, STANDING


@transaction.atomic
def revise_notice(
    *,
    actor: Actor,
    clock: Clock,
    public_id: str,
    text: NoticeText,
    application_public_ids: Sequence[str] | None = None,
) -> None:
    """Change the words of a draft and, when given, its list (a 更正公示 keeps its list).

    Args:
        actor: municipal 经办.
        clock: the legal clock.
        public_id: of a notice in draft.
        text: the words as they shall be.
        application_public_ids: the whole list as it shall be; None leaves it alone.

    Raises:
        RuleBroken: an added case without a credit result that allows it today (R-23).
        Invalid: faulty text, an empty list, a case that stands on another draft.
        WrongStep: not a draft any more; a case that is elsewhere.
        NotVisible, Forbidden: gates 1–2.
    """
    row = locked_notice(actor=actor, public_id=public_id)
    if actor.role is not Role.MUNICIPAL or not actor.has(Duty.HANDLER):
        raise Forbidden("公示由市局经办修改。")
    if row.state != DRAFT:
        raise WrongStep(f"当前状态为「{NOTICE_LIFE.label(row.state)}」，不能修改。")
    moment = clock.now()
    values = cleaned_text(text)
    before = {name: getattr(row, name) for name, value in values.items() if getattr(row, name) != value}
    for name, value in values.items():
        setattr(row, name, value)
    row.version += 1
    row.save()
    listed: dict[str, list[str]] = {"added": [], "removed": []}
    if application_public_ids is not None:
        listed = _relist(actor, clock, row.pk, application_public_ids, corrects=row.corrects_id is not None)
    record(
        actor=actor,
        event="notice.revise",
        subject=row,
        moment=moment,
        rule="R-24",
        before=before,
        after={**{name: values[name] for name in before}, **listed},
    )


def _relist(
    actor: Actor, clock: Clock, notice_id: int, wanted_ids: Sequence[str], *, corrects: bool
) -> dict[str, list[str]]:
    """Make the standing entries of a draft those of *wanted_ids*, in order of district and number."""
    if corrects:
        raise Invalid.of("applications", "更正公示的名单由更正时确定，不能增减。")
    wanted = list(dict.fromkeys(wanted_ids))
    if not wanted:
        raise Invalid.of("applications", "请至少选择一家企业。")
    moment = clock.now()
    entries = {
        entry.application.public_id: entry
        for entry in NoticeEntry.objects.filter(notice_id=notice_id).select_related("application")
    }
    standing = {public_id for public_id, entry in entries.items() if entry.state == STANDING}
    cases = {
        public_id: applications.lock_application(actor=actor, public_id=public_id)
        for public_id in sorted(wanted)
    }
    added = [public_id for public_id in wanted if public_id not in standing]
    for public_id in added:
        checked_case(cases[public_id])
    require_credit([cases[public_id] for public_id in added], moment.on)
    for public_id in standing - set(wanted):
        entry = entries[public_id]
        entry.state = ENTRY_LIFE.step(entry.state, "withdraw", actor).target
        entry.save(update_fields=["state"])
    ordered = sorted(cases.values(), key=lambda case: (case.district, case.number or ""))
    for position, case in enumerate(ordered, start=1):
        entry = entries.get(case.public_id) or NoticeEntry(notice_id=notice_id)
        for name, value in entry_values(case, position).items():
            setattr(entry, name, value)
        entry.save()
    return {
        "added": [cases[public_id].enterprise_name for public_id in added],
        "removed": sorted(entries[public_id].enterprise_name for public_id in standing - set(wanted)),
    }

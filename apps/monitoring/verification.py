"""Invariants of monitoring, for `manage.py verify` (run as the system)."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import F

from apps.core.actor import Actor
from apps.monitoring import states
from apps.monitoring.models import Cancellation, Recheck, Rectification
from apps.titles import selectors as titles

#: State of a rectification → states its title may be in.
_TITLE_OF = {
    states.ORDERED: {"rectifying"},
    states.SERVED: {"rectifying"},
    states.SUBMITTED: {"rectifying"},
}
_TITLE_AFTER = {
    states.PROPOSED: {"cancelling"},
    states.CANCELLED: {"cancelled"},
    states.SUSPENDED: {"suspended", "valid", "lapsed"},
}
#: A title given up or removed from its list meanwhile ends whatever was going on.
_ENDED = {"surrendered", "lapsed"}


def problems() -> Iterator[str]:
    """Yield a Chinese sentence for every broken invariant."""
    yield from _rechecks()
    yield from _rectifications()
    yield from _cancellations()


def _rechecks() -> Iterator[str]:
    reported = Recheck.objects.filter(state=states.REPORTED).select_related("title")
    for row in reported.filter(signed_by=F("recorded_by")).order_by("pk"):
        yield f"{row.title.enterprise_name}的复核由登记人自己签批。"
    ordered = reported.exclude(trigger=Recheck.AFTER_SUSPENSION)
    for row in ordered.filter(passed=False, rectification=None).order_by("pk"):
        yield f"{row.title.enterprise_name}的复核不合格，但没有责令整改。"
    for row in reported.filter(passed=True, rectification__isnull=False).order_by("pk"):
        yield f"{row.title.enterprise_name}的复核合格，却有整改记录。"


def _rectifications() -> Iterator[str]:
    for row in Rectification.objects.select_related("title").order_by("pk"):
        allowed = _TITLE_OF.get(row.state)
        if allowed is not None and row.title.state not in allowed | _ENDED:
            yield f"{row.title.enterprise_name}正在整改，但称号状态不是整改中。"
        if row.state == states.OVERDUE and not Cancellation.objects.filter(rectification=row).exists():
            yield f"{row.title.enterprise_name}的整改已逾期，但没有取消称号的提请。"


def _cancellations() -> Iterator[str]:
    for row in Cancellation.objects.select_related("title").order_by("pk"):
        name = row.title.enterprise_name
        allowed = None if _restored(row) else _TITLE_AFTER.get(row.state)
        if allowed is not None and row.title.state not in allowed | _ENDED:
            yield f"{name}的取消称号记录与称号状态不一致。"
        if row.state != states.PROPOSED and not row.document_no:
            yield f"{name}的取消称号决定没有文号。"
        if row.state == states.CANCELLED:
            bans = titles.bans_of(actor=Actor.system(), enterprise_id=row.enterprise_id)
            if not any(ban.from_on == row.decided_on for ban in bans):
                yield f"{name}的称号已取消，但没有禁报期。"


def _restored(row: Cancellation) -> bool:
    """Whether a suspended title stands again because a later visit of the city was passed."""
    return (
        row.state == states.SUSPENDED
        and Recheck.objects.filter(
            title_id=row.title_id, trigger=Recheck.AFTER_SUSPENSION, state=states.REPORTED, passed=True
        ).exists()
    )

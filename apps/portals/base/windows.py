"""延长受理时间 as both bureaus grant it: the enterprise by its code or full name, the new end, the reason (R-12)."""

from __future__ import annotations

from django.http import HttpRequest

from apps.accounts import selectors as accounts
from apps.applications import services
from apps.core.actor import Actor
from apps.core.moment import Clock
from apps.portals.base.posted import FormFaults, instant, text


def extend(request: HttpRequest, *, actor: Actor, clock: Clock, round_public_id: str) -> str:
    """Grant what the form says; return the enterprise's name.

    Raises:
        Invalid: no such enterprise in sight, no end, or what the service finds.
        NotVisible, Forbidden, WrongStep: of `applications.services.extend_window`.
    """
    wanted = text(request, "enterprise").strip()
    found = accounts.identified(actor=actor, usccs=[wanted.upper()], names=[wanted]) if wanted else []
    with FormFaults() as faults:
        until = faults.reads(lambda: instant(request, "until", "延长后的截止时间"))
        if len(found) != 1:
            faults.add("enterprise", "没有找到这家企业，请填写完整的统一社会信用代码或企业全称。")
            # The service judges the rest by the enterprise's own window; without one, what is surely wrong
            # is still said at once.
            if until is not None and until <= clock.now().at:
                faults.add("until", "延长后的截止时间应晚于现在。")
            faults.wanted(request, "reason", "延长受理时间的理由")
    services.extend_window(
        actor=actor,
        clock=clock,
        round_public_id=round_public_id,
        enterprise_public_id=found[0].public_id,
        until=until,
        reason=text(request, "reason"),
    )
    return found[0].name

"""The end of a ban: known from the day it begins, told to the enterprise when it comes (R-11, R-41)."""

from __future__ import annotations

from datetime import timedelta

from apps.core.moment import Clock, Moment
from apps.deadlines import services as deadlines
from apps.deadlines.registry import OverdueObligation, register_kind
from apps.deadlines.states import Party
from apps.notifications.services import enqueue
from apps.policy.calendar import chinese
from apps.titles.models import Ban

BAN = "title.ban"


def register() -> None:
    """Register the kind; called once by `TitlesConfig.ready`."""
    register_kind(
        BAN,
        label="禁报期",
        party=Party.ENTERPRISE,
        todo="禁报期届满后可以重新申报，无需办理。",
        path="titles/",
        reminds=False,
        follows=True,
        on_overdue=ban_ended,
        outcome="禁报期自动解除，告知企业可以重新申报。",
    )


def await_end(ban: Ban, moment: Moment) -> None:
    """Put the end of *ban* among what is dated: its last day is the day before one may apply again."""
    deadlines.open_obligation(
        kind=BAN,
        subject=ban,
        rule="R-41",
        moment=moment,
        enterprise=ban.enterprise_id,
        district=ban.district_id,
        due_on=ban.until_on - timedelta(days=1),
        basis=f"自取消决定之日{chinese(ban.from_on)}起三年，{chinese(ban.until_on)}起可以重新申报。",
        number=ban.title.certificate_no or "",
        label=ban.title.enterprise_name,
    )


def ban_ended(obligation: OverdueObligation, *, clock: Clock) -> None:
    """Tell the enterprise that it may apply again; the ban itself stays on record and simply no longer bars."""
    ban = Ban.objects.get(pk=obligation.subject_id)
    moment = clock.now()
    enqueue(
        key=f"ban_ended:{ban.public_id}",
        template="ban_ended",
        context={
            "enterprise": ban.title.enterprise_name,
            "reapply_on": chinese(ban.until_on),
            "public_id": ban.public_id,
        },
        to_enterprise=ban.enterprise_id,
        subject=ban,
        moment=moment,
    )
    deadlines.meet_obligation(kind=BAN, subject=ban, moment=moment)

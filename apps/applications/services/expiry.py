"""The last day of a certificate as something owed: reminded before it comes, shown until the new one is entered."""

from __future__ import annotations

from apps.applications.models import Holding
from apps.core.moment import Moment
from apps.deadlines import services as deadlines
from apps.deadlines.registry import register_kind
from apps.deadlines.states import Party
from apps.policy.calendar import chinese

EXPIRY = "record.expiry"


def register() -> None:
    """Register the kind; called once by `ApplicationsConfig.ready`."""
    register_kind(
        EXPIRY,
        label="证照到期",
        party=Party.ENTERPRISE,
        todo="请办理换证，并在企业档案更新有效期和扫描件。",
        path="file/",
        fades=True,
    )


def watch_expiry(row: Holding, moment: Moment) -> None:
    """Remind the enterprise of the last day of *row*; a changed day moves the reminder, 长期 ends it.

    Nobody but the enterprise is told: the file is its own, and no bureau acts on it.
    """
    if row.valid_until is None:
        forget_expiry(row, moment)
        return
    deadlines.open_obligation(
        kind=EXPIRY,
        subject=row,
        rule="R-39",
        moment=moment,
        enterprise=row.enterprise_id,
        due_on=row.valid_until,
        basis=f"证照有效期至{chinese(row.valid_until)}，到期前请换新证。",
        label=str(row),
    )


def forget_expiry(row: Holding, moment: Moment) -> None:
    """End the reminder of a certificate that no longer ends, or is no longer in the file."""
    deadlines.cancel_obligations(subject=row, moment=moment, kinds=[EXPIRY])

"""Titles follow their enterprise: its new name, and the district that looks after it after a move (R-43, R-13)."""

from __future__ import annotations

from apps.accounts import selectors as accounts
from apps.accounts.services import Followed
from apps.accounts.states import MOVE, RENAME
from apps.audit import services as audit
from apps.core.actor import Actor
from apps.core.moment import Moment
from apps.titles.models import Ban, StandingMark, Title
from apps.titles.services.changes import rename_titles
from apps.titles.states import LIVE


def follow_enterprise(actor: Actor, moment: Moment, followed: Followed) -> None:
    """Carry a confirmed change into the register; called as the system, in the transaction of the confirmation."""
    match followed.kind:
        case kind if kind == RENAME:
            rename_titles(
                actor=Actor.system(),
                moment=moment,
                enterprise_id=followed.enterprise_id,
                new_name=followed.after["name"],
                note=followed.note,
            )
        case kind if kind == MOVE and "district_id" in followed.after:
            _move(actor, moment, followed)


def _move(actor: Actor, moment: Moment, followed: Followed) -> None:
    """Put live titles, bans and marks under the new district; who awarded a title stays as it was."""
    district = followed.after["district_id"]
    name = next(row.name for row in accounts.districts() if row.code == district)
    rows = Title.objects.filter(enterprise_id=followed.enterprise_id, state__in=LIVE).order_by("pk")
    for title in rows.select_for_update(of=("self",)):
        before = {"district": title.district_id, "district_name": title.district_name}
        title.district_id, title.district_name = district, name
        title.version += 1
        title.changed_at = moment.at
        title.save(update_fields=["district", "district_name", "version", "changed_at"])
        audit.record(
            actor=actor,
            event="title.follow_move",
            subject=title,
            moment=moment,
            rule="R-43",
            before=before,
            after={"district": district, "district_name": name},
            note=followed.note,
        )
    for model in (Ban, StandingMark):
        model.objects.filter(enterprise_id=followed.enterprise_id).update(district_id=district)

"""The one writer of `Application.state`: every room that moves a case comes through here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from apps.applications.models import Application
from apps.applications.selectors.cases import CaseRow, case_row
from apps.applications.services.terms import follow
from apps.applications.states import APPLICATION_LIFE, FINAL
from apps.audit import services as audit
from apps.core.actor import Actor
from apps.core.errors import Conflict, Forbidden, NotVisible
from apps.core.lifecycle import Transition
from apps.core.moment import Moment
from apps.policy.parameters import Parameters

#: Facts of decisions that rooms above may write together with a step; everything else is this room's own.
FACTS = frozenset(
    {
        "prelim_total",
        "prelim_by_id",
        "prelim_signed_by_id",
        "panel_total",
        "decided_level",
        "decided_on",
        "decision_note",
        "document_no",
    }
)


@dataclass(frozen=True, slots=True)
class Advanced:
    """The case after a step."""

    id: int
    public_id: str
    number: str | None
    enterprise_id: int
    district: str
    level: int
    state: str
    state_label: str
    version: int


@transaction.atomic
def advance(
    *,
    application_id: int,
    event: str,
    actor: Actor,
    moment: Moment,
    note: str = "",
    facts: Mapping[str, Any] | None = None,
) -> Advanced:
    """Take one step in the life of an application, inside the transaction of the decision that causes it.

    Locks the row, checks the arrow (state, role, duty), writes state, version and facts, records the audit row and
    opens or closes what falls due. Rules of the plan are the caller's to check before, after `lock_application`.

    Args:
        application_id: which case.
        event: event of `APPLICATION_LIFE`.
        actor: who acts; must see the case.
        moment: when, asked of the clock after the lock.
        note: reason given by the person.
        facts: columns of `FACTS` decided together with this step.

    Raises:
        NotVisible, WrongStep, Forbidden: gates 2, 3 and 1.
        ValueError: a fact that is not in `FACTS`.
    """
    row = locked(actor, application_id=application_id)
    transition = APPLICATION_LIFE.step(row.state, event, actor)
    given = dict(facts or {})
    if not given.keys() <= FACTS:
        msg = f"not a fact of a decision: {sorted(given.keys() - FACTS)}"
        raise ValueError(msg)
    take_step(row, transition, actor=actor, moment=moment, note=note, changes=given)
    return Advanced(
        id=row.pk,
        public_id=row.public_id,
        number=row.number,
        enterprise_id=row.enterprise_id,
        district=row.district_id,
        level=row.level,
        state=row.state,
        state_label=APPLICATION_LIFE.label(row.state),
        version=row.version,
    )


def lock_application(
    *, actor: Actor, public_id: str | None = None, application_id: int | None = None
) -> CaseRow:
    """Lock one case for rooms above: lock, ask the clock, decide, then `advance`. Call inside a transaction.

    Raises:
        NotVisible: no such case for *actor*.
    """
    return case_row(locked(actor, public_id=public_id, application_id=application_id))


def locked(actor: Actor, *, public_id: str | None = None, application_id: int | None = None) -> Application:
    """Return the locked row with its enterprise, round, district and scheme (without the scheme's content).

    Raises:
        NotVisible: no such case for *actor*.
    """
    rows = (
        Application.objects.visible_to(actor)
        .select_related("enterprise", "round", "district", "scheme")
        .defer("scheme__spec")
        .select_for_update(of=("self",))
    )
    rows = rows.filter(public_id=public_id) if public_id is not None else rows.filter(pk=application_id)
    row: Application | None = rows.first()
    if row is None:
        raise NotVisible
    return row


def take_step(
    row: Application,
    transition: Transition,
    *,
    actor: Actor,
    moment: Moment,
    note: str = "",
    changes: Mapping[str, Any] | None = None,
    parameters: Parameters | None = None,
) -> None:
    """Write a checked step on a locked row: state, version, *changes*, audit, obligations (this room's use-cases).

    *parameters* are those in force at *moment*, where the use-case has them already.
    """
    changes = dict(changes or {})
    before = {"state": row.state, **{name: getattr(row, name) for name in changes}}
    for name, value in changes.items():
        setattr(row, name, value)
    row.state = transition.target
    row.version += 1
    row.changed_at = moment.at
    if row.state in FINAL:
        row.closed_at = moment.at
    row.save(update_fields=["state", "version", "changed_at", "closed_at", *changes])
    audit.record(
        actor=actor,
        event=f"application.{transition.event}",
        subject=row,
        moment=moment,
        rule=transition.rule,
        before=before,
        after={"state": row.state, **changes},
        note=note,
    )
    follow(row, transition.event, moment, parameters)


def person(actor: Actor) -> int:
    """Return the account that acts, for columns that name a person.

    Raises:
        Forbidden: the system or the public, which sign nothing.
    """
    if actor.user_id is None:
        msg = "该事项须由登录人员办理。"
        raise Forbidden(msg)
    return actor.user_id


def must_be_unchanged(row: Application, part: str, version: int) -> None:
    """Refuse to overwrite *part* when somebody saved it after *version* was read.

    Raises:
        Conflict: with the version now stored, so that the page can show both.
    """
    if int(row.part_versions.get(part, 0)) > version:
        msg = "这部分内容已被他人修改，请核对后再保存。"
        raise Conflict(
            msg, current={"part": part, "version": row.version, "changed_at": row.changed_at.isoformat()}
        )


def touch(row: Application, part: str, moment: Moment) -> list[str]:
    """Count one more version of *part*; return the columns to save."""
    row.version += 1
    row.part_versions = {**row.part_versions, part: row.version}
    row.changed_at = moment.at
    return ["version", "part_versions", "changed_at"]

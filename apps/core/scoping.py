"""Gate 2: which rows an actor may see. One place in the whole product decides it, and PostgreSQL repeats it (RLS)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Self

from django.db import connection, models
from django.db.models import Q

from apps.core.actor import Actor, Role

#: Roles that see every row of case tables (the auditor reads only: grants and services see to that).
CITYWIDE = frozenset({Role.MUNICIPAL, Role.SYSTEM, Role.AUDITOR})


@dataclass(frozen=True, slots=True)
class Scope:
    """How rows of a table are narrowed for each role; a role that is not named sees nothing.

    `enterprise` / `district` are field paths compared with the actor's enterprise id / district code;
    `sub_area` is the field path of the 板块, which counts inside the district only;
    `expert` and `user` are field paths compared with the actor's expert id / user id;
    `public`, `staff`, `owner` are conditions in addition (public site, bureaus, the enterprise itself);
    `everyone` names rows that any role may see (published ones).
    """

    enterprise: str | None = None
    district: str | None = None
    expert: str | None = None
    sub_area: str | None = None
    user: str | None = None
    public: Q | None = None
    staff: Q | None = None
    owner: Q | None = None
    citywide: bool = True
    everyone: Q | None = None

    def condition(self, actor: Actor) -> Q | None:
        """Return the filter for *actor*; None means no row at all."""
        found = self._by_role(actor)
        # An empty condition already means every row; `Q() | x` would be x alone and hide the rest.
        if found is not None and not found:
            return found
        if self.user is not None and actor.user_id is not None:
            mine = Q(**{self.user: actor.user_id})
            found = mine if found is None else found | mine
        if self.everyone is not None:
            found = self.everyone if found is None else found | self.everyone
        return found

    def _by_role(self, actor: Actor) -> Q | None:
        found: Q | None = None
        match actor.role:
            case Role.SYSTEM:
                found = Q()
            case Role.MUNICIPAL | Role.AUDITOR if self.citywide:
                found = self.staff or Q()
            case Role.DISTRICT if self.district and actor.district:
                found = Q(**{self.district: actor.district}) & (self.staff or Q())
            case Role.ENTERPRISE if self.enterprise and actor.enterprise_id:
                found = Q(**{self.enterprise: actor.enterprise_id}) & (self.owner or Q())
            case Role.EXPERT if self.expert and actor.expert_id:
                found = Q(**{self.expert: actor.expert_id}) & (self.staff or Q())
            case Role.SUB_AREA if self.sub_area and self.district and actor.district and actor.sub_area:
                found = Q(**{self.district: actor.district, self.sub_area: actor.sub_area}) & (
                    self.staff or Q()
                )
            case Role.PUBLIC:
                found = self.public
        return found


class ScopedQuerySet(models.QuerySet[Any]):
    """A queryset that must be narrowed to an actor before anything else (`visible_to`)."""

    def visible_to(self, actor: Actor) -> Self:
        """Return the rows *actor* may see."""
        scope: Scope = self.model.scope
        condition = scope.condition(actor)
        return self.none() if condition is None else self.filter(condition)


#: The actor of the `acting_as` block one stands in; None outside, and as soon as anybody else is entered.
_inside: ContextVar[Actor | None] = ContextVar("acting_as", default=None)


@contextmanager
def acting_as(actor: Actor, *, then: Actor) -> Iterator[None]:
    """Let a use-case act as *actor* for a few statements, then as *then* again.

    For the few acts whose actor has no row yet (registration) or that must look across jurisdictions without
    showing what they see (is this credit code taken?). Every use is written beside its reason.
    """
    if _inside.get() == actor:
        # Within another block of the same actor: PostgreSQL knows already.
        yield
        return
    enter(actor)
    _inside.set(actor)
    try:
        yield
    finally:
        _inside.set(None)
        # After a database error the transaction is gone and so are its settings: nothing to restore.
        if not connection.needs_rollback:
            enter(then)


def enter(actor: Actor) -> None:
    """Tell PostgreSQL who acts, for this transaction: the row-level security policies read these settings.

    Must be called inside a transaction; the settings end with it (`set_config(…, true)`).
    """
    values = (
        ("gf.role", actor.role.value),
        ("gf.user", str(actor.user_id or "")),
        ("gf.enterprise", str(actor.enterprise_id or "")),
        ("gf.district", actor.district or ""),
        ("gf.expert", str(actor.expert_id or "")),
        ("gf.sub_area", actor.sub_area),
    )
    _inside.set(None)
    with connection.cursor() as cursor:
        cursor.execute(
            "select " + ", ".join(["set_config(%s, %s, true)"] * len(values)),
            [part for pair in values for part in pair],
        )

"""The pool of experts beside one application: who is free, away, at the limit of the round, or has to step back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from apps.accounts import selectors as accounts
from apps.applications.selectors import CaseRow
from apps.core.actor import Actor
from apps.core.scoping import acting_as
from apps.parameters.selectors import in_force
from apps.review import states
from apps.review.conflicts import conflict_of, party_of
from apps.review.models import Absence, Assignment, ConflictOverride, RoundArrangement


@dataclass(frozen=True, slots=True)
class PoolMember:
    """An expert beside one application.

    `conflicts`: sentences, empty when there is no tie or an approved override covers all of them;
    `waived`: the sentences that such an override covers; `round_load`: cases of the round, `open_tasks`: of all.
    """

    expert: accounts.ExpertRow
    conflicts: tuple[str, ...]
    waived: tuple[str, ...]
    away: bool
    round_load: int
    open_tasks: int
    at_limit: bool

    @property
    def free(self) -> bool:
        """Whether the expert may be invited."""
        return not (self.conflicts or self.away or self.at_limit)


def case_limit(*, round_id: int, on: date) -> int:
    """Return how many cases of the round one expert may review at most."""
    own = RoundArrangement.objects.filter(round_id=round_id).values_list("cases_max", flat=True).first()
    return int(own) if own is not None else in_force(on=on).expert_cases_max


def waived_grounds(*, application_id: int) -> dict[int, frozenset[str]]:
    """Return expert → the grounds that approved overrides of one application cover. Read as the city."""
    found: dict[int, frozenset[str]] = {}
    rows = ConflictOverride.objects.filter(application_id=application_id, state=states.APPROVED)
    for expert_id, grounds in rows.values_list("expert_id", "grounds"):
        found[expert_id] = found.get(expert_id, frozenset()) | frozenset(grounds)
    return found


def pool_of(
    *, actor: Actor, case: CaseRow, on: date, until: date, only: Collection[int] | None = None
) -> list[PoolMember]:
    """Return the pool (or *only* some of it) for reviewing *case* from *on* until *until*, by number.

    A constant number of queries. Reads across jurisdictions (another enterprise's group, other panels' members):
    call it only for the city, which sees them anyway, or in an act of the system.
    """
    experts = accounts.experts(actor=actor, ids=None if only is None else list(only))
    with acting_as(Actor.system(), then=actor):
        tasks = Assignment.objects.exclude(state=states.RECUSED).order_by().values_list("expert_id")
        loads = {
            expert_id: (of_round, open_now)
            for expert_id, of_round, open_now in tasks.annotate(
                of_round=Count("pk", filter=Q(application__round_id=case.round_id)),
                open_now=Count("pk", filter=Q(state__in=[states.INVITED, states.DECLARED])),
            )
        }
        away = set(
            Absence.objects.filter(withdrawn_at=None, from_on__lte=until, until_on__gte=on).values_list(
                "expert_id", flat=True
            )
        )
        limit = case_limit(round_id=case.round_id, on=on)
        party = party_of(case)
        waived = waived_grounds(application_id=case.id)
    found = []
    for expert in experts:
        reasons = conflict_of(expert=expert, party=party, on=on).reasons
        covered = waived.get(expert.id, frozenset())
        of_round, open_now = loads.get(expert.id, (0, 0))
        open_reasons = tuple(reason for reason in reasons if reason not in covered)
        found.append(
            PoolMember(
                expert=expert,
                conflicts=open_reasons,
                waived=tuple(reason for reason in reasons if reason in covered),
                away=expert.id in away or not expert.is_available,
                round_load=of_round,
                open_tasks=open_now,
                at_limit=of_round >= limit,
            )
        )
    return found

"""Which values are in force on a day, and how they came to be."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from apps.core.actor import Actor, Role
from apps.core.errors import Forbidden
from apps.parameters.models import ParameterValue
from apps.parameters.states import IN_FORCE, PROPOSED, VALUE_LIFE
from apps.policy.parameter_spec import ParameterSpec
from apps.policy.parameters import SPECS, Parameters

_READERS = frozenset({Role.MUNICIPAL, Role.SYSTEM_ADMIN, Role.AUDITOR, Role.SYSTEM})


@dataclass(frozen=True, slots=True)
class ValueRow:
    """One choice of the bureau, in the past, now or to come."""

    public_id: str
    key: str
    title: str
    display: str
    effective_from: date
    reason: str
    state: str
    state_label: str
    proposed_by: str
    proposed_at: datetime
    approved_by: str
    approved_at: datetime | None
    withdrawn_by: str
    withdrawn_at: datetime | None
    #: Account of the proposer, who may not approve.
    proposer: int


@dataclass(frozen=True, slots=True)
class ParameterRow:
    """One parameter as the page shows it: what holds today, the default, and what is coming."""

    key: str
    group: str
    title: str
    meaning: str
    rule: str
    clause: str
    value: str
    default: str
    is_default: bool
    since: date | None
    pending: Sequence[ValueRow]


def values_on(*, on: date) -> dict[str, Any]:
    """Return key → stored value of every parameter the bureau has chosen, as of *on* (one query)."""
    rows = (
        ParameterValue.objects.filter(state=IN_FORCE, effective_from__lte=on)
        .order_by("key", "-effective_from")
        .distinct("key")
        .values_list("key", "value")
    )
    # A key that a later release no longer knows must not stop the site; `verify` reports it.
    return {key: value for key, value in rows if key in SPECS}


def coming_values(*, after: date) -> list[ValueRow]:
    """Return the approved choices that take force by themselves after *after*, the earliest first (one query)."""
    rows = ParameterValue.objects.filter(state=IN_FORCE, effective_from__gt=after)
    return [
        _row(row)
        for row in rows.select_related("proposed_by", "approved_by", "withdrawn_by").order_by(
            "effective_from", "pk"
        )
    ]


def in_force(*, on: date) -> Parameters:
    """Return the parameters in force on the Shanghai date *on*; what the bureau has not chosen has its default."""
    return _parameters(json.dumps(values_on(on=on), sort_keys=True))


@lru_cache(maxsize=64)
def _parameters(values: str) -> Parameters:
    return Parameters.from_values(json.loads(values))


def _display(spec: ParameterSpec | None, value: Any) -> str:
    return spec.display(spec.parse(value)) if spec else str(value)


def _row(value: ParameterValue) -> ValueRow:
    spec = SPECS.get(value.key)
    return ValueRow(
        value.public_id,
        value.key,
        spec.title if spec else value.key,
        _display(spec, value.value),
        value.effective_from,
        value.reason,
        value.state,
        VALUE_LIFE.label(value.state),
        str(value.proposed_by),
        value.proposed_at,
        str(value.approved_by) if value.approved_by else "",
        value.approved_at,
        str(value.withdrawn_by) if value.withdrawn_by else "",
        value.withdrawn_at,
        value.proposed_by_id,
    )


def _require_reader(actor: Actor) -> None:
    if actor.role not in _READERS:
        raise Forbidden("裁量参数由市工业和信息化局管理。")


def history(*, actor: Actor, key: str | None = None) -> list[ValueRow]:
    """Return every choice ever made (of one parameter), newest first.

    Raises:
        Forbidden: neither the city's bureau nor an administrator.
    """
    _require_reader(actor)
    rows = ParameterValue.objects.select_related("proposed_by", "approved_by", "withdrawn_by").order_by("-pk")
    if key is not None:
        rows = rows.filter(key=key)
    return [_row(row) for row in rows]


def waiting(*, actor: Actor, key: str) -> list[tuple[Any, date]]:
    """Return (typed value, first day) of what is proposed for one parameter and not approved yet, the next first.

    Raises:
        Forbidden: neither the city's bureau nor an administrator.
    """
    _require_reader(actor)
    spec = SPECS[key]
    rows = ParameterValue.objects.filter(key=key, state=PROPOSED).order_by("effective_from", "pk")
    return [(spec.parse(row.value), row.effective_from) for row in rows]


def proposal(*, actor: Actor, public_id: str) -> ValueRow | None:
    """Return one choice by its public id, None when there is none.

    Raises:
        Forbidden: neither the city's bureau nor an administrator.
    """
    _require_reader(actor)
    rows = ParameterValue.objects.select_related("proposed_by", "approved_by", "withdrawn_by")
    row = rows.filter(public_id=public_id).first()
    return None if row is None else _row(row)


def table(*, actor: Actor, on: date) -> list[ParameterRow]:
    """Return every parameter with what holds on *on* and what is proposed or approved for later.

    Raises:
        Forbidden: neither the city's bureau nor an administrator.
    """
    _require_reader(actor)
    current = in_force(on=on)
    since: Mapping[str, date] = dict(
        ParameterValue.objects.filter(state=IN_FORCE, effective_from__lte=on)
        .order_by("key", "-effective_from")
        .distinct("key")
        .values_list("key", "effective_from")
    )
    pending: dict[str, list[ValueRow]] = {}
    open_rows = ParameterValue.objects.select_related("proposed_by", "approved_by", "withdrawn_by").order_by(
        "effective_from"
    )
    for row in open_rows.filter(state__in=[PROPOSED, IN_FORCE]):
        if row.state == PROPOSED or row.effective_from > on:
            pending.setdefault(row.key, []).append(_row(row))
    return [
        ParameterRow(
            key,
            spec.group,
            spec.title,
            spec.meaning,
            spec.rule or "",
            spec.clause,
            spec.display(getattr(current, key)),
            spec.display(spec.default),
            getattr(current, key) == spec.default,
            since.get(key),
            tuple(pending.get(key, ())),
        )
        for key, spec in SPECS.items()
    ]

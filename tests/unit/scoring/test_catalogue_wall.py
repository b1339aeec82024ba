"""Drafts of evaluation systems are the city's alone, values in force everybody's; only the city writes either."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.db.models import Model

from apps.core.actor import Actor, Role
from apps.core.errors import NotVisible
from apps.core.moment import FixedClock
from apps.core.scoping import enter
from apps.scoring import selectors
from apps.scoring import services as scoring
from apps.scoring.models import BenchmarkValue, Scheme
from apps.scoring.states import DRAFT, PUBLISHED, RETIRED
from tests import worlds

pytestmark = pytest.mark.django_db
_REFUSED = "row-level security|the auditor only reads"
OTHERS = [
    Actor.public(),
    Actor(role=Role.ENTERPRISE, user_id=1, enterprise_id=1),
    Actor(role=Role.DISTRICT, user_id=1, district="320583"),
    Actor(role=Role.EXPERT, user_id=1, expert_id=1),
    Actor(role=Role.AUDITOR, user_id=1),
    Actor(role=Role.SYSTEM_ADMIN, user_id=1),
]


@pytest.fixture
def city(clock: FixedClock) -> worlds.Staff:
    enter(Actor.system())
    return worlds.municipal_staff(clock)


@pytest.fixture
def draft(clock: FixedClock, city: worlds.Staff) -> str:
    enter(city.handler)
    content = {**Scheme.objects.get(code="GBT36132-2025", status=PUBLISHED).spec, "name": "未发布的修订版"}
    content["effective_from"] = None
    return scoring.import_scheme(actor=city.handler, clock=clock, content=content)


def _shown(model: type[Model]) -> set[Any]:
    """Return what the wall alone lets through: no selector in between."""
    return set(model._default_manager.values_list("pk", flat=True))


@pytest.mark.parametrize("actor", OTHERS, ids=lambda actor: actor.role.value)
def test_a_draft_is_the_citys_alone(actor: Actor, draft: str, city: worlds.Staff) -> None:
    enter(city.handler)
    row = Scheme.objects.get(public_id=draft)
    assert selectors.scheme(actor=city.handler, public_id=draft).status == DRAFT
    assert draft in {one.public_id for one in selectors.schemes(actor=city.handler, status=None)}
    enter(actor)
    # the first wall (the application) and the second (the database) each alone
    assert row.pk not in _shown(Scheme)
    assert draft not in {one.public_id for one in selectors.schemes(actor=actor, status=None)}
    enter(Actor.system())
    for select in (
        lambda: selectors.scheme(actor=actor, public_id=draft),
        lambda: selectors.scheme(actor=actor, scheme_id=row.pk),
        lambda: selectors.scheme_spec(actor=actor, scheme_id=row.pk),
    ):
        with pytest.raises(NotVisible):
            select()
    assert draft not in {one.public_id for one in selectors.schemes(actor=actor, status=None)}


def test_what_is_published_or_retired_is_everybodys(
    clock: FixedClock, draft: str, city: worlds.Staff
) -> None:
    enter(city.signer)
    scoring.publish_scheme(actor=city.signer, clock=clock, public_id=draft)
    old = Scheme.objects.get(code="GBT36132-2025", status=RETIRED).public_id
    for actor in OTHERS:
        enter(actor)
        shown = {one.public_id: one.status for one in selectors.schemes(actor=actor, status=None)}
        assert (shown[draft], shown[old]) == (PUBLISHED, RETIRED)
        assert selectors.scheme(actor=actor, public_id=draft).status == PUBLISHED


@pytest.mark.parametrize("actor", OTHERS, ids=lambda actor: actor.role.value)
def test_only_the_city_writes_the_catalogue(
    clock: FixedClock, actor: Actor, draft: str, city: worlds.Staff
) -> None:
    enter(city.handler)
    scheme = Scheme.objects.get(code="GBT36132-2025", status=PUBLISHED)
    value = BenchmarkValue.objects.filter(retired_on=None).first()
    assert value is not None
    enter(actor)
    _changes_nothing(actor, lambda: Scheme.objects.filter(pk=scheme.pk).update(status=RETIRED))
    # Not seen, it is not even asked to go: no statement reaches the table.
    assert Scheme.objects.filter(public_id=draft).delete()[0] == 0
    _changes_nothing(
        actor, lambda: BenchmarkValue.objects.filter(pk=value.pk).update(retired_on=date(2026, 11, 22))
    )
    scheme.pk, scheme.public_id, scheme.code, scheme._state.adding = None, "", "GBT-FORGED", True
    with pytest.raises(DatabaseError, match=_REFUSED), transaction.atomic():
        scheme.save(force_insert=True)
    value.pk, value.subject, value._state.adding = None, "伪造", True
    with pytest.raises(DatabaseError, match=_REFUSED), transaction.atomic():
        value.save(force_insert=True)


def _changes_nothing(actor: Actor, write: Callable[[], int]) -> None:
    """The auditor's statement is refused; the others' finds no row it may change."""
    if actor.role is Role.AUDITOR:
        with pytest.raises(DatabaseError, match="the auditor only reads"), transaction.atomic():
            write()
    else:
        assert write() == 0


@pytest.mark.parametrize("actor", OTHERS, ids=lambda actor: actor.role.value)
def test_a_replaced_benchmark_value_is_the_citys_alone(
    clock: FixedClock, actor: Actor, city: worlds.Staff
) -> None:
    enter(city.handler)
    old = BenchmarkValue.objects.filter(retired_on=None).order_by("pk").first()
    assert old is not None
    scoring.record_benchmarks(
        actor=city.handler,
        clock=clock,
        rows=[
            {
                "metric": old.metric,
                "subject": old.subject,
                "industry_code": old.industry_code,
                "kind": old.kind,
                "value": str(old.value * 2),
                "unit": old.unit,
                "source": "示例年鉴",
                "period": "2026",
                "approved_by": "示例",
            }
        ],
    )
    assert old.pk in _shown(BenchmarkValue)
    new = BenchmarkValue.objects.get(source="示例年鉴").pk
    enter(actor)
    assert new in _shown(BenchmarkValue)
    assert old.pk not in _shown(BenchmarkValue)
    enter(Actor.system())
    assert old.pk not in set(BenchmarkValue.objects.visible_to(actor).values_list("pk", flat=True))

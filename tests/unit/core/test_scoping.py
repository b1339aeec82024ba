"""Gate 2 in one place: what a scope lets each role see, and that PostgreSQL forgets the actor with the transaction."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.db.models import Q

from apps.accounts.models import Enterprise
from apps.core.actor import Actor, Role
from apps.core.errors import RuleBroken, require
from apps.core.scoping import Scope, acting_as, enter
from apps.policy.verdict import Verdict, refuse
from tests.unit.foundation import rows

ENTERPRISE = Actor(role=Role.ENTERPRISE, user_id=1, enterprise_id=7)
DISTRICT = Actor(role=Role.DISTRICT, user_id=2, district="320583")
CITY = Actor(role=Role.MUNICIPAL, user_id=3)
EXPERT = Actor(role=Role.EXPERT, user_id=4, expert_id=4)
AUDITOR = Actor(role=Role.AUDITOR, user_id=5)
ADMINS = [Actor(role=Role.SYSTEM_ADMIN, user_id=6), Actor(role=Role.SECURITY_ADMIN, user_id=7)]


def test_a_role_that_is_not_named_sees_nothing() -> None:
    scope = Scope()
    for actor in (ENTERPRISE, DISTRICT, EXPERT, Actor.public(), *ADMINS):
        assert scope.condition(actor) is None
    for actor in (CITY, AUDITOR, Actor.system()):
        assert scope.condition(actor) == Q()


def test_each_role_is_narrowed_to_its_own() -> None:
    scope = Scope(enterprise="enterprise_id", district="district_id", expert="expert_id")
    assert scope.condition(ENTERPRISE) == Q(enterprise_id=7)
    assert scope.condition(DISTRICT) == Q(district_id="320583")
    assert scope.condition(EXPERT) == Q(expert_id=4)
    assert scope.condition(Actor(role=Role.DISTRICT)) is None
    assert scope.condition(Actor(role=Role.ENTERPRISE)) is None
    assert scope.condition(Actor(role=Role.EXPERT)) is None


@pytest.mark.parametrize("actor", [CITY, AUDITOR, Actor.system()])
def test_what_everybody_may_see_never_narrows_who_sees_all(actor: Actor) -> None:
    """`Q() | x` is x: an empty condition joined with a public one would hide every draft from the city."""
    scope = Scope(everyone=Q(state="published"), user="owner_id")
    assert scope.condition(actor) == Q()


def test_everyone_and_user_widen() -> None:
    scope = Scope(enterprise="enterprise_id", everyone=Q(state="published"), user="owner_id")
    assert scope.condition(ENTERPRISE) == Q(enterprise_id=7) | Q(owner_id=1) | Q(state="published")
    assert scope.condition(Actor.public()) == Q(state="published")


def test_conditions_for_the_owner_and_for_the_bureaus_narrow() -> None:
    scope = Scope(
        enterprise="enterprise_id", owner=Q(state="sent"), district="district_id", staff=~Q(state="draft")
    )
    assert scope.condition(ENTERPRISE) == Q(enterprise_id=7) & Q(state="sent")
    assert scope.condition(DISTRICT) == Q(district_id="320583") & ~Q(state="draft")
    assert scope.condition(CITY) == ~Q(state="draft")
    assert Scope(citywide=False).condition(CITY) is None


@pytest.mark.django_db
def test_no_actor_no_rows() -> None:
    """Whoever forgets to enter sees an empty table, not everything."""
    with connection.cursor() as cursor:
        for name in ("role", "user", "enterprise", "district", "expert"):
            cursor.execute(f"select set_config('gf.{name}', '', true)")
    assert rows("select count(*) from accounts_enterprise") == [(0,)]
    assert rows("select gf_role(), gf_user(), gf_enterprise(), gf_district(), gf_expert()") == [(None,) * 5]


@pytest.mark.django_db
def test_the_settings_end_with_their_block() -> None:
    enter(ENTERPRISE)
    assert rows("select gf_role(), gf_user(), gf_enterprise()") == [("enterprise", 1, 7)]
    with transaction.atomic():
        enter(CITY)
        transaction.set_rollback(True)
    assert rows("select gf_role()") == [("enterprise",)]
    with acting_as(Actor.system(), then=DISTRICT):
        assert rows("select gf_role()") == [("system",)]
    assert rows("select gf_role(), gf_district()") == [("district", "320583")]


@pytest.mark.django_db
def test_acting_as_returns_to_the_actor_after_a_refusal() -> None:
    enter(DISTRICT)

    def act() -> None:
        with acting_as(Actor.system(), then=DISTRICT):
            require(Verdict.refused(refuse("R-18", "不能推荐。")))

    with pytest.raises(RuleBroken):
        act()
    assert rows("select gf_role()") == [("district",)]
    assert list(Enterprise.objects.visible_to(Actor.public())) == []

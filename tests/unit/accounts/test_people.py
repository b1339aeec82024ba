"""Accounts of staff, administrators and experts: one role each, by construction (三员分立, R-44)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from apps.accounts import selectors
from apps.accounts import services as accounts
from apps.accounts.models import ExpertLink, User
from apps.accounts.passwords import CharacterClassesValidator
from apps.accounts.verification import problems
from apps.core.actor import DUTIES_OF, Actor, Duty, Role
from apps.core.errors import Forbidden, Invalid, NotVisible
from apps.core.scoping import enter
from tests import worlds
from tests.unit.monitoring.scenes import clock
from tests.unit.refusals import refused
from tests.unit.staging import built_once, played
from tests.unit.titles import scenes


@dataclass
class Scene(scenes.Scene):
    """The scene of titles with a security administrator."""

    admin: Actor = field(default_factory=Actor.public)


def _build() -> Scene:
    base = scenes.build(clock())
    admin = worlds.staff_member(base.clock, "security", "安全管理员", role=Role.SECURITY_ADMIN, duties=[])
    return Scene(**vars(base), admin=admin)


stage = built_once(_build)
scene = played()


def staff(**changes: Any) -> dict[str, Any]:
    return {
        "username": "someone",
        "name": "某某",
        "role": Role.MUNICIPAL,
        "duties": [Duty.HANDLER],
        "password": "Tests-Only-2026",
        **changes,
    }


def test_only_the_security_administrator_makes_accounts(scene: Scene) -> None:
    for stranger in (scene.city.leader, scene.district.signer, Actor(role=Role.SYSTEM_ADMIN), Actor.public()):
        refused(Forbidden, accounts.create_staff, actor=scene.be(stranger), clock=scene.clock, **staff())
    user_id = accounts.create_staff(actor=scene.be(scene.admin), clock=scene.clock, **staff())
    made = User.objects.get(pk=user_id).actor()
    assert (made.role, made.duties) == (Role.MUNICIPAL, frozenset({Duty.HANDLER}))


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"role": Role.ENTERPRISE}, {"role"}),
        ({"role": Role.EXPERT}, {"role"}),
        ({"role": Role.DISTRICT}, {"district"}),
        ({"role": Role.DISTRICT, "district": "999999"}, {"district"}),
        ({"district": worlds.KUNSHAN}, {"district"}),
        ({"duties": [Duty.RESPONSIBLE]}, {"duties"}),
        ({"role": Role.AUDITOR}, {"duties"}),
        ({"role": Role.DISTRICT, "district": worlds.KUNSHAN, "duties": [Duty.LEADER]}, {"duties"}),
        ({"username": " ", "password": "short", "name": ""}, {"username", "password", "person_name"}),
        ({"username": "CITY_HANDLER"}, {"username"}),
    ],
)
def test_faults_of_an_account(scene: Scene, changes: dict[str, Any], fields: set[str]) -> None:
    error = refused(
        Invalid, accounts.create_staff, actor=scene.be(scene.admin), clock=scene.clock, **staff(**changes)
    )
    assert isinstance(error, Invalid)
    assert set(error.errors) == fields


@pytest.mark.parametrize("role", [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR])
def test_administrators_hold_no_duties_and_no_second_role(scene: Scene, role: Role) -> None:
    """One role column and its constraints make the three administrators exclude each other, in raw SQL, too."""
    user_id = accounts.create_staff(
        actor=scene.be(scene.admin), clock=scene.clock, **staff(role=role, duties=[])
    )
    enter(Actor.system())
    for change in (
        "duties = '{handler}'",
        f"district_id = '{worlds.KUNSHAN}'",
        f"enterprise_id = {scene.enterprise.enterprise_id}",
        "is_superuser = true",
        "role = 'system_admin,auditor'",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"update accounts_user set {change} where id = %s", [user_id])  # noqa: S608  (a constant of this test)


def test_duties_stay_within_their_role() -> None:
    assert set(DUTIES_OF) == {Role.ENTERPRISE, Role.DISTRICT, Role.MUNICIPAL}


def test_a_disabled_account_is_nobody(scene: Scene) -> None:
    user = User.objects.get(pk=scene.district.handler.user_id)
    user.is_active = False
    assert user.actor() == Actor.public()


@pytest.mark.parametrize(
    ("password", "accepted"),
    [
        ("Tests-Only-2026", True),
        ("abcdefghijkL1", True),
        ("onlylowercase-letters", False),
        ("Short-2026", False),
        ("123456789012345", False),
        ("A1-" + "x" * 126, False),
    ],
)
def test_passwords(scene: Scene, password: str, accepted: bool) -> None:  # noqa: FBT001  (pytest passes it by name)
    if accepted:
        assert accounts.create_staff(
            actor=scene.be(scene.admin), clock=scene.clock, **staff(password=password)
        )
        return
    error = refused(
        Invalid,
        accounts.create_staff,
        actor=scene.be(scene.admin),
        clock=scene.clock,
        **staff(password=password),
    )
    assert isinstance(error, Invalid)
    assert set(error.errors) == {"password"}
    assert CharacterClassesValidator().get_help_text()


# ------------------------------------------------------------------ experts
def new_expert(**changes: Any) -> accounts.NewExpert:
    return accounts.NewExpert(
        **{
            "username": "expert_x",
            "name": "专家甲",
            "password": "Tests-Only-2026",
            "number": "ZJ0099",
            "title": "高级工程师",
            "employer_name": "苏州示例研究院",
            **changes,
        }
    )


def test_the_city_takes_experts_in(scene: Scene) -> None:
    for stranger in (scene.city.leader, scene.district.handler, scene.enterprise):
        refused(
            Forbidden, accounts.create_expert, actor=scene.be(stranger), clock=scene.clock, data=new_expert()
        )
    city = scene.be(scene.city.handler)
    refused(
        Invalid, accounts.create_expert, actor=city, clock=scene.clock, data=new_expert(employer_uscc="123")
    )
    expert_id = accounts.create_expert(actor=city, clock=scene.clock, data=new_expert())
    actor = User.objects.get(pk=expert_id).actor()
    assert (actor.role, actor.expert_id, actor.user_id) == (Role.EXPERT, expert_id, expert_id)
    assert [row.id for row in selectors.experts(actor=city, ids=[expert_id])] == [expert_id]


def test_ties_are_declared_by_the_expert_or_the_city(scene: Scene) -> None:
    expert, other = worlds.expert(scene.clock, 1), worlds.expert(scene.clock, 2)
    arguments = {
        "clock": scene.clock,
        "expert_id": expert.expert_id,
        "kind": ExpertLink.PAST_EMPLOYER,
        "organisation": "示例公司",
        "uscc": worlds.credit_code(5),
        "ended_on": date(2024, 1, 1),
    }
    for stranger in (other, scene.city.leader, scene.district.handler, scene.enterprise):
        refused(Forbidden, accounts.declare_link, actor=scene.be(stranger), **arguments)
    for changes in ({"kind": "friend"}, {"uscc": "123"}, {"organisation": " "}):
        refused(Invalid, accounts.declare_link, actor=scene.be(expert), **{**arguments, **changes})
    refused(
        NotVisible, accounts.declare_link, actor=scene.be(scene.city.handler), **{**arguments, "expert_id": 0}
    )
    accounts.declare_link(actor=scene.be(expert), **arguments)
    accounts.declare_link(actor=scene.be(scene.city.handler), **arguments)
    row = selectors.expert(actor=scene.city.handler, expert_id=expert.expert_id or 0)
    assert [link.kind for link in row.links] == [ExpertLink.PAST_EMPLOYER] * 2


def test_verification_names_what_is_wrong(scene: Scene) -> None:
    enter(Actor.system())
    assert list(problems()) == []
    with connection.cursor() as cursor:
        cursor.execute("update accounts_enterprise set confirmed_at = null where state = 'confirmed'")
        cursor.execute(
            "update accounts_enterprise set uscc = '91' || repeat('0', 16) where id = %s",
            [scene.enterprise.enterprise_id],
        )
    found = list(problems())
    assert len(found) == 3
    assert any("统一社会信用代码不正确" in problem for problem in found)

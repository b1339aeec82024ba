"""Two walls: the queryset and PostgreSQL answer the same for every audience, also to raw SQL."""

from __future__ import annotations

import pytest
from django.db import ProgrammingError, connection, transaction

from apps.applications import selectors
from apps.applications import services as applications
from apps.applications.models import Application
from apps.core.actor import Actor, Role
from apps.core.errors import Forbidden, NotVisible
from apps.core.scoping import enter
from tests import worlds
from tests.unit.applications.scenes import Scene, at, round_data

TABLES = (
    "applications_application",
    "applications_applicationversion",
    "applications_returneditem",
    "applications_exemption",
    "applications_windowextension",
    "applications_round",
    "applications_round_schemes",
    "applications_applicationuserobjectpermission",
)


def seen(actor: Actor, table: str = "applications_application") -> int:
    enter(actor)
    with connection.cursor() as cursor:
        cursor.execute(f"select count(*) from {table}")  # noqa: S608  (a constant of this test)
        return int(cursor.fetchone()[0])


@pytest.mark.django_db
def test_row_security_is_forced_on_every_table() -> None:
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(
                "select relrowsecurity, relforcerowsecurity from pg_class where relname = %s", [table]
            )
            assert cursor.fetchone() == (True, True), table


def test_a_draft_is_the_enterprises_alone(scene: Scene) -> None:
    public_id = scene.draft()
    expected = {
        scene.enterprise: 1,
        scene.neighbour: 0,
        scene.district.handler: 0,
        scene.city.leader: 0,
        Actor(role=Role.AUDITOR, user_id=1): 0,
        Actor.public(): 0,
        Actor.system(): 1,
    }
    for actor, count in expected.items():
        assert actor is not None
        assert seen(actor) == count, actor.role
        enter(actor)
        assert Application.objects.visible_to(actor).count() == count
        if not count:
            with pytest.raises(NotVisible):
                selectors.application_file(actor=actor, public_id=public_id)


def test_a_submitted_case_is_seen_by_its_jurisdiction(scene: Scene) -> None:
    scene.submitted()
    expert = worlds.expert(scene.clock, 1)
    expected = {
        scene.enterprise: 1,
        scene.neighbour: 0,
        scene.district.handler: 1,
        scene.other_district.handler: 0,
        scene.city.handler: 1,
        expert: 0,
        Actor.public(): 0,
    }
    for actor, count in expected.items():
        for table in ("applications_application", "applications_applicationversion"):
            assert seen(actor, table) == count, (actor.role, table)
        enter(actor)
        assert Application.objects.visible_to(actor).count() == count


def test_nobody_without_a_role_sees_anything(scene: Scene) -> None:
    scene.submitted()
    with connection.cursor() as cursor:
        cursor.execute("select set_config('gf.role', '', true)")
        for table in TABLES:
            cursor.execute(f"select count(*) from {table}")  # noqa: S608  (a constant of this test)
            assert cursor.fetchone() == (0,), table


@pytest.mark.rule("R-20")
def test_an_expert_sees_what_was_granted_until_it_is_revoked(scene: Scene) -> None:
    granted, other = scene.submitted(3), scene.submitted(2)
    expert = worlds.expert(scene.clock, 1)
    row = scene.row(granted)
    assert expert.user_id is not None
    with pytest.raises(Forbidden):
        applications.grant_scoring(
            actor=scene.be(scene.district.handler), application_id=row.pk, user_id=expert.user_id
        )
    city = scene.be(scene.city.handler)
    with pytest.raises(NotVisible):
        applications.grant_scoring(
            actor=city, application_id=row.pk, user_id=scene.district.handler.user_id or 0
        )
    for _ in range(2):
        applications.grant_scoring(actor=scene.be(city), application_id=row.pk, user_id=expert.user_id)
    assert seen(expert) == 1
    assert seen(expert, "accounts_enterprise") == 1
    enter(expert)
    assert selectors.case(actor=expert, public_id=granted).enterprise_name
    with pytest.raises(NotVisible):
        selectors.case(actor=expert, public_id=other)
    applications.revoke_scoring(actor=scene.be(city), application_id=row.pk, user_id=expert.user_id)
    assert seen(expert) == 0
    assert seen(expert, "accounts_enterprise") == 0


def test_raw_sql_cannot_move_a_case_out_of_its_jurisdiction(scene: Scene) -> None:
    row = scene.row(scene.submitted())
    scene.be(scene.district.handler)
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("update applications_application set district_id = '320506' where id = %s", [row.pk])
    scene.be(scene.other_district.handler)
    with connection.cursor() as cursor:
        cursor.execute("update applications_application set level = 1 where id = %s", [row.pk])
        assert cursor.rowcount == 0
    scene.be(scene.enterprise)
    with connection.cursor() as cursor:
        cursor.execute("update applications_round set name = '改名'")
        assert cursor.rowcount == 0


def test_an_unannounced_round_is_the_citys(scene: Scene) -> None:
    city = scene.be(scene.city.handler)
    later = round_data("2027A", opens_at=at(2027, 1, 4).at, closes_at=at(2027, 2, 4).at, prelim_due_on=None)
    hidden = applications.create_round(actor=city, clock=scene.clock, data=later)
    assert seen(scene.city.signer, "applications_round") == 2
    for actor in (scene.enterprise, scene.district.signer, Actor.public()):
        assert seen(actor, "applications_round") == 1
        enter(actor)
        with pytest.raises(NotVisible):
            selectors.round_file(actor=actor, public_id=hidden)


def test_history_names_persons_to_bureaus_and_offices_to_the_enterprise(scene: Scene) -> None:
    public_id = scene.accepted()
    handler = scene.district.handler
    told = selectors.timeline(actor=scene.be(handler), public_id=public_id)
    assert handler.name in {entry.who for entry in told}
    shown = selectors.timeline(actor=scene.be(scene.enterprise), public_id=public_id)
    assert [entry.label for entry in shown] == ["受理", "提交申报", "发起申报"]
    assert handler.name not in {entry.who for entry in shown}
    assert all("昆山" in entry.who for entry in shown if entry.label == "受理")

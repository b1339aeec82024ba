"""`verify` is silent about true invitations and changes, and names a bent one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.db import connection

from apps.accounts import services as accounts
from apps.accounts.verification import problems
from apps.core.actor import Actor
from apps.core.moment import FixedClock
from apps.core.scoping import enter
from tests import worlds

pytestmark = pytest.mark.django_db
_MOVE = accounts.Change(
    kind="move", effective_on=date(2026, 11, 22), district=worlds.WUZHONG, site_address="木渎镇示例路 9 号"
)


@pytest.fixture
def boss(clock: FixedClock) -> Actor:
    """An enterprise that invited a member who joined, and that moved to another district."""
    here = worlds.district_staff(clock)
    there = worlds.district_staff(clock, worlds.WUZHONG)
    actor = worlds.enterprise(clock, 1, confirmed_by=here.handler)
    enter(actor)
    made = accounts.invite_member(actor=actor, clock=clock, name="吴海燕", duties=["clerk"])
    enter(Actor.public())
    accounts.accept_invitation(
        actor=Actor.public(),
        clock=clock,
        token=made.token,
        data=accounts.Joining(
            username="haiyan",
            password="Tests-Only-2026",
            person_name="吴海燕",
            phone="13900000000",
            email="",
            consent=True,
        ),
    )
    enter(actor)
    change = accounts.request_change(actor=actor, clock=clock, data=_MOVE)
    enter(there.handler)
    accounts.confirm_change(actor=there.handler, clock=clock, public_id=change)
    return actor


def test_nothing_to_say_about_true_records(boss: Actor) -> None:
    enter(Actor.system())
    assert list(problems()) == []


@pytest.mark.parametrize(
    ("statement", "word"),
    [
        ("update accounts_invitation set closed_at = null", "状态与结束时间不一致"),
        ("update accounts_invitation set accepted_by_id = {district_user}", "不属于该企业"),
        ("update accounts_enterprisechange set decided_by_id = requested_by_id", "由申报人自己确认"),
        ("update accounts_enterprisechange set state = 'requested'", "尚待确认"),
        ("update accounts_enterprisechange set after = after - 'site_address'", "变更前后的项目不一致"),
        ("update accounts_enterprisechange set from_district_id = null", "没有记明迁出的属地"),
    ],
)
def test_a_bent_record_is_named(boss: Actor, statement: str, word: str) -> None:
    enter(Actor.system())
    with connection.cursor() as cursor:
        cursor.execute("select id from accounts_user where username = %s", [f"d{worlds.WUZHONG}h"])
        cursor.execute(statement.format(district_user=cursor.fetchone()[0]))
        assert cursor.rowcount == 1
    found = list(problems())
    assert len(found) == 1
    assert word in found[0]


def test_a_move_within_the_district_leaves_none(clock: FixedClock) -> None:
    here = worlds.district_staff(clock)
    actor = worlds.enterprise(clock, 1, confirmed_by=here.handler)
    enter(actor)
    data = replace(_MOVE, district=worlds.KUNSHAN, site_address="昆山市示例路 9 号")
    accounts.request_change(actor=actor, clock=clock, data=data)
    enter(Actor.system())
    assert list(problems()) == []

"""Members of an enterprise: one-time links, duties, leaving, handing over."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from apps.accounts import membership
from apps.accounts import services as accounts
from apps.accounts.models import Invitation, User
from apps.audit.models import AuditEvent
from apps.core.actor import Actor, Duty
from apps.core.errors import Forbidden, Invalid, NotVisible, WrongStep
from apps.core.moment import FixedClock
from apps.core.scoping import enter
from tests import worlds

pytestmark = pytest.mark.django_db
JOINING = accounts.Joining(
    username="newclerk",
    password="Tests-Only-2026",
    person_name="吴海燕",
    phone="13900000000",
    email="clerk@example.invalid",
    consent=True,
)


def be(actor: Actor) -> Actor:
    enter(actor)
    return actor


def fresh(actor: Actor) -> Actor:
    """The actor as the next request would build it."""
    enter(Actor.system())
    found: Actor = User.objects.get(pk=actor.user_id).actor()
    return be(found)


@pytest.fixture
def boss(clock: FixedClock) -> Actor:
    return be(worlds.enterprise(clock, 1, confirmed_by=worlds.district_staff(clock).handler))


def invite(boss: Actor, clock: FixedClock, *duties: str) -> accounts.Invited:
    be(boss)
    return accounts.invite_member(actor=boss, clock=clock, name="吴海燕", duties=duties or [Duty.CLERK.value])


def accept(token: str, clock: FixedClock, **changes: object) -> int:
    public = be(Actor.public())
    return accounts.accept_invitation(
        actor=public, clock=clock, token=token, data=replace(JOINING, **changes)
    )


def test_a_link_makes_one_account_of_the_enterprise_and_is_spent(boss: Actor, clock: FixedClock) -> None:
    made = invite(boss, clock)
    joined = accept(made.token, clock)
    enter(Actor.system())
    user = User.objects.get(pk=joined)
    assert (user.enterprise_id, user.duties, user.name) == (boss.enterprise_id, ["clerk"], "吴海燕")
    with pytest.raises(NotVisible):
        accept(made.token, clock, username="second")
    enter(Actor.system())
    assert not User.objects.filter(username="second").exists()
    events = set(AuditEvent.objects.values_list("event", flat=True))
    assert {"member.invite", "member.join"} <= events


def test_only_the_digest_of_the_link_is_stored(boss: Actor, clock: FixedClock) -> None:
    made = invite(boss, clock)
    enter(Actor.system())
    row = Invitation.objects.get(public_id=made.public_id)
    assert made.token not in row.digest
    assert len(row.digest) == 64


def test_a_link_ends_after_seven_days_to_the_second(boss: Actor, clock: FixedClock) -> None:
    made = invite(boss, clock)
    clock.advance(timedelta(days=7) - timedelta(seconds=1))
    enter(Actor.public())
    assert membership.welcome(actor=Actor.public(), token=made.token, moment=clock.now()).name == "吴海燕"
    clock.advance(timedelta(seconds=1))
    with pytest.raises(NotVisible):
        membership.welcome(actor=Actor.public(), token=made.token, moment=clock.now())
    with pytest.raises(NotVisible):
        accept(made.token, clock)


def test_a_cancelled_link_is_worth_nothing(boss: Actor, clock: FixedClock) -> None:
    made = invite(boss, clock)
    be(boss)
    accounts.cancel_invitation(actor=boss, clock=clock, public_id=made.public_id)
    with pytest.raises(NotVisible):
        accept(made.token, clock)
    be(boss)
    with pytest.raises(WrongStep):
        accounts.cancel_invitation(actor=boss, clock=clock, public_id=made.public_id)


def test_a_faulty_form_says_everything_and_leaves_the_link_usable(boss: Actor, clock: FixedClock) -> None:
    made = invite(boss, clock)
    with pytest.raises(Invalid) as refused:
        accept(
            made.token,
            clock,
            username="",
            password="short",
            person_name="",
            phone="123",
            email="a@b@c",
            consent=False,
        )
    assert {"username", "password", "person_name", "phone", "email", "consent"} <= set(refused.value.errors)
    assert accept(made.token, clock)


def test_only_the_responsible_person_of_a_confirmed_enterprise_invites(
    boss: Actor, clock: FixedClock
) -> None:
    clerk_id = accept(invite(boss, clock).token, clock)
    enter(Actor.system())
    clerk = be(User.objects.get(pk=clerk_id).actor())
    with pytest.raises(Forbidden):
        accounts.invite_member(actor=clerk, clock=clock, name="某某", duties=["clerk"])
    waiting = be(worlds.enterprise(clock, 2))
    with pytest.raises(WrongStep):
        accounts.invite_member(actor=waiting, clock=clock, name="某某", duties=["clerk"])


@pytest.mark.parametrize(
    ("name", "duties", "fields"),
    [
        ("", ["clerk"], {"name"}),
        ("某", [], {"duties"}),
        ("", ["handler"], {"name", "duties"}),
        ("字" * 51, ["clerk"], {"name"}),
    ],
)
def test_a_faulty_invitation_names_its_fields(
    boss: Actor, clock: FixedClock, name: str, duties: list[str], fields: set[str]
) -> None:
    be(boss)
    with pytest.raises(Invalid) as refused:
        accounts.invite_member(actor=boss, clock=clock, name=name, duties=duties)
    assert set(refused.value.errors) == fields


def test_at_most_ten_open_links(boss: Actor, clock: FixedClock) -> None:
    for _ in range(10):
        invite(boss, clock)
    with pytest.raises(Invalid):
        invite(boss, clock)


def test_somebody_always_stays_responsible(boss: Actor, clock: FixedClock) -> None:
    be(boss)
    with pytest.raises(Invalid):
        accounts.change_member_duties(actor=boss, clock=clock, user_id=boss.account, duties=["clerk"])
    second = accept(invite(boss, clock, "responsible").token, clock)
    be(boss)
    accounts.change_member_duties(actor=boss, clock=clock, user_id=boss.account, duties=["clerk"])
    assert not fresh(boss).has(Duty.RESPONSIBLE)
    enter(Actor.system())
    assert User.objects.get(pk=second).duties == ["responsible"]


def test_handing_over_moves_the_duty_and_tells_the_enterprise(boss: Actor, clock: FixedClock) -> None:
    heir_id = accept(invite(boss, clock).token, clock)
    be(boss)
    accounts.hand_over(actor=boss, clock=clock, user_id=heir_id)
    former = fresh(boss)
    assert former.has(Duty.CLERK)
    assert not former.has(Duty.RESPONSIBLE)
    enter(Actor.system())
    assert set(User.objects.get(pk=heir_id).duties) == {"clerk", "responsible"}
    be(former)
    with pytest.raises(Forbidden):
        accounts.hand_over(actor=former, clock=clock, user_id=heir_id)


def test_a_disabled_member_acts_as_nobody(boss: Actor, clock: FixedClock) -> None:
    clerk = accept(invite(boss, clock).token, clock)
    be(boss)
    accounts.set_member_active(actor=boss, clock=clock, user_id=clerk, active=False)
    enter(Actor.system())
    assert User.objects.get(pk=clerk).actor().enterprise_id is None
    be(boss)
    with pytest.raises(Invalid):
        accounts.set_member_active(actor=boss, clock=clock, user_id=boss.account, active=False)
    with pytest.raises(Invalid):
        accounts.hand_over(actor=boss, clock=clock, user_id=clerk)


def test_another_enterprises_members_do_not_exist(boss: Actor, clock: FixedClock) -> None:
    enter(Actor.system())
    handler = User.objects.get(username="d320583h").actor()
    other = worlds.enterprise(clock, 5, confirmed_by=handler)
    made = invite(boss, clock)
    be(other)
    with pytest.raises(NotVisible):
        accounts.set_member_active(actor=other, clock=clock, user_id=boss.account, active=False)
    with pytest.raises(NotVisible):
        accounts.cancel_invitation(actor=other, clock=clock, public_id=made.public_id)
    assert membership.invitations(actor=other, moment=clock.now()) == []
    be(handler)
    with pytest.raises(NotVisible):
        membership.members(actor=handler)

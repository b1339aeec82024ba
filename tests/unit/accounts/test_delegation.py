"""Standing in for an absent colleague: duties for the time of it, never both steps, never more than one's own."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection

from apps.accounts import organisation
from apps.accounts import services as accounts
from apps.accounts.models import User
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Forbidden, Invalid, NotVisible, RuleBroken, WrongStep
from apps.core.moment import FixedClock, Moment, shown_at
from apps.core.scoping import enter
from apps.notifications.models import Message
from tests import worlds
from tests.unit.refusals import refused


def _clock() -> FixedClock:
    return FixedClock(Moment.of(shown_at()))


def _lend(actor: Actor, clock: FixedClock, absent: Actor, delegate: Actor, days: int = 5) -> str:
    on = clock.now().on
    enter(actor)
    return accounts.delegate_duties(
        actor=actor,
        clock=clock,
        absent_id=absent.account,
        delegate_id=delegate.account,
        from_on=on,
        until_on=on + timedelta(days=days),
        reason="出差",
    )


def _again(person: Actor) -> Actor:
    enter(Actor.system())
    found = User.objects.get(pk=person.user_id).actor()
    enter(found)
    return found


def test_a_delegate_has_the_duties_until_the_end(db: None) -> None:
    clock = _clock()
    staff = worlds.district_staff(clock)
    public_id = _lend(staff.signer, clock, staff.signer, staff.handler)
    standing_in = _again(staff.handler)
    assert standing_in.duties == {Duty.HANDLER, Duty.SIGNER}
    assert standing_in.standing_in_for == (staff.signer.name,)
    enter(Actor.system())
    assert set(Message.objects.filter(template="account_changed").values_list("to_user_id", flat=True)) == {
        staff.handler.user_id,
        staff.signer.user_id,
    }
    # What the delegate lends on is only the delegate's own.
    security = worlds.staff_member(clock, "anquan", "安全甲", role=Role.SECURITY_ADMIN, duties=[])
    refused(WrongStep, _lend, actor=security, clock=clock, absent=staff.signer, delegate=staff.handler)
    enter(staff.signer)
    accounts.end_delegation(actor=staff.signer, clock=clock, public_id=public_id, reason="提前返回")
    assert _again(staff.handler).duties == {Duty.HANDLER}
    refused(
        WrongStep, accounts.end_delegation, actor=staff.signer, clock=clock, public_id=public_id, reason="再"
    )


def test_a_loan_runs_out_by_itself_and_shrinks_with_its_lender(db: None) -> None:
    clock = _clock()
    staff = worlds.district_staff(clock)
    security = worlds.staff_member(clock, "anquan", "安全甲", role=Role.SECURITY_ADMIN, duties=[])
    _lend(security, clock, staff.signer, staff.handler)
    enter(Actor.system())
    row = User.objects.get(pk=staff.handler.user_id)
    yesterday = (clock.now().on - timedelta(days=1)).isoformat()
    row.lent = [{**row.lent[0], "from_on": yesterday, "until_on": yesterday}]
    assert row.actor().duties == {Duty.HANDLER}
    enter(security)
    accounts.change_duties(
        actor=security, clock=clock, user_id=staff.signer.account, duties=[], reason="调离岗位"
    )
    assert _again(staff.handler).duties == {Duty.HANDLER}


def test_only_the_person_or_the_security_administrator_and_only_inside_the_bureau(db: None) -> None:
    clock = _clock()
    staff, others = worlds.district_staff(clock), worlds.district_staff(clock, worlds.WUZHONG)
    mine = {"actor": staff.signer, "clock": clock, "absent": staff.signer}
    refused(Forbidden, _lend, **{**mine, "actor": staff.handler}, delegate=staff.handler)
    refused(RuleBroken, _lend, **mine, delegate=others.handler)
    refused(RuleBroken, _lend, **mine, delegate=staff.signer)
    refused(RuleBroken, _lend, **mine, delegate=staff.handler, days=200)
    refused(Invalid, _lend, **mine, delegate=Actor(role=Role.DISTRICT, user_id=999_999))
    public_id = _lend(staff.signer, clock, staff.signer, staff.handler)
    enter(others.signer)
    refused(
        NotVisible,
        accounts.end_delegation,
        actor=others.signer,
        clock=clock,
        public_id=public_id,
        reason="试",
    )
    on = clock.now().on
    assert organisation.delegations(actor=others.signer, on=on) == []
    assert len(organisation.delegations(actor=staff.handler, on=on)) == 1
    enter(others.handler)
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from accounts_delegation")
        assert cursor.fetchone() == (0,)

"""Absence in a district: who stands in, who takes over the open work, and what nobody can do alone (R-15, R-44)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from apps.accounts import services as accounts
from apps.accounts.models import User
from apps.applications import access
from apps.applications.models import Application
from apps.audit.models import AuditEvent
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Forbidden, Invalid, NotVisible, WrongStep
from apps.core.moment import FixedClock, Moment, shown_at
from apps.core.scoping import acting_as, enter
from apps.review import services as review
from tests import worlds
from tests.unit.refusals import broken, refused
from tests.unit.review import scenes
from tests.unit.staging import built_once, played


def _build() -> scenes.Flow:
    flow = scenes.build(scenes.morning())
    flow.in_prelim()
    flow.score("85.00")
    return flow


stage = built_once(_build)
scene = played()


def _standing_in(scene: scenes.Flow) -> Actor:
    """Let the signer lend their duties to the handler; return the handler as the next request knows them."""
    clock = FixedClock(Moment.of(shown_at()))
    accounts.delegate_duties(
        actor=scene.be(scene.district.signer),
        clock=clock,
        absent_id=scene.district.signer.account,
        delegate_id=scene.district.handler.account,
        from_on=clock.now().on,
        until_on=clock.now().on + timedelta(days=3),
        reason="外出培训",
    )
    enter(Actor.system())
    return scene.be(User.objects.get(pk=scene.district.handler.user_id).actor())


@pytest.mark.rule("R-15")
def test_a_delegate_cannot_sign_their_own_scoring(scene: scenes.Flow) -> None:
    scene.hand_over()
    both = _standing_in(scene)
    assert both.duties == {Duty.HANDLER, Duty.SIGNER}
    assert broken(review.sign_preliminary, actor=both, clock=scene.clock, public_id=scene.case) == ["R-15"]


def test_open_work_moves_to_a_colleague_and_the_trail_names_the_absent(scene: scenes.Flow) -> None:
    both = _standing_in(scene)
    colleague = worlds.staff_member(
        scene.clock, "jieti", "接替甲", role=Role.DISTRICT, duties=[Duty.HANDLER], district=worlds.KUNSHAN
    )
    work = review.open_work(actor=scene.be(both))
    assert [row.holder_id for row in work] == [both.account]
    arguments = {"clock": scene.clock, "from_id": both.account, "to_id": colleague.account, "reason": "休假"}
    for changes, error in (
        ({"actor": colleague}, Forbidden),
        ({"actor": both, "reason": " "}, Invalid),
        ({"actor": both, "to_id": both.account}, Invalid),
        ({"actor": both, "to_id": scene.city.handler.account}, Invalid),
        ({"actor": both, "from_id": colleague.account, "to_id": both.account}, WrongStep),
    ):
        scene.be(changes["actor"])
        refused(error, review.hand_over, **{**arguments, **changes})
    security = worlds.staff_member(scene.clock, "anquan2", "安全乙", role=Role.SECURITY_ADMIN, duties=[])
    held = {
        pk: review.held_by(actor=scene.be(security), user_id=pk).cases
        for pk in (both.account, colleague.account)
    }
    assert held == {both.account: 1, colleague.account: 0}
    refused(NotVisible, review.held_by, actor=scene.be(both), user_id=both.account)
    assert review.hand_over(actor=scene.be(both), **arguments) == 1
    assert [row.holder_id for row in review.open_work(actor=colleague)] == [colleague.account]
    enter(Actor.system())
    event = AuditEvent.objects.get(event="case.hand_over")
    assert event.after["standing_in_for"] == [scene.district.signer.name]


def test_the_page_names_exactly_those_whom_the_gates_let_in(scene: scenes.Flow) -> None:
    security = worlds.staff_member(scene.clock, "anquan", "安全甲", role=Role.SECURITY_ADMIN, duties=[])
    number = Application.objects.visible_to(scene.be(scene.city.handler)).get(public_id=scene.case).number
    found = access.who_can_see(actor=scene.be(security), number=f" {number.lower()} ")
    named = {row.user_id for row in found.seers}
    allowed = set()
    enter(Actor.system())
    for user in list(User.objects.filter(is_active=True)):
        with acting_as(user.actor(), then=Actor.system()):
            if Application.objects.filter(public_id=scene.case).exists():
                allowed.add(user.pk)
    assert named == allowed
    assert scene.district.handler.user_id in named
    assert scene.other_district.handler.user_id not in named
    assert security.user_id not in named
    assert found.enterprise_name
    why = {row.user_id: row.why for row in found.seers}
    assert why[scene.district.handler.account] == "所在属地的工作人员"
    refused(NotVisible, access.who_can_see, actor=security, number="GF3A-0000X-000000-0000")
    refused(NotVisible, access.who_can_see, actor=scene.be(scene.city.leader), number=number)

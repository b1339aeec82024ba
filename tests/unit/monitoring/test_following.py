"""The file of a title goes with its enterprise to another district (R-43)."""

from __future__ import annotations

import pytest

from apps.accounts import services as accounts
from apps.accounts.states import MOVE
from apps.core.actor import Actor
from apps.core.errors import NotVisible
from apps.core.scoping import enter
from apps.deadlines.models import Obligation
from apps.monitoring import services
from apps.monitoring.annual_forms import annual_file
from apps.monitoring.models import AnnualForm, Recheck, Rectification
from tests import worlds
from tests.unit.monitoring import annual_scenes, scenes

pytestmark = [pytest.mark.django_db, pytest.mark.rule("R-43")]


def _move(scene: scenes.Watch | annual_scenes.Forms) -> None:
    change = accounts.request_change(
        actor=scene.be(scene.enterprise),
        clock=scene.clock,
        data=accounts.Change(
            kind=MOVE,
            effective_on=scene.clock.now().on,
            district=worlds.WUZHONG,
            site_address="木渎镇示例路 9 号",
        ),
    )
    accounts.confirm_change(actor=scene.be(scene.other_district.handler), clock=scene.clock, public_id=change)
    enter(Actor.system())


def test_the_new_district_goes_on_with_a_running_rectification() -> None:
    watch = scenes.build(scenes.clock())
    watch.served()
    watch.hand_in()
    _move(watch)
    assert {row.district_id for model in (Recheck, Rectification) for row in model.objects.all()} == {
        worlds.WUZHONG
    }
    [owed] = Obligation.objects.filter(kind="monitoring.verification")
    assert owed.district_id == worlds.WUZHONG
    with pytest.raises(NotVisible):
        watch.verify(passed=True)
    services.verify_rectification(
        actor=watch.be(watch.other_district.signer),
        clock=watch.clock,
        public_id=watch.order,
        passed=True,
        note="已核对现场。",
    )
    assert watch.title_state() == "valid"


def test_the_yearly_form_is_reviewed_by_the_new_district_beside_last_years() -> None:
    forms = annual_scenes.build(scenes.clock())
    forms.filed()
    _move(forms)
    [form] = AnnualForm.objects.all()
    [owed] = Obligation.objects.filter(kind="monitoring.annual_review")
    assert {form.district_id, owed.district_id} == {worlds.WUZHONG}
    services.approve_annual_form(
        actor=forms.be(forms.other_district.handler),
        clock=forms.clock,
        public_id=forms.form,
        note="已核对。",
    )
    with pytest.raises(NotVisible):
        annual_file(actor=forms.be(forms.district.handler), on=forms.clock.now().on, public_id=forms.form)

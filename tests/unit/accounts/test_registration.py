"""Registration and its confirmation: every fault at once, nothing half stored, the district decides (R-13)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from apps.accounts import selectors
from apps.accounts import services as accounts
from apps.accounts.models import Enterprise, User
from apps.audit.models import AuditEvent
from apps.core.actor import Actor
from apps.core.errors import Forbidden, Invalid, NotVisible, WrongStep
from apps.core.scoping import enter
from tests import worlds
from tests.unit.foundation import rows
from tests.unit.monitoring.scenes import clock
from tests.unit.refusals import refused
from tests.unit.staging import built_once, played
from tests.unit.titles import scenes

FORM = accounts.Registration(
    uscc=worlds.credit_code(40),
    name="昆山新材料示例有限公司",
    district=worlds.KUNSHAN,
    sub_area="",
    industry_code="2651",
    site_address="示例路 40 号",
    registered_address="",
    ownership="民营",
    legal_representative="周敏",
    contact_name="沈洁",
    contact_phone="13800000000",
    contact_email="contact@example.invalid",
    username="newcomer",
    password="Tests-Only-2026",
    person_name="沈洁",
    consent=True,
)


def _build() -> scenes.Scene:
    return scenes.build(clock())


stage = built_once(_build)
scene = played()


def register(scene: scenes.Scene, **changes: Any) -> accounts.Registered:
    return accounts.register_enterprise(
        actor=scene.be(Actor.public()), clock=scene.clock, data=replace(FORM, **changes)
    )


def counts() -> list[tuple[int, ...]]:
    enter(Actor.system())
    return rows(
        "select (select count(*) from accounts_enterprise), (select count(*) from accounts_user),"
        " (select count(*) from audit_auditevent), (select count(*) from notifications_message)"
    )


def test_every_fault_is_named_at_once_and_nothing_is_stored(scene: scenes.Scene) -> None:
    before = counts()
    error = refused(
        Invalid,
        accounts.register_enterprise,
        actor=scene.be(Actor.public()),
        clock=scene.clock,
        data=accounts.Registration(
            uscc="123",
            name=" ",
            district="999999",
            sub_area="",
            industry_code="9999",
            site_address="",
            registered_address="a\u200bb",
            ownership="",
            legal_representative="",
            contact_name="",
            contact_phone="12345",
            contact_email="not an address",
            username="",
            password="short",
            person_name="",
            consent=False,
        ),
    )
    assert isinstance(error, Invalid)
    assert set(error.errors) == {
        "uscc",
        "name",
        "district",
        "industry_code",
        "site_address",
        "registered_address",
        "legal_representative",
        "contact_name",
        "contact_phone",
        "contact_email",
        "username",
        "password",
        "person_name",
        "consent",
    }
    assert counts() == before


def test_a_registration_waits_for_its_district(scene: scenes.Scene) -> None:
    made = register(scene)
    assert made.hint == ""
    enter(Actor.system())
    row = Enterprise.objects.get(public_id=made.public_id)
    assert (row.state, row.uscc, row.confirmed_at) == ("registered", FORM.uscc, None)
    assert "kunshan" in row.name_key
    person = User.objects.get(username="newcomer")
    assert (person.role, sorted(person.duties), person.enterprise_id) == (
        "enterprise",
        ["clerk", "responsible"],
        row.pk,
    )
    assert person.check_password(FORM.password)
    event = AuditEvent.objects.get(event="enterprise.register", subject_id=row.pk)
    assert (event.rule, event.after["district"], event.actor_user_id) == ("R-13", worlds.KUNSHAN, person.pk)


def test_a_code_and_a_name_are_registered_once(scene: scenes.Scene) -> None:
    register(scene)
    before = counts()
    error = refused(
        Invalid, accounts.register_enterprise, actor=scene.be(Actor.public()), clock=scene.clock, data=FORM
    )
    assert isinstance(error, Invalid)
    assert set(error.errors) == {"uscc", "username"}
    assert counts() == before
    error = refused(
        Invalid,
        accounts.register_enterprise,
        actor=scene.be(Actor.public()),
        clock=scene.clock,
        data=replace(FORM, uscc=worlds.credit_code(41), username="NEWCOMER"),
    )
    assert isinstance(error, Invalid)
    assert set(error.errors) == {"username"}


def test_another_registry_is_a_hint_not_a_refusal(scene: scenes.Scene) -> None:
    made = register(scene, uscc=worlds.credit_code(42, area="310115"))
    assert "登记机关" in made.hint


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("13800000000", "13800000000"),
        ("+86 138 0000 0000", "13800000000"),
        ("0512-12345678", "0512-12345678"),
        ("0512-12345678-801", "0512-12345678-801"),
        ("12345678901", None),
        ("1380000000", None),
        ("电话", None),
    ],
)
def test_phones(scene: scenes.Scene, typed: str, kept: str | None) -> None:
    if kept is None:
        error = refused(
            Invalid,
            accounts.register_enterprise,
            actor=scene.be(Actor.public()),
            clock=scene.clock,
            data=replace(FORM, contact_phone=typed),
        )
        assert isinstance(error, Invalid)
        assert set(error.errors) == {"contact_phone"}
        return
    made = register(scene, contact_phone=typed)
    enter(Actor.system())
    assert Enterprise.objects.get(public_id=made.public_id).contact_phone == kept


def test_the_district_confirms(scene: scenes.Scene) -> None:
    made = register(scene)
    arguments = {"clock": scene.clock, "public_id": made.public_id}
    refused(
        NotVisible, accounts.confirm_enterprise, actor=scene.be(scene.other_district.handler), **arguments
    )
    refused(NotVisible, accounts.confirm_enterprise, actor=scene.be(scene.enterprise), **arguments)
    refused(Forbidden, accounts.confirm_enterprise, actor=scene.be(scene.city.handler), **arguments)
    accounts.confirm_enterprise(actor=scene.be(scene.district.signer), **arguments)
    assert selectors.enterprise_file(actor=scene.district.handler, public_id=made.public_id).is_confirmed
    refused(WrongStep, accounts.confirm_enterprise, actor=scene.be(scene.district.handler), **arguments)


def test_return_and_mend(scene: scenes.Scene) -> None:
    made = register(scene)
    arguments = {"clock": scene.clock, "public_id": made.public_id}
    enter(Actor.system())
    person = User.objects.get(username="newcomer").actor()
    mended = replace(FORM, site_address="示例路 41 号", uscc=worlds.credit_code(49))
    refused(WrongStep, accounts.resubmit_enterprise, actor=scene.be(person), data=mended, **arguments)
    refused(
        Invalid, accounts.return_enterprise, actor=scene.be(scene.district.handler), reason=" ", **arguments
    )
    refused(
        NotVisible,
        accounts.return_enterprise,
        actor=scene.be(scene.other_district.handler),
        reason="改",
        **arguments,
    )
    accounts.return_enterprise(actor=scene.be(scene.district.handler), reason="地址不符。", **arguments)
    refused(WrongStep, accounts.confirm_enterprise, actor=scene.be(scene.district.handler), **arguments)
    refused(
        NotVisible, accounts.resubmit_enterprise, actor=scene.be(scene.enterprise), data=mended, **arguments
    )
    error = refused(
        Invalid,
        accounts.resubmit_enterprise,
        actor=scene.be(person),
        data=replace(mended, name=""),
        **arguments,
    )
    assert isinstance(error, Invalid)
    assert set(error.errors) == {"name"}
    accounts.resubmit_enterprise(actor=scene.be(person), data=mended, **arguments)
    enter(Actor.system())
    row = Enterprise.objects.get(public_id=made.public_id)
    # the credit code is the enterprise's identity: it cannot be changed on the way
    assert (row.state, row.site_address, row.uscc) == ("registered", "示例路 41 号", FORM.uscc)
    event = AuditEvent.objects.get(event="enterprise.resubmit")
    assert (event.before, event.after) == (
        {"site_address": "示例路 40 号"},
        {"site_address": "示例路 41 号"},
    )
    accounts.confirm_enterprise(actor=scene.be(scene.district.handler), **arguments)


def test_enterprises_are_seen_by_their_own(scene: scenes.Scene) -> None:
    own = worlds.enterprise_row(scene.enterprise)
    for stranger in (scene.neighbour, scene.other_district.handler, Actor.public()):
        actor = scene.be(stranger)
        refused(NotVisible, selectors.enterprise_file, actor=actor, public_id=own.public_id)
        assert rows("select count(*) from accounts_enterprise where id = %s", own.pk) == [(0,)]
    for insider in (scene.enterprise, scene.district.handler, scene.city.handler):
        actor = scene.be(insider)
        assert selectors.enterprise_file(actor=actor, public_id=own.public_id).uscc == own.uscc
    page = selectors.enterprises_page(actor=scene.be(scene.district.handler), q="示例1号")
    assert [row.name for row in page.rows] == [own.name]
    assert selectors.enterprises_page(actor=scene.district.handler, q="kunshan").total == 1
    assert selectors.enterprises_page(actor=scene.be(scene.other_district.handler), q="kunshan").total in {
        0,
        1,
    }

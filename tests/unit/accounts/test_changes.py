"""Dated changes of an enterprise: declared, confirmed, followed by titles, files and drafts (R-43)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.accounts import membership, selectors
from apps.accounts import services as accounts
from apps.accounts.models import Enterprise, EnterpriseChange, User
from apps.accounts.states import CHANGES
from apps.core.actor import Actor, Duty
from apps.core.errors import Forbidden, Invalid, NotVisible, WrongStep
from apps.core.moment import FixedClock
from apps.core.scoping import enter
from apps.evidence import services as evidence
from apps.evidence.models import EvidenceFile
from apps.policy.recheck import CHANGES_FOR_RECHECK
from tests import worlds
from tests.unit.evidence.samples import pdf

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)
RENAME = accounts.Change(kind="rename", effective_on=TODAY, name="昆山新名材料有限公司")
MOVE = accounts.Change(
    kind="move",
    effective_on=TODAY,
    district=worlds.WUZHONG,
    site_address="木渎镇示例路 9 号",
    sub_area="木渎镇",
)


class Scene:
    """Two districts and one confirmed enterprise."""

    def __init__(self, clock: FixedClock) -> None:
        self.clock = clock
        self.here = worlds.district_staff(clock)
        self.there = worlds.district_staff(clock, worlds.WUZHONG)
        self.boss = worlds.enterprise(clock, 1, confirmed_by=self.here.handler)

    def be(self, actor: Actor) -> Actor:
        enter(actor)
        return actor

    def declare(self, data: accounts.Change) -> str:
        return accounts.request_change(actor=self.be(self.boss), clock=self.clock, data=data)

    def confirm(self, public_id: str, by: Actor | None = None) -> None:
        actor = self.be(by or self.here.handler)
        accounts.confirm_change(actor=actor, clock=self.clock, public_id=public_id)

    def row(self) -> Enterprise:
        enter(Actor.system())
        return Enterprise.objects.get(pk=self.boss.enterprise_id)


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def scene(clock: FixedClock) -> Scene:
    return Scene(clock)


def test_a_new_name_waits_for_the_district_and_keeps_the_old_one(scene: Scene) -> None:
    old = scene.row().name
    change = scene.declare(RENAME)
    assert scene.row().name == old
    scene.confirm(change)
    scene.be(scene.boss)
    found = selectors.enterprise_file(actor=scene.boss)
    assert (found.name, found.former_names) == ("昆山新名材料有限公司", (old,))
    scene.be(scene.here.handler)
    by_old_name = selectors.enterprises_page(actor=scene.here.handler, q=old)
    assert [row.name for row in by_old_name.rows] == ["昆山新名材料有限公司"]
    [line] = membership.changes(actor=scene.here.handler)
    assert [(one.label, one.before, one.after) for one in line.altered] == [
        ("企业名称", old, "昆山新名材料有限公司")
    ]


def test_a_move_is_confirmed_by_the_new_district_only(scene: Scene) -> None:
    change = scene.declare(MOVE)
    scene.be(scene.here.handler)
    with pytest.raises(WrongStep):
        accounts.confirm_change(actor=scene.here.handler, clock=scene.clock, public_id=change)
    scene.be(scene.there.handler)
    seen = membership.change(actor=scene.there.handler, public_id=change)
    assert seen.from_district_name == "昆山市"
    scene.confirm(change, by=scene.there.handler)
    assert scene.row().district_id == worlds.WUZHONG
    scene.be(scene.there.handler)
    assert (
        selectors.enterprise_file(
            actor=scene.there.handler, enterprise_id=scene.boss.enterprise_id
        ).site_address
        == "木渎镇示例路 9 号"
    )
    scene.be(scene.here.handler)
    with pytest.raises(NotVisible):
        selectors.enterprise_file(actor=scene.here.handler, enterprise_id=scene.boss.enterprise_id)


def test_a_third_district_sees_nothing_of_it(scene: Scene) -> None:
    change = scene.declare(RENAME)
    scene.be(scene.there.handler)
    with pytest.raises(NotVisible):
        membership.change(actor=scene.there.handler, public_id=change)
    with pytest.raises(NotVisible):
        accounts.confirm_change(actor=scene.there.handler, clock=scene.clock, public_id=change)


def test_a_declined_change_changes_nothing_and_says_why(scene: Scene) -> None:
    change = scene.declare(RENAME)
    scene.be(scene.here.handler)
    with pytest.raises(Invalid):
        accounts.decline_change(actor=scene.here.handler, clock=scene.clock, public_id=change, reason="  ")
    accounts.decline_change(
        actor=scene.here.handler, clock=scene.clock, public_id=change, reason="请上传变更核准通知书。"
    )
    assert scene.row().former_names == []
    scene.be(scene.boss)
    [line] = membership.changes(actor=scene.boss)
    assert (line.state_label, line.decision_note) == ("退回，未变更", "请上传变更核准通知书。")
    assert scene.declare(RENAME)


def test_one_open_change_of_a_kind_and_it_can_be_taken_back(scene: Scene) -> None:
    change = scene.declare(RENAME)
    with pytest.raises(WrongStep):
        scene.declare(RENAME)
    assert scene.declare(replace(RENAME, kind="closure", reason="经营期限届满，已注销。"))
    scene.be(scene.boss)
    accounts.withdraw_change(actor=scene.boss, clock=scene.clock, public_id=change)
    scene.be(scene.here.handler)
    with pytest.raises(WrongStep):
        accounts.confirm_change(actor=scene.here.handler, clock=scene.clock, public_id=change)


def test_succession_moves_the_account_with_the_confirmation(scene: Scene) -> None:
    scene.be(scene.boss)
    link = accounts.invite_member(actor=scene.boss, clock=scene.clock, name="吴海燕", duties=["clerk"])
    heir = accounts.accept_invitation(
        actor=scene.be(Actor.public()),
        clock=scene.clock,
        token=link.token,
        data=accounts.Joining("heir1", "Tests-Only-2026", "吴海燕", "13900000000", "", consent=True),
    )
    change = scene.declare(
        accounts.Change(
            kind="succession", effective_on=TODAY, legal_representative="吴海燕", successor_id=heir
        )
    )
    enter(Actor.system())
    assert User.objects.get(pk=heir).duties == ["clerk"]
    scene.confirm(change)
    assert scene.row().legal_representative == "吴海燕"
    assert Duty.RESPONSIBLE.value in User.objects.get(pk=heir).duties
    assert Duty.RESPONSIBLE.value not in User.objects.get(pk=scene.boss.user_id).duties


def test_closure_ends_the_registration_on_its_day(scene: Scene) -> None:
    scene.confirm(scene.declare(accounts.Change(kind="closure", effective_on=TODAY, reason="已注销。")))
    row = scene.row()
    assert (row.state, row.closed_on) == ("closed", TODAY)
    with pytest.raises(WrongStep):
        scene.declare(RENAME)


@pytest.mark.parametrize(
    ("data", "field"),
    [
        (replace(RENAME, name=""), "name"),
        (replace(RENAME, name="昆山示例1号材料有限公司"), "name"),
        (replace(RENAME, name="字" * 101), "name"),
        (replace(RENAME, name="昆山\u202e公司"), "name"),
        (replace(RENAME, effective_on=None), "effective_on"),
        (replace(RENAME, effective_on=TODAY + timedelta(days=1)), "effective_on"),
        (replace(RENAME, effective_on=date(1948, 1, 1)), "effective_on"),
        (replace(MOVE, district="999999"), "district"),
        (replace(MOVE, site_address=""), "site_address"),
        (replace(MOVE, site_address="常熟市示例路 1 号"), "site_address"),
        (replace(MOVE, kind="succession", legal_representative=""), "legal_representative"),
        (
            replace(MOVE, kind="succession", legal_representative="某某", successor_id=999_999),
            "successor",
        ),
        (replace(MOVE, kind="closure", reason=""), "reason"),
        (replace(MOVE, kind="merger"), "kind"),
    ],
)
def test_a_faulty_change_names_its_field_and_stores_nothing(
    scene: Scene, data: accounts.Change, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        scene.declare(data)
    assert field in refused.value.errors
    enter(Actor.system())
    assert not EnterpriseChange.objects.exists()


def test_a_clerk_declares_nothing(scene: Scene) -> None:
    clerk = replace(scene.boss, duties=frozenset({Duty.CLERK}))
    scene.be(clerk)
    with pytest.raises(Forbidden):
        accounts.request_change(actor=clerk, clock=scene.clock, data=RENAME)


def test_the_paper_is_asked_for_together_with_every_other_fault(scene: Scene) -> None:
    scene.be(scene.boss)
    with pytest.raises(Invalid) as refused:
        evidence.request_change(actor=scene.boss, clock=scene.clock, data=replace(RENAME, name=""))
    assert set(refused.value.errors) == {"name", "document"}
    with pytest.raises(Invalid) as refused:
        evidence.request_change(
            actor=scene.boss,
            clock=scene.clock,
            data=RENAME,
            document=SimpleUploadedFile("通知书.exe", b"MZ"),
        )
    assert set(refused.value.errors) == {"document"}
    enter(Actor.system())
    assert not EnterpriseChange.objects.exists()


def test_the_deciding_district_opens_the_paper_of_a_move(scene: Scene) -> None:
    scene.be(scene.boss)
    change = evidence.request_change(
        actor=scene.boss,
        clock=scene.clock,
        data=MOVE,
        document=SimpleUploadedFile("通知书.pdf", pdf()),
    )
    scene.be(scene.there.handler)
    paper = membership.change(actor=scene.there.handler, public_id=change).document
    opened = evidence.open_file(actor=scene.there.handler, clock=scene.clock, public_id=paper)
    assert opened.name == "通知书.pdf"
    scene.confirm(change, by=scene.there.handler)
    enter(Actor.system())
    assert set(EvidenceFile.objects.values_list("district_id", flat=True)) == {worlds.WUZHONG}


@pytest.mark.rule("R-33")
def test_the_plan_of_rechecks_knows_kinds_that_can_be_reported() -> None:
    assert set(CHANGES) > CHANGES_FOR_RECHECK

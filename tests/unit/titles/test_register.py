"""Entering and ending titles: one live title a level, competence, numbers, bans, walls."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, InternalError, ProgrammingError, connection, transaction

from apps.core.actor import Actor, Role
from apps.core.errors import Forbidden, Invalid, NotVisible, RuleBroken, WrongStep
from apps.core.moment import FixedClock, Moment
from apps.core.scoping import enter
from apps.deadlines.models import Obligation
from apps.deadlines.services import sweep
from apps.notifications.models import Message
from apps.policy.levels import Level
from apps.policy.parameters import Parameters
from apps.policy.standing import not_banned
from apps.titles import selectors, verification
from apps.titles import services as titles
from apps.titles.models import Title
from apps.titles.states import ENDED, LIVE, TITLE_LIFE
from tests import worlds
from tests.unit.foundation import at_once
from tests.unit.titles import scenes
from tests.unit.titles.scenes import Scene


@pytest.mark.rule("R-01")
def test_one_live_title_per_level_and_several_levels(scene: Scene) -> None:
    second, third = scene.award(2), scene.award(3)
    assert (second.certificate_no, third.certificate_no) == ("SZLC-2A-2026-0001", "SZLC-3A-2026-0001")
    with pytest.raises(RuleBroken):
        scene.award(3)
    other = scene.award(3, to=scene.neighbour, district=worlds.WUZHONG)
    assert other.certificate_no == "SZLC-3A-2026-0002"
    standing = selectors.standing_of(
        actor=scene.be(scene.enterprise), enterprise_id=scene.enterprise.enterprise_id or 0
    )
    assert [title.level for title in standing.titles] == [Level.A2, Level.A3]


def test_the_same_source_gives_a_title_once(scene: Scene) -> None:
    first = scene.award(3, source="recognition-1")
    again = scene.award(3, source="recognition-1")
    assert again.created is False
    assert (again.title_id, again.certificate_no) == (first.title_id, first.certificate_no)
    enter(Actor.system())
    assert Title.objects.count() == 1
    assert list(verification.problems()) == []


@pytest.mark.rule("R-06")
def test_only_the_competent_tier_awards(scene: Scene) -> None:
    for level, actor in (
        (3, scene.district.signer),
        (2, scene.city.leader),
        (2, scene.other_district.signer),
        (2, scene.enterprise),
        (4, scene.district.signer),
    ):
        with pytest.raises(RuleBroken) as caught:
            scene.award(level, by=actor)
        assert caught.value.verdict.rules == {"R-06"}


@pytest.mark.rule("R-41")
def test_cancellation_ends_the_title_and_bans(scene: Scene) -> None:
    title = scene.award(3)
    with pytest.raises(WrongStep):
        _cancel(scene, title.public_id, scene.city.leader)
    scene.step(title.public_id, "start_recheck", "order_rectification", "propose_cancellation")
    for actor in (scene.city.signer, scene.district.handler):
        with pytest.raises(Forbidden):
            _cancel(scene, title.public_id, actor)
    with pytest.raises(RuleBroken):
        _cancel(scene, title.public_id, scene.district.signer)
    with pytest.raises(NotVisible):
        _cancel(scene, title.public_id, scene.other_district.signer)
    with pytest.raises(Invalid) as caught:
        _cancel(scene, title.public_id, scene.city.leader, on=date(2026, 11, 23), document_no=" ")
    assert set(caught.value.errors) == {"decided_on", "document_no"}
    done = _cancel(scene, title.public_id, scene.city.leader)
    assert done.ban_until == date(2029, 11, 22)
    row = scene.row(title.public_id)
    assert (row.state, row.ended_on) == ("cancelled", date(2026, 11, 22))
    standing = selectors.standing_of(
        actor=scene.be(scene.neighbour), enterprise_id=scene.enterprise.enterprise_id or 0
    )
    for day, allowed in ((date(2029, 11, 21), False), (date(2029, 11, 22), True)):
        assert not_banned(standing, level=Level.A3, on=day, parameters=Parameters()).ok is allowed
    assert selectors.bans_of(
        actor=scene.be(scene.enterprise), enterprise_id=scene.enterprise.enterprise_id or 0
    )
    assert not selectors.bans_of(
        actor=scene.be(scene.neighbour), enterprise_id=scene.enterprise.enterprise_id or 0
    )


@pytest.mark.rule("R-11")
def test_the_end_of_a_ban_is_told_once(scene: Scene) -> None:
    until = scene.cancelled().ban_until
    scene.clock.set(Moment.in_shanghai(until - timedelta(days=1), 23, 59))
    sweep(clock=scene.clock)
    enter(Actor.system())
    assert not Message.objects.filter(template="ban_ended").exists()
    scene.clock.set(Moment.in_shanghai(until, 0, 0))
    for _ in range(2):
        sweep(clock=scene.clock)
    enter(Actor.system())
    message = Message.objects.get(template="ban_ended")
    assert "2029年11月22日" in message.body
    assert Obligation.objects.get(kind="title.ban").state == "met"


@pytest.mark.rule("R-40")
def test_listed_levels_are_suspended_never_cancelled(scene: Scene) -> None:
    fourth = scene.award(4)
    assert fourth.certificate_no is None
    scene.step(fourth.public_id, "order_rectification", "propose_cancellation")
    with pytest.raises(RuleBroken):
        _cancel(scene, fourth.public_id, scene.city.leader)
    scene.step(fourth.public_id, "suspend", by=scene.city.signer)
    standing = selectors.standing_of(actor=Actor.system(), enterprise_id=scene.enterprise.enterprise_id or 0)
    assert not standing.holds(Level.A4)
    third = scene.award(3)
    scene.step(third.public_id, "order_rectification")
    with pytest.raises(RuleBroken):
        scene.step(third.public_id, "suspend", by=scene.city.signer)
    with pytest.raises(ValueError, match="cancel_title"):
        scene.step(third.public_id, "cancel", by=scene.city.leader)


def test_a_title_may_be_awarded_again_after_it_ended(scene: Scene) -> None:
    first = scene.award(2, on=date(2026, 3, 2))
    titles.surrender_title(
        actor=scene.be(scene.district.signer),
        clock=scene.clock,
        title_public_id=first.public_id,
        document_no="",
        reason="企业申请注销。",
    )
    assert scene.row(first.public_id).ended_on == date(2026, 11, 22)
    with pytest.raises(IntegrityError), transaction.atomic():
        scene.award(2, on=date(2026, 11, 21))
    assert scene.award(2, on=date(2026, 11, 22)).certificate_no == "SZLC-2A-2026-0002"


def test_a_new_name_stands_beside_the_old_one(scene: Scene) -> None:
    title = scene.award(3)
    old = scene.row(title.public_id).enterprise_name
    assert (
        titles.rename_titles(
            actor=scene.be(scene.city.handler),
            moment=scene.clock.now(),
            enterprise_id=scene.enterprise.enterprise_id or 0,
            new_name="昆山新名材料有限公司",
            note="工商变更",
        )
        == 1
    )
    row = scene.row(title.public_id)
    assert (row.enterprise_name, row.former_names) == ("昆山新名材料有限公司", [old])


@pytest.mark.rule("R-31")
def test_marks_of_annual_forms_are_read_as_standing(scene: Scene) -> None:
    facts = {
        "enterprise_id": scene.enterprise.enterprise_id or 0,
        "district": worlds.KUNSHAN,
        "year": 2026,
        "due_on": date(2026, 4, 15),
    }
    system = scene.be(Actor.system())
    moment = scene.clock.now()
    titles.record_annual_form(actor=system, moment=moment, **facts)
    titles.record_annual_form(actor=system, moment=moment, **facts, submitted_on=date(2026, 5, 1))
    standing = selectors.standing_of(actor=system, enterprise_id=facts["enterprise_id"])
    assert [(form.year, form.submitted_on) for form in standing.annual_forms] == [(2026, date(2026, 5, 1))]


def test_every_state_is_reached_and_ended_states_are_final() -> None:
    reached = {arrow.target for arrow in TITLE_LIFE.transitions}
    assert reached == set(TITLE_LIFE.states)
    assert {source for arrow in TITLE_LIFE.transitions for source in arrow.sources} == set(LIVE)
    assert set(TITLE_LIFE.states) == LIVE | ENDED


def test_the_register_is_read_by_all_and_written_by_its_jurisdiction(scene: Scene) -> None:
    title = scene.award(2)
    for actor in (Actor.public(), scene.neighbour, scene.other_district.signer, scene.city.handler):
        scene.be(actor)
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from titles_title")
            assert cursor.fetchone() == (1,)
            if actor.role is not Role.MUNICIPAL:
                cursor.execute("update titles_title set level = 1")
                assert cursor.rowcount == 0
    with connection.cursor() as cursor:
        cursor.execute("select set_config('gf.role', '', true)")
        cursor.execute("select count(*) from titles_title")
        assert cursor.fetchone() == (0,)
    scene.be(scene.enterprise)
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("update titles_title set enterprise_id = 999999")
    assert not Title.objects.visible_to(scene.neighbour).exists()
    with pytest.raises(NotVisible):
        selectors.title_file(actor=scene.be(scene.other_district.signer), public_id=title.public_id)
    page = selectors.titles_page(actor=scene.be(scene.district.handler), state="standing")
    assert (page.total, page.by_level[2]) == (1, 1)


def test_titles_and_bans_are_never_deleted(scene: Scene) -> None:
    scene.cancelled()
    enter(Actor.system())
    for statement in (
        "delete from titles_title",
        "delete from titles_ban",
        "update titles_ban set until_on = '2027-01-01'",
    ):
        with pytest.raises(InternalError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_awards_at_once_give_one_title(clock: FixedClock) -> None:
    with transaction.atomic():
        scene = scenes.build(clock)

    def award(number: int) -> bool:
        try:
            with transaction.atomic():
                scene.award(3, source=f"thread-{number}")
        except RuleBroken:
            return False
        return True

    assert sum(at_once(6, award)) == 1
    with transaction.atomic():
        enter(Actor.system())
        assert Title.objects.get().certificate_no == "SZLC-3A-2026-0001"


def _cancel(
    scene: Scene,
    public_id: str,
    actor: Actor | None,
    *,
    on: date = date(2026, 11, 22),
    document_no: str = "苏工信节能〔2026〕60号",
) -> titles.Cancelled:
    return titles.cancel_title(
        actor=scene.be(actor),
        moment=scene.clock.now(),
        title_public_id=public_id,
        decided_on=on,
        document_no=document_no,
        reason="整改逾期未完成。",
    )

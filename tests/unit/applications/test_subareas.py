"""The 板块 step: chosen by a district for a day on, written down before accepting, gone with a transfer (R-14)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import InternalError, transaction

from apps.accounts.models import Enterprise
from apps.applications import selectors
from apps.applications import services as applications
from apps.applications.models import Application, SubAreaOpinion
from apps.audit.models import AuditEvent
from apps.core.actor import Actor
from apps.core.errors import Forbidden, Invalid, NotVisible, RuleBroken, WrongStep
from apps.core.scoping import enter
from apps.notifications.selectors import inbox
from apps.policy.review import sub_area_allows
from tests.unit.applications.scenes import Scene
from tests.unit.refusals import broken, refused
from tests.worlds import sub_area_staff

TODAY, TOMORROW = date(2026, 11, 22), date(2026, 11, 23)


def opinion(scene: Scene, public_id: str, **changes: Any) -> dict[str, Any]:
    return {
        "clock": scene.clock,
        "public_id": public_id,
        "sub_area": "玉山镇",
        "recommends": True,
        "reason": "",
        "given_by": "钱进",
        **changes,
    }


def asks(scene: Scene, on: date = TODAY, *, yes: bool = True) -> None:
    applications.choose_practice(
        actor=scene.be(scene.district.signer),
        clock=scene.clock,
        sub_area_opinion=yes,
        effective_from=on,
        reason="镇街先行把关。",
    )


@pytest.mark.rule("R-14")
def test_an_opinion_is_needed_but_does_not_bind() -> None:
    assert not sub_area_allows(required=True, recommends=None).ok
    for required, recommends in ((False, None), (True, True), (True, False)):
        assert sub_area_allows(required=required, recommends=recommends).ok


def test_a_district_that_asks_accepts_only_with_an_opinion(scene: Scene) -> None:
    public_id = scene.submitted()
    asks(scene)
    handler = scene.be(scene.district.handler)
    accept = {"actor": handler, "clock": scene.clock, "public_id": public_id}
    (action, *_) = selectors.available_actions(actor=handler, public_id=public_id, moment=scene.clock.now())
    assert (action.event, action.verdict.ok) == ("accept", False)
    assert broken(applications.accept, **accept) == ["R-14"]
    applications.record_sub_area_opinion(
        actor=handler, **opinion(scene, public_id, recommends=False, reason="厂区将搬迁。")
    )
    applications.record_sub_area_opinion(
        actor=handler, **opinion(scene, public_id, letter_no="玉政〔2026〕8号")
    )
    row = scene.row(public_id)
    newest = selectors.sub_area_opinions(actor=handler, application_ids=[row.pk])[row.pk]
    assert (newest.label, newest.given_by, newest.given_on) == ("推荐", "钱进", TODAY)
    applications.accept(**accept)
    refused(WrongStep, applications.record_sub_area_opinion, actor=handler, **opinion(scene, public_id))
    enter(Actor.system())
    trail = AuditEvent.objects.filter(event="application.sub_area_opinion").order_by("pk")
    assert [row.note for row in trail] == ["玉山镇不推荐：厂区将搬迁。", "玉山镇推荐。"]


def test_before_its_day_and_elsewhere_nothing_is_asked(scene: Scene) -> None:
    asks(scene, TOMORROW)
    assert selectors.asks_sub_area(district="320583", on=TODAY) is False
    assert selectors.asks_sub_area(district="320583", on=TOMORROW) is True
    scene.be(scene.other_district.signer)
    assert selectors.practices(actor=scene.other_district.signer) == []
    public_id = scene.submitted()
    applications.accept(actor=scene.be(scene.district.handler), clock=scene.clock, public_id=public_id)


def test_gates_of_the_opinion(scene: Scene) -> None:
    public_id = scene.submitted()
    foreign = scene.be(scene.other_district.handler)
    refused(NotVisible, applications.record_sub_area_opinion, actor=foreign, **opinion(scene, public_id))
    for stranger in (scene.city.handler, scene.enterprise):
        refused(
            Forbidden,
            applications.record_sub_area_opinion,
            actor=scene.be(stranger),
            **opinion(scene, public_id),
        )
    lacking = refused(
        Invalid,
        applications.record_sub_area_opinion,
        actor=scene.be(scene.district.handler),
        **opinion(scene, public_id, sub_area=" ", recommends=None, given_by="", given_on=TOMORROW),
    )
    assert set(lacking.errors) == {"sub_area", "recommends", "given_by", "given_on"}  # type: ignore[attr-defined]
    with pytest.raises(Invalid, match="理由"):
        applications.record_sub_area_opinion(
            actor=scene.district.handler, **opinion(scene, public_id, recommends=False)
        )


def test_gates_of_the_choice(scene: Scene) -> None:
    choice = {"clock": scene.clock, "sub_area_opinion": True, "effective_from": TODAY, "reason": "先行把关。"}
    for stranger in (scene.district.handler, scene.city.signer, scene.enterprise):
        refused(Forbidden, applications.choose_practice, actor=scene.be(stranger), **choice)
    signer = scene.be(scene.district.signer)
    for wrong in ({"reason": " "}, {"effective_from": None}, {"effective_from": date(2026, 11, 21)}):
        refused(Invalid, applications.choose_practice, actor=signer, **{**choice, **wrong})
    applications.choose_practice(actor=signer, **choice)
    refused(Invalid, applications.choose_practice, actor=signer, **choice)


def test_an_opinion_counts_only_for_the_district_that_asked(scene: Scene) -> None:
    public_id = scene.submitted()
    handler = scene.be(scene.district.handler)
    applications.record_sub_area_opinion(actor=handler, **opinion(scene, public_id))
    other = scene.other_district
    applications.transfer(
        actor=handler,
        clock=scene.clock,
        public_id=public_id,
        to_district=other.handler.district or "",
        reason="生产地址不在本市。",
    )
    applications.choose_practice(
        actor=scene.be(other.signer),
        clock=scene.clock,
        sub_area_opinion=True,
        effective_from=TODAY,
        reason="镇街先行把关。",
    )
    row = scene.row(public_id)
    with pytest.raises(RuleBroken):
        applications.accept(actor=scene.be(other.handler), clock=scene.clock, public_id=public_id)
    for reader in (other.handler, scene.city.handler):
        found = selectors.sub_area_opinions(actor=scene.be(reader), application_ids=[row.pk])
        assert found == {}
    enter(other.handler)
    assert not SubAreaOpinion.objects.filter(application_id=row.pk).exists()


def test_what_was_said_is_never_rewritten(scene: Scene) -> None:
    public_id = scene.submitted()
    applications.record_sub_area_opinion(actor=scene.be(scene.district.handler), **opinion(scene, public_id))
    for change in (lambda rows: rows.update(recommends=False), lambda rows: rows.delete()):
        with pytest.raises(InternalError), transaction.atomic():
            change(SubAreaOpinion.objects.all())


def test_a_sub_area_sees_only_what_it_is_asked_about_and_answers_itself(scene: Scene) -> None:
    public_id = scene.submitted()
    asks(scene)
    yushan = sub_area_staff(scene.clock, "yushan", "玉山镇")
    huaqiao = sub_area_staff(scene.clock, "huaqiao", "花桥")
    namesake = sub_area_staff(
        scene.clock, "namesake", "玉山镇", district=scene.other_district.handler.district or ""
    )
    give: dict[str, Any] = {"clock": scene.clock, "public_id": public_id, "recommends": True, "reason": ""}
    for stranger in (yushan, huaqiao, namesake):
        scene.be(stranger)
        assert selectors.sub_area_queue(actor=stranger).rows == []
        refused(NotVisible, applications.give_sub_area_opinion, actor=stranger, **give)
        # The second wall alone says the same: no filter of ours, no row.
        assert not Application.objects.filter(public_id=public_id).exists()
        assert not Enterprise.objects.exists()
    ask: dict[str, Any] = {"clock": scene.clock, "public_id": public_id, "sub_area": "玉山镇"}
    refused(NotVisible, applications.ask_sub_area, actor=scene.be(scene.other_district.handler), **ask)
    refused(Forbidden, applications.ask_sub_area, actor=scene.be(scene.city.handler), **ask)
    handler = scene.be(scene.district.handler)
    refused(Invalid, applications.ask_sub_area, actor=handler, **{**ask, "sub_area": "木渎镇"})
    applications.ask_sub_area(actor=handler, **ask)
    refused(Forbidden, applications.give_sub_area_opinion, actor=handler, **give)
    scene.be(yushan)
    assert [row.title for row in inbox(actor=yushan).rows if "板块意见" in row.title] != []
    queue = selectors.sub_area_queue(actor=yushan)
    assert (queue.waiting, [row.public_id for row in queue.rows]) == (1, [public_id])
    refused(Invalid, applications.give_sub_area_opinion, actor=yushan, **{**give, "recommends": None})
    refused(Invalid, applications.give_sub_area_opinion, actor=yushan, **{**give, "recommends": False})
    applications.give_sub_area_opinion(actor=yushan, **give)
    assert selectors.sub_area_queue(actor=yushan).waiting == 0
    said = selectors.sub_area_case(actor=yushan, public_id=public_id).opinion
    assert said is not None
    assert (said.label, said.given_by, said.sub_area) == ("推荐", "钱进", "玉山镇")
    for other in (huaqiao, namesake):
        refused(NotVisible, selectors.sub_area_case, actor=scene.be(other), public_id=public_id)
        assert not SubAreaOpinion.objects.exists()
    # Named anew, it goes over to the other one, with what the first had said kept by the district.
    applications.ask_sub_area(actor=scene.be(scene.district.handler), **{**ask, "sub_area": "花桥"})
    refused(NotVisible, selectors.sub_area_case, actor=scene.be(yushan), public_id=public_id)
    assert selectors.sub_area_case(actor=scene.be(huaqiao), public_id=public_id).opinion is None
    handler = scene.be(scene.district.handler)
    applications.accept(actor=handler, clock=scene.clock, public_id=public_id)
    refused(WrongStep, applications.ask_sub_area, actor=handler, **ask)
    refused(WrongStep, applications.give_sub_area_opinion, actor=scene.be(huaqiao), **give)

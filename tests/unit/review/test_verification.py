"""`verify` is silent about what the services made, and names what was bent behind their backs."""

from __future__ import annotations

import pytest
from django.db import connection

from apps.core.actor import Actor
from apps.core.scoping import enter
from apps.publicity.verification import problems as publicity_problems
from apps.review import services as review
from apps.review.verification import problems as review_problems
from tests.unit.review import scenes
from tests.unit.staging import built_once, played


def _build() -> scenes.Flow:
    flow = scenes.build(scenes.morning())
    flow.prepare(1, by=flow.neighbour)
    flow.awarded()
    return flow


stage = built_once(_build)
scene = played()


def test_nothing_to_say_about_a_true_case(scene: scenes.Flow) -> None:
    enter(Actor.system())
    assert list(review_problems()) == []
    assert list(publicity_problems()) == []


@pytest.mark.parametrize(
    ("statement", "word"),
    [
        ("update review_preliminaryreview set signed_total = 84.99", "初评得分与评分表不一致"),
        ("update review_preliminaryreview set vetoes = '{V-01}'", "不符合推荐条件"),
        ("update review_panel set total = 99", "专家组得分与申报记录不一致"),
        ("update review_panel set site_visited = null", "意见不完整"),
        (
            "update review_panel set leader_id = (select max(user_id) from accounts_expert)",
            "组长不是在组成员",
        ),
        ("update review_assignment set opinion_signed_at = null", "缺少成员评分或签名"),
    ],
)
def test_bent_reviews_are_named(scene: scenes.Flow, statement: str, word: str) -> None:
    enter(Actor.system())
    with connection.cursor() as cursor:
        cursor.execute(statement)
    found = list(review_problems())
    assert found
    assert all(word in problem for problem in found), found


@pytest.mark.parametrize(
    ("statement", "word"),
    [
        ("update publicity_noticeentry set state = 'standing'", "公示条目与申报状态不一致"),
        ("update publicity_recognitionentry set certificate_no = 'none'", "没有相应的证书"),
        ("delete from publicity_recognitionentry", "没有签发的评定名单"),
        ("update applications_application set state = 'on_notice' where state = 'awarded'", "但没有公示条目"),
    ],
)
def test_bent_notices_are_named(scene: scenes.Flow, statement: str, word: str) -> None:
    enter(Actor.system())
    with connection.cursor() as cursor:
        cursor.execute(statement)
    assert any(word in problem for problem in publicity_problems())


def test_a_gap_in_the_filing_numbers_is_named(scene: scenes.Flow) -> None:
    scene.ruled("65.00", 1, by=scene.neighbour)
    filing = review.prepare_filing(
        actor=scene.be(scene.other_district.handler), clock=scene.clock, round_public_id=scene.round_id
    )
    review.send_filing(actor=scene.be(scene.other_district.signer), clock=scene.clock, public_id=filing)
    review.acknowledge_filing(actor=scene.be(scene.city.handler), clock=scene.clock, public_id=filing)
    enter(Actor.system())
    assert list(review_problems()) == []
    with connection.cursor() as cursor:
        cursor.execute("update review_filing set number = 'BA-2026-0003'")
    assert list(review_problems()) == [
        "备案号BA-2026-0003不在编号登记中。",
        "备案号BA-2026-0001已登记，但没有对应的事项。",
    ]

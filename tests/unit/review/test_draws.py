"""A panel by verifiable draw: who may do what, the record repeated by a script of its own, reserves, redraws (R-19)."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from apps.core.actor import Actor
from apps.core.errors import Forbidden, Invalid, NotVisible, WrongStep
from apps.core.moment import Moment
from apps.core.scoping import enter
from apps.policy.draw import Seat
from apps.review import selectors
from apps.review import services as review
from apps.review.models import Draw
from tests import worlds
from tests.unit.foundation import rows
from tests.unit.refusals import broken, refused
from tests.unit.review import scenes
from tests.unit.staging import built_once, played

ROOT = Path(__file__).resolve().parents[3]
VALUE = "03 11 19 22 27 30 09"


def _build() -> scenes.Flow:
    flow = scenes.build(scenes.morning(), experts=0)
    flow.experts = [worlds.expert(flow.clock, n, employer=f"示例单位{n}") for n in range(1, 9)]
    flow.accepted_by_city()
    return flow


stage = built_once(_build)
scene = played()


def terms(scene: scenes.Flow, **changed: Any) -> dict[str, Any]:
    moment = scene.clock.now()
    return {
        "clock": scene.clock,
        "public_id": scene.case,
        "seats": [Seat(industry="26"), Seat(field="能源"), Seat(field="环境")],
        "source": "中国福利彩票双色球第2026135期",
        "known_from": moment.at + timedelta(hours=12),
        "due_on": moment.on + timedelta(days=14),
        **changed,
    }


def commit(scene: scenes.Flow, **changed: Any) -> str:
    return review.commit_draw(actor=scene.be(scene.city.handler), **terms(scene, **changed))


def later(scene: scenes.Flow) -> None:
    scene.clock.set(Moment.of(scene.clock.now().at + timedelta(hours=13)))


def reveal(scene: scenes.Flow, draw: str) -> Any:
    later(scene)
    return review.reveal_draw(
        actor=scene.be(scene.city.signer), clock=scene.clock, public_id=draw, public_value=VALUE
    )


def drawn(scene: scenes.Flow) -> str:
    draw = commit(scene)
    reveal(scene, draw)
    return draw


def members(scene: scenes.Flow) -> list[str]:
    panel = selectors.panel_of(actor=scene.be(scene.city.handler), public_id=scene.case)
    return [row.expert_number for row in panel.members if row.state != "recused"]


def test_gates_of_the_commitment(scene: scenes.Flow) -> None:
    refused(
        Forbidden, review.commit_draw, actor=scene.be(scene.city.leader or Actor.public()), **terms(scene)
    )
    refused(NotVisible, review.commit_draw, actor=scene.be(scene.other_district.handler), **terms(scene))
    city = scene.be(scene.city.handler)
    now = scene.clock.now()
    refused(Invalid, review.commit_draw, actor=city, **terms(scene, known_from=now.at))
    refused(Invalid, review.commit_draw, actor=city, **terms(scene, due_on=now.on))
    assert broken(review.commit_draw, actor=city, **terms(scene, source=" ")) == ["R-19"]
    assert "R-19" in broken(review.commit_draw, actor=city, **terms(scene, seats=[Seat()] * 2))
    assert "R-19" in broken(review.commit_draw, actor=city, **terms(scene, seats=[Seat()] * 9))
    commit(scene)
    assert broken(review.commit_draw, actor=city, **terms(scene)) == ["R-19"]


def test_a_second_person_enters_the_value_when_it_is_out(scene: scenes.Flow) -> None:
    draw = commit(scene)
    arguments = {"clock": scene.clock, "public_id": draw, "public_value": VALUE}
    assert broken(review.reveal_draw, actor=scene.be(scene.city.signer), **arguments) == ["R-19"]
    later(scene)
    assert broken(review.reveal_draw, actor=scene.be(scene.city.handler), **arguments) == ["R-19"]
    refused(NotVisible, review.reveal_draw, actor=scene.be(scene.experts[0]), **arguments)
    review.reveal_draw(actor=scene.be(scene.city.signer), **arguments)
    refused(WrongStep, review.reveal_draw, actor=scene.be(scene.city.signer), **arguments)


def test_an_independent_script_repeats_the_draw(scene: scenes.Flow, tmp_path: Path) -> None:
    draw = drawn(scene)
    record = selectors.draw_record(actor=scene.be(scene.city.handler), public_id=draw)
    file = tmp_path / "record.json"
    file.write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")
    script = [sys.executable, "-I", str(ROOT / "tools" / "replay_draw.py"), str(file)]
    done = subprocess.run(script, capture_output=True, text=True, timeout=30, check=False)  # noqa: S603
    assert done.returncode == 0, done.stdout + done.stderr
    assert [line.split("：")[1][:6] for line in done.stdout.splitlines()[:3]] == [
        pick["code"] for pick in record["picks"]
    ]
    record["picks"][0]["code"] = record["reserves"][0]
    file.write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")
    forged = subprocess.run(script, capture_output=True, text=True, timeout=30, check=False)  # noqa: S603
    assert forged.returncode == 1
    record["pool"][0]["barred"] = "cap"
    file.write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")
    changed = subprocess.run(script, capture_output=True, text=True, timeout=30, check=False)  # noqa: S603
    assert changed.returncode != 0
    source = (ROOT / "tools" / "replay_draw.py").read_text(encoding="utf-8")
    assert len(source.splitlines()) < 80
    assert "apps" not in source
    assert "django" not in source


def test_the_database_keeps_commitment_and_result(scene: scenes.Flow) -> None:
    draw = drawn(scene)
    enter(Actor.system())
    for change in (
        {"content": {}},
        {"secret": "0"},
        {"public_value": "1"},
        {"seed": "0" * 64},
        {"picks": []},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            Draw.objects.filter(public_id=draw).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Draw.objects.filter(public_id=draw).delete()


def test_the_result_founds_the_panel(scene: scenes.Flow) -> None:
    draw = drawn(scene)
    arguments = {"clock": scene.clock, "public_id": draw}
    refused(Forbidden, review.confirm_draw, actor=scene.be(scene.city.signer), **arguments)
    city = scene.be(scene.city.handler)
    refused(Invalid, review.confirm_draw, actor=city, leader="ZJ9999", **arguments)
    review.confirm_draw(actor=city, **arguments)
    picks = [pick.code for pick in selectors.draws_of(actor=city, public_id=scene.case)[0].picks]
    assert members(scene) == picks
    row = scene.panel_row()
    assert (scene.state(), row.drawn, row.state) == ("expert_review", True, "assessing")
    refused(WrongStep, review.confirm_draw, actor=scene.be(scene.city.handler), **arguments)


def test_who_became_unable_is_followed_by_the_next_reserve(scene: scenes.Flow) -> None:
    draw = drawn(scene)
    city = scene.be(scene.city.handler)
    row = selectors.draws_of(actor=city, public_id=scene.case)[0]
    first = next(e for e in scene.experts if _number(e) == row.picks[0].code)
    on = scene.clock.now().on
    review.declare_absence(
        actor=scene.be(first), clock=scene.clock, from_on=on, until_on=on + timedelta(days=3), note="出差"
    )
    review.confirm_draw(actor=scene.be(scene.city.handler), clock=scene.clock, public_id=draw)
    assert members(scene)[0] == row.reserves[0]
    changed = selectors.draws_of(actor=scene.be(scene.city.handler), public_id=scene.case)[0].changes
    assert [(change["out"], change["in"]) for change in changed] == [(row.picks[0].code, row.reserves[0])]


def _number(expert: Actor) -> str:
    enter(Actor.system())
    return str(rows("select number from accounts_expert where user_id = %s", expert.expert_id)[0][0])


def test_an_absent_expert_is_replaced_in_the_order_of_the_draw(scene: scenes.Flow) -> None:
    draw = drawn(scene)
    review.confirm_draw(actor=scene.be(scene.city.handler), clock=scene.clock, public_id=draw)
    row = selectors.draws_of(actor=scene.be(scene.city.handler), public_id=scene.case)[0]
    panel = selectors.panel_of(actor=scene.be(scene.city.handler), public_id=scene.case)
    task = panel.members[1].public_id
    arguments = {"clock": scene.clock, "public_id": task}
    refused(
        Forbidden,
        review.substitute_expert,
        actor=scene.be(scene.city.signer),
        reason="联系不上。",
        **arguments,
    )
    city = scene.be(scene.city.handler)
    refused(Invalid, review.substitute_expert, actor=city, reason=" ", **arguments)
    review.substitute_expert(actor=city, reason="联系不上。", **arguments)
    assert set(members(scene)) == {row.picks[0].code, row.picks[2].code, row.reserves[0]}
    kept = selectors.draw_record(actor=scene.be(scene.city.handler), public_id=draw)["changes"]
    assert kept[0]["reason"] == "联系不上。"
    assert "by" not in kept[0]


def test_a_redraw_keeps_the_old_record_and_its_reason(scene: scenes.Flow) -> None:
    first = drawn(scene)
    second = commit(scene, reason="抽取后两名专家因病不能参加。")
    draws = selectors.draws_of(actor=scene.be(scene.city.handler), public_id=scene.case)
    assert [(row.public_id, row.state) for row in draws] == [(second, "committed"), (first, "void")]
    record = selectors.draw_record(actor=scene.be(scene.city.handler), public_id=second)
    assert (record["reason"], record["previous"]) == ("抽取后两名专家因病不能参加。", first)
    assert "secret" not in record
    enter(Actor.system())
    assert rows("select count(*) from audit_auditevent where event in ('draw.void', 'draw.commit')") == [(3,)]


def test_everybody_reads_the_commitment_and_the_record_after_the_opinion(scene: scenes.Flow) -> None:
    draw = drawn(scene)
    public = scene.be(Actor.public())
    early = selectors.public_record(actor=public, public_id=draw)
    assert early["public_value"] == VALUE
    assert not {"pool", "picks", "secret", "reserves"} & set(early)
    assert rows("select count(*) from review_draw") == [(0,)]
    refused(NotVisible, selectors.draw_record, actor=scene.be(scene.experts[0]), public_id=draw)
    review.confirm_draw(actor=scene.be(scene.city.handler), clock=scene.clock, public_id=draw)
    enter(Actor.system())
    order = [row.expert_id for row in scene.panel_row().assignments.order_by("id")]
    scene.experts = sorted(
        scene.experts, key=lambda e: order.index(e.expert_id) if e.expert_id in order else 99
    )
    for expert in scene.experts[:3]:
        scene.assess(expert, "85.00")
    scene.opine()
    late = selectors.public_record(actor=scene.be(Actor.public()), public_id=draw)
    assert {"pool", "picks", "secret", "reserves"} <= set(late)
    found = selectors.public_draws(actor=scene.be(Actor.public()))
    assert [(row.public_id, row.open) for row in found.rows] == [(draw, True)]
    refused(NotVisible, selectors.public_record, actor=scene.be(Actor.public()), public_id="nosuchdraw0000")


def test_the_limit_of_the_round_and_absences_are_in_the_snapshot(scene: scenes.Flow) -> None:
    on = scene.clock.now().on
    away = scene.experts[0]
    review.declare_absence(
        actor=scene.be(away),
        clock=scene.clock,
        from_on=on + timedelta(days=14),
        until_on=on + timedelta(days=20),
    )
    draw = commit(scene)
    pool = selectors.draw_record(actor=scene.be(scene.city.handler), public_id=draw)["pool"]
    assert [entry["code"] for entry in pool if entry["barred"] == "away"] == ["ZJ0001"]
    review.arrange_round(
        actor=scene.be(scene.city.handler),
        clock=scene.clock,
        public_id=scene.round_id,
        shows_scores=False,
        cases_max=1,
    )
    assert selectors.arrangement(actor=scene.be(scene.city.handler), public_id=scene.round_id).cases_max == 1
    refused(
        Forbidden,
        review.arrange_round,
        actor=scene.be(scene.city.leader or Actor.public()),
        clock=scene.clock,
        public_id=scene.round_id,
        shows_scores=None,
        cases_max=None,
    )

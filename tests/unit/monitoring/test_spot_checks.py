"""抽查 (R-35): committed, drawn by a second person, repeated by a stranger, visited by the city, compared."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from apps.core.actor import Actor
from apps.core.errors import Forbidden, Invalid, NotVisible, WrongStep
from apps.core.moment import Moment
from apps.core.scoping import enter
from apps.monitoring import selectors, spot_checks
from apps.monitoring import services as monitoring
from apps.monitoring.models import SpotCheck, SpotCheckDraw
from apps.notifications.models import Message
from tests.portals.scenes import signed_in
from tests.unit.monitoring import scenes
from tests.unit.refusals import broken, refused
from tests.unit.staging import built_once, played

pytestmark = pytest.mark.rule("R-35")
ROOT = Path(__file__).resolve().parents[3]
VALUE = "03 11 19 22 27 30 + 09"


def _build() -> scenes.Watch:
    watch = scenes.build(scenes.clock())
    watch.passed()
    return watch


stage = built_once(_build)
scene = played()


def terms(scene: scenes.Watch, **changed: Any) -> dict[str, Any]:
    now = scene.clock.now()
    return {
        "clock": scene.clock,
        "from_on": now.on - timedelta(days=30),
        "until_on": now.on,
        "source": "中国福利彩票双色球第2026135期",
        "known_from": now.at + timedelta(hours=11),
        **changed,
    }


def committed(scene: scenes.Watch) -> str:
    return monitoring.commit_spot_checks(actor=scene.be(scene.city.handler), **terms(scene))


def drawn(scene: scenes.Watch) -> str:
    draw = committed(scene)
    scene.clock.set(Moment.of(scene.clock.now().at + timedelta(hours=12)))
    monitoring.reveal_spot_checks(
        actor=scene.be(scene.city.signer), clock=scene.clock, public_id=draw, public_value=VALUE
    )
    return draw


def check_of(scene: scenes.Watch, draw: str) -> spot_checks.SpotCheckRow:
    [row] = spot_checks.sample_file(actor=scene.be(scene.city.handler), public_id=draw).checks
    return row


def visited(scene: scenes.Watch, draw: str, score: str) -> str | None:
    """Let the city arrange, record and sign its visit; return the rectification it ordered."""
    row = check_of(scene, draw)
    visit = monitoring.arrange_spot_check(
        actor=scene.be(scene.city.handler),
        clock=scene.clock,
        public_id=row.public_id,
        planned_on=scene.clock.now().on,
    )
    scene.recheck = visit
    record = {"clock": scene.clock, "public_id": visit, "result": scene.result(score, good=False)}
    refused(Forbidden, monitoring.record_recheck, actor=scene.be(scene.district.handler), **record)
    monitoring.record_recheck(actor=scene.be(scene.city.handler), **record)
    sign = {"clock": scene.clock, "public_id": visit, "order_no": scenes.ORDER_NO}
    refused(Forbidden, monitoring.sign_recheck, actor=scene.be(scene.district.signer), **sign)
    return monitoring.sign_recheck(actor=scene.be(scene.city.signer), **sign)


def test_gates_of_committing(scene: scenes.Watch) -> None:
    commit = monitoring.commit_spot_checks
    refused(Forbidden, commit, actor=scene.be(scene.district.handler), **terms(scene))
    refused(Forbidden, commit, actor=scene.be(scene.city.leader), **terms(scene))
    now = scene.clock.now()
    late = refused(
        Invalid,
        commit,
        actor=scene.be(scene.city.handler),
        **terms(scene, known_from=now.at, until_on=now.on + timedelta(days=1)),
    )
    assert isinstance(late, Invalid)
    assert set(late.errors) == {"known_from", "until_on"}
    assert broken(commit, actor=scene.be(scene.city.handler), **terms(scene, source=" ")) == ["R-35"]
    longer_ago = terms(scene, until_on=now.on - timedelta(days=10))
    assert broken(commit, actor=scene.be(scene.city.handler), **longer_ago) == ["R-35"]
    committed(scene)
    refused(Invalid, commit, actor=scene.be(scene.city.handler), **terms(scene))


def test_a_second_person_enters_the_value_when_it_is_out(scene: scenes.Watch) -> None:
    draw = committed(scene)
    arguments = {"clock": scene.clock, "public_id": draw, "public_value": VALUE}
    reveal = monitoring.reveal_spot_checks
    assert broken(reveal, actor=scene.be(scene.city.signer), **arguments) == ["R-35"]
    scene.clock.set(Moment.of(scene.clock.now().at + timedelta(hours=12)))
    assert broken(reveal, actor=scene.be(scene.city.handler), **arguments) == ["R-35"]
    refused(NotVisible, reveal, actor=scene.be(scene.district.signer), **arguments)
    assert reveal(actor=scene.be(scene.city.signer), **arguments) == 1
    refused(WrongStep, reveal, actor=scene.be(scene.city.signer), **arguments)
    void = {"clock": scene.clock, "public_id": draw, "reason": "换一批。"}
    refused(WrongStep, monitoring.void_spot_checks, actor=scene.be(scene.city.signer), **void)
    enter(Actor.system())
    told = Message.objects.get(template="spot_check_drawn")
    assert told.to_district_id == scene.district.handler.district


def test_a_committed_draw_may_be_set_aside_with_a_reason(scene: scenes.Watch) -> None:
    draw = committed(scene)
    void = {"clock": scene.clock, "public_id": draw}
    city = scene.be(scene.city.signer)
    assert broken(monitoring.void_spot_checks, actor=city, reason=" ", **void) == ["R-35"]
    monitoring.void_spot_checks(actor=scene.be(scene.city.signer), reason="时段填写有误。", **void)
    record = spot_checks.public_sample_record(actor=Actor.public(), public_id=draw)
    assert (record["state"], record["void_reason"]) == ("void", "时段填写有误。")
    assert "secret" not in record
    assert committed(scene)


def test_a_stranger_repeats_the_draw(scene: scenes.Watch, tmp_path: Path) -> None:
    draw = drawn(scene)
    record = spot_checks.public_sample_record(actor=Actor.public(), public_id=draw)
    assert scene.title not in json.dumps(record)
    file = tmp_path / "record.json"
    script = [sys.executable, "-I", str(ROOT / "tools" / "replay_sample.py"), str(file)]
    codes = []
    for change in ({}, {"drawn": {}}, {"strata": []}):
        file.write_text(json.dumps({**record, **change}, ensure_ascii=False), encoding="utf-8")
        done = subprocess.run(script, capture_output=True, text=True, timeout=30, check=False)  # noqa: S603
        codes.append(done.returncode)
    assert codes[0] == 0
    assert all(codes[1:])


def test_the_database_keeps_commitment_and_result(scene: scenes.Watch) -> None:
    draw = drawn(scene)
    for change in ({"content": {}}, {"secret": "0"}, {"drawn": {}}, {"public_value": "9"}):
        enter(Actor.system())
        with pytest.raises(DatabaseError), transaction.atomic():
            SpotCheckDraw.objects.filter(public_id=draw).update(**change)


def test_the_city_finds_the_same(scene: scenes.Watch) -> None:
    draw = drawn(scene)
    assert visited(scene, draw, "84.00") is None
    row = check_of(scene, draw)
    assert (row.state, row.agrees, row.difference) == ("concluded", True, Decimal("-2.00"))
    assert scene.title_state() == "valid"
    # what was drawn once is not drawn again
    city = scene.be(scene.city.handler)
    assert broken(monitoring.commit_spot_checks, actor=city, **terms(scene)) == ["R-35"]


def test_the_city_finds_otherwise_and_orders_the_rectification(scene: scenes.Watch) -> None:
    draw = drawn(scene)
    order = visited(scene, draw, "72.00")
    row = check_of(scene, draw)
    assert order
    assert row.agrees is False
    assert len(row.reasons) == 2
    assert scene.title_state() == "rectifying"
    [seen] = spot_checks.spot_checks(actor=scene.be(scene.district.handler))
    assert seen.reasons == row.reasons
    assert not spot_checks.spot_checks(actor=scene.be(scene.other_district.handler))
    assert selectors.recheck(actor=scene.be(scene.district.handler), public_id=scene.recheck).by_city
    enter(Actor.system())
    told = Message.objects.get(template="city_recheck_reported")
    assert told.to_district_id == scene.district.handler.district


def test_what_cannot_be_visited_is_set_aside(scene: scenes.Watch) -> None:
    draw = drawn(scene)
    row = check_of(scene, draw)
    waive = {"clock": scene.clock, "public_id": row.public_id}
    refused(
        Forbidden, monitoring.waive_spot_check, actor=scene.be(scene.city.handler), reason="停产", **waive
    )
    refused(NotVisible, monitoring.waive_spot_check, actor=scene.be(scene.enterprise), reason="停产", **waive)
    refused(Invalid, monitoring.waive_spot_check, actor=scene.be(scene.city.signer), reason=" ", **waive)
    monitoring.waive_spot_check(actor=scene.be(scene.city.signer), reason="企业已停产。", **waive)
    record = spot_checks.public_sample_record(actor=Actor.public(), public_id=draw)
    assert record["waived"] == [{"code": row.code, "reason": "企业已停产。"}]
    plan = {**waive, "planned_on": scene.clock.now().on}
    refused(WrongStep, monitoring.arrange_spot_check, actor=scene.be(scene.city.handler), **plan)


def test_pages_from_the_draw_to_the_comparison(scene: scenes.Watch, client: Client) -> None:
    draw = drawn(scene)
    enter(Actor.system())
    check = SpotCheck.objects.get()
    listing, file = reverse("municipal:spot_checks"), reverse("municipal:spot_check_draw", args=[draw])
    city = signed_in(scene.city.handler)
    assert draw in city.get(listing).content.decode()
    assert "昆山" in city.get(file).content.decode()
    assert city.get(reverse("municipal:spot_check_draw", args=["nosuchdraw00"])).status_code == 404
    assert city.post(listing, {"from_on": "昨天"}).status_code == 422
    arrange = reverse("municipal:arrange_spot_check", args=[check.public_id])
    assert city.post(arrange, {"planned_on": ""}).status_code == 422
    assert city.post(reverse("municipal:waive_spot_check", args=[check.public_id])).status_code in {403, 422}
    assert city.post(reverse("municipal:reveal_spot_checks", args=[draw])).status_code == 409
    assert client.get(reverse("public:spot_check_record", args=[draw])).json()["number"] == draw
    assert draw in client.get(reverse("public:spot_checks")).content.decode()
    district = signed_in(scene.district.handler)
    assert district.get(file).status_code == 403
    assert "市局抽查" in district.get(reverse("district:inspections")).content.decode()

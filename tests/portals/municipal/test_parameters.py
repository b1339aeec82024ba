"""裁量参数: proposed by one, approved by another, refused with the limit, invisible to other audiences."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from apps.core.actor import Actor
from apps.core.scoping import enter
from apps.parameters import selectors as parameters
from tests.portals.municipal.desk import Desk, text_of
from tests.unit.review import scenes
from tests.unit.review.scenes import Flow

KEY = "supplement_workdays"


@pytest.fixture
def scene(db: None) -> Flow:
    return scenes.build(scenes.morning())


@pytest.fixture
def desk(scene: Flow) -> Desk:
    return Desk(scene)


def _held(scene: Flow, days: int) -> int:
    enter(Actor.system())
    return parameters.in_force(on=scene.clock.now().on + timedelta(days=days)).supplement_workdays


def test_a_value_is_proposed_by_one_and_approved_by_another(desk: Desk, scene: Flow) -> None:
    assert "补正期限" in text_of(desk.get("parameters"))
    starts = scene.clock.now().on + timedelta(days=30)
    sent = desk.post(
        "propose_parameter", KEY, value="12", effective_from=starts.isoformat(), reason="局务会议纪要"
    )
    assert sent.status_code == 302
    (value,) = parameters.history(actor=scene.be(scene.city.handler), key=KEY)
    assert "等待批准" in text_of(desk.get("parameters"))
    assert _held(scene, 30) == 10

    own = desk.post("approve_parameter", KEY, value.public_id)
    assert own.status_code == 403
    by_signer = desk.post(
        "propose_parameter",
        "panel_spread_over",
        value="8",
        effective_from=starts.isoformat(),
        reason="会议",
        by=scene.city.signer,
    )
    assert by_signer.status_code == 302
    page = text_of(desk.get("parameter", "panel_spread_over", by=scene.city.signer))
    assert "由另一名签批人员或局领导批准。" in page
    assert "/approve/" not in page
    done = desk.post("approve_parameter", KEY, value.public_id, by=scene.city.signer)
    assert done.status_code == 302
    assert (_held(scene, 29), _held(scene, 30)) == (10, 12)
    assert "局务会议纪要" in text_of(desk.get("parameter", KEY))


def test_a_value_out_of_range_keeps_what_was_typed(desk: Desk, scene: Flow) -> None:
    today = scene.clock.now().on.isoformat()
    refused = desk.post("propose_parameter", KEY, value="61", effective_from=today, reason="试一试")
    assert refused.status_code == 422
    shown = text_of(refused)
    assert "应不大于60个工作日（当前为61）" in shown
    assert 'value="61"' in shown
    assert "试一试" in shown


def test_an_unknown_parameter_does_not_exist(desk: Desk) -> None:
    assert desk.get("parameter", "nothing").status_code == 404


def test_a_proposal_is_withdrawn_with_a_reason(desk: Desk, scene: Flow) -> None:
    today = scene.clock.now().on.isoformat()
    desk.post("propose_parameter", KEY, value="12", effective_from=today, reason="局务会议纪要")
    (value,) = parameters.history(actor=scene.be(scene.city.handler), key=KEY)
    empty = desk.post("withdraw_parameter", KEY, value.public_id, withdraw_reason=" ")
    assert empty.status_code == 422
    # Told at the row's own field, not at the reason of the form that proposes another value.
    field = f"id_withdraw_reason_{value.public_id}"
    assert f'href="#{field}"' in text_of(empty)
    assert f'id="{field}_error"' in text_of(empty)
    assert 'id="id_reason_error"' not in text_of(empty)
    assert (
        desk.post("withdraw_parameter", KEY, value.public_id, withdraw_reason="改期再议").status_code == 302
    )
    row = parameters.history(actor=scene.be(scene.city.handler), key=KEY)[0]
    assert (row.state_label, row.withdrawn_by) == ("已撤回", row.proposed_by)
    assert row.withdrawn_at is not None
    assert "撤回" in text_of(desk.get("parameter", KEY))


def test_districts_do_not_see_the_settings(desk: Desk, scene: Flow) -> None:
    assert desk.get("parameters", by=scene.district.handler).status_code == 403


def test_a_typed_value_says_what_it_would_change_and_keeps_nothing(desk: Desk, scene: Flow) -> None:
    case = scene.in_check()
    today = scene.clock.now().on.isoformat()
    shown = text_of(desk.post("preview_parameter", KEY, value="12", effective_from=today, reason="试算"))
    assert "生效当日起算的期限" in shown
    assert reverse("municipal:application", args=[case]) in shown, "the open case it will meet is named"
    assert "共 1 件" in shown
    assert 'value="12"' in shown
    assert parameters.history(actor=scene.be(scene.city.handler), key=KEY) == []
    refused = desk.post("preview_parameter", KEY, value="x", effective_from=today)
    assert refused.status_code == 422
    assert desk.post("preview_parameter", "nothing", value="1", effective_from=today).status_code == 404
    outside = desk.post("preview_parameter", KEY, by=scene.district.handler, value="1", effective_from=today)
    assert outside.status_code == 403


def test_the_edition_and_its_end_are_settings_that_everybody_concerned_reads(desk: Desk, scene: Flow) -> None:
    today = scene.clock.now().on
    lower = text_of(
        desk.post("preview_parameter", "monitor_lower_levels", value="true", effective_from=today.isoformat())
    )
    assert lower.count("不纳入") == 2, "1A and 2A come in, the others are in already"
    for key, value in (
        ("trial_ends_on", (today + timedelta(days=30)).isoformat()),
        ("successor_edition", "苏工信〔2026〕88号"),
    ):
        desk.post("propose_parameter", key, value=value, effective_from=today.isoformat(), reason="会议纪要")
        (row,) = parameters.history(actor=scene.be(scene.city.handler), key=key)
        assert desk.post("approve_parameter", key, row.public_id, by=scene.city.signer).status_code == 302
    assert "还有 30 天" in text_of(desk.get("parameters"))
    assert "苏工信〔2026〕88号" in text_of(desk.get("monitoring"))
    assert "苏工信〔2026〕88号" in text_of(Client().get(reverse("public:policy")))

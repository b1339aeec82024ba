"""The enterprise states its case on an objection; nobody else's, never who objected, not after the conclusion."""

from __future__ import annotations

from unittest import mock

import pytest
from django.urls import reverse

from apps.core.moment import DatabaseClock
from apps.publicity import services as publicity
from tests.portals.scenes import signed_in
from tests.unit.review import scenes
from tests.unit.review.scenes import Flow
from tests.unit.staging import built_once, played


def _build() -> Flow:
    flow = scenes.build(scenes.morning())
    flow.on_notice()
    return flow


stage = built_once(_build)
scene = played()


@pytest.fixture(autouse=True)
def _hour(scene: Flow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DatabaseClock, "now", mock.Mock(return_value=scene.clock.now()))


def test_a_statement_is_given_on_an_accepted_objection(scene: Flow) -> None:
    objection = scene.object()
    address = reverse("enterprise:objection", args=[objection])
    browser = signed_in(scene.enterprise)
    assert browser.get(address).status_code == 404
    publicity.accept_objection(actor=scene.be(scene.city.handler), clock=scene.clock, public_id=objection)
    file = browser.get(reverse("enterprise:application", args=[scene.case])).content.decode()
    assert address in file
    # It stands among what is to be done, not only in the file of the case.
    assert address in browser.get("/e/").content.decode()
    shown = browser.get(address).content.decode()
    assert "示例市民" not in shown
    empty = browser.post(address, {"statement": "  "})
    assert empty.status_code == 422
    assert "请填写说明" in empty.content.decode()
    assert browser.post(address, {"statement": "设备台账齐全，见附件。"}).status_code == 302
    assert address not in browser.get("/e/").content.decode()
    assert "设备台账齐全" in browser.get(address).content.decode()
    assert signed_in(scene.neighbour).get(address).status_code == 404
    assert signed_in(scene.city.handler).get(address).status_code == 403
    publicity.conclude_objection(
        actor=scene.be(scene.city.signer),
        clock=scene.clock,
        public_id=objection,
        upheld=False,
        conclusion="经核查，异议不成立。",
    )
    ended = browser.get(address).content.decode()
    assert "异议不成立" in ended
    assert "提交说明</button>" not in ended
    assert browser.post(address, {"statement": "再补充。"}).status_code == 409

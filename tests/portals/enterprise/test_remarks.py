"""What the bureau remarks to the enterprise is read and answered on the application's page; the rest stays inside."""

from __future__ import annotations

import pytest

from apps.review import selectors
from apps.review import services as review
from tests.api.callers import caller
from tests.portals import scenes
from tests.portals.scenes import signed_in

pytestmark = pytest.mark.django_db


def test_a_remark_is_read_and_answered_and_an_internal_one_is_not_seen(scene: scenes.Scene) -> None:
    case = scenes.submitted_application(scene, 1)
    for audience, text in (("enterprise", "请说明统计口径。"), ("internal", "请科长留意。")):
        review.add_remark(
            actor=scene.be(scene.district.handler),
            clock=scene.clock,
            public_id=case,
            item_code="J1-01",
            audience=audience,
            text=text,
            key=f"key-of-{audience}",
        )
    client = signed_in(scene.be(scene.enterprise))
    at = f"/e/applications/{case}/"
    page = client.get(at).content.decode()
    assert "请说明统计口径。" in page
    assert "请科长留意" not in page
    assert scene.district.handler.name not in page
    sent = {"item_code": "J1-01", "text": "按国家统计局口径。", "key": "one-answer"}
    assert client.post(f"{at}reply/", {**sent, "text": " "}).status_code == 422
    for _again in range(2):  # a second press adds nothing
        assert client.post(f"{at}reply/", sent).status_code == 302
    assert client.get(at).content.decode().count("按国家统计局口径。") == 1
    stranger = signed_in(scene.be(scene.neighbour))
    assert stranger.post(f"{at}reply/", sent).status_code == 404
    told = caller(scene.enterprise).get(f"applications/{case}/remarks/")["results"]
    assert [row["text"] for row in told] == ["请说明统计口径。", "按国家统计局口径。"]
    caller(scene.neighbour).get(f"applications/{case}/remarks/", expect=404)
    seen = selectors.remarks(actor=scene.be(scene.district.handler), application_id=scene.row(case).pk)
    assert len(seen) == 3

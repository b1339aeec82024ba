"""After handing in: what a supplement changed, for both sides; scores appear only when released."""

from __future__ import annotations

import pytest

from apps.applications import selectors
from apps.applications import services as applications
from apps.applications.services import ReturnItem
from tests.portals import scenes

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(db: None) -> scenes.Scene:
    return scenes.build()


def supplemented(scene: scenes.Scene) -> str:
    public_id = scenes.returned_application(
        scene, [ReturnItem("report", "缺少设备清单", "请补充", "overview")]
    )
    actor = scene.be(scene.enterprise)
    file = selectors.application_file(actor=actor, public_id=public_id)
    applications.save_report_section(
        actor=actor,
        clock=scene.clock,
        public_id=public_id,
        section="overview",
        text="补充了主要设备清单。",
        version=file.part_versions.get("report:overview", 0),
    )
    for item in selectors.returned_items(actor=actor, public_id=public_id):
        applications.answer_item(
            actor=actor, clock=scene.clock, item_public_id=item.public_id, answer="已补充。"
        )
    applications.resubmit(
        actor=actor,
        clock=scene.clock,
        public_id=public_id,
        token="supplement-token",
        pledge=True,
        signatory="周敏",
    )
    return public_id


def test_both_sides_read_what_the_supplement_changed(scene: scenes.Scene) -> None:
    public_id = supplemented(scene)
    for client, path in (
        (scenes.signed_in(scene.enterprise), f"/e/applications/{public_id}/"),
        (scenes.signed_in(scene.district.handler), f"/d/applications/{public_id}/"),
    ):
        page = client.get(path).content.decode()
        card = page[page.index('id="changed"') :]
        assert "第 1 次补正改了什么" in page
        assert "一、企业基本情况" in card
        assert "补充了主要设备清单。" in card
    found = selectors.what_changed(actor=scene.be(scene.enterprise), public_id=public_id)
    assert found is not None
    assert [(one.code, one.asked) for one in found.fields] == [("overview", True)]
    assert (found.files, found.scores, found.total_difference) == ([], [], 0)


def test_before_a_supplement_there_is_nothing_to_compare(scene: scenes.Scene) -> None:
    public_id = scenes.submitted_application(scene)
    assert selectors.what_changed(actor=scene.be(scene.enterprise), public_id=public_id) is None
    assert (
        'id="changed"'
        not in scenes.signed_in(scene.enterprise).get(f"/e/applications/{public_id}/").content.decode()
    )


def test_scores_that_are_not_released_do_not_exist(scene: scenes.Scene) -> None:
    public_id = scenes.submitted_application(scene)
    assert scenes.signed_in(scene.enterprise).get(f"/e/applications/{public_id}/scores/").status_code == 404
    assert scenes.signed_in(scene.neighbour).get(f"/e/applications/{public_id}/scores/").status_code == 404
    staff = scenes.signed_in(scene.district.handler)
    assert staff.get(f"/e/applications/{public_id}/scores/").status_code == 403

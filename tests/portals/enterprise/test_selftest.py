"""Self-tests and the improvement plan: the enterprise's own, scored like a sheet, never part of an application."""

from __future__ import annotations

import pytest
from django.test import Client

from apps.core.actor import Actor
from apps.core.errors import Conflict, NotVisible
from apps.core.scoping import enter
from apps.scoring import selectors as scoring
from apps.scoring import services
from apps.scoring.models import ScoreSheet, TrialSheet
from tests.api.callers import caller
from tests.portals import scenes

pytestmark = [pytest.mark.django_db, pytest.mark.rule("R-15")]


@pytest.fixture
def scene() -> scenes.Scene:
    return scenes.build(prerequisite_required=False)


@pytest.fixture
def client(scene: scenes.Scene) -> Client:
    return scenes.signed_in(scene.enterprise)


def _scheme(scene: scenes.Scene) -> str:
    scene.be(scene.enterprise)
    return next(row.public_id for row in scoring.schemes(actor=scene.enterprise) if row.code == "SZGF-2023R1")


def _started(scene: scenes.Scene, client: Client, **more: str) -> str:
    answer = client.post("/e/selftest/", {"scheme": _scheme(scene), "title": "改造后预测", **more})
    assert answer.status_code == 302, answer.content.decode()
    return answer.url.rstrip("/").rsplit("/", 1)[1]


def test_a_selftest_is_scored_by_the_function_of_the_sheets(scene: scenes.Scene, client: Client) -> None:
    case = scenes.filled_application(scene)
    trial = _started(scene, client, source=case)
    scene.be(scene.enterprise)
    sheet = ScoreSheet.objects.get(application__public_id=case, kind="self")
    result = scoring.trial_result(actor=scene.enterprise, public_id=trial)
    assert result.total == sheet.total
    assert result.answered == sheet.answered
    saved = client.post(
        f"/e/selftest/{trial}/items/J1-01/",
        {"version": "1", "met": "false"},
        headers={"accept": "application/json"},
    )
    assert saved.status_code == 200, saved.content.decode()
    body = saved.json()
    assert body["version"] == 2
    assert body["replace"]["item-points"] == "0.00"
    sheet.refresh_from_db()
    assert sheet.total == result.total, "自测改动了申报的自评表"


def test_pages_of_a_selftest(scene: scenes.Scene, client: Client) -> None:
    trial = _started(scene, client)
    page = client.get(f"/e/selftest/{trial}/?item=J1-01")
    assert "不申报、不存档" in page.content.decode()
    assert len(page.content) <= 60_000
    assert "改造后预测" in client.get("/e/selftest/").content.decode()
    answer = client.post(f"/e/selftest/{trial}/items/J1-01/", {"version": "1", "met": "true", "go": "J1-02"})
    assert answer.url == f"/e/selftest/{trial}/?item=J1-02"
    live = client.get(f"/e/selftest/{trial}/live/?item=J1-01").content.decode()
    assert "1.60" in live
    assert 'id="leaf-J1-01"' in live
    plan = client.get(f"/e/selftest/{trial}/improve/").content.decode()
    assert "到 1A 还差" in plan
    assert "补填补证" in plan
    client.post(f"/e/selftest/{trial}/remove/")
    assert client.get(f"/e/selftest/{trial}/").status_code == 404


def test_an_item_put_off_is_found_again_and_finishing_it_takes_the_mark(
    scene: scenes.Scene, client: Client
) -> None:
    trial = _started(scene, client)
    item = f"/e/selftest/{trial}/items/J1-01/"
    moved = client.post(item, {"version": "1", "later": "J1-02"})
    assert moved["Location"].endswith("?item=J1-02")
    page = client.get(f"/e/selftest/{trial}/?item=J1-01&filter=later").content.decode()
    assert page.count('aria-label="稍后处理"') == 1
    client.post(item, {"version": "1", "put_off": "1", "met": "true"}, HTTP_ACCEPT="application/json")
    scene.be(scene.enterprise)
    view = scoring.trial_view(actor=scene.enterprise, public_id=trial)
    assert (view.item("J1-01").later, view.item("J1-01").points_text) == (True, "1.60")
    client.post(item, {"version": "2", "put_off": "1", "met": "true", "go": "J1-02"})
    scene.be(scene.enterprise)
    assert not scoring.trial_view(actor=scene.enterprise, public_id=trial).item("J1-01").later
    path = f"selftests/{trial}/answers/J1-01/later/"
    caller(scene.neighbour).post(path, {"later": True}, expect=404)
    caller(scene.enterprise).post(path, {"later": True}, expect=204)


def test_stale_saves_conflict_and_equal_ones_do_not(scene: scenes.Scene, client: Client) -> None:
    trial = _started(scene, client)
    scene.be(scene.enterprise)
    call = {"actor": scene.enterprise, "clock": scene.clock, "public_id": trial, "item_code": "J1-01"}
    first = services.save_trial_answer(**call, version=1, answer={"met": True})
    again = services.save_trial_answer(**call, version=1, answer={"met": True})
    assert again.item_version == first.item_version == 2
    with pytest.raises(Conflict):
        services.save_trial_answer(**call, version=1, answer={"met": False})
    answer = client.post(
        f"/e/selftest/{trial}/items/J1-01/",
        {"version": "1", "met": "false"},
        headers={"accept": "application/json"},
    )
    assert answer.status_code == 409
    refused = client.post(f"/e/selftest/{trial}/items/J1-01/", {"version": "2", "option": "1"})
    assert refused.status_code == 422


def test_items_filled_in_offline_do_not_stand_in_each_other_s_way(
    scene: scenes.Scene, client: Client
) -> None:
    """Every item and the figures have a version of their own: drafts of one moment are all taken, in any order."""
    trial = _started(scene, client)
    script = {"accept": "application/json"}
    shown = {
        code: client.get(f"/e/selftest/{trial}/?item={code}").context for code in ("J1-01", "J1-02", "K5-01")
    }
    sent = {"J1-01": {"met": "true"}, "J1-02": {"reason": "见附件"}, "K5-01": {"v.energy_tce": "2163.04"}}
    for code, fields in sent.items():
        hidden = {name: shown[code][name] for name in ("version", "sheet_version")}
        marks = {name: getattr(shown[code]["form"], name) for name in ("figures_mark", "answer_mark")}
        saved = client.post(
            f"/e/selftest/{trial}/items/{code}/", {**hidden, **marks, **fields}, headers=script
        )
        assert saved.status_code == 200, saved.content.decode()
    scene.be(scene.enterprise)
    view = scoring.trial_view(actor=scene.enterprise, public_id=trial)
    assert view.item("J1-01").points_text == "1.60"
    assert view.item("J1-02").reason == "见附件"
    assert next(one.value for one in view.inputs if one.code == "energy_tce") == "2163.04"
    stale = {"sheet_version": "1", "version": "1", "figures_mark": "", "v.energy_tce": "9"}
    assert client.post(f"/e/selftest/{trial}/items/K5-01/", stale, headers=script).status_code == 409


def test_only_the_enterprise_itself_sees_it(scene: scenes.Scene, client: Client) -> None:
    trial = _started(scene, client)
    assert scenes.signed_in(scene.neighbour).get(f"/e/selftest/{trial}/").status_code == 404
    for bureau in (scene.district.handler, scene.city.handler):
        assert scenes.signed_in(bureau).get(f"/e/selftest/{trial}/").status_code == 403
        scene.be(bureau)
        assert not TrialSheet.objects.exists(), "局里能读到自测"
        with pytest.raises(NotVisible):
            scoring.trial_view(actor=bureau, public_id=trial)
    enter(Actor.system())
    assert TrialSheet.objects.count() == 1


def test_the_number_of_selftests_is_limited(scene: scenes.Scene, client: Client) -> None:
    for _ in range(10):
        _started(scene, client)
    refused = client.post("/e/selftest/", {"scheme": _scheme(scene), "title": "第十一份"})
    assert refused.status_code == 422
    assert "最多保留 10 份" in refused.content.decode()
    assert "第十一份" in refused.content.decode()
    assert client.post("/e/selftest/", {"scheme": "nosuchscheme00"}).status_code == 404


def test_statements_do_not_grow_with_the_items_filled_in(scene: scenes.Scene, client: Client) -> None:
    empty, full = _started(scene, client), _started(scene, client, source=scenes.filled_application(scene))
    client.get(f"/e/selftest/{empty}/?item=J1-01")
    with scenes.statements() as few:
        client.get(f"/e/selftest/{empty}/?item=J1-01")
    with scenes.statements() as many:
        client.get(f"/e/selftest/{full}/?item=J1-01")
    assert len(few) == len(many) <= 16


def test_plan_of_an_application(scene: scenes.Scene, client: Client) -> None:
    draft = scenes.draft_application(scene, 2)
    page = client.get(f"/e/applications/{draft}/improve/").content.decode()
    assert "到 1A 还差 60.00 分" in page
    assert f"/e/applications/{draft}/evaluate/?item=J1-01" in page
    client.post(f"/e/applications/{draft}/basics/", {"version": "0", "codes": "V-01", "V-01.conforms": "no"})
    assert "先解决一票否决的 1 条" in client.get(f"/e/applications/{draft}/improve/").content.decode()
    assert scenes.signed_in(scene.neighbour).get(f"/e/applications/{draft}/improve/").status_code == 404
    assert (
        scenes.signed_in(scene.district.handler).get(f"/e/applications/{draft}/improve/").status_code == 403
    )


def test_the_same_by_the_api(scene: scenes.Scene, client: Client) -> None:
    body = {"scheme": _scheme(scene), "title": "接口自测"}
    opened = client.post("/api/v1/selftests/open/", body, content_type="application/json")
    assert opened.status_code == 201, opened.content.decode()
    trial = opened.json()["public_id"]
    path = f"/api/v1/selftests/{trial}/answers/J1-01/"
    saved = client.post(path, {"version": 1, "answer": {"met": True}}, content_type="application/json")
    assert saved.status_code == 200, saved.content.decode()
    assert (saved.json()["total_text"], saved.json()["item_version"]) == ("1.60", 2)
    figures = {"version": 1, "values": {"energy_tce": "42"}}
    place = f"/api/v1/selftests/{trial}/measurements/"
    assert client.post(place, figures, content_type="application/json").json()["version"] == 2
    other = {"version": 1, "values": {"energy_tce": "43"}}
    assert client.post(place, other, content_type="application/json").status_code == 409
    stale = client.post(path, {"version": 1, "answer": {"met": False}}, content_type="application/json")
    assert stale.status_code == 409
    plan = client.get(f"/api/v1/selftests/{trial}/improvement/").json()
    assert [way["level"] for way in plan["ways"]] == ["1A", "2A", "3A"]
    assert client.get("/api/v1/selftests/").json()["results"][0]["title"] == "接口自测"
    draft = scenes.draft_application(scene)
    assert client.get(f"/api/v1/applications/{draft}/improvement/").json()["total"] == "0.00"
    client.post(f"/e/file/years/{scene.clock.now().on.year - 1}/", {"version": "0", "v.energy_tce": "42"})
    assert client.get("/api/v1/enterprises/mine/years/").json()["results"][0]["values"] == {
        "energy_tce": "42"
    }
    taken = client.post(
        f"/api/v1/applications/{draft}/measurements/from-file/",
        {"year": scene.clock.now().on.year - 1, "version": 1, "codes": ["energy_tce"]},
        content_type="application/json",
    )
    assert taken.status_code == 200, taken.content.decode()
    assert taken.json() == {"codes": ["energy_tce"]}
    neighbour = scenes.signed_in(scene.neighbour)
    assert neighbour.get(f"/api/v1/selftests/{trial}/improvement/").status_code == 404
    assert neighbour.get(f"/api/v1/applications/{draft}/improvement/").status_code == 404

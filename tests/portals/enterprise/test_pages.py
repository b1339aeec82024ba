"""Every page opens for its enterprise, and for nobody else: own 200, another's 404, another audience 403."""

from __future__ import annotations

import pytest
from django.test import Client

from apps.core.actor import Actor
from tests import worlds
from tests.portals import scenes
from tests.portals.scenes import Scene

CASE_PAGES = [
    "",
    "scheme/",
    "profile/",
    "basics/",
    "report/",
    "report/?section=performance",
    "evaluate/",
    "evaluate/?item=K5-01",
    "evaluate/?item=H1-02",
    "evaluate/?item=E1-05&filter=evidence",
    "evaluate/live/?item=J1-01",
    "evaluate/gates/",
    "measurements/",
    "evidence/item/J1-01/",
    "evidence/requirement/V-01/",
    "evidence/section/overview/choose/",
    "check/",
]
PAGES = ["", "rounds/", "applications/", "library/", "titles/", "org/"]


@pytest.fixture
def draft(scene: Scene) -> str:
    return scenes.draft_application(scene)


@pytest.mark.parametrize("path", PAGES)
def test_own_pages_open(browser: Client, path: str) -> None:
    assert browser.get(f"/e/{path}").status_code == 200


@pytest.mark.parametrize("path", CASE_PAGES)
def test_pages_of_an_application_open_for_its_enterprise_only(
    scene: Scene, browser: Client, draft: str, path: str
) -> None:
    assert browser.get(f"/e/applications/{draft}/{path}").status_code == 200
    neighbour = scenes.signed_in(scene.neighbour)
    assert neighbour.get(f"/e/applications/{draft}/{path}").status_code == 404


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("profile/", {"factory_name": "他人"}),
        ("basics/", {"codes": "V-01", "V-01.conforms": "no"}),
        ("report/", {"section": "overview", "text": "他人"}),
        ("scheme/", {"scheme": "SZGF-2023R1"}),
        ("evaluate/items/J1-01/", {"met": "true"}),
        ("measurements/", {"v.energy_tce": "1"}),
        ("withdraw/", {}),
        ("exemption/", {"rule": "R-08", "reason": "他人"}),
        ("conversion/", {"consent": "yes"}),
        ("submit/", {"token": "0123456789", "pledge": "on", "signatory": "他人"}),
        ("supplement/submit/", {"token": "0123456789", "pledge": "on", "signatory": "他人"}),
        ("detach/none/", {"place": "item", "code": "J1-01"}),
    ],
)
def test_acts_on_another_enterprises_application_find_nothing(
    scene: Scene, draft: str, path: str, data: dict[str, str]
) -> None:
    neighbour = scenes.signed_in(scene.neighbour)
    assert neighbour.post(f"/e/applications/{draft}/{path}", data).status_code == 404


def test_other_audiences_are_refused_and_strangers_sign_in(scene: Scene, draft: str) -> None:
    def status(actor: Actor) -> int:
        return scenes.signed_in(actor).get(f"/e/applications/{draft}/").status_code

    assert status(scene.district.handler) == 403
    assert status(scene.city.signer) == 403
    answer = Client().get(f"/e/applications/{draft}/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


def test_unknown_items_sections_and_places_do_not_exist(browser: Client, draft: str) -> None:
    for path in (
        "evaluate/?item=Z9-99",
        "evaluate/live/?item=Z9-99",
        "report/?section=nothing",
        "evidence/elsewhere/J1-01/",
        "evidence/requirement/V-99/",
        "done/",
        "supplement/",
    ):
        assert browser.get(f"/e/applications/{draft}/{path}").status_code == 404, path


def test_inner_pages_are_not_stored(browser: Client) -> None:
    assert browser.get("/e/")["Cache-Control"] == "no-store"


def test_home_names_what_is_due_and_how_far_each_case_is(scene: Scene, browser: Client) -> None:
    scenes.draft_application(scene, level=2)
    page = browser.get("/e/").content.decode()
    assert f"提交申报：{scene.clock.now().on.year}B · 2A 级" in page
    assert "由贵单位填写，尚未提交，最迟" in page
    assert "尚未获评绿色工厂称号" in page


def test_first_visit_is_guided(browser: Client) -> None:
    page = browser.get("/e/").content.decode()
    assert "首次使用" in page
    assert "选择批次，核对申报条件" in page


def test_an_unconfirmed_enterprise_sees_its_registration(scene: Scene) -> None:
    waiting = worlds.enterprise(scene.clock, 9)
    page = scenes.signed_in(waiting).get("/e/").content.decode()
    assert "登记信息待属地核实" in page
    assert "可申报批次" in page


def test_a_returned_registration_is_mended_and_keeps_what_was_typed(scene: Scene) -> None:
    from apps.accounts import services as accounts

    member = worlds.enterprise(scene.clock, 9)
    public_id = worlds.enterprise_row(member).public_id
    handler = scene.be(scene.district.handler)
    accounts.return_enterprise(
        actor=handler, clock=scene.clock, public_id=public_id, reason="厂区地址与执照不一致。"
    )
    client = scenes.signed_in(member)
    assert "厂区地址与执照不一致。" in client.get("/e/").content.decode()
    form = {
        "name": "昆山示例9号材料有限公司",
        "district": worlds.KUNSHAN,
        "industry_code": "2651",
        "site_address": "示例路 90 号",
        "legal_representative": "周敏",
        "contact_name": "沈洁",
        "contact_phone": "12",
    }
    refused = client.post("/e/org/", form)
    assert refused.status_code == 422
    assert "示例路 90 号" in refused.content.decode()
    assert "请输入 11 位手机号" in refused.content.decode()
    answer = client.post("/e/org/", {**form, "contact_phone": "13800000001"})
    assert answer.status_code == 302
    assert worlds.enterprise_row(member).site_address == "示例路 90 号"
    # Sent again it is no longer open to the enterprise: the wrong step, in words.
    again = client.post("/e/org/", {**form, "contact_phone": "13800000001"})
    assert again.status_code == 409


def test_rounds_tell_every_condition_with_its_clause(scene: Scene, browser: Client) -> None:
    page = browser.get("/e/rounds/?level=3").content.decode()
    for text in ("企业登记已经属地核实", "在受理时间内", "不在禁报期内", "（R-11）", "发起 3A 级申报"):
        assert text in page


def test_a_draft_is_started_once(scene: Scene, browser: Client) -> None:
    path = f"/e/rounds/{scene.round_id}/start/"
    answer = browser.post(path, {"level": "2", "scheme": "SZGF-2023R1"})
    assert answer.status_code == 302
    assert browser.get(answer["Location"]).status_code == 200
    refused = browser.post(path, {"level": "2", "scheme": "SZGF-2023R1"})
    assert refused.status_code == 422
    assert "（R-01）" in refused.content.decode()
    assert browser.post("/e/rounds/nothing/start/", {"level": "2"}).status_code == 404
    assert browser.post(path, {"level": "7"}).status_code == 422


def test_a_clerk_may_fill_in_but_not_hand_in(scene: Scene) -> None:
    from dataclasses import replace

    from apps.accounts.models import User
    from apps.core.actor import Duty
    from apps.core.scoping import enter

    public_id = scenes.filled_application(scene)
    enter(Actor.system())
    User.objects.filter(pk=scene.enterprise.user_id).update(duties=[Duty.CLERK.value])
    clerk = scenes.signed_in(replace(scene.enterprise, duties=frozenset({Duty.CLERK})))
    page = clerk.get(f"/e/applications/{public_id}/check/").content.decode()
    assert "请通知负责人登录后提交" in page
    form = {"token": "0123456789", "pledge": "on", "signatory": "周敏"}
    refused = clerk.post(f"/e/applications/{public_id}/submit/", form)
    assert refused.status_code == 403
    assert "法定代表人/负责人" in refused.content.decode()


def test_withdrawing_and_the_wrong_step(scene: Scene, browser: Client) -> None:
    public_id = scenes.draft_application(scene)
    assert browser.post(f"/e/applications/{public_id}/withdraw/", {"reason": "改期"}).status_code == 302
    again = browser.post(f"/e/applications/{public_id}/withdraw/")
    assert again.status_code == 409
    assert "当前状态为「已撤回」" in again.content.decode()


def test_an_exemption_is_asked_for_where_the_rule_holds_in_principle(db: None) -> None:
    scene = scenes.build(prerequisite_required=True)
    client = scenes.signed_in(scene.enterprise)
    public_id = scenes.filled_application(scene)
    page = client.get(f"/e/applications/{public_id}/").content.decode()
    assert "例外情形说明" in page
    path = f"/e/applications/{public_id}/exemption/"
    assert client.post(path, {"rule": "R-08", "reason": ""}).status_code == 422
    assert client.post(path, {"rule": "R-11", "reason": "不适用的规定"}).status_code == 422
    assert client.post(path, {"rule": "R-08", "reason": "连续两年绿色技改投入较大。"}).status_code == 302
    assert "待属地提出意见" in client.get(f"/e/applications/{public_id}/").content.decode()
    refused = client.post(
        f"/e/applications/{public_id}/submit/", {"token": "0123456789", "pledge": "on", "signatory": "周敏"}
    )
    assert refused.status_code == 422
    assert "（R-08）" in refused.content.decode()
    assert "原则上" in refused.content.decode()


def test_home_and_lists_do_not_grow_with_rows(scene: Scene, browser: Client) -> None:
    def counted(path: str) -> int:
        with scenes.statements() as found:
            assert browser.get(path).status_code == 200
        return len(found)

    scenes.draft_application(scene, level=3)
    browser.get("/e/")  # the first request of a session notes the time
    paths = ("/e/", "/e/applications/", "/e/rounds/", "/e/library/", "/e/titles/")
    before = {path: counted(path) for path in paths}
    scenes.draft_application(scene, level=1)
    scenes.draft_application(scene, level=2)
    later = scene.clock.now().on.year + 1
    for letter in "AB":
        scenes.cases.announced(
            scene.clock,
            scene.city,
            scenes.cases.round_data(
                f"{later}{letter}",
                opens_at=scene.clock.now().at.replace(year=later, month=3 if letter == "A" else 9, day=1),
                closes_at=scene.clock.now().at.replace(year=later, month=4 if letter == "A" else 10, day=1),
                prelim_due_on=None,
            ),
        )
    assert {path: counted(path) for path in paths} == before
    assert before["/e/"] <= 8


def test_answering_the_offer_of_a_lower_level_needs_that_step(scene: Scene, browser: Client) -> None:
    public_id = scenes.submitted_application(scene)
    refused = browser.post(f"/e/applications/{public_id}/conversion/", {"consent": "yes"})
    assert refused.status_code == 409

"""Every act of the district over HTTP, in the order of the work: gates, refusals kept in the page, and the whole path."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from unittest import mock

import pytest
from django.db import transaction
from django.test import Client

from apps.accounts.models import User
from apps.core.actor import Actor
from apps.core.moment import DatabaseClock, Moment
from apps.core.scoping import enter
from apps.portals.district import decisions
from apps.portals.district.common import shown_now
from apps.titles import selectors as titles
from tests import worlds
from tests.portals.district import scenes
from tests.worlds import sub_area_staff

Browser = Callable[[Actor], Client]
CHECKS = ("place", "profile", "basics", "sheet", "report", "evidence", "pledge")


def _all_in_order() -> dict[str, str]:
    return {f"ok-{key}": "yes" for key in CHECKS}


def test_pages_open_for_the_district_and_for_nobody_else(scene: scenes.Scene, browser: Browser) -> None:
    public_id = scene.accepted(1)
    paths = [
        *("", "enterprises/", "intake/", "scoring/", "signing/", "decisions/", "filings/", "recommend/"),
        *("monitoring/", f"applications/{public_id}/", f"applications/{public_id}/check/"),
        *(f"applications/{public_id}/return/", f"applications/{public_id}/transfer/"),
        f"applications/{public_id}/refuse/",
    ]
    handler = browser(scene.district.handler)
    assert [(path, handler.get(f"/d/{path}").status_code) for path in paths] == [
        (path, 200) for path in paths
    ]
    city = browser(scene.city.handler)
    assert {city.get(f"/d/{path}").status_code for path in paths} == {403}
    assert Client().get("/d/").status_code == 302


def test_another_districts_application_does_not_exist(scene: scenes.Scene, browser: Browser) -> None:
    public_id = scene.submitted(1)
    foreign = browser(scene.other_district.handler)
    for path in ("", "check/", "return/", "transfer/", "refuse/"):
        assert foreign.get(f"/d/applications/{public_id}/{path}").status_code == 404
    assert foreign.post(f"/d/applications/{public_id}/accept/").status_code == 404
    assert foreign.get("/d/intake/").content.decode().count(public_id) == 0
    assert scene.state(public_id) == "submitted"


def test_a_registration_is_confirmed_or_returned(scene: scenes.Scene, browser: Browser) -> None:
    worlds.enterprise(scene.clock, 30, name="昆山待核实示例有限公司")
    client = browser(scene.district.handler)
    html = client.get("/d/enterprises/?state=registered").content.decode()
    (public_id,) = re.findall(r'href="/d/enterprises/(\w+)/"', html)
    foreign = browser(scene.other_district.handler)
    assert foreign.get(f"/d/enterprises/{public_id}/").status_code == 404
    refused = client.post(f"/d/enterprises/{public_id}/return/", {"reason": " "})
    assert refused.status_code == 422
    assert client.post(f"/d/enterprises/{public_id}/confirm/").status_code == 302
    again = client.post(f"/d/enterprises/{public_id}/confirm/")
    assert again.status_code == 409
    assert "本次没有办理" in again.content.decode()


def test_acceptance_is_possible_once(scene: scenes.Scene, browser: Browser) -> None:
    public_id = scene.submitted(1)
    client = browser(scene.district.handler)
    assert client.post(f"/d/applications/{public_id}/accept/").status_code == 302
    assert scene.state(public_id) == "form_check"
    again = client.post(f"/d/applications/{public_id}/accept/")
    assert again.status_code == 409
    assert client.get(f"/d/applications/{public_id}/accept/").status_code == 405


def test_the_next_case_of_the_intake_is_the_oldest_nobody_else_has(
    scene: scenes.Scene, browser: Browser
) -> None:
    first = scene.submitted(1)
    scene.clock.advance(timedelta(minutes=5))
    second = scene.submitted(2)
    handler, signer = browser(scene.district.handler), browser(scene.district.signer)

    def following(after: str = "", by: Client = handler) -> str:
        return by.get("/d/intake/next/", {"after": after}).headers["Location"]

    assert following() == f"/d/applications/{first}/"
    assert following(after=first) == f"/d/applications/{second}/"
    assert following(after=second) == f"/d/applications/{first}/", "round to the first again"
    assert f"/d/intake/next/?after={first}" in handler.get(f"/d/applications/{first}/").content.decode()
    handler.post(f"/d/applications/{second}/take/")
    assert following(after=first, by=signer) == "/d/intake/"
    assert following(after=first) == f"/d/applications/{second}/"
    assert following(by=browser(scene.other_district.handler)) == "/d/intake/"


def test_the_form_check_passes_only_when_everything_is_in_order(
    scene: scenes.Scene, browser: Browser
) -> None:
    public_id = scene.accepted(1)
    client = browser(scene.district.handler)
    url = f"/d/applications/{public_id}/check/"
    silent = client.post(url, {})
    assert silent.status_code == 422
    assert silent.content.decode().count('href="#id_ok-') == len(CHECKS)
    lacking = client.post(url, {**_all_in_order(), "ok-report": "no", "problem-report": "缺第四章"})
    assert lacking.status_code == 422
    assert "缺第四章" in lacking.content.decode()
    assert scene.state(public_id) == "form_check"
    assert client.post(url, _all_in_order()).status_code == 302
    assert scene.state(public_id) == "prelim"


def test_items_are_returned_one_by_one(scene: scenes.Scene, browser: Browser) -> None:
    public_id = scene.accepted(1)
    client = browser(scene.district.handler)
    url = f"/d/applications/{public_id}/return/"
    html = client.get(f"{url}?pick=item:K1-01&pick=profile:site_address&pick=item:NO-1").content.decode()
    assert 'name="rows" value="2"' in html
    sent = {
        "rows": "2",
        "place-0": "item:K1-01",
        "reason-0": "容积率与土地证不一致。",
        "wanted-0": "请按不动产权证重新计算。",
        "place-1": "profile:site_address",
        "reason-1": "",
        "wanted-1": "请写明门牌号。",
    }
    more = client.post(url, {**sent, "add": "1", "new_place": "basic:V-03"})
    assert more.status_code == 200
    assert 'name="rows" value="3"' in more.content.decode()
    assert "容积率与土地证不一致。" in more.content.decode(), "what was typed stays when a row is added"
    refused = client.post(url, sent)
    assert refused.status_code == 422
    assert 'href="#id_items.1"' in refused.content.decode()
    assert scene.state(public_id) == "form_check"
    assert client.post(url, {**sent, "drop-1": "on"}).status_code == 302
    assert scene.state(public_id) == "supplementing"
    assert "已退回企业补正，等待重新提交。" in client.get(f"/d/applications/{public_id}/").content.decode()
    empty = client.post(url, {"rows": "0"})
    assert empty.status_code == 409


def test_nothing_goes_back_before_acceptance_and_nobody_is_said_to_have_been_first(
    scene: scenes.Scene, browser: Browser
) -> None:
    public_id = scene.submitted(1)
    client = browser(scene.district.handler)
    assert 'name="pick"' not in client.get(f"/d/applications/{public_id}/").content.decode()
    early = client.post(f"/d/applications/{public_id}/return/", {"rows": "0"})
    assert early.status_code == 409
    assert "不能退回补正" in early.content.decode()
    assert "请按当前状态继续" not in early.content.decode(), "handing in was no race"
    assert client.post(f"/d/applications/{public_id}/accept/").status_code == 302
    for state in ("form_check", "prelim"):
        assert scene.state(public_id) == state
        html = client.get(f"/d/applications/{public_id}/").content.decode()
        assert 'name="pick"' in html
        assert 'type="submit" form="pick"' in html, "what is picked goes along"
        if state == "form_check":
            assert client.post(f"/d/applications/{public_id}/check/", _all_in_order()).status_code == 302


def test_nothing_to_return_breaks_the_rule(scene: scenes.Scene, browser: Browser) -> None:
    public_id = scene.accepted(1)
    refused = browser(scene.district.handler).post(f"/d/applications/{public_id}/return/", {"rows": "0"})
    assert refused.status_code == 422
    assert "（R-14）" in refused.content.decode()


def test_a_transfer_moves_the_case_out_of_sight(scene: scenes.Scene, browser: Browser) -> None:
    public_id = scene.submitted(1)
    client = browser(scene.district.handler)
    url = f"/d/applications/{public_id}/transfer/"
    assert client.post(url, {"to_district": worlds.WUZHONG, "reason": ""}).status_code == 422
    assert (
        client.post(url, {"to_district": worlds.WUZHONG, "reason": "生产地址在吴中区。"}).status_code == 302
    )
    assert client.get(f"/d/applications/{public_id}/").status_code == 404
    assert browser(scene.other_district.handler).get(f"/d/applications/{public_id}/").status_code == 200


def test_refusing_intake_needs_rule_reason_and_the_signer(scene: scenes.Scene, browser: Browser) -> None:
    public_id = scene.submitted(1)
    url = f"/d/applications/{public_id}/refuse/"
    sent = {"rule": "R-10", "reason": "近三年有重大环境违法。"}
    handler = browser(scene.district.handler)
    assert handler.post(url, sent).status_code == 403
    assert "申报到此结束</button>" not in handler.get(url).content.decode()
    signer = browser(scene.district.signer)
    assert "申报到此结束</button>" in signer.get(url).content.decode().replace("\n", "")
    assert signer.post(url, {"rule": "", "reason": ""}).status_code == 422
    assert signer.post(url, sent).status_code == 302
    assert scene.state(public_id) == "rejected"


def test_a_case_is_claimed_by_one_and_given_back(scene: scenes.Scene, browser: Browser) -> None:
    public_id = scene.scoring(1, claimed=False)
    first, second = browser(scene.district.handler), browser(scene.second_handler)
    assert first.post(f"/d/scoring/{public_id}/claim/").status_code == 302
    assert second.post(f"/d/scoring/{public_id}/claim/").status_code == 403
    assert second.post(f"/d/scoring/{public_id}/release/").status_code == 403
    assert first.post(f"/d/scoring/{public_id}/release/").status_code == 302
    assert second.post(f"/d/scoring/{public_id}/claim/").status_code == 302
    assert second.get("/d/scoring/next/").headers["Location"] == f"/d/scoring/{public_id}/"
    assert first.get("/d/scoring/next/").headers["Location"] == "/d/scoring/"


def test_an_unfinished_sheet_cannot_be_submitted(scene: scenes.Scene, browser: Browser) -> None:
    public_id = scene.scoring(1)
    client = browser(scene.district.handler)
    refused = client.post(f"/d/scoring/{public_id}/submit/", {"opinion": "齐全。"})
    assert refused.status_code == 422
    assert "（R-15）" in refused.content.decode()
    scene.adopt_all(public_id)
    assert client.post(f"/d/scoring/{public_id}/submit/", {"opinion": ""}).status_code == 422
    assert client.post(f"/d/scoring/{public_id}/submit/", {"opinion": "齐全。"}).status_code == 302
    assert client.post(f"/d/scoring/{public_id}/submit/", {"opinion": "齐全。"}).status_code == 409


@pytest.mark.rule("R-15")
def test_the_scorer_cannot_sign_and_the_signer_can_send_back(scene: scenes.Scene, browser: Browser) -> None:
    public_id = scene.to_sign(1)
    scorer, signer = browser(scene.district.handler), browser(scene.district.signer)
    assert scorer.post(f"/d/signing/{public_id}/sign/").status_code == 403
    # With both duties it is still the same person: on the page and over the interface.
    enter(Actor.system())
    User.objects.filter(pk=scene.district.handler.user_id).update(duties=["handler", "signer"])
    refused = scorer.post(f"/d/signing/{public_id}/sign/")
    assert refused.status_code == 422
    assert "（R-15）" in refused.content.decode()
    signing = f"/api/v1/applications/{public_id}/preliminary/sign/"
    sent = {"data": "{}", "content_type": "application/json"}
    assert scorer.post(signing, **sent).status_code == 422
    assert browser(scene.other_district.signer).post(signing, **sent).status_code == 404
    assert scene.state(public_id) == "prelim"
    assert signer.post(f"/d/signing/{public_id}/return/", {"note": ""}).status_code == 422
    assert signer.post(f"/d/signing/{public_id}/return/", {"note": "请复核 K 部分。"}).status_code == 302
    assert "请复核 K 部分。" in scorer.get(f"/d/scoring/{public_id}/").content.decode()
    second = signer.post(f"/d/signing/{public_id}/sign/")
    assert second.status_code == 409
    assert "办理“退回重评”" in second.content.decode(), "who comes second is told who was first, and when"
    scorer.post(f"/d/scoring/{public_id}/submit/", {"opinion": "已复核。"})
    assert signer.post(f"/d/signing/{public_id}/sign/").status_code == 302
    assert scene.state(public_id) == "prelim_signed"
    # Two signers had the page before them: the second one is told, and what was typed is still there to be copied.
    twice = signer.post(f"/d/signing/{public_id}/sign/")
    assert twice.status_code == 409
    assert "已于" in twice.content.decode()
    assert "办理“签批初评”" in twice.content.decode()
    late = signer.post(f"/d/signing/{public_id}/return/", {"note": "第 12 项再核一次。"})
    assert late.status_code == 409
    assert "第 12 项再核一次。" in late.content.decode()
    again = scorer.post(f"/d/scoring/{public_id}/submit/", {"opinion": "又写了一句意见。"})
    assert again.status_code == 409
    assert "又写了一句意见。" in again.content.decode()


def test_a_level_is_decided_filed_and_reported(scene: scenes.Scene, browser: Browser) -> None:
    public_id = scene.signed(1, level=2, target="72")
    handler, signer = browser(scene.district.handler), browser(scene.district.signer)
    assert handler.post(f"/d/decisions/{public_id}/propose/").status_code == 302
    assert signer.post(f"/d/decisions/{public_id}/sign/", {"document_no": ""}).status_code == 422
    faulty = signer.post(
        f"/d/decisions/{public_id}/sign/", {"document_no": "昆工信〔2026〕31号", "decided_on": "2026-13-01"}
    )
    assert faulty.status_code == 422
    assert "昆工信〔2026〕31号" in faulty.content.decode()
    done = signer.post(f"/d/decisions/{public_id}/sign/", {"document_no": "昆工信〔2026〕31号"})
    assert done.status_code == 302
    enter(Actor.system())
    held = titles.titles_of(actor=Actor.system(), enterprise_id=scene.enterprises[public_id].enterprise_id)
    assert [title.level for title in held] == [2]
    empty = handler.post("/d/filings/prepare/", {"round": "", "contact": "顾晓岚"})
    assert empty.status_code == 422
    assert 'href="#id_round"' in empty.content.decode()
    assert "顾晓岚" in empty.content.decode()
    made = handler.post("/d/filings/prepare/", {"round": scene.round_public_id, "contact": "顾晓岚"})
    assert made.status_code == 302
    filing = made.headers["Location"]
    assert handler.post(f"{filing}send/").status_code == 403
    assert browser(scene.other_district.signer).get(filing).status_code == 404
    assert 'value="顾晓岚"' in signer.get(filing).content.decode()
    wrong = signer.post(f"{filing}send/", {"contact": "长" * 61})
    assert (wrong.status_code, "长" * 61 in wrong.content.decode()) == (422, True)
    assert signer.post(f"{filing}send/", {"contact": "顾晓岚 0512-57000001"}).status_code == 302
    assert "顾晓岚 0512-57000001" in signer.get(filing).content.decode()
    twice = signer.post(f"{filing}send/")
    assert twice.status_code == 409
    assert "办理“报送备案”" in twice.content.decode()
    assert scene.state(public_id) == "filed"


def test_a_list_of_80_and_more_goes_to_the_city(scene: scenes.Scene, browser: Browser) -> None:
    kept, left_off = scene.signed(1, target="85"), scene.signed(2, target="84")
    handler, signer = browser(scene.district.handler), browser(scene.district.signer)
    assert signer.post("/d/recommend/prepare/", {"round": scene.round_public_id}).status_code == 403
    empty = handler.post("/d/recommend/prepare/")
    assert empty.status_code == 422
    assert 'href="#id_round"' in empty.content.decode()
    made = handler.post("/d/recommend/prepare/", {"round": scene.round_public_id})
    listing = made.headers["Location"]
    without = handler.post(f"{listing}tick/", {"application": left_off, "ticked": "no", "reason": ""})
    assert without.status_code == 422
    assert "（R-18）" in without.content.decode()
    reason = {"application": left_off, "ticked": "no", "reason": "环保核查未结。"}
    assert handler.post(f"{listing}tick/", reason).status_code == 302
    assert handler.post(f"{listing}send/", {"letter_no": "昆工信〔2026〕40号"}).status_code == 403
    assert signer.post(f"{listing}send/", {"letter_no": ""}).status_code == 422
    assert signer.post(f"{listing}send/", {"letter_no": "昆工信〔2026〕40号"}).status_code == 302
    assert (scene.state(kept), scene.state(left_off)) == ("recommended", "not_recommended")
    late = signer.post(f"{listing}send/", {"letter_no": "昆工信〔2026〕41号"})
    assert late.status_code == 409
    assert "办理“推荐上报”" in late.content.decode()
    assert browser(scene.other_district.handler).get(listing).status_code == 404


def test_a_3a_case_below_80_is_offered_a_conversion(scene: scenes.Scene, browser: Browser) -> None:
    public_id = scene.signed(1, target="74")
    handler = browser(scene.district.handler)
    html = handler.get(f"/d/decisions/{public_id}/").content.decode()
    assert "转为本级评定" in html
    assert handler.post(f"/d/decisions/{public_id}/propose/").status_code == 302
    assert scene.state(public_id) == "conversion_offered"
    late = handler.post(f"/d/decisions/{public_id}/propose/")
    assert late.status_code == 409
    assert "办理“征求转为本级评定意见”" in late.content.decode(), "who comes second is told who was first"
    # The enterprise is told on its first page, reads where the points went, and answers; silence is no refusal.
    ours = browser(scene.enterprises[public_id])
    assert "请答复是否转为本级评定" in ours.get("/e/").content.decode()
    page = f"/e/applications/{public_id}/"
    assert "评定 2A 级绿色工厂" in ours.get(page).content.decode()
    assert ours.get(f"{page}scores/").status_code == 200
    assert ours.post(f"{page}conversion/").status_code == 422
    assert scene.state(public_id) == "conversion_offered"
    assert "逾期未答复的，属地可以按不同意办结" in ours.get(page).content.decode()
    # Within the term nobody but the enterprise ends it.
    early = browser(scene.district.signer).post(f"/d/decisions/{public_id}/close/")
    assert early.status_code == 422
    assert "尚未届满" in early.content.decode()
    assert "办结：不予推荐" not in early.content.decode()
    assert ours.post(f"{page}conversion/", {"consent": "yes"}).status_code == 302
    assert "企业已同意转评，待提出建议" in handler.get("/d/decisions/").content.decode()
    assert handler.post(f"/d/decisions/{public_id}/propose/").status_code == 302
    signer = browser(scene.district.signer)
    assert "的评定建议待签发" in signer.get("/messages/").content.decode()
    assert "待签发" in signer.get("/d/decisions/").content.decode()


def test_an_offer_never_answered_is_closed_after_its_term(
    scene: scenes.Scene, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    public_id = scene.signed(1, target="74")
    assert browser(scene.district.handler).post(f"/d/decisions/{public_id}/propose/").status_code == 302
    with transaction.atomic():
        later = Moment.of(DatabaseClock().now().at + timedelta(days=40))
    monkeypatch.setattr(DatabaseClock, "now", mock.Mock(return_value=later))
    monkeypatch.setattr(decisions, "shown_now", lambda: later)
    here = f"/d/decisions/{public_id}/"
    told = browser(scene.district.handler).get(here).content.decode()
    assert "企业逾期未答复" in told
    assert "办结：不予推荐" not in told, "the handler is told, the signer decides"
    signer = browser(scene.district.signer)
    assert "办结：不予推荐" in signer.get(here).content.decode()
    assert signer.post(f"{here}close/").status_code == 302
    assert scene.state(public_id) == "not_recommended"
    assert "在规定期限内未答复" in signer.get(here).content.decode()
    ours = browser(scene.enterprises[public_id])
    assert "在规定期限内未答复" in ours.get(f"/e/applications/{public_id}/").content.decode()


def test_the_step_of_the_sub_area(scene: scenes.Scene, browser: Browser) -> None:
    public_id = scene.submitted(1)
    handler, signer = browser(scene.district.handler), browser(scene.district.signer)
    practice, page = "/d/practice/", f"/d/applications/{public_id}/sub-area/"
    today = shown_now().on.isoformat()  # the pages go by the database's clock
    choice = {"sub_area_opinion": "yes", "effective_from": today, "reason": "镇街先行把关。"}
    assert handler.post(practice, choice).status_code == 403
    assert browser(scene.city.signer).get(practice).status_code == 403
    assert signer.post(practice, {**choice, "sub_area_opinion": ""}).status_code == 422
    assert signer.post(practice, {**choice, "effective_from": "明天"}).status_code == 422
    assert signer.post(practice, choice).status_code == 302
    assert "须有板块意见" in signer.get(practice).content.decode()
    assert "待板块意见" in handler.get("/d/intake/").content.decode()
    assert handler.post(f"/d/applications/{public_id}/accept/").status_code == 422
    assert browser(scene.other_district.handler).get(page).status_code == 404
    against = {"sub_area": "玉山镇", "recommends": "no", "given_by": "钱进"}
    refused = handler.post(page, against)
    assert refused.status_code == 422
    assert 'value="玉山镇"' in refused.content.decode()
    assert handler.post(page, {**against, "given_on": "x", "reason": "将搬迁。"}).status_code == 422
    assert handler.post(page, {**against, "reason": "将搬迁。"}).status_code == 302
    case = handler.get(f"/d/applications/{public_id}/").content.decode()
    assert "将搬迁。" in case
    assert "板块不推荐" in handler.get("/d/intake/").content.decode()
    # The 板块's own people: asked by name, they answer themselves; another's and the district's pages stay shut.
    yushan = browser(sub_area_staff(scene.clock, "yushan", "玉山镇"))
    huaqiao = browser(sub_area_staff(scene.clock, "huaqiao", "花桥"))
    own = f"/b/applications/{public_id}/"
    assert yushan.get(own).status_code == 404
    assert handler.post(f"{page}ask/", {"asked": "木渎镇"}).status_code == 422
    assert handler.post(f"{page}ask/", {"asked": "玉山镇"}).status_code == 302
    assert handler.get("/b/").status_code == 403
    for shut in ("/d/", f"/d/applications/{public_id}/", "/m/", "/e/"):
        assert yushan.get(shut).status_code == 403
    assert yushan.get("/home/").url == "/b/"  # type: ignore[attr-defined]
    assert "征求意见的申报 1 件" in yushan.get("/b/").content.decode()
    assert huaqiao.get(own).status_code == 404
    assert huaqiao.post(own, {"recommends": "yes"}).status_code == 404
    assert yushan.post(own, {"recommends": "no"}).status_code == 422
    assert yushan.post(own, {"recommends": "yes"}).status_code == 302
    assert "钱进" in yushan.get("/b/").content.decode()
    assert handler.post(f"/d/applications/{public_id}/accept/").status_code == 302
    assert handler.post(page, {**against, "reason": "将搬迁。"}).status_code == 409
    assert yushan.post(own, {"recommends": "yes"}).status_code == 409

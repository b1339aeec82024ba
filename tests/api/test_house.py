"""Settings, the calendar, accounts, delegation, one's own data and cultivation over HTTP: the rules of the pages."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.accounts.models import User
from apps.core.actor import Actor, Role
from apps.core.scoping import enter
from tests import worlds
from tests.api.callers import caller
from tests.portals import scenes
from tests.unit.evidence.samples import pdf
from tests.unit.staging import built_once, played

stage = built_once(scenes.build)
scene = played()


@pytest.fixture
def security(scene: scenes.Scene) -> Actor:
    return worlds.staff_member(scene.clock, "anquan", "安全甲", role=Role.SECURITY_ADMIN, duties=[])


def _name(actor: Actor) -> str:
    enter(Actor.system())
    return str(User.objects.get(pk=actor.user_id).username)


def test_settings_and_calendar(scene: scenes.Scene) -> None:
    today = scene.clock.now().on
    handler, signer = caller(scene.city.handler), caller(scene.city.signer)
    rows = handler.get("parameters/?page_size=100")["results"]
    assert {row["key"] for row in rows} >= {"trial_ends_on", "monitor_lower_levels"}
    ends = (today + timedelta(days=90)).isoformat()
    form = {"value": ends, "effective_from": today.isoformat(), "reason": "会议纪要"}
    handler.post("parameters/trial_ends_on/values/", {**form, "value": "明年"}, expect=422)
    handler.post("parameters/nothing/values/", form, expect=422)
    caller(scene.district.handler).post("parameters/trial_ends_on/values/", form, expect=403)
    made = handler.post("parameters/trial_ends_on/values/", form, expect=201)["public_id"]
    handler.post(f"parameters/values/{made}/approve/", {}, expect=403)
    signer.post("parameters/values/nothing/approve/", {}, expect=404)
    signer.post(f"parameters/values/{made}/approve/", {}, expect=204)
    signer.post(f"parameters/values/{made}/approve/", {}, expect=409)
    handler.post(f"parameters/values/{made}/withdraw/", {"reason": "改期"}, expect=409)
    assert caller(scene.enterprise).get("edition/")["days_left"] == 90
    known = handler.get(f"calendar/?year={today.year}&page_size=100")
    assert known["total"] >= 365
    other = today.year + 40
    year = {"year": other, "holidays": [{"date": f"{other}-01-01", "name": "元旦"}], "basis": "示例通知"}
    handler.post("calendar/", year, expect=422)
    handler.post("calendar/", {**year, "holidays": year["holidays"] * 2}, expect=422)
    day = {"day": f"{other}-01-01", "is_workday": False, "reason": "示例通知"}
    handler.post("calendar/correct/", day, expect=404)
    notice = {"file": SimpleUploadedFile("放假通知.pdf", pdf(), content_type="application/pdf")}
    handler.send(f"calendar/{other}/notice/", notice, expect=404)
    handler.send(f"calendar/{today.year}/notice/", {}, expect=400)
    notice["file"].seek(0)
    caller(scene.city.leader).send(f"calendar/{today.year}/notice/", notice, expect=403)
    notice["file"].seek(0)
    handler.send(f"calendar/{today.year}/notice/", notice, expect=201)
    caller(scene.city.leader).post("calendar/correct/", day, expect=403)


def test_accounts_delegations_and_who_sees_what(scene: scenes.Scene, security: Actor) -> None:
    admin, person = caller(security), scene.city.handler
    today = scene.clock.now().on
    caller(person).get("accounts/", expect=403)
    found = admin.get("accounts/?q=city&page_size=100")["results"]
    assert _name(person) in {row["username"] for row in found}
    assert len(admin.get("bureaus/")["results"]) == 11
    bureau = {
        "authority": "昆山市工业和信息化局",
        "phone": "0512-00000000",
        "sub_areas": ["玉山镇"],
        "reason": "更名",
    }
    admin.post("bureaus/000000/", bureau, expect=404)
    admin.post("bureaus/320583/", {**bureau, "reason": ""}, expect=422)
    admin.post("bureaus/320583/", bureau, expect=204)
    new = {
        "username": "xinren",
        "name": "新人",
        "role": "district",
        "district": "320583",
        "duties": ["handler"],
    }
    admin.post("accounts/", {**new, "district": ""}, expect=422)
    admin.post("accounts/", {**new, "role": "expert"}, expect=400)
    opened = admin.post("accounts/", new, expect=201)
    assert len(opened["password"]) >= 12
    admin.post("accounts/xinren/duties/", {"duties": ["leader"], "reason": "误"}, expect=422)
    admin.post("accounts/xinren/duties/", {"duties": ["signer"], "reason": "转岗"}, expect=204)
    admin.post("accounts/nobody/active/", {"active": False, "reason": "调离"}, expect=404)
    admin.post("accounts/anquan/active/", {"active": False, "reason": "调离"}, expect=403)
    admin.post("accounts/xinren/active/", {"active": False, "reason": "调离"}, expect=204)
    admin.post("accounts/xinren/active/", {"active": False, "reason": "调离"}, expect=409)
    assert admin.get("accounts/dormant/")["total"] == 0
    lent = {
        "delegate": _name(scene.city.signer),
        "from_on": today.isoformat(),
        "until_on": (today + timedelta(days=3)).isoformat(),
        "reason": "出差",
    }
    caller(person).post("delegations/", {**lent, "delegate": "nobody"}, expect=422)
    caller(person).post("delegations/", {**lent, "absent": "xinren"}, expect=404)
    made = caller(person).post("delegations/", lent, expect=201)["public_id"]
    caller(scene.district.handler).post(f"delegations/{made}/end/", {"reason": "回来"}, expect=404)
    caller(person).post(f"delegations/{made}/end/", {"reason": "回来"}, expect=204)
    enter(Actor.system())
    firm = User.objects.select_related("enterprise").get(pk=scene.enterprise.user_id).enterprise
    assert firm is not None
    for number in (firm.uscc, firm.public_id):
        seen = admin.get(f"who-can-see/?number={number}")
        assert seen["kind_label"] == "企业"
        offices = {row["organisation"] for row in seen["seers"]}
        assert any("昆山" in office for office in offices)
        assert not any("吴中" in office for office in offices)
        assert all(row["why"] for row in seen["seers"])
    admin.get("who-can-see/?number=nothing", expect=404)
    caller(person).get(f"who-can-see/?number={firm.uscc}", expect=403)


def test_ones_own_account_and_requests(scene: scenes.Scene, security: Actor) -> None:
    me, admin = caller(scene.enterprise), caller(security)
    assert {row["name"] for row in me.get("me/personal-data/")["results"]} >= {"姓名", "手机"}
    me.post("me/personal-data/requests/", {"kind": "nothing", "detail": "x"}, expect=400)
    me.post("me/personal-data/requests/", {"kind": "correction", "detail": ""}, expect=422)
    made = me.post("me/personal-data/requests/", {"kind": "correction", "detail": "姓名有误"}, expect=201)
    assert caller(scene.neighbour).get("me/personal-data/requests/")["total"] == 0
    answer = f"personal-requests/{made['public_id']}/answer/"
    me.post(answer, {"met": True, "answer": "已更正"}, expect=403)
    admin.post(answer, {"met": True, "answer": ""}, expect=422)
    admin.post(answer, {"met": True, "answer": "已更正"}, expect=204)
    admin.post(answer, {"met": True, "answer": "已更正"}, expect=409)
    me.post("me/privacy-notice/accept/", {}, expect=204)
    assert me.get("me/sign-ins/")["total"] == 0, "a test's session was never signed in through the page"
    me.post("me/sign-ins/nothing/end/", {}, expect=404)
    assert me.post("me/sign-ins/end-others/", {}, expect=200)["ended"] == 0
    caller().get("me/sign-ins/", expect=401)


@pytest.mark.rule("R-45", "R-20")
def test_cultivation(scene: scenes.Scene, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    host, city, firm = caller(scene.district.handler), caller(scene.city.handler), caller(scene.enterprise)
    begins = scene.clock.now().at + timedelta(days=2)
    event = {
        "kind": "low_carbon_day",
        "title": "全国低碳日宣传",
        "place": "市民广场",
        "starts_at": begins.isoformat(),
        "ends_at": (begins + timedelta(hours=2)).isoformat(),
        "sign_up_until": (begins - timedelta(hours=2)).isoformat(),
        "summary": "宣传。",
    }
    firm.post("training/", event, expect=403)
    host.post("training/", {**event, "title": ""}, expect=422)
    made = host.post("training/", event, expect=201)["public_id"]
    caller().get(f"training/{made}/", expect=404)
    paper = {"file": SimpleUploadedFile("讲义.pdf", pdf())}
    kept = host.send(f"training/{made}/files/", paper, expect=201)["public_id"]
    assert caller().get(f"training/{made}/files/")["total"] == 0
    city.post(f"training/{made}/move/", {"event": "open"}, expect=404)
    assert host.post(f"training/{made}/move/", {"event": "open"}, expect=200) == {"state": "open"}
    assert [row["name"] for row in caller().get(f"training/{made}/files/")["results"]] == ["讲义.pdf"]
    assert caller().get("training/")["total"] == 1
    firm.post(f"training/{made}/sign-up/", {"person": "周敏", "people": 99}, expect=422)
    firm.post(f"training/{made}/sign-up/", {"person": "周敏", "people": 2}, expect=204)
    assert host.get(f"training/{made}/attendance/")["results"][0]["people"] == 2
    host.post(f"training/{made}/attendance/", {"came": []}, expect=409)
    firm.post(f"training/{made}/take-back/", {}, expect=204)
    city.post(f"training/{made}/text/", {"material": "讲义要点。"}, expect=404)
    firm.post(f"training/{made}/text/", {"material": "讲义要点。"}, expect=403)
    host.post(f"training/{made}/text/", {"material": "讲义要点。"}, expect=204)
    city.post(f"training/{made}/files/{kept}/remove/", {}, expect=404)
    host.post(f"training/{made}/files/{kept}/remove/", {}, expect=204)
    year = scene.clock.now().on.year + 1
    plan = {"level": 3, "year": year, "measures": "屋顶光伏。"}
    host.post("building-plans/", plan, expect=403)
    firm.post("building-plans/", {**plan, "level": 9}, expect=422)
    sent = firm.post("building-plans/", plan, expect=201)["public_id"]
    caller(scene.other_district.handler).post(f"building-plans/{sent}/decide/", {"event": "list"}, expect=404)
    assert host.post(f"building-plans/{sent}/decide/", {"event": "list"}, expect=200) == {"state": "listed"}
    assert city.get("cultivation-pool/")["results"][0]["by_level"] == [0, 0, 1, 0, 0]
    body = {"name": "苏州示例评价有限公司", "uscc": worlds.credit_code(931), "kinds": ["third_party"]}
    host.post("service-bodies/", body, expect=403)
    registered = city.post("service-bodies/", body, expect=201)["public_id"]
    assert caller().get("service-bodies/")["results"][0]["kind_labels"] == ["第三方评价"]
    since = scene.clock.now().on.isoformat()
    firm.post("service-bodies/mine/", {"body": registered, "since": since}, expect=204)
    assert firm.get("service-bodies/mine/")["total"] == 1
    city.post(f"service-bodies/{registered}/remove/", {"reason": "注销"}, expect=204)
    assert caller().get("service-bodies/")["total"] == 0


def test_the_auditor_starts_the_chain_check_and_an_evidence_package(scene: scenes.Scene) -> None:
    auditor = caller(worlds.staff_member(scene.clock, "shenji", "审计甲", role=Role.AUDITOR, duties=[]))
    check = auditor.post("audit/chain-checks/", {}, expect=201)["job"]
    today = scene.clock.now().on
    days = {"since": today.isoformat(), "until": today.isoformat()}
    made = auditor.post("audit/packages/", {**days, "reason": "案件核查"}, expect=201)["job"]
    for place, job in (("audit/chain-checks/", check), ("audit/packages/", made)):
        assert [row["public_id"] for row in auditor.get(place)["results"]] == [job]
        assert auditor.get(f"jobs/{job}/")["public_id"] == job
        caller(scene.city.handler).post(place, {"reason": "好奇"}, expect=403)
    auditor.post("audit/packages/", {"reason": " "}, expect=422)
    auditor.post("audit/packages/", {"number": "没有这一件", "reason": "案件核查"}, expect=422)
    backwards = {**days, "until": (today - timedelta(days=1)).isoformat(), "reason": "案件核查"}
    auditor.post("audit/packages/", backwards, expect=422)

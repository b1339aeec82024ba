"""The public site: nothing personal, nothing that is not published, and every form keeps what was typed."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from apps.accounts.models import Enterprise
from apps.applications.models import Round
from apps.core.actor import Actor
from apps.core.moment import SHANGHAI
from apps.core.scoping import enter
from apps.publicity.models import Objection
from apps.titles import services as titles
from tests import worlds
from tests.unit.review import scenes

STATIC_PAGES = (
    "/",
    "/calls/",
    "/notices/",
    "/directory/",
    "/verify/",
    "/receipt/",
    "/policy/",
    "/objection/new/",
    "/objection/status/",
    "/register/",
    "/privacy/",
    "/a11y/",
    "/sitemap/",
)
#: What may not stand on an anonymous page (SECURITY R24): mobile numbers, identity cards, mail addresses.
PERSONAL = {
    "mobile": re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)"),
    "identity": re.compile(
        r"(?<!\d)[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}[\dXx](?![\dA-Z])"
    ),
    "mail": re.compile(r"[\w.+-]+@[\w-]+\.\w+"),
}
#: People of the scene whose names are nobody's business: contact, legal representative, staff, experts.
NAMES = ("沈洁", "周敏", "顾晓岚", "陆志远", "沈卫东", "朱明华", "高建平", "专家1")


def award(
    scene: scenes.Flow, level: int = 3, *, to: Actor | None = None, district: str = worlds.KUNSHAN
) -> titles.Awarded:
    """Enter one title as the competent authority would."""
    staff = scene.district if district == worlds.KUNSHAN else scene.other_district
    competent = scene.city.leader if level >= 3 else staff.signer
    assert competent is not None
    return titles.award_title(
        actor=scene.be(competent),
        moment=scene.clock.now(),
        enterprise_id=(to or scene.enterprise).enterprise_id or 0,
        district=district,
        level=level,
        awarded_on=date(2026, 11, 20),
        document_no="苏工信节能〔2026〕58号",
        source_type="test",
        source_public_id=f"{level}-{district}",
    )


def text(client: Client, path: str, *, status: int = 200) -> str:
    """GET a page."""
    response = client.get(path)
    assert response.status_code == status, response.content[:300]
    return str(response.content.decode())


def test_no_public_page_shows_personal_data(scene: scenes.Flow, client: Client) -> None:
    scene.on_notice()
    title = award(scene, 3, to=scene.neighbour, district=worlds.WUZHONG)
    receipt = scene.row(scene.case).receipt_no
    entry = scene.entry()
    pages = [
        *STATIC_PAGES,
        f"/notices/{scene.notice}/",
        f"/notices/{scene.notice}/print/",
        f"/directory/{title.public_id}/",
        f"/verify/{title.verify_token}/",
        f"/verify/?no={title.certificate_no}",
        f"/receipt/{receipt}/",
        f"/objection/new/?entry={entry}",
    ]
    for path in pages:
        shown = text(client, path)
        for kind, pattern in PERSONAL.items():
            assert not pattern.search(shown), f"{kind} on {path}: {pattern.search(shown)}"
        assert not [name for name in NAMES if name in shown], path
        answer = client.get(path)
        kept = answer.headers.get("Cache-Control", "no-store")
        # What caches may keep carries no cookie and is asked for again each time.
        assert "no-store" in kept or ("no-cache" in kept and not answer.cookies), path
    sheet = client.get("/directory/download/").getvalue()
    cells = [str(cell) for row in load_workbook(BytesIO(sheet)).active.values for cell in row if cell]
    assert not [cell for cell in cells for pattern in PERSONAL.values() if pattern.search(cell)]


def test_the_regular_expressions_do_find_personal_data() -> None:
    assert PERSONAL["mobile"].search("电话 13800000000。")
    assert PERSONAL["identity"].search("320583199001011234")
    assert PERSONAL["mail"].search("a.b@example.invalid")
    assert not any(pattern.search("91320583MA010KJX3F SZLC-3A-2026-0137") for pattern in PERSONAL.values())


def test_the_call_of_a_round_is_public_once_it_is_announced(scene: scenes.Flow, client: Client) -> None:
    path = f"/calls/{scene.round_id}/"
    shown = text(client, path)
    row = Round.objects.get(public_id=scene.round_id)
    closes = row.closes_at.astimezone(SHANGHAI)
    for words in (row.name, "1A、2A、3A 级", f"{closes:%H:%M}", "昆山市", "不收取任何费用"):
        assert words in shown, words
    for listing in ("/", "/calls/", "/notices/rss.xml", "/notices/atom.xml", "/sitemap.xml"):
        assert path in text(client, listing), listing
    enter(Actor.system())
    Round.objects.update(state="draft", announced_at=None)
    text(client, path, status=404)
    assert row.name not in text(client, "/calls/")
    assert path not in text(client, "/notices/atom.xml")


def test_a_notice_is_public_from_its_first_day_with_its_countdown(scene: scenes.Flow, client: Client) -> None:
    scene.in_credit()
    scene.credit()
    scene.drafted()
    path = f"/notices/{scene.notice}/"
    text(client, path, status=404)
    assert scene.notice not in text(client, "/notices/")
    scene.approve()
    text(client, path, status=404)
    from apps.publicity import services as publicity

    publicity.publish_notice(actor=scene.publisher(), clock=scene.clock, public_id=scene.notice)
    shown = text(client, path)
    assert "还剩 4 个工作日" in shown
    assert "提出异议" in shown
    assert scene.row(scene.case).enterprise.name in shown
    assert scene.notice in text(client, "/notices/")
    scene.after_notice()
    late = text(client, path)
    assert "公示已结束" in late
    assert "/objection/new/?entry=" not in late


def test_an_objection_is_filed_and_looked_up_with_its_code(scene: scenes.Flow, client: Client) -> None:
    scene.on_notice()
    entry = scene.entry()
    typed = {
        "entry": entry,
        "party": "person",
        "person": "",
        "contact": "0512-12345678",
        "matter": "夜间噪声。",
        "unit": "",
    }
    refused = client.post("/objection/new/", typed)
    assert refused.status_code == 422
    assert "以个人名义提出的，请填写真实姓名。" in refused.content.decode()
    assert "夜间噪声。" in refused.content.decode()
    letter = SimpleUploadedFile("举报信.pdf", b"no pdf")
    at_once = client.post("/objection/new/", {**typed, "entry": "", "papers": letter}).content.decode()
    for fault in ("请选择公示名单中的企业", "请填写真实姓名", "文件内容不是 PDF", "举报信.pdf没有保存"):
        assert fault in at_once, fault
    nobody = client.post("/objection/new/", {**typed, "entry": "nothing", "person": "示例市民"})
    assert (nobody.status_code, "请选择公示名单中的企业" in nobody.content.decode()) == (422, True)
    filed = client.post("/objection/new/", {**typed, "person": "示例市民"})
    assert (filed.status_code, filed["Location"]) == (302, "/objection/done/")
    enter(Actor.system())
    row = Objection.objects.get()
    shown = text(client, "/objection/done/")
    assert row.receipt_no in shown
    assert row.query_code in shown
    assert "示例市民" not in shown
    pair = {"receipt_no": row.receipt_no, "query_code": row.query_code}
    found = client.post("/objection/status/", pair).content.decode()
    assert "已收到" in found
    assert "示例市民" not in found
    wrong = client.post("/objection/status/", {**pair, "query_code": "XXXXXXXX"})
    assert (wrong.status_code, row.receipt_no in wrong.content.decode()) == (404, True)
    assert Client().get("/objection/done/").status_code == 302


def test_the_directory_filters_counts_and_answers_304(scene: scenes.Flow, client: Client) -> None:
    award(scene, 3)
    award(scene, 2, to=scene.neighbour, district=worlds.WUZHONG)
    first = client.get("/directory/")
    shown = first.content.decode()
    assert shown.count('class="nm"') == 2
    again = client.get("/directory/", headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get("/directory/?level=3", headers={"if-none-match": first["ETag"]}).status_code == 200
    for query, count in (
        ("level=3", 1),
        ("level=3&level=2", 2),
        ("level=9&year=1", 2),
        (f"district={worlds.WUZHONG}", 1),
        ("industry=26", 2),
        ("industry=13", 0),
        (f"q={worlds.credit_code(1)}", 1),
        ("q=%27%20or%201%3D1--", 0),
        ("page=99999999", 2),
        ("page=-1&q=%00", 2),
    ):
        assert text(client, f"/directory/?{query}").count('class="nm"') == count, query
    award(scene, 4)
    assert client.get("/directory/", headers={"if-none-match": first["ETag"]}).status_code == 200


def test_the_directory_costs_three_statements_whatever_it_shows(scene: scenes.Flow, client: Client) -> None:
    award(scene, 3)
    client.get("/directory/")

    def statements() -> list[str]:
        with CaptureQueriesContext(connection) as queries:
            client.get("/directory/")
        return [row["sql"] for row in queries if "SAVEPOINT" not in row["sql"]]

    one = statements()
    assert len(one) <= 3, one
    award(scene, 2, to=scene.neighbour, district=worlds.WUZHONG)
    client.get("/directory/")
    assert len(statements()) == len(one)


def test_the_download_holds_the_filtered_list(scene: scenes.Flow, client: Client) -> None:
    award(scene, 3)
    award(scene, 2, to=scene.neighbour, district=worlds.WUZHONG)
    response = client.get("/directory/download/?level=3")
    assert "attachment" in response["Content-Disposition"]
    rows = list(load_workbook(BytesIO(response.getvalue())).active.values)
    codes = [row[3] for row in rows if row[3] and str(row[3]).startswith("91")]
    assert codes == [worlds.credit_code(1)]


def test_verification_has_four_faces(scene: scenes.Flow, client: Client) -> None:
    title = award(scene, 3)
    path = f"/verify/{title.verify_token}/"
    first = client.get(path)
    assert ("称号有效" in first.content.decode(), first["Cache-Control"]) == (True, "no-store")
    assert "自 2027 年起每年报送年度动态管理表" in first.content.decode()
    for shown in (first.content.decode(), text(client, f"/directory/{title.public_id}/")):
        assert "<dt>称号</dt><dd>苏州市 3A 级绿色工厂</dd>" in shown
    titles.change_title_state(
        actor=scene.be(scene.district.signer),
        moment=scene.clock.now(),
        title_public_id=title.public_id,
        event="order_rectification",
    )
    rectifying = text(client, path)
    assert "整改中" in rectifying
    assert "verify-warn" in rectifying
    titles.change_title_state(
        actor=scene.be(scene.district.signer),
        moment=scene.clock.now(),
        title_public_id=title.public_id,
        event="propose_cancellation",
    )
    assert scene.city.leader is not None
    titles.cancel_title(
        actor=scene.be(scene.city.leader),
        moment=scene.clock.now(),
        title_public_id=title.public_id,
        decided_on=scene.clock.now().on,
        document_no="苏工信节能〔2026〕60号",
        reason="整改逾期未完成。",
    )
    gone = text(client, path)
    assert "称号已取消" in gone
    assert "verify-gone" in gone
    assert "苏工信节能〔2026〕60号" in gone
    assert "第 4 次查验" in text(client, path)
    assert "与真实证书编号相近" in text(
        client, f"/verify/?no={(title.certificate_no or '').replace('0', 'O')}", status=404
    )
    none = text(client, "/verify/forged/", status=404)
    assert "verify-none" in none
    assert "未查到该证书" in none
    assert "SZLC-9" in text(client, "/verify/?no=SZLC-9", status=404)
    text(client, "/directory/nothing/", status=404)


def test_a_receipt_is_verified_by_recomputing_it(scene: scenes.Flow, client: Client) -> None:
    scene.case = scene.submitted()
    receipt = scene.row(scene.case).receipt_no
    assert "回执属实" in text(client, f"/receipt/{receipt}/")
    assert client.get(f"/receipt/?no={receipt}")["Location"] == f"/receipt/{receipt}/"
    assert "未查到该回执" in text(client, "/receipt/NOTHING/", status=404)


def registration(**changes: str) -> dict[str, str]:
    """Return a registration that can be taken."""
    return {
        "uscc": worlds.credit_code(77),
        "name": "昆山示例七十七号材料有限公司",
        "district": worlds.KUNSHAN,
        "industry_code": "2651",
        "site_address": "示例路 77 号",
        "legal_representative": "示例甲",
        "contact_name": "示例乙",
        "contact_phone": "0512-12345678",
        "contact_email": "",
        "founded_on": "2010-05-18",
        "username": "example77",
        "person_name": "示例乙",
        "password": "Only-For-Tests-77",
        "password2": "Only-For-Tests-77",
        "consent": "on",
        **changes,
    }


def test_registration_keeps_what_was_typed_except_passwords(scene: scenes.Flow, client: Client) -> None:
    response = client.post(
        "/register/", registration(uscc="9132058300000000XX", contact_phone="123", consent="")
    )
    shown = response.content.decode()
    assert response.status_code == 422
    assert shown.startswith("<!doctype html>")
    assert "<title>错误：" in shown
    for kept in (
        "昆山示例七十七号材料有限公司",
        "示例路 77 号",
        "9132058300000000XX",
        "2010-05-18",
        "example77",
    ):
        assert kept in shown
    assert "Only-For-Tests-77" not in shown
    assert "请输入 11 位手机号，或带区号的固定电话" in shown
    assert "请阅读并同意" in shown
    assert (
        "两次输入的密码不一致。"
        in client.post("/register/", registration(password2="other")).content.decode()
    )
    assert (
        "不存在，请核对" in client.post("/register/", registration(founded_on="2010-13-01")).content.decode()
    )


def test_registration_ends_with_what_happens_next(scene: scenes.Flow, client: Client) -> None:
    response = client.post("/register/", registration())
    assert (response.status_code, response["Location"]) == (302, "/register/done/")
    shown = text(client, "/register/done/")
    assert "昆山市工业和信息化局" in shown
    assert "example77" in shown
    enter(Actor.system())
    row = Enterprise.objects.get(uscc=worlds.credit_code(77))
    assert (row.state, row.founded_on) == ("registered", date(2010, 5, 18))
    assert Client().get("/register/done/").status_code == 302
    taken = client.post("/register/", registration(username="example78"))
    assert "该企业已有账户" in taken.content.decode()


def test_forms_answer_429_when_one_address_sends_too_often(scene: scenes.Flow, client: Client) -> None:
    answers = [client.post("/objection/status/", {"receipt_no": "x", "query_code": "y"}) for _ in range(21)]
    assert {response.status_code for response in answers[:20]} == {404}
    assert answers[20].status_code == 429
    assert answers[20]["Retry-After"] == "3600"
    assert client.get("/objection/status/").status_code == 200


@pytest.mark.parametrize("path", STATIC_PAGES)
def test_every_page_works_for_everybody(scene: scenes.Flow, client: Client, path: str) -> None:
    shown = text(client, path)
    assert shown.count("<h1") == 1
    assert 'aria-current="page"' in shown or path in {
        "/register/",
        "/privacy/",
        "/a11y/",
        "/sitemap/",
        "/receipt/",
    }
    for method in (client.put, client.delete, client.patch):
        assert method(path).status_code == 405


def test_the_sitemap_robots_and_policy_say_where_things_are(scene: scenes.Flow, client: Client) -> None:
    for url in re.findall(r'<li><a href="(/[^"]*)">', text(client, "/sitemap/")):
        assert client.get(url).status_code == 200, url
    robots = text(client, "/robots.txt")
    assert "Disallow: /e/" in robots
    assert client.get("/favicon.ico")["Content-Type"] == "image/svg+xml"
    policy = text(client, "/policy/")
    assert "重构版" in policy
    assert "V-15" in policy
    systems = re.findall(r'href="(/policy/systems/[^"]+)"', policy)
    assert len(systems) == 2
    for url in systems:
        assert "必选" in text(client, url)
    text(client, "/policy/systems/nothing/", status=404)


def test_signed_in_people_see_only_what_is_public(scene: scenes.Flow) -> None:
    scene.in_credit()
    scene.credit()
    scene.drafted()
    from tests.api.callers import caller

    city: Any = caller(scene.city.handler).client
    assert scene.notice not in city.get("/notices/").content.decode()
    assert city.get(f"/notices/{scene.notice}/").status_code == 404
    assert city.get("/directory/").headers.get("ETag") is None


def test_the_front_page_shows_the_rounds_that_concern_an_applicant(
    scene: scenes.Flow, client: Client
) -> None:
    from tests.unit.applications.scenes import at

    name = "2026 年第二批绿色工厂申报"
    scene.clock.set(at(2026, 11, 19))
    coming = text(client, "/")
    assert name in coming
    assert "开始" in coming
    scene.clock.set(at(2026, 11, 23))
    taking = text(client, "/")
    assert name in taking
    assert 'data-deadline="2026-12-04T' in taking
    scene.clock.set(at(2026, 12, 5))
    assert name not in text(client, "/")


def test_a_query_says_what_it_lacks(scene: scenes.Flow, client: Client) -> None:
    for path in ("/objection/status/", "/incidents/status/"):
        answer = client.post(path, {"receipt_no": " ", "query_code": ""})
        shown = answer.content.decode()
        assert answer.status_code == 422, path
        assert "请填写回执号。" in shown
        assert "请填写查询码。" in shown
        assert "没有找到" not in shown
        # What was typed stays.
        half = client.post(path, {"receipt_no": "YY-2026-0001", "query_code": ""}).content.decode()
        assert 'value="YY-2026-0001"' in half
        assert "请填写回执号。" not in half

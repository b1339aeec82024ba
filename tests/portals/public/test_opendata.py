"""Open data, feeds, the site map, and public pages in caches: same rows everywhere, no cookies, 304 until a change."""

from __future__ import annotations

import csv
import io
import json

import pytest
from django.test import Client
from django.urls import reverse
from lxml import etree
from openpyxl import load_workbook

from apps.portals.public.opendata import FIELDS
from apps.publicity import services as publicity
from tests import worlds
from tests.portals.public.test_site import award, text
from tests.portals.scenes import signed_in
from tests.unit.review import scenes

ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
CACHED = ("/notices/", "/directory/", "/notices/rss.xml", "/notices/atom.xml", "/sitemap.xml")


def test_three_formats_hold_the_same_rows(scene: scenes.Flow, client: Client) -> None:
    award(scene, 3)
    award(scene, 2, to=scene.neighbour, district=worlds.WUZHONG)
    excel = load_workbook(io.BytesIO(client.get("/directory/download/").getvalue())).active
    codes = {row[3] for row in excel.values if row[3] and str(row[3]).startswith("91")}
    raw = client.get("/directory/download/?kind=csv").getvalue()
    assert raw.startswith(b"\xef\xbb\xbf")
    table = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))
    found = json.loads(client.get("/directory/download/?kind=json").getvalue())
    assert {row["统一社会信用代码"] for row in table} == codes
    assert (
        {row["uscc"] for row in found["results"]} == codes == {worlds.credit_code(1), worlds.credit_code(2)}
    )
    assert [*table[0]] == [field.label for field in FIELDS]
    assert [*found["results"][0]] == [field.key for field in FIELDS]
    assert found["results"][0]["level"] in {2, 3}
    one = json.loads(client.get("/directory/download/?kind=json&level=2").getvalue())
    assert [row["level"] for row in one["results"]] == [2]
    none = json.loads(client.get("/directory/download/?kind=json&q=zzz").getvalue())
    assert none["results"] == []
    unknown = client.get("/directory/download/?kind=exe")
    assert unknown.getvalue().startswith(b"PK")
    assert unknown["Content-Type"].startswith("application/vnd.openxmlformats")


def test_every_column_is_in_the_dictionary(client: Client, scene: scenes.Flow) -> None:
    shown = text(client, "/directory/data/")
    for field in FIELDS:
        assert f">{field.key}</td>" in shown
        assert field.meaning in shown
    assert reverse("api:titles") in shown


def test_feeds_name_the_published_notices_and_calls(scene: scenes.Flow, client: Client) -> None:
    scene.on_notice()
    rss = etree.fromstring(client.get("/notices/rss.xml").content)
    item, call = rss.findall("./channel/item")
    assert (item.findtext("link") or "").endswith(f"/notices/{scene.notice}/")
    atom = etree.fromstring(client.get("/notices/atom.xml").content)
    assert (call.findtext("link") or "").endswith(f"/calls/{scene.round_id}/")
    entry, _ = atom.findall(f"{ATOM}entry")
    assert "公示" in (entry.findtext(f"{ATOM}title") or "")
    assert entry.findtext(f"{ATOM}updated")


def test_the_site_map_names_pages_that_answer(scene: scenes.Flow, client: Client) -> None:
    scene.on_notice()
    title = award(scene, 3)
    urls = [one.text or "" for one in etree.fromstring(client.get("/sitemap.xml").content).iter(f"{MAP}loc")]
    assert f"http://testserver/directory/{title.public_id}/" in urls
    assert f"http://testserver/notices/{scene.notice}/" in urls
    for url in urls:
        assert client.get(url.removeprefix("http://testserver")).status_code == 200, url
    assert "Sitemap: http://testserver/sitemap.xml" in text(client, "/robots.txt")


@pytest.mark.parametrize("path", CACHED)
def test_an_unchanged_page_is_answered_with_304(scene: scenes.Flow, client: Client, path: str) -> None:
    scene.on_notice()
    award(scene, 3)
    first = client.get(path)
    assert first.status_code == 200
    assert not first.cookies
    assert "public" in first["Cache-Control"]
    assert "Cookie" in first["Vary"]
    assert client.get(path, headers={"if-none-match": first["ETag"]}).status_code == 304
    assert client.get(path, headers={"if-none-match": f'"other", {first["ETag"]}'}).status_code == 304
    assert client.get(path, headers={"if-modified-since": first["Last-Modified"]}).status_code == 304
    assert client.get(path, headers={"if-modified-since": "Thu, 01 Jan 2026 00:00:00 GMT"}).status_code == 200
    assert client.get(path, headers={"if-modified-since": "nonsense"}).status_code == 200
    # The tag decides where both are sent.
    both = {"if-none-match": '"other"', "if-modified-since": first["Last-Modified"]}
    assert client.get(path, headers=both).status_code == 200
    client.cookies["theme"] = "dark"
    assert client.get(path, headers={"if-none-match": first["ETag"]}).status_code == 200


def test_a_withdrawn_entry_changes_the_notice_in_caches(scene: scenes.Flow, client: Client) -> None:
    scene.on_notice()
    path = f"/notices/{scene.notice}/"
    first = client.get(path)
    assert client.get(path, headers={"if-none-match": first["ETag"]}).status_code == 304
    correction = publicity.correct_notice(
        actor=scene.be(scene.city.handler),
        clock=scene.clock,
        public_id=scene.notice,
        application_public_ids=[scene.case],
        reason="名称有误。",
    )
    assert client.get(path, headers={"if-none-match": first["ETag"]}).status_code == 200
    # The draft of the correction is nobody's but the city's; once published each names the other.
    assert correction not in text(client, path)
    first_notice, scene.notice = scene.notice, correction
    scene.credit()
    scene.approve(correction)
    publicity.publish_notice(actor=scene.publisher(), clock=scene.clock, public_id=correction)
    assert f"/notices/{correction}/" in text(client, path)
    assert f"/notices/{first_notice}/" in text(client, f"/notices/{correction}/")


def test_no_anonymous_page_sets_a_cookie(scene: scenes.Flow, client: Client) -> None:
    title = award(scene, 3)
    for path in (
        "/",
        "/notices/",
        "/directory/",
        "/directory/data/",
        f"/directory/{title.public_id}/",
        f"/verify/{title.verify_token}/",
        "/policy/",
        "/help/",
        "/a11y/",
        "/privacy/",
        "/sitemap/",
    ):
        assert not client.get(path).cookies, path


def test_the_look_is_kept_without_a_token_and_stays_on_this_site(scene: scenes.Flow) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/preferences/", {"theme": "dark", "next": "/directory/"})
    assert (answer.status_code, answer["Location"]) == (302, "/directory/")
    assert answer.cookies["theme"].value == "dark"
    away = strict.post("/preferences/", {"theme": "dark", "next": "https://example.invalid/"})
    assert away["Location"] == "/"


def test_signed_in_people_are_never_given_a_cached_page(scene: scenes.Flow) -> None:
    anonymous = Client().get("/directory/")
    browser = signed_in(scene.city.handler)
    again = browser.get("/directory/", headers={"if-none-match": anonymous["ETag"]})
    assert again.status_code == 200
    assert "no-store" in again["Cache-Control"]

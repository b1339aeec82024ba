"""Every public page: the tags and footer fields the standard of government sites asks for, and caches that may keep it."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests.portals.public.test_site import STATIC_PAGES, award, text
from tests.unit.review import scenes

#: 网站标签 and 栏目标签 of every page (政府网站发展指引, 附件 网页标签规范).
TAGS = (
    "SiteName",
    "SiteDomain",
    "SiteIDCode",
    "ColumnName",
    "ColumnDescription",
    "ColumnKeywords",
    "ColumnType",
)
ARTICLE_TAGS = ("ArticleTitle", "PubDate", "ContentSource")
FOOTER = (
    "主办：苏州市工业和信息化局",
    "网站标识码",
    "苏ICP备",
    "苏公网安备",
    "我为政府网站找错",
    "网站地图",
    "无障碍声明",
)
STEADY = ("/", "/policy/", "/help/", "/a11y/", "/privacy/", "/sitemap/", "/notices/", "/directory/")


def _tags(shown: str) -> dict[str, str]:
    return dict(re.findall(r'<meta name="(\w+)" content="([^"]*)">', shown))


def test_every_public_page_carries_the_tags_and_the_footer(scene: scenes.Flow, client: Client) -> None:
    scene.on_notice()
    title = award(scene, 3)
    system = re.search(r"/policy/systems/\w+/", text(client, "/policy/"))
    topic = re.search(r'"(/help/[\w-]+/)"', text(client, "/help/"))
    assert system is not None
    assert topic is not None
    articles = [f"/notices/{scene.notice}/", f"/calls/{scene.round_id}/", f"/directory/{title.public_id}/"]
    others = ["/help/", "/directory/data/", "/draws/", "/spot-checks/", f"/verify/{title.verify_token}/"]
    columns = set()
    for path in [*STATIC_PAGES, *others, *articles, system.group(), topic.group(1)]:
        shown = text(client, path)
        tags = _tags(shown)
        assert not [name for name in TAGS if not tags.get(name)], path
        assert not [words for words in FOOTER if words not in shown], path
        columns.add(tags["ColumnName"])
    assert len(columns) >= 10, "each column names itself"
    for path in articles:
        tags = _tags(text(client, path))
        assert not [name for name in ARTICLE_TAGS if not tags.get(name)], path
    published = _tags(text(client, articles[0]))["PubDate"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", published)


@pytest.mark.parametrize("path", STEADY)
def test_an_unchanged_page_is_answered_with_304_and_a_changed_one_is_not(
    scene: scenes.Flow, client: Client, path: str
) -> None:
    first = client.get(path)
    tag = first["ETag"]
    assert "no-cache" in first["Cache-Control"]
    assert not first.cookies
    again = client.get(path, HTTP_IF_NONE_MATCH=tag)
    assert again.status_code == 304
    assert again.content == b""
    assert again["ETag"] == tag
    client.cookies["theme"] = "dark"
    assert client.get(path, HTTP_IF_NONE_MATCH=tag).status_code == 200, "another look is another page"
    client.cookies.clear()
    if path in {"/", "/directory/"}:
        award(scene, 2)
        assert client.get(path, HTTP_IF_NONE_MATCH=tag).status_code == 200

"""The handbooks inside the product: each is there with its pictures, and a text cannot become markup."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from apps.portals.public.handbooks import HANDBOOKS, folder, rendered


def test_nothing_in_a_text_becomes_markup() -> None:
    book = rendered(
        "# 手册\n\n## <b>一</b>\n1. 先<script>\n2. 再 `a<b`\n文字\n![图](../secret.png)\n![图](no-such.png)"
    )
    assert book.title == "手册"
    assert book.body.count("<li>") == 2
    assert "<script>" not in book.body
    assert "<h2>&lt;b&gt;一&lt;/b&gt;</h2>" in book.body
    assert "<code>a&lt;b</code>" in book.body
    assert "<img" not in book.body


@pytest.mark.django_db
def test_every_handbook_is_reachable_with_its_pictures() -> None:
    client = Client()
    index = client.get(reverse("public:help")).content.decode()
    assert {path.stem for path in folder().glob("*.md")} == set(HANDBOOKS)
    for slug in HANDBOOKS:
        url = reverse("public:handbook", args=[slug])
        assert url in index
        page = client.get(url).content.decode()
        wanted = len(re.findall(r"^!\[", (folder() / f"{slug}.md").read_text("utf-8"), re.MULTILINE))
        pictures = re.findall(r'<img class="shot" src="([^"]+)"', page)
        assert len(pictures) == wanted
        for picture in pictures:
            assert client.get(picture).headers["Content-Type"] == "image/png"
    for missing in ("no-such", "..", "x.png"):
        assert client.get(f"/help/handbooks/{missing}/").status_code == 404
    assert client.get("/help/handbooks/pictures/enterprise.md").status_code == 404

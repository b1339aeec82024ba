"""`scan_public`: a stranger reads every public address and finds nothing about a person, and finds what is planted."""

from __future__ import annotations

import io
from email.message import Message
from typing import Any, Self
from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from apps.accounts.models import District, Enterprise
from apps.core.actor import Actor
from apps.core.scoping import enter
from apps.cultivation.models import Event
from apps.portals.public import urls
from suzhou_greenfactory.demo import anonymous
from tests import worlds
from tests.portals.public.test_site import award, registration
from tests.unit.review import scenes

_SITE = "http://testserver"
#: Reached by an act, or files for machines: nobody links them as pages.
_UNLINKED = {
    "incident_done",
    "register_done",
    "objection_done",
    "objection_papers",
    "robots",
    "favicon",
    "sitemap_xml",
}


class _Answer:
    """What `urlopen` gives, from Django's test client."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        found: Any = Client().get(f"{parts.path}?{parts.query}" if parts.query else parts.path)
        self.headers = Message()
        self.headers["Content-Type"] = found.headers["Content-Type"]
        self._body = b"".join(found.streaming_content) if found.streaming else found.content

    def read(self) -> bytes:
        return self._body

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *args: object) -> None:
        del args


def _scanned() -> str:
    said = io.StringIO()
    try:
        call_command("scan_public", base_url=_SITE, stdout=said)
    except CommandError as refused:
        return f"{said.getvalue()}{refused}"
    return said.getvalue()


def test_the_scan_reads_every_public_address_and_names_a_planted_leak(
    scene: scenes.Flow, monkeypatch: pytest.MonkeyPatch
) -> None:
    award(scene)
    enter(Actor.system())
    contact = Enterprise.objects.get(pk=scene.enterprise.enterprise_id or 0)
    at = scene.clock.now().at
    event = Event.objects.create(
        public_id="scan0000000001",
        kind="training",
        title="专题培训",
        place="市行政中心",
        starts_at=at,
        ends_at=at.replace(hour=23),
        sign_up_until=at,
        summary=f"13912345678 320583199001011234 someone@qq.com {contact.contact_name} {contact.contact_phone}",
        state="open",
        made_by_id=scene.city.handler.account,
        made_at=at,
    )
    read: list[str] = []

    def opened(request: object, timeout: int) -> _Answer:
        del timeout
        read.append(request.full_url)  # type: ignore[attr-defined]
        return _Answer(read[-1])

    monkeypatch.setattr(anonymous, "urlopen", opened)
    said = _scanned()
    assert "公开网站上有个人信息" in said
    paths = {urlsplit(address).path for address in read}
    plain = {one.name for one in urls.urlpatterns if not one.pattern.converters and one.name}
    missed = {name for name in plain - _UNLINKED if reverse(f"public:{name}") not in paths}
    assert missed == set(), "every public page is linked from where the scan begins"
    leaks = [line.strip("✗ ") for line in said.splitlines() if "✗" in line]
    page = f"{_SITE}/training/{event.public_id}/"
    for what, words in (
        ("手机号码", "1391"),
        ("身份证号", "3205"),
        ("个人邮箱", "some"),
        ("登记的个人信息", contact.contact_name[:4]),
        ("登记的个人信息", contact.contact_phone[:4]),
    ):
        assert f"{page}：{what} {words}…" in leaks
    assert all(line.startswith(page) for line in leaks), "and nowhere else is anything"


def test_the_sub_areas_of_the_districts_are_offered_at_registration(scene: scenes.Flow) -> None:
    enter(Actor.system())
    District.objects.filter(pk=worlds.KUNSHAN).update(sub_areas=["玉山镇", "花桥经济开发区"])
    client = Client()
    page = client.get("/register/").content.decode()
    assert '<option value="玉山镇" label="昆山市">' in page
    assert '<option value="花桥经济开发区" label="昆山市">' in page
    assert 'list="sub_areas"' in page
    assert client.post("/register/", registration(sub_area="玉山镇")).status_code == 302
    enter(Actor.system())
    assert Enterprise.objects.order_by("-pk").values_list("sub_area", flat=True)[0] == "玉山镇"
